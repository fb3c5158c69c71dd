"""`podspace verify` reads a cluster, or what kubectl printed of one, and says how it stands."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.live.kubernetes import kubectl_get
from podspace.verification import READ
from tests.json_report import the_report
from tests.kubernetes_server import Fault, KubernetesServer, encoded
from tests.mother import a_file
from tests.podspace.cluster_objects import a_node, a_node_class, a_node_pool, a_pod, an_event, cluster_objects, printed
from tests.template import REPOSITORY

PAGE = (REPOSITORY / "docs" / "verify.md").read_text()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KubernetesServer]:
    """A cluster in order, that KUBECONFIG leads to."""
    with KubernetesServer({plural: encoded(each) for plural, each in cluster_objects().items()}) as server:
        monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig(tmp_path)))
        yield server


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    """The command, without the AWS account, which `test_live_commands` is about."""
    return CliRunner().invoke(app, ["verify", *map(str, arguments), "--no-account"], input=stdin)


def dumped(folder: Path, **changes: Any) -> Path:
    return printed(folder, cluster_objects(**changes))


def test_a_correct_cluster_is_reported_in_a_few_lines(config: Path, server: KubernetesServer) -> None:
    """And the status is 0."""
    result = run(config)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "cluster: context test",
        "ok       node-class-ready: class: is ready",
        "ok       node-pool-ready: pool: is ready",
        "ok       node-addresses: pool: 2 nodes have their addresses in 10.0.0.0/20, and none in a pod subnet",
        "ok       pod-addresses: pool: 2 pods have addresses of a pod subnet of the node's zone",
        "4 ok, 0 errors, 0 warnings",
    ]
    assert server.asked


def test_what_is_wrong_makes_the_status_1(config: Path, server: KubernetesServer) -> None:
    """And is told with what to do."""
    server.objects["pods"] = encoded([a_pod(), a_pod("x", address="10.0.0.77")])
    result = run(config)
    assert result.exit_code == 1
    assert "error    pod-addresses: pool: 1 pod has an address of no pod subnet: shop/x 10.0.0.77" in result.output


def test_what_cannot_be_read_makes_the_status_2(config: Path, server: KubernetesServer) -> None:
    """The rest is told."""
    server.forbidden = {"events"}
    result = run(config)
    assert result.exit_code == 2
    assert "unknown  readable: events: 403 Forbidden" in result.output
    assert "ok       pod-addresses" in result.output


def test_an_answer_that_breaks_off_leaves_the_rest(
    config: Path, server: KubernetesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is asked for."""
    monkeypatch.setattr("podspace.live.kubernetes.cluster_api.time.sleep", lambda _: None)
    server.fail("nodepools", *[Fault(cut=10)] * 4)
    result = run(config)
    assert result.exit_code == 2
    assert "must send a complete answer" in result.output
    assert "ok       node-class-ready" in result.output


def test_a_cluster_that_cannot_be_reached_is_reported_in_a_message(config: Path, tmp_path: Path) -> None:
    """With the status 2."""
    with KubernetesServer({}) as server:
        kubeconfig = server.kubeconfig(tmp_path)
    result = run(config, "--kubeconfig", kubeconfig)
    assert result.exit_code == 2
    assert "must answer: " in result.output
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("server")
def test_the_context_may_be_chosen(config: Path) -> None:
    """Of those there are."""
    assert run(config, "--context", "test").exit_code == 0
    result = run(config, "--context", "other")
    assert (result.exit_code, result.output.splitlines()[0]) == (
        2,
        "unknown  unreadable: --context: other: must be one of the contexts: test",
    )


def test_files_replace_the_cluster(config: Path, tmp_path: Path, server: KubernetesServer) -> None:
    """Which is not called then."""
    assert run(config, "--from", dumped(tmp_path)).exit_code == 0
    assert run(config, "--from", "-", stdin=dumped(tmp_path).read_text()).exit_code == 0
    assert not server.asked


def test_files_that_are_not_there_are_reported(config: Path, tmp_path: Path) -> None:
    """With the status 2."""
    result = run(config, "--from", tmp_path / "gone.json")
    assert result.exit_code == 2
    assert result.output.startswith(f"unknown  unreadable: {tmp_path / 'gone.json'}: ")


def two_networks(folder: Path) -> tuple[Path, Path]:
    """Two config files of one cluster."""
    team = {
        "name": "team",
        "pods.cidrs": ["100.80.0.0/16"],
        "node_classes": [{"name": "team-class"}],
        "node_pools.0.name": "team-pool",
    }
    folder.mkdir()
    files = (folder / "net.yaml", folder / "team.yaml")
    for path, changes in zip(files, ({}, team), strict=True):
        path.write_text(yaml.safe_dump(a_file(changes)))
    return files


def test_the_networks_of_a_cluster_are_verified_together(tmp_path: Path) -> None:
    """By a folder or by several files; the pods of each are its own."""
    files = two_networks(tmp_path / "config")
    objects = dumped(
        tmp_path,
        nodes=[a_node(), a_node("i-t", addresses=["10.0.0.20"], labels={"karpenter.sh/nodepool": "team-pool"})],
        pods=[a_pod(), a_pod("t", node="i-t", address="100.80.0.20")],
        nodeclasses=[a_node_class(), a_node_class("team-class")],
        nodepools=[a_node_pool(), a_node_pool("team-pool", node_class="team-class")],
    )
    for given in ([tmp_path / "config"], files, [tmp_path / "config", files[0]]):
        result = run(*given, "--from", objects, "--format", "json")
        report = the_report(result.output)
        assert result.exit_code == 0
        assert {each["severity"] for each in report["diagnostics"]} == {"ok"}
        assert [each["file"] for each in report["facts"]["networks"]] == list(map(str, files))
    for suite in ElementTree.fromstring(run(*files, "--from", objects, "--format", "junit").output.encode()):
        names = [case.get("name") for case in suite]
        assert len(set(names)) == len(names)
    alone = the_report(run(files[0], "--from", objects, "--format", "json").output)
    assert [each["id"] for each in alone["diagnostics"] if each["severity"] != "ok"] == ["pods-elsewhere"]


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_what_the_real_kubectl_prints_is_read(
    config: Path, server: KubernetesServer, tmp_path: Path, form: str
) -> None:
    """By the command that the messages name, in pages of the server."""
    server.objects["pods"] = encoded(a_pod(f"web-{number:04}") for number in range(600 if form == "json" else 20))
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [*kubectl_get(READ).split()[:-1], form, "--kubeconfig", str(server.kubeconfig(tmp_path))]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=30).stdout
    result = run(config, "--from", "-", stdin=printed)
    assert result.exit_code == 0
    assert f"{600 if form == 'json' else 20} pods have addresses of a pod subnet" in result.output


@pytest.mark.usefixtures("server")
def test_programs_get_everything(config: Path) -> None:
    """The verdicts, and what was counted."""
    report = the_report(run(config, "--format", "json").output)
    facts = report["facts"]
    assert (facts["network"], facts["cluster"]) == ("net", "context test")
    assert facts["pods"]["right"]["count"] == 2
    assert {diagnostic["id"] for diagnostic in report["diagnostics"]} >= {"pod-addresses", "node-addresses"}


def test_ci_systems_get_tests(config: Path, server: KubernetesServer) -> None:
    """A failure for each error, an error for what could not be read."""
    server.objects["nodeclasses"] = []
    server.forbidden = {"events"}
    suite = ElementTree.fromstring(run(config, "--format", "junit").output.encode()).find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("verify", "1", "1")


NO_PODS = Fault(body=b'{"items": []}')


def test_it_is_watched_until_it_is_so(config: Path, server: KubernetesServer) -> None:
    """What could not be read in between does not matter."""
    server.fail("nodes", Fault(status=401))
    server.fail("pods", NO_PODS, NO_PODS)
    result = run(config, "--watch", "--interval", "0")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "4 ok, 0 errors, 0 warnings"
    assert result.output.count("pod-addresses") == 1
    assert sum(path == "/api/v1/pods" for path, _ in server.asked) == 3


def test_watching_ends_though_very_many_pods_wait(config: Path, server: KubernetesServer) -> None:
    """An old event of a pod that is gone is a warning, however many pods wait."""
    waiting = (a_pod(f"p{number}", node="", address=None) for number in range(10_001))
    server.objects["pods"] = encoded([a_pod(), *waiting])
    server.objects["events"] = encoded([an_event("failed to assign an IP address to container", name="gone")])
    result = run(config, "--watch", "--timeout", "0")
    assert result.exit_code == 0
    assert "warning  no-pod-address: " in result.output


def test_what_is_not_so_in_time_is_an_error(config: Path, server: KubernetesServer) -> None:
    """Though nothing else may be wrong."""
    server.objects["pods"] = []
    result = run(config, "--watch", "--timeout", "0")
    assert result.exit_code == 1
    assert "error    watch: --timeout: " in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--timeout", "25h"], "must be at most 24h"),
        pytest.param(["--timeout", "9" * 400], "must be at most 24h", id="400 digits"),
        pytest.param(["--timeout", "9" * 5_000 + "h"], "must be at most 24h", id="5,000 digits"),
        (["--interval", f"{10**8}h{10**8}m"], "must be at most 24h"),
        (["--timeout", "soon"], "must be seconds, or a duration"),
        (["--interval", "1d"], "must be seconds, or a duration"),
        (["--from", "x.json", "--watch"], "must not be given with --from"),
        (["--from", "x.json", "--context", "y"], "must not be given with --from"),
        (["--format", "xml"], "xml"),
    ],
)
def test_options_that_do_not_fit_are_refused(config: Path, arguments: list[str], says: str) -> None:
    """Before anything is read."""
    result = run(config, *arguments)
    assert result.exit_code == 2
    assert says in re.sub(r"[\s│]+", " ", result.output)


def test_a_config_that_is_wrong_is_reported_before_anything_is_read(tmp_path: Path, server: KubernetesServer) -> None:
    """As everywhere; the files of a folder are of one cluster."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "net.yaml").write_text(yaml.safe_dump(a_file({"pods.cidrs": ["10.0.0.0/8"]})))
    assert run(tmp_path / "bad" / "net.yaml").exit_code == 1
    (tmp_path / "two").mkdir()
    for name in ("one", "two"):
        changes = {"name": name, "cluster.name": name, "vpc.id": f"vpc-{name == 'one':08}"}
        (tmp_path / "two" / f"{name}.yaml").write_text(yaml.safe_dump(a_file(changes)))
    result = run(tmp_path / "two")
    assert result.exit_code == 1
    assert result.output.count("several-clusters") == 2
    assert not server.asked


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes that a shell starts in the background ignore the interrupt, and theirs do too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_it_ends_without_a_traceback(config: Path, server: KubernetesServer) -> None:
    """With the status 130."""
    server.objects["pods"] = []
    command = [sys.executable, "-m", "podspace", "verify", str(config), "--no-account", "--watch"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for _ in range(2_000):
            if any(path == "/api/v1/events" for path, _ in server.asked):
                break
            time.sleep(0.02)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (output, errors.strip()) == ("", "")


def test_on_a_terminal_a_line_says_how_it_stands(config: Path, server: KubernetesServer) -> None:
    """And goes again; colours are those of the outcomes."""
    server.fail("pods", NO_PODS)
    terminal, other_end = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "podspace",
        "verify",
        str(config),
        "--no-account",
        "--watch",
        "--timeout",
        "1h",
        "--interval",
        "1",
    ]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=other_end, stderr=other_end) as process:
        os.close(other_end)
        shown = b""
        with contextlib.suppress(OSError):  # it ends where the terminal does
            while read := os.read(terminal, 2**16):
                shown += read
    os.close(terminal)
    text = shown.decode()
    assert re.search(r"reading the cluster: not proven yet; 3,\d+ seconds left", text)
    assert "\x1b[32mok     \x1b[0m  pod-addresses" in text
    assert process.returncode == 0


def blocks(language: str) -> list[str]:
    """What its page shows in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_role_on_its_page_allows_just_what_is_asked(config: Path, server: KubernetesServer) -> None:
    """To list each kind, and nothing else."""
    run(config)
    (role,) = map(yaml.safe_load, blocks("yaml"))
    allowed = {(group, plural) for rule in role["rules"] for group in rule["apiGroups"] for plural in rule["resources"]}
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list"}
    assert allowed == {(kind.group, kind.plural) for kind in READ}
    assert {path for path, _ in server.asked} == {f"/{kind.path}" for kind in READ}


def test_the_command_on_its_page_is_the_one_that_messages_name() -> None:
    """For all kinds."""
    assert kubectl_get(READ) in PAGE


def in_use() -> dict[str, Any]:
    """The article's network in use: one pod of a built-in pool, and one that gets no address."""
    zones = {"i-0b01": "eu-west-1b", "i-0c01": "eu-west-1c", "i-0b02": "eu-west-1b"}
    pools = {"i-0b01": "workers-split-ip", "i-0c01": "workers-split-ip", "i-0b02": "general-purpose"}
    nodes = [
        a_node(name, zone=zone, addresses=[f"10.196.24.{number}"], labels={"karpenter.sh/nodepool": pools[name]})
        for number, (name, zone) in enumerate(zones.items(), 10)
    ]
    message = 'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container'
    return cluster_objects(
        nodes=nodes,
        pods=[
            *(a_pod(f"web-{number}", node="i-0b01", address=f"100.64.0.{number}") for number in range(20, 32)),
            a_pod("web-40", node="i-0c01", address=None),
            a_pod("coredns-1", node="i-0b02", address="10.196.24.99", namespace="kube-system"),
            a_pod("proxy-1", node="i-0b01", address="10.196.24.10", spec={"hostNetwork": True}),
        ],
        nodeclasses=[a_node_class("split-ip-space")],
        nodepools=[a_node_pool("workers-split-ip", node_class="split-ip-space")],
        events=[an_event(message, name="web-40", reason="FailedCreatePodSandBox", count=17)],
    )


def test_the_output_on_its_page_is_what_is_printed(tmp_path: Path) -> None:
    """Of the article's network."""
    (shown,) = blocks("text")
    result = run(REPOSITORY / "config" / "article.yaml", "--from", dumped(tmp_path, **in_use()))
    read, _, printed = result.output.partition("\n")
    assert read.startswith("cluster: ")
    assert printed.strip() == shown.strip().partition("\n")[2]
    assert result.exit_code == 1
