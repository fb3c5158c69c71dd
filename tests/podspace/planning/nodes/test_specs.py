"""NodeClasses and NodePools select exactly the subnets and groups of their network."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks

SELECTOR = {"podspace/cluster/net": "pods"}


def spec(changes: Changes | None = None) -> dict[str, Any]:
    (node_class,) = a_plan(changes).node_classes
    return dict(node_class.manifest()["spec"])  # type: ignore[arg-type]


def test_pods_are_selected_by_a_tag_that_names_cluster_and_network() -> None:
    assert spec()["podSubnetSelectorTerms"] == spec()["podSecurityGroupSelectorTerms"] == [{"tags": SELECTOR}]


def test_no_two_networks_or_clusters_share_a_selector() -> None:
    keys = {
        next(iter(spec(changes)["podSubnetSelectorTerms"][0]["tags"]))
        for changes in (
            {},
            {"name": "other"},
            {"cluster.name": "other"},
            {"cluster.name": "c" * 100},
            {"cluster.name": "c" * 99},
        )
    }
    assert len(keys) == 5
    assert all(len(key) <= 128 for key in keys)


def test_nodes_are_selected_by_the_tag_where_no_ids_are_given() -> None:
    assert spec({"vpc.node_subnets": None})["subnetSelectorTerms"] == [{"tags": {"podspace/cluster/net": "nodes"}}]


@pytest.mark.parametrize(
    ("changes", "terms"),
    [
        ({}, [{"id": "sg-0123456789abcdef0"}]),
        ({"cluster.security_group_id": None}, [{"tags": {"aws:eks:cluster-name": "cluster"}}]),
        (
            {"cluster.node_security_group_ids": ["sg-0000000d", "sg-0000000e"]},
            [{"id": "sg-0000000d"}, {"id": "sg-0000000e"}],
        ),
    ],
)
def test_nodes_get_their_own_groups_or_the_clusters(changes: Changes, terms: list[Any]) -> None:
    assert spec(changes)["securityGroupSelectorTerms"] == terms


@pytest.mark.parametrize(
    ("changes", "terms"),
    [
        ({"pods.security_group": "cluster"}, [{"id": "sg-0123456789abcdef0"}]),
        (
            {"pods.security_group": "cluster", "cluster.security_group_id": None},
            [{"tags": {"aws:eks:cluster-name": "cluster"}}],
        ),
        ({"pods.security_group": "sg-0000000e"}, [{"id": "sg-0000000e"}]),
    ],
)
def test_pods_get_the_clusters_group_or_an_existing_one(changes: Changes, terms: list[Any]) -> None:
    assert spec(changes)["podSecurityGroupSelectorTerms"] == terms


def test_the_settings_of_a_node_class_are_in_its_spec() -> None:
    settings = {
        "name": "class",
        "snat_policy": "Disabled",
        "network_policy": "DefaultDeny",
        "ephemeral_storage": {"size": "100Gi"},
        "advanced_networking": {"ipv4_prefix_size": "32"},
        "tags": {"team": "net"},
    }
    written = spec({"node_classes": [settings], "cluster.enable_network_policy": True})
    assert written["snatPolicy"] == "Disabled"
    assert written["networkPolicy"] == "DefaultDeny"
    assert written["ephemeralStorage"] == {"size": "100Gi"}
    assert written["advancedNetworking"] == {"ipv4PrefixSize": "32"}
    assert written["tags"] == {"team": "net"}


def test_the_tags_of_the_stack_never_become_tags_of_the_node_class() -> None:
    """Those need a further policy on the cluster's role, or no node starts."""
    assert "tags" not in spec({"stack.tags": {"team": "net"}})


def pool(changes: Changes) -> dict[str, Any]:
    return dict(a_plan(changes).node_pools[0].manifest()["spec"])  # type: ignore[arg-type]


def test_a_node_pool_refers_to_its_node_class_in_full() -> None:
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "class"}
    assert pool({})["template"]["spec"]["nodeClassRef"] == reference


def test_a_node_pool_says_which_of_several_node_classes() -> None:
    classes = [{"name": "a"}, {"name": "b"}]
    assert (
        pool({"node_classes": classes, "node_pools.0.node_class": "b"})["template"]["spec"]["nodeClassRef"]["name"]
        == "b"
    )


REQUIRE_ZONE = {"key": "topology.kubernetes.io/zone", "operator": "In"}
REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "several NodeClasses and none named": ({"node_classes": [{"name": "a"}, {"name": "b"}]}, [("node-class-missing", "node_pools[0].node_class", "")]),
    "a NodeClass that is not there": ({"node_pools.0.node_class": "x"}, [("node-class-unknown", "node_pools[0].node_class", "x")]),
    "two NodeClasses alike": ({"node_classes": [{"name": "a"}, {"name": "a"}], "node_pools": []}, [("name-twice", "node_classes", "a")]),
    "a NodePool name too long for a label": ({"node_pools.0.name": "n" * 64}, [("name-too-long", "node_pools[0].name", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn")]),
    "a NodeClass name too long for a label": ({"node_classes.0.name": "n" * 64}, [("name-too-long", "node_classes[0].name", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn")]),
    "the name of a built-in NodePool": ({"node_pools.0.name": "general-purpose"}, [("built-in-pool-name", "node_pools[0].name", "general-purpose")]),
    "a zone without pods": (
        {"node_pools.0.requirements": [{**REQUIRE_ZONE, "values": ["eu-west-1a", "eu-west-1c"]}]},
        [("node-pool-zone", "node_pools[0].requirements[0].values[1]", "eu-west-1c")],
    ),
    "more node subnets than a NodeClass selects": (
        {"vpc.node_subnets": {"eu-west-1a": [f"subnet-{n:08x}" for n in range(31)]}},
        [("too-many-subnet-terms", "vpc.node_subnets", "31 subnets in pod zones")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_objects_that_would_place_no_pod_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    "requirement",
    [
        {**REQUIRE_ZONE, "values": ["eu-west-1b"]},
        {**REQUIRE_ZONE, "operator": "NotIn", "values": ["eu-west-1c"]},
        {**REQUIRE_ZONE, "operator": "Exists"},
    ],
)
def test_requirements_on_pod_zones_are_planned(requirement: dict[str, Any]) -> None:
    assert pool({"node_pools.0.requirements": [requirement]})["template"]["spec"]["requirements"] == [requirement]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"node_classes.0.network_policy": "DefaultAllow"}, {"network-policy-off": "note"}),
        ({"node_classes.0.network_policy_event_logs": "Enabled"}, {"network-policy-off": "note"}),
        ({"node_classes.0.network_policy": "DefaultAllow", "cluster.enable_network_policy": True}, {}),
        ({"node_classes.0.tags": {"a": "b"}}, {"node-class-tags": "warning"}),
        ({"pods.security_group": "sg-0000000e"}, {"adopted-group": "note"}),
        ({"pods.security_group": {"id": "sg-0000000e", "add_rules": True}}, {}),
    ],
)
def test_what_does_not_do_what_it_seems_to_is_remarked(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks({"egress": [], **changes}) == expected


FIPS = {"node_classes.0.advanced_security": {"fips": True}}


def test_fips_is_for_regions_that_have_it() -> None:
    """Of the US and Canada, by AWS's page."""
    assert errors(FIPS) == [("fips-region", "node_classes[0].advanced_security.fips", "true")]
    zones = {f"us-east-1{letter}": [f"subnet-0000000{letter}"] for letter in "ab"}
    there = {"environment.region": "us-east-1", "vpc.node_subnets": zones, "pods.zones": list(zones), "egress": []}
    assert a_plan({**FIPS, **there})
    assert a_plan({"node_classes.0.advanced_security": {"fips": False}})


def test_an_ipv6_cluster_has_no_static_interfaces() -> None:
    primary = {"network_card_index": 0, "device_index": 0, "interface_type": "interface"}
    interfaces = [primary, {**primary, "device_index": 1, "secondary_ipv4_count": 1}]
    static = {"node_classes.0.advanced_networking": {"network_interfaces": interfaces}}
    assert a_plan(static)
    place = "node_classes[0].advanced_networking.network_interfaces"
    assert errors({**AN_IPV6_CLUSTER, **static}) == [("static-interfaces-in-ipv6-cluster", place, "")]


@pytest.mark.parametrize(
    ("changes", "id", "severity", "path"),
    [
        (
            {"node_classes.0.advanced_security": {"kernel_lockdown": "none"}},
            "api-doubt",
            "note",
            "node_classes[0].advanced_security.kernel_lockdown",
        ),
        (
            {"node_pools.0.requirements.0.values": ["x86_64"]},
            "requirement-value",
            "warning",
            "node_pools[0].requirements[0].values",
        ),
    ],
)
def test_a_doubt_is_a_remark_at_its_path_in_the_file(changes: Changes, id: str, severity: str, path: str) -> None:
    (doubt,) = [remark for remark in a_plan(changes).remarks if remark.id in ("api-doubt", "requirement-value")]
    assert (doubt.id, doubt.severity, doubt.location.path) == (id, severity, path)
    assert not {"api-doubt", "requirement-value"} & {remark.id for remark in a_plan().remarks}
