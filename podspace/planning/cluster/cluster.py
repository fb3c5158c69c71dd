"""A new cluster and the role of its nodes: what EKS creates itself, and what the stack creates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.zone import is_local_zone
from podspace.planning.cluster.plan import (
    ClusterPlan,
    NewClusterPlan,
    NodeRolePlan,
)
from podspace.planning.origin import Created, Existing

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

NETWORK_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
DELETE_CLUSTER_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html"
"""URL of the page that says why deletion protection prevents a rollback."""
POOL_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_FEWEST_ZONES: Final = 2
_NO_CONTROL_PLANE: Final = ("use1-az3", "usw1-az2", "cac1-az3")


def _control_plane_zones(network: Network) -> tuple[str, ...]:
    """As asked for, or the first two: subnets in further zones cannot be added later, and an appended zone must not."""
    asked = network.config.cluster.create.zones if network.config.cluster.create else ()
    listed = (
        zone
        for zone in network.config.pods.zones
        if zone in network.node_zones and zone not in _NO_CONTROL_PLANE and not is_local_zone(zone)
    )
    return asked or tuple(listed)[:_FEWEST_ZONES]


def cluster(network: Network) -> ClusterPlan:
    """The cluster of a plan, existing or new."""
    given = network.config.cluster
    new = _new_cluster(network)
    return ClusterPlan(
        name=given.name,
        origin=Created(given.name) if new else Existing(given.name),
        ip_family=given.ip_family,
        service_cidr=given.service_cidr,
        security_group=network.cluster_group,
        node_security_groups=given.node_security_group_ids,
        new=new,
    )


def _new_cluster(network: Network) -> NewClusterPlan | None:
    created = network.config.cluster.create
    if created is None:
        return None
    return NewClusterPlan(
        version=created.version,
        zones=_control_plane_zones(network),
        public_access_cidrs=created.public_access_cidrs,
        admins=created.admins,
        built_in_node_pools=created.built_in_node_pools,
        logs=created.logs,
        secrets_key_arn=created.secrets_key_arn or "",
        deletion_protection=created.deletion_protection,
        custom_tags=any(entry.tags for entry in network.config.node_classes),
        tags=network.tags(),
    )


def _eks_makes_the_entry(network: Network) -> bool:
    """EKS makes the access entry of the role that its built-in node pools have, and of no other."""
    return bool(network.config.cluster.create and network.config.cluster.create.built_in_node_pools)


def node_role(network: Network) -> NodeRolePlan:
    """The role of the nodes of a plan; its access entry is created exactly once, by the stack or by EKS."""
    role = network.config.cluster.node_role
    name = network.role_name
    return NodeRolePlan(
        name=name,
        origin=Created(name) if role.create else Existing(name),
        access_entry=(role.create or bool(role.access_entry)) and not _eks_makes_the_entry(network),
        cluster_name=network.config.cluster.name,
        tags=network.tags("nodes", network.region),  # IAM is global
    )


def cluster_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors of the cluster section: keys for another address family, or for a new cluster."""
    if network.ipv6 and network.config.cluster.service_cidr:
        yield Diagnostic(
            id="service-cidr-in-ipv6-cluster",
            location=Location(path="cluster.service_cidr"),
            subject=str(network.config.cluster.service_cidr),
            message="must be removed: services of an IPv6 cluster get their addresses from EKS",
            fix="remove it",
            source="https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html",
        )
    if network.config.cluster.create is None:
        return
    if network.config.cluster.security_group_id:
        yield Diagnostic(
            id="group-of-new-cluster",
            location=Location(path="cluster.security_group_id"),
            subject=network.config.cluster.security_group_id,
            message="must be removed: EKS creates the security group of a new cluster (cluster.create)",
            fix="remove one of the two",
        )
    if network.config.cluster.node_security_group_ids:
        yield Diagnostic(
            id="group-of-new-cluster",
            location=Location(path="cluster.node_security_group_ids"),
            message="must be removed: nodes of a new cluster use the cluster's own security group, because no other "
            "security group admits it yet",
            fix="remove it, or create the cluster first",
        )
    yield from _admin_problems(network, network.config.cluster.create.admins)
    yield from key_problems(network, "cluster.create.secrets_key_arn", network.config.cluster.create.secrets_key_arn)
    yield from _zone_problems(network, network.config.cluster.create.zones)
    yield from _entry_problems(network)


def _admin_problems(network: Network, admins: tuple[str, ...]) -> Iterator[Diagnostic]:
    for index, arn in enumerate(admins):
        if arn.endswith(f":role/{network.role_name}"):
            yield Diagnostic(
                id="node-role-as-admin",
                location=Location(path=f"cluster.create.admins[{index}]"),
                subject=arn,
                message="must not be the node role: a cluster has one access entry for each principal",
                fix="give another role",
            )


def key_problems(network: Network, place: str, arn: str | None) -> Iterator[Diagnostic]:
    """An error if a KMS key is in another region."""
    if arn and arn.split(":")[3] != network.region:
        yield Diagnostic(
            id="key-of-other-region",
            location=Location(path=place),
            subject=arn,
            message=f"must be a key of the region, {network.region}",
            fix="give a key of that region, or a replica in that region",
        )


def _zone_problems(network: Network, asked: tuple[str, ...]) -> Iterator[Diagnostic]:
    for index, zone in enumerate(asked):
        if (zone not in network.node_zones or zone in _NO_CONTROL_PLANE) and not is_local_zone(zone):
            yield Diagnostic(
                id="control-plane-zone",
                location=Location(path=f"cluster.create.zones[{index}]"),
                subject=zone,
                message=f"must be a zone with node subnets ({', '.join(network.node_zones)}), listed once, and not "
                f"one of {', '.join(_NO_CONTROL_PLANE)}, where EKS has no control plane",
                fix="choose another zone",
                source=NETWORK_PAGE,
            )
    if not asked and not network.config.pods.zones:
        possible = [zone for zone in network.node_zones if not is_local_zone(zone)]
        yield Diagnostic(
            id="control-plane-zones-missing",
            location=Location(path="cluster.create.zones"),
            message="must be given if pods have a map of subnets: the control plane's zones can never change, but the "
            "order of a map can",
            fix=f"for example [{', '.join(possible[:_FEWEST_ZONES])}]",
            source=NETWORK_PAGE,
        )
        return
    found = _control_plane_zones(network)
    if len(found) < _FEWEST_ZONES:
        where = "vpc.node_subnets" if network.config.vpc.node_subnets is not None else "pods.zones"
        yield Diagnostic(
            id="too-few-control-plane-zones",
            location=Location(path="cluster.create.zones" if asked else where),
            subject=", ".join(found) or "no zone",
            message="must be at least two zones: the control plane has interfaces in two"
            + (f", and cannot have any in {', '.join(_NO_CONTROL_PLANE)}" if network.by_zone_id else ""),
            fix="add node subnets in another zone",
            source=NETWORK_PAGE,
        )


def _entry_problems(network: Network) -> Iterator[Diagnostic]:
    role = network.config.cluster.node_role
    if role.name and role.access_entry and _eks_makes_the_entry(network):
        yield Diagnostic(
            id="access-entry-twice",
            location=Location(path="cluster.node_role.access_entry"),
            subject="true",
            message="must be false: EKS creates the access entry for the role of the built-in node pools, and refuses "
            "a second one",
            fix="write `access_entry: false`",
            source=POOL_PAGE,
        )
    if role.name and not role.access_entry and not _eks_makes_the_entry(network):
        yield Diagnostic(
            id="access-entry-missing",
            location=Location(path="cluster.node_role.access_entry"),
            subject="false",
            message="must be true: a new cluster has no access entry for the role",
            fix="write `access_entry: true`",
            source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
        )


def _deletion_protection(*, on: bool) -> Diagnostic:
    return Diagnostic(
        id="cluster-deletion-protection",
        severity="note",
        message="deletion protection is on: if the first deployment fails, it cannot be rolled back, and `cdk "
        "destroy` fails at the cluster, after NodePools and network are deleted"
        if on
        else "deletion protection is off, so that the first deployment is rolled back if it fails",
        fix="switch it on only after the first deployment; write `cluster.create.deletion_protection: false` and "
        "deploy before you destroy the stack"
        if on
        else "after the first deployment write `cluster.create.deletion_protection: true` and deploy again",
        source=DELETE_CLUSTER_PAGE,
    )


def cluster_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes and warnings about a new cluster, and about manifests that the deployment applies."""
    created = network.config.cluster.create
    if created and created.built_in_node_pools:
        yield Diagnostic(
            id="built-in-node-pools",
            severity="warning",
            message=f"the built-in node pools {', '.join(created.built_in_node_pools)} are on: their NodeClass has no "
            "pod subnets, so pods on their nodes get addresses of the node subnets",
        )
    if created:
        yield _deletion_protection(on=created.deletion_protection)
    if created and not created.public_access_cidrs:
        yield Diagnostic(
            id="private-api-server",
            severity="note",
            message="the API server is reachable only from inside the VPC; add other networks to "
            "cluster.create.public_access_cidrs",
        )
    if created and not created.admins:
        yield Diagnostic(
            id="no-cluster-admin",
            severity="warning",
            message=(
                "cluster.create.admins is empty: no user or role has permissions in the cluster until you create "
                "an access entry"
            ),
        )
    if network.config.apply:
        yield Diagnostic(
            id="apply-drain-limit",
            severity="note",
            message="`cdk destroy` deletes NodePools and NodeClasses before the network and waits for their nodes to "
            "drain, at most 15 minutes for each kind; if draining takes longer, the deletion of subnets and security "
            "groups fails because they are in use: drain the NodePools first (inferred)",
        )
