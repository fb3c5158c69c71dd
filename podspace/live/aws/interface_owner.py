"""The node, service or resource to which a network interface belongs, as far as EC2 shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from podspace.live.aws.interface import NODE_TAG, POOL_TAG, Instance, Interface

_DESCRIPTIONS: Final = (
    (r"RDSNetworkInterface", "RDS"),
    (r"ElastiCache (?P<name>.+)", "ElastiCache"),
    (r"EFS mount target for (?P<name>fs-\w+).*", "EFS"),
    (r"ELB (?P<name>.+?)(?:/[0-9a-f]+)?", "load balancer"),
    (r"AWS Lambda VPC ENI-(?P<name>.+?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?", "Lambda"),
    (r"ES (?P<name>.+)", "OpenSearch"),
    (r"RedshiftNetworkInterface", "Redshift"),
    (r"DMSNetworkInterface", "DMS"),
    (r"VPC Endpoint Interface:? (?P<name>vpce-\w+)", "VPC endpoint"),
    (r"Interface for NAT Gateway (?P<name>nat-\w+)", "NAT gateway"),
    (r"Amazon EKS (?P<name>.+)", "EKS control plane"),
)
"""Descriptions by which services are known.  EC2 shows what an interface is for in its description, type and requester
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html), of which no page has a list: these are
inferred from interfaces that people have published."""
_REQUESTERS: Final = {"amazon-rds": "RDS", "amazon-elasticache": "ElastiCache", "amazon-elb": "load balancer"}
_SERVICE_REQUESTER: Final = "amazon-"


@dataclass(frozen=True, slots=True)
class Owner:
    """What a network interface is for.

    Attributes:
        service: such as `RDS` or `load balancer`.
        name: of the resource, such as `app/web`; empty if EC2 does not show it.
    """

    service: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.service} {self.name}".rstrip()


def owner_of(interface: Interface) -> Owner:
    """What a network interface is for; the interface itself if EC2 shows neither a service nor an instance.

    The description can be any text of any length, because the creator of an interface writes it.
    """
    for pattern, service in _DESCRIPTIONS:
        if found := re.fullmatch(pattern, interface.description):
            return Owner(service, found.groupdict().get("name") or "")
    if interface.attachment.instance_id:
        return Owner("EC2 instance", interface.attachment.instance_id)
    if interface.interface_type not in {"interface", ""}:
        return Owner(interface.interface_type.replace("_", " "), interface.description or interface.interface_id)
    if interface.requester_id.startswith(_SERVICE_REQUESTER):
        return Owner(_REQUESTERS.get(interface.requester_id, interface.requester_id), interface.description)
    return Owner("network interface", interface.description or interface.interface_id)


def belongs_to(interface: Interface, instances: Mapping[str, Instance]) -> str:
    """To which node or service a network interface belongs, such as `of node i-0b01` or `of load balancer app/web`.

    Args:
        interface: the network interface.
        instances: known nodes by instance id, for the names of their NodePools.
    """
    instance_id = interface.attachment.instance_id
    if instance_id:
        pool = instances[instance_id].tags.get(POOL_TAG, "") if instance_id in instances else ""
        return f"of node {instance_id}" + (f" of NodePool {pool}" if pool else "")
    if node := interface.tags.get(NODE_TAG, ""):
        return f"of node {node}, for its pods" if interface.status == "in-use" else f"not deleted by node {node}"
    if interface.status == "available" and interface.interface_type == "interface":
        what = interface.description or interface.tags.get("Name", "") or "no description"
        return f"not attached ({what})"
    return f"of {owner_of(interface)}"
