"""Comparisons are told in lines, with the verdict last."""

from __future__ import annotations

import json

from podspace.diff.change import Advice, Change
from podspace.diff.comparison_report import json_report, text_report, verdict
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
CLUSTER = Change(what="cluster", name="", effect="replaced")


def comparison(*changes: Change, name: str = "net") -> NetworkComparison:
    return NetworkComparison(name=name, old=f"{name}.yaml", new=f"new/{name}.yaml", changes=changes)


def test_each_change_has_a_line_and_the_last_line_is_the_verdict() -> None:
    assert text_report([comparison(ADDED, UPDATED)]).splitlines() == [
        "added           block 100.65.0.0/16",
        "updated         route a of b: target x to y",
        "1 added, 1 updated; no live subnet is replaced or removed",
    ]


def test_what_changes_have_in_common_is_said_once() -> None:
    lines = text_report([comparison(REPLACED, ANOTHER)]).splitlines()
    assert [line.strip() for line in lines[2:5]] == [
        "why: it is so",
        "-> keep it",
        "see https://example.com (inferred)",
    ]
    assert len(lines) == 6


def test_a_reason_without_a_page_says_that_it_is_inferred() -> None:
    alone = Change(what="stack", name="s", effect="replaced", advice=Advice(why="it is so", inferred=True))
    assert "why: it is so (inferred)" in text_report([comparison(alone)])


def test_no_change_is_said_too() -> None:
    assert text_report([comparison()]) == "nothing changes; no live subnet is replaced or removed"


def test_several_networks_have_headings_where_they_change() -> None:
    lines = text_report([comparison(ADDED), comparison(name="same"), comparison(UPDATED, name="other")]).splitlines()
    assert [line for line in lines if line.endswith((": net", ": same", ": other"))] == [
        "new/net.yaml: net",
        "new/other.yaml: other",
    ]


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


def test_colors_tell_what_is_lost() -> None:
    colored = text_report([comparison(ADDED, GATEWAY, REPLACED)], color=True)
    assert "\x1b[32madded " in colored
    assert "\x1b[33mreplaced " in colored
    assert "\x1b[31mreplaced " in colored
    assert "\x1b" not in text_report([comparison(ADDED, GATEWAY, REPLACED)])


def test_json_has_everything_the_text_has() -> None:
    found = json.loads(json_report([comparison(REPLACED, REFUSED)], facts={"written": True}))
    assert found["written"] is True
    assert found["loses"] is True
    assert found["verdict"] == verdict([comparison(REPLACED, REFUSED)])
    (network,) = found["networks"]
    assert (network["name"], network["old"], network["new"]) == ("net", "net.yaml", "new/net.yaml")
    replaced, refused = network["changes"]
    assert replaced == {
        "what": "pod subnet",
        "name": "100.64.0.0/18",
        "effect": "replaced",
        "loses": True,
        "text": "zone a to b",
        "subnets": ["100.64.0.0/18"],
        "why": "it is so",
        "instead": "keep it",
        "source": "https://example.com",
        "inferred": True,
    }
    assert set(refused) == set(replaced)
