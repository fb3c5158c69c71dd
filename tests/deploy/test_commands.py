"""`podspace` on the local AWS: init before a deployment, and teardown after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from podspace.planning import read_network_file
from tests.deploy.conftest import Run, Start, of
from tests.deploy.deployed import data_of, differences, plan_for
from tests.template import REPOSITORY, template_of_file

ARTICLE = REPOSITORY / "config" / "article.yaml"


def test_init_writes_a_config_that_is_deployed(start: Start, run: Run, tmp_path: Path) -> None:
    network = start(data_of(ARTICLE))
    file = tmp_path / "prod.yaml"
    status, _ = run(network, "init", "--cluster", "my-cluster", "--to", str(file))
    assert status == 0
    data = data_of(file)
    network.name = f"podspace-{data['name']}"
    assert network.deploy(data) == "CREATE_COMPLETE", network.reasons()
    assert differences(network, plan_for(data)) == []
    assert network.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize("name", ["article", "new-vpc"])
def test_teardown_lists_what_stays(name: str, start: Start, run: Run) -> None:
    path = REPOSITORY / "config" / f"{name}.yaml"
    network = start(data_of(path))
    network.name = read_network_file(path).plan.stack_name
    network.deploy(template=dict(template_of_file(path).to_json()))
    kept = {each.physical_id for each in network.stack.resources.values() if each.deletion_policy.startswith("Retain")}
    status, report = run(network, "teardown", str(path))
    assert (status, of(report, "error")) == (0, [])
    listed = str([each for each in report["diagnostics"] if each["id"] == "retained"])
    assert [id_ for id_ in kept if id_ not in listed and "ManifestsKubectl" not in id_] == []
