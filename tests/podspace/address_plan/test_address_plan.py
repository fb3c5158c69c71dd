"""An address plan puts together what a config holds, and tells what to know about it."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.address_plan import AddressPlan, address_plan
from podspace.capacity import InstanceType, Question
from podspace.diagnostic import exit_status
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_network_file

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
def test_what_fits_passes_and_what_only_a_lost_zone_breaks_is_a_warning(pods: int, fails: bool, warns: bool) -> None:
    """And what does not fit fails."""
    found = the_plan(question=Question(pods=pods, nodes=None), instance_types=["m5.large"])
    assert status(found) == int(fails)
    assert ("does-not-fit" in [each.id for each in found.diagnostics]) is fails
    assert ("zone-lost" in notes(found)) is warns


def test_one_instance_type_of_several_that_does_not_fit_fails() -> None:
    """A NodePool may start any of them."""
    question = Question(pods=None, nodes=400)
    assert status(the_plan(question=question, instance_types=["m5.large"])) == 0
    assert status(the_plan(question=question, instance_types=["m5.large", "m5.4xlarge"])) == 1


def test_of_pod_subnets_that_exist_it_is_not_known() -> None:
    """Though how many nodes it takes is."""
    found = the_plan(EXISTING, question=Question(pods=100, nodes=None))
    assert status(found) == 2
    assert {each.id for each in found.diagnostics if each.severity == "unknown"} == {"fit-unknown"}
    assert "pod-subnets-exist" in notes(found)
    assert not found.usages


def test_nothing_is_answered_where_nothing_was_asked() -> None:
    """And nothing fails."""
    found = the_plan()
    assert (found.answers, status(found)) == ((), 0)


def test_limits_may_come_from_elsewhere() -> None:
    """As EC2's own answer does."""
    limits = {"m99.large": InstanceType(name="m99.large", interfaces=3, addresses=5)}
    found = the_plan(instance_types=["m99.large"], limits=limits)
    assert {each.node.pods for each in found.fits} == {8}
    assert found.described


def test_node_subnets_are_told_of() -> None:
    """Known in a new VPC, not known where they exist."""
    assert "node-subnets-exist" in notes(the_plan())
    assert "node-subnets-shared" in notes(the_plan({**A_NEW_VPC, **A_NEW_CLUSTER}))


STATIC = {
    "network_interfaces": [
        {"network_card_index": 0, "device_index": 0, "interface_type": "interface"},
        {"network_card_index": 0, "device_index": 1, "interface_type": "interface", "secondary_ipv4_count": 4},
    ]
}
NAMED = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m99.large"]}


@pytest.mark.parametrize(
    ("note", "changes"),
    [
        ("several-pod-subnets", {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}),
        ("static-interfaces", {"node_classes": [{"name": "class", "advanced_networking": STATIC}]}),
        ("managed-node-groups", {"vpc_cni": {}}),
        ("unlisted-instance-types", {"node_pools": [{"name": "pool", "requirements": [NAMED]}]}),
    ],
)
def test_what_is_not_counted_is_told(note: str, changes: Changes) -> None:
    """And only then."""
    assert notes(the_plan(changes))[note] == "note"
    assert note not in notes(the_plan())


def test_more_units_than_the_quota_are_a_warning() -> None:
    """Of a plan that is full, and of what was asked for."""
    large = {"pods.subnet_prefix": 17}
    assert notes(the_plan(large, instance_types=["m5.4xlarge"]))["nau-full"] == "warning"
    assert "nau-full" not in notes(the_plan(instance_types=["m5.large"]))
    found = the_plan(large, instance_types=["m5.4xlarge"], question=Question(pods=None, nodes=570))
    assert notes(found)["nau-asked"] == "warning"


def test_one_zone_alone_is_a_warning() -> None:
    """Nothing is left when it is lost."""
    one = {"pods.zones": ["eu-west-1a"], "egress": []}
    found = the_plan(one, instance_types=["m5.large"], question=Question(pods=10, nodes=None))
    assert notes(found)["zone-lost"] == "warning"
