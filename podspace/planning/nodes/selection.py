"""How the NodeClasses of a pod network find its subnets and groups, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podspace.api import (
    PodSecurityGroupSelectorTerm,
    SecurityGroupSelectorTerm,
    SubnetSelectorTerm,
)

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network


def node_subnet_terms(network: Network) -> tuple[SubnetSelectorTerm, ...]:
    """Node subnets in pod zones only: a node elsewhere would have no pod subnet in its zone."""
    if network.config.vpc.node_subnets is None:
        return (SubnetSelectorTerm(tags=network.selector("nodes")),)
    return tuple(
        SubnetSelectorTerm(id=subnet)
        for zone in network.zones
        for subnet in network.config.vpc.node_subnets.get(zone, ())
    )


def node_group_terms(network: Network) -> tuple[SecurityGroupSelectorTerm, ...]:
    """The groups of the nodes, by id where the config names them."""
    cluster = network.config.cluster
    if ids := cluster.node_security_group_ids or tuple(filter(None, [cluster.security_group_id])):
        return tuple(SecurityGroupSelectorTerm(id=group) for group in ids)
    return (SecurityGroupSelectorTerm(tags=_cluster_group_tags(network)),)


def _cluster_group_tags(network: Network) -> dict[str, str]:
    """EKS puts this tag on the cluster's own group, https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html."""
    return {"aws:eks:cluster-name": network.config.cluster.name}


def pod_subnet_terms(network: Network) -> tuple[SubnetSelectorTerm, ...]:
    """The pod subnets: by our own tag, or by id where they exist."""
    if network.config.pods.subnet_ids is None:
        return (SubnetSelectorTerm(tags=network.selector("pods")),)
    return tuple(
        SubnetSelectorTerm(id=subnet) for subnets in network.config.pods.subnet_ids.values() for subnet in subnets
    )


def pod_group_terms(network: Network) -> tuple[PodSecurityGroupSelectorTerm, ...]:
    """The group of the pods: by our own tag, by id, or as the cluster's own."""
    group = network.config.pods.security_group
    if group.id or (group.kind == "cluster" and network.config.cluster.security_group_id):
        return (PodSecurityGroupSelectorTerm(id=group.id or network.config.cluster.security_group_id),)
    if group.kind == "cluster":
        return (PodSecurityGroupSelectorTerm(tags=_cluster_group_tags(network)),)
    return (PodSecurityGroupSelectorTerm(tags=network.selector("pods")),)
