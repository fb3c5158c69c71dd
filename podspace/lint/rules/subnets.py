"""Rules about subnets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import EKS_NETWORK_PAGE, SUBNET_SIZE_PAGE, size_problems
from podspace.lint.address_range import Range, overlap, prefix_length, shown_range, whole
from podspace.lint.order import Order
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import host_bits, together
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, items, key, true
from podspace.lint.vpc import Subnet

_PLACE: Final = "Properties.CidrBlock"
SMALLEST_FOR_PODS: Final = 26
"""The prefix length of the smallest subnet with a whole /28 for pods in it."""
_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_PREFIX_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html"
_SUBNET_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html"


@rule(
    "subnet-outside-blocks",
    why="EC2 refuses a subnet that is not inside one CIDR block of its VPC.",
    fix="associate a CIDR block that contains it, or choose a subnet inside an existing CIDR block",
    source=SUBNET_SIZE_PAGE,
)
def subnet_outside_blocks(picture: Picture) -> Iterator[Fault]:
    """A subnet is not inside one CIDR block of its VPC."""
    for vpc in picture.vpcs.all.values():
        for subnet in vpc.subnets:
            cidr = subnet.cidr
            if not cidr or not subnet.resource.certain or any(cidr.subnet_of(block.cidr) for block in vpc.blocks):
                continue
            if vpc.all_blocks or any(cidr.overlaps(block.cidr) for block in vpc.blocks):
                known = ", ".join(str(block.cidr) for block in vpc.blocks)
                must = f"must be inside one CIDR block of {vpc.name}: {known}"
                yield Fault(at=subnet.resource, place=_PLACE, value=str(cidr), must=must)


@rule(
    "subnet-host-bits",
    level="warning",
    why="EC2 clears the host bits without an error, so the subnet differs from the one in the template.",
    fix="write the network address",
    source=_SUBNET_PAGE,
)
def subnet_host_bits(picture: Picture) -> Iterator[Fault]:
    """The CIDR block of a subnet has host bits set."""
    for subnet in picture.vpcs.subnets:
        if subnet.cidr:
            yield from host_bits(subnet.resource, subnet.cidr)


@rule(
    "subnet-size",
    why="EC2 refuses any other size.",
    fix="use a /16 to /28",
    source=SUBNET_SIZE_PAGE,
)
def subnet_size(picture: Picture) -> Iterator[Fault]:
    """A subnet is larger than a /16 or smaller than a /28."""
    for subnet in picture.vpcs.subnets:
        length = prefix_length(subnet.range)
        for problem in size_problems(IPv4Network((0, length))) if length is not None and length >= 0 else ():
            value = str(subnet.cidr or f"/{length}")
            yield Fault(at=subnet.resource, place=_PLACE, value=value, must=problem.message)


@rule(
    "subnets-overlap",
    why="EC2 refuses a subnet that overlaps another one of its VPC.",
    fix="choose free parts of the CIDR block for both",
    source=_SUBNET_PAGE,
)
def subnets_overlap(picture: Picture) -> Iterator[Fault]:
    """Two subnets of a VPC overlap."""
    yield from _overlaps_by_reference(picture)
    for vpc in picture.vpcs.all.values():
        known = [(subnet.cidr, subnet) for subnet in vpc.subnets if subnet.cidr]
        known.sort(key=lambda pair: (pair[0], str(pair[1].key)))  # of two neighbours that overlap one lies in the other
        for index, (cidr, subnet) in enumerate(known):
            for earlier, other in reversed(known[:index]):
                if not cidr.overlaps(earlier):
                    continue
                if together(subnet.resource, other.resource):
                    must = f"must not overlap {earlier} of {other.resource.named}, a subnet of the same VPC"
                    yield Fault(at=subnet.resource, place=_PLACE, value=str(cidr), must=must)
                    break


def _overlaps_by_reference(picture: Picture) -> Iterator[Fault]:
    """Subnets with CIDR blocks of one reference that overlap for any value of it."""
    for vpc in picture.vpcs.all.values():
        seen: dict[Range, list[tuple[Range, Subnet]]] = {}
        for subnet in vpc.subnets:
            if not subnet.range or subnet.cidr:
                continue
            before = seen.setdefault(whole(subnet.range), [])
            for earlier, other in before:
                if overlap(subnet.range, earlier) and together(subnet.resource, other.resource):
                    must = f"must not overlap {other.resource.named}, a subnet of the same VPC"
                    yield Fault(at=subnet.resource, place=_PLACE, value=shown_range(subnet.range), must=must)
                    break
            before.append((subnet.range, subnet))


@rule(
    "subnet-without-block-dependency",
    why="A subnet has no reference to the association of its CIDR block, so CloudFormation creates both at once: EC2 "
    "refuses the subnet if the CIDR block is not associated yet (InvalidSubnet.Range). A deletion can fail for the "
    "same reason.",
    fix="add the AWS::EC2::VPCCidrBlock to the subnet's DependsOn; in CDK, `subnet.node.add_dependency(block)`",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
)
def subnet_without_block_dependency(picture: Picture) -> Iterator[Fault]:
    """A subnet does not depend on the association of its CIDR block with the VPC."""
    order = Order(picture.deployment)
    for vpc in picture.vpcs.all.values():
        for subnet in vpc.subnets:
            block = vpc.block_of(subnet.range)
            if block and not block.primary and not order.waits(subnet.resource, block.resource):
                must = (
                    f"must depend on {block.resource.named}, which associates {shown_range(block.range)} with "
                    f"{vpc.name}"
                )
                names = subnet.resource.stack.origin.name, block.resource.stack.origin.name
                fix = "" if names[0] == names[1] else f"make the stack {names[0]} depend on {names[1]}"
                yield Fault(at=subnet.resource, place="DependsOn", must=must, fix=fix)


@rule(
    "pod-subnet-too-small",
    level="warning",
    why="Nodes take addresses for pods as whole /28 prefixes. AWS reserves the first four addresses of a subnet and "
    "the last, so a /28 or /27 has no free whole /28: only single addresses are left, for a few pods.",
    fix='use a /26 or, for many nodes, a much larger subnet; or set advancedNetworking.ipv4PrefixSize to "32"',
    source=_PREFIX_PAGE,
    inferred=True,
)
def pod_subnet_too_small(picture: Picture) -> Iterator[Fault]:
    """A pod subnet is too small for one /28 prefix."""
    for node_class in picture.node_classes:
        if node_class.manifest.get("spec", "advancedNetworking", "ipv4PrefixSize") == "32":
            continue
        for subnet in node_class.pod_subnets:
            length = prefix_length(subnet.range)
            if length is not None and length > SMALLEST_FOR_PODS:
                must = (
                    f"must be a /{SMALLEST_FOR_PODS} or larger: nodes of NodeClass {node_class.name} take /28 "
                    "prefixes from it"
                )
                yield Fault(at=subnet.resource, place=_PLACE, value=str(subnet.cidr or f"/{length}"), must=must)


@rule(
    "vpc-without-dns",
    why="Nodes cannot register with a cluster in such a VPC.",
    fix="set EnableDnsSupport and EnableDnsHostnames to true",
    source=EKS_NETWORK_PAGE,
)
def vpc_without_dns(picture: Picture) -> Iterator[Fault]:
    """The VPC of a cluster has DNS resolution or DNS hostnames off."""
    used = {subnet.vpc for cluster in picture.clusters.all for subnet in _of_control_plane(picture, cluster.resource)}
    for vpc in picture.vpcs.all.values():
        if vpc.key not in used or not vpc.resource or not vpc.resource.certain:
            continue
        for name, default in (("EnableDnsSupport", True), ("EnableDnsHostnames", False)):
            value = vpc.resource.properties.get(name, default)
            if true(value) is False:
                must = "must be true: an EKS cluster is in this VPC"
                yield Fault(at=vpc.resource, place=f"Properties.{name}", value=str(value).lower(), must=must)


def _of_control_plane(picture: Picture, cluster: Resource) -> Iterator[Subnet]:
    for id in map(key, items(cluster.get("ResourcesVpcConfig", "SubnetIds"))):
        if isinstance(id, Reference) and id in picture.vpcs.subnet:
            yield picture.vpcs.subnet[id]


@rule(
    "control-plane-in-pod-subnet",
    level="warning",
    why=(
        "EKS creates interfaces of the control plane in these subnets, and the built-in NodeClass starts nodes in them."
    ),
    fix="give the cluster only the node subnets",
    source=_NODE_CLASS_PAGE,
    inferred=True,
)
def control_plane_in_pod_subnet(picture: Picture) -> Iterator[Fault]:
    """The subnets of a cluster's control plane include a pod subnet."""
    for cluster in picture.clusters.all:
        for subnet in _of_control_plane(picture, cluster.resource):
            if subnet.key in picture.pod_subnets and subnet.key not in picture.node_group_subnets:
                place, must = "Properties.ResourcesVpcConfig.SubnetIds", "must not include a pod subnet"
                yield Fault(at=cluster.resource, place=place, value=subnet.resource.named, must=must)


RULES: Final[tuple[Rule, ...]] = (
    subnet_outside_blocks,
    subnet_host_bits,
    subnet_size,
    subnets_overlap,
    subnet_without_block_dependency,
    pod_subnet_too_small,
    vpc_without_dns,
    control_plane_in_pod_subnet,
)
