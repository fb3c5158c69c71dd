"""The probe script in network namespaces, run by busybox with the rights of a restricted container."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest

from podspace.smoke.manifest import smoke_manifests
from podspace.smoke.probe import probes
from podspace.smoke.result import LARGEST, Row, result_of
from podspace.smoke.settings import SmokeSettings
from tests.mother import a_plan
from tests.podspace.smoke.lab import API_SERVER, ENDPOINT, OUTSIDE, PEER, POD, SECOND, Lab, why_not
from tests.podspace.smoke.smoke_objects import a_probe_pod, found, reported

pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no lab of network namespaces: {why_not()}")

PLAN: Final = a_plan(
    {"endpoints": {"interfaces": {"services": ["sts", "ecr.api"]}}, "node_classes.0.snat_policy": "Disabled"}
)
PROBE: Final = probes(PLAN)[0]
DATABASE: Final = "db.example.com:5432"
CLOSED: Final = "db.example.com:5433"


def environment(*, wait: int = 2, **options: Any) -> dict[str, str]:
    """The variables of the first probe of the manifest, and those that Kubernetes adds."""
    settings = SmokeSettings.of(echo="http://echo.example.com/ip", destinations=[DATABASE, CLOSED], **options)
    (job, *_) = (each for each in smoke_manifests([PLAN], settings) if each["kind"] == "Job")
    spec: Any = job["spec"]
    variables = spec["template"]["spec"]["containers"][0]["env"]
    kubernetes = {"KUBERNETES_SERVICE_HOST": API_SERVER, "KUBERNETES_SERVICE_PORT": "443"}
    return {**{each["name"]: each["value"] for each in variables}, "WAIT": str(wait), **kubernetes}


NAMES: Final = {
    "kubernetes.default.svc.cluster.local": API_SERVER,
    "sts.eu-west-1.amazonaws.com": ENDPOINT,
    "api.ecr.eu-west-1.amazonaws.com": OUTSIDE,
    **{peer.partition("=")[2]: PEER for peer in environment()["PEERS"].split()},
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(NAMES) as lab:
        yield lab


@contextmanager
def changed(lab: Lab, namespace: str, *what: str, revert: tuple[str, ...]) -> Iterator[None]:
    """The lab while something of a namespace is changed."""
    lab.ip(namespace, *what)
    try:
        yield
    finally:
        lab.ip(namespace, *revert)


def rows(text: str) -> dict[tuple[str, str], Row]:
    """The rows of a whole result."""
    result = result_of(text)
    assert result.done
    return {(row.check, row.subject): row for row in result.rows}


def outcomes(text: str) -> Mapping[tuple[str, str], str]:
    return {key: row.outcome for key, row in rows(text).items()}


def test_in_a_network_in_order_everything_is_reached(lab: Lab) -> None:
    text = lab.run(environment())
    found = rows(text)
    assert found["dns", "cluster"].detail == API_SERVER
    assert found["dns", "internet"].detail == OUTSIDE
    assert found["api-server", ""][2:] == ("ok", "401")
    assert found["internet", ""].outcome == "ok"
    assert found["source-address", ""].detail == POD
    assert found["zone", "eu-west-1b"][2:] == ("ok", POD)
    assert found["mtu", "eu-west-1b"][2:] == ("ok", "1048576")
    assert found["mtu", "interface"].detail == "1500"
    assert found["destination", DATABASE][2:] == ("ok", OUTSIDE)
    assert found["destination", CLOSED].outcome == "refused"
    assert found["endpoint", "sts"][2:] == ("ok", ENDPOINT)
    assert found["endpoint", "ecr.api"].detail == OUTSIDE
    assert found["instance-metadata", ""].outcome == "none"


def test_without_a_route_the_internet_is_unreachable_and_the_vpc_is_not(lab: Lab) -> None:
    with changed(lab, "pod", "route", "del", "default", revert=("route", "add", "default", "via", "100.64.0.1")):
        lab.ip("pod", "route", "add", "100.64.64.0/24", "via", "100.64.0.1")
        lab.ip("pod", "route", "add", f"{API_SERVER}/32", "via", "100.64.0.1")
        found = outcomes(lab.run(environment()))
        lab.ip("pod", "route", "del", "100.64.64.0/24")
        lab.ip("pod", "route", "del", f"{API_SERVER}/32")
    assert found["internet", ""] == "unreachable"
    assert found["source-address", ""] == "no-answer"
    assert found["destination", DATABASE] == "unreachable"
    assert (found["api-server", ""], found["zone", "eu-west-1b"]) == ("ok", "ok")


def test_a_route_that_drops_packets_as_a_route_table_of_aws_does_is_a_timeout(lab: Lab) -> None:
    to = f"{OUTSIDE}/32"
    with changed(lab, "router", "route", "add", "blackhole", to, revert=("route", "del", to)):
        found = outcomes(lab.run({**environment(), "ECHO": "", "ENDPOINTS": "", "TO": DATABASE}))
    assert found["internet", ""] == "timeout"
    assert found["destination", DATABASE] == "timeout"
    assert found["zone", "eu-west-1b"] == "ok"


def test_a_blocked_port_is_a_timeout_and_other_ports_are_not(lab: Lab) -> None:
    rule = ("ipproto", "tcp", "dport", "5432", "blackhole")
    with changed(lab, "router", "rule", "add", *rule, revert=("rule", "del", *rule)):
        text = lab.run(environment())
    found = rows(text)
    assert found["destination", DATABASE].outcome == "timeout"
    assert found["destination", CLOSED].outcome == "refused"
    assert found["internet", ""].outcome == "ok"


def test_another_source_address_is_reported(lab: Lab) -> None:
    there = ("route", "replace", "default", "via", "100.64.0.1")
    with changed(lab, "pod", *there, "src", SECOND, revert=there):
        found = rows(lab.run(environment()))
    assert found["source-address", ""].detail == SECOND
    assert found["zone", "eu-west-1b"].detail == SECOND


def test_a_zone_that_does_not_answer_is_waited_for_and_then_a_timeout(lab: Lab) -> None:
    rule = ("ipproto", "tcp", "dport", "8080", "blackhole")
    with changed(lab, "router", "rule", "add", *rule, revert=("rule", "del", *rule)):
        found = outcomes(lab.run(environment()))
    assert found["zone", "eu-west-1b"] == "timeout"
    assert ("mtu", "eu-west-1b") not in found


def test_large_packets_that_are_lost_are_found_by_a_transfer_that_stalls(lab: Lab) -> None:
    """The path to the pod has a smaller MTU than the interfaces, and the router does not say so."""
    rule = ("ipproto", "icmp", "blackhole")
    small, usual = (("link", "set", "pod", "mtu", mtu) for mtu in ("1000", "1500"))
    quiet = changed(lab, "router", "rule", "add", *rule, revert=("rule", "del", *rule))
    with quiet, changed(lab, "router", *small, revert=usual):
        found = rows(lab.run(environment()))
    assert found["zone", "eu-west-1b"][2:] == ("ok", POD)
    assert found["mtu", "eu-west-1b"].outcome == "stalled"


@pytest.mark.parametrize(
    ("state", "outcome", "detail"), [("token", "reached", "imdsv2"), ("open", "reached", "imdsv1")]
)
def test_instance_metadata_that_answers_is_reported_without_its_token(state: str, outcome: str, detail: str) -> None:
    with Lab(NAMES, metadata=state) as lab:
        text = lab.run(environment())
    assert rows(text)["instance-metadata", ""][2:] == (outcome, detail)
    assert "SECRET" not in text


def test_an_image_without_the_programs_gives_unknown(lab: Lab) -> None:
    found = outcomes(lab.run(environment(), without=["nc", "wget", "nslookup"]))
    unknown = {key for key, outcome in found.items() if outcome == "unknown"}
    assert {("dns", "cluster"), ("api-server", ""), ("internet", ""), ("source-address", "")} <= unknown
    assert {
        ("destination", DATABASE),
        ("endpoint", "sts"),
        ("instance-metadata", ""),
        ("zone", "eu-west-1b"),
    } <= unknown


def test_an_image_that_cannot_transfer_leaves_the_path_mtu_unknown(lab: Lab) -> None:
    found = outcomes(lab.run(environment(), without=["wget"]))
    assert found["zone", "eu-west-1b"] == "ok"
    assert found["mtu", "eu-west-1b"] == "unknown"


def test_a_result_fits_into_a_termination_message_whatever_is_tried(lab: Lab) -> None:
    """Further rows are left out, and the result is then not complete."""
    many = " ".join(f"{'n' * 63}-{number}.example.com:65535" for number in range(60))
    text = lab.run({**environment(), "TO": many, "PEERS": "", "ENDPOINTS": ""})
    result = result_of(text)
    assert len(text.encode()) <= LARGEST
    assert not result.done
    assert result.rows[-1].check != ""


def test_what_a_stopped_probe_has_found_is_there(lab: Lab) -> None:
    rule = ("ipproto", "tcp", "dport", "8080", "blackhole")
    with changed(lab, "router", "rule", "add", *rule, revert=("rule", "del", *rule)):
        result = result_of(lab.run(environment(wait=600), stopped_after=4))
    assert not result.done
    assert ("internet", "ok") in {(row.check, row.outcome) for row in result.rows}


def test_text_of_others_cannot_change_the_result(lab: Lab) -> None:
    """Answers are cut to characters that need no quoting."""
    text = lab.run({**environment(), "TO": "", "KUBERNETES_SERVICE_HOST": '"],["x'})
    json.loads(text)
    assert {row.check for row in result_of(text).rows} <= {
        "dns",
        "api-server",
        "mtu",
        "internet",
        "source-address",
        "endpoint",
        "instance-metadata",
        "zone",
    }


def test_what_the_script_writes_is_what_verify_judges(lab: Lab) -> None:
    pod = a_probe_pod(PLAN, PROBE, lab.run(environment()), ip=POD)
    by_id = {(each.id, each.severity) for each in found(reported(PLAN, [pod]))}
    assert by_id == {
        ("smoke", "error"),  # the other probe has no pod here
        ("smoke-destination", "error"),
        ("smoke-endpoint", "error"),  # ecr.api resolves to an address of the internet
        ("smoke-source-address", "unknown"),
    }
