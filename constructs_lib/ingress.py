"""Ingress rules, each a resource of its own, so that a further block or group changes no resource that exists."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Network

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from podspace.planning import GroupRule


def ingress(scope: Construct, rule: GroupRule, ids: Mapping[str, str]) -> ec2.CfnSecurityGroupIngress:
    """A planned rule.

    Args:
        scope: the parent construct.
        rule: the rule, as planned.
        ids: the ids of the groups that the plan names by their part, `pods` and `cluster`.
    """
    source = str(rule.source)
    from_group = isinstance(rule.source, str)
    from_ipv6 = isinstance(rule.source, IPv6Network)
    first, last = rule.ports or (None, None)
    return ec2.CfnSecurityGroupIngress(
        scope,
        f"{rule.on}-from-{source.replace('/', '-')}" + (f"-{rule.protocol}-{first}-{last}" if rule.ports else ""),
        group_id=ids.get(rule.on, rule.on),
        source_security_group_id=ids.get(source, source) if from_group else None,
        cidr_ip=None if from_group or from_ipv6 else source,
        cidr_ipv6=source if from_ipv6 else None,
        ip_protocol=rule.protocol,
        from_port=first,
        to_port=last,
        description=rule.reason,
    )
