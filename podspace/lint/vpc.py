"""VPCs, their blocks and their subnets, as templates make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network

from podspace.api.zone import zone_name
from podspace.lint.address_range import Range, address_range, is_inside
from podspace.lint.deployment import Deployment
from podspace.lint.intrinsics import ZONES
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, Value, is_placed, key, network, shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """An IPv4 CIDR block of a VPC in a template.

    Attributes:
        cidr: the CIDR block, with host bits cleared.
        primary: whether the VPC is created with it.
    """

    resource: Resource
    cidr: IPv4Network
    primary: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockRange:
    """An IPv4 CIDR block of a VPC in a template, known or by reference.

    Attributes:
        primary: whether the VPC is created with it.
    """

    resource: Resource
    range: Range
    primary: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Subnet:
    """A subnet that the templates create.

    Attributes:
        vpc: VPC id.
        cidr: IPv4 CIDR block, with host bits cleared; None if unknown, or there is none.
        zone: zone name, zone id, or a reference; None if unknown.
    """

    resource: Resource
    vpc: Known | None
    cidr: IPv4Network | None
    zone: Known | None

    @property
    def range(self) -> Range | None:
        """Address range of the subnet, known or by reference; None if unknown."""
        return address_range(self.resource.get("CidrBlock"))

    @property
    def named(self) -> str:
        """How a message names it."""
        return f"{self.resource.named} {self.cidr or ''}".rstrip()

    @property
    def key(self) -> Reference:
        """The reference to it."""
        return self.resource.reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Vpc:
    """A VPC that the templates create or name.

    Attributes:
        key: VPC id, or the reference to it.
        resource: resource that creates it; None for an existing VPC.
        blocks: known CIDR blocks, the primary first.
        all_blocks: whether all CIDR blocks are known.
        ranges: CIDR blocks that are known or given by a reference, the primary first.
        subnets: subnets that the templates create.
    """

    key: Known
    resource: Resource | None
    blocks: list[Block] = field(default_factory=list)
    all_blocks: bool
    ranges: list[BlockRange] = field(default_factory=list)
    subnets: list[Subnet] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How a message names it."""
        return self.resource.named if self.resource else shown(self.key)

    def block_of(self, one: Range | None) -> BlockRange | None:
        """The block that a range is part of, whatever the values of parameters are; None if that is not known."""
        return next((block for block in self.ranges if one and is_inside(one, block.range)), None)

    def keeps_apart(self, one: Range, other: Range) -> bool:
        """Whether two ranges are in different CIDR blocks of the VPC, which EC2 never lets overlap."""
        blocks = self.block_of(one), self.block_of(other)
        return None not in blocks and blocks[0] != blocks[1] and all(one.resource.certain for one in blocks if one)


class Vpcs:
    """All VPCs of a deployment, and the subnets in them."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet that the templates create."""
        return tuple(map(_subnet, self._deployment.of_type("AWS::EC2::Subnet")))

    @cached_property
    def subnet(self) -> dict[Known, Subnet]:
        """Subnets by the reference to them."""
        return {subnet.key: subnet for subnet in self.subnets}

    @cached_property
    def all(self) -> dict[Known, Vpc]:
        """VPCs by id: those that the templates create, and existing ones to which they add CIDR blocks or subnets."""
        extra = self._deployment.of_type("AWS::EC2::VPCCidrBlock")
        placed = all(is_placed(block.get("VpcId")) for block in extra)
        vpcs: dict[Known, Vpc] = {}
        for resource in self._deployment.of_type("AWS::EC2::VPC"):
            own = list(_blocks(resource, primary=True))
            of_it = [block for block in extra if key(block.get("VpcId")) == resource.reference]
            all_known = bool(own) and all(network(block.get("CidrBlock")) for block in of_it if _is_ipv4(block))
            complete = all_known and placed and self._deployment.whole and not _touched(self._deployment, resource)
            ranges = list(_ranges(resource, primary=True))
            vpcs[resource.reference] = Vpc(
                key=resource.reference, resource=resource, blocks=own, all_blocks=complete, ranges=ranges
            )
        for block in extra:
            if id := key(block.get("VpcId")):
                vpc = vpcs.setdefault(id, Vpc(key=id, resource=None, all_blocks=False))
                vpc.blocks.extend(_blocks(block, primary=False))
                vpc.ranges.extend(_ranges(block, primary=False))
        for subnet in self.subnets:
            if subnet.vpc:
                vpc = vpcs.setdefault(subnet.vpc, Vpc(key=subnet.vpc, resource=None, all_blocks=False))
                vpc.subnets.append(subnet)
        return vpcs

    def named(self, id: Known) -> str:
        """How a message names the VPC of an id."""
        vpc = self.all.get(id)
        return vpc.name if vpc else shown(id)


def _touched(deployment: Deployment, resource: Resource) -> bool:
    return resource.reference in deployment.customised


def _is_ipv4(block: Resource) -> bool:
    ipv6 = ("AmazonProvidedIpv6CidrBlock", "Ipv6CidrBlock", "Ipv6Pool", "Ipv6IpamPoolId")
    return all(block.get(name) is None for name in ipv6)


def _blocks(resource: Resource, *, primary: bool) -> Iterator[Block]:
    cidr = network(resource.get("CidrBlock"))
    if cidr:
        yield Block(resource=resource, cidr=cidr, primary=primary)


def _ranges(resource: Resource, *, primary: bool) -> Iterator[BlockRange]:
    if known := address_range(resource.get("CidrBlock")):
        yield BlockRange(resource=resource, range=known, primary=primary)


def _subnet(resource: Resource) -> Subnet:
    zone: Value = resource.get("AvailabilityZone")
    return Subnet(
        resource=resource,
        vpc=key(resource.get("VpcId")),
        cidr=network(resource.get("CidrBlock")),
        zone=key(zone if zone is not None else resource.get("AvailabilityZoneId")),
    )


def other_zone(one: Known | None, other: Known | None) -> bool | None:
    """Whether two zones are different; None if unknown."""
    if one is None or other is None:
        return None
    if isinstance(one, str) and isinstance(other, str):
        ids = [name.by_id if (name := zone_name(zone)) else False for zone in (one, other)]
        return one != other if ids[0] == ids[1] else None  # names and ids of zones do not compare
    if one == other:
        return False
    same_list = isinstance(one, Reference) and isinstance(other, Reference) and one.id == other.id
    return True if same_list and isinstance(one, Reference) and one.id.startswith(ZONES) else None
