"""A comparison of two plans reports the resources that differ in their synthesized templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from podspace.diff.change import Change
from podspace.diff.comparison import compare
from podspace.diff.resource_changes import resource_effects
from podspace.planning import Config, Plan, plan_network
from tests.mother import Changes
from tests.stacks.configs import files
from tests.template import REPOSITORY, Resource, canonical, resources, template_of
from tools.identities import create_only


def parsed(data: Mapping[str, Any]) -> Config:
    return Config.model_validate(data, by_name=True, by_alias=False)


@cache
def _template(text: str) -> Mapping[str, Resource]:
    return resources(template_of(parsed(json.loads(text))))


def resources_of(data: Mapping[str, Any]) -> Mapping[str, Resource]:
    return _template(canonical(data))


def fixed(resource: Resource) -> str:
    properties = resource.get("Properties", {})
    return canonical({name: properties.get(name) for name in create_only(resource["Type"])})


def of_templates(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> dict[str, set[str]]:
    """The logical ids that CloudFormation deletes or replaces, and those that it adds."""
    return {
        "lost": {id for id, resource in old.items() if id not in new or fixed(resource) != fixed(new[id])},
        "added": {id for id in new if id not in old},
    }


def of_plans(old: Plan, new: Plan) -> dict[str, set[str]]:
    """The logical ids that are replaced or removed, also if AWS would refuse that, and those that are added."""
    effects = resource_effects(old, new)
    before, after = ({each.logical_id: each.create_only for each in plan.resources()} for plan in (old, new))
    refused = {id for id, (effect, _) in effects.items() if effect == "refused" and before.get(id) != after.get(id)}
    return {
        "lost": {id for id, (effect, _) in effects.items() if effect in ("replaced", "removed")} | refused & {*before},
        "added": {id for id, (effect, _) in effects.items() if effect == "added"} | refused - {*before},
    }


def compared_by_id(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """The resources of a template without those that are one entry of the inventory, and without manifests."""
    return {
        id: resource
        for id, resource in resources.items()
        if not id.startswith("ManifestsKubectl") and not resource["Type"].startswith("Custom::")
    }


def agree(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes, which are those of the two templates."""
    before, after = plan_network(parsed(old)), plan_network(parsed(new))
    templates = resources_of(old), resources_of(new)
    assert of_plans(before, after) == of_templates(*map(compared_by_id, templates))
    changes = compare(before, after)
    if templates[0] != templates[1] and not before.pod_group.former_defaults:  # such rules count as deployed
        assert changes
    return changes


@given(files(), files())
@settings(max_examples=30, deadline=None)
def test_changes_of_generated_configs_are_those_of_their_templates(old: dict[str, Any], new: dict[str, Any]) -> None:
    agree(old, new)


def example(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((REPOSITORY / "config" / f"{name}.yaml").read_text())
    return data


def with_changes(data: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The data of a file with new values by dotted path; None removes."""
    changed = deepcopy(dict(data))
    for path, value in changes.items():
        *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        section: Any = changed
        for parent in parents:
            section = section[parent]
        if value is None:
            section.pop(last)
        else:
            section[last] = value
    return changed


EDITS: list[tuple[str, Changes]] = [
    ("article", {"pods.zones": ["eu-west-1c", "eu-west-1b"]}),
    ("article", {"pods.subnet_prefix": 18}),
    ("article", {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/17"]}),
    ("article", {"pods.cidrs": ["100.65.0.0/16", "100.64.0.0/16"]}),
    ("article", {"egress.0": {"to": "internet", "nat_gateways": "nat-00000001"}}),
    ("article", {"egress.0": {"to": "internet", "regional_nat_gateway": "automatic"}}),
    ("article", {"pods.security_group": "cluster"}),
    ("article", {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}),
    ("article", {"pods.zones": None, "pods.subnet_prefix": None, "pods.subnets": {"eu-west-1b": ["100.64.0.0/17"], "eu-west-1c": ["100.64.128.0/17"]}}),
    ("twelve-blocks", {"name": "other"}),
    ("twelve-blocks", {"cluster.name": "other"}),
    ("twelve-blocks", {"pods.subnets": {"us-east-1d": ["100.64.0.0/16"], **example("twelve-blocks")["pods"]["subnets"], "us-east-1a": ["100.65.0.0/16"]}, "egress": []}),
    ("article", {"stack": {"tags": {"team": "a"}}, "endpoints": {"gateways": ["s3"]}}),
    ("three-zones", {"pods.zones": ["eu-central-1a", "eu-central-1b"], "egress.0.new_nat_gateways.eu-central-1c": None}),
    ("twelve-blocks", {"pods.cidrs.0": "100.64.0.0/17", "pods.subnets.us-east-1a.0": "100.64.0.0/17"}),
    ("twelve-blocks", {"pods.subnets.us-east-1b": None, "egress.0.nat_gateways.us-east-1b": None}),
    ("adopted-block", {"pods.cidrs.0.associated": None, "pods.cidrs.0.other_subnets": None}),
    ("adopted-subnets", {"pods.subnet_ids.us-west-2b": ["subnet-0bdb2c3d4e5f67890"]}),
    ("private-nat", {"egress.1.addresses": 3, "egress.1.private_nat_gateways.eu-west-1a": "subnet-0a30000000000005a"}),
    ("private-nat", {"egress.1.attachment_subnets": None}),
    ("regional-nat-addresses", {"egress.0.regional_nat_gateway": "automatic"}),
    ("many-connections", {"egress.0.addresses": 2, "flow_logs.to": "cloud_watch_logs", "flow_logs.key_arn": None}),
    ("many-connections", {"pods.subnet_prefix": 18}),
    ("ipv6", {"pods.ipv6_subnets.eu-west-1b": ["2001:db8:1234:1a12::/64"]}),
    ("ipv6", {"egress.0.egress_only_gateway": "eigw-00000001"}),
    ("shared-vpc-network", {"pods.zones": ["euw1-az2", "euw1-az1"], "vpc.shared_with": ["444455557777"]}),
    ("new-vpc", {"vpc.create.nodes.subnet_prefix": 24}),
    ("new-vpc", {"vpc.create.public.cidrs": ["10.132.4.0/22"]}),
    ("new-vpc", {"pods.zones": ["eu-west-1a", "eu-west-1c", "eu-west-1b"], "cluster.create.zones": ["eu-west-1a", "eu-west-1b"]}),
    ("new-vpc", {"cluster.service_cidr": "10.96.0.0/16", "cluster.create.admins": []}),
    ("new-cluster", {"vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(example("new-cluster")["vpc"]["node_subnets"])}}),
    ("private-cluster", {"vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(example("private-cluster")["vpc"]["node_subnets"])}}),
    ("apply", {"vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(example("apply")["vpc"]["node_subnets"])}}),
    ("new-cluster-node-groups", {"vpc_cni": None, "cluster.ip_family": "ipv4"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), EDITS)
def test_changes_of_an_edited_example_are_those_of_its_templates(name: str, changes: Changes) -> None:
    agree(example(name), with_changes(example(name), changes))


@pytest.mark.parametrize(
    ("name", "edit"),
    [("article", {"vpc.id": "vpc-00000001"}), ("new-vpc", {"vpc.cidrs": ["10.132.0.0/19"]}), ("ipv6", {"vpc.id": "vpc-00000001"})],
)  # fmt: skip
def test_in_another_vpc_every_subnet_is_replaced(name: str, edit: Changes) -> None:
    old, new = example(name), with_changes(example(name), edit)
    (change,) = compare(plan_network(parsed(old)), plan_network(parsed(new)))
    before, after = resources_of(old), resources_of(new)
    subnets = [each["Properties"] for each in before.values() if each["Type"] == "AWS::EC2::Subnet"]
    assert set(change.subnets) == {subnet["CidrBlock"] for subnet in subnets}
    assert any(fixed(before[id]) != fixed(after[id]) for id in before if id in after)


def test_appending_to_an_example_only_adds() -> None:
    old = example("cluster-group")
    new = with_changes(
        old, {"pods.zones": [*old["pods"]["zones"], "eu-west-2c"], "egress.0.nat_gateways.eu-west-2c": "nat-00000001"}
    )
    assert {change.effect for change in agree(old, new)} == {"added"}
