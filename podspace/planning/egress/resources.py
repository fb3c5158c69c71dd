"""CloudFormation resources of egress: gateways, pod route tables and routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from podspace.planning.egress.gateway import Route, RouteTable
from podspace.planning.inventory import Resource, construct_id

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.plan import Plan


def egress_resources(plan: Plan) -> Iterator[Resource]:
    """Every gateway, route table of pod subnets and route that the plan creates."""
    used = {route.gateway for table in plan.pods.route_tables for route in table.all_routes if route.used is not False}
    used |= {gateway.onward for gateway in plan.pods.gateways if gateway.name in used}
    for gateway in plan.pods.gateways:
        for resource in gateway.resources(plan):
            yield replace(resource, keys=(gateway.place,), vital=gateway.name in used)
    zones = {share.zone: share.place for share in reversed(tuple(plan.pods.layout.shares()))}
    for table in plan.pods.route_tables:
        keys = (
            (zones[table.name],) if table.of == "pods" else ("vpc.create",) if table.of == "nodes" else (table.place,)
        )
        if table.of == "pods":
            yield Resource(
                type="AWS::EC2::RouteTable",
                path=table.path,
                kind="route table",
                name=table.name,
                keys=keys,
                create_only={"VpcId": plan.vpc.value},
                properties={"Tags": dict(table.tags)},
            )
        for route in table.routes:
            yield _route(plan, table, route, keys=keys)


def _route(plan: Plan, table: RouteTable, route: Route, *, keys: tuple[str, ...]) -> Resource:
    gateway = plan.pods.gateway(route.gateway)
    target = gateway.value
    return Resource(
        type="AWS::EC2::Route",
        path=("PodNetwork", f"Route-{table.name}-{construct_id(route.destination)}"),
        kind="route",
        name=f"{route.destination} of {table.name}",
        note=f"to {gateway.full_name}",
        keys=(_entry(plan, route), *keys),
        create_only={"RouteTableId": table.value, _destination(route.destination): route.destination},
        properties={gateway.route_property: target},
        vital=route.used is not False,
        vital_values=(target,),
    )


def _entry(plan: Plan, route: Route) -> str:
    """The entry of the config that the route follows from.

    A destination is in one entry only; a route back to a pod subnet has a gateway of one entry only.
    """
    to = "internet" if route.destination in ("0.0.0.0/0", "::/0") else route.destination
    entries = tuple(enumerate(plan.pods.egress))
    named = [index for index, entry in entries if to in entry.to]
    serving = [index for index, entry in entries if route.gateway in entry.gateways]
    return f"egress[{next(iter(named or serving))}]"


def _destination(to: str) -> str:
    if to.startswith("pl-"):
        return "DestinationPrefixListId"
    return "DestinationIpv6CidrBlock" if ":" in to else "DestinationCidrBlock"
