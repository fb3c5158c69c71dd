"""The pod security group, and what it and the cluster's groups must let in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final, Literal

from podspace.cidr import (
    QUOTA_PAGE,
)
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.cluster.plan import (
    CLUSTER,
    PODS,
    GroupRule,
    Party,
    PodGroupPlan,
)
from podspace.planning.origin import Created, Existing, Origin

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_MOST_RULES: Final = 60


def pod_group(network: Network) -> PodGroupPlan:
    """The group of pod interfaces, with every ingress rule made for it."""
    group = network.config.pods.security_group
    made = group.add_rules if group.id else group.kind == "dedicated"
    return PodGroupPlan(
        kind="existing" if group.id else group.kind,
        origin=_origin(network),
        description=f"Pods of EKS cluster {network.config.cluster.name}, pod network {network.config.name}",
        tags=_tags(network),
        rules=tuple(_rules(network)) if made else (),
        ipv6=network.ipv6,
    )


def _origin(network: Network) -> Origin:
    group = network.config.pods.security_group
    if group.id:
        return Existing(group.id)
    if group.kind == "cluster" and network.cluster_group is not None:
        return network.cluster_group
    return Created("pods")


def _tags(network: Network) -> dict[str, str]:
    """The tags of a dedicated pod security group.

    `eks:eks-cluster-name` is what AmazonEKSLoadBalancingPolicy asks of a group that Auto Mode's load balancer
    controller may edit (inferred from the policy's JSON):
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
    """
    name = network.config.pods.security_group.name
    return {
        **network.tags("pods"),
        **({"Name": name} if name else {}),
        "eks:eks-cluster-name": network.config.cluster.name,
        **network.selector("pods"),
    }


def _rules(network: Network) -> Iterator[GroupRule]:
    """What a pod group of its own needs; AWS publishes no such table (inferred, see docs/security-groups.md)."""
    blocks: tuple[IPv4Network | IPv6Network, ...] = (*network.vpc_cidrs, *network.config.vpc.ipv6_cidrs)
    for cidr in blocks:
        yield _everything(PODS, cidr, f"Everything in {cidr} reaches pods")
    yield _everything(PODS, PODS, "Pods reach pods on other nodes")
    yield _everything(PODS, CLUSTER, "API server reaches webhooks and aggregated APIs in pods")
    for node in network.config.cluster.node_security_group_ids:
        yield _everything(PODS, node, "Nodes and host-network pods reach pods")
    nodes = network.config.cluster.node_security_group_ids or (CLUSTER,)
    served: dict[tuple[Party, Literal["tcp", "udp"], int, int], str] = {
        (CLUSTER, "tcp", 443, 443): "Pods reach the API server"
    }
    served |= {(node, "tcp", 10250, 10250): "Pods reach the kubelet" for node in nodes}
    for node in nodes:
        for ports in network.config.cluster.host_network_ports:
            served.setdefault((node, ports.protocol, ports.first, ports.last), "Pods reach host-network pods")
    for (on, protocol, first, last), reason in served.items():
        yield GroupRule(on=on, source=PODS, protocol=protocol, ports=(first, last), reason=reason)


def _everything(on: Party, source: Party | IPv4Network | IPv6Network, reason: str) -> GroupRule:
    return GroupRule(on=on, source=source, protocol="-1", ports=None, reason=reason)


def group_problems(network: Network) -> Iterator[Diagnostic]:
    """Groups named in two roles, for which EC2 would refuse the second of two equal rules, and too many rules."""
    cluster = network.config.cluster
    for index, node in enumerate(cluster.node_security_group_ids):
        if node in (cluster.security_group_id, *cluster.node_security_group_ids[:index]):
            yield Diagnostic(
                id="node-group-twice",
                location=Location(path=f"cluster.node_security_group_ids[{index}]"),
                subject=node,
                message="must be named once, and not be the cluster's own group",
                fix="leave it out: the cluster's group is on the nodes where no other is named",
            )
    group = network.config.pods.security_group.id
    if group and group in (cluster.security_group_id, *cluster.node_security_group_ids):
        yield Diagnostic(
            id="pod-group-of-others",
            location=Location(path="pods.security_group"),
            subject=group,
            message="must be a group for pods alone, or the word cluster",
            fix="write `security_group: cluster` for the cluster's own group",
        )
    yield from _quota_problems(network)


def _quota_problems(network: Network) -> Iterator[Diagnostic]:
    rules = network.pod_group.rules
    for on in dict.fromkeys(rule.on for rule in rules):
        count = sum(rule.on == on for rule in rules)
        if count > _MOST_RULES:
            yield Diagnostic(
                id="group-rule-quota",
                location=Location(path="vpc.cidrs" if on == PODS else "cluster.host_network_ports"),
                subject=f"{count} ingress rules on one security group",
                message=f"must be at most {_MOST_RULES}, the quota of rules of a group",
                fix="name fewer blocks or ports, or join ports into ranges",
                source=QUOTA_PAGE,
            )


def group_remarks(network: Network) -> Iterator[Diagnostic]:
    """What groups that exist must let in already, since no rule is made for them."""
    group = network.config.pods.security_group
    nodes = network.config.cluster.node_security_group_ids
    if group.id and not group.add_rules:
        yield Diagnostic(
            id="adopted-group",
            severity="note",
            message=f"no rule is made for {group.id}: it must let in itself, the cluster's group, the nodes' groups "
            "and the VPC's blocks; the cluster's group must let it in on TCP 443, and the nodes' groups on TCP 10250 "
            "and what host-network pods serve; `add_rules: true` makes those rules. The load-balancer controller edits "
            f"it only with the tag eks:eks-cluster-name={network.config.cluster.name}",
        )
    if group.kind == "cluster" and not group.id and nodes:
        yield Diagnostic(
            id="nodes-apart",
            severity="note",
            message=f"pods are in the cluster's group and nodes in {', '.join(nodes)}, and no rule is made between "
            "them: each must let the other in, the nodes' at least on TCP 10250",
        )
