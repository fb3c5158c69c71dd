"""Route tables and the targets of routes, from EC2."""

from __future__ import annotations

from collections.abc import Container, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, collapse_addresses
from typing import Literal

from pydantic import Field

from podspace.live.aws.model import Ec2Model


class Route(Ec2Model):
    """A route and its target; state `blackhole` if the target was deleted."""

    to_cidr: str = Field(default="", alias="DestinationCidrBlock")
    to_ipv6: str = Field(default="", alias="DestinationIpv6CidrBlock")
    to_list: str = Field(default="", alias="DestinationPrefixListId")
    gateway_id: str = ""
    nat_gateway_id: str = ""
    transit_gateway_id: str = ""
    state: str = "active"
    origin: str = ""

    @property
    def propagated(self) -> bool:
        """Whether a virtual private gateway has added it."""
        return self.origin == "EnableVgwRoutePropagation"

    @property
    def destination(self) -> IPv4Network | None:
        """Where it leads, if that is a range of IPv4 addresses."""
        return IPv4Network(self.to_cidr) if self.to_cidr else None

    @property
    def to(self) -> str:
        """Destination as in a plan: an IPv4 CIDR block, an IPv6 CIDR block, or the id of a prefix list."""
        return self.to_cidr or (str(IPv6Network(self.to_ipv6)) if self.to_ipv6 else self.to_list)

    @property
    def local(self) -> bool:
        """Whether it is the local route of the VPC."""
        return self.gateway_id == "local"


def everywhere(routes: Iterable[Route]) -> bool | None:
    """Whether active routes have every IPv4 address as their destination, by 0.0.0.0/0 or by several CIDRs.

    None if that depends on the entries of a prefix list, which are not read.
    """
    active = [route for route in routes if route.state != "blackhole"]
    cidrs = [route.destination for route in active if route.destination]
    if [*collapse_addresses(cidrs)] == [IPv4Network("0.0.0.0/0")]:
        return True
    return None if any(route.to_list for route in active) else False


class Association(Ec2Model):
    """The association of a route table with a subnet, a gateway, or the VPC as its main route table."""

    main: bool = False
    subnet_id: str = ""


class RouteTable(Ec2Model):
    """A route table."""

    route_table_id: str
    routes: tuple[Route, ...] = ()
    associations: tuple[Association, ...] = ()

    @property
    def default_route(self) -> Route | None:
        """The route to 0.0.0.0/0, also if its target was deleted."""
        return next((route for route in self.routes if route.to_cidr == "0.0.0.0/0"), None)

    @property
    def is_default_for_ipv6(self) -> bool:
        """Whether it has an active route to every IPv6 address."""
        return any(route.to == "::/0" and route.state != "blackhole" for route in self.routes)

    @property
    def static_routes(self) -> tuple[Route, ...]:
        """The routes that are neither local nor propagated."""
        return tuple(route for route in self.routes if not (route.local or route.propagated))

    @property
    def destinations(self) -> frozenset[IPv4Network]:
        """The IPv4 CIDRs of its routes, without local routes and the default route."""
        found = (route.destination for route in self.routes if not route.local)
        return frozenset(destination for destination in found if destination and destination.prefixlen)

    def is_only_for(self, subnet_ids: Container[str]) -> bool:
        """Whether it is associated with some of these subnets and with nothing else."""
        return bool(self.associations) and all(each.subnet_id in subnet_ids for each in self.associations)


class TransitGateway(Ec2Model):
    """A transit gateway that this account sees."""

    state: str = ""


class VpnAttachment(Ec2Model):
    """The attachment of a virtual private gateway to a VPC."""

    vpc_id: str = ""
    state: str = ""


class VpnGateway(Ec2Model):
    """A virtual private gateway."""

    state: str = ""
    attachments: tuple[VpnAttachment, ...] = Field(default=(), alias="VpcAttachments")


class AttachmentAssociation(Ec2Model):
    """The route table of a transit gateway that an attachment's traffic takes."""

    transit_gateway_route_table_id: str = ""


class Attachment(Ec2Model):
    """An attachment of a VPC to a transit gateway."""

    attachment_id: str = Field(alias="TransitGatewayAttachmentId")
    transit_gateway_id: str
    state: str = ""
    association: AttachmentAssociation = AttachmentAssociation()


class CoreNetworkAttachment(Ec2Model):
    """An attachment of a VPC to a core network."""

    attachment_id: str
    resource_arn: str = ""
    state: str = ""


class AttachmentRef(Ec2Model):
    """The attachment that a route of a transit gateway has as its target."""

    resource_id: str = ""


class TransitGatewayRoute(Ec2Model):
    """A route of a transit gateway."""

    to_cidr: str = Field(default="", alias="DestinationCidrBlock")
    attachments: tuple[AttachmentRef, ...] = Field(default=(), alias="TransitGatewayAttachments")


class NatAddress(Ec2Model):
    """An address of a NAT gateway; `public_ip` is None for one of a private gateway."""

    allocation_id: str = ""
    public_ip: IPv4Address | None = None


class NatGateway(Ec2Model):
    """A NAT gateway; a regional one has no subnet."""

    nat_gateway_id: str
    subnet_id: str = ""
    state: str
    connectivity_type: Literal["public", "private"] = "public"
    availability_mode: Literal["zonal", "regional"] = "zonal"
    addresses: tuple[NatAddress, ...] = Field(default=(), alias="NatGatewayAddresses")


class Address(Ec2Model):
    """An Elastic IP address; `service_managed` is the service that manages it, such as `rnat`."""

    allocation_id: str = ""
    association_id: str = ""
    service_managed: str = ""
