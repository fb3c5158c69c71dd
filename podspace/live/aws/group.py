"""Security groups, and the endpoints that have them, from EC2."""

from __future__ import annotations

from collections.abc import Container
from functools import cache, cached_property, reduce
from ipaddress import IPv4Network, IPv6Network
from operator import and_

from pydantic import Field

from podspace.cidr import covers, is_within, pieces
from podspace.live.aws.model import Ec2Model, Tags
from podspace.live.aws.port_set import NO_PORTS, PortSet, ports, union

Span = tuple[IPv4Network | IPv6Network, int, int]
"""A CIDR block, and its first and last address as numbers, which are quick to compare."""


class GroupRef(Ec2Model):
    """A security group that something is in."""

    group_id: str = ""


class Endpoint(Ec2Model):
    """A VPC endpoint; those of type Resource and ServiceNetwork have no service name."""

    endpoint_id: str = Field(alias="VpcEndpointId")
    endpoint_type: str = Field(alias="VpcEndpointType")
    service_name: str = ""
    state: str = ""
    private_dns: bool = Field(default=True, alias="PrivateDnsEnabled")
    subnet_ids: tuple[str, ...] = ()
    interface_ids: tuple[str, ...] = Field(default=(), alias="NetworkInterfaceIds")
    groups: tuple[GroupRef, ...] = ()


class IpRange(Ec2Model):
    """A range of IPv4 addresses that a rule names."""

    cidr_ip: IPv4Network


class Ipv6Range(Ec2Model):
    """A range of IPv6 addresses that a rule names."""

    cidr: IPv6Network = Field(alias="CidrIpv6")


class PrefixListRef(Ec2Model):
    """A prefix list that a rule names."""

    list_id: str = Field(alias="PrefixListId")


class Permission(Ec2Model):
    """Ingress or egress of a security group rule; protocol -1 is every protocol, without ports."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    groups: tuple[GroupRef, ...] = Field(default=(), alias="UserIdGroupPairs")
    prefix_lists: tuple[PrefixListRef, ...] = Field(default=(), alias="PrefixListIds")

    @property
    def ports(self) -> PortSet:
        """The TCP and UDP ports that it is about."""
        return ports(self.ip_protocol, self.from_port, self.to_port)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The ranges of addresses that it names."""
        return tuple(
            map(_span, (*(each.cidr_ip for each in self.ip_ranges), *(each.cidr for each in self.ipv6_ranges)))
        )


class SecurityGroup(Ec2Model):
    """A security group."""

    group_id: str
    name: str = Field(default="", alias="GroupName")
    ingress: tuple[Permission, ...] = Field(default=(), alias="IpPermissions")
    tags: Tags = Field(default_factory=dict)

    def ports_for_groups(self, group_ids: Container[str]) -> PortSet:
        """The ports that it admits what is in one of some groups to."""
        fitting = (rule for rule in self.ingress if any(each.group_id in group_ids for each in rule.groups))
        return union(rule.ports for rule in fitting)

    def ports_for(self, source: IPv4Network | IPv6Network) -> PortSet:
        """The ports that it admits every address of a CIDR block to, by one range or by several together."""
        _, first, last = _span(source)
        rules = [
            (rule.ports, cidr)
            for rule in self.ingress
            for cidr, low, high in rule.spans
            if low <= last and first <= high  # or a range of the other family
        ]
        by_one = union(ports for ports, cidr in rules if is_within(source, cidr))
        parts = [(ports, cidr) for ports, cidr in rules if cidr != source and is_within(cidr, source)]
        if not covers([cidr for _, cidr in parts], source):
            return by_one  # as for many ranges of single hosts
        cut = pieces(source, dict.fromkeys(cidr for _, cidr in parts))
        together = (union(ports for ports, cidr in parts if is_within(piece, cidr)) for piece in cut)
        return reduce(and_, together) | by_one

    @property
    def prefix_lists(self) -> dict[str, PortSet]:
        """The ports that it admits the addresses of prefix lists to, by the id of the list."""
        found: dict[str, PortSet] = {}
        for rule in self.ingress:
            for each in rule.prefix_lists:
                found[each.list_id] = found.get(each.list_id, NO_PORTS) | rule.ports
        return found


@cache
def _span(cidr: IPv4Network | IPv6Network) -> Span:
    return cidr, int(cidr.network_address), int(cidr.broadcast_address)
