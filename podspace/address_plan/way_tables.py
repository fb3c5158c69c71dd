"""Where routes lead, and what that costs, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.table import table
from podspace.cost import Cost, Hourly, Traffic

_CARRIES: Final = {True: "yes", False: "no", None: "depends on the NodeClasses"}


def routes(plan: AddressPlan) -> Iterator[RenderableType]:
    """Every route the plan makes, and whether it carries traffic."""
    kinds = {gateway.name: gateway for gateway in plan.plan.pods.gateways}
    rows = [
        (each.name, route.destination, kinds[route.gateway], route)
        for each in plan.plan.pods.route_tables
        for route in each.routes
    ]
    if rows:
        yield table(
            ("route table", "destination", "leads to", "", "carries traffic"),
            [
                (
                    name,
                    destination,
                    f"{gateway.kind.replace('_', ' ').replace('nat', 'NAT')} {gateway.name}",
                    "new" if gateway.new else "",
                    _CARRIES[route.carries_traffic],
                )
                for name, destination, gateway, route in rows
            ],
        )
    else:
        yield Text("the plan makes no route: pods reach the VPC, and under snatPolicy Random what their nodes reach")


def costs(plan: AddressPlan) -> Iterator[RenderableType]:
    """What the ways out cost in a month."""
    cost = plan.cost
    if not cost.hourly and not cost.traffic:
        return
    if cost.hourly:
        yield table(
            ("by the hour", ">units", ">$ an hour", ">new, $ a month", ">there already"),
            [_hourly(cost, each) for each in cost.hourly],
            last=("in all", "", "", f"{cost.added:,.2f}", f"{cost.there:,.2f}"),
        )
    if cost.traffic:
        columns = ("by traffic", "by way of", "carries traffic", ">$ a GB")
        asked = (f">{cost.gb:,} GB each, $",) if cost.gb else ()
        last = ("in all", "", "", "", f"{cost.by_traffic:,.2f}") if cost.gb else ()
        yield table(columns + asked, [_traffic(cost, each) for each in cost.traffic], last=last)
        if any(way.carries_traffic is False for way in cost.traffic):
            yield Text("what carries no traffic: pods leave by the node subnets, whose gateways are not in the file")
    yield from map(Text, _prices(cost))


def _hourly(cost: Cost, each: Hourly) -> tuple[str, ...]:
    monthly = f"{cost.monthly(each):,.2f}"
    return (
        each.what,
        f"{each.units:,}{' or more' if each.at_least else ''}",
        f"{cost.prices.of(each.price).amount:,g}",
        monthly if each.new else "",
        "" if each.new else monthly,
    )


def _traffic(cost: Cost, each: Traffic) -> tuple[str, ...]:
    row = (", ".join(each.to), each.by, _CARRIES[each.carries_traffic], f"{cost.per_gb(each):,.4g}")
    return (*row, f"{cost.for_traffic(each):,.2f}") if cost.gb else row


def _prices(cost: Cost) -> Iterator[str]:
    prices = cost.prices
    given = [key for key, price in cost.used.items() if price.given]
    inferred = [key for key, price in cost.used.items() if price.inferred]
    if given:
        yield f"from the config: {', '.join(given)}{f' ({prices.as_of})' if prices.as_of else ''}"
    if len(given) < len(cost.used):
        yield f"prices are of {prices.region}, {prices.date}, as others wrote them down; yours go under `prices`"
    if inferred:
        yield f"inferred, as no rate was found: {', '.join(inferred)}"
