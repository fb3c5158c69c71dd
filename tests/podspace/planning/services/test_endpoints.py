"""Endpoints: which are made, and whose group lets the pods in."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning import EndpointsPlan
from podspace.planning.services.endpoints import AUTO_MODE_SERVICES
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors

OTHERS = "sg-0000000e"


def endpoints(asked: dict[str, Any], changes: Changes | None = None) -> EndpointsPlan:
    plan = a_plan({"endpoints": asked, **(changes or {})}).endpoints
    assert plan
    return plan


def existing(*groups: str) -> dict[str, Any]:
    return {"interfaces": {"existing": True, "security_group_ids": list(groups)}}


def test_nothing_asked_is_nothing_made() -> None:
    assert a_plan().endpoints is None


def test_services_have_their_full_names() -> None:
    plan = endpoints({"gateways": ["s3", "dynamodb"], "interfaces": {"services": ["ecr.api"]}})
    assert plan.gateways == ("com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.dynamodb")
    assert plan.interfaces == ("com.amazonaws.eu-west-1.ecr.api",)
    assert set(plan.tags) == {"group", *plan.gateways, *plan.interfaces}


def test_a_private_cluster_needs_no_list_of_services() -> None:
    needed = {f"com.amazonaws.eu-west-1.{service}" for service in AUTO_MODE_SERVICES}
    assert set(endpoints({"interfaces": {}}).interfaces) == needed
    assert set(AUTO_MODE_SERVICES) == {"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sts"}


def test_the_group_of_new_endpoints_admits_every_cidr_block_of_the_vpc_and_of_the_pods() -> None:
    assert [str(cidr) for cidr in endpoints({"interfaces": {}}).sources] == ["10.0.0.0/20", "100.64.0.0/16"]
    ipv6 = endpoints({"interfaces": {}}, AN_IPV6_CLUSTER)
    assert [str(cidr) for cidr in ipv6.sources] == ["10.0.0.0/20", "2001:db8:1::/56"]


def test_interfaces_are_in_the_node_subnets_of_pod_zones_by_default() -> None:
    nodes = {"vpc.node_subnets": {"eu-west-1b": ["subnet-0000000b"], "eu-west-1c": ["subnet-0000000c"]}}
    assert endpoints({"interfaces": {}}, nodes).zones == ("eu-west-1b",)
    assert endpoints({"interfaces": {"subnets": {"eu-west-1c": "subnet-0000000d"}}}, nodes).zones == ("eu-west-1c",)


def lets_in(changes: Changes, *groups: str) -> list[tuple[str, str, tuple[int, int] | None]]:
    return [(rule.on, str(rule.source), rule.ports) for rule in endpoints(existing(*groups), changes).rules]


def test_security_groups_of_existing_endpoints_admit_the_pods() -> None:
    for changes in ({}, {"pods.security_group": "cluster"}, {"pods.security_group": "sg-0000000f"}):
        assert lets_in(changes, OTHERS) == [(OTHERS, "pods", (443, 443))]


def test_in_the_network_account_rules_have_the_addresses_of_pods() -> None:
    half = {
        "vpc.shared_with": ["444455556666"],
        "node_classes": [],
        "node_pools": [],
        "cluster.security_group_id": None,
    }
    assert lets_in(half, OTHERS) == [(OTHERS, "100.64.0.0/16", (443, 443))]


def test_a_group_that_admits_the_pods_on_another_port_gets_the_rule() -> None:
    nodes = "sg-0000000d"
    assert lets_in({"cluster.node_security_group_ids": [nodes]}, nodes) == [(nodes, "pods", (443, 443))]
    own = "sg-0123456789abcdef0"
    assert lets_in({"pods.security_group": "sg-0000000f"}, own) == [(own, "pods", (443, 443))]


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "sg-0123456789abcdef0"),
        ({"pods.security_group": "cluster"}, "sg-0123456789abcdef0"),
        ({"pods.security_group": "sg-0000000f"}, "sg-0000000f"),
        ({"cluster.node_security_group_ids": ["sg-0000000d"], "cluster.host_network_ports": [443]}, "sg-0000000d"),
    ],
)
def test_a_group_that_admits_the_pods_already_gets_no_second_rule(changes: Changes, group: str) -> None:
    """EC2 refuses a rule that exists."""
    assert not lets_in(changes, group)


@pytest.mark.parametrize(
    ("asked", "group", "expected"),
    [
        ({"interfaces": {"services": ["sts"]}}, {"egress": []}, ["endpoints"]),
        (existing(OTHERS), {"egress": []}, [OTHERS]),
        (existing(OTHERS), {"egress": [{"to": OTHERS, "ports": [443]}]}, []),
        (existing(OTHERS), {"egress": [], "reaches": [{"id": OTHERS, "ports": [443]}]}, []),
        (existing("sg-0123456789abcdef0"), {"egress": []}, []),
        ({"interfaces": {"services": ["sts"]}}, {}, []),
        ({"gateways": ["s3"]}, {"egress": []}, []),
    ],
)
def test_a_list_of_egress_keeps_endpoints_once(asked: dict[str, Any], group: object, expected: list[str]) -> None:
    plan = endpoints(asked, {"pods.security_group": group})
    assert [(rule.to, rule.protocol, rule.ports) for rule in plan.egress] == [
        (to, "tcp", (443, 443)) for to in expected
    ]


@pytest.mark.parametrize(
    ("group", "snat", "warned"),
    [
        ({"egress": []}, "Disabled", True),
        ({"egress": [{"to": "pl-00000001", "ports": [443]}]}, "Disabled", False),
        ({"egress": [{"to": "0.0.0.0/0", "ports": [443]}]}, "Disabled", False),
        ({"egress": []}, "Random", False),
        ({}, "Disabled", False),
    ],
)
def test_a_list_of_egress_without_a_prefix_list_keeps_pods_from_gateway_endpoints(
    group: object, snat: str, warned: bool
) -> None:
    changes = {"pods.security_group": group, "node_classes": [{"name": "class", "snat_policy": snat}]}
    found = a_plan({**changes, "endpoints": {"gateways": ["s3"]}}).remarks
    assert ("gateway-endpoint-not-in-egress" in {remark.id for remark in found}) is warned


def test_a_rule_for_another_protocol_does_not_admit_the_pods() -> None:
    assert lets_in({"pods.security_group": {"reaches": [{"id": OTHERS, "ports": ["443/udp"]}]}}, OTHERS)
    assert not lets_in({"pods.security_group": {"reaches": [{"id": OTHERS, "ports": [443]}]}}, OTHERS)


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "an interface endpoint of dynamodb": ({"endpoints": {"interfaces": {"services": ["dynamodb"]}}}, [("gateway-service-as-interface", "endpoints.interfaces.services", "dynamodb")]),
    **{
        f"apply without {service}": (
            {**A_NEW_VPC, "egress": [], "apply": True, "endpoints": {"gateways": ["s3"], "interfaces": {"services": [s for s in (*AUTO_MODE_SERVICES, "lambda") if s != service]}}},
            [("apply-without-endpoint", "endpoints.interfaces.services", service)],
        )
        for service in ("eks", "sts", "lambda")
    },
    "an interface endpoint of s3": ({"endpoints": {"interfaces": {"services": ["s3"]}}}, [("gateway-service-as-interface", "endpoints.interfaces.services", "s3")]),
    "gateways on tables that exist": (
        {"endpoints": {"gateways": ["s3"]}, "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}}, "egress": []},
        [("endpoint-of-existing-subnets", "endpoints.gateways", "")],
    ),
    "a subnet for two zones": (
        {"endpoints": {"interfaces": {"subnets": dict.fromkeys(("eu-west-1a", "eu-west-1b"), "subnet-00000001")}}},
        [("subnet-for-two-zones", "endpoints.interfaces.subnets.eu-west-1b", "subnet-00000001")],
    ),
    "a subnet of another zone": (
        {"endpoints": {"interfaces": {"subnets": {"eu-west-1a": "subnet-0000000b"}}}},
        [("subnet-in-two-zones", "endpoints.interfaces.subnets.eu-west-1a", "subnet-0000000b")],
    ),
    "no subnet in the network's half": (
        {"endpoints": {"interfaces": {}}, "vpc.shared_with": ["444455556666"], "vpc.node_subnets": None, "node_classes": [], "node_pools": [], "cluster.security_group_id": None},
        [("endpoint-without-subnet", "endpoints.interfaces.subnets", "")],
    ),
    "a zone of another region": ({"endpoints": {"interfaces": {"subnets": {"us-east-1a": "subnet-00000001"}}}}, [("zone-of-other-region", "endpoints.interfaces.subnets.us-east-1a", "")]),
    "a zone id beside names": ({"endpoints": {"interfaces": {"subnets": {"euw1-az1": "subnet-00000001"}}}}, [("zone-of-other-region", "endpoints.interfaces.subnets.euw1-az1", "")]),
    "subnet ids in a new VPC": (
        {**A_NEW_VPC, "endpoints": {"interfaces": {"subnets": {"eu-west-1a": "subnet-00000001"}}}},
        [("not-with-new-vpc", "endpoints.interfaces.subnets", "")],
    ),
    "China": (
        {"endpoints": {"interfaces": {}}, "environment.region": "cn-north-1", "pods.zones": ["cn-north-1a"], "vpc.node_subnets": {"cn-north-1a": ["subnet-0000000a"]}, "egress": []},
        [("endpoint-region", "endpoints.interfaces", "")],
    ),
    "apply without the endpoints its functions need": (
        {**A_NEW_VPC, "egress": [], "apply": True, "endpoints": {"gateways": ["s3"], "interfaces": {}}},
        [("apply-without-endpoint", "endpoints.interfaces.services", "lambda")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_endpoints_that_cannot_be_created_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def test_a_new_private_vpc_with_all_endpoints_may_apply() -> None:
    services = [*AUTO_MODE_SERVICES, "lambda"]
    endpoints = {"gateways": ["s3"], "interfaces": {"services": services}}
    assert a_plan({**A_NEW_VPC, "egress": [], "apply": True, "endpoints": endpoints}).apply


@pytest.mark.parametrize(("services", "warned"), [(["sts"], True), ([*AUTO_MODE_SERVICES], False)])
def test_endpoints_that_a_private_vpc_lacks_are_warned_of(services: list[str], warned: bool) -> None:
    endpoints = {"gateways": ["s3"], "interfaces": {"services": services}}
    for changes, expected in (({**A_NEW_VPC, "egress": []}, warned), ({}, False), (A_NEW_VPC, False)):
        plan = a_plan({**changes, "endpoints": endpoints})
        assert ("endpoints-left-out" in {remark.id for remark in plan.remarks}) == expected


@pytest.mark.parametrize(
    ("changes", "noted"),
    [({}, True), ({"node_classes.0.snat_policy": "Disabled"}, False), (A_NEW_VPC, False)],
)
def test_a_gateway_endpoint_that_no_pod_uses_is_noted(changes: Changes, noted: bool) -> None:
    plan = a_plan({**changes, "endpoints": {"gateways": ["s3"]}})
    assert ("endpoint-not-used" in {remark.id for remark in plan.remarks}) == noted
