"""The network of a plan, part by part: blocks, subnets, route tables and routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podspace.growth.gateway_parts import target
from podspace.growth.part import BLOCK, POD_SUBNET, VPC, VPC_SUBNET, Part, Value
from podspace.planning import NetworkFile, PodSubnet, RouteTable


def network_parts(file: NetworkFile) -> Iterator[Part]:
    """Everything of the pod network itself, but for its gateways, and of a VPC that is made here."""
    for block in file.plan.pods.blocks:
        if not block.associated:
            yield Part(what=BLOCK, name=str(block.cidr), addresses=block.cidr)
    for subnet in file.plan.pods.subnets:
        yield from _pod_subnet(file, subnet)
    for table in file.plan.pods.route_tables:
        if table.new:
            yield Part(what="route table", name=table.name, free=tags(file, table.tags))
        yield from _routes(file, table)
    yield from _vpc(file)
    if principals := file.plan.pods.shared_with:
        subnets = tuple(str(subnet.cidr) for subnet in file.plan.pods.subnets)
        yield Part(what="share", name="of the pod subnets", free={"principals": principals, "subnets": subnets})


def tags(file: NetworkFile, own: Mapping[str, str]) -> Mapping[str, Value]:
    """The tags of one part; those of the whole stack are told once, of the stack."""
    return {"tags": tuple(f"{key}={value}" for key, value in own.items() if key not in file.config.stack.tags)}


def _pod_subnet(file: NetworkFile, subnet: PodSubnet) -> Iterator[Part]:
    yield Part(
        what=POD_SUBNET,
        name=str(subnet.cidr),
        said=f"in {subnet.zone}",
        fixed={"zone": subnet.zone},
        held={"IPv6 range": str(subnet.ipv6_cidr or "")},
        free=tags(file, subnet.tags),
        addresses=subnet.cidr,
    )
    for part in subnet.reservations:
        inside = str(subnet.cidr)
        yield Part(what="prefix reservation", name=str(part), said=f"in {inside}", fixed={"subnet": inside})


def _routes(file: NetworkFile, table: RouteTable) -> Iterator[Part]:
    for route in table.routes:
        to = target(file, route.gateway)
        yield Part(what="route", name=f"{route.destination} of {table.name}", said=f"to {to}", free={"target": to})


def _vpc(file: NetworkFile) -> Iterator[Part]:
    vpc = file.plan.vpc
    if vpc is None:
        return
    yield Part(what=VPC, free=tags(file, vpc.tags))
    if vpc.internet:
        yield Part(what="internet gateway")
    if vpc.internet and "public" in vpc.table_tags:
        yield Part(what="route", name="0.0.0.0/0 of public", said="to the internet gateway")
    for subnet in vpc.subnets:
        yield Part(
            what=VPC_SUBNET,
            name=str(subnet.cidr),
            said=f"for {subnet.role} in {subnet.zone}" if subnet.role == "nodes" else f"public, in {subnet.zone}",
            fixed={"zone": subnet.zone},
            free={"role": subnet.role, **tags(file, subnet.tags)},
            addresses=subnet.cidr,
        )
    for name, own in vpc.table_tags.items():
        yield Part(what="route table", name=name, free=tags(file, own))
