"""Notes about the numbers of an address plan, and whether the requested pods and nodes fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from podspace.address_plan.nau import MOST, NAU_PAGE, QUOTA, Usage
from podspace.capacity import (
    Answer,
    Fit,
    Limits,
    Node,
    ZoneRoom,
    admits,
    amounts_of,
    counted_types,
    ignored_requirements,
    types_of,
)
from podspace.diagnostic import Diagnostic, warning
from podspace.planning import Plan


def notes(
    plan: Plan,
    *,
    limits: Limits,
    zones: Sequence[ZoneRoom],
    usages: Sequence[tuple[Fit, Usage]],
    answers: Sequence[tuple[Answer, Usage]],
) -> Iterator[Diagnostic]:
    """Notes: what is unknown, what is not counted, and which quotas may be exceeded."""
    yield from _sizes_not_known(plan, zones)
    yield from _not_counted(plan, zones)
    yield from _instance_types(plan, limits)
    yield from _limits(plan, answers)
    yield from _zone_lost(answers)
    yield from _too_many_units(usages, answers)


def unfit(answers: Sequence[tuple[Answer, Usage]]) -> Iterator[Diagnostic]:
    """The instance types with which the requested pods and nodes do not fit, or are not known to fit."""
    for each, _ in answers:
        fix = "request more nodes for the pods, or another --instance-type"
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
            fix = f"{_more_subnets(each)}, or use fewer pods or nodes, or another --instance-type"
        else:
            continue
        yield Diagnostic(id="does-not-fit", subject=each.node.instance_type.name, message=reason, fix=fix)


def _more_subnets(answer: Answer) -> str:
    """How many times the pod subnets of a zone must be there for its share of the nodes."""
    spread = answer.spread
    if not all(spread.room[zone] for zone in spread.short):
        return "add larger CIDR blocks (podspace add-cidr)"
    times = max(ceil(spread.shares[zone] / spread.room[zone]) for zone in spread.short)
    return f"add CIDR blocks (podspace add-cidr) until each zone has {times} times the addresses it has now"


def _note(id: str, message: str, *, subject: str = "", fix: str = "") -> Diagnostic:
    return Diagnostic(id=id, severity="note", subject=subject, message=message, fix=fix)


def _sizes_not_known(plan: Plan, zones: Sequence[ZoneRoom]) -> Iterator[Diagnostic]:
    if not zones:
        yield _note(
            "pod-subnets-exist",
            "the sizes of existing pod subnets are not in the file, so it is not known how many nodes and pods fit",
            fix="run `podspace preflight`, which reads the sizes",
        )
    elif plan.vpc.new is None:
        yield _note(
            "node-subnets-exist",
            "each node takes an address of a node subnet too, which is not counted: the sizes of existing node subnets "
            "are not in the file",
            fix="run `podspace preflight`, which reads the sizes",
        )
    else:
        yield _note(
            "node-subnets-shared",
            "each node takes an address of a node subnet too, which is counted; load balancers, endpoints and the "
            "control plane also take some, which are not counted",
        )


def _not_counted(plan: Plan, zones: Sequence[ZoneRoom]) -> Iterator[Diagnostic]:
    if any(len(zone.subnets) > 1 for zone in zones):
        yield _note(
            "several-pod-subnets",
            "it is not documented which of several pod subnets of its zone a node uses, so all of them are counted",
        )
    static = [each for each in plan.node_classes if (net := each.spec.advanced_networking) and net.network_interfaces]
    if static:
        names = ", ".join(each.metadata.name for each in static)
        yield _note(
            "static-interfaces",
            "nodes of these NodeClasses have only the interfaces and addresses of network_interfaces; they are counted "
            "as nodes without that setting",
            subject=names,
        )
    if plan.vpc_cni:
        yield _note(
            "managed-node-groups",
            "managed node groups take addresses of the same subnets by the rules of the VPC CNI, which is not counted",
        )


def _instance_types(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    """Requirements of NodePools that the choice of instance types does not follow."""
    if unlisted := ", ".join(name for name in counted_types(plan.node_pools) if name not in limits):
        yield _note(
            "unlisted-instance-types",
            "the limits of these instance types, which NodePools require, are not known, so they are not counted",
            subject=unlisted,
            fix="use --describe-instance-types to ask EC2 for them",
        )
    for pool in plan.node_pools:
        subject = f"NodePool {pool.metadata.name}"
        if not types_of(pool):
            yield _note(
                "no-instance-type",
                "no instance type of the table satisfies its requirements, so it is not counted",
                subject=subject,
                fix="correct the requirements, or name instance types with --instance-type",
            )
        elif ignored := ", ".join(ignored_requirements(pool)):
            yield _note(
                "requirements-not-evaluated",
                f"requirements on {ignored} are not evaluated, so instance types that it does not admit may be counted",
                subject=subject,
                fix="name instance types with --instance-type",
            )


def _limits(plan: Plan, answers: Sequence[tuple[Answer, Usage]]) -> Iterator[Diagnostic]:
    """Requested nodes that the limits of NodePools do not allow, if all NodePools that can have them are limited."""
    for each, _ in answers:
        wanted = each.node.instance_type
        pools = [
            pool
            for pool in plan.node_pools
            if pool.spec.template.spec.node_class_ref.name in each.node.node_classes and admits(pool, wanted)
        ]
        allowed = [amounts_of(pool).nodes_of(wanted) for pool in pools]
        bounded = [nodes for nodes in allowed if nodes is not None]
        if pools and len(bounded) == len(pools) and sum(bounded) < each.nodes:
            names = ", ".join(pool.metadata.name for pool in pools)
            yield warning(
                "limits-allow-fewer-nodes",
                wanted.name,
                f"{each.nodes:,} nodes are needed, and the limits of NodePools ({names}) allow {sum(bounded):,}",
                fix="raise node_pools[].limits, or request fewer pods or nodes",
            )


def _zone_lost(answers: Sequence[tuple[Answer, Usage]]) -> Iterator[Diagnostic]:
    for each, _ in answers:
        if not each.fits or each.survives:
            continue
        if not each.lost:
            reason = "fit, but there is one zone only, so no node is left if it is lost"
        else:
            left = ", ".join(
                f"{zone} holds {each.spread_left.room[zone]:,} of its share of {each.spread_left.shares[zone]:,}"
                for zone in each.spread_left.short
            )
            reason = f"fit, but not if {each.lost} is lost: {left}"
        yield warning("zone-lost", each.node.instance_type.name, f"{each.nodes:,} nodes {reason}")


def _too_many_units(
    usages: Sequence[tuple[Fit, Usage]], answers: Sequence[tuple[Answer, Usage]]
) -> Iterator[Diagnostic]:
    """Network Address Usage over its quota; of a full plan only a note if the requested pods and nodes stay below."""
    quota = f"the quota of {QUOTA:,} units of a VPC, which AWS raises to {MOST:,} at most"
    requested = _names_over([(each.node, used) for each, used in answers])
    if requested:
        message = f"the requested pods and nodes may need more Network Address Usage than {quota}"
        yield warning("nau-asked", requested, message, source=NAU_PAGE)
    if full := _names_over([(each.node, used) for each, used in usages]):
        message = f"a full plan may need more Network Address Usage than {quota}"
        found = warning("nau-full", full, message, source=NAU_PAGE)
        yield replace(found, severity="note") if answers and not requested else found


def _names_over(usages: Sequence[tuple[Node, Usage]]) -> str:
    return ", ".join(dict.fromkeys(node.instance_type.name for node, used in usages if used.over))
