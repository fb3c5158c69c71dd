"""Several pod networks of one VPC, each with a CIDR block of its own."""

from __future__ import annotations

import pytest

from podspace.diagnostic import Diagnostic
from podspace.preflight import preflight
from tests.canned_account import NODES, PUBLIC, Answers, a_block, a_sound_account, a_subnet, a_vpc
from tests.mother import Changes, a_plan

OTHER: Changes = {"name": "other", "pods.cidrs": ["100.65.0.0/16"], "node_classes": [{"name": "other"}]}
SELECTOR = a_plan(OTHER).pods.selector
ITS_SUBNET = a_subnet("subnet-0000000c", "a", "100.65.0.0/18", tags=SELECTOR)
UNTAGGED = a_subnet("subnet-0000000d", "b", "100.65.64.0/18")


def blocks(answers: Answers, changes: Changes | None = None, *others: Changes) -> list[Diagnostic]:
    found = preflight(a_plan(changes), a_sound_account(answers), others=tuple(map(a_plan, others)))
    return [each for each in found if each.id == "vpc-blocks"]


def an_account(*subnets: dict[str, object]) -> Answers:
    """An account whose VPC has the CIDR block of another network, and subnets in it."""
    return {"DescribeVpcs": [a_vpc(a_block("100.65.0.0/16"))], "DescribeSubnets": [*NODES, *PUBLIC, *subnets]}


@pytest.mark.parametrize(
    ("answers", "others", "severity"),
    [
        (an_account(ITS_SUBNET), (), "ok"),
        (an_account(), (OTHER,), "ok"),
        (an_account(), (), "warning"),
        (an_account(UNTAGGED), (), "warning"),
        (an_account(ITS_SUBNET, UNTAGGED), (), "warning"),
        (an_account(a_subnet("subnet-0000000c", "a", "100.65.0.0/18", tags=a_plan().pods.selector)), (), "warning"),
        (an_account(), ({**OTHER, "vpc.id": "vpc-00000000000000001"},), "warning"),
    ],
    ids=["its subnets", "its file", "no subnet", "another subnet", "both", "own subnets", "a file of another VPC"],
)
def test_the_cidr_block_of_another_pod_network_is_no_warning(
    answers: Answers, others: tuple[Changes, ...], severity: str
) -> None:
    """It is known by the tags of its subnets, or by a config file of the same folder."""
    assert [each.severity for each in blocks(answers, {}, *others)] == [severity]


def test_a_cidr_block_that_another_file_associates_may_be_named_before_it_is_deployed() -> None:
    named: Changes = {"vpc.cidrs": ["10.0.0.0/20", "100.65.0.0/16"]}
    assert [each.severity for each in blocks({}, named, OTHER)] == ["ok"]
    assert [each.severity for each in blocks({}, named)] == ["error"]


@pytest.mark.parametrize("answers", [an_account(), {}], ids=["deployed", "not deployed"])
def test_two_networks_do_not_warn_about_each_other(answers: Answers) -> None:
    warnings = [each for first, second in (({}, OTHER), (OTHER, {})) for each in blocks(answers, first, second)]
    assert {each.severity for each in warnings} == {"ok"}
