"""The picture of a plan shows all of it, to scale, as a file of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from podspace.drawing import svg
from podspace.drawing.sheet import WIDTH
from podspace.planning import NetworkFile, read_network_files
from tests.mother import Changes, a_config, a_plan
from tests.template import CONFIGS

SVG = "{http://www.w3.org/2000/svg}"


def the_picture(changes: Changes | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(svg(a_config(changes), a_plan(changes)))


def texts(picture: ElementTree.Element) -> list[str]:
    """Every text, whole where a pointer on it shows it whole."""
    found = []
    for text in picture.iter(f"{SVG}text"):
        title = text.find(f"{SVG}title")
        found.append((title.text if title is not None else text.text) or "")
    return found


def boxes(picture: ElementTree.Element, style: str) -> Iterator[ElementTree.Element]:
    return (rect for rect in picture.iter(f"{SVG}rect") if style in rect.get("class", "").split())


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> NetworkFile:
    path: Path = request.param
    (found,) = read_network_files(path)
    return found


def test_every_config_has_a_picture_that_needs_nothing_else(file: NetworkFile) -> None:
    """No script, no font and no other file; the same for the same plan; and named for who cannot see it."""
    drawn = svg(file.config, file.plan)
    assert drawn == svg(file.config, file.plan)
    assert not re.search(r"<script|<image|@import|@font-face|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", drawn)
    picture = ElementTree.fromstring(drawn)
    assert picture.get("role") == "img"
    for name in (picture.get("aria-labelledby") or "").split():
        (named,) = (each for each in picture.iter() if each.get("id") == name)
        assert file.plan.name in (named.text or "")


def test_every_subnet_route_and_way_of_a_config_is_in_its_picture(file: NetworkFile) -> None:
    """Each by its zone, with every destination."""
    shown = texts(ElementTree.fromstring(svg(file.config, file.plan)))
    wanted = [file.plan.name, *file.plan.pods.zones]
    wanted += [str(subnet.cidr) for subnet in file.plan.pods.subnets]
    wanted += [id for zone in file.plan.pods.zones for id in (file.config.vpc.node_subnets or {}).get(zone, ())]
    wanted += [id for ids in file.plan.pods.subnet_ids.values() for id in ids]
    wanted += [route.destination for table in file.plan.pods.route_tables for route in table.routes]
    wanted += [str(block.cidr) for block in file.plan.pods.blocks]
    assert [each for each in wanted if each not in shown] == []


def test_nothing_of_a_picture_is_off_the_sheet(file: NetworkFile) -> None:
    """And no text stands over the edge, as wide as it may be."""
    picture = ElementTree.fromstring(svg(file.config, file.plan))
    height = float(picture.get("height") or 0)
    assert picture.get("viewBox") == f"0 0 {WIDTH} {picture.get('height')}"
    for rect in picture.iter(f"{SVG}rect"):
        x, y, wide, high = (float(rect.get(key) or 0) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= WIDTH
        assert 0 <= y <= y + high <= height
    for text in picture.iter(f"{SVG}text"):
        assert 0 < float(text.get("x") or 0) < WIDTH
        assert 0 < float(text.get("y") or 0) < height


def test_boxes_of_a_lane_never_stand_on_each_other(file: NetworkFile) -> None:
    """However many subnets, routes and ways there are."""
    picture = ElementTree.fromstring(svg(file.config, file.plan))
    tinted = [
        tuple(float(rect.get(key) or 0) for key in ("x", "y", "width", "height")) for rect in boxes(picture, "tint")
    ]
    for index, (x, y, wide, high) in enumerate(tinted):
        for left, top, width, height in tinted[index + 1 :]:
            apart = left >= x + wide or x >= left + width or top >= y + high or y >= top + height
            assert apart, (x, y, left, top)


def test_every_box_of_a_zone_is_inside_its_lane(file: NetworkFile) -> None:
    """With its ways out."""
    picture = ElementTree.fromstring(svg(file.config, file.plan))
    lanes = [(float(lane.get("y") or 0), float(lane.get("height") or 0)) for lane in boxes(picture, "faint")]
    assert len(lanes) == len(file.plan.pods.zones)
    for rect in boxes(picture, "tint"):
        y, high = float(rect.get("y") or 0), float(rect.get("height") or 0)
        assert high == 28 or any(top < y and y + high < top + height for top, height in lanes)


def test_bars_are_to_scale() -> None:
    """A subnet half as large is half as long; a smaller block is shorter."""
    halves = {"eu-west-1a": ["100.64.0.0/17"], "eu-west-1b": ["100.64.128.0/18", "100.65.0.0/18"]}
    changes = {"pods": {"cidrs": ["100.64.0.0/16", "100.65.0.0/18"], "subnets": halves}}
    picture = the_picture(changes)
    bars = [float(rect.get("width") or 0) for rect in boxes(picture, "tint") if rect.get("height") == "28"]
    assert bars[0] == pytest.approx(2 * bars[1], abs=4)
    assert bars[1] == pytest.approx(bars[2], abs=1)


def test_zones_have_colours_of_their_own() -> None:
    """The same in bars and lanes."""
    styles = {
        next(part for part in rect.get("class", "").split() if re.fullmatch(r"f\d", part))
        for rect in boxes(the_picture(), "tint")
    }
    assert len(styles) == 2


HALF: Changes = {
    "vpc.shared_with": ["444455556666"],
    "vpc.node_subnets": None,
    "cluster": {"name": "cluster"},
    "node_classes": [],
    "node_pools": [],
}
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
EXISTING: Changes = {
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}},
    "egress": [],
}


@pytest.mark.parametrize(
    ("changes", "idle", "unknown"),
    [
        ({}, 2 * 2, 0),  # in each zone, from the pods to their route table and from there to the gateway
        (DISABLED, 0, 0),
        (HALF, 0, 2 * 2),
        (EXISTING, 2, 0),
        ({**EXISTING, **DISABLED}, 0, 0),
    ],
)
def test_idle_routes_are_dashed_and_those_of_which_another_file_decides_dotted(
    changes: Changes, idle: int, unknown: int
) -> None:
    """Pods leave by their own subnets under Disabled, and by those of the nodes under Random."""
    ways = [path for path in the_picture(changes).iter(f"{SVG}path") if "way" in path.get("class", "").split()]
    dashes = Counter(path.get("stroke-dasharray", "") for path in ways)
    assert dashes["5 4"] - 1 == idle  # the legend has one of each
    assert dashes["1.5 4"] - bool(unknown) == unknown


def test_free_slots_are_hatched() -> None:
    """With a line between two of them."""
    free = [rect for rect in the_picture().iter(f"{SVG}rect") if rect.get("fill") == "url(#free)"]
    full = the_picture({"pods.subnet_prefix": 17})
    assert len(free) == 1 + len([rect for rect in full.iter(f"{SVG}rect") if rect.get("fill") == "url(#free)"])


def test_text_of_any_sort_is_text() -> None:
    """A name with a mark in it is no mark."""
    plan = replace(a_plan(), cluster_name='<b>&"cluster"\x00')
    picture = ElementTree.fromstring(svg(a_config(), plan))
    assert any('<b>&"cluster"?' in text for text in texts(picture))


def test_six_zones_with_ways_of_every_sort_fit_on_the_sheet() -> None:
    """With ways of their own, and one that all share."""
    zones = [f"eu-west-1{letter}" for letter in "abcdef"]
    changes = {
        "vpc.node_subnets": {zone: [f"subnet-0000000{zone[-1]}"] for zone in zones},
        "pods": {"cidrs": [{"cidr": "100.64.0.0/16", "unique": True}], "zones": zones, "subnet_prefix": 20},
        "egress": [
            {"to": "internet", "nat_gateways": {zone: f"nat-0000000{zone[-1]}" for zone in zones}},
            {"to": ["10.64.0.0/12", "10.128.0.0/12"], "transit_gateway": "tgw-0000000a"},
        ],
        "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
    }
    picture = the_picture(changes)
    assert texts(picture).count("NAT gateway") == 6
    assert texts(picture).count("transit gateway") == 1
