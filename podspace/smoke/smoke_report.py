"""The results of the probes of a plan in a cluster, collected pod by pod and compared with the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, error, unknown, warning
from podspace.live.kubernetes import Owner, Pod
from podspace.planning import Plan
from podspace.reporting.wording import plain, quoted, such_as
from podspace.smoke.manifest import CONTAINER
from podspace.smoke.probe import Probe, namespace_of, probes
from podspace.smoke.public_addresses import NOT_READ, PublicAddresses
from podspace.smoke.result import ProbeResult, ResultError, result_of
from podspace.smoke.verdicts import CHECKS, Context, not_tried, verdicts

ID: Final = "smoke"
_POOLS: Final = 6
_WAITS: Final = 2
_NO_IMAGE: Final = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName")
"""Reasons for which a container waits if its image cannot be pulled."""
_NO_NODE: Final = "Unschedulable"
"""The reason for which a pod waits for a node."""


class SmokeReport:
    """The results of the probes of one plan, `plan`."""

    def __init__(self, plan: Plan, public: Mapping[str, PublicAddresses]) -> None:
        """
        Args:
            plan: the plan.
            public: the public addresses that each probe may be seen with, by its name.
        """
        self.plan, self._public = plan, public
        self._namespace = namespace_of(plan)
        self._probes = {each.name: each for each in probes(plan)}
        self._pods: dict[str, Pod] = {}

    def add(self, pod: Pod) -> None:
        """Keep a pod if it is a probe of the plan; of two with one name, the later one."""
        if pod.namespace == self._namespace and pod.hostname in self._probes and pod.owner == _job(pod.hostname):
            known = self._pods.get(pod.hostname)
            if known is None or known.created <= pod.created:
                self._pods[pod.hostname] = pod

    @property
    def complete(self) -> bool:
        """Whether every probe of every NodePool that was probed has tried everything."""
        results = [self._result(probe) for probe in self._expected]
        return not self._probes or (bool(results) and all(result is not None and result.done for result in results))

    def diagnostics(self, *, whole: bool = True) -> Iterator[Diagnostic]:
        """What the probes found, each once for all probes that found it.

        Args:
            whole: whether all pods were read, so that a pod that is missing does not exist.
        """
        if not self._probes:
            text = "the config has no NodePool to probe"
            yield Diagnostic(id=ID, severity="note", subject=self.plan.name, message=text)
            return
        if not self._pods:
            fix = "run `podspace smoke CONFIG | kubectl apply --filename=-`, and wait until the probes have run"
            yield replace(unknown(ID, self._namespace, ""), message="has no probe pod of this network", fix=fix)
            return
        yield from self._left_out()
        expected = self._expected
        found: dict[Diagnostic, dict[Probe, None]] = defaultdict(dict)
        for probe in expected:
            for each in self._of(probe, whole=whole):
                found[each][probe] = None
        for each, tried in sorted(found.items(), key=_order):
            everywhere = len(tried) == len(expected) > 1
            yield replace(each, subject="all probes" if everywhere else _subject(tried))

    def facts(self) -> list[JsonValue]:
        """The results as JSON: what each probe tried, with its outcome and detail."""
        return [self._fact(probe) for probe in self._expected]

    @property
    def _expected(self) -> Sequence[Probe]:
        """The probes of the NodePools that have at least one probe pod."""
        pools = {self._probes[name].pool for name in self._pods}
        return [probe for probe in self._probes.values() if probe.pool in pools]

    @property
    def _started(self) -> frozenset[str]:
        """The zones in which a probe pod has an address."""
        return frozenset(self._probes[name].zone for name, pod in self._pods.items() if pod.addresses)

    def _left_out(self) -> Iterator[Diagnostic]:
        pools = dict.fromkeys(probe.pool for probe in self._probes.values())
        tried = {probe.pool for probe in self._expected}
        if left := [pool for pool in pools if pool not in tried]:
            text = "no probe pod is on their nodes"
            yield Diagnostic(id=ID, severity="note", subject=such_as(left, of=len(left), shown=_POOLS), message=text)

    def _of(self, probe: Probe, *, whole: bool) -> Iterator[Diagnostic]:
        pod = self._pods.get(probe.name)
        if pod is None and not whole:
            text = f"the pod {probe.name} was not read"
            yield replace(unknown(ID, "", ""), message=text, fix="read all pods of all namespaces")
            return
        if pod is None:
            fix = "apply the manifest again, after `kubectl delete namespace` of the earlier one"
            yield error(ID, "", f"has no pod {probe.name} in the namespace {self._namespace}", fix=fix)
            return
        message = _message(pod)
        if message is None:
            yield self._without_result(pod)
            return
        try:
            result = result_of(message)
        except ResultError as failure:
            fix = f"read `kubectl logs --namespace {self._namespace} job/{probe.name} --container {CONTAINER}`"
            yield error(ID, "", plain(f"{failure}, of the pod {pod.name}"), fix=fix)
            return
        public = self._public.get(probe.name, NOT_READ)
        context = Context(plan=self.plan, probe=probe, addresses=pod.addresses, started=self._started, public=public)
        for row in result.rows:
            yield from verdicts(row, context)
        if result.done:
            yield from not_tried(result.rows, context, zones=self._zones_of(probe.pool))
        else:
            text = "stopped before the last check"
            yield warning(ID, "", text, fix="apply the manifest again with a longer --wait")

    def _zones_of(self, pool: str) -> frozenset[str]:
        return frozenset(each.zone for each in self._probes.values() if each.pool == pool)

    def _without_result(self, pod: Pod) -> Diagnostic:
        if pod.finished:
            reasons = ", ".join(plain(each.reason) for each in pod.ended) or pod.phase
            text, fix = f"ended without a result: {plain(reasons)}", "apply the manifest again, with a longer --wait"
            return error(ID, "", text, fix=fix)
        waits = [quoted(each) for each in pod.waiting[:_WAITS]]
        state = "the pod waits: " + ", ".join(waits) if waits else "the probe is running"
        text = f"no result yet; {state}"
        no_image = any(each.startswith(_NO_IMAGE) for each in pod.waiting)
        fix = "give an image that its node can pull, with --image" if no_image else "wait, with --watch"
        if any(each.startswith(_NO_NODE) for each in pod.waiting):
            fix += "; if it stays so, check limits, replicas and requirements of its NodePool, which may start no node "
            fix += "in this zone"
        return replace(unknown(ID, "", ""), message=text, fix=fix)

    def _result(self, probe: Probe) -> ProbeResult | None:
        pod = self._pods.get(probe.name)
        message = _message(pod) if pod else None
        try:
            return result_of(message) if message is not None else None
        except ResultError:
            return None

    def _fact(self, probe: Probe) -> JsonValue:
        pod, result = self._pods.get(probe.name), self._result(probe)
        rows = result.rows if result else ()
        return {
            "network": self.plan.name,
            "pool": probe.pool,
            "zone": probe.zone,
            "snat_policy": probe.snat_policy,
            "pod": plain(pod.name) if pod else "",
            "complete": bool(result and result.done),
            "checks": [{key: plain(value) for key, value in row._asdict().items()} for row in rows],
        }


def _message(pod: Pod) -> str | None:
    """The termination message of the probe; None while it runs."""
    return next((each.message for each in pod.ended if each.name == CONTAINER), None)


def _job(probe: str) -> Owner:
    return Owner(kind="Job", name=probe)


def _subject(tried: Iterable[Probe]) -> str:
    """Such as `workers in eu-west-1a, eu-west-1b`."""
    zones: dict[str, list[str]] = defaultdict(list)
    for probe in tried:
        zones[probe.pool].append(probe.zone)
    return "; ".join(f"{pool} in {', '.join(of)}" for pool, of in zones.items())


def _order(found: tuple[Diagnostic, Mapping[Probe, None]]) -> int:
    """The place of a diagnostic by its check: what a probe is, then what it tried."""
    check = found[0].id.removeprefix(f"{ID}-")
    return CHECKS.index(check) if check in CHECKS else -1
