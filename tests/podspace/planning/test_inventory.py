"""The inventory of a plan, without a template: references, keys, and what running pods depend on.

`tests/stacks/test_inventory.py` compares it with synthesized templates.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from podspace.planning import PassedIn, Resource
from podspace.planning.inventory import Ref, logical_id
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, FORMER_RULES, Changes, a_plan

GATEWAYS: Changes = {"egress": [{"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-00000001", "eu-west-1b": "subnet-00000002"}}]}  # fmt: skip
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}


def entries(changes: Changes) -> dict[str, Resource]:
    return {resource.title: resource for resource in a_plan(changes).resources()}


@pytest.mark.parametrize(
    ("path", "id"),
    [
        (("PodNetwork", "Subnet-100.64.0.0-18"), "PodNetworkSubnet100640018BE08940F"),
        (("PodSecurityGroup", "Group"), "PodSecurityGroupFDED2E0B"),
        (("Cluster", "Cluster", "Resource"), "ClusterC2E21B66"),
        (("Single",), "Single"),
    ],
)
def test_a_logical_id_follows_from_the_construct_path(path: tuple[str, ...], id: str) -> None:
    assert logical_id(path) == id


def test_references_are_those_of_all_properties() -> None:
    subnet, group = Ref(("PodNetwork", "Subnet-100.64.0.0-18")), Ref(("PodSecurityGroup", "Group"), "GroupId")
    association = entries({})["route table association of 100.64.0.0/18"]
    assert association.references == {subnet, Ref(("PodNetwork", "RouteTable-eu-west-1a"))}
    assert entries({})["security group rule pods from pods"].references == {group}


@pytest.mark.parametrize(
    ("changes", "title", "vital"),
    [
        (GATEWAYS, "NAT gateway eu-west-1a", False),
        (GATEWAYS, "route 0.0.0.0/0 of eu-west-1a", False),
        ({**GATEWAYS, **DISABLED}, "NAT gateway eu-west-1a", True),
        ({**GATEWAYS, **DISABLED}, "Elastic IP address eu-west-1a", True),
        ({**GATEWAYS, **DISABLED}, "route 0.0.0.0/0 of eu-west-1a", True),
        ({**A_NEW_VPC, **A_NEW_CLUSTER}, "NAT gateway eu-west-1a", True),
        ({**A_NEW_VPC, **A_NEW_CLUSTER}, "route 0.0.0.0/0 of eu-west-1a", False),
        ({}, "pod subnet 100.64.0.0/18", True),
        ({}, "node role", False),
        ({"flow_logs": {}}, "flow log of 100.64.0.0/18", False),
    ],
)
def test_egress_is_vital_if_pods_or_nodes_use_it(changes: Changes, title: str, vital: bool) -> None:
    assert entries(changes)[title].vital is vital


def test_the_transit_gateway_behind_a_used_private_nat_gateway_is_vital() -> None:
    subnets = {"eu-west-1a": "subnet-00000001", "eu-west-1b": "subnet-00000002"}
    entry = {"to": "10.64.0.0/16", "private_nat_gateways": subnets, "transit_gateway": "tgw-00000001", "attachment_subnets": subnets}  # fmt: skip
    title = "transit gateway attachment transit-gateway"
    assert entries({**DISABLED, "egress": [entry]})[title].vital
    assert not entries({"egress": [entry]})[title].vital


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("CIDR block 100.64.0.0/16", ("pods.cidrs[0]",)),
        ("pod subnet 100.64.64.0/18", ("pods.zones[1]",)),
        ("route 0.0.0.0/0 of eu-west-1b", ("egress[0]", "pods.zones[1]")),
        ("security group rule pods from 10.0.0.0/20", ("pods.security_group", "vpc.cidrs[0]")),
        ("security group rule cluster from pods, tcp 9100", ("pods.security_group", "cluster.host_network_ports")),
    ],
)
def test_a_resource_has_the_keys_of_the_config_that_it_follows_from(title: str, keys: tuple[str, ...]) -> None:
    assert entries(FORMER_RULES)[title].keys == keys


@pytest.mark.parametrize(
    ("group", "title", "key"),
    [
        ({"ingress": [{"from": "sg-000000aa", "ports": [80]}]}, "pods from sg-000000aa, tcp 80", "pods.security_group.ingress"),
        ({"ingress": [{"from": "pl-000000aa"}]}, "pods from pl-000000aa", "pods.security_group.ingress"),
        ({"ingress": [{"from": "192.0.2.0/24"}]}, "pods from 192.0.2.0/24", "pods.security_group.ingress"),
        ({"egress": [{"to": "192.0.2.0/24"}]}, "pods to 192.0.2.0/24", "pods.security_group.egress"),
        ({"reaches": [{"id": "sg-000000aa", "ports": [5432]}]}, "sg-000000aa from pods, tcp 5432", "pods.security_group.reaches"),
    ],
)  # fmt: skip
def test_a_listed_rule_has_the_key_of_its_list(group: Any, title: str, key: str) -> None:
    assert key in entries({"pods.security_group": group})[f"security group rule {title}"].keys


def test_what_a_cdk_app_passes_in_has_its_name_in_the_plan() -> None:
    plan = {"vpc.id": None, "vpc.node_subnets": None, "cluster.security_group_id": None, "egress": [{"to": "internet", "nat_gateways": "per_zone"}]}  # fmt: skip
    found = entries(plan)
    assert found["CIDR block 100.64.0.0/16"].create_only["VpcId"] == PassedIn("vpc")
    assert found["route 0.0.0.0/0 of eu-west-1a"].properties["NatGatewayId"] == PassedIn("eu-west-1a")
    assert found["security group rule pods from cluster"].create_only["SourceSecurityGroupId"] == PassedIn("cluster")


def test_a_group_of_rules_that_a_cdk_app_passes_in_has_its_name() -> None:
    group = {
        "ingress": [{"from": "given:alb", "ports": [8080]}],
        "egress": [{"to": "given:proxy"}],
        "reaches": [{"id": "given:database", "ports": [5432]}],
    }
    found = entries({"pods.security_group": group})
    source = found["security group rule pods from given:alb, tcp 8080"]
    reached = found["security group rule given:database from pods, tcp 5432"]
    assert (source.create_only["SourceSecurityGroupId"], source.keys[-1]) == (
        PassedIn("alb"),
        "pods.security_group.ingress",
    )
    assert (reached.create_only["GroupId"], reached.keys[-1]) == (PassedIn("database"), "pods.security_group.reaches")
    to = found["security group rule pods to given:proxy"]
    assert to.create_only["DestinationSecurityGroupId"] == PassedIn("proxy")


def test_an_applied_manifest_is_an_entry_with_its_text() -> None:
    text = entries({"apply": True})["NodePool pool"].properties["Manifest"]
    assert json.loads(str(text))[0]["kind"] == "NodePool"
