"""Rules about network ACLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from podspace.lint.address_range import shown_range
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.value import Reference
from podspace.lint.vpc import Subnet

_EPHEMERAL_PORTS: Final = (32768, 60999)
"""From which Linux takes the ports of its own connections by default; AWS's page says up to 61000."""
_WAYS: Final = (("in", False), ("out", True))


@rule(
    "network-acl-closed-to-pods",
    why="A new network ACL denies all traffic until an entry allows it. It is stateless: answers need an entry too. "
    "Pods in these subnets reach nothing outside of their subnet, including the API server.",
    fix="add an AWS::EC2::NetworkAclEntry that allows the traffic of pods, with a lower rule number than entries that "
    "deny it; or use the VPC's default network ACL",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
)
def network_acl_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The network ACL of a pod subnet allows no inbound or no outbound traffic."""
    for acl in picture.network_acls.all.values():
        subnets = [one.resource.named for one in picture.pod_subnets.values() if picture.network_acls.of(one) is acl]
        shut = [way for way, egress in _WAYS if acl.shuts(egress=egress)]
        if subnets and shut:
            must = f"must have an entry that allows traffic {' and '.join(shut)}: pods are in {', '.join(subnets)}"
            yield Fault(at=acl.resource, must=must)


def _subnets_behind(picture: Picture, subnets: Iterable[Subnet]) -> dict[Reference, list[str]]:
    """The names of subnets by the network ACL, made here, that they are associated with."""
    found: dict[Reference, list[str]] = {}
    for subnet in {one.key: one for one in subnets}.values():
        if acl := picture.network_acls.of(subnet):
            found.setdefault(acl.resource.reference, []).append(subnet.resource.named)
    return found


@rule(
    "network-acl-without-ephemeral-ports",
    why="A network ACL is stateless: the answer to a connection needs an entry for the client's ephemeral port. Pods "
    "and nodes run Linux, which uses 32768 to 61000.",
    fix="allow TCP ports 1024 to 65535, which load balancers and NAT gateways use too",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html",
)
def network_acl_without_ephemeral_ports(picture: Picture) -> Iterator[Fault]:
    """The network ACL of pods or nodes does not allow the ephemeral ports that answers go to."""
    first, last = _EPHEMERAL_PORTS
    nodes = [subnet for node_class in picture.node_classes for subnet in node_class.node_subnets]
    for id, subnets in _subnets_behind(picture, [*picture.pod_subnets.values(), *nodes]).items():
        acl = picture.network_acls.all[id]
        for way, egress in _WAYS:
            if not acl.shuts(egress=egress) and not acl.may_allow_ports(first, last, egress=egress):
                must = f"must allow TCP ports {first} to {last} {way}: it is the network ACL of {', '.join(subnets)}"
                yield Fault(at=acl.resource, value=way, must=must)


@rule(
    "network-acl-denies-pods",
    why="Pods have addresses of other subnets than nodes. If the network ACL of the nodes denies these addresses, "
    "nodes and pods do not reach each other, and pods do not reach control plane interfaces in the node subnets.",
    fix="allow the CIDR blocks of the pods in both directions, with a lower rule number than entries that deny them",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    inferred=True,
)
def network_acl_denies_pods(picture: Picture) -> Iterator[Fault]:
    """The network ACL of node subnets denies the addresses of the pods."""
    of_pods = _subnets_behind(picture, picture.pod_subnets.values())
    for node_class in picture.node_classes:
        nodes = [one for one in node_class.node_subnets if one.key not in picture.pod_subnets]
        for id in _subnets_behind(picture, nodes):
            acl = picture.network_acls.all[id]
            if id in of_pods and any(acl.shuts(egress=egress) for _, egress in _WAYS):
                continue  # reported by `network-acl-closed-to-pods`
            vpc = picture.vpc_of(node_class.pod_subnets)
            for one in node_class.pod_ranges or ():
                shut = [way for way, egress in _WAYS if acl.shuts(egress=egress, peer=one, vpc=vpc)]
                if shut:
                    cidr, both = shown_range(one), " and ".join(shut)
                    must = f"must allow {cidr} {both}: it has the addresses of pods of NodeClass {node_class.name}"
                    yield Fault(at=acl.resource, value=cidr, must=must)


RULES: Final[tuple[Rule, ...]] = (
    network_acl_closed_to_pods,
    network_acl_without_ephemeral_ports,
    network_acl_denies_pods,
)
