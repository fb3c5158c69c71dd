"""Costs of the gateways and endpoints of a plan: by the hour, and for each GB of traffic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from podspace.cost.price import Price, PriceTable, price_table
from podspace.planning import EgressPlan, HourlyCost, Plan

HOURS: Final = 730
"""Hours of a month, as the AWS pricing calculator counts them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Costs of a plan in US dollars a month.

    Attributes:
        hourly: costs by the hour.
        traffic: costs of a GB by each entry of the `egress` section, and by new interface endpoints.
        gb: GB a month that pods are assumed to send by each entry; 0 if not requested.
        prices: prices by the keys of the `prices` section.
    """

    hourly: tuple[HourlyCost, ...]
    traffic: tuple[EgressPlan, ...]
    gb: int
    prices: PriceTable

    def monthly(self, item: HourlyCost) -> float:
        """The cost of something that is paid by the hour."""
        return item.units * self.prices.of(item.price).amount * HOURS

    def per_gb(self, egress: EgressPlan) -> float:
        """The cost of a GB."""
        return sum(times * self.prices.of(price).amount for price, times in egress.prices)

    def for_traffic(self, egress: EgressPlan) -> float:
        """The cost of the traffic; 0 if it is not used by pods."""
        return 0.0 if egress.used is False else self.gb * self.per_gb(egress)

    @property
    def applied_prices(self) -> Mapping[str, Price]:
        """The prices that this cost depends on, by their keys."""
        by_hour = [item.price for item in self.hourly]
        by_gb = [price for egress in self.traffic for price, _ in egress.prices]
        return {key: self.prices.of(key) for key in (*by_hour, *by_gb)}

    @property
    def new_monthly(self) -> float:
        """The hourly cost of what the plan creates."""
        return sum(self.monthly(item) for item in self.hourly if item.new)

    @property
    def existing_monthly(self) -> float:
        """Cost by the hour of existing gateways and endpoints in a month, used by pods or not."""
        return sum(self.monthly(item) for item in self.hourly if not item.new)

    @property
    def traffic_monthly(self) -> float:
        """The cost of all traffic."""
        return sum(self.for_traffic(egress) for egress in self.traffic)


def cost(plan: Plan, *, gb: int = 0) -> Cost:
    """The cost of the gateways and interface endpoints of a plan.

    Args:
        plan: its `prices` replace those of the table.
        gb: GB a month that pods send by each entry of the `egress` section.
    """
    return Cost(hourly=_hourly(plan), traffic=tuple(_traffic(plan)), gb=gb, prices=price_table(plan))


def _hourly(plan: Plan) -> tuple[HourlyCost, ...]:
    """What is paid by the hour, new things first; equal items are added up."""
    new = [item for resource in plan.resources() for item in resource.hourly]
    existing = [item for gateway in plan.pods.distinct_gateways for item in gateway.existing_costs()]
    units: Counter[HourlyCost] = Counter()
    for item in (*new, *existing):
        units[replace(item, units=0)] += item.units
    return tuple(replace(item, units=count) for item, count in units.items())


def _traffic(plan: Plan) -> Iterator[EgressPlan]:
    yield from plan.pods.egress
    if plan.endpoints and plan.endpoints.interfaces:
        yield EgressPlan(
            to=("AWS services",),
            by="interface endpoints",
            gateways=(),
            prices=(("interface_endpoint_gb", 1.0),),
            used=True,
        )
