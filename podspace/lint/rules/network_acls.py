"""Rules about network ACLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule


@rule(
    "network-acl-closed-to-pods",
    why="A network ACL that you make lets nothing through until an entry allows it, and as it keeps no connections in "
    "mind, answers need an entry too. Pods behind it reach nothing beyond their subnet, not even the API server.",
    fix="add an AWS::EC2::NetworkAclEntry that allows what pods need, before any that denies it; or leave the subnet "
    "to the VPC's default network ACL",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
)
def network_acl_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The network ACL of a pod subnet lets nothing in, or nothing out."""
    for acl in picture.network_acls.all.values():
        subnets = [one.resource.named for one in picture.pod_subnets.values() if picture.network_acls.of(one) is acl]
        shut = [way for way, egress in (("in", False), ("out", True)) if acl.shuts(egress=egress)]
        if subnets and shut:
            must = f"must let something {' and '.join(shut)}: pods are in {', '.join(subnets)}"
            yield Fault(at=acl.resource, must=must)


RULES: Final[tuple[Rule, ...]] = (network_acl_closed_to_pods,)
