"""Zones, existing subnets, and ways to give addresses that exclude each other."""

from __future__ import annotations

import pytest

from podspace.planning import InputError
from tests.mother import Changes, a_plan

IDS = {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}

REFUSED: dict[str, tuple[Changes, str]] = {
    "no way to get addresses": ({"pods": {"cidrs": ["100.64.0.0/16"]}}, "pods\n    must say how zones get their subnets"),
    "nothing at all": ({"pods": {}}, "must say how zones get their subnets"),
    "no block": ({"pods.cidrs": []}, "pods.cidrs\n    must name at least one block"),
    "zones without a prefix": ({"pods.subnet_prefix": None}, "pods.subnet_prefix\n    must be given beside zones"),
    "a prefix without zones": ({"pods.zones": None}, "pods.zones\n    must name the zones, beside subnet_prefix"),
    "a prefix beside a map": ({"pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}, "pods.subnet_prefix\n    must be left out"),
    "zones that are not the map's": (
        {"pods.subnet_prefix": None, "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"]}, "egress": []},
        "pods.zones: eu-west-1a, eu-west-1b\n    must be the zones of the map under subnets, eu-west-1a",
    ),
    "fewer zones than the map's": (
        {"pods": {"cidrs": ["100.64.0.0/16"], "zones": ["eu-west-1a"], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}},
        "pods.zones: eu-west-1a\n    must be the zones of the map under subnets",
    ),
    "ids beside blocks": ({"pods": {"subnet_ids": IDS, "cidrs": ["100.64.0.0/16"]}, "egress": []}, "pods.cidrs\n    must be left out"),
    "ids beside zones": ({"pods": {"subnet_ids": IDS, "zones": ["eu-west-1a"]}, "egress": []}, "pods.zones\n    must be left out"),
    "egress beside ids": ({"pods": {"subnet_ids": IDS}}, "must have no egress beside subnet_ids"),
    "an associated block without a map": ({"pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True}]}, "pods.cidrs[0]: 100.64.0.0/16\n    must come with an explicit map"),
    "a zone twice": ({"pods.zones": ["eu-west-1a", "eu-west-1a"], "egress": []}, "pods.zones[1]: eu-west-1a\n    must be named once"),
    "a zone of another region": ({"pods.zones": ["eu-west-1a", "eu-west-2a"], "egress": []}, "pods.zones[1]: eu-west-2a\n    must be a zone of the region, eu-west-1"),
    "a zone of a region with a longer name": ({"pods.zones": ["eu-west-1a", "eu-west-11a"], "egress": []}, "must be a zone of the region, eu-west-1"),
    "node subnets of another region": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "us-east-1a": ["subnet-0000000b"]}}, "vpc.node_subnets.us-east-1a: us-east-1a\n    must be a zone of the region"),
    "no node subnet in a pod zone": ({"vpc.node_subnets": {"eu-west-1c": ["subnet-0000000c"]}}, "vpc.node_subnets: eu-west-1c\n    must have a subnet in a pod zone, which are eu-west-1a, eu-west-1b"),
    "no node subnet at all": ({"vpc.node_subnets": {}}, "must have a subnet in a pod zone"),
    "a zone with no node subnet listed": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": []}}, "vpc.node_subnets.eu-west-1b\n    must name a subnet"),
    "a node subnet twice": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000a"]}}, "vpc.node_subnets.eu-west-1b[0]: subnet-0000000a\n    must be named once, but is vpc.node_subnets.eu-west-1a[0] too"),
    "a node subnet for pods": ({"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000a"]}}, "egress": []}, "pods.subnet_ids.eu-west-1a[0]: subnet-0000000a\n    must be named once"),
    "no pod subnet listed": ({"pods": {"subnet_ids": {**IDS, "eu-west-1b": []}}, "egress": []}, "pods.subnet_ids.eu-west-1b\n    must name a subnet"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_zones_and_subnets_that_do_not_fit_are_refused(changes: Changes, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        a_plan(changes)
    assert said in str(refusal.value)


def remarks(changes: Changes) -> dict[str, tuple[str, str]]:
    return {remark.id: (remark.severity, remark.message) for remark in a_plan(changes).remarks}


def test_nodes_are_placed_only_where_pods_can_be() -> None:
    changes = {
        "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000b"], "eu-west-1c": ["subnet-0000000c"]}
    }  # fmt: skip
    (node_class,) = a_plan(changes).node_classes
    assert [term.id for term in node_class.spec.subnet_selector_terms] == ["subnet-0000000a", "subnet-0000000b"]
    assert "the node subnets of eu-west-1c are not selected" in remarks(changes)["node-subnets-left-out"][1]


def test_a_pod_zone_without_nodes_is_noted() -> None:
    level, text = remarks({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}})["pod-zone-without-nodes"]
    assert level == "note"
    assert text.startswith("eu-west-1b has pod subnets but no node subnet")


def test_where_every_zone_has_both_there_is_nothing_to_remark() -> None:
    assert not {"node-subnets-left-out", "pod-zone-without-nodes"} & set(remarks({}))


def test_pod_subnets_that_exist_are_selected_by_id() -> None:
    plan = a_plan({"pods": {"subnet_ids": IDS}, "egress": []})
    assert [term.id for term in plan.node_classes[0].spec.pod_subnet_selector_terms or ()] == [
        "subnet-00000001",
        "subnet-00000002",
    ]
    assert not any((plan.pods.blocks, plan.pods.subnets, plan.pods.route_tables, plan.pods.gateways))


def test_thirty_node_subnets_in_pod_zones_are_selected_and_others_not_counted() -> None:
    nodes = {
        zone: [f"subnet-0000{n}{index:03}" for index in range(15)]
        for n, zone in enumerate(("eu-west-1a", "eu-west-1b"))
    }
    plan = a_plan({"vpc.node_subnets": {**nodes, "eu-west-1c": ["subnet-0000000c"]}})
    assert len(plan.node_classes[0].spec.subnet_selector_terms) == 30
