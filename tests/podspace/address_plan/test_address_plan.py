"""An address plan has diagnostics about its capacity."""

from __future__ import annotations

import re
from typing import Any

import pytest

from podspace.address_plan import AddressPlan, address_plan
from podspace.capacity import InstanceType, Question
from podspace.diagnostic import exit_status
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_network_file

REQUIREMENTS = [{"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["c", "m", "r"]}]
EXISTING: Changes = {
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}},
    "egress": [],
}


def the_plan(changes: Changes | None = None, **options: Any) -> AddressPlan:
    file = a_network_file(changes)
    return address_plan(file, **options)


def status(plan: AddressPlan) -> int:
    return exit_status(plan.diagnostics)


def notes(plan: AddressPlan) -> dict[str, str]:
    return {note.id: note.severity for note in plan.notes}


@pytest.mark.parametrize(
    ("pods", "fails", "warns"), [(100, False, False), (15_000, False, True), (60_000, True, False)]
)
def test_pods_that_do_not_fit_are_an_error_and_a_warning_if_only_the_loss_of_a_zone_makes_them_not_fit(
    pods: int, fails: bool, warns: bool
) -> None:
    found = the_plan(question=Question(pods=pods, nodes=None), instance_types=["m5.large"])
    assert status(found) == int(fails)
    assert ("does-not-fit" in [each.id for each in found.diagnostics]) is fails
    assert ("zone-lost" in notes(found)) is warns


@pytest.mark.parametrize(
    ("limits", "warns"),
    [
        (None, False),
        ({"nodes": "40"}, False),
        ({"nodes": "39"}, True),
        ({"cpu": "79"}, True),
        ({"memory": "1Ti"}, False),
    ],
)
def test_limits_that_allow_fewer_nodes_than_requested_are_a_warning(limits: object, warns: bool) -> None:
    pools = [{"name": "pool", "requirements": REQUIREMENTS, **({"limits": limits} if limits else {})}]
    found = the_plan({"node_pools": pools}, question=Question(pods=None, nodes=40), instance_types=["m5.large"])
    assert ("limits-allow-fewer-nodes" in notes(found)) is warns


def test_a_pool_without_limits_can_have_the_requested_nodes() -> None:
    pools = [{"name": "a", "requirements": REQUIREMENTS, "limits": {"nodes": "1"}}, {"name": "b", "requirements": REQUIREMENTS}]  # fmt: skip
    found = the_plan({"node_pools": pools}, question=Question(pods=None, nodes=40), instance_types=["m5.large"])
    assert "limits-allow-fewer-nodes" not in notes(found)


@pytest.mark.parametrize("pods", [25_000, 60_000])
def test_with_as_many_addresses_as_the_fix_says_the_pods_fit(pods: int) -> None:
    question = Question(pods=pods, nodes=None)
    short = the_plan(question=question, instance_types=["m5.large"])
    (problem,) = (each for each in short.diagnostics if each.id == "does-not-fit")
    (times,) = map(int, re.findall(r"(\d+) times", problem.fix))
    blocks = [f"100.{64 + number}.0.0/16" for number in range(times)]
    for cidrs, fits in ((blocks, True), (blocks[:-1], False)):
        plan = the_plan({"pods.cidrs": cidrs, "vpc.cidr_quota": 50}, question=question, instance_types=["m5.large"])
        assert ("does-not-fit" not in [each.id for each in plan.diagnostics]) is fits


def test_one_of_several_instance_types_that_does_not_fit_is_an_error() -> None:
    """A NodePool may add nodes of each of them."""
    question = Question(pods=None, nodes=400)
    assert status(the_plan(question=question, instance_types=["m5.large"])) == 0
    assert status(the_plan(question=question, instance_types=["m5.large", "m5.4xlarge"])) == 1


def test_it_is_unknown_whether_pods_fit_into_existing_pod_subnets() -> None:
    found = the_plan(EXISTING, question=Question(pods=100, nodes=None))
    assert status(found) == 2
    assert {each.id for each in found.diagnostics if each.severity == "unknown"} == {"fit-unknown"}
    assert "pod-subnets-exist" in notes(found)
    assert not found.usages


def test_without_a_request_there_is_no_answer_and_no_error() -> None:
    found = the_plan()
    assert (found.answers, status(found)) == ((), 0)


def test_limits_may_be_those_of_ec2() -> None:
    limits = {"m99.large": InstanceType(name="m99.large", interfaces=3, addresses=5)}
    found = the_plan(instance_types=["m99.large"], limits=limits)
    assert {each.node.pods for each in found.fits} == {8}
    assert found.described


def test_a_note_says_whether_node_subnets_are_counted() -> None:
    """The sizes of existing node subnets are not in the config."""
    assert "node-subnets-exist" in notes(the_plan())
    assert "node-subnets-shared" in notes(the_plan({**A_NEW_VPC, **A_NEW_CLUSTER}))


STATIC = {
    "network_interfaces": [
        {"network_card_index": 0, "device_index": 0, "interface_type": "interface"},
        {"network_card_index": 0, "device_index": 1, "interface_type": "interface", "secondary_ipv4_count": 4},
    ]
}
NAMED = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m99.large"]}
GENERATION = {"key": "eks.amazonaws.com/instance-generation", "operator": "Gt", "values": ["90"]}
HYPERVISOR = {"key": "eks.amazonaws.com/instance-hypervisor", "operator": "In", "values": ["nitro"]}


@pytest.mark.parametrize(
    ("note", "changes"),
    [
        ("several-pod-subnets", {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}),
        ("static-interfaces", {"node_classes": [{"name": "class", "advanced_networking": STATIC}]}),
        ("managed-node-groups", {"vpc_cni": {}}),
        ("unlisted-instance-types", {"node_pools": [{"name": "pool", "requirements": [NAMED]}]}),
        ("no-instance-type", {"node_pools": [{"name": "pool", "requirements": [GENERATION]}]}),
        ("requirements-not-evaluated", {"node_pools": [{"name": "pool", "requirements": [HYPERVISOR]}]}),
    ],
)
def test_a_note_says_what_is_not_counted(note: str, changes: Changes) -> None:
    assert notes(the_plan(changes))[note] == "note"
    assert note not in notes(the_plan())


LARGE: Changes = {"pods.subnet_prefix": 17}


def nau_notes(nodes: int | None) -> dict[str, str]:
    question = None if nodes is None else Question(pods=None, nodes=nodes)
    found = notes(the_plan(LARGE, instance_types=["m5.4xlarge"], question=question))
    return {id: severity for id, severity in found.items() if id.startswith("nau-")}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (None, {"nau-full": "warning"}),
        (570, {"nau-asked": "warning", "nau-full": "warning"}),
        (100, {"nau-full": "note"}),
    ],
)
def test_a_full_plan_over_the_nau_quota_is_a_warning_unless_the_requested_nodes_are_below_it(
    nodes: int | None, expected: dict[str, str]
) -> None:
    assert nau_notes(nodes) == expected
    assert "nau-full" not in notes(the_plan(instance_types=["m5.large"]))


def test_one_zone_alone_is_a_warning() -> None:
    """No node is left if it is lost."""
    one = {"pods.zones": ["eu-west-1a"], "egress": []}
    found = the_plan(one, instance_types=["m5.large"], question=Question(pods=10, nodes=None))
    assert notes(found)["zone-lost"] == "warning"
