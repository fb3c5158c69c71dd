"""The request for a config, from the options of `podspace init`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from pydantic import TypeAdapter, ValidationError

from podspace.cidr import parse_cidr, size_problems
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning.aws_id import SubnetId, VpcId
from podspace.planning.section import ClusterName, NetworkName

_CLUSTER: Final[TypeAdapter[str]] = TypeAdapter(ClusterName)
_NETWORK: Final[TypeAdapter[str]] = TypeAdapter(NetworkName)
_VPC: Final[TypeAdapter[str]] = TypeAdapter(VpcId)
_SUBNET: Final[TypeAdapter[str]] = TypeAdapter(SubnetId)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request for a config.

    Attributes:
        cluster: name of the cluster.
        network: name of the pod network.
        vpc_id: VPC id; None for the VPC of the cluster.
        pod_cidrs: CIDR blocks for the pods; if empty, one is chosen.
        node_subnets: ids of subnets for nodes; if empty, the private ones of the cluster.
    """

    cluster: str
    network: str
    vpc_id: str | None
    pod_cidrs: tuple[IPv4Network, ...]
    node_subnets: tuple[str, ...]


def request(
    *, cluster: str, network: str | None, vpc_id: str | None, pod_cidrs: Iterable[str], node_subnets: Iterable[str]
) -> Request:
    """The request, from the texts of the options.

    Raises:
        InputError: an option is not valid; with the errors of all options.
    """
    pod_cidrs, node_subnets = tuple(pod_cidrs), tuple(node_subnets)
    network = network or network_name(cluster)
    typed = [("--cluster", _CLUSTER, cluster), ("--name", _NETWORK, network)]
    typed += [("--vpc", _VPC, vpc_id)] if vpc_id else []
    typed += [("--node-subnet", _SUBNET, subnet) for subnet in node_subnets]
    if problems := [*_option_problems(typed), *_cidr_problems(pod_cidrs)]:
        raise InputError(problems)
    return Request(
        cluster=cluster,
        network=network,
        vpc_id=vpc_id,
        pod_cidrs=tuple(map(parse_cidr, pod_cidrs)),
        node_subnets=node_subnets,
    )


def network_name(cluster: str) -> str:
    """A name for the pod network of a cluster, different for each cluster."""
    name = f"{cluster.lower().replace('_', '-')}-pods"
    return name if re.fullmatch(r"[a-z].{0,39}", name) else "pods"


def _option_problems(typed: Iterable[tuple[str, TypeAdapter[str], str]]) -> Iterator[Diagnostic]:
    for option, kind, value in typed:
        try:
            kind.validate_python(value)
        except ValidationError as error:
            must = error.errors()[0]["msg"].removeprefix("Value error, ")
            yield Diagnostic(id="option", location=Location(path=option), subject=value, message=must)


def _cidr_problems(typed: Iterable[str]) -> Iterator[Diagnostic]:
    for value in typed:
        try:
            block = parse_cidr(value)
        except ValueError as error:
            yield Diagnostic(id="option", location=Location(path="--pod-cidr"), subject=value, message=str(error))
        else:
            yield from (problem.within("--pod-cidr") for problem in size_problems(block))
