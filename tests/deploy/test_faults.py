"""A failed creation, update or deletion at any resource leaves what was there before, and the next one succeeds."""

from __future__ import annotations

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import data_of
from tests.deploy.faults import creations, deletions, grown, updates
from tests.template import REPOSITORY
from tools import faults
from tools.local_aws.cloudformation.engine import Action

NAMES = sorted(faults.NETWORKS)


def config(name: str) -> dict[str, object]:
    return data_of(REPOSITORY / "config" / f"{name}.yaml")


def recorded(name: str, action: Action) -> dict[tuple[str, str], int]:
    """The failures of an action that `docs/faults.md` has."""
    return {key: number for key, number in faults.recorded(name).items() if key[1] == action}


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_creation_leaves_nothing(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(creations(network, network.data))
    assert {each.status for each in tried} == {"ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []
    assert faults.counted(tried) == recorded(name, "create")
    assert network.deploy() == "CREATE_COMPLETE", network.reasons()


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_update_leaves_the_network_as_it_was(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(updates(network, network.data, grown(network.data)))
    assert {each.status for each in tried} == {"UPDATE_ROLLBACK_COMPLETE"}
    assert [each for each in tried if each.wrong] == []
    assert faults.counted(tried) == recorded(name, "update")


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_deletion_is_repeated(name: str, start: Start) -> None:
    network = start(config(name))
    tried = list(deletions(network, network.data))
    assert {each.status for each in tried} == {"DELETE_FAILED"}
    assert [each for each in tried if each.wrong] == []
    assert faults.counted(tried) == recorded(name, "delete")
