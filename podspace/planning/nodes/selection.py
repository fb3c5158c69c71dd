"""Selector terms by which NodeClasses select exactly the subnets and security groups of a pod network."""

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
    """Terms for the node subnets in pod zones: a node in another zone would have no pod subnet."""
    if network.config.vpc.node_subnets is None:
        return (SubnetSelectorTerm(tags=network.selector("nodes")),)
    return tuple(
        SubnetSelectorTerm(id=subnet)
        for zone in network.zones
        for subnet in network.config.vpc.node_subnets.get(zone, ())
    )


def node_group_terms(network: Network) -> tuple[SecurityGroupSelectorTerm, ...]:
    """Terms for the security groups of the nodes, by id if the config names them."""
    cluster = network.config.cluster
    if ids := cluster.node_security_group_ids or tuple(filter(None, [cluster.security_group_id])):
        return tuple(SecurityGroupSelectorTerm(id=group) for group in ids)
    return (SecurityGroupSelectorTerm(tags=_cluster_group_tags(network)),)


def _cluster_group_tags(network: Network) -> dict[str, str]:
    """EKS puts this tag on the cluster's own group, https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html."""
    return {"aws:eks:cluster-name": network.config.cluster.name}


def pod_subnet_terms(network: Network) -> tuple[SubnetSelectorTerm, ...]:
    """Terms for the pod subnets: by podspace's tag, or by id if they exist."""
    if network.config.pods.subnet_ids is None:
        return (SubnetSelectorTerm(tags=network.selector("pods")),)
    return tuple(
        SubnetSelectorTerm(id=subnet) for subnets in network.config.pods.subnet_ids.values() for subnet in subnets
    )


def pod_group_terms(network: Network) -> tuple[PodSecurityGroupSelectorTerm, ...]:
    """Terms for the security group of the pods: by podspace's tag, by id, or the cluster's own."""
    group = network.config.pods.security_group
    if group.id or (group.kind == "cluster" and network.config.cluster.security_group_id):
        return (PodSecurityGroupSelectorTerm(id=group.id or network.config.cluster.security_group_id),)
    if group.kind == "cluster":
        return (PodSecurityGroupSelectorTerm(tags=_cluster_group_tags(network)),)
    return (PodSecurityGroupSelectorTerm(tags=network.selector("pods")),)
