"""A VPC from EC2: CIDR blocks, subnets, zones, peering connections and flow logs."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import BeforeValidator, Field

from podspace.live.aws.model import Ec2Model, Tags

OptionalCidr = Annotated[IPv4Network | None, BeforeValidator(lambda given: given or None)]
"""IPv4 CIDR block of a subnet; None for an IPv6-only subnet."""


class State(Ec2Model):
    """How far something has come."""

    state: str = ""


class Status(Ec2Model):
    """Status of a peering connection."""

    code: str = ""


class Block(Ec2Model):
    """An IPv4 CIDR block of a VPC, and the state of its association."""

    cidr: IPv4Network = Field(alias="CidrBlock")
    association_id: str = ""
    state: State = Field(default=State(), alias="CidrBlockState")

    @property
    def present(self) -> bool:
        """Whether the VPC has it, or is about to."""
        return self.state.state in {"associated", "associating"}


class Ipv6Block(Ec2Model):
    """An IPv6 CIDR block of a VPC, and the state of its association."""

    cidr: IPv6Network = Field(alias="Ipv6CidrBlock")


class Vpc(Ec2Model):
    """The VPC itself."""

    vpc_id: str
    owner_id: str = ""
    primary: IPv4Network = Field(alias="CidrBlock")
    blocks: tuple[Block, ...] = Field(default=(), alias="CidrBlockAssociationSet")

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """All IPv4 CIDR blocks of the VPC, the primary first."""
        return tuple(dict.fromkeys((self.primary, *(block.cidr for block in self.blocks if block.present))))


class Subnet(Ec2Model):
    """A subnet, in its zone."""

    subnet_id: str
    zone: str = Field(alias="AvailabilityZone")
    zone_id: str = Field(default="", alias="AvailabilityZoneId")
    cidr: OptionalCidr = Field(default=None, alias="CidrBlock")
    free: int = Field(alias="AvailableIpAddressCount")
    state: str = "available"
    ipv6_blocks: tuple[Ipv6Block, ...] = Field(default=(), alias="Ipv6CidrBlockAssociationSet")
    map_public_ip_on_launch: bool = False
    tags: Tags = Field(default_factory=dict)


class CidrReservation(Ec2Model):
    """A range of a subnet that is reserved.

    Attributes:
        type: `prefix` for prefixes that EC2 assigns, `explicit` for addresses that are assigned by hand.
    """

    cidr: IPv4Network
    type: str = Field(alias="ReservationType")


class PeerBlock(Ec2Model):
    """An IPv4 CIDR block of a peered VPC."""

    cidr: IPv4Network = Field(alias="CidrBlock")


class PeeringOptions(Ec2Model):
    """The options of one side of a peering; None if they are not known."""

    dns: bool | None = Field(default=None, alias="AllowDnsResolutionFromRemoteVpc")


class PeerVpc(Ec2Model):
    """One side of a peering connection; its CIDR blocks are known when the connection is active."""

    vpc_id: str = ""
    cidr_block: str = ""
    cidr_block_set: tuple[PeerBlock, ...] = ()
    ipv6_cidr_block_set: tuple[Ipv6Block, ...] = ()
    options: PeeringOptions = Field(default=PeeringOptions(), alias="PeeringOptions")

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """Known IPv4 CIDR blocks of the peered VPC."""
        first = (IPv4Network(self.cidr_block),) if self.cidr_block else ()
        return tuple(dict.fromkeys((*first, *(block.cidr for block in self.cidr_block_set))))


class Peering(Ec2Model):
    """A peering of two VPCs."""

    peering_id: str = Field(alias="VpcPeeringConnectionId")
    accepter: PeerVpc = Field(alias="AccepterVpcInfo")
    requester: PeerVpc = Field(alias="RequesterVpcInfo")
    status: Status = Status()

    def peer_of(self, vpc_id: str) -> PeerVpc:
        """The side that is not this VPC."""
        return self.accepter if self.requester.vpc_id == vpc_id else self.requester


class FlowLog(Ec2Model):
    """A flow log."""

    flow_log_id: str


class Zone(Ec2Model):
    """An availability zone, Local Zone or Wavelength Zone of the region, with its name in the account.

    Attributes:
        parent_name: availability zone that a Local Zone is connected to; `parent_id` is its id.
        group_name: zone group, by which a Local Zone is enabled.
        opt_in_status: `opt-in-not-required` for an availability zone; otherwise `opted-in` or `not-opted-in`.
    """

    name: str = Field(alias="ZoneName")
    zone_id: str = ""
    state: str = "available"
    zone_type: str = "availability-zone"
    parent_name: str = Field(default="", alias="ParentZoneName")
    parent_id: str = Field(default="", alias="ParentZoneId")
    group_name: str = ""
    opt_in_status: str = ""
