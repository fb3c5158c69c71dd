"""Facts that CDK objects have about a VPC, its subnets and a cluster when an app is synthesized."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Union, cast

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct, IDependable

from constructs_lib.auto_mode_cluster import AutoModeCluster
from constructs_lib.existing import SecurityGroupRef, SubnetRef, VpcRef, vpc_id
from podspace.cdk_token import is_token

if TYPE_CHECKING:  # it takes long to load, and most apps use the newer module
    from aws_cdk import aws_eks as eks_v1

ClusterRef = Union[str, eks.ICluster, eks.Cluster, "eks_v1.ICluster", "eks_v1.Cluster", AutoModeCluster]
_V1_CLUSTER: Final = "Custom::AWSCDK-EKS-Cluster"
_PENDING_VPC: Final = "vpc-12345"
_PENDING_ZONE: Final = "dummy"


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcFacts:
    """Facts about a VPC of a CDK app.

    Attributes:
        id: VPC id; empty if it is a token.
        cidr: its primary CIDR block; empty if the object does not have it.
        ref: VPC id, a literal or a token.
        pending: whether the CDK CLI has not yet looked up the VPC or the zones of its account. Until then the object
            has invented values, and the CLI synthesizes the app again after the lookup.
    """

    id: str
    cidr: str
    pending: bool
    public: Sequence[ec2.ISubnet]
    private: Sequence[ec2.ISubnet]
    ref: str

    def owns(self, subnet: ec2.ISubnet) -> bool | None:
        """Whether a subnet that the app creates is in this VPC; None if unknown."""
        resource = subnet.node.default_child
        if not isinstance(resource, ec2.CfnSubnet) or not is_token(self.ref):
            return None
        stack = Stack.of(subnet)
        return bool(stack.resolve(resource.vpc_id) == stack.resolve(self.ref))


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterFacts:
    """Facts about a cluster: an existing one, or one that the same app creates.

    Attributes:
        name: name of the cluster; empty if the app lets CloudFormation choose one.
        security_group: the id of the group that EKS created for it, a literal or a token; empty if the object does not
            have it.
        created: the construct of the cluster, if the same app creates it; None for an existing cluster.
    """

    name: str
    security_group: SecurityGroupRef
    created: IDependable | None


def vpc_facts(vpc: VpcRef) -> VpcFacts:
    """Facts about a VPC from a CDK object or an id.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    id = vpc_id(vpc)
    if isinstance(vpc, str):
        return VpcFacts(id=literal(id), cidr="", pending=False, public=(), private=(), ref=id)
    zones = vpc.availability_zones
    pending = id == _PENDING_VPC or any(zone.startswith(_PENDING_ZONE) for zone in zones)
    return VpcFacts(
        id="" if pending else literal(id),
        cidr="" if pending else _cidr(vpc),
        pending=pending,
        public=vpc.public_subnets,
        private=vpc.private_subnets,
        ref=id,
    )


def _cidr(vpc: ec2.IVpc) -> str:
    resource = vpc.node.default_child
    if isinstance(resource, ec2.CfnVPC):
        return literal(resource.cidr_block or "")
    try:
        return literal(vpc.vpc_cidr_block)
    except RuntimeError:  # it was imported without one
        return ""


def cluster_facts(cluster: object) -> ClusterFacts:
    """Facts about a cluster from a CDK object or a name.

    Raises:
        ValueError: the value is neither a name, nor a cluster of `aws_eks_v2` or `aws_eks`, nor an `AutoModeCluster`.
    """
    if isinstance(cluster, str):
        return ClusterFacts(name=literal(cluster), security_group="", created=None)
    if isinstance(cluster, AutoModeCluster):
        cluster = cluster.cluster
    if not hasattr(cluster, "cluster_name") or not hasattr(cluster, "cluster_arn"):
        raise ValueError(
            f"cluster is {cluster!r}: pass a cluster of aws_eks_v2 or aws_eks, its name, or a mapping with `name` and "
            "`create`"
        )
    known = cast("eks.ICluster", cluster)
    resource = _created(known)
    name = known.cluster_name if resource is None else _name(resource)
    return ClusterFacts(
        name=literal(name), security_group=_group(known), created=known if resource is not None else None
    )


def _created(cluster: eks.ICluster) -> CfnResource | None:
    """The resource of a cluster that the same app creates."""
    resource = cluster.node.default_child
    if isinstance(resource, eks.CfnCluster):
        return resource
    for each in cluster.node.find_all() if resource is not None else ():
        if isinstance(each, CfnResource) and each.cfn_resource_type == _V1_CLUSTER:
            return each
    return None


def _name(resource: CfnResource) -> str:
    if isinstance(resource, eks.CfnCluster):
        return resource.name or ""
    # A cluster of aws_eks is a custom resource, which has no attribute for its name.
    given = resource._cfn_properties.get("Config")
    name = given.get("name") if isinstance(given, Mapping) else None
    return name if isinstance(name, str) else ""


def _group(cluster: eks.ICluster) -> str:
    try:
        return cluster.cluster_security_group_id
    except RuntimeError:  # it was imported without one
        return ""


def region_of(scope: Construct) -> str:
    """Name of the region of a construct's stack; empty for a stack without an environment."""
    return literal(Stack.of(scope).region)


def by_zone(subnets: Sequence[ec2.ISubnet]) -> Mapping[str, list[ec2.ISubnet]]:
    """Subnets by zone name.

    Raises:
        ValueError: an item is not a subnet, or its zone is a token.
    """
    zones: dict[str, list[ec2.ISubnet]] = {}
    if not isinstance(subnets, list | tuple):
        raise ValueError(f"node_subnets is {subnets!r}: pass a list of ec2.ISubnet, such as vpc.private_subnets")
    for subnet in subnets:
        try:
            zone = getattr(subnet, "availability_zone", None)
        except RuntimeError:  # it was imported by its id alone
            raise ValueError(
                f"subnet {subnet.subnet_id} has no zone: import it by ec2.Subnet.from_subnet_attributes with its zone"
            ) from None
        if not isinstance(zone, str):
            raise ValueError(f"{subnet!r} is not a subnet: pass ec2.ISubnet objects, such as vpc.private_subnets")
        if is_token(zone):
            raise ValueError(
                f"subnet {subnet.node.path} has no literal zone: give its stack an explicit region in `env`, and "
                "its VPC the availability_zones"
            )
        zones.setdefault(zone, []).append(subnet)
    return zones


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """Subnets and NAT gateways that a VPC of an app has.

    Attributes:
        public: public subnets of the VPC.
        nodes: node subnets of the VPC by zone.
        zones: zones of the pods.
    """

    public: Sequence[ec2.ISubnet]
    nodes: Mapping[str, Sequence[SubnetRef]]
    zones: Sequence[str]

    def nat_gateway(self, zone: str) -> object:
        """The NAT gateway that `ec2.Vpc` created in a zone; without a zone, the only one."""
        inside = [subnet for subnet in self.public if zone in ("", subnet.availability_zone)]
        children = [subnet.node.try_find_child("NATGateway") for subnet in inside]
        gateways = [child for child in children if isinstance(child, ec2.CfnNatGateway)]
        return gateways[0] if len(gateways) == 1 or (zone and gateways) else None

    def public_subnet(self, zone: str) -> object:
        """A public subnet in a zone; without a zone, in the first zone of the pods."""
        wanted = zone or self.zones[0]
        return next((subnet for subnet in self.public if subnet.availability_zone == wanted), None)

    def node_subnet(self, zone: str) -> object:
        """The first node subnet in a zone."""
        return next(iter(self.nodes.get(zone, ())), None)


def literal(text: str) -> str:
    """The text if it is literal; empty if it is a token."""
    return "" if is_token(text) else text
