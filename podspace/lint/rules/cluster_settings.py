"""Rules about settings of a cluster that EKS refuses, and about NodeClasses that do not fit the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from podspace.cidr import EKS_NETWORK_PAGE, service_cidr_problems
from podspace.lint.cluster import Cluster
from podspace.lint.picture import CLUSTER_TAG, CLUSTER_TAGS, NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import SERVICE_PAGE
from podspace.lint.value import Known, Reference, Text, Value, is_placed, key, network, shown, true
from podspace.lint.vpc import other_zone

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_VPC_CONFIG: Final = "ResourcesVpcConfig"


@rule(
    "node-role-without-node-pools",
    why="EKS refuses a cluster with only one of NodePools (the built-in node pools) and NodeRoleArn (their role).",
    fix="set both NodeRoleArn and NodePools, or neither; the role of a NodeClass is set in the NodeClass",
    source="https://github.com/aws/aws-cdk/issues/33771",
)
def node_role_without_node_pools(picture: Picture) -> Iterator[Fault]:
    """A cluster has NodeRoleArn without built-in node pools, or built-in node pools without NodeRoleArn."""
    for cluster in picture.clusters.all:
        config = cluster.resource.get("ComputeConfig")
        if not isinstance(config, dict) or not cluster.auto_mode:
            continue
        role, pools = config.get("NodeRoleArn"), config.get("NodePools")
        if pools in (None, []) and _is_some_arn(role):
            must = "must be removed: the cluster has no built-in node pools"
            yield Fault(at=cluster.resource, place="Properties.ComputeConfig.NodeRoleArn", value=shown(role), must=must)
        if role is None and cluster.built_in_pools:
            must, value = (
                "must be given together with NodeRoleArn, the role of the nodes of built-in node pools",
                ", ".join(cluster.built_in_pools),
            )
            yield Fault(at=cluster.resource, place="Properties.ComputeConfig.NodePools", value=value, must=must)


def _is_some_arn(arn: Value) -> bool:
    """Whether a value is an ARN for certain, rather than empty or left out."""
    if isinstance(arn, Text):
        return any(isinstance(part, str) for part in arn.parts)
    return bool(arn) if isinstance(arn, str) else isinstance(arn, Reference) and arn.resource


@rule(
    "cluster-in-one-zone",
    why="EKS needs at least two subnets, in different zones, for the control plane.",
    fix="add a subnet of another zone",
    source=EKS_NETWORK_PAGE,
)
def cluster_in_one_zone(picture: Picture) -> Iterator[Fault]:
    """A cluster has one subnet, or all its subnets are in one zone."""
    for cluster in picture.clusters.all:
        ids = cluster.resource.get(_VPC_CONFIG, "SubnetIds")
        if not isinstance(ids, list) or not ids or not all(map(_is_one_subnet, ids)):
            continue
        if cluster.resource.get("OutpostConfig") is not None:
            continue  # a local cluster on an Outpost has one zone
        names = [key(id) for id in ids]
        zones = [picture.vpcs.subnet[id].zone if id in picture.vpcs.subnet else None for id in names]
        one_zone = all(other_zone(*pair) is False for pair in combinations(zones, 2))
        if len(set(names)) == 1 or one_zone:
            must = "must be subnets of two zones or more"
            value = ", ".join(map(shown, ids))
            yield Fault(at=cluster.resource, place=f"Properties.{_VPC_CONFIG}.SubnetIds", value=value, must=must)


def _is_one_subnet(id: Value) -> bool:
    """Whether a value is the id of one subnet, rather than that of several or of none."""
    return is_placed(id) and not (isinstance(id, str) and "," in id)


@rule(
    "cluster-without-endpoint",
    why="EKS refuses a cluster whose API server has neither a public nor a private endpoint. By default the private "
    "endpoint is off.",
    fix="set EndpointPrivateAccess to true",
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
    inferred=True,
)
def cluster_without_endpoint(picture: Picture) -> Iterator[Fault]:
    """Both endpoints of a cluster's API server are off."""
    for cluster in picture.clusters.all:
        private = cluster.resource.get(_VPC_CONFIG, "EndpointPrivateAccess")
        public = cluster.resource.get(_VPC_CONFIG, "EndpointPublicAccess")
        if (private is None or true(private) is False) and true(public) is False:
            must = "must be true, as EndpointPublicAccess is false"
            place = f"Properties.{_VPC_CONFIG}.EndpointPrivateAccess"
            value = "" if private is None else "false"
            yield Fault(at=cluster.resource, place=place, value=value, must=must)


@rule(
    "service-cidr-size",
    why="EKS refuses any other range for services, and it cannot be changed after the cluster is created.",
    fix="remove it, or choose a range that no connected network uses",
    source=SERVICE_PAGE,
)
def service_cidr_size(picture: Picture) -> Iterator[Fault]:
    """The service CIDR of a cluster is not a /12 to /24 from the private ranges of RFC 1918."""
    for cluster in picture.clusters.all:
        service = network(cluster.resource.get("KubernetesNetworkConfig", "ServiceIpv4Cidr"))
        for problem in service_cidr_problems(service) if service else ():
            place = "Properties.KubernetesNetworkConfig.ServiceIpv4Cidr"
            yield Fault(at=cluster.resource, place=place, value=str(service), must=problem.message)


@rule(
    "node-class-without-auto-mode",
    why="Only clusters in EKS Auto Mode have the kind NodeClass and start nodes for it.",
    fix="switch EKS Auto Mode on: ComputeConfig, StorageConfig.BlockStorage and "
    "KubernetesNetworkConfig.ElasticLoadBalancing, each with Enabled: true",
    source=_NODE_CLASS_PAGE,
    inferred=True,
)
def node_class_without_auto_mode(picture: Picture) -> Iterator[Fault]:
    """The cluster of a NodeClass is not in EKS Auto Mode."""
    for node_class in picture.node_classes:
        for cluster in picture.clusters.all:
            if cluster.auto_mode is False and _is_for(picture, node_class, cluster):
                must = f"must be in EKS Auto Mode: NodeClass {node_class.name} is applied to this cluster"
                yield Fault(at=cluster.resource, place="Properties.ComputeConfig", value="", must=must)


def _is_for(picture: Picture, node_class: NodeClassInUse, cluster: Cluster) -> bool:
    """Whether a NodeClass names a cluster: by the access entry of its role, or by the name in its terms."""
    entries = picture.entries_of(node_class)
    if entries:
        return all(entry.cluster == cluster.name for entry in entries)
    tags: set[Known] = set()
    for tag, value in picture.tags_of(node_class):
        if tag in CLUSTER_TAGS and isinstance(value, str | Reference):
            tags.add(value)
        if tag.startswith(CLUSTER_TAG):
            tags.add(tag.removeprefix(CLUSTER_TAG))
    return cluster.name in tags


@rule(
    "node-class-role-arn",
    why="NodeClass.spec.role is the name of an IAM role. The API server refuses an ARN, or no role has that name.",
    fix="write the reference to the role itself (Ref), which is its name; in CDK, role.role_name",
    source=_NODE_CLASS_PAGE,
)
def node_class_role_arn(picture: Picture) -> Iterator[Fault]:
    """A NodeClass in a template has the ARN of a role instead of the role's name."""
    for node_class in picture.node_classes:
        role = node_class.manifest.get("spec", "role")
        by_reference = isinstance(role, Reference) and role.resource and role.attribute == "Arn"
        written = isinstance(role, str) and role.startswith("arn:")
        if node_class.manifest.applied_by and (by_reference or written):
            must = "must be the name of the role, not its ARN"
            yield Fault(at=node_class.manifest, place="spec.role", value=shown(role), must=must)


RULES: Final[tuple[Rule, ...]] = (
    node_role_without_node_pools,
    cluster_in_one_zone,
    cluster_without_endpoint,
    service_cidr_size,
    node_class_without_auto_mode,
    node_class_role_arn,
)
