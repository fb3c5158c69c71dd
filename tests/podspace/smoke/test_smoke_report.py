"""Results of probes compared with the plan: each check in order and failing, with its likely cause."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Final

import pytest
import yaml

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import Pod
from podspace.planning import Plan, plan_of_data
from podspace.smoke.probe import probes
from podspace.smoke.public_addresses import PublicAddresses
from podspace.smoke.result import LARGEST
from podspace.smoke.verdicts import CHECKS
from tests.mother import Changes, a_plan
from tests.podspace.smoke.smoke_objects import Rows, a_probe_pod, found, message, probe_pods, reported, rows_of
from tests.template import REPOSITORY

GATEWAY: Final = PublicAddresses(cidrs=(ip_network("203.0.113.7"), ip_network("203.0.113.8")), of="nat-0000000a")
DISABLED: Final[Changes] = {"node_classes.0.snat_policy": "Disabled"}
ENDPOINTS: Final[Changes] = {"endpoints": {"gateways": ["s3"], "interfaces": {"services": ["sts", "ecr.api"]}}}
EXISTING: Final[Changes] = {
    "endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0123456789abcdef1"]}}
}
TO: Final = "db.example.com:5432"


def judged(rows: Rows, changes: Changes | None = None, public: PublicAddresses = GATEWAY) -> list[Diagnostic]:
    """The diagnostics that are not ok, if all probes write these rows instead."""
    plan = a_plan(changes)
    return found(reported(plan, probe_pods(plan, rows), public))


def the_one(rows: Rows, changes: Changes | None = None, public: PublicAddresses = GATEWAY) -> Diagnostic:
    (diagnostic,) = judged(rows, changes, public)
    return diagnostic


def test_a_network_in_order_has_an_ok_of_each_check() -> None:
    plan = a_plan({**DISABLED, **ENDPOINTS})
    endpoints: Rows = {("endpoint", "sts"): ("ok", "10.0.0.5"), ("endpoint", "s3"): ("ok", "52.218.1.1")}
    report = reported(plan, probe_pods(plan, {**endpoints, ("destination", TO): ("ok", "10.9.9.9")}), GATEWAY)
    every = list(report.diagnostics())
    assert {each.severity for each in every} == {"ok"}
    assert {each.id for each in every} == {f"smoke-{check}" for check in CHECKS}
    assert report.complete


def test_what_all_probes_found_is_reported_once_with_their_zones() -> None:
    diagnostic = the_one({("api-server", ""): ("timeout", "")})
    assert (diagnostic.id, diagnostic.subject) == ("smoke-api-server", "all probes")


def test_what_one_probe_found_is_reported_for_its_zone() -> None:
    plan = a_plan()
    pods = probe_pods(plan, {("api-server", ""): ("timeout", "")}, of=1)
    (diagnostic,) = found(reported(plan, pods, GATEWAY))
    assert diagnostic.subject == "pool in eu-west-1b"


@pytest.mark.parametrize(
    ("rows", "id", "severity", "words"),
    [
        ({("dns", "cluster"): ("no-name", "")}, "smoke-dns", "error", ["security group", "network ACL"]),
        ({("dns", "internet"): ("no-name", "")}, "smoke-dns", "error", ["resolver of the VPC"]),
        ({("api-server", ""): ("timeout", "")}, "smoke-api-server", "error", ["security group", "network ACL"]),
        ({("api-server", ""): ("refused", "")}, "smoke-api-server", "error", ["nothing listens"]),
        ({("zone", "eu-west-1a"): ("timeout", "")}, "smoke-zone", "error", ["security group", "network ACL"]),
        ({("mtu", "eu-west-1a"): ("stalled", "4096")}, "smoke-mtu", "error", ["MTU", "ICMP"]),
        ({("mtu", "eu-west-1a"): ("unknown", "")}, "smoke-mtu", "unknown", []),
        ({("destination", TO): ("refused", "10.9.9.9")}, "smoke-destination", "error", ["nothing listens"]),
        ({("destination", TO): ("no-name", "")}, "smoke-destination", "error", ["hosted zone"]),
        ({("destination", TO): ("timeout", "10.0.1.9")}, "smoke-destination", "error", ["security group", "ACL"]),
        ({("destination", TO): ("boom", "")}, "smoke-destination", "error", []),
        ({("instance-metadata", ""): ("reached", "imdsv2")}, "smoke-instance-metadata", "warning", ["hop limit"]),
        ({("instance-metadata", ""): ("reached", "imdsv1")}, "smoke-instance-metadata", "warning", ["hop limit"]),
        ({("instance-metadata", ""): ("unknown", "")}, "smoke-instance-metadata", "unknown", []),
        ({("source-address", ""): ("no-answer", "")}, "smoke-source-address", "unknown", []),
        ({("source-address", ""): ("ok", "not an address")}, "smoke-source-address", "unknown", []),
    ],
)
def test_a_failure_has_its_likely_cause_and_a_fix(rows: Rows, id: str, severity: str, words: list[str]) -> None:
    diagnostics = [each for each in judged(rows) if each.id == id]
    assert {each.severity for each in diagnostics} == {severity}
    for each in diagnostics:
        assert each.fix
        assert all(word in each.cause for word in words), each.cause


def test_a_destination_without_a_route_is_a_missing_route_of_the_pod_subnet() -> None:
    plan = a_plan(
        {
            **DISABLED,
            "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
            "egress": [{"to": ["172.16.9.0/24"], "transit_gateway": "tgw-0000000a"}],
        }
    )
    rows: Rows = {("destination", TO): ("timeout", "172.16.5.5"), ("internet", ""): ("timeout", "")}
    (diagnostic,) = found(reported(plan, probe_pods(plan, rows, of=0), GATEWAY), "smoke-destination")
    assert "no route" in diagnostic.cause
    assert "pod subnet (snatPolicy Disabled)" in diagnostic.cause
    rows = {("destination", TO): ("timeout", "172.16.9.5"), ("internet", ""): ("timeout", "")}
    (diagnostic,) = found(reported(plan, probe_pods(plan, rows, of=0), GATEWAY), "smoke-destination")
    assert "transit gateway tgw-0000000a" in diagnostic.cause


def test_a_destination_with_a_route_names_its_gateway() -> None:
    plan = a_plan(DISABLED)
    pods = probe_pods(plan, {("destination", TO): ("timeout", "52.1.2.3")}, of=0)
    (diagnostic,) = found(reported(plan, pods, GATEWAY))
    assert "NAT gateway nat-0000000a" in diagnostic.cause
    assert "network ACL" in diagnostic.cause


def test_a_private_destination_that_only_the_default_route_has_is_a_missing_route() -> None:
    plan = a_plan(DISABLED)
    pods = probe_pods(plan, {("destination", TO): ("timeout", "172.16.5.5")}, of=0)
    (diagnostic,) = found(reported(plan, pods, GATEWAY))
    assert "only the default route to a NAT gateway" in diagnostic.cause
    assert "egress" in diagnostic.fix


def test_under_random_a_destination_follows_the_routes_of_the_node_subnet() -> None:
    plan = a_plan()
    pods = probe_pods(plan, {("destination", TO): ("timeout", "52.1.2.3")}, of=0)
    (diagnostic,) = found(reported(plan, pods, GATEWAY))
    assert "node subnet (snatPolicy Random)" in diagnostic.cause
    assert "the plan does not have its routes" in diagnostic.cause


@pytest.mark.parametrize(
    ("changes", "outcome", "severity"),
    [
        (DISABLED, "ok", "ok"),
        (DISABLED, "timeout", "error"),
        (DISABLED, "no-name", "error"),
        ({**DISABLED, "egress": []}, "timeout", "ok"),
        ({**DISABLED, "egress": []}, "ok", "warning"),
        ({**DISABLED, "egress": []}, "refused", "warning"),
        ({}, "ok", "ok"),
        ({}, "timeout", "warning"),  # the routes of existing node subnets are not in the plan
    ],
)
def test_the_internet_is_reached_if_and_only_if_the_plan_has_a_route(
    changes: Changes, outcome: str, severity: str
) -> None:
    plan = a_plan(changes)
    rows: Rows = {("internet", ""): (outcome, ""), ("source-address", ""): ("no-answer", "")}
    assert {each.severity for each in found(reported(plan, probe_pods(plan, rows)), "smoke-internet")} == {severity}


@pytest.mark.parametrize("policy", ["Disabled", "Random"])
def test_in_a_new_vpc_the_routes_of_nodes_are_in_the_plan(policy: str) -> None:
    data = yaml.safe_load((REPOSITORY / "config" / "new-vpc.yaml").read_text())
    data["node_classes"][0]["snat_policy"] = policy
    plan = plan_of_data(data)
    rows: Rows = {("internet", ""): ("timeout", ""), ("source-address", ""): ("no-answer", "")}
    assert {each.severity for each in found(reported(plan, probe_pods(plan, rows)), "smoke-internet")} == {"error"}


@pytest.mark.parametrize("policy", ["Disabled", "Random"])
@pytest.mark.parametrize(
    ("seen", "severity"),
    [("203.0.113.7", "ok"), ("203.0.113.8", "ok"), ("203.0.113.9", "error"), ("2001:db8::1", "error")],
)
def test_the_source_address_is_that_of_the_gateway(policy: str, seen: str, severity: str) -> None:
    plan = a_plan({"node_classes.0.snat_policy": policy})
    report = reported(plan, probe_pods(plan, {("source-address", ""): ("ok", seen)}), GATEWAY)
    diagnostics = found(report, "smoke-source-address")
    assert {each.severity for each in diagnostics} == {severity}
    for each in diagnostics:
        assert f"snatPolicy {policy}" in each.message
        assert (
            severity == "ok"
            or ("route table of the pod subnet" if policy == "Disabled" else "node subnet") in each.cause
        )


def test_an_address_that_the_plan_cannot_know_is_unknown_with_the_reason() -> None:
    diagnostic = the_one({}, public=PublicAddresses(unknown="ec2:DescribeNatGateways: not allowed"))
    assert (diagnostic.id, diagnostic.severity) == ("smoke-source-address", "unknown")
    assert "203.0.113.7" in diagnostic.message
    assert "not allowed" in diagnostic.message


def test_without_an_address_echo_no_address_is_compared() -> None:
    plan = a_plan()
    rows = [each for each in rows_of(plan, probes(plan)[0], "100.64.0.20") if each[0] != "source-address"]
    pod = a_probe_pod(plan, probes(plan)[0], message(rows))
    assert not found(reported(plan, [pod], GATEWAY), "smoke-source-address")


def test_another_address_inside_the_vpc_is_an_error() -> None:
    plan = a_plan()
    pods = probe_pods(plan, {("zone", "eu-west-1b"): ("ok", "10.0.0.10")}, of=0)
    (diagnostic,) = found(reported(plan, pods, GATEWAY))
    assert (diagnostic.id, diagnostic.severity) == ("smoke-zone", "error")
    assert "10.0.0.10" in diagnostic.message


def test_a_zone_whose_probe_has_not_started_is_unknown() -> None:
    plan = a_plan()
    first, _ = probe_pods(plan, {("zone", "eu-west-1b"): ("timeout", "")})
    second = a_probe_pod(plan, probes(plan)[1], None, ip=None)
    report = reported(plan, [first, second], GATEWAY)
    assert [each.severity for each in found(report, "smoke-zone")] == ["unknown"]


@pytest.mark.parametrize(
    ("changes", "service", "outcome", "address", "severity"),
    [
        (ENDPOINTS, "sts", "ok", "10.0.0.5", "ok"),
        (ENDPOINTS, "sts", "ok", "100.64.0.5", "ok"),
        (ENDPOINTS, "sts", "ok", "54.239.1.1", "error"),
        (ENDPOINTS, "sts", "timeout", "10.0.0.5", "error"),
        (ENDPOINTS, "sts", "no-name", "", "error"),
        (ENDPOINTS, "sts", "ok", "", "unknown"),  # without nslookup in the image
        (ENDPOINTS, "sts", "ok", "-", "unknown"),
        (ENDPOINTS, "s3", "ok", "52.218.1.1", "ok"),  # a gateway endpoint changes no name
        (ENDPOINTS, "s3", "timeout", "52.218.1.1", "error"),
        (ENDPOINTS, "s3", "no-name", "", "error"),
        (EXISTING, "sts", "ok", "10.0.0.5", "ok"),
        (EXISTING, "sts", "ok", "54.239.1.1", "note"),
    ],
)
def test_interface_endpoints_resolve_to_private_addresses(
    changes: Changes, service: str, outcome: str, address: str, severity: str
) -> None:
    plan = a_plan(changes)
    report = reported(plan, probe_pods(plan, {("endpoint", service): (outcome, address)}), GATEWAY)
    diagnostics = found(report, "smoke-endpoint")
    assert {each.severity for each in diagnostics} - {"ok"} == {severity} - {"ok"}
    assert all(each.cause and each.fix for each in diagnostics if each.severity not in {"ok", "unknown"})


def _message_of(plan: Plan, text: str | None, **changes: Any) -> list[Diagnostic]:
    pods = [a_probe_pod(plan, each, text, **changes) for each in probes(plan)]
    return found(reported(plan, pods, GATEWAY))


def test_without_probe_pods_nothing_is_known() -> None:
    report = reported(a_plan(), [])
    assert [(each.id, each.severity) for each in report.diagnostics()] == [("smoke", "unknown")]
    assert not report.complete


def test_probes_that_run_have_no_result_yet() -> None:
    plan = a_plan()
    assert {each.severity for each in _message_of(plan, None)} == {"unknown"}
    assert not reported(plan, [a_probe_pod(plan, probes(plan)[0], None)]).complete


def test_a_pod_that_waits_says_what_for() -> None:
    plan = a_plan()
    conditions = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no \x1b[31mnodes"}]
    pod = a_probe_pod(plan, probes(plan)[0], None, ip=None, status={"containerStatuses": [], "conditions": conditions})
    diagnostic = next(each for each in found(reported(plan, [pod])) if each.severity == "unknown")
    assert "Unschedulable" in diagnostic.message
    assert "NodePool" in diagnostic.fix
    assert "\x1b" not in diagnostic.message


def test_an_image_that_cannot_be_pulled_is_corrected_by_another_image() -> None:
    plan = a_plan()
    waiting = {"name": "probe", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling"}}}
    pods = [a_probe_pod(plan, each, None, status={"containerStatuses": [waiting]}) for each in probes(plan)]
    (diagnostic,) = found(reported(plan, pods))
    assert diagnostic.severity == "unknown"
    assert "--image" in diagnostic.fix


def test_a_pod_that_is_not_there_or_ended_without_a_result_is_an_error() -> None:
    plan = a_plan()
    first, second = probe_pods(plan)
    report = reported(plan, [first], GATEWAY)
    (missing,) = found(report)
    assert {each.severity for each in report.diagnostics(whole=False)} == {"ok", "unknown"}
    assert (missing.severity, missing.subject) == ("error", "pool in eu-west-1b")
    ended = a_probe_pod(plan, probes(plan)[1], None, status={"phase": "Failed", "containerStatuses": []})
    (failed,) = found(reported(plan, [first, ended], GATEWAY))
    assert (failed.severity, failed.subject) == ("error", "pool in eu-west-1b")
    assert second


@pytest.mark.parametrize("text", ["", "no JSON", "\x1b[2J" * 2000, "x" * (LARGEST + 1)])
def test_a_termination_message_that_is_no_result_is_an_error(text: str) -> None:
    for diagnostic in _message_of(a_plan(), text):
        assert (diagnostic.id, diagnostic.severity) == ("smoke", "error")
        assert diagnostic.message.isprintable()


def test_a_result_that_is_not_complete_is_a_warning() -> None:
    plan = a_plan()
    rows = rows_of(plan, probes(plan)[0], "100.64.0.20")
    pods = [a_probe_pod(plan, each, message(rows, done=False)) for each in probes(plan)]
    report = reported(plan, pods, GATEWAY)
    assert ("smoke", "warning") in {(each.id, each.severity) for each in report.diagnostics()}
    assert not report.complete


def test_checks_of_a_later_version_are_passed_over() -> None:
    assert judged({("quantum", "x"): ("bad", "")}) == []


def test_text_of_a_result_reaches_no_terminal() -> None:
    """Where it has control characters."""
    for each in judged({("destination", "\x1b[31mevil:1"): ("timeout\x07", "10.0.0.1\n")}):
        assert (each.message + each.cause + each.fix).isprintable()


def test_pods_of_other_namespaces_and_names_are_passed_over() -> None:
    plan = a_plan()
    pods = probe_pods(plan)
    pods[0]["metadata"]["namespace"] = "shop"
    pods[1]["spec"]["hostname"] = "other"
    assert [(each.id, each.severity) for each in reported(plan, pods).diagnostics()] == [("smoke", "unknown")]


def test_of_two_runs_the_later_one_counts() -> None:
    plan = a_plan()
    old = probe_pods(plan, {("api-server", ""): ("timeout", "")})
    for each in old:
        each["metadata"]["creationTimestamp"] = "2026-11-19T10:00:00Z"
    assert not found(reported(plan, [*probe_pods(plan), *old], GATEWAY))


def test_a_config_without_node_pools_has_no_results_to_wait_for() -> None:
    report = reported(a_plan({"node_pools": []}), [])
    assert [each.severity for each in report.diagnostics()] == ["note"]
    assert report.complete


def test_node_pools_that_were_left_out_are_a_note() -> None:
    pool = {"name": "other", "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]}
    plan = a_plan({"node_pools": [pool, {**pool, "name": "pool"}]})
    pods = [each for each in probe_pods(plan) if "other" not in each["metadata"]["name"]]
    report = reported(plan, pods, GATEWAY)
    rest = [each for each in report.diagnostics() if each.id == "smoke"]
    assert [(each.severity, each.subject) for each in rest] == [("note", "other")]


def test_facts_have_each_probe_with_what_it_tried() -> None:
    plan = a_plan()
    first, _ = reported(plan, probe_pods(plan)[:1], GATEWAY).facts()
    assert isinstance(first, dict)
    assert (first["pool"], first["zone"], first["complete"]) == ("pool", "eu-west-1a", True)
    assert {"check": "dns", "subject": "cluster", "outcome": "ok", "detail": "10.100.0.1"} in first["checks"]  # type: ignore[operator]


def test_a_pod_record_has_what_its_containers_said_in_the_end() -> None:
    plan = a_plan()
    pod = Pod.of(a_probe_pod(plan, probes(plan)[0], "said"))
    assert [(each.name, each.message, each.exit_code) for each in pod.ended] == [("probe", "said", 0)]
    assert pod.hostname == probes(plan)[0].name
    odd: Any = {
        "status": {"containerStatuses": [None, {"state": 1}, {"name": 2, "state": {"terminated": {"message": 3}}}]}
    }
    assert [each.message for each in Pod.of(odd).ended] == [""]


@pytest.mark.parametrize("check", ["dns", "api-server", "internet", "instance-metadata", "zone", "endpoint"])
def test_what_a_probe_did_not_try_is_unknown(check: str) -> None:
    plan = a_plan(ENDPOINTS)
    pods = []
    for probe in probes(plan):
        rows = [row for row in rows_of(plan, probe, "100.64.0.20") if row[0] != check]
        pods.append(a_probe_pod(plan, probe, message(rows)))
    report = reported(plan, pods, GATEWAY)
    assert {each.severity for each in found(report, f"smoke-{check}")} == {"unknown"}


def test_a_result_without_rows_proves_nothing() -> None:
    diagnostics = _message_of(a_plan(), message([]))
    assert {each.severity for each in diagnostics} == {"unknown"}


@pytest.mark.parametrize("owners", [[], [{"kind": "Job", "name": "other", "controller": True}]])
def test_a_pod_that_is_not_of_the_job_of_a_probe_is_passed_over(owners: list[Any]) -> None:
    plan = a_plan()
    forged = a_probe_pod(plan, probes(plan)[0], message([]))
    forged["metadata"] |= {"name": "forged", "creationTimestamp": "2027-01-01T00:00:00Z", "ownerReferences": owners}
    report = reported(plan, [*probe_pods(plan, {("internet", ""): ("timeout", "")}), forged], GATEWAY)
    assert {each.id for each in found(report)} == {"smoke-internet"}


@pytest.mark.parametrize(
    ("check", "subject"), [("instance-metadata", ""), ("mtu", "interface"), ("dns", "elsewhere"), ("zone", "mars")]
)
def test_rows_that_no_probe_writes_prove_nothing(check: str, subject: str) -> None:
    plan = a_plan()
    report = reported(plan, probe_pods(plan, {(check, subject): ("odd", "")}), GATEWAY)
    assert {each.severity for each in found(report)} <= {"unknown"}


@pytest.mark.parametrize("outcome", ["timeout", "unreachable"])
def test_pods_of_an_ipv4_cluster_reach_no_ipv6_address(outcome: str) -> None:
    plan = a_plan()
    rows = {("destination", "[2001:db8::1]:443"): (outcome, "2001:db8::1")}
    (diagnostic,) = found(reported(plan, probe_pods(plan, rows), GATEWAY))
    assert "IPv6" in diagnostic.cause
    assert "egress" not in diagnostic.fix
