"""Network ACLs, and the traffic that they pass."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from pydantic import Field

from podspace.cidr import is_within, pieces
from podspace.live.aws.model import Ec2Model
from podspace.live.aws.port_set import NO_PORTS, PortSet, ports


class EntryPorts(Ec2Model):
    """The ports of an entry."""

    first: int | None = Field(default=None, alias="From")
    last: int | None = Field(default=None, alias="To")


class AclEntry(Ec2Model):
    """An entry; the one with the lowest number that is about a packet decides."""

    rule_number: int
    rule_action: str
    egress: bool
    protocol: str
    cidr_block: IPv4Network | None = None
    ipv6_cidr_block: IPv6Network | None = None
    port_range: EntryPorts = EntryPorts()

    @property
    def cidr(self) -> IPv4Network | IPv6Network | None:
        """The addresses that it is about."""
        return self.cidr_block or self.ipv6_cidr_block

    @property
    def ports(self) -> PortSet:
        """The TCP and UDP ports that it is about."""
        return ports(self.protocol, self.port_range.first, self.port_range.last)


class AclAssociation(Ec2Model):
    """A subnet of a network ACL."""

    subnet_id: str


class NetworkAcl(Ec2Model):
    """A network ACL."""

    acl_id: str = Field(alias="NetworkAclId")
    is_default: bool = False
    associations: tuple[AclAssociation, ...] = ()
    entries: tuple[AclEntry, ...] = ()

    def passed(self, peer: IPv4Network | IPv6Network, *, egress: bool) -> tuple[PortSet, PortSet]:
        """The ports to which packets pass from a peer into its subnets or, with `egress`, out of them to the peer.

        Returns:
            The ports for every address of the peer, and those for some of its addresses.
        """
        entries = sorted((each for each in self.entries if each.egress == egress), key=lambda each: each.rule_number)
        borders = [each.cidr for each in entries if each.cidr]
        results = [_passed(entries, piece) for piece in pieces(peer, borders)]
        every, some = results[0], NO_PORTS
        for each in results:
            every, some = every & each, some | each
        return every, some


def _passed(entries: list[AclEntry], piece: IPv4Network | IPv6Network) -> PortSet:
    """The ports that entries in their order pass for addresses that each entry is about as a whole, or not at all."""
    passed = decided = NO_PORTS
    for entry in entries:
        if entry.cidr and is_within(piece, entry.cidr):
            if entry.rule_action == "allow":
                passed |= entry.ports - decided
            decided |= entry.ports
    return passed
