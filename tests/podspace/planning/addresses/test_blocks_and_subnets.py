"""The pod subnets of each zone, and addresses that it cannot have."""

from __future__ import annotations

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from podspace.planning import InputError
from podspace.planning.addresses.pod_subnets import RESERVATION_REGIONS
from tests.mother import Changes, a_plan
from tests.planning_errors import Error, errors


def subnets(changes: Changes) -> dict[str, list[str]]:
    plan = a_plan(changes).pods
    return {zone: [str(s.cidr) for s in plan.subnets if s.zone == zone] for zone in plan.zones}


def test_zone_number_i_takes_slot_i_of_every_block() -> None:
    assert subnets({"pods.cidrs": ["100.64.0.0/16", "100.70.0.0/17"]}) == {
        "eu-west-1a": ["100.64.0.0/18", "100.70.0.0/18"],
        "eu-west-1b": ["100.64.64.0/18", "100.70.64.0/18"],
    }


def test_a_zone_may_have_no_slot_in_one_block_if_it_has_one_in_another() -> None:
    zones = {"pods.zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"], "egress": []}
    assert subnets({**zones, "pods.cidrs": ["100.64.0.0/16", "100.70.0.0/17"]})["eu-west-1c"] == ["100.64.128.0/18"]


def test_a_map_says_which_subnets_a_zone_gets() -> None:
    mapped = {"eu-west-1a": ["100.64.0.0/20", "100.64.32.0/20"], "eu-west-1b": ["100.64.16.0/20"]}
    assert subnets({"pods.subnet_prefix": None, "pods.zones": None, "pods.subnets": mapped}) == mapped


def test_every_subnet_knows_the_block_it_is_cut_from() -> None:
    plan = a_plan({"pods.cidrs": ["100.64.0.0/16", "100.70.0.0/17"]}).pods
    assert all(subnet.cidr.subnet_of(subnet.block) for subnet in plan.subnets)
    assert {subnet.block for subnet in plan.subnets} == {block.cidr for block in plan.blocks}


def test_an_associated_block_may_be_named_among_the_vpcs_blocks_too() -> None:
    plan = a_plan(
        {
            "vpc.cidrs": ["10.0.0.0/20", "100.64.0.0/16"],
            "pods": {
                "cidrs": [{"cidr": "100.64.0.0/16", "associated": True, "other_subnets": ["100.64.0.0/20"]}],
                "subnets": {"eu-west-1a": ["100.64.16.0/20"], "eu-west-1b": ["100.64.32.0/20"]},
            },
        }
    )
    assert [block.associated for block in plan.pods.blocks] == [True]


MAP = {"pods.subnet_prefix": None, "pods.zones": None}
REFUSED: list[tuple[str, Changes, list[Error]]] = [
    (
        "too large a block",
        {"pods.cidrs": ["100.64.0.0/15"]},
        [("cidr-size", "pods.cidrs[0]", "100.64.0.0/15")],
    ),
    (
        "too small a block",
        {"pods.cidrs": ["100.64.0.0/29"]},
        [("cidr-size", "pods.cidrs[0]", "100.64.0.0/29")],
    ),
    (
        "a block in an unusable range",
        {"pods.cidrs": ["169.254.0.0/16"]},
        [("cidr-not-usable", "pods.cidrs[0]", "169.254.0.0/16")],
    ),
    (
        "two blocks that overlap",
        {"pods.cidrs": ["100.64.0.0/16", "100.64.128.0/17"]},
        [("cidr-overlap", "pods.cidrs[1]", "100.64.128.0/17")],
    ),
    (
        "a block twice",
        {"pods.cidrs": ["100.64.0.0/16", "100.64.0.0/16"]},
        [("block-twice", "pods.cidrs[1]", "100.64.0.0/16")],
    ),
    (
        "a block the VPC has",
        {"pods.cidrs": ["10.0.0.0/20"]},
        [("block-twice", "pods.cidrs[0]", "10.0.0.0/20")],
    ),
    (
        "a peer's block",
        {"vpc.peers": ["100.64.0.0/18"]},
        [("cidr-overlap", "pods.cidrs[0]", "100.64.0.0/16")],
    ),
    (
        "a route's destination",
        {"vpc.routes": ["100.64.0.0/16"]},
        [("cidr-covers-route", "pods.cidrs[0]", "100.64.0.0/16")],
    ),
    (
        "the default service CIDR",
        {"pods.cidrs": ["172.20.0.0/16"]},
        [("cidr-overlap", "pods.cidrs[0]", "172.20.0.0/16"), ("cidr-association", "pods.cidrs[0]", "172.20.0.0/16")],
    ),
    (
        "the given service CIDR",
        {"cluster.service_cidr": "10.4.0.0/16", "pods.cidrs": ["10.4.0.0/18"]},
        [("cidr-overlap", "pods.cidrs[0]", "10.4.0.0/18")],
    ),
    (
        "a service CIDR no cluster has",
        {"cluster.service_cidr": "100.70.0.0/16"},
        [("service-cidr-size", "cluster.service_cidr", "100.70.0.0/16")],
    ),
    (
        "a restricted range",
        {"pods.cidrs": ["198.19.0.0/16"]},
        [("cidr-association", "pods.cidrs[0]", "198.19.0.0/16")],
    ),
    (
        "a range restricted by another new block",
        {"vpc.cidrs": ["8.8.0.0/20"], "pods.cidrs": ["198.19.0.0/16"]},
        [("cidr-association", "pods.cidrs[0]", "198.19.0.0/16")],
    ),
    (
        "more blocks than the quota",
        {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 69)]},
        [("cidr-quota", "pods.cidrs", "6 IPv4 CIDR blocks in the VPC, including its existing ones")],
    ),
    (
        "more subnets than the quota",
        {"vpc.subnet_quota": 3},
        [("subnet-quota", "pods", "2 pod subnets and 2 others")],
    ),
    (
        "a block smaller than a slot",
        {"pods.cidrs": ["100.64.0.0/16", "100.70.0.0/20"]},
        [("block-smaller-than-subnet", "pods.cidrs[1]", "100.70.0.0/20")],
    ),
    (
        "more zones than slots",
        {"pods.subnet_prefix": 17, "pods.zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"], "egress": []},
        [("zone-without-slot", "pods.zones[2]", "eu-west-1c")],
    ),
    (
        "a zone mapped to nothing",
        {**MAP, "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": []}},
        [("zone-without-subnet", "pods.subnets.eu-west-1b", "")],
    ),
    (
        "a subnet outside every block",
        {**MAP, "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.70.0.0/18"]}},
        [("subnet-outside-blocks", "pods.subnets.eu-west-1b[0]", "100.70.0.0/18")],
    ),
    (
        "a subnet larger than its block",
        {
            **MAP,
            "pods.cidrs": ["100.64.0.0/17"],
            "pods.subnets": {"eu-west-1a": ["100.64.0.0/16"], "eu-west-1b": ["100.64.64.0/18"]},
        },
        [("subnet-outside-blocks", "pods.subnets.eu-west-1a[0]", "100.64.0.0/16")],
    ),
    (
        "subnets that overlap",
        {**MAP, "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.32.0/19"]}},
        [("subnet-overlap", "pods.subnets.eu-west-1b[0]", "100.64.32.0/19")],
    ),
    (
        "a subnet too small",
        {**MAP, "pods.subnets": {"eu-west-1a": ["100.64.0.0/29"], "eu-west-1b": ["100.64.64.0/18"]}},
        [("cidr-size", "pods.subnets.eu-west-1a[0]", "100.64.0.0/29")],
    ),
    (
        "a subnet where the block has another",
        {
            **MAP,
            "pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True, "other_subnets": ["100.64.0.0/20"]}],
            "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
        },
        [("subnet-overlap", "pods.subnets.eu-west-1a[0]", "100.64.0.0/18")],
    ),
    (
        "other subnets outside their block",
        {
            **MAP,
            "pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True, "other_subnets": ["100.70.0.0/20"]}],
            "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
        },
        [("other-subnet-outside-block", "pods.cidrs[0].other_subnets[0]", "100.70.0.0/20")],
    ),
    (
        "a VPC block no VPC has",
        {"vpc.cidrs": ["10.0.0.0/20", "224.0.0.0/16"]},
        [("cidr-not-usable", "vpc.cidrs[1]", "224.0.0.0/16")],
    ),
    (
        "VPC blocks that overlap",
        {"vpc.cidrs": ["10.0.0.0/20", "10.0.8.0/21"]},
        [("cidr-overlap", "vpc.cidrs[1]", "10.0.8.0/21")],
    ),
    (
        "a VPC block of the wrong size",
        {"vpc.cidrs": ["10.0.0.0/8"]},
        [("cidr-size", "vpc.cidrs[0]", "10.0.0.0/8")],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_addresses_that_ec2_or_eks_refuses_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def test_every_error_is_reported_at_once() -> None:
    assert errors({"pods.cidrs": ["100.64.0.0/10", "10.0.0.0/20", "169.254.0.0/16"], "vpc.cidr_quota": 2}) == [
        ("cidr-quota", "pods.cidrs", "3 IPv4 CIDR blocks in the VPC, including its existing ones"),
        ("cidr-size", "pods.cidrs[0]", "100.64.0.0/10"),
        ("block-twice", "pods.cidrs[1]", "10.0.0.0/20"),
        ("cidr-not-usable", "pods.cidrs[2]", "169.254.0.0/16"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 68)]},
        {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 69)], "vpc.cidr_quota": 6},
        {"vpc.subnet_quota": 4},
        {"vpc.routes": ["100.64.0.0/10"]},
        {"vpc.peers": ["100.65.0.0/16"]},
        {"pods.cidrs": ["10.4.0.0/16"]},
    ],
)
def test_what_just_fits_is_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.subnets


def test_an_associated_block_is_checked_against_no_rule_of_association() -> None:
    """AWS has accepted it, and nothing is added to the VPC."""
    assert a_plan(
        {
            **MAP,
            "vpc.cidrs": ["10.0.0.0/20", *(f"100.{n}.0.0/16" for n in range(70, 76))],
            "vpc.peers": ["100.64.0.0/16"],
            "vpc.routes": ["100.64.0.0/16"],
            "pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True}],
            "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
        }
    ).pods.subnets


RESERVED: Changes = {"environment.region": "us-east-1", "pods.zones": ["us-east-1a"], "vpc.node_subnets": {"us-east-1a": ["subnet-0000000a"]}, "egress": [], "pods.prefix_reservation": True}  # fmt: skip


def test_prefix_reservations_are_created_on_request() -> None:
    (subnet,) = a_plan(RESERVED).pods.subnets
    assert [str(part) for part in subnet.reservations][:1] == ["100.64.32.0/19"]
    assert not any(subnet.reservations for subnet in a_plan().pods.subnets)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({**RESERVED, "pods.subnet_prefix": 28}, ("subnet-too-small-to-reserve", "pods.subnet_prefix", "28")),
        ({**RESERVED, **MAP, "pods.subnets": {"us-east-1a": ["100.64.0.0/28", "100.64.1.0/27"]}}, ("subnet-too-small-to-reserve", "pods.subnets.us-east-1a[0]", "100.64.0.0/28")),
        ({**RESERVED, "node_classes.0.advanced_networking": {"ipv4_prefix_size": "32"}}, ("reservation-with-single-addresses", "node_classes[0].advanced_networking.ipv4_prefix_size", '"32"')),
        ({"pods.prefix_reservation": True}, ("reservation-region", "pods.prefix_reservation", "")),
        ({"pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}, "prefix_reservation": True}, "egress": []}, ("pod-addresses-given-twice", "pods.prefix_reservation", "")),
    ],
)  # fmt: skip
def test_prefix_reservations_that_cannot_be_created_are_an_error(changes: Changes, expected: Error) -> None:
    assert errors(changes) == [expected]


def test_the_regions_with_reservations_are_those_of_cloudformations_own_schemas() -> None:
    kind = "AWS::EC2::SubnetCidrReservation"
    assert {
        region for region in REGIONS if kind in PROVIDER_SCHEMA_MANAGER.get_resource_types(region)
    } == RESERVATION_REGIONS


def test_other_subnets_of_a_block_count_against_the_quota() -> None:
    block = {"cidr": "100.64.0.0/16", "associated": True, "other_subnets": ["100.64.192.0/20", "100.64.208.0/20"]}
    pods = {"cidrs": [block], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}
    a_plan({"pods": pods, "vpc.subnet_quota": 6})
    assert errors({"pods": pods, "vpc.subnet_quota": 5}) == [("subnet-quota", "pods", "2 pod subnets and 4 others")]


def test_a_service_cidr_is_a_24_at_least() -> None:
    a_plan({"cluster.service_cidr": "172.20.0.0/24"})
    size = ("service-cidr-size", "cluster.service_cidr", "172.20.0.0/25")
    assert errors({"cluster.service_cidr": "172.20.0.0/25"}) == [size]


@pytest.mark.parametrize(
    ("zones", "prefix", "block_helps"),
    [(["eu-west-1a", "eu-west-1b", "eu-west-1c"], 17, False), (["eu-west-1a", "eu-west-1b", "eu-west-1c"], 18, True)],
)
def test_a_further_block_is_advised_only_if_a_block_can_have_a_slot_for_the_zone(
    zones: list[str], prefix: int, block_helps: bool
) -> None:
    block = "100.64.0.0/16" if prefix == 17 else "100.64.0.0/17"
    with pytest.raises(InputError) as refused:
        a_plan({"pods.cidrs": [block], "pods.zones": zones, "pods.subnet_prefix": prefix, "egress": []})
    (problem,) = refused.value.diagnostics
    assert (problem.id, problem.subject) == ("zone-without-slot", "eu-west-1c")
    assert ("pods.cidrs" in problem.fix, "pods.subnets" in problem.fix) == (block_helps, True)
