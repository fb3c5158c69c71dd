"""The space in the pod subnets of a network: what is free, what breaks it up, and how long it lasts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import Node
from podspace.planning import Plan
from podspace.verification.broken_prefixes import (
    BrokenPrefixes,
    broken_prefix_diagnostic,
    broken_prefix_facts,
    broken_prefixes,
)
from podspace.verification.days_left import DaysLeft, EarlierReading, days_left, days_left_diagnostics
from podspace.verification.subnet_space import AccountSubnets, SubnetUse, ZoneSpace, space_diagnostics, zone_spaces


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSpace:
    """The pod subnets of a network, as far as the account was read.

    Attributes:
        network: the name of the plan.
        readable: whether all of it could be read; if not, zones and days are not known.
        takes_prefixes: whether nodes take /28 prefixes, or single addresses only.
        subnets: the pod subnets.
        zones: the free space by zone.
        broken: the broken-up /28 prefixes; None if nodes take none, or no subnet is known.
        left: the days left in each zone; empty without an earlier reading.
        diagnostics: what there is to report, but for what could not be read.
    """

    network: str
    readable: bool
    takes_prefixes: bool
    subnets: Sequence[SubnetUse]
    zones: Sequence[ZoneSpace]
    broken: BrokenPrefixes | None
    left: Sequence[DaysLeft]
    diagnostics: Sequence[Diagnostic]

    def facts(self) -> dict[str, JsonValue]:
        """The zones and the broken-up prefixes as data."""
        left = {each.zone: each for each in self.left}
        return {
            "zones": [
                {
                    "zone": zone.zone,
                    "addresses": zone.addresses,
                    "free_addresses": zone.free_addresses,
                    "prefixes": zone.prefixes,
                    "free_prefixes": zone.free_prefixes,
                    "days_left": _days(left[zone.zone]) if zone.zone in left else None,
                }
                for zone in self.zones
            ],
            "broken_prefixes": broken_prefix_facts(self.broken) if self.broken else None,
        }


def network_space(
    plan: Plan,
    account: AccountSubnets,
    *,
    nodes: Iterable[Node] | None,
    at: datetime,
    earlier: EarlierReading | None = None,
) -> NetworkSpace:
    """The space in the pod subnets of a plan.

    Args:
        plan: the plan.
        account: its pod subnets in the account.
        nodes: the nodes of the cluster; None if not all of them could be read.
        at: the time of the reading.
        earlier: the reading to compare with.
    """
    prefixes = takes_prefixes(plan)
    readable = all(each.severity != "unknown" for each in account.diagnostics)
    zones = zone_spaces(account.uses) if readable else ()
    broken = broken_prefixes(account.uses, nodes) if prefixes and account.uses else None
    ids = {each.id for each in account.uses}
    left = days_left(plan.name, zones, earlier, subnets=ids, now=at, prefixes=prefixes) if earlier else ()
    diagnostics = [
        *space_diagnostics(account.uses, prefixes=prefixes),
        *([broken_prefix_diagnostic(plan.name, broken)] if broken else []),
        *(days_left_diagnostics(plan.name, left, earlier, subnets=ids, now=at) if earlier and zones else ()),
        *(each for each in account.diagnostics if each.severity != "unknown"),
    ]
    return NetworkSpace(
        network=plan.name,
        readable=readable,
        takes_prefixes=prefixes,
        subnets=account.uses,
        zones=zones,
        broken=broken,
        left=left,
        diagnostics=diagnostics,
    )


def takes_prefixes(plan: Plan) -> bool:
    """Whether nodes take /28 prefixes for pods; in an IPv6 cluster pods have no IPv4 addresses."""
    networking = [node_class.spec.advanced_networking for node_class in plan.node_classes]
    some = any(each is None or each.ipv4_prefix_size != "32" for each in networking)
    return some and plan.cluster.ip_family != "ipv6"


def _days(left: DaysLeft) -> dict[str, JsonValue]:
    """The days as data, null if nothing becomes less."""
    return {"addresses": _number(left.addresses), "prefixes": _number(left.prefixes)}


def _number(days: float | None) -> float | None:
    return None if days is None or math.isinf(days) else round(days, 2)
