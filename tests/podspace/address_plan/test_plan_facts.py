"""The JSON of an address plan has what the text has, and each zone by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.address_plan import address_plan, plan_facts
from podspace.capacity import Question
from podspace.planning import read_network_files
from tests.mother import Changes, a_network_file
from tests.template import CONFIGS

QUESTION = Question(pods=3000, nodes=None)


def the_json(changes: Changes | None = None) -> Any:
    file = a_network_file(changes)
    plan = address_plan(file, question=QUESTION, instance_types=["m5.large"], gb=100)
    return plan_facts(plan)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_is_told_with_the_same_keys(path: Path) -> None:
    """Whatever it has and has not."""
    (file,) = read_network_files(path)
    told: Any = plan_facts(address_plan(file, question=QUESTION))
    assert list(told) == list(the_json())
    assert told["file"] == str(path)
    assert len(told["routes"]) == sum(len(table.routes) for table in file.plan.pods.route_tables)


def test_each_zone_is_told_by_itself_and_adds_up() -> None:
    """Nodes and pods."""
    for fit in the_json()["capacity"]["fits"]:
        assert fit["nodes"] == sum(zone["nodes"] for zone in fit["zones"].values())
        assert fit["pods"] == sum(zone["pods"] for zone in fit["zones"].values())
        assert fit["nodes_with_a_zone_lost"] < fit["nodes"]


def test_what_is_not_known_is_null() -> None:
    """Neither true nor zero."""
    ids = {"eu-west-1a": ["subnet-0000001a"]}
    told = the_json({"pods": {"subnet_ids": ids}, "egress": []})
    assert {fit["nodes"] for fit in told["capacity"]["fits"]} == {None}
    (answer,) = told["answers"]
    assert (answer["fits"], answer["fits_with_a_zone_lost"], answer["nodes"]) == (None, None, 167)
    assert told["addresses"]["pod_subnets_that_exist"] == ids


def test_costs_add_up() -> None:
    """By the hour, new and there already, and by traffic."""
    cost = the_json({"node_classes": [{"name": "class", "snat_policy": "Disabled"}]})["cost"]
    assert cost["there_already_monthly"] == pytest.approx(sum(each["monthly"] for each in cost["by_hour"]))
    assert cost["traffic_monthly"] == pytest.approx(sum(each["monthly"] for each in cost["by_traffic"]))
    assert all(price["source"] for price in cost["prices"].values())
