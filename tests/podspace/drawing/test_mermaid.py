"""The flowchart of a plan has its zones, subnets and gateways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podspace.drawing import mermaid
from podspace.planning import read_network_files
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_plan
from tests.template import CONFIGS


def the_chart(changes: Changes | None = None) -> str:
    return mermaid(a_plan(changes))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_line_of_the_chart_of_a_config_is_between_nodes_of_the_chart(path: Path) -> None:
    (file,) = read_network_files(path)
    chart = mermaid(file.plan)
    lines = [line.strip() for line in chart.splitlines()]
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end") == 1 + len(file.plan.pods.zones)
    named = set(re.findall(r"\b(\w+)(?:\[\"|\(\()", chart))
    joined = [re.match(r"(\w+) .*(?:-->|---|-\.->|\.->) (\w+)", line) for line in lines]
    assert {name for line in joined if line for name in line.groups()} <= named
    for subnet in file.plan.pods.subnets:
        assert str(subnet.cidr) in chart


def test_routes_that_are_not_used_by_pods_are_dotted() -> None:
    """With snatPolicy Random, pods use the routes of the node subnets."""
    assert '-. "0.0.0.0/0" .->' in the_chart()
    assert "existing route table" in the_chart()
    used = the_chart({"node_classes": [{"name": "class", "snat_policy": "Disabled"}]})
    assert '-- "0.0.0.0/0" -->' in used
    assert ".->" not in used


def test_each_private_nat_gateway_has_a_line_to_its_transit_gateway() -> None:
    private = {
        "to": ["10.1.0.0/16"],
        "private_nat_gateways": {"eu-west-1a": "subnet-0000002a", "eu-west-1b": "subnet-0000002b"},
        "transit_gateway": "tgw-0000000a",
        "route_tables": ["rtb-0000000a"],
    }
    chart = the_chart({"egress": [private], "node_classes": [{"name": "class", "snat_policy": "Disabled"}]})
    assert len(re.findall(r"gateway\d --> gateway\d", chart)) == 2
    assert "rtb-0000000a" in chart


def test_nodes_of_a_new_vpc_use_routes_of_the_plan() -> None:
    chart = the_chart({**A_NEW_VPC, **A_NEW_CLUSTER})
    assert re.search(r'nodes0 -- "0\.0\.0\.0/0" --> gateway0', chart)
    assert "existing route table" not in chart
