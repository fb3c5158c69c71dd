"""`podspace smoke` writes a manifest, and `podspace verify --smoke` compares the results with the config."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.smoke.probe import namespace_of
from podspace.smoke.verdicts import CHECKS
from tests.canned_account import NODES, PUBLIC, a_nat_gateway, a_sound_account, a_subnet
from tests.json_report import the_report
from tests.kubernetes_server import KubernetesServer, encoded
from tests.mother import Changes, a_file, a_plan
from tests.podspace.cluster_objects import a_node_class, a_node_pool, cluster_objects, printed
from tests.podspace.smoke.smoke_objects import probe_pods
from tests.template import REPOSITORY


def a_config_file(path: Path, changes: Changes | None = None) -> Path:
    path.write_text(yaml.safe_dump(a_file(changes)))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def pods_file(folder: Path, pods: Sequence[Any]) -> Path:
    """What `kubectl get` prints of a cluster with probe pods."""
    objects = cluster_objects(nodeclasses=[a_node_class()], nodepools=[a_node_pool()])
    objects["pods"] = [*objects["pods"], *pods]
    return printed(folder, objects)


def verified(config: Path, pods: Path, *arguments: str) -> Result:
    return run("verify", config, "--from", pods, "--smoke", *arguments)


def ids(result: Result) -> set[tuple[str, str]]:
    return {
        (each["id"], each["severity"])
        for each in the_report(result.stdout)["diagnostics"]
        if each["id"].startswith("smoke")
    }


def test_the_manifest_is_printed_for_kubectl(config: Path) -> None:
    result = run("smoke", config, "--to", "db.example.com:5432")
    assert result.exit_code == 0
    documents = [each for each in yaml.safe_load_all(result.stdout) if each]
    assert [each["kind"] for each in documents] == ["Namespace", "ConfigMap", "Service", "NetworkPolicy", "Job", "Job"]
    assert "db.example.com:5432" in result.stdout


def test_the_manifest_is_written_to_a_file_and_replaced_by_the_next(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "smoke.yaml"
    assert run("smoke", config, "--output", path).exit_code == 0
    first = path.read_text()
    result = run("smoke", config, "--output", path, "--format", "json")
    assert the_report(result.stdout)["facts"] == {"files": [str(path)]}
    assert path.read_text() == first == run("smoke", config).stdout


def test_the_manifest_passes_the_linter(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "smoke.yaml"
    run("smoke", config, "--output", path)
    assert run("lint", path, "--allow-empty").exit_code == 0


def test_a_file_of_others_is_left_alone(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "smoke.yaml"
    path.write_text("apiVersion: v1\n")
    result = run("smoke", config, "--output", path)
    assert (result.exit_code, path.read_text()) == (1, "apiVersion: v1\n")
    assert "file-of-others" in result.output


def test_a_device_or_pipe_is_not_replaced_by_the_manifest(config: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = run("smoke", config, "--output", pipe, "--format", "json")
    (found,) = the_report(result.stdout)["diagnostics"]
    assert (result.exit_code, found["id"], found["location"]["file"]) == (1, "special-file", str(pipe))
    assert pipe.is_fifo()


@pytest.mark.parametrize("target", ["folder", "file/x.yaml"])
def test_what_cannot_be_written_is_reported(config: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    result = run("smoke", config, "--output", tmp_path / target, "--format", "json")
    assert result.exit_code == 1
    (found,) = the_report(result.stdout)["diagnostics"]
    assert (found["id"], found["location"]["file"]) == ("system-error", str(tmp_path / target.partition("/")[0]))
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--to", "db"],
        ["--to", "db:0"],
        ["--to", "[x]:1"],
        ["--image", "a b"],
        ["--echo", "ftp://x"],
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(config: Path, tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "smoke.yaml"
    result = run("smoke", config, "--output", path, *arguments, "--format", "json")
    assert result.exit_code == 1
    (found,) = the_report(result.stdout)["diagnostics"]
    assert (found["id"], found["location"]["path"]) == ("smoke-option", arguments[0])
    assert not path.exists()


def test_a_node_pool_that_the_config_does_not_have_is_refused(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "smoke.yaml"
    result = run("smoke", config, "--output", path, "--node-pool", "gpu", "--format", "json")
    assert result.exit_code == 1
    (found,) = the_report(result.stdout)["diagnostics"]
    assert (found["id"], found["location"]["path"]) == ("node-pool-unknown", "--node-pool")
    assert not path.exists()


@pytest.mark.parametrize("wait", ["x", "25h", "-1", "1.5m"])
def test_a_wrong_time_is_a_usage_error(config: Path, wait: str) -> None:
    assert run("smoke", config, "--wait", wait).exit_code == 2


def test_json_needs_a_file(config: Path) -> None:
    assert run("smoke", config, "--format", "json").exit_code == 2


def test_the_config_of_a_network_account_has_no_probes() -> None:
    result = run("smoke", REPOSITORY / "config" / "shared-vpc-network.yaml")
    assert result.exit_code == 1
    assert "network-account-config" in result.output


def test_a_config_without_node_pools_has_no_probes(tmp_path: Path) -> None:
    result = run("smoke", a_config_file(tmp_path / "net.yaml", {"node_pools": []}))
    assert result.exit_code == 1
    assert "smoke-without-node-pool" in result.output


def test_configs_of_several_clusters_are_refused(config: Path, tmp_path: Path) -> None:
    other = a_config_file(
        tmp_path / "other.yaml", {"cluster.name": "other", "name": "other", "vpc.id": "vpc-0123456789abcdef1"}
    )
    result = run("smoke", config, other)
    assert result.exit_code == 1
    assert "several-clusters" in result.output


def test_results_that_are_right_are_ok(config: Path, tmp_path: Path) -> None:
    pods = pods_file(tmp_path, probe_pods(a_plan()))
    result = verified(config, pods, "--public-address", "203.0.113.0/28", "--format", "json")
    assert result.exit_code == 0, result.output
    report = the_report(result.stdout)
    assert {severity for _, severity in ids(result)} == {"ok"}
    assert [(each["pool"], each["zone"], each["complete"]) for each in report["facts"]["smoke"]] == [
        ("pool", "eu-west-1a", True),
        ("pool", "eu-west-1b", True),
    ]


def test_results_that_are_wrong_are_errors(config: Path, tmp_path: Path) -> None:
    pods = pods_file(tmp_path, probe_pods(a_plan(), {("api-server", ""): ("timeout", "")}))
    result = verified(config, pods, "--public-address", "203.0.113.77", "--format", "json")
    assert result.exit_code == 1
    assert {each for each in ids(result) if each[1] != "ok"} == {
        ("smoke-api-server", "error"),
        ("smoke-source-address", "error"),
    }


def test_without_an_account_the_address_is_unknown(config: Path, tmp_path: Path) -> None:
    result = verified(config, pods_file(tmp_path, probe_pods(a_plan())), "--format", "json")
    assert result.exit_code == 2
    assert {each for each in ids(result) if each[1] != "ok"} == {("smoke-source-address", "unknown")}


@pytest.mark.parametrize(("address", "severity"), [("203.0.113.7", "ok"), ("203.0.113.9", "error")])
def test_with_an_account_the_address_is_compared_with_that_of_the_nat_gateway(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, severity: str
) -> None:
    pod_subnets = [
        a_subnet(f"subnet-0000001{zone}", zone, cidr, free=16_000, tags=dict(a_plan().pods.selector))
        for zone, cidr in (("a", "100.64.0.0/18"), ("b", "100.64.64.0/18"))
    ]
    gateways = [
        {
            **a_nat_gateway(f"nat-0000000{zone}", f"subnet-000000{zone}{zone}"),
            "NatGatewayAddresses": [{"PublicIp": address}],
        }
        for zone in "ab"
    ]
    account = a_sound_account({"DescribeNatGateways": gateways, "DescribeSubnets": [*NODES, *PUBLIC, *pod_subnets]})
    monkeypatch.setattr("podspace.live.aws.account.Account", lambda **_: account)
    result = verified(config, pods_file(tmp_path, probe_pods(a_plan())), "--account", "--format", "json")
    assert result.exit_code == (1 if severity == "error" else 0), result.output
    assert {severity} == {each for id, each in ids(result) if id == "smoke-source-address"}


def test_results_are_only_read_if_they_are_requested(config: Path, tmp_path: Path) -> None:
    pods = pods_file(tmp_path, probe_pods(a_plan(), {("api-server", ""): ("timeout", "")}))
    result = run("verify", config, "--from", pods, "--format", "json")
    assert (result.exit_code, ids(result), the_report(result.stdout)["facts"]["smoke"]) == (0, set(), [])


@pytest.mark.parametrize("address", ["x", "203.0.113.7/24", "203.0.113.0/33", ""])
def test_a_public_address_that_is_none_is_refused(config: Path, tmp_path: Path, address: str) -> None:
    result = verified(config, pods_file(tmp_path, []), "--public-address", address)
    assert result.exit_code == 1
    assert "smoke-option" in result.output


def test_public_addresses_need_results(config: Path, tmp_path: Path) -> None:
    assert run("verify", config, "--from", pods_file(tmp_path, []), "--public-address", "203.0.113.7").exit_code == 2


def test_the_report_on_its_page_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (REPOSITORY / "docs" / "smoke.md").read_text()
    monkeypatch.chdir(REPOSITORY)
    command = next(line for line in page.splitlines() if "examples/smoke/cluster.json --smoke" in line)
    (shown,) = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert run(*shlex.split(command)[1:]).stdout == shown


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_is_on_the_page(check: str) -> None:
    assert f"| `smoke-{check}` |" in (REPOSITORY / "docs" / "smoke.md").read_text()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KubernetesServer]:
    """A cluster with probe pods, to which KUBECONFIG refers."""
    objects = cluster_objects()
    objects["pods"] = [*objects["pods"], *probe_pods(a_plan())]
    with KubernetesServer({plural: encoded(each) for plural, each in objects.items()}) as server:
        monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig(tmp_path)))
        yield server


def test_permission_to_read_pods_is_enough(config: Path, server: KubernetesServer) -> None:
    server.forbidden = {"nodes", "events", "nodeclasses", "nodepools", "nodeclaims"}
    result = run("verify", config, "--smoke", "--no-account", "--public-address", "203.0.113.7", "--format", "json")
    assert result.exit_code == 2  # the other kinds are unknown
    assert {severity for _, severity in ids(result)} == {"ok"}


def test_results_of_a_live_cluster_are_waited_for(config: Path, server: KubernetesServer) -> None:
    arguments = ["--no-account", "--public-address", "203.0.113.7", "--watch", "--interval", "1s"]
    assert run("verify", config, "--smoke", *arguments, "--timeout", "30s").exit_code == 0
    server.objects["pods"] = encoded(probe_pods(a_plan(), {("api-server", ""): ("timeout", "")}))
    result = run(
        "verify", config, "--smoke", *arguments, "--timeout", "60s"
    )  # nothing changes any more: not waited for
    assert result.exit_code == 1
    assert "watch: " not in result.output
    server.objects["pods"] = encoded(list(cluster_objects()["pods"]))
    result = run("verify", config, "--smoke", *arguments, "--timeout", "1s")
    assert result.exit_code == 1
    assert "smoke: " + namespace_of(a_plan()) in result.output
