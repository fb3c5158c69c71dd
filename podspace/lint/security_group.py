"""Security groups, and the traffic that they admit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network
from typing import Final

from podspace.lint.address_range import Range, address_range, is_covered
from podspace.lint.deployment import Deployment
from podspace.lint.stack import Resource
from podspace.lint.value import (
    CLUSTER_GROUP,
    Known,
    Reference,
    Value,
    is_placed,
    key,
    mapping,
    network,
    number,
    plain,
    shown,
)
from podspace.lint.vpc import Vpc

_ANYWHERE: Final = ("::/0", "0::/0")
_NOBODY: Final = ("255.255.255.255/32", "127.0.0.1/32")
"""What CDK, and AWS's own example of a group without egress, write in place of EC2's rule to everywhere."""
_TCP: Final = {"tcp", "6"}
_UDP: Final = {"udp", "17"}
_ALL: Final = "-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingress:
    """An ingress or egress rule of a security group.

    Attributes:
        resource: resource with the rule.
        place: path in the resource, such as `Properties.SecurityGroupIngress[0]`.
        source: security group or range of the source, of an egress rule the destination; None if unknown, such as the
            entries of a prefix list.
        cidr: CIDR block of a range; None for others.
        range: the range, or the reference to it.
        protocol: `tcp`, a number, or -1 for all; empty if unknown.
        ports: first and last port; None for all, or if unknown.
    """

    resource: Resource
    place: str
    source: Known | None
    cidr: IPv4Network | None
    range: Range | None
    protocol: str
    ports: tuple[int, int] | None

    @property
    def from_everywhere(self) -> bool:
        """Whether it admits every address."""
        return self.source in _ANYWHERE or (self.cidr is not None and self.cidr.prefixlen == 0)

    def lets_in(self, port: int | None, *, udp: bool = False) -> bool:
        """Whether it may admit TCP or UDP on a port, or any traffic; unknown values may."""
        if port is None:
            return True
        if self.protocol not in {*(_UDP if udp else _TCP), _ALL, ""}:
            return False
        return self.ports is None or self.protocol == _ALL or self.ports[0] <= port <= self.ports[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityGroup:
    """A security group that the templates create or name.

    Attributes:
        key: id of the security group, or the reference to it.
        resource: resource that creates it; None for an existing one, and for an EKS cluster's own.
        ingress: known ingress rules.
        all_ingress: whether all ingress rules are known.
    """

    key: Known
    resource: Resource | None
    ingress: list[Ingress] = field(default_factory=list)
    all_ingress: bool

    @property
    def named(self) -> str:
        """How a message names it."""
        return self.resource.named if self.resource else shown(self.key)

    def lets_out(self, egress: Iterable[Resource]) -> bool:
        """Whether it allows any egress traffic, or may do so.

        Args:
            egress: egress rules of the deployment that are separate resources.
        """
        own = self.resource.properties.get("SecurityGroupEgress") if self.resource else None
        if not own or not isinstance(own, list) or not self.all_ingress:
            return True  # an empty list is none, and with none EC2 lets everything out
        beside = [one for one in egress if not is_placed(one.get("GroupId")) or key(one.get("GroupId")) == self.key]
        return bool(beside) or any(mapping(rule).get("CidrIp") not in _NOBODY for rule in own)

    def egress(self, rules: Iterable[Resource]) -> list[Ingress] | None:
        """Egress rules of the security group; None if some are unknown, or all egress is allowed.

        Args:
            rules: egress rules of the deployment that are separate resources.
        """
        own = self.resource.properties.get("SecurityGroupEgress") if self.resource else None
        rules = list(rules)
        if not self.resource or not own or not isinstance(own, list) or not self.all_ingress:
            return None
        if not all(is_placed(one.get("GroupId")) for one in rules):
            return None
        beside = [one for one in rules if key(one.get("GroupId")) == self.key]
        inline = _inline(self.resource, "SecurityGroupEgress", own)
        return [*inline, *(_ingress(one, "Properties", one.properties) for one in beside)]


class SecurityGroups:
    """All security groups of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @property
    def all_placed(self) -> bool:
        """Whether it is known of every rule which group it is on."""
        return not self.somewhere

    @cached_property
    def somewhere(self) -> list[Ingress]:
        """The rules that are on a group by a parameter, an export or the like, which may be any group."""
        rules = self._deployment.of_type("AWS::EC2::SecurityGroupIngress")
        return [_ingress(rule, "Properties", rule.properties) for rule in rules if not is_placed(rule.get("GroupId"))]

    @cached_property
    def all(self) -> dict[Known, SecurityGroup]:
        """Security groups by id: those that the templates create, and existing ones to which they add rules."""
        rules = self._deployment.of_type("AWS::EC2::SecurityGroupIngress")
        placed = self.all_placed and self._deployment.whole
        touched = self._deployment.customised
        groups: dict[Known, SecurityGroup] = {}
        for resource in self._deployment.of_type("AWS::EC2::SecurityGroup"):
            inline = resource.properties.get("SecurityGroupIngress")
            known = inline is None or isinstance(inline, list)
            complete = placed and known and resource.reference not in touched
            group = SecurityGroup(key=resource.reference, resource=resource, all_ingress=complete)
            group.ingress.extend(_inline(resource, "SecurityGroupIngress", inline))
            groups[resource.reference] = group
        for rule in rules:
            if id := key(rule.get("GroupId")):
                made_by_eks = not isinstance(id, str) and id.attribute == CLUSTER_GROUP and id.resource
                group = groups.setdefault(id, SecurityGroup(key=id, resource=None, all_ingress=placed and made_by_eks))
                group.ingress.append(_ingress(rule, "Properties", rule.properties))
        return groups

    def made_here(self) -> Iterator[tuple[SecurityGroup, Resource]]:
        """Security groups that the templates create, with their resources."""
        yield from ((group, group.resource) for group in self.all.values() if group.resource)


def _inline(resource: Resource, name: str, rules: Value) -> Iterator[Ingress]:
    for index, rule in enumerate(rules if isinstance(rules, list) else [] if rules is None else [rules]):
        yield _ingress(resource, f"Properties.{name}[{index}]", mapping(rule))


def _ingress(resource: Resource, place: str, rule: Mapping[str, Value]) -> Ingress:
    names = ("SourceSecurityGroupId", "DestinationSecurityGroupId", "CidrIp", "CidrIpv6")
    source = next((value for name in names if (value := rule.get(name)) is not None), None)
    ports = number(rule.get("FromPort")), number(rule.get("ToPort"))
    protocol = rule.get("IpProtocol")
    return Ingress(
        resource=resource,
        place=place,
        source=key(source),
        cidr=network(source),
        range=address_range(rule.get("CidrIp")) if source == rule.get("CidrIp") else None,
        protocol=plain(protocol).lower() if isinstance(protocol, str | int) else "",
        ports=(ports[0], ports[1]) if ports[0] is not None and ports[1] is not None and ports[0] >= 0 else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """The source of traffic to a security group.

    Attributes:
        groups: ids of its security groups.
        cidrs: its addresses; None if some are unknown.
        others: ids of security groups that it certainly does not have.
        vpc: VPC of its addresses; None if unknown, or several.
    """

    groups: tuple[Known, ...]
    cidrs: tuple[Range, ...] | None
    others: frozenset[Known] = frozenset()
    vpc: Vpc | None = None

    def is_let_in(self, rules: Iterable[Ingress], port: int | None = None, *, udp: bool = False) -> bool:
        """Whether rules may admit it on a TCP or UDP port, or on any; unknown values may."""
        fitting = [rule for rule in rules if rule.lets_in(port, udp=udp)]
        if any(rule.source in self.groups or self._may_be(rule) for rule in fitting):
            return True
        ranges = [rule.range for rule in fitting if rule.range]
        if self.cidrs is None:
            return bool(ranges)
        return bool(self.cidrs) and all(self._may_be_covered(own, ranges) for own in self.cidrs)

    def _may_be_covered(self, own: Range, ranges: Iterable[Range]) -> bool:
        """Whether ranges may have all of its addresses in one of its own ranges."""
        near = [one for one in ranges if not (self.vpc and self.vpc.keeps_apart(own, one))]
        return is_covered(own, near) is not False

    def _may_be(self, rule: Ingress) -> bool:
        if rule.range or rule.source in self.others:
            return False
        return not isinstance(rule.source, Reference) or not is_placed(rule.source)
