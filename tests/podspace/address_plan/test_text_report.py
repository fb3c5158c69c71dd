"""The text of an address plan is neat, and says what a person asks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from podspace.address_plan import address_plan, text_report
from podspace.capacity import Question
from podspace.planning import read_network_files
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_network_file
from tests.template import CONFIGS


def the_text(changes: Changes | None = None, *, question: Question | None = None, gb: int = 0) -> str:
    file = a_network_file(changes)
    return text_report([address_plan(file, question=question, instance_types=["m5.large"], gb=gb)])


def flowing(text: str) -> str:
    """The same without line breaks and columns."""
    return " ".join(text.split())


def line_of(text: str, beginning: str) -> str:
    (found,) = (line.strip() for line in text.splitlines() if line.strip().startswith(beginning))
    return found


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_text_of_every_config_is_a_hundred_columns_wide_and_has_no_colors(path: Path) -> None:
    (file,) = read_network_files(path)
    question = Question(pods=30_000, nodes=None)
    text = text_report([address_plan(file, question=question, gb=1000)])
    assert text == text_report([address_plan(file, question=question, gb=1000)])
    assert "\x1b" not in text
    lines = text.splitlines()
    assert [line for line in lines if len(line) > 100 or line != line.rstrip()] == []
    assert not any(a == b == "" for a, b in pairwise(lines))
    assert text == text.strip()


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_80_columns_break_no_word_and_no_number(path: Path) -> None:
    """Only ids, names and CIDR blocks may be too long for their column."""
    (file,) = read_network_files(path)
    plan = address_plan(file, question=Question(pods=300_000, nodes=None), gb=1000)
    narrow = text_report([plan], width=80)
    short = {word for word in text_report([plan]).split() if len(word) <= 10 and "─" not in word}
    assert short <= set(narrow.split())
    assert max(map(len, narrow.splitlines())) <= 80


def test_sections_have_a_fixed_order_and_empty_ones_are_left_out() -> None:
    text = the_text(question=Question(pods=3000, nodes=None))
    titles = [
        "Addresses",
        "Room for growth",
        "Capacity",
        "Will 3,000 pods fit?",
        "Network Address Usage",
        "Routes",
        "Security groups",
        "Cost of egress and endpoints",
    ]
    assert [line for line in text.splitlines()[1:] if line and not line.startswith(" ")] == titles
    assert "fit?" not in the_text()
    assert "Cost" not in the_text({"egress": []})


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (Question(pods=None, nodes=5), "Will 5 full nodes fit?"),
        (Question(pods=2000, nodes=500), "Will 2,000 pods on 500 nodes fit?"),
    ],
)
def test_a_title_shows_the_request(question: Question, title: str) -> None:
    assert title in the_text(question=question).splitlines()


def test_an_answer_shows_the_zone_that_is_too_small() -> None:
    assert "no: eu-west-1a holds 496 of its 1,000" in flowing(the_text(question=Question(pods=None, nodes=2000)))
    assert "a node runs 18" in the_text(question=Question(pods=100, nodes=5))
    assert "one zone only" in the_text(
        {"pods.zones": ["eu-west-1a"], "egress": []}, question=Question(pods=5, nodes=None)
    )


def test_without_room_for_a_zone_the_text_says_what_to_do() -> None:
    """Another CIDR block if a /16 has a slot for the zone, else a map of subnets."""
    assert "2 more zones fit" in the_text()
    full = {"pods.cidrs": ["100.64.0.0/17"]}
    assert "add a CIDR block for one more zone" in the_text(full)
    assert "list the subnets in pods.subnets" in flowing(the_text({"pods.subnet_prefix": 17}))
    assert "1 more IPv4 CIDR block:" in the_text({"vpc.cidr_quota": 3})
    assert "no more IPv4 CIDR blocks" in the_text({"vpc.cidr_quota": 2})


def test_a_new_vpc_is_shown_with_its_cidr_block_and_the_limit_of_its_node_subnets() -> None:
    text = the_text({**A_NEW_VPC, **A_NEW_CLUSTER})
    assert line_of(text, "10.0.8.0/23").split()[1:] == ["eu-west-1a,", "nodes", "507"]
    assert "507 ^" in text


def test_the_text_shows_the_source_of_the_prices() -> None:
    both = the_text({"prices": {"nat_gateway_hour": 0.05, "as_of": "our contract"}})
    assert "from the config: nat_gateway_hour (our contract)" in both
    assert "us-east-1" in both
    regional = the_text({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]})
    assert "inferred, as no price was found: regional_nat_gateway_hour" in regional
    assert "1,000 GB each, $" in the_text(gb=1000)


def test_color_is_used_if_requested() -> None:
    file = a_network_file()
    plans = [address_plan(file, question=Question(pods=10**6, nodes=None))]
    assert "\x1b[31mno" in text_report(plans, color=True)


def test_an_instance_type_is_shown_with_its_node_classes_if_these_differ() -> None:
    few = {"name": "few", "advanced_compute": {"kubelet": {"max_pods": 5}}}
    text = the_text({"node_classes": [{"name": "class"}, few], "node_pools": []})
    assert line_of(text.partition("Capacity")[2].partition("Network")[0], "m5.large (few)").split()[2] == "5"
    assert "(class)" not in the_text()


def test_zones_that_hold_different_numbers_of_nodes_are_shown_by_their_last_letters() -> None:
    zones = {f"eu-west-1{letter}": [f"subnet-0000000{letter}"] for letter in "abc"}
    pods = {"cidrs": ["100.64.0.0/16", "100.65.0.0/18"], "zones": list(zones), "subnet_prefix": 18}
    text = the_text({"vpc.node_subnets": zones, "pods": pods, "egress": []})
    assert "a: 992" in text
    assert "b c: 496" in text


def test_prices_of_a_column_have_the_same_number_of_decimals() -> None:
    prices = {"nat_gateway_hour": 0.04567, "elastic_ip_hour": 1}
    text = the_text({"prices": prices})
    assert "0.04567" in line_of(text, "NAT gateway  ").split()
    assert "1.00000" in line_of(text, "its Elastic IP address").split()


def test_a_name_of_a_file_cannot_control_the_terminal() -> None:
    plan = replace(address_plan(a_network_file()), path=Path("a\x1b[31m\x9b2J\u202eb.yaml"))
    text = text_report([plan], color=True)
    assert "a?[31m?2J?b.yaml" in text
