"""What the ways out of a plan cost: the hours of what stands there, and each GB that goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from podspace.cost.hourly import Hourly, hourly
from podspace.cost.price import Price, PriceTable, price_table
from podspace.cost.traffic import Traffic, traffic
from podspace.planning import Config, Plan

HOURS: Final = 730
"""Of a month, as AWS counts them in its calculator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """US dollars a month.

    Attributes:
        hourly: what costs by the hour.
        traffic: what each way out costs for a GB.
        gb: GB a month that go by each way out; 0 where nobody asked.
        prices: what it is counted with.
    """

    hourly: tuple[Hourly, ...]
    traffic: tuple[Traffic, ...]
    gb: int
    prices: PriceTable

    def monthly(self, item: Hourly) -> float:
        """What something costs that costs by the hour."""
        return item.units * self.prices.of(item.price).amount * HOURS

    def per_gb(self, way: Traffic) -> float:
        """What a GB costs by a way out."""
        return sum(times * self.prices.of(price).amount for price, times in way.parts)

    def for_traffic(self, way: Traffic) -> float:
        """What the traffic costs by a way out; nothing where that carries none."""
        return 0.0 if way.carries_traffic is False else self.gb * self.per_gb(way)

    @property
    def used(self) -> Mapping[str, Price]:
        """The prices that something of the plan has."""
        keys = dict.fromkeys(
            (*(item.price for item in self.hourly), *(price for way in self.traffic for price, _ in way.parts))
        )
        return {key: self.prices.of(key) for key in keys}

    @property
    def added(self) -> float:
        """What the plan adds by the hour."""
        return sum(self.monthly(item) for item in self.hourly if item.new)

    @property
    def there(self) -> float:
        """What is there already, and costs whether pods use it or not."""
        return sum(self.monthly(item) for item in self.hourly if not item.new)

    @property
    def by_traffic(self) -> float:
        """What all traffic costs."""
        return sum(self.for_traffic(way) for way in self.traffic)


def cost(config: Config, plan: Plan, *, gb: int = 0) -> Cost:
    """The cost of a plan's ways out, and of its interface endpoints.

    Args:
        config: its `prices` replace ours.
        plan: made of it.
        gb: GB a month that pods send by each way out.
    """
    return Cost(
        hourly=tuple(hourly(config, plan)),
        traffic=tuple(traffic(config, plan)),
        gb=gb,
        prices=price_table(config),
    )
