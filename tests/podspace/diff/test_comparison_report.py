"""The changes of a comparison are diagnostics, and its verdict is one line."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Severity
from podspace.diff.change import Advice, Change
from podspace.diff.comparison_report import comparison_facts, diagnostics, verdict
from podspace.diff.network_comparison import NetworkComparison

WHY = Advice(
    cause="it is so", keep="keep it", steps=("do one thing", "do another"), source="https://example.com", inferred=True
)
ADDED = Change(kind="CIDR block", name="100.65.0.0/16", effect="added")
UPDATED = Change(kind="route", name="a of b", effect="updated", text="target x to y")
REPLACED = Change(
    kind="pod subnet",
    name="100.64.0.0/18",
    effect="replaced",
    loses=True,
    text="zone a to b",
    advice=WHY,
    subnets=("100.64.0.0/18",),
)
ANOTHER = Change(
    kind="pod subnet", name="100.64.64.0/18", effect="replaced", loses=True, advice=WHY, subnets=("100.64.64.0/18",)
)
GATEWAY = Change(kind="NAT gateway", name="a", effect="replaced")
REFUSED = Change(kind="NodeClass", name="pods", effect="refused", loses=True)
REMOVED = Change(kind="route", name="a of b", effect="removed")
NODES = Change(kind="NodeClass", name="pods", effect="replaces-nodes", text="snatPolicy")
CLUSTER = Change(kind="cluster", effect="replaced", loses=True)
ROUTES = [Change(kind="route", name=name, effect="removed", loses=True) for name in ("a of b", "a of c")]


def comparison(*changes: Change, name: str = "net") -> NetworkComparison:
    return NetworkComparison(name=name, old=f"{name}.yaml", new=f"new/{name}.yaml", changes=changes)


@pytest.mark.parametrize(
    ("change", "id", "severity"),
    [
        (ADDED, "cidr-block-added", "note"),
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
    (diagnostic,) = diagnostics(comparison(change))
    assert (diagnostic.id, diagnostic.severity) == (id, severity)
    assert diagnostic.subject == change.title
    assert change.text in diagnostic.message


def test_a_change_has_the_cause_and_the_fix_of_its_advice() -> None:
    (diagnostic,) = diagnostics(comparison(REPLACED))
    assert (diagnostic.cause, diagnostic.fix) == (
        "it is so",
        "keep it; if the change is intended: (1) do one thing, (2) do another",
    )
    assert (diagnostic.source, diagnostic.inferred) == (WHY.source, WHY.inferred)


def test_a_change_is_in_the_file_that_makes_it_or_in_the_one_that_is_gone() -> None:
    gone = NetworkComparison(name="net", old="net.yaml", new="", changes=(REMOVED,))
    found = [*diagnostics(comparison(ADDED)), *diagnostics(comparison(name="same")), *diagnostics(gone)]
    assert [each.location.file for each in found] == ["new/net.yaml", "net.yaml"]


def test_no_change_has_a_verdict_too() -> None:
    assert verdict([comparison()]) == "nothing changes; no deployed subnet is replaced or removed"
    assert diagnostics(comparison()) == ()


def test_the_verdict_counts_each_deployed_subnet_once() -> None:
    block = Change(
        kind="CIDR block", name="100.64.0.0/16", effect="replaced", subnets=("100.64.0.0/18", "100.64.64.0/18")
    )
    assert verdict([comparison(REPLACED)]) == "1 replaced; 1 deployed subnet would be replaced or removed"
    assert verdict([comparison(REPLACED, ANOTHER, block)]).endswith("; 2 deployed subnets would be replaced or removed")
    assert verdict([comparison(REPLACED), comparison(REPLACED)]).endswith(
        "; 2 deployed subnets would be replaced or removed"
    )


def test_the_verdict_names_what_else_is_lost_or_refused() -> None:
    assert verdict([comparison(GATEWAY)]) == "1 replaced; no deployed subnet is replaced or removed"
    assert verdict([comparison(CLUSTER, REFUSED)]) == (
        "1 replaced, 1 refused; no deployed subnet is replaced or removed; replaced: cluster; refused: NodeClass pods"
    )


def test_the_verdict_counts_losses_of_one_kind() -> None:
    assert verdict([comparison(*ROUTES)]) == "2 removed; no deployed subnet is replaced or removed; removed: 2 routes"


def test_the_facts_have_every_change() -> None:
    network: Any = comparison_facts(comparison(REPLACED, REFUSED))
    assert (network["name"], network["old"], network["new"]) == ("net", "net.yaml", "new/net.yaml")
    replaced, refused = network["changes"]
    assert replaced == {
        "kind": "pod subnet",
        "name": "100.64.0.0/18",
        "effect": "replaced",
        "loses": True,
        "difference": "zone a to b",
        "subnets": ["100.64.0.0/18"],
    }
    assert list(refused) == list(replaced)
