"""What a plan puts beside the pods' traffic: endpoints, and flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from podspace.planning.plan.group import GroupRule


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointsPlan:
    """VPC endpoints to be made.

    Attributes:
        gateways: services with a gateway endpoint on the pod route tables, by full name.
        interfaces: services with an interface endpoint, by full name.
        zones: the zones in which those have an interface.
        rules: on the groups of endpoints that exist, and letting the pods in.
        sources: what the security group of new ones lets in on TCP 443: all blocks of the VPC, the pods' too.
        tags: of each endpoint, by service; and of the group, under `group`.
    """

    gateways: tuple[str, ...]
    interfaces: tuple[str, ...]
    zones: tuple[str, ...]
    rules: tuple[GroupRule, ...]
    sources: tuple[IPv4Network | IPv6Network, ...]
    description: str
    tags: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowLogsPlan:
    """Flow logs to be made.

    Attributes:
        of: one for each pod subnet, or one for the VPC.
        to: where records go.
        bucket_arn: of a bucket that exists; empty where the bucket or log group is made here.
        retention_days: how long what is made here keeps them.
        key_arn: the KMS key of what is made here; empty for none.
    """

    of: Literal["pod_subnets", "vpc"]
    to: Literal["cloud_watch_logs", "s3"]
    bucket_arn: str
    retention_days: int
    key_arn: str
    traffic: str
    aggregation_seconds: int
    tags: Mapping[str, str]
