"""The network half of a plan: blocks, subnets, gateways, routes, and the VPC they are in where it is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Literal

CONNECTIONS: Final = 55_000
"""Simultaneous connections a NAT gateway holds to one destination (address, port, protocol) with one address,
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One CIDR block of the pod network; `associated` where the VPC has it already."""

    cidr: IPv4Network
    associated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PodSubnet:
    """A subnet to be made, in the zone of that name or id, with all its tags.

    Attributes:
        ipv6_cidr: its /64, in an IPv6 cluster.
        reservations: the parts of it that are kept for /28 prefixes.
    """

    zone: str
    cidr: IPv4Network
    block: IPv4Network
    tags: Mapping[str, str]
    ipv6_cidr: IPv6Network | None = None
    reservations: tuple[IPv4Network, ...] = ()


GatewayKind = Literal[
    "nat_gateway", "private_nat_gateway", "regional_nat_gateway", "transit_gateway", "egress_only_gateway"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gateway:
    """Something that routes lead to.

    Attributes:
        name: unique in the plan, such as a zone, `shared` or `transit-gateway`; routes refer to it, and constructs
            are handed what exists under it.
        kind: what it is; a `nat_gateway` is zonal and public where it is made here.
        new: whether it is made here; of a transit gateway, whether the VPC's attachment to it is.
        zones: the zone it serves alone; of a regional one the zones with addresses that are given; of a new
            attachment the zones it has an interface in; empty where it serves all.
        addresses: how many addresses a new zonal NAT gateway translates to; 0 where AWS decides, and for others.
        given_addresses: whether those are Elastic IP addresses that exist and are handed to the construct.
        ipv6: whether an attachment carries IPv6.
        onward: of a private NAT gateway, the name of the transit gateway its traffic goes on to.
        tags: of what is made.
    """

    name: str
    kind: GatewayKind
    new: bool
    tags: Mapping[str, str]
    zones: tuple[str, ...] = ()
    addresses: int = 0
    given_addresses: bool = False
    ipv6: bool = False
    onward: str = ""

    @property
    def connections(self) -> int:
        """Simultaneous connections to one destination; 0 where it is not known."""
        return self.addresses * CONNECTIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of a route table.

    Attributes:
        destination: a CIDR, or the id of a prefix list.
        gateway: the name of the gateway it leads to.
        carries_traffic: whether any NodeClass of the plan sends traffic along it; None where the plan has none. On a
            pod route table only `snatPolicy: Disabled` does, `Random` leaves by the node subnet's route table
            (inferred from the VPC CNI's documentation of external SNAT); IPv6 traffic always does (inferred).
    """

    destination: str
    gateway: str
    carries_traffic: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """A route table that gets routes.

    Attributes:
        name: of a pod route table its zone; of a node route table `nodes-` and the zone; else its id.
        new: whether PodNetwork makes it, for the pod subnets of a zone; else it is handed to PodNetwork.
    """

    name: str
    new: bool
    routes: tuple[Route, ...]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PodNetworkPlan:
    """Blocks, subnets, routes and gateways.

    Attributes:
        zones: every zone pods can run in, in the order of the config.
        blocks: none where the pod subnets exist already; so are `subnets`, `route_tables` and `gateways`.
        subnet_ids: the existing pod subnets by zone; empty where they are made here.
        node_selector: tags to put on the node subnets; empty where the NodeClass names them by id, or where the
            VPC is made here with these tags already.
        shared_with: the principals that the pod subnets are shared with.
    """

    zones: tuple[str, ...]
    blocks: tuple[Block, ...]
    subnets: tuple[PodSubnet, ...]
    route_tables: tuple[RouteTable, ...]
    gateways: tuple[Gateway, ...]
    subnet_ids: Mapping[str, tuple[str, ...]]
    node_selector: Mapping[str, str]
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcSubnet:
    """A subnet of a new VPC that is not for pods."""

    zone: str
    cidr: IPv4Network
    role: Literal["public", "nodes"]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcPlan:
    """A VPC to be made.

    Attributes:
        internet: whether it has an internet gateway.
        table_tags: the tags of its route tables, by name: `public`, and `nodes-` and the zone.
    """

    cidr: IPv4Network
    internet: bool
    subnets: tuple[VpcSubnet, ...]
    tags: Mapping[str, str]
    table_tags: Mapping[str, Mapping[str, str]]
