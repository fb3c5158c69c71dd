"""Contents of the drawing of a plan: zones with their subnets and route tables, and the gateways of their routes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podspace.planning import Existing, Gateway, Origin, PassedIn, Plan, Route, RouteTable
from podspace.planning.egress.gateway import PROPAGATED


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureGateway:
    """A gateway in the drawing of a plan.

    Attributes:
        name: its name in the plan, which routes refer to.
        title: its kind in words.
        lines: state, and destinations of the routes to it.
        zone: zone that it serves; empty if it serves several.
        onward: name of the gateway that its traffic is routed to next; empty for none.
        used: whether a route to it is used; None if that depends on another file.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    zone: str
    onward: str
    used: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneLane:
    """A zone.

    Attributes:
        node_subnets: their CIDRs or ids; none if another file names them.
        pod_subnets: their CIDRs or ids.
        pod_routes: the routes of the pod subnets; None if the plan has no route table for them.
        node_routes: the routes of the node subnets; None if the plan has no route table for them.
    """

    zone: str
    node_subnets: tuple[str, ...]
    pod_subnets: tuple[str, ...]
    pod_routes: tuple[Route, ...] | None
    node_routes: tuple[Route, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """The contents of the drawing of a plan.

    Attributes:
        pods_use_own_routes: whether pods leave the VPC by the route tables of the pod subnets; None if that depends on
            another file.
        pods_use_node_routes: whether pods leave the VPC by the route tables of the node subnets; None also in an IPv6
            cluster.
        other_tables: existing route tables that the config names.
    """

    lanes: tuple[ZoneLane, ...]
    gateways: tuple[PictureGateway, ...]
    pods_use_own_routes: bool | None
    pods_use_node_routes: bool | None
    other_tables: tuple[RouteTable, ...]

    def own_gateways(self, zone: str) -> tuple[PictureGateway, ...]:
        """The gateways that serve this zone only."""
        return tuple(gateway for gateway in self.gateways if gateway.zone == zone)

    @property
    def shared_gateways(self) -> tuple[PictureGateway, ...]:
        """The gateways that serve several zones."""
        return self.own_gateways("")


def picture(plan: Plan) -> Picture:
    """The contents of the drawing of a plan."""
    return Picture(
        lanes=tuple(_lane(plan, zone) for zone in plan.pods.zones),
        gateways=tuple(_gateway(plan, gateway) for gateway in plan.pods.gateways),
        pods_use_own_routes=plan.pods.route_use.pods,
        pods_use_node_routes=plan.pods.route_use.nodes,
        other_tables=tuple(table for table in plan.pods.route_tables if table.of not in ("pods", "nodes")),
    )


def _lane(plan: Plan, zone: str) -> ZoneLane:
    new = tuple(str(subnet.cidr) for subnet in plan.pods.subnets if subnet.zone == zone)
    routes = {table.of: table.all_routes for table in plan.pods.route_tables if table.zone == zone}
    return ZoneLane(
        zone=zone,
        node_subnets=_written(plan.vpc.node_subnets.get(zone, ())),
        pod_subnets=new or tuple(plan.pods.subnet_ids.get(zone, ())),
        pod_routes=routes.get("pods"),
        node_routes=routes.get("nodes"),
    )


def _written(subnets: Sequence[Origin]) -> tuple[str, ...]:
    """The ids of existing subnets, and the CIDRs of new ones."""
    return tuple(
        subnet.id if isinstance(subnet, Existing) else subnet.name
        for subnet in subnets
        if not isinstance(subnet, PassedIn)
    )


def _gateway(plan: Plan, gateway: Gateway) -> PictureGateway:
    destinations = dict.fromkeys(to for entry in plan.pods.egress if gateway.name in entry.gateways for to in entry.to)
    return PictureGateway(
        name=gateway.name,
        title=gateway.title,
        lines=(gateway.state, *(to if to == PROPAGATED else f"to {to}" for to in destinations)),
        zone=gateway.zone,
        onward=gateway.onward,
        used=_used(plan, gateway.name),
    )


def _used(plan: Plan, name: str) -> bool | None:
    """Whether a route to a gateway is used, or one to a gateway whose traffic goes on to it."""
    routes = [route.used for table in plan.pods.route_tables for route in table.all_routes if route.gateway == name]
    before = [_used(plan, gateway.name) for gateway in plan.pods.gateways if gateway.onward == name]
    return any_used((*routes, *before))


def any_used(uses: Iterable[bool | None]) -> bool | None:
    """Whether any of these is used; None if none is and some are not known."""
    known = set(uses)
    return True if True in known else None if None in known else False
