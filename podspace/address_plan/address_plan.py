"""Everything there is to tell of the addresses of one config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from podspace.address_plan.note import notes, unfit
from podspace.capacity import (
    Answer,
    Fit,
    Limits,
    Node,
    Question,
    Room,
    Usage,
    ZoneRoom,
    answer,
    fit,
    listed,
    nodes_of,
    room,
    sizes,
    usage,
    zone_rooms,
)
from podspace.cost import Cost, cost
from podspace.diagnostic import Diagnostic
from podspace.planning import Config, NetworkFile, Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressPlan:
    """A plan of addresses, and what follows from it.

    Attributes:
        path: the config file.
        zones: what each zone has; none where the pod subnets exist, as no file says how large they are.
        described: whether limits of instance types are EC2's own answer rather than our table.
        fits: the most nodes of each kind, for every way of taking addresses.
        usages: of the kinds of node as planned, what AWS counts when the plan is full.
        question: what was asked, and `answers` for each kind of node; None and empty where nothing was.
        notes: what to know about all this.
    """

    path: Path
    config: Config
    plan: Plan
    zones: tuple[ZoneRoom, ...]
    room: Room
    described: bool
    fits: tuple[Fit, ...]
    usages: tuple[tuple[Fit, Usage], ...]
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
) -> AddressPlan:
    """What is to tell of a config file.

    Args:
        file: the config and its plan.
        question: what should fit.
        instance_types: those to count with; else those its NodePools require by name, else common ones.
        limits: of those; else our table's.
        gb: GB a month that pods send by each way out.

    Raises:
        InputError: an instance type is not known.
    """
    config, plan, zones = file.config, file.plan, zone_rooms(file.config, file.plan)
    known = listed() if limits is None else limits
    nodes = nodes_of(config, plan, asked=instance_types, limits=known)
    fits = tuple(fit(node, size, zones) for node in nodes for size in sizes(config))
    usages = tuple((each, _when_full(plan, each)) for each in fits if each.planned) if zones else ()
    answers = tuple((each, _asked(plan, each)) for each in _answers(question, nodes, zones))
    return AddressPlan(
        path=file.path,
        config=config,
        plan=plan,
        zones=zones,
        room=room(config, plan),
        described=limits is not None,
        fits=fits,
        usages=usages,
        question=question,
        answers=answers,
        cost=cost(config, plan, gb=gb),
        notes=tuple(notes(config, plan, limits=known, zones=zones, usages=usages, answers=answers)),
    )


def _answers(question: Question | None, nodes: Sequence[Node], zones: Sequence[ZoneRoom]) -> Sequence[Answer]:
    return [answer(question, node, zones) for node in nodes] if question else []


def _when_full(plan: Plan, full: Fit) -> Usage:
    return usage(plan, need=full.need, pods=full.node.pods, nodes=full.nodes)


def _asked(plan: Plan, asked: Answer) -> Usage:
    need = asked.node.need(asked.node.size, pods=min(asked.pods_each, asked.node.pods))
    return usage(plan, need=need, pods=asked.pods_each, nodes=asked.nodes)
