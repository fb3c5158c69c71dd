"""The addresses that each zone has for nodes and for their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podspace.capacity import SubnetRoom, ZoneRoom
from podspace.capacity.subnet import usable

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network


def zone_rooms(network: Network) -> tuple[ZoneRoom, ...]:
    """Every zone of a network, in its order; none if the pod subnets exist already, as no file contains their sizes."""
    if network.config.pods.subnet_ids:
        return ()
    return tuple(
        ZoneRoom(
            zone=zone,
            subnets=tuple(
                SubnetRoom(zone=zone, cidr=subnet.cidr, reservations=subnet.reservations)
                for subnet in network.pod_subnets
                if subnet.zone == zone
            ),
            node_addresses=_node_addresses(network, zone),
            has_nodes=zone in network.node_zones,
        )
        for zone in network.zones
    )


def _node_addresses(network: Network, zone: str) -> int | None:
    if network.new_vpc is None:
        return None
    return sum(
        usable(subnet.cidr) for subnet in network.new_vpc.subnets if (subnet.zone, subnet.role) == (zone, "nodes")
    )
