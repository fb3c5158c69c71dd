"""What a picture of a plan shows: zones with their subnets and route tables, and the ways out these lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from podspace.planning import Config, Gateway, GatewayKind, Plan, Route
from podspace.planning.gateways import gateways_of

TITLES: Final[dict[GatewayKind, str]] = {
    "nat_gateway": "NAT gateway",
    "private_nat_gateway": "private NAT gateway",
    "regional_nat_gateway": "regional NAT gateway",
    "transit_gateway": "transit gateway",
    "egress_only_gateway": "egress-only gateway",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A gateway.

    Attributes:
        name: that of the plan, which routes lead to.
        notes: what else there is to say, a line each.
        zone: the one zone it serves; empty where it serves several.
        onward: the name of the way its traffic goes on to; empty for none.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    zone: str
    onward: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A zone.

    Attributes:
        nodes: its node subnets, by CIDR or id; none where another file names them.
        pods: its pod subnets.
        pod_routes: of their route table; None where that exists and is not ours.
        node_routes: of the node subnets' route table, likewise.
        pods_carry: whether pods leave the VPC by the pod subnets, as under snatPolicy Disabled; None where that is
            said in another file.
        nodes_carry: whether they leave by the node subnets, as under Random; None where that is said in another file,
            or is another question in an IPv6 cluster.
    """

    zone: str
    nodes: tuple[str, ...]
    pods: tuple[str, ...]
    pod_routes: tuple[Route, ...] | None
    node_routes: tuple[Route, ...] | None
    pods_carry: bool | None
    nodes_carry: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Everything that is shown; `further` are route tables of other subnets, by id."""

    lanes: tuple[Lane, ...]
    ways: tuple[Way, ...]
    further: tuple[tuple[str, tuple[Route, ...]], ...]

    def idle(self, name: str) -> bool:
        """Whether no traffic takes a way."""
        before = [way.name for way in self.ways if way.onward == name]
        carried = [
            route.carries_traffic
            for routes in (
                *(lane.pod_routes or () for lane in self.lanes),
                *(lane.node_routes or () for lane in self.lanes),
                *(routes for _, routes in self.further),
            )
            for route in routes
            if route.gateway == name
        ]
        return all(each is False for each in carried) and all(self.idle(each) for each in before)


def scene(config: Config, plan: Plan) -> Scene:
    """What there is to show of a plan."""
    tables = {table.name: table.routes for table in plan.pods.route_tables}
    zones = plan.pods.zones
    return Scene(
        lanes=tuple(_lane(config, plan, zone, tables) for zone in zones),
        ways=tuple(_way(config, gateway) for gateway in plan.pods.gateways),
        further=tuple(
            (name, routes) for name, routes in tables.items() if name not in zones and not name.startswith("nodes-")
        ),
    )


def _lane(config: Config, plan: Plan, zone: str, tables: dict[str, tuple[Route, ...]]) -> Lane:
    made = [str(each.cidr) for each in plan.pods.subnets if each.zone == zone]
    ipv6 = config.cluster.ip_family == "ipv6"
    policies = {each.snat_policy or "Random" for each in config.node_classes}
    policies |= {config.vpc_cni.snat_policy} if config.vpc_cni else set()
    return Lane(
        zone=zone,
        nodes=tuple(_node_subnets(config, plan, zone)),
        pods=tuple(made or plan.pods.subnet_ids.get(zone, ())),
        pod_routes=tables.get(zone),
        node_routes=tables.get(f"nodes-{zone}"),
        pods_carry=None if config.network_half else ipv6 or "Disabled" in policies,
        nodes_carry=None if config.network_half or ipv6 else "Random" in policies,
    )


def _node_subnets(config: Config, plan: Plan, zone: str) -> Iterator[str]:
    if plan.vpc:
        yield from (str(each.cidr) for each in plan.vpc.subnets if (each.zone, each.role) == (zone, "nodes"))
    yield from (config.vpc.node_subnets or {}).get(zone, ())


def _way(config: Config, gateway: Gateway) -> Way:
    leads_to = dict.fromkeys(
        str(to)
        for entry in config.egress
        if gateway.name in {each.name for each in gateways_of(config, entry)}
        for to in entry.to
    )
    state = "new" if gateway.new else "there already"
    if gateway.kind == "transit_gateway":
        state = "new attachment" if gateway.new else "attached already"
    addresses = f", {gateway.addresses} addresses" if gateway.addresses > 1 else ""
    zone = gateway.zones[0] if len(gateway.zones) == 1 else ""
    return Way(
        name=gateway.name,
        title=TITLES[gateway.kind],
        notes=(f"{state}{addresses}", *(f"to {to}" for to in leads_to)),
        zone="" if gateway.kind == "transit_gateway" else zone,
        onward=gateway.onward,
    )
