"""New clusters, and the access entry of the node role."""

from __future__ import annotations

import pytest

from podspace.planning import Existing
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors

POOLS: Changes = {"cluster.create": {"version": "1.36", "built_in_node_pools": ["system"], "admins": []}}
NAMED = {"name": "nodes", "access_entry": True}


def test_an_existing_cluster_is_not_created() -> None:
    cluster = a_plan().cluster
    assert (cluster.new, cluster.origin) == (None, Existing("cluster"))


def test_a_new_cluster_is_closed_and_watched_unless_said_otherwise() -> None:
    plan = a_plan(A_NEW_CLUSTER).cluster
    cluster = plan.new
    assert cluster
    assert not cluster.public_access_cidrs
    assert not cluster.built_in_node_pools
    assert not cluster.deletion_protection, "a failed creation could not be rolled back"
    assert set(cluster.logs) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert (cluster.zones, plan.ip_family, cluster.custom_tags) == (("eu-west-1a", "eu-west-1b"), "ipv4", False)


def test_an_appended_zone_does_not_move_the_control_plane() -> None:
    """EKS takes no subnet in a zone that the cluster was not made with."""
    zones = {f"eu-west-1{letter}": [f"subnet-0000000{letter}"] for letter in "abc"}
    appended = {**A_NEW_CLUSTER, "vpc.node_subnets": zones, "pods.zones": [*zones], "egress": []}
    cluster, before = a_plan(appended).cluster.new, a_plan(A_NEW_CLUSTER).cluster.new
    assert cluster
    assert before
    assert cluster.zones == before.zones == ("eu-west-1a", "eu-west-1b")
    chosen = a_plan({**appended, "cluster.create.zones": [*zones]}).cluster.new
    assert chosen
    assert chosen.zones == tuple(zones)


def test_the_nodes_select_the_group_that_eks_will_make_by_its_tag() -> None:
    (node_class,) = a_plan(A_NEW_CLUSTER).node_classes
    (term,) = node_class.spec.security_group_selector_terms
    assert term.tags == {"aws:eks:cluster-name": "cluster"}


@pytest.mark.parametrize(
    ("changes", "made_here"),
    [
        ({}, True),
        ({"cluster.node_role": {"name": "nodes", "access_entry": False}}, False),
        ({"cluster.node_role": NAMED}, True),
        (A_NEW_CLUSTER, True),
        ({**A_NEW_CLUSTER, "cluster.node_role": NAMED}, True),
        ({**A_NEW_CLUSTER, **POOLS}, False),
        ({**A_NEW_CLUSTER, **POOLS, "cluster.node_role": {"name": "nodes", "access_entry": False}}, False),
    ],
)
def test_the_access_entry_is_created_once_by_the_stack_or_by_eks(changes: Changes, made_here: bool) -> None:
    assert a_plan(changes).node_role.access_entry == made_here


def test_tags_of_a_node_class_get_a_policy_for_a_new_role_and_a_warning_otherwise() -> None:
    tagged: Changes = {"node_classes.0.tags": {"team": "a"}}
    made, existing = a_plan({**A_NEW_CLUSTER, **tagged}), a_plan(tagged)
    assert made.cluster.new
    assert made.cluster.new.custom_tags
    assert "node-class-tags" not in {remark.id for remark in made.remarks}
    one_of_two = a_plan(
        {
            **A_NEW_CLUSTER,
            **tagged,
            "node_classes": [{"name": "a"}, {"name": "b", "tags": {"team": "a"}}],
            "node_pools": [],
        }
    )
    assert one_of_two.cluster.new
    assert one_of_two.cluster.new.custom_tags
    assert "node-class-tags" in {remark.id for remark in existing.remarks}


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "a group id beside create": (
        {**A_NEW_CLUSTER, "cluster.security_group_id": "sg-0000000a"},
        [("group-of-new-cluster", "cluster.security_group_id", "sg-0000000a")],
    ),
    "one zone": (
        {**A_NEW_CLUSTER, "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}},
        [("too-few-control-plane-zones", "vpc.node_subnets", "eu-west-1a")],
    ),
    "one zone of a new VPC": (
        {**A_NEW_VPC, **A_NEW_CLUSTER, "pods.zones": ["eu-west-1a"]},
        [("too-few-control-plane-zones", "pods.zones", "eu-west-1a")],
    ),
    "a zone without control plane": (
        {**A_NEW_CLUSTER, "environment.region": "us-east-1", "egress": [], "pods.zones": ["use1-az1", "use1-az3"],
         "vpc.node_subnets": {"use1-az1": ["subnet-0000000a"], "use1-az3": ["subnet-0000000b"]}},
        [("too-few-control-plane-zones", "vpc.node_subnets", "use1-az1")],
    ),
    "a zone without nodes": (
        {**A_NEW_CLUSTER, "cluster.create.zones": ["eu-west-1a", "eu-west-1c"]},
        [("control-plane-zone", "cluster.create.zones[1]", "eu-west-1c")],
    ),
    "the role of the nodes as an admin": (
        {**A_NEW_CLUSTER, "cluster.node_role": NAMED, "cluster.create.admins": ["arn:aws:iam::111122223333:role/nodes"]},
        [("node-role-as-admin", "cluster.create.admins[0]", "arn:aws:iam::111122223333:role/nodes")],
    ),
    "a key of another region": (
        {**A_NEW_CLUSTER, "cluster.create.secrets_key_arn": "arn:aws:kms:us-east-1:111122223333:key/1"},
        [("key-of-other-region", "cluster.create.secrets_key_arn", "arn:aws:kms:us-east-1:111122223333:key/1")],
    ),
    "a key of another region for flow logs": (
        {"flow_logs": {"key_arn": "arn:aws:kms:us-east-1:111122223333:key/1"}},
        [("key-of-other-region", "flow_logs.key_arn", "arn:aws:kms:us-east-1:111122223333:key/1")],
    ),
    "nodes in groups of their own": (
        {**A_NEW_CLUSTER, "cluster.node_security_group_ids": ["sg-0000000d"]},
        [("group-of-new-cluster", "cluster.node_security_group_ids", "")],
    ),
    "a map without the control plane's zones": (
        {**A_NEW_CLUSTER, "pods": {"cidrs": ["100.64.0.0/16"], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}},
        [("control-plane-zones-missing", "cluster.create.zones", "")],
    ),
    "a service CIDR over the VPC": (
        {**A_NEW_CLUSTER, "cluster.service_cidr": "10.0.0.0/16"},
        [("cidr-overlap", "cluster.service_cidr", "10.0.0.0/16")],
    ),
    "one zone asked for": (
        {**A_NEW_CLUSTER, "cluster.create.zones": ["eu-west-1a"]},
        [("too-few-control-plane-zones", "cluster.create.zones", "eu-west-1a")],
    ),
    **{
        f"the control plane in {zone}": (
            {**A_NEW_CLUSTER, "environment.region": region, "egress": [], "pods.zones": [f"{short}-az7", f"{short}-az8", zone],
             "vpc.node_subnets": {z: [f"subnet-0000000{n}"] for n, z in enumerate((f"{short}-az7", f"{short}-az8", zone))},
             "cluster.create.zones": [f"{short}-az7", f"{short}-az8", zone]},
            [("control-plane-zone", "cluster.create.zones[2]", zone)],
        )
        for zone, short, region in (("use1-az3", "use1", "us-east-1"), ("usw1-az2", "usw1", "us-west-1"), ("cac1-az3", "cac1", "ca-central-1"))
    },
    "a second access entry": (
        {**A_NEW_CLUSTER, **POOLS, "cluster.node_role": NAMED},
        [("access-entry-twice", "cluster.node_role.access_entry", "true")],
    ),
    "no access entry": (
        {**A_NEW_CLUSTER, "cluster.node_role": {"name": "nodes", "access_entry": False}},
        [("access-entry-missing", "cluster.node_role.access_entry", "false")],
    ),
    "a service CIDR for IPv6": (
        {**AN_IPV6_CLUSTER, "cluster.service_cidr": "172.20.0.0/16"},
        [("service-cidr-in-ipv6-cluster", "cluster.service_cidr", "172.20.0.0/16")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_cluster_that_eks_refuses_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        (A_NEW_CLUSTER, {"cluster-deletion-protection", "private-api-server"}),
        (
            {
                **A_NEW_CLUSTER,
                "cluster.create.deletion_protection": True,
                "cluster.create.public_access_cidrs": ["203.0.113.0/24"],
            },
            {"cluster-deletion-protection"},
        ),
        (
            {**A_NEW_CLUSTER, **POOLS},
            {"built-in-node-pools", "no-cluster-admin", "cluster-deletion-protection", "private-api-server"},
        ),
        (
            {**A_NEW_CLUSTER, "cluster.create.admins": []},
            {"no-cluster-admin", "cluster-deletion-protection", "private-api-server"},
        ),
        ({"apply": True}, {"apply-drain-limit"}),
    ],
)
def test_consequences_of_a_choice_are_remarked(changes: Changes, expected: set[str]) -> None:
    ids = {"built-in-node-pools", "no-cluster-admin", "apply-drain-limit", "cluster-deletion-protection"}
    ids.add("private-api-server")
    assert {remark.id for remark in a_plan(changes).remarks} & ids == expected
