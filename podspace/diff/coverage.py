"""Whether traffic of a removed rule or route is still admitted or routed the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from podspace.cidr import is_within
from podspace.planning import Resource
from podspace.planning.inventory import Value

_PEERS = ("SourceSecurityGroupId", "SourcePrefixListId", "DestinationSecurityGroupId", "DestinationPrefixListId")
_CIDRS = ("CidrIp", "CidrIpv6")
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")


def is_covered(old: Resource, new: Iterable[Resource]) -> bool:
    """Whether another rule admits all traffic of a removed rule, or another route has the target of a removed route."""
    every = tuple(new)
    same = [each for each in every if each.type == old.type]
    match old.type:
        case "AWS::EC2::SecurityGroupIngress":
            return any(_admits(each.create_only, old.create_only) for each in same)
        case "AWS::EC2::SecurityGroupEgress":
            open_again = any(each.kind == "pod security group" and each.vital_values for each in every)
            return open_again or any(_admits(each.create_only, old.create_only) for each in same)
        case "AWS::EC2::Route":
            return _routes(old, same)
    return False


def _admits(new: Mapping[str, Value], old: Mapping[str, Value]) -> bool:
    if new["GroupId"] != old["GroupId"] or not _has_peer(new, old):
        return False
    if new["IpProtocol"] == "-1":
        return True
    return (
        new["IpProtocol"] == old["IpProtocol"] and _ports(new)[0] <= _ports(old)[0] <= _ports(old)[1] <= _ports(new)[1]
    )


def _has_peer(new: Mapping[str, Value], old: Mapping[str, Value]) -> bool:
    key = next(key for key in (*_PEERS, *_CIDRS) if key in old)
    if key not in new:
        return False
    return new[key] == old[key] if key in _PEERS else is_within(_network(old[key]), _network(new[key]))


def _ports(rule: Mapping[str, Value]) -> tuple[int, int]:
    first, last = rule["FromPort"], rule["ToPort"]
    assert isinstance(first, int)
    assert isinstance(last, int)
    return first, last


def _routes(old: Resource, new: Iterable[Resource]) -> bool:
    """Whether the most specific of the new routes to the whole old destination has the old target."""
    key = next((key for key in _DESTINATIONS if key in old.create_only), None)
    if key is None:
        return False
    to, table = _network(old.create_only[key]), old.create_only["RouteTableId"]
    wider = [
        each
        for each in new
        if key in each.create_only
        and each.create_only["RouteTableId"] == table
        and is_within(to, _network(each.create_only[key]))
    ]
    best = max(wider, key=lambda each: _network(each.create_only[key]).prefixlen, default=None)
    return best is not None and best.vital_values == old.vital_values


def _network(value: Value) -> IPv4Network | IPv6Network:
    return ip_network(str(value))
