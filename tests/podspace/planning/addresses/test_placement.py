"""Zones, existing subnets, and ways to give addresses that exclude each other."""

from __future__ import annotations

import pytest

from tests.mother import Changes, a_plan
from tests.planning_errors import Error, errors, remarks

IDS = {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}

REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "no way to get addresses": ({"pods": {"cidrs": ["100.64.0.0/16"]}}, [("pod-addresses-missing", "pods", "")]),
    "nothing at all": ({"pods": {}}, [("pod-addresses-missing", "pods", "")]),
    "no block": ({"pods.cidrs": []}, [("pod-addresses-missing", "pods.cidrs", "")]),
    "zones without a prefix": ({"pods.subnet_prefix": None}, [("pod-addresses-missing", "pods.subnet_prefix", "")]),
    "a prefix without zones": ({"pods.zones": None}, [("pod-addresses-missing", "pods.zones", "")]),
    "a prefix beside a map": ({"pods.subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}, [("pod-addresses-given-twice", "pods.subnet_prefix", "")]),
    "zones that are not the map's": (
        {"pods.subnet_prefix": None, "pods.subnets": {"eu-west-1a": ["100.64.0.0/18"]}, "egress": []},
        [("zones-differ-from-map", "pods.zones", "eu-west-1a, eu-west-1b")],
    ),
    "fewer zones than the map's": (
        {"pods": {"cidrs": ["100.64.0.0/16"], "zones": ["eu-west-1a"], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}},
        [("zones-differ-from-map", "pods.zones", "eu-west-1a")],
    ),
    "ids beside blocks": ({"pods": {"subnet_ids": IDS, "cidrs": ["100.64.0.0/16"]}, "egress": []}, [("pod-addresses-given-twice", "pods.cidrs", "")]),
    "ids beside zones": ({"pods": {"subnet_ids": IDS, "zones": ["eu-west-1a"]}, "egress": []}, [("pod-addresses-given-twice", "pods.zones", "")]),
    "egress beside ids": ({"pods": {"subnet_ids": IDS}}, [("egress-of-existing-subnets", "egress", "")]),
    "an associated block without a map": ({"pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True}]}, [("associated-block-without-map", "pods.cidrs[0]", "100.64.0.0/16")]),
    "a zone twice": ({"pods.zones": ["eu-west-1a", "eu-west-1a"], "egress": []}, [("zone-twice", "pods.zones[1]", "eu-west-1a")]),
    "a zone of another region": ({"pods.zones": ["eu-west-1a", "eu-west-2a"], "egress": []}, [("zone-of-other-region", "pods.zones[1]", "eu-west-2a")]),
    "a zone of a region with a longer name": ({"pods.zones": ["eu-west-1a", "eu-west-11a"], "egress": []}, [("zone-of-other-region", "pods.zones[1]", "eu-west-11a")]),
    "node subnets of another region": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "us-east-1a": ["subnet-0000000b"]}}, [("zone-of-other-region", "vpc.node_subnets.us-east-1a", "us-east-1a")]),
    "no node subnet in a pod zone": ({"vpc.node_subnets": {"eu-west-1c": ["subnet-0000000c"]}}, [("no-node-subnet-in-pod-zone", "vpc.node_subnets", "eu-west-1c")]),
    "no node subnet at all": ({"vpc.node_subnets": {}}, [("no-node-subnet-in-pod-zone", "vpc.node_subnets", "no zone")]),
    "a zone with no node subnet listed": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": []}}, [("no-subnet", "vpc.node_subnets.eu-west-1b", "")]),
    "a node subnet twice": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000a"]}}, [("subnet-twice", "vpc.node_subnets.eu-west-1b[0]", "subnet-0000000a")]),
    "a node subnet for pods": ({"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000a"]}}, "egress": []}, [("subnet-twice", "pods.subnet_ids.eu-west-1a[0]", "subnet-0000000a")]),
    "no pod subnet listed": ({"pods": {"subnet_ids": {**IDS, "eu-west-1b": []}}, "egress": []}, [("no-subnet", "pods.subnet_ids.eu-west-1b", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_zones_and_subnets_that_do_not_fit_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def test_nodes_are_placed_only_where_pods_can_be() -> None:
    changes = {
        "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000b"], "eu-west-1c": ["subnet-0000000c"]}
    }  # fmt: skip
    (node_class,) = a_plan(changes).node_classes
    assert [term.id for term in node_class.spec.subnet_selector_terms] == ["subnet-0000000a", "subnet-0000000b"]
    (message,) = (remark.message for remark in a_plan(changes).remarks if remark.id == "node-subnets-left-out")
    assert "eu-west-1c" in message


def test_a_pod_zone_without_nodes_is_noted() -> None:
    plan = a_plan({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}})
    (remark,) = (remark for remark in plan.remarks if remark.id == "pod-zone-without-nodes")
    assert (remark.severity, "eu-west-1b" in remark.message) == ("note", True)


def test_where_every_zone_has_both_there_is_nothing_to_remark() -> None:
    assert not {"node-subnets-left-out", "pod-zone-without-nodes"} & set(remarks({}))


def test_existing_pod_subnets_are_selected_by_id() -> None:
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
