"""`limits: from_capacity` writes limits that fit the subnets, and limits that exceed these are a remark."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.capacity import Question, answer, nodes_of
from podspace.capacity.instance_type import listed
from podspace.planning import InputError, Plan, plan_of_data
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_file, a_plan
from tests.planning_errors import Error, errors, remarks

NAME = {"key": "node.kubernetes.io/instance-type", "operator": "In"}
M5 = {"name": "pool", "requirements": [{**NAME, "values": ["m5.large"]}]}
SMALL: Changes = {"pods.subnet_prefix": 24, "node_pools.0": M5}
"""Two zones of a /24, each of which holds 7 nodes of m5.large."""
EXISTING: Changes = {
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}},
    "egress": [],
}
STATIC = [
    {"network_card_index": 0, "device_index": 0, "interface_type": "interface"},
    {"network_card_index": 0, "device_index": 1, "interface_type": "interface", "secondary_ipv4_prefix_count": 1},
]


def limits(changes: Changes, *, number: int = 0) -> Any:
    return a_plan(changes).node_pools[number].manifest()["spec"].get("limits")  # type: ignore[union-attr]


def node_limit(changes: Changes, *, number: int = 0) -> int:
    return int(limits(changes, number=number)["nodes"])


def limited(changes: Changes, value: Any) -> Changes:
    return {**changes, "node_pools.0.limits": value}


def fits(plan: Plan, *, nodes: int) -> tuple[bool, bool]:
    """Whether so many nodes fit, and whether they do so if a zone is lost; as `podspace plan --nodes` answers."""
    (node,) = nodes_of(
        node_classes=plan.node_classes,
        node_pools=plan.node_pools,
        ipv6=plan.cluster.ip_family == "ipv6",
        asked=[],
        limits=listed(),
    )
    found = answer(Question(pods=None, nodes=nodes), node, plan.zone_rooms)
    return found.fits, found.survives


def test_the_word_writes_as_many_nodes_as_fit() -> None:
    plan = a_plan(limited(SMALL, "from_capacity"))
    (limit,) = plan.capacity_limits
    assert limits(limited(SMALL, "from_capacity")) == {"nodes": str(limit.nodes)}
    assert fits(plan, nodes=limit.nodes)[0]
    assert not fits(plan, nodes=limit.nodes + 1)[0]


def test_with_a_zone_lost_the_nodes_still_fit() -> None:
    wanted = limited(SMALL, {"from_capacity": True, "zones_lost": 1})
    assert fits(a_plan(wanted), nodes=node_limit(wanted)) == (True, True)
    assert fits(a_plan(wanted), nodes=node_limit(wanted) + 1) == (True, False)


def test_without_the_word_no_limit_is_written() -> None:
    assert limits(SMALL) is None
    assert limits(limited(SMALL, {"cpu": "8"})) == {"cpu": "8"}
    assert not a_plan(SMALL).capacity_limits


def test_limits_of_cpu_and_memory_can_be_given_as_well() -> None:
    found = limits(limited(SMALL, {"from_capacity": True, "cpu": "8", "memory": "64Gi"}))
    assert found == {"cpu": "8", "memory": "64Gi", "nodes": "14"}


def test_node_subnets_of_a_new_vpc_count_too() -> None:
    """Each of their addresses is one node at most."""
    new = limited({**A_NEW_VPC, **A_NEW_CLUSTER, "node_pools.0": M5}, "from_capacity")
    (limit,) = a_plan({**new, "node_classes.0.advanced_networking": {"ipv4_prefix_size": "32"}}).capacity_limits
    assert set(limit.by_zone.values()) == {512 - 5}


def test_in_an_ipv6_cluster_a_node_takes_one_address() -> None:
    (limit,) = a_plan(limited({**AN_IPV6_CLUSTER, "node_pools.0": M5}, "from_capacity")).capacity_limits
    assert set(limit.by_zone.values()) == {59}


def test_max_pods_and_single_addresses_of_the_node_class_count() -> None:
    all_pods = node_limit(limited(SMALL, "from_capacity"))
    few = {**limited(SMALL, "from_capacity"), "node_classes.0.advanced_compute": {"kubelet": {"max_pods": 10}}}
    assert node_limit(few) == 2 * all_pods
    single = {**limited(SMALL, "from_capacity"), "node_classes.0.advanced_networking": {"ipv4_prefix_size": "32"}}
    assert node_limit(single) == 2 * (251 // 20)


@pytest.mark.parametrize(
    ("requirement", "zones"),
    [
        ({"operator": "In", "values": ["eu-west-1b"]}, {"eu-west-1b"}),
        ({"operator": "NotIn", "values": ["eu-west-1b"]}, {"eu-west-1a"}),
        ({"operator": "Exists"}, {"eu-west-1a", "eu-west-1b"}),
    ],
)
def test_only_zones_that_the_pool_admits_count(requirement: dict[str, Any], zones: set[str]) -> None:
    pool = {**M5, "requirements": [*M5["requirements"], {"key": "topology.kubernetes.io/zone", **requirement}]}
    (limit,) = a_plan(limited({**SMALL, "node_pools.0": pool}, "from_capacity")).capacity_limits
    assert limit.by_zone.keys() == zones


def test_a_zone_without_node_subnets_does_not_count() -> None:
    apart = {**limited(SMALL, "from_capacity"), "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}
    (limit,) = a_plan(apart).capacity_limits
    assert limit.by_zone.keys() == {"eu-west-1a"}


def test_a_limit_grows_with_an_appended_zone_or_block() -> None:
    """And nothing else of the manifest changes."""
    before = limited(SMALL, "from_capacity")
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    nodes = {zone: [f"subnet-0000000{zone[-1]}"] for zone in zones}
    zone = {**before, "pods.zones": zones, "vpc.node_subnets": nodes, "egress": []}
    block = {**before, "pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}
    assert node_limit(zone) * 2 == node_limit(before) * 3
    assert node_limit(block) == 2 * node_limit(before)
    specs = [dict(a_plan(each).node_pools[0].manifest()["spec"]) for each in (before, zone, block)]  # type: ignore[arg-type]
    assert len({str({**each, "limits": None}) for each in specs}) == 1


TWO = [{**M5, "name": "one", "limits": "from_capacity"}, {**M5, "name": "two", "limits": "from_capacity"}]


def test_two_pools_divide_the_zones_and_a_third_with_limits_comes_first() -> None:
    assert [node_limit({**SMALL, "node_pools": TWO}, number=number) for number in (0, 1)] == [6, 6]
    third = {**M5, "name": "three", "limits": {"nodes": 6}}
    assert [node_limit({**SMALL, "node_pools": [*TWO, third]}, number=number) for number in (0, 1)] == [4, 4]


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "existing subnets": (limited(EXISTING, "from_capacity"), [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")]),
    "types that the table lacks": (
        {"node_pools.0": {**M5, "requirements": [{**NAME, "values": ["m5.large", "m99.large"]}], "limits": "from_capacity"}},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "no type at all": (
        {"node_pools.0.requirements": [{"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["y"]}], "node_pools.0.limits": "from_capacity"},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "no type that runs pods": (
        {"node_pools.0": {**M5, "requirements": [{**NAME, "values": ["hpc6id.32xlarge"]}], "limits": "from_capacity"}},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "zones by id": (
        {"node_pools.0.requirements": [{"key": "topology.k8s.aws/zone-id", "operator": "In", "values": ["euw1-az1"]}], "node_pools.0.limits": "from_capacity"},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "no zone": (
        {"node_pools.0.requirements": [{"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["eu-west-1a", "eu-west-1b"]}], "node_pools.0.limits": "from_capacity"},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "static interfaces": (
        {"node_classes.0.advanced_networking": {"network_interfaces": STATIC}, "node_pools.0.limits": "from_capacity"},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")],
    ),
    "a zone that does not exist is the only error": (
        {"node_pools.0.requirements": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1c"]}], "node_pools.0.limits": "from_capacity"},
        [("node-pool-zone", "node_pools[0].requirements[0].values[0]", "eu-west-1c")],
    ),
    "all zones lost": (
        limited(SMALL, {"from_capacity": True, "zones_lost": 2}),
        [("limits-zones-lost", "node_pools[0].limits.zones_lost", "2")],
    ),
    "subnets that hold no node": (
        {**limited(SMALL, "from_capacity"), "pods.subnet_prefix": 28},
        [("limits-no-capacity", "node_pools[0].limits", "from_capacity")],
    ),
    "limits of others that use everything": (
        {**SMALL, "node_pools": [TWO[0], {**M5, "name": "two", "limits": {"nodes": 14}}]},
        [("limits-no-capacity", "node_pools[0].limits", "from_capacity")],
    ),
    "several at once": (
        {**limited(EXISTING, "from_capacity"), "node_classes.0.advanced_networking": {"network_interfaces": STATIC}},
        [("limits-capacity-unknown", "node_pools[0].limits", "from_capacity")] * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_capacity_that_is_not_known_or_not_there_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("from-capacity", "node_pools[0].limits"),
        ({"zones_lost": 1}, "node_pools[0].limits.from_capacity"),
        ({"from_capacity": False}, "node_pools[0].limits.from_capacity"),
        ({"from_capacity": True, "zones_lost": -1}, "node_pools[0].limits.zones_lost"),
        ({"from_capacity": True, "zones_lost": "1"}, "node_pools[0].limits.zones_lost"),
        ({"from_capacity": True, "nodes": 9}, "node_pools[0].limits.nodes"),
        ({"from_capacity": True, "zone_lost": 1}, "node_pools[0].limits.zone_lost"),
        ({"from_capacity": True, "cpu": "many"}, "node_pools[0].limits.cpu"),
        ({"cpu": "many"}, "node_pools[0].limits.cpu"),
        ([1], "node_pools[0].limits"),
        (7, "node_pools[0].limits"),
    ],
)
def test_limits_of_another_form_are_one_error_at_their_place(value: Any, path: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_of_data(a_file(limited({}, value)))
    assert [(each.id, each.location.path) for each in refused.value.diagnostics] == [("invalid-config", path)]


BEYOND = "limits-beyond-subnets"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (limited(SMALL, {"nodes": 14}), None),
        (limited(SMALL, {"nodes": 15}), "node_pools[0].limits"),
        (limited(SMALL, {"cpu": "29"}), None),
        (limited(SMALL, {"cpu": "30"}), "node_pools[0].limits"),
        (limited(SMALL, {"cpu": "1e999999999"}), "node_pools[0].limits"),
        (limited(SMALL, {"memory": "9" * 5000}), "node_pools[0].limits"),
        (limited(SMALL, {"nodes": "-1"}), None),
        (limited(SMALL, {"cpu": "1e-999999999"}), None),
        (limited(SMALL, "from_capacity"), None),
        (limited(SMALL, {"nvidia.com/gpu": "8"}), None),
        ({**SMALL, "node_pools.0.replicas": 14}, None),
        ({**SMALL, "node_pools.0.replicas": 15}, "node_pools[0].replicas"),
        ({**limited(SMALL, "from_capacity"), "node_pools.0.replicas": 13}, None),
        ({**limited(SMALL, "from_capacity"), "node_pools.0.replicas": 14}, "node_pools[0].replicas"),
        ({**SMALL, "node_pools": [{**M5, "limits": {"nodes": 8}}, {**M5, "name": "two", "limits": {"nodes": 8}}]}, "node_pools[0].limits"),
        ({**SMALL, "node_pools": [{**M5, "limits": {"nodes": 8}}, {**M5, "name": "two", "limits": {"nodes": 6}}]}, None),
        (limited(EXISTING, {"nodes": 100_000}), None),
        ({**limited({}, {"nodes": 100_000}), "node_classes.0.advanced_networking": {"network_interfaces": STATIC}}, None),
        ({"node_pools.0": {**M5, "requirements": [{**NAME, "values": ["m99.large"]}], "limits": {"nodes": 10**6}}}, None),
    ],
)  # fmt: skip
def test_limits_beyond_the_subnets_are_a_warning_and_never_if_it_is_not_known(
    changes: Changes, path: str | None
) -> None:
    assert remarks(changes).get(BEYOND) == ("warning" if path else None)
    assert [each.location.path for each in a_plan(changes).remarks if each.id == BEYOND] == ([path] if path else [])


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ({**SMALL, "node_pools": TWO}, False),
        ({**SMALL, "node_pools": [TWO[0], {**M5, "name": "two"}]}, True),
        ({**SMALL, "node_pools": [TWO[0], {**M5, "name": "two", "limits": {"cpu": "8"}}]}, False),
        ({**SMALL, "node_pools": [TWO[0], {**M5, "name": "two", "limits": {"nvidia.com/gpu": "8"}}]}, True),
        ({**limited(SMALL, "from_capacity"), "vpc_cni": {}}, True),
        ({**SMALL, "node_pools": [M5, {**M5, "name": "two"}]}, False),  # no limit is from the capacity
    ],
)
def test_others_that_take_addresses_without_a_limit_are_a_warning(changes: Changes, shared: bool) -> None:
    assert ("capacity-shared" in remarks(changes)) is shared
