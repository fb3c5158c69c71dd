"""`podspace` on the local AWS: init before a deployment, preflight before and after it, teardown after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from podspace.cli import app
from podspace.planning import read_network_file
from tests.deploy.conftest import Start
from tests.deploy.deployed import Network, data_of, differences, plan_for
from tests.json_report import the_report
from tests.template import CONFIGS, REPOSITORY, template_of_file

ARTICLE = REPOSITORY / "config" / "article.yaml"


LACKS = {
    "appliances": {"appliances"},
    "core-network": {"onward-routes"},
    "firewall": {"firewall-routes"},
    "many-connections": {"address-quota"},
    "private-nat": {"onward-routes"},
    "shared-vpc-cluster": {"vpc"},
    "twelve-blocks": {"block-quota"},
}
"""What the VPCs of some configs lack on the local AWS: rules, routes and sharing of other teams, and raised quotas."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command with a local AWS in place of AWS, and return its exit status and report."""

    def ran(network: Network, *arguments: str) -> tuple[int, Any]:
        for name, value in network.local.environment(account=network.aws.account, region=network.aws.region).items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, [*arguments, "--format", "json"], catch_exceptions=False)
        return done.exit_code, the_report(done.stdout)

    return ran


def of(report: Any, severity: str) -> list[tuple[str, str]]:
    return [(each["id"], each["subject"]) for each in report["diagnostics"] if each["severity"] == severity]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_preflight_finds_no_error_before_and_after_the_deployment(path: Path, start: Start, run: Any) -> None:
    network = start(data_of(path))
    network.name = read_network_file(path).plan.stack_name
    _, before = run(network, "preflight", str(path))
    assert {id_ for id_, _ in of(before, "error")} <= LACKS.get(path.stem, set())
    assert network.deploy(template=dict(template_of_file(path).to_json())) == "CREATE_COMPLETE", network.reasons()
    _, after = run(network, "preflight", str(path))
    assert {id_ for id_, _ in of(after, "error")} <= LACKS.get(path.stem, set())


def test_init_writes_a_config_that_is_deployed(start: Start, run: Any, tmp_path: Path) -> None:
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
def test_teardown_lists_what_stays(name: str, start: Start, run: Any) -> None:
    path = REPOSITORY / "config" / f"{name}.yaml"
    network = start(data_of(path))
    network.name = read_network_file(path).plan.stack_name
    network.deploy(template=dict(template_of_file(path).to_json()))
    kept = {each.physical_id for each in network.stack.resources.values() if each.deletion_policy.startswith("Retain")}
    status, report = run(network, "teardown", str(path))
    assert (status, of(report, "error")) == (0, [])
    listed = str([each for each in report["diagnostics"] if each["id"] == "retained"])
    assert [id_ for id_ in kept if id_ not in listed and "ManifestsKubectl" not in id_] == []
