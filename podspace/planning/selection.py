"""How the NodeClasses of a pod network find its subnets and groups, and nothing else."""

from __future__ import annotations

from podspace.api import PodSecurityGroupSelectorTerm, SecurityGroupSelectorTerm, SubnetSelectorTerm
from podspace.planning.config import Config
from podspace.planning.naming import selector
from podspace.planning.subnets import zones


def node_subnet_terms(config: Config) -> tuple[SubnetSelectorTerm, ...]:
    """Node subnets in pod zones only: a node elsewhere would have no pod subnet in its zone."""
    if config.vpc.node_subnets is None:
        return (SubnetSelectorTerm(tags=selector(config, "nodes")),)
    return tuple(
        SubnetSelectorTerm(id=subnet) for zone in zones(config) for subnet in config.vpc.node_subnets.get(zone, ())
    )


def node_group_terms(config: Config) -> tuple[SecurityGroupSelectorTerm, ...]:
    """The groups of the nodes, by id where the config names them."""
    cluster = config.cluster
    if ids := cluster.node_security_group_ids or tuple(filter(None, [cluster.security_group_id])):
        return tuple(SecurityGroupSelectorTerm(id=group) for group in ids)
    return (SecurityGroupSelectorTerm(tags=_cluster_group_tags(config)),)


def _cluster_group_tags(config: Config) -> dict[str, str]:
    """EKS puts this tag on the cluster's own group, https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html."""
    return {"aws:eks:cluster-name": config.cluster.name}


def pod_subnet_terms(config: Config) -> tuple[SubnetSelectorTerm, ...]:
    """The pod subnets: by our own tag, or by id where they exist."""
    if config.pods.subnet_ids is None:
        return (SubnetSelectorTerm(tags=selector(config, "pods")),)
    return tuple(SubnetSelectorTerm(id=subnet) for subnets in config.pods.subnet_ids.values() for subnet in subnets)


def pod_group_terms(config: Config) -> tuple[PodSecurityGroupSelectorTerm, ...]:
    """The group of the pods: by our own tag, by id, or as the cluster's own."""
    group = config.pods.security_group
    if group.id or (group.kind == "cluster" and config.cluster.security_group_id):
        return (PodSecurityGroupSelectorTerm(id=group.id or config.cluster.security_group_id),)
    if group.kind == "cluster":
        return (PodSecurityGroupSelectorTerm(tags=_cluster_group_tags(config)),)
    return (PodSecurityGroupSelectorTerm(tags=selector(config, "pods")),)
