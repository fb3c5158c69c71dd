"""The picture of a plan shows everything in it, to scale, in one file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from podspace.drawing import svg
from podspace.drawing.picture import picture
from podspace.drawing.sheet import WIDTH
from podspace.planning import NetworkFile, read_network_files
from podspace.planning.origin import id_of
from tests.mother import Changes, a_plan
from tests.template import CONFIGS

SVG = "{http://www.w3.org/2000/svg}"


def the_picture(changes: Changes | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(svg(a_plan(changes)))


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


def test_the_picture_of_a_config_needs_no_other_file_and_has_a_description(file: NetworkFile) -> None:
    drawn = svg(file.plan)
    assert drawn == svg(file.plan)
    assert not re.search(r"<script|<image|@import|@font-face|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", drawn)
    picture = ElementTree.fromstring(drawn)
    assert picture.get("role") == "img"
    for name in (picture.get("aria-labelledby") or "").split():
        (named,) = (each for each in picture.iter() if each.get("id") == name)
        assert file.plan.name in (named.text or "")


def test_every_subnet_and_route_of_a_config_is_in_its_picture(file: NetworkFile) -> None:
    shown = texts(ElementTree.fromstring(svg(file.plan)))
    wanted = [file.plan.name, *file.plan.pods.zones]
    wanted += [str(subnet.cidr) for subnet in file.plan.pods.subnets]
    wanted += [id_of(each) for zone in file.plan.pods.zones for each in file.plan.vpc.node_subnets.get(zone, ())]
    wanted += [id for ids in file.plan.pods.subnet_ids.values() for id in ids]
    wanted += [route.destination for table in file.plan.pods.route_tables for route in table.routes]
    wanted += [str(block.cidr) for block in file.plan.pods.blocks]
    assert [each for each in wanted if each and each not in shown] == []


def test_everything_in_a_picture_is_inside_its_edges(file: NetworkFile) -> None:
    picture = ElementTree.fromstring(svg(file.plan))
    height = float(picture.get("height") or 0)
    assert picture.get("viewBox") == f"0 0 {WIDTH} {picture.get('height')}"
    for rect in picture.iter(f"{SVG}rect"):
        x, y, wide, high = (float(rect.get(key) or 0) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= WIDTH
        assert 0 <= y <= y + high <= height
    for text in picture.iter(f"{SVG}text"):
        assert 0 < float(text.get("x") or 0) < WIDTH
        assert 0 < float(text.get("y") or 0) < height


def test_boxes_do_not_overlap(file: NetworkFile) -> None:
    picture = ElementTree.fromstring(svg(file.plan))
    tinted = [
        tuple(float(rect.get(key) or 0) for key in ("x", "y", "width", "height")) for rect in boxes(picture, "tint")
    ]
    for index, (x, y, wide, high) in enumerate(tinted):
        for left, top, width, height in tinted[index + 1 :]:
            apart = left >= x + wide or x >= left + width or top >= y + high or y >= top + height
            assert apart, (x, y, left, top)


def test_every_box_of_a_zone_is_inside_its_lane(file: NetworkFile) -> None:
    picture = ElementTree.fromstring(svg(file.plan))
    lanes = [(float(lane.get("y") or 0), float(lane.get("height") or 0)) for lane in boxes(picture, "faint")]
    assert len(lanes) == len(file.plan.pods.zones)
    for rect in boxes(picture, "tint"):
        y, high = float(rect.get("y") or 0), float(rect.get("height") or 0)
        assert high == 28 or any(top < y and y + high < top + height for top, height in lanes)


def test_bars_are_to_scale() -> None:
    halves = {"eu-west-1a": ["100.64.0.0/17"], "eu-west-1b": ["100.64.128.0/18", "100.65.0.0/18"]}
    changes = {"pods": {"cidrs": ["100.64.0.0/16", "100.65.0.0/18"], "subnets": halves}}
    picture = the_picture(changes)
    bars = [float(rect.get("width") or 0) for rect in boxes(picture, "tint") if rect.get("height") == "28"]
    assert bars[0] == pytest.approx(2 * bars[1], abs=4)
    assert bars[1] == pytest.approx(bars[2], abs=1)


def test_each_zone_has_one_colour_in_bars_and_lanes() -> None:
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
    ("changes", "not_used", "unknown"),
    [
        ({}, 2 * 2, 0),  # in each zone, from the pods to their route table and from there to the gateway
        (DISABLED, 0, 0),
        (HALF, 0, 2 * 2),
        (EXISTING, 2, 0),
        ({**EXISTING, **DISABLED}, 0, 0),
    ],
)
def test_routes_that_are_not_used_by_pods_are_dashed_and_those_that_depend_on_another_file_are_dotted(
    changes: Changes, not_used: int, unknown: int
) -> None:
    """Pods use the routes of their own subnets with Disabled, and those of the node subnets with Random."""
    routes = [path for path in the_picture(changes).iter(f"{SVG}path") if "route" in path.get("class", "").split()]
    dashes = Counter(path.get("stroke-dasharray", "") for path in routes)
    assert dashes["5 4"] - 1 == not_used  # the legend has one of each
    assert dashes["1.5 4"] - bool(unknown) == unknown


@pytest.mark.parametrize(("changes", "used"), [(DISABLED, True), ({}, False), (HALF, None)])
def test_a_transit_gateway_is_used_if_a_private_nat_gateway_before_it_is(changes: Changes, used: bool | None) -> None:
    private = {
        "to": ["10.1.0.0/16"],
        "private_nat_gateways": {"eu-west-1a": "subnet-0000002a", "eu-west-1b": "subnet-0000002b"},
        "transit_gateway": "tgw-0000000a",
    }
    found = picture(a_plan({**changes, "egress": [private]}))
    assert {gateway.title for gateway in found.gateways} == {"private NAT gateway", "transit gateway"}
    assert {gateway.used for gateway in found.gateways} == {used}


def test_free_slots_are_hatched_with_a_line_between_them() -> None:
    free = [rect for rect in the_picture().iter(f"{SVG}rect") if rect.get("fill") == "url(#free)"]
    full = the_picture({"pods.subnet_prefix": 17})
    assert len(free) == 1 + len([rect for rect in full.iter(f"{SVG}rect") if rect.get("fill") == "url(#free)"])


def test_markup_in_a_name_is_shown_as_text() -> None:
    plan = a_plan()
    plan = replace(plan, cluster=replace(plan.cluster, name='<b>&"cluster"\x00'))
    picture = ElementTree.fromstring(svg(plan))
    assert any('<b>&"cluster"?' in text for text in texts(picture))


def test_a_picture_has_room_for_six_zones_with_own_and_shared_gateways() -> None:
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
