"""The routes that the traffic of a probe follows, as far as a plan has them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final, Literal

from podspace.planning import Gateway, Plan, Route, RouteTable
from podspace.planning.egress.routes import INTERNET, node_table
from podspace.planning.nodes.snat import route_use
from podspace.smoke.probe import Probe

_IPV6: Final = 6


def leaves_by_pod_subnet(plan: Plan, probe: Probe, *, version: int = 4) -> bool:
    """Whether traffic of a probe to destinations outside the VPC follows the route table of the pod subnet.

    Args:
        plan: of the network.
        probe: in it.
        version: the IP version of the destination. In an IPv6 cluster, pods reach IPv4 destinations from the address
            of the node (inferred).
    """
    if plan.cluster.ip_family == "ipv6":
        return version == _IPV6
    return route_use([probe.snat_policy], ipv6=False, elsewhere=False).pods is True


def routed_by(plan: Plan, probe: Probe, *, version: int = 4) -> Literal["pod", "node"]:
    """The kind of subnet that has the route table which traffic of a probe to the outside follows."""
    return "pod" if leaves_by_pod_subnet(plan, probe, version=version) else "node"


def route_table(plan: Plan, probe: Probe, *, version: int = 4) -> RouteTable | None:
    """The route table that such traffic follows; None if it is not in the plan, as that of existing subnets."""
    by_pods = leaves_by_pod_subnet(plan, probe, version=version)
    wanted = ("pods", probe.zone) if by_pods else ("nodes", node_table(probe.zone))
    return next((table for table in plan.pods.route_tables if (table.of, table.name) == wanted), None)


def routes_to(table: RouteTable, address: IPv4Address | IPv6Address) -> Sequence[Route]:
    """The most specific route to an address, and routes of which it is not known whether they have it."""
    known, open_ = list[tuple[int, Route]](), list[Route]()
    for route in table.all_routes:
        try:
            cidr = ip_network(route.destination)
        except ValueError:  # a prefix list, or propagated routes
            open_.append(route)
        else:
            if address in cidr:
                known.append((cidr.prefixlen, route))
    best = max(known, key=lambda each: each[0], default=None)
    return [*([best[1]] if best else []), *open_]


def internet_gateway(plan: Plan, probe: Probe) -> Gateway | None:
    """The gateway that the plan routes IPv4 traffic of a probe to the internet to; None if the plan has none."""
    table = route_table(plan, probe)
    found = (route.gateway for route in table.routes if route.destination == INTERNET[4]) if table else ()
    return next((plan.pods.gateway(name) for name in found), None)


def reaches_internet(plan: Plan, probe: Probe) -> bool | None:
    """Whether a probe must reach the internet by the plan; None if the plan does not have these routes."""
    version = _IPV6 if plan.cluster.ip_family == "ipv6" else 4
    table = route_table(plan, probe, version=version)
    if table is None:
        return None
    if any(route.destination == INTERNET[version] for route in table.routes):
        return True
    open_ = table.propagated or any(route.destination.startswith("pl-") for route in table.routes)
    return None if open_ or version == _IPV6 else False  # IPv4 of an IPv6 cluster follows other routes
