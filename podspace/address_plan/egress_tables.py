"""Routes, and the cost of egress and endpoints, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.table import table
from podspace.cost import Cost
from podspace.planning import EgressPlan, HourlyCost

_USED: Final = {True: "yes", False: "no", None: "depends on the NodeClasses"}


def routes(plan: AddressPlan) -> Iterator[RenderableType]:
    """Every route of the plan, and whether it is used by pods."""
    gateways = {gateway.name: gateway for gateway in plan.plan.pods.gateways}
    rows = [
        (each.name, route.destination, gateways[route.gateway], route)
        for each in plan.plan.pods.route_tables
        for route in each.all_routes
    ]
    if rows:
        yield table(
            ("route table", "destination", "gateway", "", "used by pods"),
            [
                (name, destination, gateway.full_name, gateway.state, _USED[route.used])
                for name, destination, gateway, route in rows
            ],
        )
    else:
        yield Text("the plan has no routes: pods reach the VPC, and with snatPolicy Random also what their nodes reach")


def costs(plan: AddressPlan) -> Iterator[RenderableType]:
    """The monthly cost of gateways and interface endpoints."""
    cost = plan.cost
    if not cost.hourly and not cost.traffic:
        return
    if cost.hourly:
        hourly = _prices_of_column([cost.prices.of(each.price).amount for each in cost.hourly])
        yield table(
            ("by the hour", ">units", ">$ an hour", ">new, $ a month", ">existing"),
            [_hourly(cost, each, price) for each, price in zip(cost.hourly, hourly, strict=True)],
            last=("total", "", "", f"{cost.new_monthly:,.2f}", f"{cost.existing_monthly:,.2f}"),
        )
    if cost.traffic:
        columns = ("traffic to", "by", "used by pods", ">$ a GB")
        requested = (f">{cost.gb:,} GB each, $",) if cost.gb else ()
        last = ("total", "", "", "", f"{cost.traffic_monthly:,.2f}") if cost.gb else ()
        prices = _prices_of_column([cost.per_gb(each) for each in cost.traffic])
        rows = [_traffic(cost, each, price) for each, price in zip(cost.traffic, prices, strict=True)]
        yield table(columns + requested, rows, last=last)
        if any(egress.used is False for egress in cost.traffic):
            yield Text("not used by pods: they use the routes of the node subnets, whose gateways are not in the file")
    yield from map(Text, _prices(cost))


def _prices_of_column(amounts: Sequence[float]) -> list[str]:
    """Prices with the same number of decimals: as many as the most exact one has, at most six."""
    decimals = max(len(f"{amount:.6f}".rstrip("0").partition(".")[2]) for amount in amounts)
    return [f"{amount:,.{decimals}f}" for amount in amounts]


def _hourly(cost: Cost, each: HourlyCost, price: str) -> tuple[str, ...]:
    monthly = f"{cost.monthly(each):,.2f}"
    return (
        each.what,
        f"{each.units:,}{' or more' if each.at_least else ''}",
        price,
        monthly if each.new else "",
        "" if each.new else monthly,
    )


def _traffic(cost: Cost, each: EgressPlan, price: str) -> tuple[str, ...]:
    row = (", ".join(each.to), each.by, _USED[each.used], price)
    return (*row, f"{cost.for_traffic(each):,.2f}") if cost.gb else row


def _prices(cost: Cost) -> Iterator[str]:
    prices = cost.prices
    given = [key for key, price in cost.applied_prices.items() if price.given]
    inferred = [key for key, price in cost.applied_prices.items() if price.inferred]
    if given:
        yield f"from the config: {', '.join(given)}{f' ({prices.as_of})' if prices.as_of else ''}"
    if len(given) < len(cost.applied_prices):
        yield f"prices: {prices.region}, {prices.date}, from third parties; `podspace prices` writes those of AWS"
    if inferred:
        yield f"inferred, as no price was found: {', '.join(inferred)}"
