"""A failed creation, update or deletion at any resource leaves what was there before, and the next one succeeds."""

from __future__ import annotations

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import data_of
from tests.deploy.faults import creations, deletions, grown, updates
from tests.template import REPOSITORY

NAMES = ["new-vpc", "article"]


def config(name: str) -> dict[str, object]:
    return data_of(REPOSITORY / "config" / f"{name}.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_creation_leaves_nothing(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(creations(network, network.data))
    assert {each.status for each in tried} == {"ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []
    assert network.deploy() == "CREATE_COMPLETE", network.reasons()


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_update_leaves_the_network_as_it_was(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(updates(network, network.data, grown(network.data)))
    assert {each.status for each in tried} == {"UPDATE_ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_deletion_is_repeated(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(deletions(network, network.data))
    assert {each.status for each in tried} == {"DELETE_FAILED"}
    assert [each for each in tried if each.wrong] == []
