"""A cause hides its consequences, and independent errors are reported together."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.consequences import without_consequences
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors

MAP: Changes = {"pods.zones": None, "pods.subnet_prefix": None}
SUBNETS = {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}
REGION = ("region-without-zones", "environment.region", "eu-west-2")
OTHER_REGION: Changes = {"environment.region": "eu-west-2"}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
BY_ID: Changes = {
    "pods.zones": ["euw1-az1", "euw1-az3"],
    "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"], "euw1-az3": ["subnet-0000000b"]},
    "egress": [],
}

ONE_CAUSE: dict[str, tuple[Changes, Error]] = {
    "a CIDR block that is too small": (
        {"pods.cidrs": ["100.64.0.0/29"]},
        ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
    ),
    "a CIDR block that is too small, with a map": (
        {**MAP, "pods.cidrs": ["100.64.0.0/29"], "pods.subnets": SUBNETS},
        ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
    ),
    "a CIDR block that is too small for a slot": (
        {"pods.cidrs": ["100.64.0.0/20"]},
        ("block-smaller-than-subnet", "pods.cidrs[0]", "100.64.0.0/20"),
    ),
    "an unusable CIDR block that a service CIDR excludes, too": (
        {"pods.cidrs": ["127.0.0.0/16"]},
        ("cidr-not-usable", "pods.cidrs[0]", "127.0.0.0/16"),
    ),
    "a CIDR block twice": (
        {"pods.cidrs": ["100.64.0.0/16", "100.64.0.0/16"]},
        ("block-twice", "pods.cidrs[1]", "100.64.0.0/16"),
    ),
    "a CIDR block of the VPC for pods": (
        {"pods.cidrs": ["10.0.0.0/20"]},
        ("block-twice", "pods.cidrs[0]", "10.0.0.0/20"),
    ),
    "a CIDR block of the VPC twice": (
        {"vpc.cidrs": ["10.0.0.0/20", "10.0.0.0/20"]},
        ("block-twice", "vpc.cidrs[1]", "10.0.0.0/20"),
    ),
    "CIDR blocks that overlap, and so do their slots": (
        {"pods.cidrs": ["100.64.0.0/16", "100.64.128.0/17"]},
        ("cidr-overlap", "pods.cidrs[1]", "100.64.128.0/17"),
    ),
    "an associated CIDR block over the service CIDR": (
        {
            **MAP,
            "vpc.cidrs": ["10.0.0.0/20", "172.20.0.0/16"],
            "cluster.service_cidr": "172.20.0.0/16",
            "pods.cidrs": [{"cidr": "172.20.0.0/16", "associated": True}],
            "pods.subnets": {"eu-west-1a": ["172.20.0.0/18"], "eu-west-1b": ["172.20.64.0/18"]},
        },
        ("cidr-overlap", "cluster.service_cidr", "172.20.0.0/16"),
    ),
    "a pod subnet larger than its CIDR block": (
        {**MAP, "pods.subnets": {**SUBNETS, "eu-west-1a": ["100.64.0.0/15"]}},
        ("cidr-size", "pods.subnets.eu-west-1a[0]", "100.64.0.0/15"),
    ),
    "a pod subnet twice": (
        {**MAP, "pods.subnets": {**SUBNETS, "eu-west-1b": ["100.64.0.0/18"]}},
        ("subnet-overlap", "pods.subnets.eu-west-1b[0]", "100.64.0.0/18"),
    ),
    "another region": (OTHER_REGION, REGION),
    "another region, with a key, reservations and endpoints": (
        {
            **OTHER_REGION,
            "flow_logs": {"key_arn": KEY},
            "pods.prefix_reservation": True,
            "node_classes.0.advanced_security": {"fips": True},
            "endpoints": {"interfaces": {"subnets": {"eu-west-1a": "subnet-00000001"}}},
        },
        REGION,
    ),
    "another region of a new VPC and a new cluster": ({**A_NEW_VPC, **A_NEW_CLUSTER, **OTHER_REGION}, REGION),
    "another region than that of the zone ids": ({**BY_ID, **OTHER_REGION}, REGION),
    "a misspelt pod zone": (
        {"pods.zones": ["eu-west-1a", "eu-west-2b"], **A_NEW_CLUSTER},
        ("zone-of-other-region", "pods.zones[1]", "eu-west-2b"),
    ),
    "a misspelt zone of node subnets": (
        {"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-2b": ["subnet-0000000b"]}, **A_NEW_CLUSTER},
        ("zone-of-other-region", "vpc.node_subnets.eu-west-2b", "eu-west-2b"),
    ),
    "a pod zone twice": (
        {"pods.zones": ["eu-west-1a", "eu-west-1b", "eu-west-1b"], "pods.subnet_prefix": 17},
        ("zone-twice", "pods.zones[2]", "eu-west-1b"),
    ),
    "no pod addresses": ({"pods": {}}, ("pod-addresses-missing", "pods", "")),
    "no prefix": ({"pods.subnet_prefix": None}, ("pod-addresses-missing", "pods.subnet_prefix", "")),
    "more node subnets than a NodeClass selects": (
        {"vpc.node_subnets": {"eu-west-1a": [f"subnet-{n:08x}" for n in range(31)]}},
        ("too-many-subnet-terms", "vpc.node_subnets", "31 subnets in pod zones"),
    ),
    "a section that is not for this account": (
        {
            "vpc.shared_with": ["444455556666"],
            "vpc.node_subnets": None,
            "cluster.security_group_id": None,
            "node_classes": [],
            "node_pools.0.node_class": "missing",
        },
        ("not-in-network-half", "node_pools", ""),
    ),
    "a new VPC for an IPv6 cluster": (
        {**A_NEW_VPC, **AN_IPV6_CLUSTER},
        ("ipv6-in-new-vpc", "vpc.create", ""),
    ),
}


@pytest.mark.parametrize(("changes", "cause"), ONE_CAUSE.values(), ids=ONE_CAUSE)
def test_one_cause_is_one_error(changes: Changes, cause: Error) -> None:
    assert errors(changes) == [cause]


INDEPENDENT: dict[str, tuple[Changes, list[Error]]] = {
    "in several sections": (
        {
            "pods.cidrs": ["100.64.0.0/29"],
            "vpc.cidr_quota": 1,
            "vpc.cidrs": ["10.0.0.0/8"],
            "egress.0.to": "0.0.0.0/0",
            "node_pools.0.node_class": "missing",
            "cluster.node_security_group_ids": ["sg-0123456789abcdef0"],
        },
        [
            ("cidr-size", "vpc.cidrs[0]", "10.0.0.0/8"),
            ("cidr-quota", "pods.cidrs", "2 IPv4 CIDR blocks in the VPC, including its existing ones"),
            ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
            ("default-route-as-cidr", "egress[0].to", "0.0.0.0/0"),
            ("node-group-twice", "cluster.node_security_group_ids[0]", "sg-0123456789abcdef0"),
            ("node-class-unknown", "node_pools[0].node_class", "missing"),
        ],
    ),
    "of two CIDR blocks": (
        {"pods.cidrs": ["100.64.0.0/29", "100.70.0.0/16"], "vpc.peers": ["100.70.0.0/18"]},
        [
            ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
            ("cidr-overlap", "pods.cidrs[1]", "100.70.0.0/16"),
        ],
    ),
    "of one CIDR block": (
        {"vpc.peers": ["100.64.0.0/18"], "vpc.routes": ["100.64.0.0/16"]},
        [
            ("cidr-overlap", "pods.cidrs[0]", "100.64.0.0/16"),
            ("cidr-covers-route", "pods.cidrs[0]", "100.64.0.0/16"),
        ],
    ),
    "of the pods and of a new VPC": (
        {**A_NEW_VPC, "pods.cidrs": ["100.64.0.0/29"], "vpc.create.public.cidrs": ["10.0.0.0/24"]},
        [
            ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
            ("zone-without-slot", "vpc.create.public.cidrs", "eu-west-1b"),
        ],
    ),
    "of zones and of the region's services": (
        {"pods.zones": ["eu-west-1a", "eu-west-2b"], "flow_logs": {"key_arn": KEY.replace("eu-west-1", "eu-west-3")}},
        [
            ("zone-of-other-region", "pods.zones[1]", "eu-west-2b"),
            ("key-of-other-region", "flow_logs.key_arn", KEY.replace("eu-west-1", "eu-west-3")),
        ],
    ),
    "of node zones and of gateways": (
        {
            "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "us-east-1a": ["subnet-0000000b"]},
            "egress": [{"to": "internet", "nat_gateways": {"eu-west-1a": "nat-0000000a"}}],
        },
        [
            ("zone-of-other-region", "vpc.node_subnets.us-east-1a", "us-east-1a"),
            ("zone-missing", "egress[0].nat_gateways", "eu-west-1b"),
        ],
    ),
    "of another region and of addresses": (
        {**OTHER_REGION, "pods.cidrs": ["100.64.0.0/29"], "egress": [{"to": "0.0.0.0/0", "nat_gateways": "shared"}]},
        [
            REGION,
            ("cidr-size", "pods.cidrs[0]", "100.64.0.0/29"),
            ("default-route-as-cidr", "egress[0].to", "0.0.0.0/0"),
        ],
    ),
    "of two maps": (
        {**MAP, "pods.subnets": {"eu-west-1a": ["100.70.0.0/18"], "eu-west-1b": ["100.64.0.0/29"]}},
        [
            ("cidr-size", "pods.subnets.eu-west-1b[0]", "100.64.0.0/29"),
            ("subnet-outside-blocks", "pods.subnets.eu-west-1a[0]", "100.70.0.0/18"),
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), INDEPENDENT.values(), ids=INDEPENDENT)
def test_independent_errors_are_reported_at_once(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"pods.cidrs": ["100.64.0.0/17"]},
        {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]},
        BY_ID,
        {
            **MAP,
            "vpc.cidrs": ["10.0.0.0/20", "100.64.0.0/16"],
            "pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True}],
            "pods.subnets": SUBNETS,
        },
    ],
)
def test_what_is_correct_has_no_error(changes: Changes) -> None:
    assert a_plan(changes).pods.subnets


@pytest.mark.parametrize(
    "changes",
    [
        {"pods.cidrs": ["100.64.0.0/16"] * 2},
        {"vpc.cidrs": ["10.0.0.0/20"] * 2},
        {"pods.cidrs": ["10.0.0.0/20"]},
        {"vpc.peers": ["100.64.0.0/16"]},
        {"pods.cidrs": ["172.20.0.0/16"]},
        {"cluster.service_cidr": "10.0.0.0/20"},
        {**MAP, "pods.subnets": {**SUBNETS, "eu-west-1b": ["100.64.0.0/18"]}},
        {**AN_IPV6_CLUSTER, "pods.ipv6_subnets.eu-west-1b": ["2001:db8:1:10::/64"]},
        {**A_NEW_VPC, "vpc.create.nodes.cidrs": ["10.0.0.0/22"]},
    ],
)
def test_no_cidr_block_is_said_to_overlap_itself(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\d") as refused:
        a_plan(changes)
    for problem in getattr(refused.value, "diagnostics", ()):
        assert f"overlap {problem.subject}" not in problem.message, problem


def diagnostic(id: str, path: str, subject: str = "") -> Diagnostic:
    return Diagnostic(id=id, location=Location(path=path), subject=subject, message="must be another")


def test_an_error_that_follows_from_a_hidden_one_is_hidden_as_well() -> None:
    shared, missing = diagnostic("shared-subnets-by-id", "pods.subnet_ids"), diagnostic("pod-addresses-missing", "pods")
    zone = diagnostic("zone-without-pods", "egress[0].nat_gateways.eu-west-1a")
    assert without_consequences([missing, zone]) == (missing,)
    assert without_consequences([missing, zone, shared]) == (shared,)


def test_of_two_keys_to_be_removed_at_one_place_the_first_is_reported() -> None:
    first, second = (diagnostic(id, "vpc.ipv6_cidrs") for id in ("not-with-new-vpc", "ipv6-in-ipv4-cluster"))
    assert without_consequences([first, second]) == (first,)
    assert without_consequences([second, first]) == (second,)


def test_an_error_inside_a_key_to_be_removed_is_hidden_and_one_with_a_similar_name_is_not() -> None:
    remove = diagnostic("not-in-network-half", "node_pools")
    inside, other = (diagnostic("name-too-long", path) for path in ("node_pools[0].name", "node_pools_of_others"))
    assert without_consequences([inside, other, remove]) == (other, remove)


def test_an_error_is_reported_once() -> None:
    error = diagnostic("cidr-size", "pods.cidrs[0]")
    assert without_consequences([error, diagnostic("cidr-size", "pods.cidrs[0]")]) == (error,)
