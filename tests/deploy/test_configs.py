"""Every config is deployed, compared with its plan, deployed again, and deleted without anything left."""

from __future__ import annotations

from pathlib import Path

import pytest

from podspace.planning import read_network_file
from tests.deploy.conftest import Start
from tests.deploy.deployed import data_of, differences, left, snapshot
from tests.deploy.faults import RETAINED
from tests.template import CONFIGS, template_of_file


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_is_deployed_as_planned_and_deleted(path: Path, start: Start) -> None:
    data = data_of(path)
    plan, template = read_network_file(path).plan, dict(template_of_file(path).to_json())
    network = start(data, seed=CONFIGS.index(path))
    before = snapshot(network)
    assert network.deploy(template=template, Tags=[{"Key": "team", "Value": "a"}]) == "CREATE_COMPLETE", (
        network.reasons()
    )
    assert differences(network, plan) == []
    ids = network.ids()
    assert network.deploy(template=template, Tags=[{"Key": "team", "Value": "a"}]) == "", "a deployment without changes"
    assert network.ids() == ids
    assert network.delete() == "DELETE_COMPLETE", network.reasons()
    stays = {entry.type for entry in plan.resources() if entry.retained}
    remains = left(before, snapshot(network))
    assert set(remains) <= RETAINED
    assert bool(remains) == bool(stays), (remains, stays)
