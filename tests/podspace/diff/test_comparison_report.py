"""The changes of a comparison are diagnostics, and its verdict is one line."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Severity
from podspace.diff.change import Advice, Change
from podspace.diff.comparison_report import change_diagnostics, comparison_facts, verdict
from podspace.diff.network_comparison import NetworkComparison

WHY = Advice(why="it is so", instead="keep it", source="https://example.com", inferred=True)
ADDED = Change(what="block", name="100.65.0.0/16", effect="added")
UPDATED = Change(what="route", name="a of b", effect="updated", text="target x to y")
REPLACED = Change(
    what="pod subnet",
    name="100.64.0.0/18",
    effect="replaced",
    text="zone a to b",
    advice=WHY,
    subnets=("100.64.0.0/18",),
)
ANOTHER = Change(what="pod subnet", name="100.64.64.0/18", effect="replaced", advice=WHY, subnets=("100.64.64.0/18",))
GATEWAY = Change(what="NAT gateway", name="a", effect="replaced")
REFUSED = Change(what="NodeClass", name="pods", effect="refused")
REMOVED = Change(what="route", name="a of b", effect="removed")
NODES = Change(what="NodeClass", name="pods", effect="replaces-nodes", text="snatPolicy")
CLUSTER = Change(what="cluster", name="", effect="replaced")


def comparison(*changes: Change, name: str = "net") -> NetworkComparison:
    return NetworkComparison(name=name, old=f"{name}.yaml", new=f"new/{name}.yaml", changes=changes)


@pytest.mark.parametrize(
    ("change", "id", "severity"),
    [
        (ADDED, "block-added", "note"),
        (UPDATED, "route-updated", "note"),
        (REPLACED, "pod-subnet-replaced", "error"),
        (GATEWAY, "nat-gateway-replaced", "warning"),
        (REMOVED, "route-removed", "warning"),
        (REFUSED, "nodeclass-refused", "error"),
        (CLUSTER, "cluster-replaced", "error"),
        (NODES, "nodeclass-replaces-nodes", "warning"),
    ],
)
def test_a_change_is_an_error_if_it_loses_something_and_a_warning_if_it_replaces_or_removes_something(
    change: Change, id: str, severity: Severity
) -> None:
    (diagnostic,) = change_diagnostics([comparison(change)])
    assert (diagnostic.id, diagnostic.severity) == (id, severity)
    assert diagnostic.subject == f"{change.what} {change.name}".strip()
    assert change.text in diagnostic.message


def test_a_change_has_the_cause_and_the_fix_of_its_advice() -> None:
    (diagnostic,) = change_diagnostics([comparison(REPLACED)])
    assert (diagnostic.cause, diagnostic.fix) == (WHY.why, WHY.instead)
    assert (diagnostic.source, diagnostic.inferred) == (WHY.source, WHY.inferred)


def test_a_change_is_in_the_file_that_makes_it_or_in_the_one_that_is_gone() -> None:
    gone = NetworkComparison(name="net", old="net.yaml", new="", changes=(REMOVED,))
    found = change_diagnostics([comparison(ADDED), comparison(name="same"), gone])
    assert [each.location.file for each in found] == ["new/net.yaml", "net.yaml"]


def test_no_change_has_a_verdict_too() -> None:
    assert verdict([comparison()]) == "nothing changes; no live subnet is replaced or removed"
    assert list(change_diagnostics([comparison()])) == []


def test_the_verdict_counts_live_subnets_once() -> None:
    block = Change(what="block", name="100.64.0.0/16", effect="replaced", subnets=("100.64.0.0/18", "100.64.64.0/18"))
    assert verdict([comparison(REPLACED)]) == "1 replaced; 1 live subnet would be replaced or removed"
    assert verdict([comparison(REPLACED, ANOTHER, block)]).endswith("; 2 live subnets would be replaced or removed")
    assert verdict([comparison(REPLACED), comparison(REPLACED)]).endswith(
        "; 2 live subnets would be replaced or removed"
    )


def test_the_verdict_names_what_else_is_lost_or_refused() -> None:
    assert verdict([comparison(GATEWAY)]) == "1 replaced; no live subnet is replaced or removed"
    assert verdict([comparison(CLUSTER, REFUSED)]) == (
        "1 replaced, 1 refused; no live subnet is replaced or removed; replaced: cluster; refused: NodeClass pods"
    )


def test_the_facts_have_every_change() -> None:
    network: Any = comparison_facts(comparison(REPLACED, REFUSED))
    assert (network["name"], network["old"], network["new"]) == ("net", "net.yaml", "new/net.yaml")
    replaced, refused = network["changes"]
    assert replaced == {
        "what": "pod subnet",
        "name": "100.64.0.0/18",
        "effect": "replaced",
        "loses": True,
        "difference": "zone a to b",
        "subnets": ["100.64.0.0/18"],
    }
    assert list(refused) == list(replaced)
