"""Network ACLs and what they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from podspace.lint.address_range import Range, address_range, is_inside, overlap
from podspace.lint.deployment import Deployment
from podspace.lint.route import EVERYWHERE
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, Value, is_placed, network, number, plain, true
from podspace.lint.vpc import Subnet, Vpc

_TCP: Final = {"6", "tcp"}
_NOT_TCP: Final = {"1", "17", "58", "icmp", "icmpv6", "udp"}
_HIGHEST_PORT: Final = 65535
_DEFAULT: Final = "DefaultNetworkAcl"
"""The attribute of a VPC that is the network ACL which EC2 makes for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkAcl:
    """A network ACL that the templates create.

    Attributes:
        entries: known entries.
        all_entries: whether all entries are known.
    """

    resource: Resource
    entries: Sequence[Resource]
    all_entries: bool

    def shuts(self, *, egress: bool, peer: Range = EVERYWHERE, vpc: Vpc | None = None) -> bool:
        """Whether the ACL certainly denies all traffic to a peer, or from it.

        Args:
            vpc: VPC of the peer.
        """
        entries = self._of(egress=egress)
        allowing = [entry for entry in entries if _action(entry) != "deny" and _may_be_about(entry, peer, vpc)]
        return self.all_entries and all(any(_is_before(deny, one, peer) for deny in entries) for one in allowing)

    def may_allow_ports(self, first: int, last: int, *, egress: bool) -> bool:
        """Whether entries may let all TCP ports of a range out, or in: none lacks an entry that may allow it."""
        entries = self._of(egress=egress)
        allowing = [(number(entry.get("RuleNumber")), _tcp_ports(entry)) for entry in entries if _may_allow(entry)]
        denying = [
            (number(entry.get("RuleNumber")), *ports)
            for entry in entries
            if entry.certain and _is_egress(entry) is not None and (ports := _denied_to_all(entry))
        ]
        ends = [ports[1] + 1 for _, ports in allowing if ports]
        starts = [start for _, start, _ in denying]

        def may_be_allowed(port: int) -> bool:
            before = [rule for rule, start, end in denying if rule is not None and start <= port <= end]
            return any(
                (ports is None or ports[0] <= port <= ports[1])
                and (rule is None or all(rule < earlier for earlier in before))
                for rule, ports in allowing
            )

        return not self.all_entries or all(
            may_be_allowed(port) for port in {first, *ends, *starts} if first <= port <= last
        )

    def _of(self, *, egress: bool) -> list[Resource]:
        """The entries that are about IPv4 addresses and what gets out, or what gets in, or may be."""
        return [entry for entry in self.entries if _is_egress(entry) in {egress, None} and not _is_ipv6(entry)]


def _is_ipv6(entry: Resource) -> bool:
    """Whether an entry is about IPv6 addresses alone; interfaces of nodes and pods need IPv4."""
    return entry.get("CidrBlock") is None and entry.get("Ipv6CidrBlock") is not None


def _action(entry: Resource) -> str:
    """`allow` or `deny`; empty if it is not known."""
    action = entry.get("RuleAction")
    return action.lower() if isinstance(action, str) else ""


def _is_egress(entry: Resource) -> bool | None:
    """Whether an entry is about what gets out; None if that is not known."""
    value = entry.get("Egress")
    return False if value is None else true(value)


def _may_be_about(entry: Resource, peer: Range, vpc: Vpc | None) -> bool:
    """Whether an entry may be about some addresses of a peer in a VPC."""
    cidr = address_range(entry.get("CidrBlock"))
    return cidr is None or (overlap(cidr, peer) is not False and not (vpc and vpc.keeps_apart(cidr, peer)))


def _tcp_ports(entry: Resource) -> tuple[int, int] | None:
    """The first and the last TCP port that an entry is about; (0, -1) for none, None for all or for unknown ones."""
    protocol = entry.get("Protocol")
    if not isinstance(protocol, str | int) or plain(protocol).lower() not in _NOT_TCP | _TCP:
        return None
    if plain(protocol).lower() in _NOT_TCP:
        return 0, -1
    first, last = (number(entry.get("PortRange", end)) for end in ("From", "To"))
    return None if first is None or last is None else (first, last)


def _may_allow(entry: Resource) -> bool:
    return _action(entry) != "deny"


def _denied_to_all(entry: Resource) -> tuple[int, int] | None:
    """The first and the last TCP port that an entry denies to every IPv4 address; None if that is not certain."""
    if _action(entry) != "deny" or network(entry.get("CidrBlock")) != EVERYWHERE:
        return None
    protocol = entry.get("Protocol")
    every = isinstance(protocol, str | int) and plain(protocol) == "-1"
    return (0, _HIGHEST_PORT) if every else _tcp_ports(entry)


def _is_before(deny: Resource, other: Resource, peer: Range) -> bool:
    """Whether an entry for certain denies all of a peer that another one of its direction is asked about."""
    first, second = number(deny.get("RuleNumber")), number(other.get("RuleNumber"))
    protocol = deny.get("Protocol")
    if first is None or second is None or first >= second or not isinstance(protocol, str | int):
        return False
    denied = address_range(deny.get("CidrBlock"))
    ipv4 = denied is not None and bool(is_inside(peer, denied)) and other.get("Ipv6CidrBlock") is None
    certain = deny.certain and _action(deny) == "deny" and _is_egress(deny) is not None
    return certain and plain(protocol) == "-1" and ipv4


class NetworkAcls:
    """The network ACLs of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def all(self) -> dict[Reference, NetworkAcl]:
        """Network ACLs that the templates create, by their references."""
        entries = self._deployment.of_type("AWS::EC2::NetworkAclEntry")
        placed = self._deployment.whole and all(map(_is_of_one, (one.get("NetworkAclId") for one in entries)))
        return {
            acl.reference: NetworkAcl(
                resource=acl,
                entries=[one for one in entries if one.get("NetworkAclId") == acl.reference],
                all_entries=placed and acl.reference not in self._deployment.customised,
            )
            for acl in self._deployment.of_type("AWS::EC2::NetworkAcl")
        }

    def of(self, subnet: Subnet) -> NetworkAcl | None:
        """The network ACL that is certainly associated with a subnet; None for one outside the templates, such as
        the VPC's default.
        """
        kind = "AWS::EC2::SubnetNetworkAclAssociation"
        own = [one for one in self._deployment.of_type(kind) if one.get("SubnetId") == subnet.key]
        if len(own) != 1 or not own[0].certain or subnet.key in self._deployment.customised:
            return None
        return next((acl for id, acl in self.all.items() if id == own[0].get("NetworkAclId")), None)


def _is_of_one(id: Value) -> bool:
    """Whether it is known which network ACL an id is of."""
    return is_placed(id) or (isinstance(id, Reference) and id.resource and id.attribute == _DEFAULT)
