"""Every config is deployed, compared with its plan, deployed again, and deleted without anything left.

`podspace preflight` finds nothing wrong before the deployment and after it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from podspace.planning import read_network_file
from tests.deploy.conftest import Run, Start, of
from tests.deploy.deployed import data_of, differences, left, snapshot
from tests.deploy.faults import RETAINED
from tests.template import CONFIGS, template_of_file

LACKS: Final = {
    "appliances": {"appliances"},
    "core-network": {"onward-routes"},
    "firewall": {"firewall-routes"},
    "many-connections": {"address-quota"},
    "private-nat": {"onward-routes"},
    "shared-vpc-cluster": {"vpc"},
    "twelve-blocks": {"block-quota"},
}
"""What the VPCs of some configs lack on the local AWS: rules, routes and sharing of other teams, and raised quotas."""


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_is_deployed_as_planned_and_deleted(path: Path, start: Start, run: Run) -> None:
    data = data_of(path)
    plan, template = read_network_file(path).plan, dict(template_of_file(path).to_json())
    network = start(data, seed=CONFIGS.index(path))
    network.name = plan.stack_name
    before = snapshot(network)
    assert errors(run(network, "preflight", str(path))) <= LACKS.get(path.stem, set())
    assert network.deploy(template=template, Tags=[{"Key": "team", "Value": "a"}]) == "CREATE_COMPLETE", (
        network.reasons()
    )
    assert differences(network, plan) == []
    ids = network.ids()
    assert network.deploy(template=template, Tags=[{"Key": "team", "Value": "a"}]) == "", "a deployment without changes"
    assert network.ids() == ids
    assert errors(run(network, "preflight", str(path))) <= LACKS.get(path.stem, set())
    assert network.delete() == "DELETE_COMPLETE", network.reasons()
    stays = {entry.type for entry in plan.resources() if entry.retained}
    remains = left(before, snapshot(network))
    assert set(remains) <= RETAINED
    assert bool(remains) == bool(stays), (remains, stays)


def errors(preflight: tuple[int, Any]) -> set[str]:
    """The ids of what a command reports as an error."""
    return {id_ for id_, _ in of(preflight[1], "error")}
