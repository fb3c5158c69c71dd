"""Diagnostics of the addresses of pods, from their counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, Severity
from podspace.reporting.wording import counted, plain, such_as
from podspace.verification.expectation import Expectation
from podspace.verification.pod_census import PodCensus, PodState

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_POOLS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_NAMESPACES: Final = 3
_SUBNETS: Final = 6


def pod_diagnostics(census: PodCensus, expected: Expectation, *, nodes_known: bool) -> Iterator[Diagnostic]:
    """Pods on the nodes of a network, with and without an address of its pod subnets."""
    yield from _proof(census, expected, nodes_known=nodes_known)
    for state in (PodState.OUTSIDE, PodState.OTHER_ZONE, PodState.NOT_THE_HOSTS):
        if census.count(state, network=expected.network):
            yield _wrong(census, expected, state)
    if census.count(PodState.WAITING, network=expected.network):
        yield _waiting(census, expected)


def other_pod_diagnostics(census: PodCensus, *, nodes_known: bool) -> Iterator[Diagnostic]:
    """Pods on nodes of no network, those of which the node is not known, and those that are not checked."""
    yield from _leaks(census)
    if census.count(PodState.UNKNOWN_NODE):
        yield _unknown_nodes(census, nodes_known=nodes_known)
    yield from _apart(census)


def subject_of(expected: Expectation) -> str:
    """The NodePools and node groups whose pods are checked, in words."""
    pools = ", ".join(sorted(expected.pools)) or "no NodePool"
    return f"{pools} and managed node groups" if expected.node_groups else pools


def _proof(census: PodCensus, expected: Expectation, *, nodes_known: bool) -> Iterator[Diagnostic]:
    subject, network = subject_of(expected), expected.network
    right, unchecked = (census.count(each, network=network) for each in (PodState.RIGHT, PodState.UNCHECKED))
    if right:
        text = f"{counted(right, 'pod has an address', 'pods have addresses')} of a pod subnet of the node's zone"
        yield Diagnostic(id="pod-addresses", severity="ok", subject=subject, message=text)
    elif unchecked:
        yield Diagnostic(
            id="pod-addresses",
            severity="unknown",
            subject=subject,
            message=f"{counted(unchecked, 'pod has an address', 'pods have addresses')}; the CIDRs of the pod subnets "
            "are not known, because the config lists the subnets by id and the account was not read",
            fix="run verify with credentials for the account",
        )
    elif nodes_known and not census.count(PodState.OUTSIDE, PodState.OTHER_ZONE, network=network):
        yield Diagnostic(
            id="pod-addresses",
            severity="warning",
            subject=subject,
            message="no pod on their nodes has an address yet",
            fix="start one, with the nodeSelector "
            f"karpenter.sh/nodepool: {min(expected.pools, default='NAME')} for example",
        )


_WRONG: Final = {
    PodState.OUTSIDE: (
        "pod-addresses",
        "has an address of no pod subnet",
        "have addresses of no pod subnet",
        "their nodes were created before the NodeClass had its pod subnets, or by a NodeClass with other pod subnets",
        "compare podSubnetSelectorTerms of the NodeClass with the pod subnets; nodes that differ are replaced by drift",
    ),
    PodState.OTHER_ZONE: (
        "pod-zones",
        "has an address of another zone's pod subnet",
        "have addresses of another zone's pod subnet",
        "a network interface is in the zone of its node, so the pod subnets are in other zones than in the config",
        "compare the zones of the subnets with the config; check whether another config was deployed",
    ),
    PodState.NOT_THE_HOSTS: (
        "host-network-pods",
        "uses the host network and does not have the address of its node",
        "use the host network and do not have the address of their node",
        "",
        "",
    ),
}


def _wrong(census: PodCensus, expected: Expectation, state: PodState) -> Diagnostic:
    tally = census.tally(expected.network, state)
    check, one, many, cause, fix = _WRONG[state]
    subnets = [str(each.cidr) for each in expected.pod_ranges]
    known = such_as(subnets, of=len(subnets), shown=_SUBNETS)
    must = f"; must be of {known}" if state is PodState.OUTSIDE else ""
    return Diagnostic(
        id=check,
        severity="error",
        subject=subject_of(expected),
        message=counted(tally.count, f"pod {one}", f"pods {many}")
        + f": {such_as(tally.examples, of=tally.count)}{must}",
        cause=cause,
        fix=fix,
        source=_NODE_CLASS_PAGE if cause else "",
        inferred=bool(cause),
    )


def _leaks(census: PodCensus) -> Iterator[Diagnostic]:
    for created_by, others in sorted(census.elsewhere.items()):
        spaces = [plain(name) for name, _ in others.namespaces.most_common()]
        taken = others.in_pod_subnets
        where = such_as(spaces, of=len(spaces), shown=_NAMESPACES)
        text = f"{counted(others.count, 'pod is', 'pods are')} on its nodes, in {where}"
        if any(each.pod_ranges for each in census.networks):
            text += f"; {f'{taken:,}' if taken else 'none'} with an address of the pod subnets"
        yield Diagnostic(
            id="pods-elsewhere",
            severity="warning",
            subject=plain(created_by),
            message=text,
            cause="only pods on nodes of the config's NodeClasses get addresses of the pod subnets",
            fix="no action needed if intended; else keep them off these nodes: switch built-in node pools off, or use "
            "taints, labels and weights",
            source=_POOLS_PAGE,
        )


def _waiting(census: PodCensus, expected: Expectation) -> Diagnostic:
    tally, oldest = census.tally(expected.network, PodState.WAITING), census.oldest_waiting.get(expected.network)
    since = f", the oldest since {plain(oldest)}" if oldest else ""
    text = f"{counted(tally.count, 'pod is on a node and has', 'pods are on nodes and have')} no address yet{since}: "
    return Diagnostic(
        id="pods-without-address",
        severity="warning",
        subject="waiting pods",
        message=text + such_as(tally.examples, of=tally.count),
        fix="wait, with --watch; known messages of theirs are listed below",
    )


def _unknown_nodes(census: PodCensus, *, nodes_known: bool) -> Diagnostic:
    tally = census.tally("", PodState.UNKNOWN_NODE)
    severity: Severity = "warning" if nodes_known else "unknown"
    why = "created or deleted while pods were read" if nodes_known else "nodes could not be read"
    return Diagnostic(
        id="pod-addresses",
        severity=severity,
        subject="pods on unknown nodes",
        message=f"{counted(tally.count, 'pod is on a node that is', 'pods are on nodes that are')} not known, {why}: "
        + such_as(tally.examples, of=tally.count),
    )


def _apart(census: PodCensus) -> Iterator[Diagnostic]:
    """Pods that are not checked, so that the counts are complete."""
    parts = {
        "on the host network, with the address of their node": census.count(PodState.HOST_NETWORK),
        "finished": census.count(PodState.FINISHED),
        "on no node yet": census.count(PodState.UNSCHEDULED),
    }
    if said := ", ".join(f"{number:,} {what}" for what, number in parts.items() if number):
        yield Diagnostic(id="pods-apart", severity="ok", subject="pods left out", message=said)
