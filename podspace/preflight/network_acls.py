"""Network ACLs that drop the traffic of pods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from podspace.cidr import outermost
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, ok
from podspace.live.aws.network import Network
from podspace.live.aws.network_acl import NetworkAcl
from podspace.live.aws.port_set import NO_PORTS, PortSet, ports, union
from podspace.planning import id_of
from podspace.preflight.pod_access import CidrBlocks, PodAccess, live_cluster, pod_access
from podspace.reporting.wording import counted, such_as

_CHECK: Final = "network-acls"
_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html"
_ALL: Final = ports("-1")
_ANSWERS: Final = ports("tcp", 32768, 60999)
"""Ports that answers to pods and nodes go to: Linux takes the ports of its own connections from these by default."""
_WAYS: Final = (("in", False), ("out", True))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drop:
    """Packets that a network ACL drops.

    Attributes:
        way: `in` from the peer, or `out` to it.
        peer: the addresses of pods, or of nodes.
        ports: to which the packets go.
        certain: whether that is so for every address of the peer; else for some of them.
    """

    way: str
    peer: IPv4Network | IPv6Network
    ports: PortSet
    certain: bool

    def __str__(self) -> str:
        ranges = self.ports.ranges
        to = "every TCP and UDP port" if self.ports == _ALL else f"ports {such_as(ranges, of=len(ranges))}"
        some = "" if self.certain else "some addresses of "
        return f"{self.way} {'to' if self.way == 'out' else 'from'} {some}{self.peer} ({to})"


def network_acls(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The network ACLs of the VPC allow the traffic of pods that they allow for nodes, and answers."""
    access = pod_access(deployment, network)
    if not access.pod_blocks:
        return  # the check of the pod subnets reports it
    if not network.network_acls:
        yield Diagnostic(
            id=_CHECK,
            severity="note",
            subject=network.vpc_id,
            message="EC2 shows no network ACL of the VPC to this account",
            fix="if another account shares the VPC, have it check that its network ACLs pass "
            f"{', '.join(map(str, access.pod_blocks))}",
            source=_PAGE,
        )
        return
    problems = [each for acl in network.network_acls for each in _of_acl(deployment, network, access, acl)]
    yield from problems
    if not problems:
        number = counted(len(network.network_acls), "network ACL")
        yield ok(_CHECK, network.vpc_id, f"{number}: the traffic of pods is allowed where that of nodes is")


def _of_acl(deployment: Deployment, network: Network, access: PodAccess, acl: NetworkAcl) -> Iterator[Diagnostic]:
    """What a network ACL drops as that of pod subnets, and as that of the subnets of what pods talk to."""
    own = {each.subnet_id for each in acl.associations}
    of_pods = sorted(own & set(deployment.pod_subnets))
    new = acl.is_default and any(each.cidr not in _deployed(deployment) for each in deployment.plan.pods.subnets)
    if of_pods or new:
        peers = (*access.node_blocks, *access.pod_blocks)
        drops = tuple(drop for peer in dict.fromkeys(peers) for drop in _drops(acl, peer, wanted=_both(_ANSWERS)))
        yield from _report(acl, drops, of_pods or ["the new pod subnets"], fix=_fix(peers))
    if others := sorted(own - set(deployment.pod_subnets)):
        needed = bool(own & _needed(deployment, network))
        wanted = {way: _passed_to_nodes(acl, access, egress=egress) for way, egress in _WAYS}
        wanted["out"] |= _ANSWERS if needed else NO_PORTS
        drops = tuple(drop for peer in access.pod_blocks for drop in _drops(acl, peer, wanted=wanted, closed=needed))
        yield from _report(acl, drops, others, fix=_fix(access.pod_blocks))


def _deployed(deployment: Deployment) -> set[IPv4Network | None]:
    return {each.cidr for each in deployment.pod_subnets.values()}


def _both(wanted: PortSet) -> dict[str, PortSet]:
    return {way: wanted for way, _ in _WAYS}


def _needed(deployment: Deployment, network: Network) -> set[str]:
    """The subnets of nodes, the control plane and interface endpoints, which all pods talk to."""
    plan = deployment.plan
    planned = {id_of(origin) for origins in plan.vpc.node_subnets.values() for origin in origins}
    planned |= set(map(id_of, plan.endpoints.subnets.values() if plan.endpoints else ()))
    endpoints = {id for each in network.endpoints if each.endpoint_type == "Interface" for id in each.subnet_ids}
    cluster = live_cluster(deployment)
    return {*planned, *endpoints, *(cluster.vpc.subnet_ids if cluster else ())}


def _passed_to_nodes(acl: NetworkAcl, access: PodAccess, *, egress: bool) -> PortSet:
    return union(acl.passed(block, egress=egress)[0] for block in access.node_blocks)


def _drops(
    acl: NetworkAcl, peer: IPv4Network | IPv6Network, *, wanted: dict[str, PortSet], closed: bool = True
) -> Iterator[_Drop]:
    """What it drops of the ports that are wanted; all, with `closed`, if it passes nothing at all."""
    for way, egress in _WAYS:
        every, some = acl.passed(peer, egress=egress)
        lost = _ALL if closed and not some else wanted[way] - some
        if lost:
            yield _Drop(way=way, peer=peer, ports=lost, certain=True)
        if partly := (wanted[way] & some) - every:
            yield _Drop(way=way, peer=peer, ports=partly, certain=False)


def _report(acl: NetworkAcl, drops: Sequence[_Drop], subnets: Sequence[str], *, fix: str) -> Iterator[Diagnostic]:
    for certain in (True, False):
        if found := [str(each) for each in _without_parts(drops) if each.certain is certain]:
            yield Diagnostic(
                id=_CHECK,
                severity="warning" if certain else "note",
                subject=f"{acl.acl_id} of {such_as(subnets, of=len(subnets))}",
                message=f"drops packets {such_as(found, of=len(found), shown=6, between='; ')}",
                fix=fix,
                source=_PAGE,
            )


def _without_parts(drops: Sequence[_Drop]) -> Iterator[_Drop]:
    """Without drops of addresses that another drop includes."""
    same: dict[tuple[str, PortSet, bool], list[_Drop]] = {}
    for each in drops:
        same.setdefault((each.way, each.ports, each.certain), []).append(each)
    for found in same.values():
        largest = outermost(each.peer for each in found)
        yield from (each for each in found if each.peer in largest)


def _fix(peers: CidrBlocks) -> str:
    blocks = ", ".join(map(str, outermost(peers)))
    return f"add entries that allow {blocks} in and out, with lower rule numbers than entries that deny them"
