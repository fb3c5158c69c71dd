"""The JSON of an address plan has the values of the text, and those of each zone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.address_plan import address_plan, plan_facts, text_report
from podspace.capacity import Question
from podspace.planning import Existing, id_of, read_network_files
from tests.mother import Changes, a_network_file
from tests.template import CONFIGS, REPOSITORY

QUESTION = Question(pods=3000, nodes=None)


def the_json(changes: Changes | None = None) -> Any:
    file = a_network_file(changes)
    plan = address_plan(file, question=QUESTION, instance_types=["m5.large"], gb=100)
    return plan_facts(plan)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_facts_of_every_config_have_the_same_keys(path: Path) -> None:
    (file,) = read_network_files(path)
    facts: Any = plan_facts(address_plan(file, question=QUESTION))
    assert list(facts) == list(the_json())
    assert facts["file"] == str(path)
    assert len(facts["routes"]) == sum(len(table.all_routes) for table in file.plan.pods.route_tables)


def test_nodes_and_pods_of_the_zones_add_up() -> None:
    for fit in the_json()["capacity"]["fits"]:
        assert fit["nodes"] == sum(zone["nodes"] for zone in fit["zones"].values())
        assert fit["pods"] == sum(zone["pods"] for zone in fit["zones"].values())
        assert fit["nodes_with_a_zone_lost"] < fit["nodes"]


def test_unknown_values_are_null() -> None:
    ids = {"eu-west-1a": ["subnet-0000001a"]}
    facts = the_json({"pods": {"subnet_ids": ids}, "egress": []})
    assert {fit["nodes"] for fit in facts["capacity"]["fits"]} == {None}
    (answer,) = facts["answers"]
    assert (answer["fits"], answer["fits_with_a_zone_lost"], answer["nodes"]) == (None, None, 167)
    assert facts["addresses"]["existing_pod_subnets"] == ids


@pytest.mark.parametrize(("policy", "used"), [("Random", False), ("Disabled", True)])
def test_used_says_whether_pods_use_routes_and_gateways(policy: str, used: bool) -> None:
    facts = the_json({"node_classes": [{"name": "class", "snat_policy": policy}]})
    assert {route["used"] for route in facts["routes"]} == {used}
    assert {egress["used"] for egress in facts["cost"]["by_traffic"]} == {used}


def test_used_is_null_if_it_depends_on_another_file() -> None:
    half = {"vpc.shared_with": ["444455556666"], "vpc.node_subnets": None, "cluster": {"name": "cluster"}}
    facts = the_json({**half, "node_classes": [], "node_pools": []})
    assert {route["used"] for route in facts["routes"]} == {None}


def test_costs_add_up() -> None:
    cost = the_json({"node_classes": [{"name": "class", "snat_policy": "Disabled"}]})["cost"]
    assert cost["existing_monthly"] == pytest.approx(sum(each["monthly"] for each in cost["by_hour"]))
    assert cost["traffic_monthly"] == pytest.approx(sum(each["monthly"] for each in cost["by_traffic"]))
    assert all(price["source"] for price in cost["prices"].values())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_routes_have_the_id_of_an_existing_gateway(path: Path) -> None:
    (file,) = read_network_files(path)
    plan = address_plan(file)
    facts: Any = plan_facts(plan)
    text = text_report([plan], width=200)
    for route in facts["routes"]:
        gateway = file.plan.pods.gateway(route["gateway"])
        assert isinstance(gateway.origin, Existing) is (route["gateway_id"] is not None)
        assert f" {route['gateway_id'] or route['gateway']} " in text
        assert id_of(gateway.origin).endswith(route["gateway_id"] or "")


def test_the_id_of_a_core_network_is_not_its_arn() -> None:
    (file,) = read_network_files(REPOSITORY / "config" / "core-network.yaml")
    facts: Any = plan_facts(address_plan(file))
    ids = {route["gateway_id"] for route in facts["routes"] if route["kind"] == "core_network"}
    assert ids == {"core-network-0c10000000000011a"}
