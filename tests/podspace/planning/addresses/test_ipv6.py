"""IPv6 clusters: which /64 each pod subnet has, and what does not go together."""

from __future__ import annotations

import pytest

from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors


def test_each_pod_subnet_has_its_own_64() -> None:
    subnets = {
        subnet.zone: (str(subnet.cidr), str(subnet.ipv6_cidr)) for subnet in a_plan(AN_IPV6_CLUSTER).pods.subnets
    }
    assert subnets == {
        "eu-west-1a": ("10.0.8.0/26", "2001:db8:1:10::/64"),
        "eu-west-1b": ("10.0.8.64/26", "2001:db8:1:11::/64"),
    }


def test_several_subnets_of_a_zone_take_theirs_in_order() -> None:
    changes = {
        **AN_IPV6_CLUSTER,
        "pods.subnets": {"eu-west-1a": ["10.0.8.0/26", "10.0.8.128/26"], "eu-west-1b": ["10.0.8.64/26"]},
        "pods.ipv6_subnets": {
            "eu-west-1b": ["2001:db8:1:11::/64"],
            "eu-west-1a": ["2001:db8:1:10::/64", "2001:db8:1:12::/64"],
        },
    }
    assert [str(subnet.ipv6_cidr) for subnet in a_plan(changes).pods.subnets] == [
        "2001:db8:1:10::/64", "2001:db8:1:12::/64", "2001:db8:1:11::/64"
    ]  # fmt: skip


def test_no_secondary_ipv4_cidr_block_is_created() -> None:
    assert all(block.associated for block in a_plan(AN_IPV6_CLUSTER).pods.blocks)


def test_a_secondary_ipv4_cidr_block_may_be_created() -> None:
    changes = {
        **AN_IPV6_CLUSTER,
        "pods.cidrs": ["100.64.0.0/16"],
        "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
    }
    assert not any(block.associated for block in a_plan(changes).pods.blocks)


def test_the_pod_group_admits_the_ipv6_cidr_blocks_of_the_vpc_and_allows_all_traffic_out() -> None:
    group = a_plan({**AN_IPV6_CLUSTER, "pods.security_group": {"ingress": "vpc"}}).pod_group
    assert group.ipv6
    assert "2001:db8:1::/56" in {str(rule.source) for rule in group.rules if rule.on == "pods"}
    assert not a_plan().pod_group.ipv6


def test_ipv4_destinations_may_be_reached_by_the_nodes_address_or_not() -> None:
    changes = {**AN_IPV6_CLUSTER, "node_classes.0.advanced_networking": {"enable_v4_egress": False}}
    (node_class,) = a_plan(changes).node_classes
    assert node_class.manifest()["spec"]["advancedNetworking"] == {"enableV4Egress": False}  # type: ignore[index,call-overload]


IPV4 = {"cluster.ip_family": "ipv4"}
REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "an IPv6 block in an IPv4 cluster": ({"vpc.ipv6_cidrs": ["2001:db8:1::/56"]}, [("ipv6-in-ipv4-cluster", "vpc.ipv6_cidrs", "")]),
    "IPv6 subnets in an IPv4 cluster": ({**AN_IPV6_CLUSTER, **IPV4, "vpc.ipv6_cidrs": []}, [("ipv6-in-ipv4-cluster", "pods.ipv6_subnets", "")]),
    "IPv4 egress of IPv6 pods in an IPv4 cluster": (
        {"node_classes.0.advanced_networking": {"enable_v4_egress": True}},
        [("ipv6-in-ipv4-cluster", "node_classes[0].advanced_networking.enable_v4_egress", "")],
    ),
    "blocks over each other": ({**AN_IPV6_CLUSTER, "vpc.ipv6_cidrs": ["2001:db8:1::/56", "2001:db8:1::/60"]}, [("cidr-overlap", "vpc.ipv6_cidrs[1]", "2001:db8:1::/60")]),
    "IPv4 egress switched off in an IPv4 cluster": (
        {"node_classes.0.advanced_networking": {"enable_v4_egress": False}},
        [("ipv6-in-ipv4-cluster", "node_classes[0].advanced_networking.enable_v4_egress", "")],
    ),
    "no IPv6 block": ({**AN_IPV6_CLUSTER, "vpc.ipv6_cidrs": []}, [("ipv6-addresses-missing", "vpc.ipv6_cidrs", "")]),
    "no IPv6 subnets": ({**AN_IPV6_CLUSTER, "pods.ipv6_subnets": None}, [("ipv6-addresses-missing", "pods.ipv6_subnets", "")]),
    "a new VPC": ({**A_NEW_VPC, **AN_IPV6_CLUSTER}, [("ipv6-in-new-vpc", "vpc.create", "")]),
    "reservations": ({**AN_IPV6_CLUSTER, "pods.prefix_reservation": True}, [("reservation-in-ipv6-cluster", "pods.prefix_reservation", "")]),
    "two egress-only gateways": ({**AN_IPV6_CLUSTER, "egress": [{"to": to, "name": name, "egress_only_gateway": "new"} for name, to in (("a", "internet"), ("b", "2001:db8:9::/48"))]}, [("second-egress-only-gateway", "egress[1].egress_only_gateway", "new")]),
    "too few": (
        {**AN_IPV6_CLUSTER, "pods.ipv6_subnets": {"eu-west-1a": ["2001:db8:1:10::/64"]}},
        [("ipv6-subnet-count", "pods.ipv6_subnets.eu-west-1b", "0 given")],
    ),
    "one for a zone without pods": (
        {**AN_IPV6_CLUSTER, "pods.ipv6_subnets.eu-west-1c": ["2001:db8:1:12::/64"]},
        [("ipv6-subnet-count", "pods.ipv6_subnets.eu-west-1c", "1 given")],
    ),
    "a /60": ({**AN_IPV6_CLUSTER, "pods.ipv6_subnets.eu-west-1a": ["2001:db8:1:10::/60"]}, [("ipv6-subnet-size", "pods.ipv6_subnets.eu-west-1a[0]", "2001:db8:1:10::/60")]),
    "outside the VPC": ({**AN_IPV6_CLUSTER, "pods.ipv6_subnets.eu-west-1a": ["2001:db8:2:10::/64"]}, [("ipv6-subnet-outside-blocks", "pods.ipv6_subnets.eu-west-1a[0]", "2001:db8:2:10::/64")]),
    "twice": ({**AN_IPV6_CLUSTER, "pods.ipv6_subnets.eu-west-1b": ["2001:db8:1:10::/64"]}, [("ipv6-subnet-overlap", "pods.ipv6_subnets.eu-west-1b[0]", "2001:db8:1:10::/64")]),
    "beside subnets that exist": (
        {**AN_IPV6_CLUSTER, "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}, "ipv6_subnets": {"eu-west-1a": ["2001:db8:1:10::/64"]}}},
        [("pod-addresses-given-twice", "pods.ipv6_subnets", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_the_address_family_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected
