"""examples/monitoring: the CronJob is run as its shell runs it, its permissions are those of verify, its rules fit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from podspace.live.aws.call import CALLS
from podspace.planning import read_network_file
from podspace.planning.addresses.plan import VPC_PATH
from podspace.planning.inventory import logical_id
from podspace.verification import READ
from podspace.verification.days_left import SOON
from podspace.verification.pod_census import PodState
from tests.integration.live import initialised, run
from tests.kubernetes_server import KubernetesServer, encoded
from tests.podspace.cluster_objects import cluster_objects
from tests.prometheus_text import series_of, value, values
from tests.template import REPOSITORY
from tests.vpc_shapes import a_shape, deploy, run_nodes
from tools.contract import contract

if TYPE_CHECKING:
    from tests.aws_server import AwsServer

EXAMPLE: Final = REPOSITORY / "examples" / "monitoring"
MANIFESTS: Final[Mapping[str, Any]] = {
    each["kind"]: each for each in yaml.safe_load_all((EXAMPLE / "podspace.yaml").read_text())
}
POD: Final = MANIFESTS["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
RULES: Final = yaml.safe_load((EXAMPLE / "rules.yaml").read_text())["groups"]
EVERY_RULE: Final = [rule for group in RULES for rule in group["rules"]]
ALERTS: Final = [rule for rule in EVERY_RULE if "alert" in rule]


@dataclass
class Gateway:
    """A Pushgateway: what was pushed, and the status that it answers with."""

    url: str
    pushed: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.pushed.append((self.path, body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Gateway(f"http://127.0.0.1:{server.server_port}/metrics/job/podspace")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The variables of a process that find a cluster in order."""
    with KubernetesServer({plural: encoded(each) for plural, each in cluster_objects().items()}) as server:
        yield {"KUBECONFIG": str(server.kubeconfig(tmp_path))}


def as_a_volume(file: Path, folder: Path) -> Path:
    """A folder with a file as the kubelet mounts a ConfigMap: links to a hidden folder."""
    hidden = folder / "..2026_11_29_10_00_00.1"
    hidden.mkdir(parents=True)
    (hidden / file.name).write_text(file.read_text())
    (folder / "..data").symlink_to(hidden.name)
    (folder / file.name).symlink_to(f"..data/{file.name}")
    return folder


def started(variables: Mapping[str, str], *, path: str = "") -> subprocess.CompletedProcess[str]:
    """The container of the CronJob, by its command, its arguments and its variables, with some of them changed."""
    (container,) = POD["containers"]
    own = {each["name"]: each["value"] for each in container["env"]}
    bin_ = str(Path(sys.executable).parent)
    environment = {**own, "PATH": f"{path or bin_}:{os.environ['PATH']}", **variables}
    command = [*container["command"], *container["args"]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_the_cron_job_pushes_what_verify_prints(
    aws: AwsServer, gateway: Gateway, cluster: Mapping[str, str], tmp_path: Path
) -> None:
    """Of a config in a ConfigMap, also if verify finds an error: the pods of the cluster are of another network."""
    shape = a_shape(aws)
    file = initialised()
    run_nodes(aws, file, shape, deploy(aws, file))
    config = as_a_volume(Path("prod.yaml"), tmp_path / "volume")
    variables = {**aws.environment, **cluster, "CONFIG": str(config), "PUSHGATEWAY_URL": gateway.url}
    done = started(variables)
    assert done.returncode == 0, done.stderr
    ((path, pushed),) = gateway.pushed
    assert (path, done.stdout) == ("/metrics/job/podspace", pushed)
    series = series_of(pushed)
    assert value(series, "podspace_exit_status", command="verify") == 1
    assert len(values(series, "podspace_subnet_prefixes_free", network="pods")) == len(file.plan.pods.subnets)
    assert value(series, "podspace_readable", source="subnets") == 1


def test_the_cron_job_pushes_that_nothing_can_be_read(gateway: Gateway, tmp_path: Path) -> None:
    variables = {"CONFIG": str(tmp_path / "gone"), "PUSHGATEWAY_URL": gateway.url, "HOME": str(tmp_path)}
    assert started(variables).returncode == 0
    assert value(series_of(gateway.pushed[0][1]), "podspace_exit_status") == 2


def test_the_job_fails_if_the_metrics_do_not_arrive(gateway: Gateway, tmp_path: Path) -> None:
    gateway.status = 400
    variables = {"CONFIG": str(tmp_path / "gone"), "PUSHGATEWAY_URL": gateway.url}
    assert started(variables).returncode != 0


def test_the_job_fails_and_pushes_nothing_if_there_are_no_metrics(gateway: Gateway, tmp_path: Path) -> None:
    """An empty push would delete the metrics of the last one."""
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "podspace").write_text("#!/bin/sh\nexit 3\n")
    (broken / "podspace").chmod(0o755)
    (broken / "python").symlink_to(sys.executable)
    done = started({"PUSHGATEWAY_URL": gateway.url}, path=str(broken))
    assert done.returncode != 0
    assert gateway.pushed == []
    assert "no metrics" in done.stderr


def test_the_role_is_the_one_on_the_page_of_verify() -> None:
    page = (REPOSITORY / "docs" / "verify.md").read_text()
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert MANIFESTS["ClusterRole"] == yaml.safe_load(shown)
    allowed = {(group, plural) for rule in MANIFESTS["ClusterRole"]["rules"] for group in rule["apiGroups"] for plural in rule["resources"]}  # fmt: skip
    assert allowed == {(kind.group, kind.plural) for kind in READ}


def test_the_policy_allows_just_the_calls_of_verify(aws: AwsServer) -> None:
    """For an existing VPC, and for one that the stack created."""
    shape = a_shape(aws)
    deploy(aws, initialised())
    Path("pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    Path("new.yaml").write_text((REPOSITORY / "config" / "new-vpc.yaml").read_text())
    new = read_network_file("new.yaml").plan
    aws.stacks[new.stack_name] = ("CREATE_COMPLETE", {logical_id(VPC_PATH): shape.vpc_id})
    aws.asked.clear()
    for config in ("prod.yaml", "new.yaml"):
        run("verify", config, "--from", "pods.json", "--account")
    asked = {(each.service, each.operation) for each in aws.asked}
    actions = {call.action for call in CALLS if (call.service.replace("-", ""), call.operation) in asked}
    assert len(actions) == len(asked)
    (statement,) = json.loads((EXAMPLE / "iam-policy.json").read_text())["Statement"]
    assert statement["Action"] == sorted(actions)
    assert statement["Effect"] == "Allow"


def test_the_role_can_be_assumed_by_pods_alone() -> None:
    (statement,) = json.loads((EXAMPLE / "trust-policy.json").read_text())["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}


def test_the_parts_of_the_manifest_name_each_other() -> None:
    account, binding = MANIFESTS["ServiceAccount"]["metadata"], MANIFESTS["ClusterRoleBinding"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", **account}]
    assert binding["roleRef"]["name"] == MANIFESTS["ClusterRole"]["metadata"]["name"]
    assert POD["serviceAccountName"] == account["name"]
    assert MANIFESTS["Namespace"]["metadata"]["name"] == account["namespace"]
    assert MANIFESTS["CronJob"]["metadata"]["namespace"] == account["namespace"]
    (container,) = POD["containers"]
    assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in POD["volumes"]}


def restricted_problems(pod: Mapping[str, Any]) -> list[str]:
    """What the Pod Security Standard `restricted` refuses of a pod, of those fields that a pod of this kind may have.

    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    """
    kinds = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
    own = pod.get("securityContext", {})
    problems = [key for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key)]
    problems += [volume["name"] for volume in pod.get("volumes", ()) if not set(volume) - {"name"} <= kinds]
    for container in [*pod["containers"], *pod.get("initContainers", ())]:
        context = {**own, **container.get("securityContext", {})}
        required = {
            "allowPrivilegeEscalation": context.get("allowPrivilegeEscalation") is False,
            "runAsNonRoot": context.get("runAsNonRoot") is True,
            "runAsUser": context.get("runAsUser", 1) != 0,
            "seccompProfile": context.get("seccompProfile", {}).get("type") in {"RuntimeDefault", "Localhost"},
            "capabilities": "ALL" in context.get("capabilities", {}).get("drop", ())
            and set(context["capabilities"].get("add", ())) <= {"NET_BIND_SERVICE"},
            "privileged": not context.get("privileged"),
            "hostPort": not any("hostPort" in port for port in container.get("ports", ())),
        }
        problems += [key for key, fulfilled in required.items() if not fulfilled]
    return problems


def test_the_pod_is_restricted_as_its_namespace_enforces() -> None:
    assert restricted_problems(POD) == []
    assert MANIFESTS["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hostNetwork": True}, "hostNetwork"),
        ({"securityContext": {}}, "runAsNonRoot"),
        ({"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}, "host"),
    ],
)
def test_a_pod_that_is_not_restricted_is_noticed(change: Mapping[str, Any], problem: str) -> None:
    assert problem in restricted_problems({**POD, **change})


def test_lint_has_no_objection() -> None:
    assert run("lint", str(EXAMPLE), "--allow-empty").exit_code == 0


def test_the_two_files_of_rules_have_the_same_groups() -> None:
    rule = yaml.safe_load((EXAMPLE / "prometheus-rule.yaml").read_text())
    assert (rule["apiVersion"], rule["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert rule["spec"]["groups"] == RULES


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_uses_only_metrics_that_are_written_or_recorded(rule: Mapping[str, Any]) -> None:
    used = set(re.findall(r"podspace[\w:]*", rule["expr"]))
    recorded = {each["record"] for each in EVERY_RULE if "record" in each}
    assert used
    assert used <= {*contract()["metrics"], *recorded}
    assert {state.upper() for state in re.findall(r'state="(\w+)"', rule["expr"])} <= PodState.__members__.keys()


def test_every_recorded_metric_is_used() -> None:
    for recorded in (rule["record"] for rule in EVERY_RULE if "record" in rule):
        assert any(recorded in alert["expr"] for alert in ALERTS), recorded


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(alert: Mapping[str, Any]) -> None:
    assert {"summary", "description"} == alert["annotations"].keys()
    assert alert["labels"]["severity"] in {"warning", "critical"}
    assert re.fullmatch(r"\d+[mh]", alert["for"])


def test_alerts_look_as_far_ahead_as_verify() -> None:
    ahead = {days for rule in ALERTS for days in re.findall(r"predict_linear\(.*, (\d+) \* 86400\)", rule["expr"])}
    assert ahead == {str(SOON)}


def test_every_file_of_the_example_is_on_its_page() -> None:
    page = (REPOSITORY / "docs" / "observability.md").read_text()
    assert [path.name for path in EXAMPLE.iterdir() if f"examples/monitoring/{path.name}" not in page] == []
    assert [rule["alert"] for rule in ALERTS if f"`{rule['alert']}`" not in page] == []
