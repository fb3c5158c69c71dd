"""A failed creation, update or deletion at any resource leaves what was there before, and the next one succeeds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import data_of
from tests.deploy.faults import Tried, creations, deletions, grown, updates
from tests.template import REPOSITORY
from tools import faults

NAMES = sorted(faults.NETWORKS)


def config(name: str) -> dict[str, object]:
    return data_of(REPOSITORY / "config" / f"{name}.yaml")


def recorded(name: str, tried: Iterable[Tried]) -> bool:
    """Whether `docs/faults.md` has these failures."""
    found = faults.rows(tried)
    actions = {each.action for each in tried}
    record = {
        type_: {action: numbers[action] for action in actions} for type_, numbers in faults.recorded(name).items()
    }
    return {type_: {action: numbers[action] for action in actions} for type_, numbers in found.items()} == {
        type_: numbers for type_, numbers in record.items() if any(numbers.values())
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_creation_leaves_nothing(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(creations(network, network.data))
    assert {each.status for each in tried} == {"ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []
    assert recorded(name, tried)
    assert network.deploy() == "CREATE_COMPLETE", network.reasons()


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_update_leaves_the_network_as_it_was(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(updates(network, network.data, grown(network.data)))
    assert {each.status for each in tried} == {"UPDATE_ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []
    assert recorded(name, tried)


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_deletion_is_repeated(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(deletions(network, network.data))
    assert {each.status for each in tried} == {"DELETE_FAILED"}
    assert [each for each in tried if each.wrong] == []
    assert recorded(name, tried)
