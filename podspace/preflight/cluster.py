"""The cluster: existing, in Auto Mode, with the security groups and addresses that the config names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.cidr import EKS_NETWORK_PAGE, default_service_cidr
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.kubernetes_version import FIRST_AUTO_MODE, minor_version
from podspace.live.aws.cluster import Cluster
from podspace.live.aws.network import Network
from podspace.planning import Plan, id_of
from podspace.planning.cluster.cluster import DELETE_CLUSTER_PAGE

_AUTO_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode.html"
_POOLS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_ENTRY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"
_PEER_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html"
_OF_RULES: Final = ("pods.security_group.ingress", "pods.security_group.egress", "pods.security_group.reaches")


def _existing(deployment: Deployment) -> Cluster | None:
    """The cluster that the config names; None if it does not exist, or if the plan creates it."""
    if deployment.cluster is None or deployment.plan.cluster.new:
        return None
    return deployment.cluster.cluster


def cluster_state(deployment: Deployment) -> Iterator[Diagnostic]:
    """An existing cluster is active and in the VPC; a cluster to be created does not exist yet."""
    if deployment.cluster is None:
        return
    name, found, vpc_id = deployment.plan.cluster_name, deployment.cluster.cluster, deployment.plan.vpc.id
    if deployment.plan.cluster.new:
        if found and not deployment.stack.created(name):
            text = f"cluster {name} exists already and was not created by this stack"
            yield error("cluster-state", name, text, fix="remove cluster.create, or choose another cluster.name")
        elif found is None and deployment.plan.cluster.new.deletion_protection:
            text = "is created with deletion protection; if its first deployment fails, it cannot be rolled back"
            fix = "remove cluster.create.deletion_protection, and add it after the first deployment"
            yield warning("cluster-state", name, text, fix=fix, source=DELETE_CLUSTER_PAGE)
        else:
            yield ok("cluster-state", name, "was created by this stack" if found else "is created by the deployment")
    elif found is None:
        text = f"cluster {name} is not in {deployment.account.region} of this account"
        fix = "correct cluster.name, or use the credentials of its account"
        yield error("cluster-state", name, text, fix=fix)
    elif found.status != "ACTIVE":
        yield error("cluster-state", name, f"cluster {name} is {found.status}", fix="wait until it is ACTIVE")
    elif vpc_id and found.vpc.vpc_id != vpc_id:
        fix = "correct vpc.id or cluster.name; another region may have a cluster of this name"
        yield error("cluster-state", name, f"cluster {name} is in {found.vpc.vpc_id}, not in {vpc_id}", fix=fix)
    else:
        yield ok("cluster-state", name, f"is active, Kubernetes {found.version}")


def auto_mode(deployment: Deployment) -> Iterator[Diagnostic]:
    """EKS Auto Mode is on; built-in node pools that are on are reported."""
    found = _existing(deployment)
    if found is None:
        return
    if not found.compute.enabled:
        text = "EKS Auto Mode is off; without it NodeClasses have no effect"
        fix = "switch on compute, storage and load balancing together"
        yield error("auto-mode", found.name, text, fix=fix, source=_AUTO_PAGE)
    elif (minor_version(found.version) or 0) < FIRST_AUTO_MODE:
        text = f"Kubernetes {found.version} is older than 1.{FIRST_AUTO_MODE}, the first version with EKS Auto Mode"
        yield error("auto-mode", found.name, text, fix="upgrade the cluster", source=_AUTO_PAGE)
    elif found.compute.node_pools:
        pools = ", ".join(found.compute.node_pools)
        text = f"the built-in node pools {pools} are on; their pods have addresses of the node subnets"
        fix = "no action needed if intended; else move their pods to other NodePools and switch them off"
        yield warning("auto-mode", found.name, text, fix=fix, source=_POOLS_PAGE)
    else:
        yield ok("auto-mode", found.name, "EKS Auto Mode is on, without built-in node pools")


def cluster_access(deployment: Deployment) -> Iterator[Diagnostic]:
    """The cluster accepts access entries, if the plan creates one."""
    found = _existing(deployment)
    if found is None or not deployment.plan.node_role.access_entry:
        return
    mode = found.access.authentication_mode
    if mode == "CONFIG_MAP":
        text = "the authentication mode is CONFIG_MAP; EKS refuses the access entry of the node role"
        fix = f"aws eks update-cluster-config --name {found.name} --access-config authenticationMode=API_AND_CONFIG_MAP"
        yield error("cluster-access", found.name, text, fix=fix, source=_ENTRY_PAGE)
    else:
        yield ok("cluster-access", found.name, f"accepts access entries ({mode or 'API'})")


def cluster_groups(deployment: Deployment) -> Iterator[Diagnostic]:
    """`cluster.security_group_id` is the security group that EKS created for the cluster."""
    found, named = _existing(deployment), id_of(deployment.plan.cluster.security_group)
    if found is None or not named:
        return
    own = found.vpc.cluster_security_group_id
    if named == own:
        yield ok("cluster-groups", named, "is the security group that EKS created for the cluster")
    else:
        text = f"{named} is not the security group that EKS created for the cluster, which is {own}"
        yield error("cluster-groups", named, text, fix=f"write cluster.security_group_id: {own}")


def node_groups(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The security groups that the config names for nodes, for pods and in rules are in the VPC or in a peered one."""
    for group_id, place in _named_groups(deployment.plan).items():
        text = f"{group_id} is not a security group of {network.vpc_id}"
        if group_id in network.groups:
            yield ok("node-groups", group_id, "exists")
        elif place in _OF_RULES and deployment.plan.vpc.peers:
            fix = f"correct {place}, unless it is a group of a peered VPC in this region"
            yield warning("node-groups", group_id, text, fix=fix, source=_PEER_PAGE)
        else:
            yield error("node-groups", group_id, text, fix=f"correct {place}")


def _named_groups(plan: Plan) -> dict[str, str]:
    """Where the config names each group."""
    group = plan.pod_group
    named = dict.fromkeys(plan.cluster.node_security_groups, "cluster.node_security_group_ids")
    if group.id:
        named[group.id] = "pods.security_group"
    ingress, egress, reaches = _OF_RULES
    in_rules = [
        *((rule.source, ingress) for rule in group.rules),
        *((rule.on, reaches) for rule in group.rules),
        *((rule.to, egress) for rule in group.egress or ()),
    ]
    for party, place in in_rules:
        if isinstance(party, str) and party.startswith("sg-"):
            named.setdefault(party, place)
    return named


def service_cidr(deployment: Deployment) -> Iterator[Diagnostic]:
    """The cluster has the service CIDR and IP family of the plan, and no pod CIDR block overlaps its services."""
    found, planned = _existing(deployment), deployment.plan.cluster
    if found is None:
        return
    family = found.services.ip_family
    if family != planned.ip_family:
        text = f"the cluster is an {family} cluster; cluster.ip_family is {planned.ip_family}"
        yield error("service-cidr", found.name, text, fix=f"write cluster.ip_family: {family}", source=EKS_NETWORK_PAGE)
        return
    live = found.services.service_ipv4_cidr
    if live is None:
        return
    assumed = planned.service_cidr or default_service_cidr(deployment.plan.vpc.named_cidrs)
    overlapping = [str(block.cidr) for block in deployment.plan.pods.blocks if block.cidr.overlaps(live)]
    if overlapping:
        text = f"the service CIDR {live} of the cluster overlaps {', '.join(overlapping)}"
        fix = "choose another CIDR block for the pods"
        yield error("service-cidr", found.name, text, fix=fix, source=EKS_NETWORK_PAGE)
    elif live != assumed:
        text = f"the service CIDR of the cluster is {live}; the plan was checked against {assumed}"
        yield warning("service-cidr", found.name, text, fix=f'write cluster.service_cidr: "{live}"')
    else:
        yield ok("service-cidr", found.name, f"the service CIDR is {live}")
