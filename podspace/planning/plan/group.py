"""The security groups of a plan: who lets in whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

Party = str
"""Who a rule is about: `pods`, `cluster`, or the id of a group of the nodes or of endpoints."""
PODS: Party = "pods"
CLUSTER: Party = "cluster"


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRule:
    """An ingress rule.

    Attributes:
        on: the group that lets the traffic in.
        source: the group it comes from, or a CIDR.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what breaks without it; the rule's description in EC2.
    """

    on: Party
    source: Party | IPv4Network | IPv6Network
    protocol: Literal["tcp", "udp", "-1"]
    ports: tuple[int, int] | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PodGroupPlan:
    """The security group of pod interfaces.

    Attributes:
        kind: made here (`dedicated`), the `cluster`'s own, or an `existing` one.
        id: of an existing one; empty otherwise.
        description: the GroupDescription of a dedicated one, which EC2 lets nobody change afterwards.
        tags: of a dedicated one.
        rules: made here, each a resource of its own.
        ipv6: whether a dedicated one lets IPv6 traffic out too.
    """

    kind: Literal["dedicated", "cluster", "existing"]
    id: str
    description: str
    tags: Mapping[str, str]
    rules: tuple[GroupRule, ...]
    ipv6: bool = False
