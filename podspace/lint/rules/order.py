"""Rules about resources that CloudFormation may create too early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.order import Order
from podspace.lint.picture import Picture
from podspace.lint.route import is_private
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Value, key, mapping, same, shown, true

_DEPENDS_ON_PAGE: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html"
)
_OF_A_CLUSTER: Final = (
    "AWS::EKS::AccessEntry",
    "AWS::EKS::Addon",
    "AWS::EKS::FargateProfile",
    "AWS::EKS::Nodegroup",
    "AWS::EKS::PodIdentityAssociation",
)
_IPV6: Final = ("Ipv6CidrBlock", "Ipv6Pool", "Ipv6IpamPoolId")


@rule(
    "address-without-attachment-dependency",
    why="EC2 refuses a public NAT gateway (Gateway.NotAttached, "
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html), and a public address of an "
    "instance, in a VPC that has no internet gateway attached. They have no reference to the attachment, so "
    "CloudFormation may create them first.",
    fix="add the AWS::EC2::VPCGatewayAttachment to the DependsOn of the NAT gateway or of its Elastic IP address",
    source=_DEPENDS_ON_PAGE,
)
def address_without_attachment_dependency(picture: Picture) -> Iterator[Fault]:
    """A public NAT gateway or an instance's Elastic IP address does not depend on the internet gateway's attachment."""
    order = Order(picture.deployment)
    attachments = [
        one
        for one in picture.deployment.of_type("AWS::EC2::VPCGatewayAttachment")
        if one.certain and key(one.get("InternetGatewayId"))
    ]
    for resource, vpc in _with_public_addresses(picture):
        own = [one for one in attachments if same(one.get("VpcId"), vpc)]
        if own and resource.certain and not any(order.waits(resource, one) for one in own):
            must = f"must depend on {own[0].id}, which attaches an internet gateway to {shown(vpc)}"
            yield Fault(at=resource, place="DependsOn", must=must)


def _with_public_addresses(picture: Picture) -> Iterator[tuple[Resource, Known]]:
    """What EC2 creates only in a VPC with an internet gateway, with the id of the VPC."""
    for gateway in picture.routing.nat_gateways.values():
        home = picture.routing.subnet_of(gateway)
        vpc = home.vpc if home else key(gateway.get("VpcId"))
        kind = gateway.properties.get("ConnectivityType", "public")
        if vpc and isinstance(kind, str) and not is_private(gateway):
            yield gateway, vpc
    instances = {one.reference: one for one in picture.deployment.of_type("AWS::EC2::Instance")}
    for address in picture.deployment.of_type("AWS::EC2::EIP", "AWS::EC2::EIPAssociation"):
        id = key(address.get("InstanceId"))
        instance = instances.get(id) if id and not isinstance(id, str) else None
        place = key(instance.get("SubnetId")) if instance else None
        subnet = picture.vpcs.subnet.get(place) if place else None
        if subnet and subnet.vpc:
            yield address, subnet.vpc


@rule(
    "cluster-name-without-dependency",
    why="A literal name is no reference, so CloudFormation may create the resource before the cluster: EKS then finds "
    "no cluster of this name.",
    fix="write a reference to the cluster (Ref), or add the cluster to DependsOn",
    source=_DEPENDS_ON_PAGE,
    inferred=True,
)
def cluster_name_without_dependency(picture: Picture) -> Iterator[Fault]:
    """An access entry, add-on or node group has the name of a cluster of the template, and does not depend on it."""
    order = Order(picture.deployment)
    for resource in picture.deployment.of_type(*_OF_A_CLUSTER):
        name = resource.get("ClusterName")
        for cluster in picture.clusters.all:
            if not (cluster.resource.certain and resource.certain and same(name, cluster.resource.get("Name"))):
                continue
            if cluster.resource.stack.key == resource.stack.key and not order.waits(resource, cluster.resource):
                must = f"must depend on {cluster.resource.named}, the cluster of this name"
                yield Fault(at=resource, place="Properties.ClusterName", value=shown(name), must=must)


@rule(
    "subnet-without-ipv6-block-dependency",
    why="A subnet has no reference to the IPv6 CIDR block of its VPC, so CloudFormation may create the subnet first: "
    "the VPC then has no IPv6 CIDR block, and EC2 refuses the subnet or Fn::Select fails.",
    fix="add the AWS::EC2::VPCCidrBlock for IPv6 to the subnet's DependsOn",
    source="https://github.com/aws/aws-cdk/issues/28843",
)
def subnet_without_ipv6_block_dependency(picture: Picture) -> Iterator[Fault]:
    """A subnet with an IPv6 CIDR block does not depend on the IPv6 CIDR block of its VPC."""
    order = Order(picture.deployment)
    blocks = [one for one in picture.deployment.of_type("AWS::EC2::VPCCidrBlock") if _is_ipv6(one) and one.certain]
    for subnet in picture.vpcs.subnets:
        resource = subnet.resource
        cidr: Value = resource.get("Ipv6CidrBlock")
        chosen = _is_given(resource, "Ipv6CidrBlock") if cidr is not None else False
        own = [one for one in blocks if subnet.vpc and same(one.get("VpcId"), subnet.vpc)]
        if chosen and own and resource.certain and not any(order.waits(resource, one) for one in own):
            must = f"must depend on {own[0].id}, which associates an IPv6 CIDR block with {shown(subnet.vpc)}"
            yield Fault(at=resource, place="DependsOn", value=resource.id, must=must)


def _is_given(resource: Resource, name: str) -> bool:
    """Whether a property is written without Fn::If, which may leave it out; its value may be unknown."""
    return "Fn::If" not in mapping(resource.stack.property(resource.id, name))  # type: ignore[arg-type]


def _is_ipv6(block: Resource) -> bool:
    """Whether for certain a CIDR block of a VPC is one of IPv6."""
    return true(block.get("AmazonProvidedIpv6CidrBlock")) is True or any(key(block.get(name)) for name in _IPV6)


RULES: Final[tuple[Rule, ...]] = (
    address_without_attachment_dependency,
    cluster_name_without_dependency,
    subnet_without_ipv6_block_dependency,
)
