"""The cluster that is made here, and the role of its nodes: what EKS makes by itself and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.config import Config
from podspace.planning.config.aws_id import is_zone_id
from podspace.planning.naming import role_name, tags_named
from podspace.planning.plan import ClusterPlan, NodeRolePlan
from podspace.planning.subnets import zones

NETWORK_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
POOL_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_FEWEST_ZONES: Final = 2
_NO_CONTROL_PLANE: Final = ("use1-az3", "usw1-az2", "cac1-az3")


def node_zones(config: Config) -> tuple[str, ...]:
    """The zones with node subnets."""
    return tuple(config.vpc.node_subnets) if config.vpc.node_subnets is not None else zones(config)


def _control_plane_zones(config: Config) -> tuple[str, ...]:
    """As asked for, or the first two: subnets in further zones cannot be added later, and an appended zone must not."""
    asked = config.cluster.create.zones if config.cluster.create else ()
    listed = (zone for zone in config.pods.zones if zone in node_zones(config) and zone not in _NO_CONTROL_PLANE)
    return asked or tuple(listed)[:_FEWEST_ZONES]


def cluster(config: Config) -> ClusterPlan | None:
    """The cluster to be made."""
    created = config.cluster.create
    if created is None:
        return None
    return ClusterPlan(
        name=config.cluster.name,
        version=created.version,
        zones=_control_plane_zones(config),
        ip_family=config.cluster.ip_family,
        service_cidr=config.cluster.service_cidr,
        public_access_cidrs=created.public_access_cidrs,
        admins=created.admins,
        built_in_node_pools=created.built_in_node_pools,
        logs=created.logs,
        secrets_key_arn=created.secrets_key_arn or "",
        deletion_protection=created.deletion_protection,
        custom_tags=any(entry.tags for entry in config.node_classes),
        tags=tags_named(config, config.cluster.name),
    )


def _eks_makes_the_entry(config: Config) -> bool:
    """EKS makes the access entry of the role that its built-in node pools have, and of no other."""
    return bool(config.cluster.create and config.cluster.create.built_in_node_pools)


def node_role(config: Config) -> NodeRolePlan:
    """The role of the nodes; its access entry is made exactly once, here or by EKS."""
    role = config.cluster.node_role
    name = role_name(config)
    return NodeRolePlan(
        name=name,
        created=role.create,
        access_entry=(role.create or bool(role.access_entry)) and not _eks_makes_the_entry(config),
        cluster_name=config.cluster.name,
        tags=tags_named(config, name),
    )


def cluster_problems(config: Config) -> Iterator[Diagnostic]:
    """What does not fit a cluster of this address family, or one that is made here."""
    if config.cluster.ip_family == "ipv6" and config.cluster.service_cidr:
        yield Diagnostic(
            location=Location(path="cluster.service_cidr"),
            subject=str(config.cluster.service_cidr),
            message="must be left out: services of an IPv6 cluster get their addresses from EKS",
            fix="remove it",
            source="https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html",
        )
    if config.flow_logs:
        yield from _key_problems(config, "flow_logs.key_arn", config.flow_logs.key_arn)
    if config.cluster.create is None:
        return
    if config.cluster.security_group_id:
        yield Diagnostic(
            location=Location(path="cluster.security_group_id"),
            subject=config.cluster.security_group_id,
            message="must be left out: EKS makes the group together with the cluster (cluster.create)",
            fix="keep one of the two",
        )
    if config.cluster.node_security_group_ids:
        yield Diagnostic(
            location=Location(path="cluster.node_security_group_ids"),
            message="must be left out: nodes of a cluster that is made here are in its own group, as no other group "
            "lets it in yet",
            fix="remove it, or make the cluster first",
        )
    yield from _admin_problems(config, config.cluster.create.admins)
    yield from _key_problems(config, "cluster.create.secrets_key_arn", config.cluster.create.secrets_key_arn)
    yield from _zone_problems(config, config.cluster.create.zones)
    yield from _entry_problems(config)


def _admin_problems(config: Config, admins: tuple[str, ...]) -> Iterator[Diagnostic]:
    for index, arn in enumerate(admins):
        if arn.endswith(f":role/{role_name(config)}"):
            yield Diagnostic(
                location=Location(path=f"cluster.create.admins[{index}]"),
                subject=arn,
                message="must not be the role of the nodes: a principal has one access entry",
                fix="name another role",
            )


def _key_problems(config: Config, place: str, arn: str | None) -> Iterator[Diagnostic]:
    if arn and arn.split(":")[3] != config.environment.region:
        yield Diagnostic(
            location=Location(path=place),
            subject=arn,
            message=f"must be a key of the region, {config.environment.region}",
            fix="name a key of that region, or a replica there",
        )


def _zone_problems(config: Config, asked: tuple[str, ...]) -> Iterator[Diagnostic]:
    for index, zone in enumerate(asked):
        if zone not in node_zones(config) or zone in _NO_CONTROL_PLANE:
            yield Diagnostic(
                location=Location(path=f"cluster.create.zones[{index}]"),
                subject=zone,
                message=f"must be another zone with node subnets, which are {', '.join(node_zones(config))}, and none "
                f"of {', '.join(_NO_CONTROL_PLANE)}, where EKS has no control plane",
                fix="choose another zone",
                source=NETWORK_PAGE,
            )
    if not asked and not config.pods.zones:
        yield Diagnostic(
            location=Location(path="cluster.create.zones"),
            message="must be given where pods have a map of subnets: the control plane's zones can never change, and a "
            "map may get another first zone",
            fix=f"for example [{', '.join(node_zones(config)[:_FEWEST_ZONES])}]",
            source=NETWORK_PAGE,
        )
        return
    found = _control_plane_zones(config)
    if len(found) < _FEWEST_ZONES:
        where = "vpc.node_subnets" if config.vpc.node_subnets is not None else "pods.zones"
        yield Diagnostic(
            location=Location(path="cluster.create.zones" if asked else where),
            subject=", ".join(found) or "no zone",
            message="must be two zones at least: the control plane has interfaces in two"
            + (f", and none in {', '.join(_NO_CONTROL_PLANE)}" if any(map(is_zone_id, zones(config))) else ""),
            fix="add node subnets in another zone",
            source=NETWORK_PAGE,
        )


def _entry_problems(config: Config) -> Iterator[Diagnostic]:
    role = config.cluster.node_role
    if role.name and role.access_entry and _eks_makes_the_entry(config):
        yield Diagnostic(
            location=Location(path="cluster.node_role.access_entry"),
            subject="true",
            message="must be false: EKS makes the entry of the role that the built-in node pools have, and a second "
            "one is refused",
            fix="write `access_entry: false`",
            source=POOL_PAGE,
        )
    if role.name and not role.access_entry and not _eks_makes_the_entry(config):
        yield Diagnostic(
            location=Location(path="cluster.node_role.access_entry"),
            subject="false",
            message="must be true: a cluster that is made here has no entry for the role yet",
            fix="write `access_entry: true`",
            source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
        )


def cluster_remarks(config: Config) -> Iterator[Diagnostic]:
    """Consequences of how the cluster is made, and of applying manifests from the deployment."""
    created = config.cluster.create
    if created and created.built_in_node_pools:
        yield Diagnostic(
            id="built-in-node-pools",
            severity="warning",
            message=f"the built-in node pools {', '.join(created.built_in_node_pools)} are on: their NodeClass has no "
            "pod subnets, so the pods they run take addresses of the node subnets",
        )
    if created and created.deletion_protection:
        yield Diagnostic(
            id="cluster-deletion-protection",
            severity="note",
            message="`cdk destroy` comes to the cluster last and is refused there "
            "(cluster.create.deletion_protection), after NodePools and network are gone: set it to false and deploy "
            "before you destroy",
        )
    if created and not created.public_access_cidrs:
        yield Diagnostic(
            id="private-api-server",
            severity="note",
            message="the API server is reached from inside the VPC only; cluster.create.public_access_cidrs opens it "
            "to the networks named",
        )
    if created and not created.admins:
        yield Diagnostic(
            id="no-cluster-admin",
            severity="warning",
            message="cluster.create.admins is empty: nobody has rights in the cluster until an access entry is made",
        )
    if config.apply:
        yield Diagnostic(
            id="apply-drain-limit",
            severity="note",
            message="`cdk destroy` deletes NodePools and NodeClasses before the network and waits for their nodes to "
            "drain, 15 minutes at most for each kind; where pods take longer, subnets and groups are still in use and "
            "their deletion fails: drain the pools first (inferred)",
        )
