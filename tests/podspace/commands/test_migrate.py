"""`podspace migrate` reads a cluster, or what kubectl printed of one, and shows what is left of a move."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.live.kubernetes import kubectl_get
from podspace.migration import READ
from tests.json_report import the_report
from tests.kubernetes_server import Fault, KubernetesServer, encoded
from tests.mother import a_file
from tests.podspace.cluster_objects import a_pod, printed
from tests.podspace.migration.moving import a_budget, old_cluster, two_pods
from tests.template import REPOSITORY

PAGE = (REPOSITORY / "docs" / "migration.md").read_text()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KubernetesServer]:
    """A cluster with two pods to move."""
    with KubernetesServer({plural: encoded(each) for plural, each in old_cluster().items()}) as server:
        monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig(tmp_path)))
        yield server


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["migrate", *map(str, arguments)], input=stdin)


def dumped(folder: Path, **changes: Any) -> Path:
    return printed(folder, old_cluster(**changes))


def test_pods_to_move_are_shown_with_the_order_and_change_nothing(config: Path, server: KubernetesServer) -> None:
    result = run(config)
    assert result.exit_code == 0, result.output
    assert re.search(r"2 +0 +0 +1 +NodePool general-purpose: 2 Deployment", result.output)
    assert f"kubectl --context=test drain i-old {' '.join(DRAIN_OPTIONS)}" in result.output
    assert "note     pods-to-move: pool: 2 pods to move, 0 of them hindered; 1 moved" in result.output
    assert {path for path, _ in server.asked} == {f"/{kind.path}" for kind in READ}


DRAIN_OPTIONS = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")


def test_a_hindered_pod_makes_the_status_1(config: Path, server: KubernetesServer) -> None:
    server.objects["poddisruptionbudgets"] = encoded([a_budget(allowed=0)])
    result = run(config)
    assert result.exit_code == 1
    assert "error    disruption-budget: PodDisruptionBudget shop/web: allows 0 disruptions" in result.output


def test_a_finished_move_makes_the_status_0(config: Path, server: KubernetesServer) -> None:
    server.objects["pods"] = encoded([a_pod()])
    result = run(config)
    assert result.exit_code == 0
    assert "ok       pods-to-move: pool: no pod is to move; 1 pod is on their nodes" in result.output


def test_a_kind_that_may_not_be_listed_makes_the_status_2(config: Path, server: KubernetesServer) -> None:
    server.forbidden = {"poddisruptionbudgets"}
    result = run(config)
    assert result.exit_code == 2
    assert "unknown  readable: poddisruptionbudgets: 403 Forbidden" in result.output
    assert 'grant it in a ClusterRole: {apiGroups: ["policy"], resources: [poddisruptionbudgets]' in result.output
    assert "pods-to-move" in result.output


def test_a_cluster_that_cannot_be_reached_is_unknown(config: Path, tmp_path: Path) -> None:
    with KubernetesServer({}) as server:
        kubeconfig = server.kubeconfig(tmp_path)
    result = run(config, "--kubeconfig", kubeconfig)
    assert result.exit_code == 2
    assert "must answer: " in result.output
    assert "Traceback" not in result.output


def test_files_are_read_instead_of_a_cluster(config: Path, tmp_path: Path, server: KubernetesServer) -> None:
    for result in (
        run(config, "--from", dumped(tmp_path)),
        run(config, "--from", "-", stdin=dumped(tmp_path).read_text()),
    ):
        assert result.exit_code == 0
        assert "2 pods to move" in result.output
        assert "kubectl drain i-old" in result.output
    assert not server.asked


@pytest.mark.parametrize("text", ["", "NAME READY\nweb 1/1", "{", '{"items": 1}', "kind: List\nitems: {}", "[1, 2]"])
def test_files_that_kubectl_did_not_print_are_unknown(config: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    result = run(config, "--from", path)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "ok       pods-to-move" not in result.output


def test_kinds_that_files_lack_are_named_with_the_command(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "pods.json"
    path.write_text(json.dumps({"kind": "List", "items": two_pods()}))
    result = run(config, "--from", path)
    assert result.exit_code == 2
    assert kubectl_get(READ) in " ".join(result.output.split())


def test_programs_get_counts_hindrances_and_steps(config: Path, server: KubernetesServer) -> None:
    server.objects["poddisruptionbudgets"] = encoded([a_budget(allowed=0)])
    report = the_report(run(config, "--format", "json").output)
    facts = report["facts"]
    assert facts["pods"] == {"to_move": 2, "hindered": 2, "moved": 1, "unscheduled": 0}
    assert [each["name"] for each in facts["from"]] == ["NodePool general-purpose"]
    assert {each["id"] for each in facts["hindrances"]} == {"disruption-budget"}
    assert all(step["what"] and step["done"] for step in facts["steps"])


def test_ci_systems_get_a_failure_for_each_hindrance(config: Path, server: KubernetesServer) -> None:
    server.objects["poddisruptionbudgets"] = encoded([a_budget(allowed=0)])
    server.forbidden = {"persistentvolumes"}
    suite = ElementTree.fromstring(run(config, "--format", "junit").output.encode()).find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("migrate", "1", "1")


def test_it_is_watched_until_no_pod_is_to_move(config: Path, server: KubernetesServer) -> None:
    moved = Fault(body=json.dumps({"items": [a_pod()]}).encode())
    server.fail("nodes", Fault(status=401))
    server.fail("pods", None, None, moved)
    result = run(config, "--watch", "--interval", "0")
    assert result.exit_code == 0
    assert "ok       pods-to-move" in result.output
    assert sum(path == "/api/v1/pods" for path, _ in server.asked) == 3


@pytest.mark.usefixtures("server")
def test_pods_left_after_the_timeout_are_an_error(config: Path) -> None:
    result = run(config, "--watch", "--timeout", "0")
    assert result.exit_code == 1
    assert "error    watch: --timeout: 2 pods are still to move" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["--timeout", "25h"], ["--interval", "soon"], ["--from", "x.json", "--watch"], ["--from", "x", "--context", "y"]],
)
def test_options_that_do_not_fit_are_refused(config: Path, arguments: list[str]) -> None:
    assert run(config, *arguments).exit_code == 2


def test_a_wrong_config_is_reported_before_anything_is_read(tmp_path: Path, server: KubernetesServer) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(a_file({"pods.cidrs": ["10.0.0.0/8"]})))
    assert run(path).exit_code == 1
    assert run(tmp_path / "gone.yaml").exit_code != 0
    assert not server.asked


def test_the_kubeconfig_is_in_the_commands(config: Path, server: KubernetesServer, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    path = server.kubeconfig(folder)
    result = run(config, "--kubeconfig", path)
    assert f"kubectl '--kubeconfig={path}' --context=test drain" in result.output


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_what_the_real_kubectl_prints_is_read(config: Path, server: KubernetesServer, tmp_path: Path) -> None:
    server.objects["poddisruptionbudgets"] = encoded([a_budget(allowed=0)])
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [*kubectl_get(READ).split(), "--kubeconfig", str(server.kubeconfig(tmp_path))]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout
    result = run(config, "--from", "-", stdin=printed)
    assert result.exit_code == 1
    assert "PodDisruptionBudget shop/web" in result.output


def test_the_role_on_its_page_allows_to_list_each_kind_and_nothing_else() -> None:
    (shown,) = re.findall(r"^```yaml\n(apiVersion: rbac.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    role = yaml.safe_load(shown)
    allowed = {(group, plural) for rule in role["rules"] for group in rule["apiGroups"] for plural in rule["resources"]}
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list"}
    assert allowed == {(kind.group, kind.plural) for kind in READ}


def test_the_command_on_its_page_is_the_one_that_messages_name() -> None:
    assert kubectl_get(READ) in PAGE
