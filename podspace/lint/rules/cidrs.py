"""Rules about how CIDR blocks are written, and about the functions that compute them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import JsonValue

from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.stack import Resource, Stack
from podspace.lint.value import Reference, Value, has_unknown, items, mapping, network, number, shown

_PROPERTIES: Final = {
    "AWS::EC2::VPC": "CidrBlock",
    "AWS::EC2::VPCCidrBlock": "CidrBlock",
    "AWS::EC2::Subnet": "CidrBlock",
    "AWS::EC2::NetworkAclEntry": "CidrBlock",
    "AWS::EC2::Route": "DestinationCidrBlock",
    "AWS::EC2::TransitGatewayRoute": "DestinationCidrBlock",
    "AWS::EC2::SecurityGroupIngress": "CidrIp",
    "AWS::EC2::SecurityGroupEgress": "CidrIp",
}
"""The properties that are one IPv4 CIDR block."""
_CLUSTER_PROPERTIES: Final = (
    ("KubernetesNetworkConfig", "ServiceIpv4Cidr"),
    ("ResourcesVpcConfig", "PublicAccessCidrs"),
)
_GROUP_RULES: Final = ("SecurityGroupIngress", "SecurityGroupEgress")
_FORM: Final = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})")
_HIGHEST: Final = (255, 255, 255, 255, 32)
_MOST_CIDRS: Final = 256
_ADDRESS_BITS: Final = 32
_LARGEST_BLOCK: Final = 65_536
"""The addresses of a /16, the largest CIDR block of a VPC."""
_REFERENCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"


@rule(
    "malformed-cidr",
    why=(
        "An IPv4 CIDR block is four numbers up to 255, a slash and a prefix length up to 32. EC2 refuses anything else."
    ),
    fix="write an address and a prefix length, such as 10.0.0.0/16, or 10.0.0.1/32 for one address",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html",
)
def malformed_cidr(picture: Picture) -> Iterator[Fault]:
    """An IPv4 CIDR block is malformed."""
    for kind, name in _PROPERTIES.items():
        for resource in picture.deployment.of_type(kind):
            yield from _malformed(resource, f"Properties.{name}", resource.get(name))
    for group in picture.deployment.of_type("AWS::EC2::SecurityGroup"):
        for name in _GROUP_RULES:
            for index, entry in enumerate(items(group.get(name))):
                yield from _malformed(group, f"Properties.{name}[{index}].CidrIp", mapping(entry).get("CidrIp"))
    for cluster in picture.deployment.of_type("AWS::EKS::Cluster"):
        for path in _CLUSTER_PROPERTIES:
            yield from _of_either_family(cluster, ".".join(("Properties", *path)), items(cluster.get(*path)))
    for reservation in picture.deployment.of_type("AWS::EC2::SubnetCidrReservation"):
        yield from _of_either_family(reservation, "Properties.Cidr", [reservation.get("Cidr")])
    for prefixes in picture.deployment.of_type("AWS::EC2::PrefixList"):
        cidrs = [mapping(entry).get("Cidr") for entry in items(prefixes.get("Entries"))]
        yield from _of_either_family(prefixes, "Properties.Entries", cidrs)


def _of_either_family(resource: Resource, place: str, values: Iterable[Value]) -> Iterator[Fault]:
    """The faults of values that may be CIDR blocks of IPv6 as well, which are not judged."""
    for value in values:
        if not (isinstance(value, str) and ":" in value):
            yield from _malformed(resource, place, value)


def _malformed(resource: Resource, place: str, value: Value) -> Iterator[Fault]:
    """The fault of a value that is known, begins like an address and is no CIDR block."""
    text = value.strip() if isinstance(value, str) else ""
    match = _FORM.fullmatch(text)
    right = match and all(int(part) <= most for part, most in zip(match.groups(), _HIGHEST, strict=True))
    if text[:1].isdigit() and not right:
        must = "must be an IPv4 CIDR block, such as 10.0.0.0/16"
        yield Fault(at=resource, place=place, value=text, must=must)


@rule(
    "select-beyond-list",
    why="CloudFormation stops with an error if the index of Fn::Select is not less than the number of items.",
    fix="choose an index inside the list (the first is 0), or make the list longer",
    source=f"{_REFERENCE}intrinsic-function-reference-select.html",
)
def select_beyond_list(picture: Picture) -> Iterator[Fault]:
    """The index of Fn::Select is outside of its list."""
    for resource, place, argument in _calls(picture, "Fn::Select"):
        index = number(_resolved(picture, resource.stack, argument[0]))
        length = _length(picture, resource.stack, argument[1]) if len(argument) == 2 else None  # noqa: PLR2004
        if index is not None and length is not None and index >= length:
            must = f"must have an index of Fn::Select below {length}, the number of items"
            yield Fault(at=resource, place=place, value=str(index), must=must)


@rule(
    "cidr-beyond-block",
    why="CloudFormation stops with an error if the CIDR block of Fn::Cidr is too small for the requested number of "
    "subnets, or if more than 256 are requested.",
    fix="request fewer subnets, or smaller ones with fewer host bits (the third argument)",
    source=f"{_REFERENCE}intrinsic-function-reference-cidr.html",
    inferred=True,
)
def cidr_beyond_block(picture: Picture) -> Iterator[Fault]:
    """Fn::Cidr requests more subnets than its CIDR block can hold."""
    of_vpcs = {block.range for vpc in picture.vpcs.all.values() for block in vpc.ranges}
    for resource, place, argument in _calls(picture, "Fn::Cidr"):
        values = [_resolved(picture, resource.stack, part) for part in argument]
        block, count, bits = (*values, None, None, None)[:3]
        cidr, asked, size = network(block), number(count), number(bits)
        of_vpc = isinstance(block, Reference) and block in of_vpcs  # so it is a /16 at most
        addresses = cidr.num_addresses if cidr else _LARGEST_BLOCK if of_vpc else None
        held = _MOST_CIDRS
        if addresses and size is not None and 0 <= size <= _ADDRESS_BITS:
            held = min(held, addresses >> size)
        if asked is not None and asked > held:
            what = str(cidr) if cidr else f"{shown(block)}, a CIDR block of a VPC" if of_vpc else ""
            of = f" of {2**size} addresses from {what}" if what and size is not None else ""
            yield Fault(at=resource, place=place, value=str(asked), must=f"must request at most {held} subnets{of}")


def _resolved(picture: Picture, stack: Stack, node: JsonValue) -> Value:
    return picture.deployment.resolver.resolve(stack, node)


def _length(picture: Picture, stack: Stack, node: JsonValue) -> int | None:
    """The most items that a list can have; None if that is not known."""
    if isinstance(node, list):
        return len(node)
    cidrs = node.get("Fn::Cidr") if isinstance(node, dict) else None
    if isinstance(cidrs, list) and len(cidrs) > 1:
        return number(_resolved(picture, stack, cidrs[1]))
    resolved = _resolved(picture, stack, node)
    return len(resolved) if isinstance(resolved, list) and not has_unknown(resolved) else None


def _calls(picture: Picture, name: str) -> Iterator[tuple[Resource, str, list[JsonValue]]]:
    """Every call of a function in resources of EC2 and EKS, with the property it is in and its arguments."""
    for resource in picture.deployment.resources:
        properties = resource.body.get("Properties")
        if not resource.type.startswith(("AWS::EC2::", "AWS::EKS::")) or not resource.certain:
            continue
        for key, value in properties.items() if isinstance(properties, dict) else ():
            for argument in _arguments(picture, resource.stack, value, name):
                yield resource, f"Properties.{key}", argument


def _arguments(picture: Picture, stack: Stack, node: JsonValue, name: str) -> Iterator[list[JsonValue]]:
    """The arguments of each call of a function in a value, without branches of Fn::If that may not be taken."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict) and "Fn::If" in one:
            branches = one["Fn::If"]
            if isinstance(branches, list) and len(branches) == 3:  # noqa: PLR2004
                holds = picture.deployment.resolver.condition(stack, branches[0])
                waiting.extend([] if holds is None else [branches[1 if holds else 2]])
        elif isinstance(one, dict):
            argument = one.get(name)
            if isinstance(argument, list) and argument:
                yield argument
            waiting.extend(one.values())


RULES: Final[tuple[Rule, ...]] = (malformed_cidr, select_beyond_list, cidr_beyond_block)
