"""Synthesised templates, and the relations in them that tests assert."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2

from podspace.planning import Config, manifests, plan_network, read_network_files
from stacks import PodNetworkStack

REPOSITORY = Path(__file__).parent.parent
CONFIGS = sorted((REPOSITORY / "config").glob("*.yaml"))

Resource = dict[str, Any]


class Template:
    """A template, asked about by relation rather than by generated id."""

    def __init__(self, stack: Stack) -> None:
        app = App.of(stack)
        assert app, "a template needs an app around its stack"
        self.body: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
        self.resources: dict[str, Resource] = self.body.get("Resources", {})

    def of_type(self, kind: str) -> dict[str, Resource]:
        """The resources of a CloudFormation type, by logical id."""
        return {id: resource for id, resource in self.resources.items() if resource["Type"] == kind}

    def properties(self, kind: str) -> Iterator[dict[str, Any]]:
        """The properties of every resource of a type."""
        return (resource["Properties"] for resource in self.of_type(kind).values())

    def the(self, kind: str) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        (only,) = self.properties(kind)
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
    properties = subnet["Properties"]
    return str(properties.get("AvailabilityZone") or properties["AvailabilityZoneId"])


def ways_out(template: Template) -> dict[str, dict[str, tuple[str, Any]]]:
    """Where each route table leads: from destination to the kind of target, as a property, and the target."""
    tables: dict[str, dict[str, tuple[str, Any]]] = {}
    for route in template.properties("AWS::EC2::Route"):
        ((to, destination),) = ((key, value) for key, value in route.items() if key.startswith("Destination"))
        assert to == {":": "DestinationIpv6CidrBlock", "pl-": "DestinationPrefixListId"}.get(
            ":" if ":" in destination else destination[:3], "DestinationCidrBlock"
        )
        ((kind, gateway),) = (
            (key, target(value))
            for key, value in route.items()
            if key.endswith("Id") and key not in {to, "RouteTableId"}
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
    flags = json.loads((REPOSITORY / "cdk.json").read_text())["context"]
    return App(analytics_reporting=False, context={**flags, "aws:cdk:disable-asset-staging": True})


def stack_of(config: Config) -> PodNetworkStack:
    """The stack of a config file that says just this."""
    plan = plan_network(config)
    return PodNetworkStack(an_app(), config.name, config=config, plan=plan, manifests=manifests(plan))


def template_of(config: Config) -> Template:
    """The template of a config file that says just this."""
    return Template(stack_of(config))


@cache
def template_of_file(path: Path) -> Template:
    """The template of a config file, synthesised once for all tests, which only read it."""
    (file,) = read_network_files(path)
    return template_of(file.config)


def canonical(value: object) -> str:
    """A value as text that is equal just where the value is."""
    return json.dumps(value, sort_keys=True)
