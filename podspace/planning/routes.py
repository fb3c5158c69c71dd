"""The routes of every route table a plan writes to: where they lead, and whether they carry traffic."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.planning.config import Config, EgressConfig
from podspace.planning.gateways import gateway_name, transit_gateway_name
from podspace.planning.naming import tags_named
from podspace.planning.new_vpc import node_table
from podspace.planning.plan import Route, RouteTable
from podspace.planning.subnets import zones

_INTERNET = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}


def destinations(config: Config, entry: EgressConfig) -> tuple[str, ...]:
    """What the routes of an entry lead to, as EC2 takes it: a CIDR or the id of a prefix list."""
    return tuple(_INTERNET[config.cluster.ip_family] if to == "internet" else str(to) for to in entry.to)


def keep_addresses(config: Config) -> bool:
    """Whether pods of any NodeClass, or of managed node groups, leave the VPC with their own addresses."""
    policies = [entry.snat_policy for entry in config.node_classes]
    if config.vpc_cni:
        policies.append(config.vpc_cni.snat_policy)
    return "Disabled" in policies


def carries_traffic(config: Config) -> bool | None:
    """Whether any pods use the routes of their own route tables; None where there is no NodeClass."""
    if config.network_half:
        return None
    return config.cluster.ip_family == "ipv6" or keep_addresses(config)


def route_tables(config: Config) -> tuple[RouteTable, ...]:
    """The pods' route table of each zone, those of the node subnets made here, and those named for it."""
    if config.pods.subnet_ids is not None:
        return ()
    return (*_pod_tables(config), *_node_tables(config), *_named_tables(config))


def _pod_tables(config: Config) -> Iterator[RouteTable]:
    carries = carries_traffic(config)
    for zone in zones(config):
        yield RouteTable(
            name=zone,
            new=True,
            routes=tuple(
                Route(destination=to, gateway=gateway_name(config, entry, zone), carries_traffic=carries)
                for entry in config.egress
                for to in destinations(config, entry)
            ),
            tags=tags_named(config, f"Internal/pods-{zone}"),
        )


def _node_tables(config: Config) -> Iterator[RouteTable]:
    """Nodes of a VPC made here leave as the pods do, but straight to a transit gateway: their addresses are unique."""
    for zone in zones(config) if config.vpc.create else ():
        yield RouteTable(
            name=node_table(zone),
            new=False,
            routes=tuple(
                Route(
                    destination=to,
                    gateway=transit_gateway_name(config, entry)
                    if entry.transit_gateway
                    else gateway_name(config, entry, zone),
                    carries_traffic=True,
                )
                for entry in config.egress
                for to in destinations(config, entry)
            ),
        )


def _named_tables(config: Config) -> Iterator[RouteTable]:
    named = dict.fromkeys(table for entry in config.egress for table in entry.route_tables)
    for table in named:
        yield RouteTable(
            name=table,
            new=False,
            routes=tuple(
                Route(destination=to, gateway=transit_gateway_name(config, entry), carries_traffic=True)
                for entry in config.egress
                if table in entry.route_tables
                for to in destinations(config, entry)
            ),
        )
