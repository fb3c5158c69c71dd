"""Probe pods as the API server has them, and what a smoke test of them reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import Pod
from podspace.planning import Plan
from podspace.smoke.endpoint_names import endpoint_names
from podspace.smoke.probe import Probe, namespace_of, probes
from podspace.smoke.public_addresses import PublicAddresses
from podspace.smoke.smoke_report import SmokeReport
from tests.podspace.cluster_objects import Object, a_pod

RowText = tuple[str, str, str, str]
Rows = Mapping[tuple[str, str], tuple[str, str]]
"""Outcome and detail by check and subject."""


def rows_of(plan: Plan, probe: Probe, address: str, changes: Rows | None = None) -> list[RowText]:
    """What a probe writes in a network in order, with changes."""
    right: dict[tuple[str, str], tuple[str, str]] = {
        ("dns", "cluster"): ("ok", "10.100.0.1"),
        ("dns", "internet"): ("ok", "198.51.100.7"),
        ("api-server", ""): ("ok", "200"),
        ("mtu", "interface"): ("ok", "9001"),
        ("internet", ""): ("ok", ""),
        ("source-address", ""): ("ok", "203.0.113.7"),
        ("instance-metadata", ""): ("none", ""),
    }
    for service in endpoint_names(plan):
        right[("endpoint", service)] = ("ok", "10.0.0.5")
    for each in probes(plan):
        if each.zone != probe.zone:
            right[("zone", each.zone)] = ("ok", address)
            right[("mtu", each.zone)] = ("ok", "1048576")
    return [(*key, *value) for key, value in {**right, **(changes or {})}.items()]


def message(rows: Sequence[RowText], *, done: bool = True) -> str:
    """A termination message."""
    return json.dumps({"v": 1, "done": done, "checks": rows}, separators=(",", ":"))


def a_probe_pod(plan: Plan, probe: Probe, text: str | None, *, address: str = "100.64.0.20", **changes: Any) -> Object:
    """A probe pod whose container `probe` has ended with a termination message; it still runs if the text is None."""
    terminated = {"terminated": {"exitCode": 0, "reason": "Completed", "message": text}}
    states = [] if text is None else [{"name": "probe", "state": terminated}]
    spec = {"hostname": probe.name, "subdomain": "probes"}
    status = {
        "containerStatuses": [*states, {"name": "listener", "state": {"running": {}}}],
        **changes.get("status", {}),
    }
    pod = a_pod(
        f"{probe.name}-x7k2p",
        node=f"i-{probe.zone[-1]}",
        namespace=namespace_of(plan),
        address=changes.get("ip", address),
        spec=spec,
        status=status,
    )
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": probe.name, "controller": True}
    pod["metadata"]["ownerReferences"] = [owner]
    return pod


def probe_pods(plan: Plan, changes: Rows | None = None, *, of: int | None = None) -> list[Object]:
    """A pod of each probe in a network in order, with changes of all of them, or only of that with a number."""
    pods = []
    for number, probe in enumerate(probes(plan)):
        address = f"100.64.{64 * (number % 2)}.20"
        changed = changes if of in {None, number} else None
        text = message(rows_of(plan, probe, address, changed))
        pods.append(a_probe_pod(plan, probe, text, address=address))
    return pods


def reported(plan: Plan, pods: Sequence[Object], public: PublicAddresses | None = None) -> SmokeReport:
    """The report of probe pods."""
    expected = {each.name: public for each in probes(plan)} if public else {}
    report = SmokeReport(plan, expected)
    for pod in pods:
        report.add(Pod.of(pod))
    return report


def found(report: SmokeReport, check: str = "") -> list[Diagnostic]:
    """The diagnostics of a check, or all that are not ok."""
    every = list(report.diagnostics())
    return [each for each in every if each.id == check] if check else [each for each in every if each.severity != "ok"]
