"""Templates grow by appending: no resource that is live is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, ZONES, Changes, a_config, a_file
from tests.template import Resource, canonical, properties, resources, template_of
from tools.identities import create_only

BLOCKS = [f"100.{64 + n}.0.0/16" for n in range(4)]
IDS = {
    "nat_gateways": "nat-0000000{}",
    "new_nat_gateways": "subnet-0000010{}",
    "private_nat_gateways": "subnet-0000010{}",
}
GROWS_IN_PLACE = {
    "AWS::EC2::VPCEndpoint": {"RouteTableIds", "SubnetIds"},
    "AWS::EC2::TransitGatewayAttachment": {"SubnetIds"},
    "AWS::EC2::NatGateway": {"AvailabilityZoneAddresses"},
    "AWS::RAM::ResourceShare": {"ResourceArns"},
}
"""Lists of what is in other zones or blocks; CloudFormation changes them without replacing their resource."""


def live(found: Mapping[str, Resource]) -> dict[str, str]:
    """Resources without the lists that grow in place."""
    return {
        id: canonical(
            {
                name: v
                for name, v in resource["Properties"].items()
                if name not in GROWS_IN_PLACE.get(resource["Type"], ())
            }
        )
        for id, resource in found.items()
    }


def test_what_grows_in_place_is_not_replaced() -> None:
    for kind, lists in GROWS_IN_PLACE.items():
        assert not lists & create_only(kind)


def grown(zones: int, blocks: int, way: str) -> Changes:
    by_zone = {zone: IDS.get(way, "subnet-0000010{}").format(n) for n, zone in enumerate(ZONES[:zones])}
    entries: dict[str, dict[str, Any]] = {
        **{kind: {"to": "internet", kind: by_zone} for kind in ("nat_gateways", "new_nat_gateways")},
        "regional": {"to": "internet", "regional_nat_gateway": {zone: [f"eipalloc-0000000{n}"] for n, zone in enumerate(by_zone)}},
        "private_nat_gateways": {"to": "10.128.0.0/9", "private_nat_gateways": by_zone, "addresses": 2},
        "transit": {"to": "internet", "transit_gateway": "tgw-00000001", "attachment_subnets": by_zone},
        "new": {"to": "internet", "new_nat_gateways": "per_zone"},
    }  # fmt: skip
    cidrs = [{"cidr": block, "unique": True} for block in BLOCKS[:blocks]]
    changes = {"pods.cidrs": cidrs, "pods.zones": ZONES[:zones], "pods.subnet_prefix": 18, "egress": [entries[way]]}
    changes |= {"vpc.cidr_quota": 10, "endpoints": {"gateways": ["s3"]}, "flow_logs": {"of": "pod_subnets"}}
    return {**A_NEW_VPC, **changes, **A_NEW_CLUSTER, "flow_logs": {"of": "vpc"}} if way == "new" else changes


@given(
    st.tuples(st.integers(2, 3), st.integers(1, 3)),
    st.lists(st.sampled_from(["zone", "block"]), min_size=1, max_size=2),
    st.sampled_from(["nat_gateways", "new_nat_gateways", "regional", "private_nat_gateways", "transit", "new"]),
)
@settings(max_examples=18, deadline=None)
def test_appending_replaces_no_resource_that_is_live(start: tuple[int, int], steps: list[str], way: str) -> None:
    zones, blocks = start
    before = resources(template_of(a_config(grown(zones, blocks, way))))
    for step in steps:
        zones, blocks = min(zones + (step == "zone"), 4), min(blocks + (step == "block"), 4)
        after = resources(template_of(a_config(grown(zones, blocks, way))))
        assert live(before) == {id: live(after).get(id) for id in before}
        before = after


@pytest.mark.parametrize(("zones", "blocks"), [(1, 1), (3, 2), (4, 4)])
def test_moving_to_the_equivalent_map_changes_no_template(zones: int, blocks: int) -> None:
    listed = a_config(grown(zones, blocks, "nat_gateways"))
    template = template_of(listed)
    by_zone: dict[str, list[str]] = {}
    for subnet in properties(template, "AWS::EC2::Subnet"):
        by_zone.setdefault(subnet["AvailabilityZone"], []).append(subnet["CidrBlock"])
    data = a_file(grown(zones, blocks, "nat_gateways"))
    data["pods"] = {"cidrs": data["pods"]["cidrs"], "subnets": by_zone}
    assert resources(template_of(type(listed).model_validate(data))) == resources(template)


def test_removing_a_zone_with_the_map_touches_no_other_zone() -> None:
    def mapped(*zones: int) -> Changes:
        subnets = {ZONES[n]: [f"100.64.{64 * n}.0/18"] for n in zones}
        return {
            "pods": {"cidrs": BLOCKS[:1], "subnets": subnets},
            "egress": [{"to": "internet", "nat_gateways": "nat-00000001"}],
        }

    three, two = resources(template_of(a_config(mapped(0, 1, 2)))), resources(template_of(a_config(mapped(0, 2))))
    assert two.items() <= three.items()
    assert {resource["Type"] for id, resource in three.items() if id not in two} == {
        "AWS::EC2::Subnet",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
    }
