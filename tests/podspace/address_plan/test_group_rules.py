"""The section on security groups has every rule that the stack creates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podspace.address_plan import address_plan, plan_facts, text_report
from podspace.planning import Plan, read_network_files
from tests.mother import Changes, a_network_file
from tests.template import CONFIGS

PEERS = {
    "from": ("CidrIp", "CidrIpv6", "SourcePrefixListId", "SourceSecurityGroupId"),
    "to": ("CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId"),
}
KEYS = {"group", "direction", "peer", "protocol", "from_port", "to_port", "reason"}
GROUP = "sg-0000000a"


def the_facts(changes: Changes | None = None) -> Any:
    return plan_facts(address_plan(a_network_file(changes), instance_types=["m5.large"]))


def the_section(changes: Changes | None = None, *, width: int = 100) -> str:
    text = text_report([address_plan(a_network_file(changes), instance_types=["m5.large"])], width=width)
    return text.partition("\nSecurity groups\n")[2].partition("\n\n")[0]


def rules_of_the_stack(plan: Plan) -> Iterator[tuple[object, ...]]:
    """Every rule of the inventory: direction, protocol, ports, reason, and the other side if it is no reference."""
    for resource in plan.resources():
        properties: dict[str, Any] = {**resource.create_only, **resource.properties}
        kind = resource.type.removeprefix("AWS::EC2::SecurityGroup")
        if kind in ("Ingress", "Egress"):
            yield _rule("from" if kind == "Ingress" else "to", properties)
        elif resource.type == "AWS::EC2::SecurityGroup":
            yield from (_rule("to", each) for each in properties.get("SecurityGroupEgress", ()))


def _rule(direction: str, properties: dict[str, Any]) -> tuple[object, ...]:
    (peer,) = (properties[key] for key in PEERS[direction] if key in properties)
    ports = properties.get("FromPort"), properties.get("ToPort")
    return direction, properties["IpProtocol"], *ports, properties["Description"], _named(peer)


def _named(peer: object) -> object:
    return peer if isinstance(peer, str) and ("/" in peer or peer.startswith("pl-")) else None


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_rule_of_the_stack_is_listed_once(path: Path) -> None:
    (file,) = read_network_files(path)
    facts: Any = plan_facts(address_plan(file))
    found = facts["security_group_rules"]
    assert all(set(rule) == KEYS for rule in found)
    listed = [
        (each["direction"], each["protocol"], each["from_port"], each["to_port"], each["reason"], _named(each["peer"]))
        for each in found
    ]
    assert Counter(listed) == Counter(rules_of_the_stack(file.plan))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_rule_is_a_row_in_80_columns_with_whole_ids(path: Path) -> None:
    (file,) = read_network_files(path)
    plan = address_plan(file)
    facts: Any = plan_facts(plan)
    section = text_report([plan], width=80).partition("\nSecurity groups\n")[2].partition("\n\n")[0]
    lines = section.splitlines()
    assert lines
    assert max(map(len, lines)) <= 80
    words = section.split()
    for rule in facts["security_group_rules"]:
        assert {rule["group"], rule["direction"], rule["peer"]} <= set(words)
    rows = [line for line in lines if {"from", "to"} & set(line.split()[:2])]
    assert len(rows) >= len(facts["security_group_rules"])


def test_a_dedicated_group_without_a_list_reaches_everything() -> None:
    (everything,) = (rule for rule in the_facts()["security_group_rules"] if rule["direction"] == "to")
    assert (everything["group"], everything["peer"], everything["protocol"]) == ("pods", "0.0.0.0/0", "-1")
    assert (everything["from_port"], everything["to_port"]) == (None, None)
    listed = the_facts({"pods.security_group": {"kind": "dedicated", "egress": []}})["security_group_rules"]
    assert "0.0.0.0/0" not in {rule["peer"] for rule in listed}


@pytest.mark.parametrize("group", [GROUP, "cluster"])
def test_without_rules_one_line_says_so(group: str) -> None:
    changes: Changes = {"pods.security_group": group}
    facts = the_facts(changes)
    assert facts["security_group_rules"] == []
    first, *more = the_section(changes).splitlines()
    assert "adds no rule" in first
    assert "from" not in " ".join(more).split()
    assert (facts["security_group_ids"]["pods"] == GROUP) is (group == GROUP)


def test_rules_that_are_added_to_an_existing_group_are_listed_with_the_id_of_the_group() -> None:
    changes: Changes = {"pods.security_group": {"id": GROUP, "add_rules": True}}
    assert {rule["group"] for rule in the_facts(changes)["security_group_rules"]} == {"pods", "cluster"}
    section = the_section(changes)
    assert GROUP in section
    assert "adds no rule" not in section
    assert "0.0.0.0/0" not in section
