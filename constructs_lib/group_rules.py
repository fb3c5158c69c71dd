"""Security group rules, each a separate resource, so that another CIDR block or group changes no existing resource."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import TypedDict

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from podspace.planning import PODS, EgressRule, GroupRule


class _Rule(TypedDict):
    """What rules of both directions have."""

    group_id: str
    cidr_ip: str | None
    cidr_ipv6: str | None
    ip_protocol: str
    from_port: int | None
    to_port: int | None
    description: str


def ingress(scope: Construct, rule: GroupRule, ids: Mapping[str, str]) -> ec2.CfnSecurityGroupIngress:
    """A resource for an ingress rule of a plan.

    Args:
        scope: parent construct.
        rule: the rule, as planned.
        ids: ids of the security groups by their role in the plan: `pods` and `cluster`.
    """
    group, prefix_list = _ids(rule.source, ids)
    return ec2.CfnSecurityGroupIngress(
        scope,
        f"{rule.on}-from-{_id(rule.source)}{_range(rule)}",
        source_security_group_id=group,
        source_prefix_list_id=prefix_list,
        **_rule(rule, on=ids.get(rule.on, rule.on), peer=rule.source),
    )


def egress(scope: Construct, rule: EgressRule, ids: Mapping[str, str]) -> ec2.CfnSecurityGroupEgress:
    """A resource for an egress rule of the pods' security group.

    Args:
        scope: parent construct.
        rule: the rule, as planned.
        ids: ids of the security groups by their role in the plan: `pods`, `cluster` and `endpoints`.
    """
    group, prefix_list = _ids(rule.to, ids)
    return ec2.CfnSecurityGroupEgress(
        scope,
        f"{PODS}-to-{_id(rule.to)}{_range(rule)}",
        destination_security_group_id=group,
        destination_prefix_list_id=prefix_list,
        **_rule(rule, on=ids[PODS], peer=rule.to),
    )


def _ids(peer: str | IPv4Network | IPv6Network, ids: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The id of the group and of the prefix list that a rule is about, one of them at most."""
    if not isinstance(peer, str):
        return None, None
    return (None, peer) if peer.startswith("pl-") else (ids.get(peer, peer), None)


def _rule(rule: GroupRule | EgressRule, *, on: str, peer: str | IPv4Network | IPv6Network) -> _Rule:
    first, last = rule.ports or (None, None)
    return {
        "group_id": on,
        "cidr_ip": str(peer) if isinstance(peer, IPv4Network) else None,
        "cidr_ipv6": str(peer) if isinstance(peer, IPv6Network) else None,
        "ip_protocol": rule.protocol,
        "from_port": first,
        "to_port": last,
        "description": rule.reason,
    }


def _id(peer: object) -> str:
    return str(peer).replace("/", "-")


def _range(rule: GroupRule | EgressRule) -> str:
    return f"-{rule.protocol}-{rule.ports[0]}-{rule.ports[1]}" if rule.ports else ""
