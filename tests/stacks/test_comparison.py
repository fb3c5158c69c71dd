"""What a comparison says of a change is what the two templates say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.growth.change import Change
from podspace.growth.comparison import compare
from podspace.planning import Config, NetworkFile, plan_network
from tests.mother import ZONES, Changes, a_file
from tests.template import REPOSITORY, Resource, canonical, resources, template_of
from tools.identities import create_only

Sets = dict[str, dict[str, int]]
KINDS = {
    "block": "AWS::EC2::VPCCidrBlock",
    "pod subnet": "AWS::EC2::Subnet",
    "VPC subnet": "AWS::EC2::Subnet",
    "prefix reservation": "AWS::EC2::SubnetCidrReservation",
    "route table": "AWS::EC2::RouteTable",
    "route": "AWS::EC2::Route",
    "internet gateway": "AWS::EC2::InternetGateway",
    "NAT gateway": "AWS::EC2::NatGateway",
    "Elastic IP address": "AWS::EC2::EIP",
    "egress-only gateway": "AWS::EC2::EgressOnlyInternetGateway",
    "transit gateway attachment": "AWS::EC2::TransitGatewayAttachment",
    "pod security group": "AWS::EC2::SecurityGroup",
    "security group of endpoints": "AWS::EC2::SecurityGroup",
    "security group rule": "AWS::EC2::SecurityGroupIngress",
    "endpoint rule": "AWS::EC2::SecurityGroupIngress",
    "gateway endpoint": "AWS::EC2::VPCEndpoint",
    "interface endpoint": "AWS::EC2::VPCEndpoint",
    "flow log": "AWS::EC2::FlowLog",
    "log group": "AWS::Logs::LogGroup",
    "bucket": "AWS::S3::Bucket",
    "share": "AWS::RAM::ResourceShare",
    "cluster": "AWS::EKS::Cluster",
    "VPC CNI add-on": "AWS::EKS::Addon",
    "access entry": "AWS::EKS::AccessEntry",
}
"""The type of the resource that each kind of change is about."""


def network(data: Mapping[str, Any]) -> NetworkFile:
    config = Config.model_validate(data, by_name=True, by_alias=False)
    return NetworkFile(path=Path("net.yaml"), config=config, plan=plan_network(config))


@cache
def _resources_of_text(data: str) -> Mapping[str, Resource]:
    return resources(template_of(network(json.loads(data)).config))


def resources_of(data: Mapping[str, Any]) -> Mapping[str, Resource]:
    """The resources of the template of a config's data, synthesized once for equal data."""
    return _resources_of_text(canonical(data))


def name_of(resource: Resource) -> str:
    """Subnets, blocks and addresses by what they are, others by their type alone."""
    properties = resource.get("Properties", {})
    return f"{resource['Type']} {properties.get('CidrBlock', '')}".strip()


def fixed(resource: Resource) -> str:
    properties = resource.get("Properties", {})
    return canonical({name: properties.get(name) for name in create_only(resource["Type"])})


def of_templates(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> dict[str, list[str]]:
    """What CloudFormation takes away or replaces, and what it makes that was not there."""
    of_ours = set(KINDS.values())
    lost = [
        name_of(resource)
        for id, resource in old.items()
        if resource["Type"] in of_ours and (id not in new or fixed(resource) != fixed(new[id]))
    ]
    added = [name_of(resource) for id, resource in new.items() if resource["Type"] in of_ours and id not in old]
    return {"lost": sorted(lost), "added": sorted(added)}


def of_changes(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    by_cidr = {"block", "pod subnet", "VPC subnet"}
    named = [
        (change.effect, f"{KINDS[change.what]} {change.name if change.what in by_cidr else ''}".strip())
        for change in changes
        if change.what in KINDS
    ]
    lost = sorted(name for effect, name in named if effect in ("replaced", "removed"))
    return {"lost": lost, "added": sorted(name for effect, name in named if effect == "added")}


def agree(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    changes = compare(network(old), network(new))
    before, after = resources_of(old), resources_of(new)
    assert of_changes(changes) == of_templates(before, after)
    if before != after:
        assert changes
    return changes


BY_ZONE = {zone: n for n, zone in enumerate(ZONES)}


def by_zone(zones: list[str], id: str) -> dict[str, str]:
    return {zone: id.format(BY_ZONE[zone]) for zone in zones}


def ways(zones: list[str], alias: str) -> dict[str, list[dict[str, Any]]]:
    """Ways out of these zones; `alias` makes the ids other ones."""
    public, routable = by_zone(zones, f"subnet-00000{alias}1{{}}"), by_zone(zones, f"subnet-00000{alias}2{{}}")
    addresses = {
        zone: [f"eipalloc-00000{alias}1{n}", f"eipalloc-00000{alias}2{n}"]
        for zone, n in BY_ZONE.items()
        if zone in zones
    }
    tgw = f"tgw-0000000{alias}"
    return {
        "none": [],
        "existing": [{"to": "internet", "nat_gateways": by_zone(zones, f"nat-00000{alias}1{{}}")}],
        "existing, shared": [{"to": "internet", "nat_gateways": f"nat-0000000{alias}"}],
        "new": [{"to": "internet", "new_nat_gateways": public}],
        "new, shared": [{"to": "internet", "new_nat_gateways": f"subnet-0000000{alias}"}],
        "new, named": [{"to": "internet", "new_nat_gateways": public, "name": "out"}],
        "several addresses": [{"to": "internet", "new_nat_gateways": public, "addresses": 3}],
        "given addresses": [{"to": "internet", "new_nat_gateways": public, "allocation_ids": addresses}],
        "regional": [{"to": "internet", "regional_nat_gateway": "automatic"}],
        "regional, given": [{"to": "internet", "regional_nat_gateway": addresses}],
        "private": [{"to": "10.128.0.0/9", "private_nat_gateways": routable, "addresses": 2, "name": "out"}],
        "transit": [{"to": ["internet", "10.128.0.0/9"], "transit_gateway": tgw, "attachment_subnets": routable}],
        "attached": [{"to": "internet", "transit_gateway": tgw, "route_tables": [f"rtb-0000000{alias}"]}],
    }  # fmt: skip


def layouts(zones: list[str], blocks: list[str], prefix: int) -> dict[str, Any]:
    return {"cidrs": [{"cidr": block, "unique": True} for block in blocks], "zones": zones, "subnet_prefix": prefix}


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Files of one stack in one VPC that differ in all else."""
    zones = draw(st.lists(st.sampled_from(ZONES[:4]), min_size=1, max_size=3, unique=True))
    blocks = draw(
        st.lists(
            st.sampled_from(["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/17"]), min_size=1, max_size=2, unique=True
        )
    )
    choices: dict[str, Any] = {
        "vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for zone, n in BY_ZONE.items()},
        "pods": layouts(zones, blocks, draw(st.sampled_from([19, 20]))),
        "egress": draw(st.sampled_from(list(ways(zones, draw(st.sampled_from("ab"))).values()))),
        "name": draw(st.sampled_from(["net", "net", "other"])),
        "stack": {"name": "stack", "tags": draw(st.sampled_from([{}, {"team": "a"}]))},
        "endpoints": draw(st.sampled_from([{}, {"gateways": ["s3"], "interfaces": {"services": ["sts"]}}, {"interfaces": {"existing": True, "security_group_ids": ["sg-000000ee"]}}])),
        "flow_logs": draw(st.sampled_from([None, {}, {"traffic": "REJECT"}, {"of": "vpc", "to": "s3"}, {"to": "arn:aws:s3:::logs"}])),
        "cluster.node_role": draw(st.sampled_from([{"create": True}, {"name": "nodes", "access_entry": True}])),
        "cluster.host_network_ports": draw(st.sampled_from([[9100], ["53/udp"]])),
    }  # fmt: skip
    group = draw(st.sampled_from(["dedicated", "cluster", "sg-000000aa", {"id": "sg-000000aa", "add_rules": True}]))
    return a_file({**choices, "pods.security_group": group})


@given(files(), files())
@settings(max_examples=30, deadline=None)
def test_whatever_changes_is_told_as_the_templates_have_it(old: dict[str, Any], new: dict[str, Any]) -> None:
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
def test_an_edited_example_is_told_as_the_templates_have_it(name: str, changes: Changes) -> None:
    agree(example(name), with_changes(example(name), changes))


@pytest.mark.parametrize(
    ("name", "edit"),
    [("article", {"vpc.id": "vpc-00000001"}), ("new-vpc", {"vpc.cidrs": ["10.132.0.0/19"]}), ("ipv6", {"vpc.id": "vpc-00000001"})],
)  # fmt: skip
def test_in_another_vpc_every_subnet_is_another_one(name: str, edit: Changes) -> None:
    old, new = example(name), with_changes(example(name), edit)
    (change,) = compare(network(old), network(new))
    before, after = resources_of(old), resources_of(new)
    subnets = {id: subnet for id, subnet in before.items() if subnet["Type"] == "AWS::EC2::Subnet"}
    assert set(change.subnets) == {subnet["Properties"]["CidrBlock"] for subnet in subnets.values()}
    vpc = before != after and any(fixed(before[id]) != fixed(after[id]) for id in before if id in after)
    assert vpc


def test_appending_to_an_example_takes_nothing_away() -> None:
    old = example("three-zones")
    new = with_changes(old, {"pods.zones": [*old["pods"]["zones"], "eu-central-1d"], "egress.0.new_nat_gateways.eu-central-1d": "subnet-00000001"})  # fmt: skip
    assert {change.effect for change in agree(old, new)} == {"added"}
