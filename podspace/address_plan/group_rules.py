"""The rules of security groups that a plan creates, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.table import table
from podspace.planning import CLUSTER, PODS, EgressRule, GroupRule, Plan, id_of
from podspace.planning.cluster.plan import ports_in_words


@dataclass(frozen=True, slots=True)
class _Row:
    """A rule, seen from the group that it is on; groups are `pods`, `cluster`, `endpoints`, or an id."""

    group: str
    direction: Literal["from", "to"]
    peer: str
    rule: GroupRule | EgressRule


def security_groups(plan: AddressPlan) -> Iterator[RenderableType]:
    """A table of every security group rule of the plan, and a note about rules of existing groups that it does not
    show.
    """
    rows = _rows(plan.plan)
    if rows:
        yield table(
            ("group", "", "other side", "ports", "reason"),
            [(row.group, row.direction, row.peer, ports_in_words(row.rule), row.rule.reason) for row in rows],
            wrapped="reason",
        )
    yield from map(Text, _groups(plan.plan, rows))


def rule_facts(plan: Plan) -> list[JsonValue]:
    """Every rule that the plan creates, as JSON; the ports are null for every port."""
    return [
        {
            "group": row.group,
            "direction": row.direction,
            "peer": row.peer,
            "protocol": row.rule.protocol,
            "from_port": row.rule.ports[0] if row.rule.ports else None,
            "to_port": row.rule.ports[1] if row.rule.ports else None,
            "reason": row.rule.reason,
        }
        for row in _rows(plan)
    ]


def group_ids(plan: Plan) -> Mapping[str, str | None]:
    """The ids of the groups that rules call `pods` and `cluster`, as far as the file has them."""
    return {PODS: id_of(plan.pod_group.origin) or None, CLUSTER: id_of(plan.cluster.security_group) or None}


def _rows(plan: Plan) -> list[_Row]:
    """The rules of each group in turn, the pods' first."""
    ingress: list[GroupRule] = []
    egress: list[EgressRule] = []
    if not plan.network_half:
        ingress += plan.pod_group.rules
        egress += (*plan.pod_group.inline_egress, *(plan.pod_group.egress or ()))
    if plan.endpoints:
        ingress += (*plan.endpoints.rules, *plan.endpoints.own_rules)
        egress += plan.endpoints.egress
    rows = [_Row(rule.on, "from", str(rule.source), rule) for rule in ingress]
    rows += [_Row(PODS, "to", str(rule.to), rule) for rule in egress]
    order = list(dict.fromkeys((PODS, *(row.group for row in rows))))
    return sorted(rows, key=lambda row: order.index(row.group))


def _groups(plan: Plan, rows: list[_Row]) -> Iterator[str]:
    """Which groups `pods` and `cluster` are if they exist, and what is not shown of them."""
    ids, kind = group_ids(plan), plan.pod_group.kind
    if plan.network_half:
        yield "the file of the cluster's account has the rules of the pods' security group"
        return
    if kind != "dedicated":
        group = f"the existing security group {ids[PODS]}" if kind == "existing" else "the cluster's security group"
        added = any(PODS in (row.group, row.peer) for row in rows)
        what = "only the rules that the plan adds are shown" if added else "the plan adds no rule for them"
        yield f"pods are in {group}: {what}"
    if ids[CLUSTER] and (kind == "cluster" or any(CLUSTER in (row.group, row.peer) for row in rows)):
        yield f"cluster: {ids[CLUSTER]}, the cluster's security group"
