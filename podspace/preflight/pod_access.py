"""Which ports security groups admit nodes to, and which pods, before and after the deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from operator import and_
from typing import Final

from podspace.cidr import outermost
from podspace.deployment import Deployment
from podspace.live.aws.cluster import Cluster
from podspace.live.aws.group import SecurityGroup
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.port_set import NO_PORTS, PortSet, ports, union
from podspace.live.aws.vpc import Subnet
from podspace.live.failure import UnreadError
from podspace.planning import CLUSTER, PODS, Plan, id_of

CidrBlocks = tuple[IPv4Network | IPv6Network, ...]
_CLUSTER_TAG: Final = "kubernetes.io/cluster/"
"""Key of a tag, with the name of the cluster, by which load balancer controllers know the security group of nodes:
https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1897.  That eksctl and Terraform modules set it
on groups of nodes is inferred."""


@dataclass(frozen=True, kw_only=True)
class PodAccess:
    """The addresses and security groups of nodes and pods, and what the plan admits pods to.

    In the VPC pods have addresses and a group of their own, whatever `snatPolicy` is: see docs/packets.md.  In an IPv6
    cluster all addresses are IPv6, as pods have the address of their node when they use IPv4 (inferred).

    Attributes:
        of_cluster: the groups of the cluster and its nodes that the plan adds rules to, by id.
        node_groups: these, and further groups of the control plane and of existing nodes.
        node_blocks: the VPC's primary CIDR block, or its IPv6 ones, and the node subnets.
        pod_groups: the security group of the pods, if it exists; those of the cluster if pods are in that one.
        pod_blocks: the CIDRs of the pod subnets, neighbours joined.
        planned: the ports that the plan admits pods to, by the id of the group.
    """

    of_cluster: frozenset[str]
    node_groups: frozenset[str]
    node_blocks: CidrBlocks
    pod_groups: frozenset[str]
    pod_blocks: CidrBlocks
    planned: Mapping[str, PortSet]

    def for_nodes(self, group: SecurityGroup) -> PortSet:
        """The ports that a group admits some nodes to."""
        by_address = (group.ports_for(block) for block in self.node_blocks)
        return group.ports_for_groups(self.node_groups) | union(by_address)

    def for_pods(self, group: SecurityGroup) -> PortSet:
        """The ports that a group admits all pods to, after the deployment."""
        by_address = reduce(and_, map(group.ports_for, self.pod_blocks)) if self.pod_blocks else NO_PORTS
        return group.ports_for_groups(self.pod_groups) | by_address | self.planned.get(group.group_id, NO_PORTS)

    def admitted_nodes(self, group: SecurityGroup) -> tuple[str, ...]:
        """The groups and CIDR blocks of nodes that a group admits to any port, without blocks inside others."""
        by_group = (each for each in sorted(self.node_groups) if group.ports_for_groups({each}))
        blocks = outermost(each for each in self.node_blocks if group.ports_for(each))
        return (*by_group, *map(str, blocks))


def pod_access(deployment: Deployment, network: Network) -> PodAccess:
    """Nodes and pods of a plan in a VPC.

    Raises:
        UnreadError: the VPC, its subnets or security groups cannot be read.
    """
    plan = deployment.plan
    own, further = _of_control_plane(deployment)
    of_cluster = {*own, *plan.cluster.node_security_groups}
    by_tag = (each.group_id for each in network.groups.values() if _CLUSTER_TAG + plan.cluster_name in each.tags)
    return PodAccess(
        of_cluster=frozenset(of_cluster),
        node_groups=frozenset({*of_cluster, *further, *by_tag}),
        node_blocks=tuple(_node_blocks(plan, network)),
        pod_groups=frozenset(own if plan.pod_group.kind == "cluster" else pod_groups(plan, network)),
        pod_blocks=_pod_blocks(deployment),
        planned=planned_ports(plan, own),
    )


def live_cluster(deployment: Deployment) -> Cluster | None:
    """The cluster in the account; None if it is missing or unreadable, which the check of the cluster reports."""
    try:
        return deployment.cluster.cluster if deployment.cluster else None
    except UnreadError:
        return None


def _of_control_plane(deployment: Deployment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The group that EKS created for the cluster, as it is live or else in the plan; further ones of its interfaces."""
    named = id_of(deployment.plan.cluster.security_group)
    found = live_cluster(deployment)
    own = {named, found.vpc.cluster_security_group_id} if found else {named}
    return tuple(sorted(own - {""})), found.vpc.security_group_ids if found else ()


def _node_blocks(plan: Plan, network: Network) -> Iterator[IPv4Network | IPv6Network]:
    ids = (id_of(origin) for origins in plan.vpc.node_subnets.values() for origin in origins)
    subnets = [network.subnets[each] for each in ids if each in network.subnets]
    if plan.cluster.ip_family == "ipv6":
        yield from dict.fromkeys((*plan.vpc.ipv6_cidrs, *_ipv6(subnets)))
    else:
        yield from dict.fromkeys((network.existing.primary, *(each.cidr for each in subnets if each.cidr)))


def _ipv6(subnets: list[Subnet]) -> tuple[IPv6Network, ...]:
    return tuple(block.cidr for each in subnets for block in each.ipv6_blocks)


def _pod_blocks(deployment: Deployment) -> CidrBlocks:
    planned, live = deployment.plan.pods.subnets, list(deployment.pod_subnets.values())
    if deployment.plan.cluster.ip_family == "ipv6":
        return tuple(collapse_addresses([*(each.ipv6_cidr for each in planned if each.ipv6_cidr), *_ipv6(live)]))
    return tuple(collapse_addresses([*(each.cidr for each in planned), *(each.cidr for each in live if each.cidr)]))


def pod_groups(plan: Plan, network: Network) -> tuple[str, ...]:
    """The security group of the pods, if it exists."""
    if known := id_of(plan.pod_group.origin):
        return (known,)
    return tuple(group.group_id for group in tagged(network.groups.values(), plan.pods.selector))


def planned_ports(plan: Plan, cluster_groups: tuple[str, ...]) -> dict[str, PortSet]:
    """The ports that the plan's rules admit pods to, by the id of the group; `cluster_groups` are the cluster's own."""
    found: dict[str, PortSet] = {}
    of_endpoints = plan.endpoints.rules if plan.endpoints else ()
    rules = (each for each in plan.pod_group.rules if each.source == PODS)
    for rule in (*rules, *of_endpoints):
        first, last = rule.ports or (None, None)
        for group in cluster_groups if rule.on == CLUSTER else (rule.on,):
            found[group] = found.get(group, NO_PORTS) | ports(rule.protocol, first, last)
    if plan.pod_group.kind == "cluster":
        found |= dict.fromkeys(cluster_groups, ports("-1"))
    return found
