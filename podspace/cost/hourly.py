"""What costs by the hour: gateways, their addresses, attachments and endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podspace.planning import Config, Gateway, Plan
from podspace.planning.gateways import allocations


@dataclass(frozen=True, kw_only=True, slots=True)
class Hourly:
    """Something that costs by the hour.

    Attributes:
        what: in words, such as `NAT gateway`.
        units: how many, or for how many zones.
        price: the key of its price, such as `nat_gateway_hour`.
        new: whether the plan makes it.
        at_least: whether there may be more of it than the file says.
    """

    what: str
    units: int
    price: str
    new: bool
    at_least: bool = False


def hourly(config: Config, plan: Plan) -> Iterator[Hourly]:
    """Everything of a plan that costs by the hour, what it makes first."""
    items = [
        *_public(config, plan),
        *_regional(config, plan),
        *_counted(plan, "private_nat_gateway", "private NAT gateway", "nat_gateway_hour"),
        *_counted(plan, "transit_gateway", "transit gateway attachment", "transit_gateway_hour"),
        *_endpoints(plan),
    ]
    yield from sorted((item for item in items if item.units), key=lambda item: not item.new)


def _of_kind(plan: Plan, kind: str, *, new: bool) -> list[Gateway]:
    return [gateway for gateway in plan.pods.gateways if gateway.kind == kind and gateway.new == new]


def _public(config: Config, plan: Plan) -> Iterator[Hourly]:
    made = _of_kind(plan, "nat_gateway", new=True)
    yield Hourly(what="NAT gateway", units=len(made), price="nat_gateway_hour", new=True)
    for given in (False, True):
        addresses = sum(gateway.addresses for gateway in made if gateway.given_addresses == given)
        yield Hourly(what="its Elastic IP address", units=addresses, price="elastic_ip_hour", new=not given)
    there = _there(config) or len(_of_kind(plan, "nat_gateway", new=False))
    yield Hourly(what="NAT gateway", units=there, price="nat_gateway_hour", new=False)
    yield Hourly(what="its Elastic IP address", units=there, price="elastic_ip_hour", new=False, at_least=True)


def _there(config: Config) -> int:
    """NAT gateways that exist and are named: two zones may name the same."""
    ways = [entry.nat_gateways for entry in config.egress if entry.nat_gateways]
    return len({id for way in ways for id in (way.ids or {}).values()})


def _regional(config: Config, plan: Plan) -> Iterator[Hourly]:
    for gateway in _of_kind(plan, "regional_nat_gateway", new=True):
        zones = len(gateway.zones or plan.pods.zones)
        given = sum(1 for entry in config.egress if entry.regional_nat_gateway for _ in allocations(entry))
        what = f"regional NAT gateway in {zones} zone{'' if zones == 1 else 's'}"
        yield Hourly(what=what, units=zones, price="regional_nat_gateway_hour", new=True)
        yield Hourly(
            what="its Elastic IP address",
            units=given if gateway.given_addresses and given else zones,
            price="elastic_ip_hour",
            new=not gateway.given_addresses,
            at_least=not gateway.given_addresses,
        )


def _counted(plan: Plan, kind: str, what: str, price: str) -> Iterator[Hourly]:
    for new in (True, False):
        yield Hourly(what=what, units=len(_of_kind(plan, kind, new=new)), price=price, new=new)


def _endpoints(plan: Plan) -> Iterator[Hourly]:
    if plan.endpoints and plan.endpoints.interfaces:
        services, zones = len(plan.endpoints.interfaces), len(plan.endpoints.zones)
        what = f"interface endpoints of {services} services in {zones} zone{'' if zones == 1 else 's'}"
        yield Hourly(what=what, units=services * zones, price="interface_endpoint_hour", new=True)
