"""A shared VPC: what each of the two accounts makes, and zones that mean the same in both."""

from __future__ import annotations

import pytest

from podspace.planning.addresses.zone import in_region
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_plan
from tests.planning_errors import Error, errors

OWNER: Changes = {
    "vpc.shared_with": ["444455556666"],
    "vpc.node_subnets": None,
    "cluster.security_group_id": None,
    "node_classes": [],
    "node_pools": [],
}
PARTICIPANT: Changes = {
    "vpc.owner": "111122223333",
    "vpc.cidrs": ["10.0.0.0/20", "100.64.0.0/16"],
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}},
    "egress": [],
}
BY_ID: Changes = {
    "pods.zones": ["euw1-az1", "euw1-az3"],
    "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"], "euw1-az3": ["subnet-0000000b"]},
    "egress": [{"to": "internet", "nat_gateways": {"euw1-az1": "nat-0000000a", "euw1-az3": "nat-0000000b"}}],
}


def test_the_network_account_has_subnets_and_routes_and_no_cluster_resources() -> None:
    plan = a_plan(OWNER)
    assert plan.network_half
    assert plan.pods.shared_with == ("444455556666",)
    assert plan.pods.subnets
    assert all(table.routes for table in plan.pods.route_tables)
    assert not plan.node_classes
    assert not plan.pods.node_selector
    assert "network-half" in {remark.id for remark in plan.remarks}


def test_the_cluster_account_selects_by_id() -> None:
    plan = a_plan(PARTICIPANT)
    assert not plan.network_half
    terms = plan.node_classes[0].spec.pod_subnet_selector_terms
    assert [(term.id, term.tags) for term in terms or ()] == [("subnet-00000001", None), ("subnet-00000002", None)]
    assert not any((plan.pods.blocks, plan.pods.subnets, plan.pods.route_tables, plan.pods.gateways))


def test_zones_may_be_written_by_id() -> None:
    plan = a_plan(BY_ID)
    assert [(subnet.zone, str(subnet.cidr)) for subnet in plan.pods.subnets] == [
        ("euw1-az1", "100.64.0.0/18"),
        ("euw1-az3", "100.64.64.0/18"),
    ]
    assert {table.name for table in plan.pods.route_tables} == {"euw1-az1", "euw1-az3"}


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("eu-west-1a", "eu-west-1"), ("euw1-az1", "eu-west-1"), ("use1-az6", "us-east-1"), ("apse2-az1", "ap-southeast-2"),
        ("apne1-az4", "ap-northeast-1"), ("usgw1-az1", "us-gov-west-1"), ("cac1-az4", "ca-central-1"),
        ("mes1-az1", "me-south-1"), ("cnnw1-az1", "cn-northwest-1"), ("usibe1-az1", "us-isob-east-1"),
    ],
)  # fmt: skip
def test_a_zone_is_in_its_region(zone: str, region: str) -> None:
    assert in_region(zone, region)


@pytest.mark.parametrize(
    ("zone", "region"),
    [("eu-west-1a", "eu-west-2"), ("euw1-az1", "eu-west-2"), ("euw11-az1", "eu-west-1"), ("apse2-az1", "ap-south-2")],
)
def test_a_zone_of_another_region_is_not_in_the_region(zone: str, region: str) -> None:
    assert not in_region(zone, region)


def pool(key: str, zone: str) -> Changes:
    return {"node_pools.0.requirements": [{"key": key, "operator": "In", "values": [zone]}]}


def test_a_node_pool_may_require_the_zones_that_have_pods_by_name_or_id() -> None:
    for changes in (
        {**BY_ID, **pool("topology.k8s.aws/zone-id", "euw1-az1")},
        pool("topology.kubernetes.io/zone", "eu-west-1a"),
    ):
        assert "zones-not-compared" not in {remark.id for remark in a_plan(changes).remarks}
    for changes in (
        {**BY_ID, **pool("topology.kubernetes.io/zone", "eu-west-1f")},
        pool("topology.k8s.aws/zone-id", "euw1-az9"),
    ):  # which zone that is, only its account knows
        assert "zones-not-compared" in {remark.id for remark in a_plan(changes).remarks}


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "the owner among the others": ({**OWNER, "environment.account": "444455556666"}, [("shared-with-itself", "vpc.shared_with", "444455556666")]),
    "a pod group in the network's half": ({**OWNER, "pods.security_group": "cluster"}, [("not-in-network-half", "pods.security_group", "")]),
    "a node role in the network's half": ({**OWNER, "cluster.node_role": {"create": True}}, [("not-in-network-half", "cluster.node_role", "")]),
    "ports in the network's half": ({**OWNER, "cluster.host_network_ports": [80]}, [("not-in-network-half", "cluster.host_network_ports", "")]),
    "both halves": ({**PARTICIPANT, "vpc.shared_with": ["444455556666"]}, [("owner-and-shared-with", "vpc", "")]),
    "the owner itself": ({**PARTICIPANT, "environment.account": "111122223333"}, [("shared-with-itself", "vpc.owner", "111122223333")]),
    "no pod subnets": (
        {"vpc.owner": "111122223333", "pods": {"zones": ["eu-west-1a"]}, "egress": []},
        [("shared-subnets-by-id", "pods.subnet_ids", "")],
    ),
    "blocks": ({"vpc.owner": "111122223333"}, [("shared-subnets-by-id", "pods.subnet_ids", ""), ("not-in-cluster-half", "pods.cidrs", ""), ("not-in-cluster-half", "egress", "")]),
    "ways out": ({**PARTICIPANT, "egress": [{"to": "internet", "nat_gateways": "shared"}]}, [("egress-of-existing-subnets", "egress", "")]),
    "endpoints": ({**PARTICIPANT, "endpoints": {"interfaces": {}}}, [("not-in-cluster-half", "endpoints.interfaces", "")]),
    "gateway endpoints": ({**PARTICIPANT, "endpoints": {"gateways": ["s3"]}}, [("not-in-cluster-half", "endpoints.gateways", "")]),
    "flow logs": ({**PARTICIPANT, "flow_logs": {}}, [("not-in-cluster-half", "flow_logs", "")]),
    "NodeClasses in the network's half": ({**OWNER, "node_classes": [{"name": "a"}]}, [("not-in-network-half", "node_classes", "")]),
    "NodePools in the network's half": ({**OWNER, "node_pools": [{"name": "a", "node_class": "b", "requirements": [{"key": "kubernetes.io/arch", "operator": "Exists"}]}]}, [("not-in-network-half", "node_pools", "")]),
    "a cluster in the network's half": ({**OWNER, **A_NEW_CLUSTER}, [("not-in-network-half", "cluster.create", "")]),
    "a cluster's group in the network's half": ({**OWNER, "cluster.security_group_id": "sg-0000000a"}, [("not-in-network-half", "cluster.security_group_id", "")]),
    "nodes' groups in the network's half": ({**OWNER, "cluster.node_security_group_ids": ["sg-0000000a"]}, [("not-in-network-half", "cluster.node_security_group_ids", "")]),
    "a ConfigMap in the network's half": ({**OWNER, "cluster.enable_network_policy": True}, [("not-in-network-half", "cluster.enable_network_policy", "")]),
    "apply in the network's half": ({**OWNER, "apply": True}, [("not-in-network-half", "apply", "")]),
    "a new VPC that is shared": ({**A_NEW_VPC, **OWNER}, [("not-in-network-half", "vpc.create", "")]),
    "pod subnets that exist in the network's half": ({**OWNER, "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}}, "egress": []}, [("not-in-network-half", "pods.subnet_ids", "")]),
    "names beside ids": ({"pods.zones": ["eu-west-1a", "euw1-az2"], "egress": []}, [("zones-by-name-and-id", "pods", "eu-west-1a, euw1-az2, eu-west-1b")]),
    "node subnets by name, pods by id": ({**BY_ID, "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}, [("zones-by-name-and-id", "pods", "euw1-az1, euw1-az3, eu-west-1a")]),
    "a zone id of another region": ({**BY_ID, "pods.zones": ["euw1-az1", "euw2-az3"], "egress": []}, [("zone-of-other-region", "pods.zones[1]", "euw2-az3")]),
    "a NodePool in a zone id without pods": ({**BY_ID, **pool("topology.k8s.aws/zone-id", "euw1-az2")}, [("node-pool-zone", "node_pools[0].requirements[0].values[0]", "euw1-az2")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_an_account_cannot_create_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected
