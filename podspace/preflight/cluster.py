"""The cluster: there, in Auto Mode, with the groups and addresses that the file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.cidr import EKS_NETWORK_PAGE, default_service_cidr
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.cluster import Cluster
from podspace.live.aws.network import Network
from podspace.preflight.scene import Scene

_AUTO_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode.html"
_POOLS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_ENTRY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"
_OLDEST: Final = (1, 29)
"""The first Kubernetes version with EKS Auto Mode (from memory of AWS's announcement, so inferred)."""


def _live(scene: Scene) -> Cluster | None:
    return scene.cluster.cluster if scene.cluster else None


def cluster_state(scene: Scene) -> Iterator[Diagnostic]:
    """The cluster is there, active, in the VPC; or, where it is to be made, is not there."""
    if scene.cluster is None:
        return
    name, found = scene.plan.cluster_name, scene.cluster.cluster
    if scene.plan.cluster:
        if found and not scene.is_ours(name):
            text = "exists already, and this stack did not make it"
            yield error("cluster-state", name, text, fix="leave cluster.create out, or choose another cluster.name")
        else:
            yield ok("cluster-state", name, "is this stack's" if found else "is new, and the deployment makes it")
    elif found is None:
        fix = "look at cluster.name, environment.region and your credentials: another region may have one of this name"
        yield error("cluster-state", name, f"is not in {scene.account.region} of this account", fix=fix)
    elif found.status != "ACTIVE":
        yield error("cluster-state", name, f"is {found.status}", fix="wait until it is ACTIVE")
    elif scene.config.vpc.id and found.vpc.vpc_id != scene.config.vpc.id:
        fix = "look at vpc.id and cluster.name: another region may have a cluster of this name"
        yield error("cluster-state", name, f"is in {found.vpc.vpc_id}, not in {scene.config.vpc.id}", fix=fix)
    else:
        yield ok("cluster-state", name, f"is active, Kubernetes {found.version}")


def auto_mode(scene: Scene) -> Iterator[Diagnostic]:
    """EKS Auto Mode is on, and what its built-in pools keep is known."""
    found = _live(scene)
    if found is None or scene.plan.cluster:
        return
    if not found.compute.enabled:
        text = "has EKS Auto Mode off, so nothing reads a NodeClass"
        yield error(
            "auto-mode",
            found.name,
            text,
            fix="switch it on: compute, storage and load balancing together",
            source=_AUTO_PAGE,
        )
    elif _version(found) < _OLDEST:
        text = f"is Kubernetes {found.version}, before EKS Auto Mode"
        yield error("auto-mode", found.name, text, fix="upgrade it", source=_AUTO_PAGE, inferred=True)
    elif found.compute.node_pools:
        text = f"has built-in node pools on ({', '.join(found.compute.node_pools)}); their pods stay in node subnets"
        fix = "nothing, if that is meant; else move their pods and switch them off"
        yield warning("auto-mode", found.name, text, fix=fix, source=_POOLS_PAGE)
    else:
        yield ok("auto-mode", found.name, "is in EKS Auto Mode, with no built-in node pools")


def _version(cluster: Cluster) -> tuple[int, ...]:
    return tuple(int(part) for part in cluster.version.split(".") if part.isdigit())


def cluster_access(scene: Scene) -> Iterator[Diagnostic]:
    """The cluster reads access entries, where one is made."""
    found = _live(scene)
    if found is None or scene.plan.cluster or not scene.plan.node_role.access_entry:
        return
    if found.access.authentication_mode == "CONFIG_MAP":
        text = "knows nobody but by its aws-auth ConfigMap, so the access entry of the node role is refused"
        fix = f"aws eks update-cluster-config --name {found.name} --access-config authenticationMode=API_AND_CONFIG_MAP"
        yield error("cluster-access", found.name, text, fix=fix, source=_ENTRY_PAGE)
    else:
        yield ok("cluster-access", found.name, f"reads access entries ({found.access.authentication_mode or 'API'})")


def cluster_groups(scene: Scene) -> Iterator[Diagnostic]:
    """The group that the file names for the cluster is its own."""
    found, named = _live(scene), scene.config.cluster.security_group_id
    if found is None or scene.plan.cluster or not named:
        return
    own = found.vpc.cluster_security_group_id
    if named == own:
        yield ok("cluster-groups", named, "is the group EKS made for the cluster")
    else:
        text = f"is not the cluster's own group, which is {own}"
        yield error("cluster-groups", named, text, fix=f"write cluster.security_group_id: {own}")


def node_groups(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The groups that the file names for nodes and pods are in the VPC."""
    named = dict.fromkeys(scene.config.cluster.node_security_group_ids, "cluster.node_security_group_ids")
    if group := scene.config.pods.security_group.id:
        named[group] = "pods.security_group"
    for group_id, place in named.items():
        if group_id in network.groups:
            yield ok("node-groups", group_id, "is there")
        else:
            yield error("node-groups", group_id, f"is not a group of {network.vpc_id}", fix=f"mend {place}")


def service_cidr(scene: Scene) -> Iterator[Diagnostic]:
    """Services have the addresses that the plan was held against, and pods have others."""
    found = _live(scene)
    if found is None or scene.plan.cluster:
        return
    if found.services.ip_family != scene.config.cluster.ip_family:
        text = f"is an {found.services.ip_family} cluster, and cluster.ip_family says {scene.config.cluster.ip_family}"
        yield error("service-cidr", found.name, text, fix="mend cluster.ip_family", source=EKS_NETWORK_PAGE)
        return
    live = found.services.service_ipv4_cidr
    if live is None:
        return
    assumed = scene.config.cluster.service_cidr or default_service_cidr(scene.config.vpc.cidrs)
    clash = [block.cidr for block in scene.plan.pods.blocks if block.cidr.overlaps(live)]
    if clash:
        text = f"has services in {live}, which {clash[0]} overlaps"
        yield error("service-cidr", found.name, text, fix="choose another block for pods", source=EKS_NETWORK_PAGE)
    elif live != assumed:
        text = f"has services in {live}, and the plan was held against {assumed}"
        yield warning("service-cidr", found.name, text, fix=f'write cluster.service_cidr: "{live}"')
    else:
        yield ok("service-cidr", found.name, f"has services in {live}, apart from the pods")
