"""An address plan: the plan of one config, with its capacity and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from podspace.address_plan.nau import Usage, usage
from podspace.address_plan.note import notes, unfit
from podspace.address_plan.ranking import Ranking, rankings
from podspace.capacity import (
    Answer,
    Fit,
    Limits,
    Node,
    Question,
    ZoneRoom,
    answer,
    fit,
    listed,
    nodes_of,
    sizes,
)
from podspace.cost import Cost, cost
from podspace.diagnostic import Diagnostic
from podspace.planning import NetworkFile, Plan
from podspace.planning.addresses.room import Room, room


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressPlan:
    """The plan of one config, with its capacity and cost.

    Attributes:
        path: path of the config file.
        zones: the addresses of each zone; none if the pod subnets exist already, as no file contains their sizes.
        described: whether the limits of instance types are from EC2 rather than from the table.
        fits: maximum number of nodes of each instance type, for each combination of pods and addresses of a node.
        usages: Network Address Usage of the `fits` of the NodeClasses, if the plan is full.
        rankings: the ranked instance types of the requested NodePools.
        question: the requested pods and nodes; None if none were requested.
        answers: whether they fit, for each instance type.
        notes: notes and warnings about these numbers.
    """

    path: Path
    plan: Plan
    zones: tuple[ZoneRoom, ...]
    room: Room
    described: bool
    fits: tuple[Fit, ...]
    usages: tuple[tuple[Fit, Usage], ...]
    rankings: tuple[Ranking, ...]
    question: Question | None
    answers: tuple[tuple[Answer, Usage], ...]
    cost: Cost
    notes: tuple[Diagnostic, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Whether what was requested fits, and everything to know about the plan, of this config file."""
        found = (*unfit(self.answers), *self.notes, *self.plan.remarks)
        return tuple(replace(each, location=replace(each.location, file=str(self.path))) for each in found)


def address_plan(
    file: NetworkFile,
    *,
    question: Question | None = None,
    instance_types: Sequence[str] = (),
    limits: Limits | None = None,
    gb: int = 0,
    ranked: Sequence[str] = (),
) -> AddressPlan:
    """The address plan of a config file.

    Args:
        file: the config file, with its plan.
        question: the requested pods and nodes.
        instance_types: those to count with; else some that its NodePools admit.
        limits: their limits; else those of the table.
        gb: GB a month that pods send by each entry of the `egress` section.
        ranked: names of the NodePools whose instance types are ranked; see `ranked_pools`.

    Raises:
        InputError: an instance type is not in `limits`.
    """
    plan, zones = file.plan, file.plan.zone_rooms
    known = listed() if limits is None else limits
    ipv6 = plan.cluster.ip_family == "ipv6"
    nodes = nodes_of(
        node_classes=plan.node_classes, node_pools=plan.node_pools, ipv6=ipv6, asked=instance_types, limits=known
    )
    fits = tuple(fit(node, size, zones) for node in nodes for size in sizes(ipv6=ipv6))
    usages = tuple((each, _when_full(plan, each)) for each in fits if each.planned) if zones else ()
    answers = tuple((each, _asked(plan, each)) for each in _answers(question, nodes, zones))
    return AddressPlan(
        path=file.path,
        plan=plan,
        zones=zones,
        room=room(plan),
        described=limits is not None,
        fits=fits,
        usages=usages,
        rankings=rankings(plan, ranked),
        question=question,
        answers=answers,
        cost=cost(plan, gb=gb),
        notes=tuple(notes(plan, limits=known, zones=zones, usages=usages, answers=answers)),
    )


def _answers(question: Question | None, nodes: Sequence[Node], zones: Sequence[ZoneRoom]) -> Sequence[Answer]:
    return [answer(question, node, zones) for node in nodes] if question else []


def _when_full(plan: Plan, full: Fit) -> Usage:
    return usage(plan, need=full.need, pods=full.node.pods, nodes=full.nodes)


def _asked(plan: Plan, asked: Answer) -> Usage:
    need = asked.node.need(asked.node.size, pods=min(asked.pods_each, asked.node.pods))
    return usage(plan, need=need, pods=asked.pods_each, nodes=asked.nodes)
