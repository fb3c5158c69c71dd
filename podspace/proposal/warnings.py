"""Warnings of a proposed config: reasons why nodes or pods would not work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, warning
from podspace.kubernetes_version import FIRST_AUTO_MODE, minor_version
from podspace.live.aws.routing import Route
from podspace.proposal.node_subnets import NodeSubnets
from podspace.proposal.survey import Survey, target

_AUTO_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-auto.html"
_ROUTE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html"


def warnings(found: Survey, nodes: NodeSubnets) -> Iterator[Diagnostic]:
    """A cluster without EKS Auto Mode, and routes of the node subnets whose target does not work."""
    yield from _auto_mode(found)
    yield from _broken_routes(found, nodes)


def _auto_mode(found: Survey) -> Iterator[Diagnostic]:
    name, version = found.cluster.name, found.cluster.version
    if (minor_version(version) or FIRST_AUTO_MODE) < FIRST_AUTO_MODE:
        text = f"Kubernetes {version} is older than 1.{FIRST_AUTO_MODE}, the first version with EKS Auto Mode"
        yield warning(
            "auto-mode", name, text, fix="upgrade the cluster, then switch on EKS Auto Mode", source=_AUTO_PAGE
        )
    elif not found.cluster.compute.enabled:
        text = "EKS Auto Mode is off; without it NodeClasses have no effect"
        fix = "switch on compute, storage and load balancing together"
        yield warning("auto-mode", name, text, fix=fix, source=_AUTO_PAGE)


def _broken_routes(found: Survey, nodes: NodeSubnets) -> Iterator[Diagnostic]:
    """Routes of the node subnets to gateways that failed or were deleted."""
    by_table: dict[str, list[str]] = {}
    for id in nodes.ids:
        if table := found.network.table_of(id):
            by_table.setdefault(table.route_table_id, []).append(id)
    for table in found.network.route_tables:
        users = by_table.get(table.route_table_id, ())
        for route in table.static_routes if users else ():
            if state := _broken(found, route):
                text = f"routes {route.to} to {target(route)}, which {state}; its subnets: {', '.join(users)}"
                fix = "give the route another target, or remove it"
                yield warning("broken-route", table.route_table_id, text, fix=fix, source=_ROUTE_PAGE)


def _broken(found: Survey, route: Route) -> str:
    """What is wrong with the target of a route; empty if nothing is known to be."""
    gateways = found.known("egress", lambda: found.network.nat_gateways)
    nat = gateways.get(route.nat_gateway_id) if gateways else None
    if nat and nat.state == "failed":
        return "is failed"
    deleted = bool(route.nat_gateway_id) and gateways is not None and nat is None
    return "is deleted or detached" if deleted or route.state == "blackhole" else ""
