"""What to know about the numbers of an address plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podspace.capacity import Answer, Fit, Limits, Usage, ZoneRoom, required_types
from podspace.capacity.nau import MOST, QUOTA
from podspace.diagnostic import Diagnostic
from podspace.planning import Config, Plan


def notes(
    config: Config,
    plan: Plan,
    *,
    limits: Limits,
    zones: Sequence[ZoneRoom],
    usages: Sequence[tuple[Fit, Usage]],
    answers: Sequence[tuple[Answer, Usage]],
) -> Iterator[Diagnostic]:
    """What is not known, what is not counted, and which limits are near."""
    yield from _not_known(config, zones)
    yield from _not_counted(plan, zones, limits)
    yield from _zone_lost(answers)
    yield from _too_many_units(usages, answers)


def unfit(answers: Sequence[tuple[Answer, Usage]]) -> Iterator[Diagnostic]:
    """What was requested and does not fit, or is not known to, for each kind of node."""
    fix = "use larger or more CIDR blocks, fewer pods or nodes, or another --instance-type"
    for each, _ in answers:
        if each.pods_each > each.node.pods:
            reason = f"a node runs at most {each.node.pods:,} pods, and {each.pods_each:,} are requested for each"
        elif not each.known:
            yield Diagnostic(
                id="fit-unknown",
                severity="unknown",
                subject=each.node.instance_type.name,
                message="it is not known whether the requested pods and nodes fit",
                cause="the pod subnets exist already, and their sizes are not in the config",
                fix="run `podspace preflight`, which reads the sizes",
            )
            continue
        elif each.spread.short:
            reason = ", ".join(
                f"{zone} holds {each.spread.room[zone]:,} nodes of its share of {each.spread.shares[zone]:,}"
                for zone in each.spread.short
            )
        else:
            continue
        yield Diagnostic(id="does-not-fit", subject=each.node.instance_type.name, message=reason, fix=fix)


def _note(id: str, text: str) -> Diagnostic:
    return Diagnostic(id=id, severity="note", message=text)


def _warning(id: str, text: str) -> Diagnostic:
    return Diagnostic(id=id, severity="warning", message=text)


def _not_known(config: Config, zones: Sequence[ZoneRoom]) -> Iterator[Diagnostic]:
    if not zones:
        yield _note(
            "pod-subnets-exist",
            "the pod subnets exist: sizes of subnets that exist are not in the file, so it is not known here what they "
            "hold; `podspace preflight` reads them",
        )
    elif config.vpc.create is None:
        yield _note(
            "node-subnets-exist",
            "each node takes an address of a node subnet too: sizes of subnets that exist are not in the file, so that "
            "limit is not known here; `podspace preflight` looks",
        )
    else:
        yield _note(
            "node-subnets-shared",
            "each node takes an address of a node subnet too, which is counted; load balancers, endpoints and the "
            "control plane take some as well, which is not",
        )


def _not_counted(plan: Plan, zones: Sequence[ZoneRoom], limits: Limits) -> Iterator[Diagnostic]:
    if any(len(zone.subnets) > 1 for zone in zones):
        yield _note(
            "several-pod-subnets",
            "which of several pod subnets of its zone a node takes is not documented, so each is counted as full",
        )
    if unlisted := [name for name in dict.fromkeys(required_types(plan)) if name not in limits]:
        yield _note(
            "unlisted-instance-types",
            f"NodePools require {', '.join(unlisted)}, of which no limits are known here; "
            "--describe-instance-types asks EC2",
        )
    static = [each for each in plan.node_classes if (net := each.spec.advanced_networking) and net.network_interfaces]
    if static:
        yield _note(
            "static-interfaces",
            f"nodes of {', '.join(each.metadata.name for each in static)} have the interfaces and addresses of "
            "network_interfaces and no others, which is not counted so",
        )
    if plan.vpc_cni:
        yield _note(
            "managed-node-groups",
            "managed node groups take addresses of the same subnets by the rules of the VPC CNI, which is not counted",
        )


def _zone_lost(answers: Sequence[tuple[Answer, Usage]]) -> Iterator[Diagnostic]:
    for each, _ in answers:
        if not each.fits or each.survives:
            continue
        if not each.lost:
            text = "fit, but there is one zone only: nothing is left when it is lost"
        else:
            left = ", ".join(
                f"{zone} holds {each.spread_left.room[zone]:,} of its share of {each.spread_left.shares[zone]:,}"
                for zone in each.spread_left.short
            )
            text = f"fit, but not with {each.lost} lost: {left}"
        yield _warning("zone-lost", f"{each.nodes:,} nodes of {each.node.instance_type.name} {text}")


def _too_many_units(
    usages: Sequence[tuple[Fit, Usage]], answers: Sequence[tuple[Answer, Usage]]
) -> Iterator[Diagnostic]:
    limit = f"the quota of {QUOTA:,} a VPC, which AWS raises to {MOST:,} at most"
    if asked := [each for each, units in answers if units.over]:
        names = ", ".join(each.node.instance_type.name for each in asked)
        yield _warning("nau-asked", f"what was asked for, on {names}, may come to more units of NAU than {limit}")
    if full := [each for each, units in usages if units.over]:
        names = ", ".join(dict.fromkeys(each.node.instance_type.name for each in full))
        yield _warning("nau-full", f"full of {names}, the plan may come to more units of NAU than {limit}")
