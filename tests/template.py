"""Templates of stacks and configs, and the relations between resources that tests assert."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from podspace.planning import Config, Plan, plan_network, read_network_file
from stacks import FEATURE_FLAGS, PodNetworkStack

REPOSITORY = Path(__file__).parent.parent
CONFIGS = sorted((REPOSITORY / "config").glob("*.yaml"))

Resource = Mapping[str, Any]


def resources(template: Template, kind: str = "") -> Mapping[str, Resource]:
    """The resources of a CloudFormation type, or all resources, by logical id."""
    return template.find_resources(kind) if kind else template.to_json().get("Resources", {})


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    """The properties of each resource of a type."""
    return [resource["Properties"] for resource in resources(template, kind).values()]


def the(template: Template, kind: str) -> dict[str, Any]:
    """The properties of the only resource of a type."""
    (only,) = properties(template, kind)
    return only


def tags_of(properties: dict[str, Any]) -> dict[str, str]:
    """The tags of a resource."""
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def target(value: Any) -> Any:
    """What a property refers to: a logical id for Ref and Fn::GetAtt, else the value itself."""
    if isinstance(value, dict) and "Ref" in value:
        return value["Ref"]
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        return value["Fn::GetAtt"][0]
    return value


def zone_of(subnet: Resource) -> str:
    """The zone of a subnet, by its name or its id."""
    zone = subnet["Properties"]
    return str(zone.get("AvailabilityZone") or zone["AvailabilityZoneId"])


def routes_by_table(template: Template) -> dict[str, dict[str, tuple[str, Any]]]:
    """The routes of each route table: by destination, the property that names the target, and the target."""
    tables: dict[str, dict[str, tuple[str, Any]]] = {}
    for route in properties(template, "AWS::EC2::Route"):
        ((to, destination),) = ((key, value) for key, value in route.items() if key.startswith("Destination"))
        assert to == {":": "DestinationIpv6CidrBlock", "pl-": "DestinationPrefixListId"}.get(
            ":" if ":" in destination else destination[:3], "DestinationCidrBlock"
        )
        ((kind, gateway),) = (
            (key, target(value))
            for key, value in route.items()
            if key.endswith(("Id", "Arn")) and key not in {to, "RouteTableId"}
        )
        table = tables.setdefault(target(route["RouteTableId"]), {})
        assert destination not in table
        table[destination] = (kind, gateway)
    return tables


def a_stack(region: str = "eu-west-1") -> Stack:
    """An empty stack of an app of its own."""
    return Stack(App(analytics_reporting=False), "Stack", env=Environment(region=region))


def a_vpc(stack: Stack) -> ec2.IVpc:
    """A VPC that exists."""
    return ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-west-1a", "eu-west-1b"]
    )


def an_app() -> App:
    """An app with the feature flags of ours, that copies no asset, of which those of `apply` have 60 MB."""
    return App(analytics_reporting=False, context={**FEATURE_FLAGS, "aws:cdk:disable-asset-staging": True})


def stack_of_plan(plan: Plan) -> PodNetworkStack:
    """The stack of a plan."""
    return PodNetworkStack(an_app(), plan.name, plan=plan)


def stack_of(config: Config) -> PodNetworkStack:
    """The stack of a config."""
    return stack_of_plan(plan_network(config))


def template_of(config: Config) -> Template:
    """The template of a config."""
    return Template.from_stack(stack_of(config))


@cache
def template_of_file(path: Path) -> Template:
    """The template of a config file, synthesised once for all tests."""
    return Template.from_stack(stack_of_plan(read_network_file(path).plan))


def canonical(value: object) -> str:
    """A value as text that is equal just where the value is."""
    return json.dumps(value, sort_keys=True)
