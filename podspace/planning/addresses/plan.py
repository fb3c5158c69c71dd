"""The addresses of a plan: CIDR blocks, subnets, and the VPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from podspace.planning.addresses.layout import Layout
from podspace.planning.inventory import ConstructPath, Value, construct_id, value_of
from podspace.planning.names import tags_of_one
from podspace.planning.origin import Created, Existing, Origin, PassedIn

VPC_PATH: ConstructPath = ("Vpc", "Vpc")


@dataclass(frozen=True, kw_only=True, slots=True)
class CidrBlock:
    """One CIDR block of the pod network.

    Attributes:
        cidr: the CIDR block.
        associated: whether the VPC has the CIDR block already; otherwise the plan associates it.
        unique: whether no other network behind the transit gateway uses its addresses.
        other_subnets: existing subnets in an associated CIDR block that do not belong to the pod network.
    """

    cidr: IPv4Network
    associated: bool
    unique: bool = False
    other_subnets: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PodSubnet:
    """A new pod subnet.

    Attributes:
        zone: zone name or zone id.
        cidr: its IPv4 CIDR block.
        tags: its tags.
        block: the CIDR block that the subnet is cut from.
        ipv6_cidr: its IPv6 CIDR block, a /64, in an IPv6 cluster.
        reservations: the parts of it that are reserved for /28 prefixes.
    """

    zone: str
    cidr: IPv4Network
    block: IPv4Network
    tags: Mapping[str, str]
    ipv6_cidr: IPv6Network | None = None
    reservations: tuple[IPv4Network, ...] = ()

    def reservation_tags(self, reservation: IPv4Network) -> Mapping[str, str]:
        """The tags of the CIDR reservation of a part of the subnet."""
        return tags_of_one(self.tags, f"prefixes-{reservation}")


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcSubnet:
    """A public subnet or node subnet of a new VPC.

    Attributes:
        zone: zone name or zone id.
        cidr: its IPv4 CIDR block.
        role: whether it is a public subnet or a node subnet.
        tags: its tags.
    """

    zone: str
    cidr: IPv4Network
    role: Literal["public", "nodes"]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVpcPlan:
    """A new VPC.

    Attributes:
        tags: its tags.
        cidr: the primary CIDR block.
        internet: whether the VPC has an internet gateway.
        table_tags: the tags of its route tables, by name: `public`, and `nodes-` and the zone.
        layouts: how the CIDR block is cut into node subnets and, if there are some, public subnets.
    """

    cidr: IPv4Network
    internet: bool
    subnets: tuple[VpcSubnet, ...]
    tags: Mapping[str, str]
    table_tags: Mapping[str, Mapping[str, str]]
    layouts: tuple[Layout, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcPlan:
    """The VPC of a pod network.

    Attributes:
        origin: whether it exists, is created, or is passed in.
        cidrs: every IPv4 CIDR block that it has after the deployment, the primary first.
        named_cidrs: CIDR blocks of `vpc.cidrs`, which the VPC has before the deployment.
        ipv6_cidrs: its IPv6 CIDR blocks, as the config names them.
        peers: CIDR blocks of the peered VPCs.
        routes: destinations in its other route tables, without local routes and default routes.
        node_subnets: the node subnets by zone; none if a CDK app passes them in.
        node_zones: zones with node subnets; empty if a CDK app passes the subnets in.
        owner: account that shares the VPC; empty for a VPC of the account of the stack.
        cidr_quota: quota of IPv4 CIDR blocks of the VPC.
        subnet_quota: quota of subnets of the VPC.
        route_quota: quota of routes of a route table.
        new: the new VPC; None for an existing one.
    """

    origin: Origin
    cidrs: tuple[IPv4Network, ...]
    named_cidrs: tuple[IPv4Network, ...]
    ipv6_cidrs: tuple[IPv6Network, ...]
    peers: tuple[IPv4Network, ...]
    routes: tuple[IPv4Network, ...]
    node_subnets: Mapping[str, tuple[Origin, ...]]
    node_zones: tuple[str, ...]
    owner: str
    cidr_quota: int
    subnet_quota: int
    route_quota: int
    new: NewVpcPlan | None

    @property
    def id(self) -> str:
        """VPC id; empty for a new VPC, and for one that a CDK app passes in."""
        return self.origin.id if isinstance(self.origin, Existing) else ""

    @property
    def value(self) -> Value:
        """VPC id, as a property of a CloudFormation resource."""
        return value_of(self.origin, VPC_PATH)

    def subnet_value(self, subnet: Origin) -> Value:
        """Id of a subnet, as a property of a CloudFormation resource: existing, of the new VPC, or passed in."""
        return value_of(subnet, subnet_path(subnet.name) if isinstance(subnet, Created) else ())

    def first_node_subnet(self, zone: str) -> Value:
        """Id of the first node subnet of a zone, as a property of a CloudFormation resource."""
        return self.subnet_value(next(iter(self.node_subnets.get(zone, ())), PassedIn(zone)))


def subnet_path(cidr: object) -> ConstructPath:
    """The construct path of a public or node subnet of a new VPC."""
    return ("Vpc", f"Subnet-{construct_id(cidr)}")


def pod_subnet_path(cidr: object) -> ConstructPath:
    """The construct path of a pod subnet."""
    return ("PodNetwork", f"Subnet-{construct_id(cidr)}")


def table_path(name: str, *, of: Literal["pods", "vpc"]) -> ConstructPath:
    """The construct path of a route table: of the pod subnets of a zone, or of public or node subnets of a new VPC."""
    return ("PodNetwork" if of == "pods" else "Vpc", f"RouteTable-{name}")
