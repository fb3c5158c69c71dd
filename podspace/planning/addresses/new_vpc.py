"""A new VPC: its public subnets and node subnets, cut by the same rule as the CIDR blocks of the pods."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.config import LayoutConfig
from podspace.planning.addresses.layout import Layout, overlap
from podspace.planning.addresses.plan import NewVpcPlan, VpcPlan, VpcSubnet
from podspace.planning.egress.kinds import egress_kind
from podspace.planning.egress.routes import node_table
from podspace.planning.origin import Created, Existing, Origin, PassedIn

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

TAG_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html"


def public_layout(network: Network) -> Layout | None:
    """How the public subnets of a new VPC are cut; None if there are none."""
    created = network.config.vpc.create
    return _layout(network, created.public, "public") if created and created.public else None


def node_layout(network: Network) -> Layout | None:
    """How the node subnets of a new VPC are cut; None for an existing VPC."""
    return _layout(network, network.config.vpc.create.nodes, "nodes") if network.config.vpc.create else None


def _layout(network: Network, layout: LayoutConfig, part: str) -> Layout:
    return Layout(
        place=f"vpc.create.{part}",
        ranges=layout.cidrs,
        zones=network.zones,
        prefix=layout.subnet_prefix,
        subnets=layout.subnets,
        what={"public": "public subnet", "nodes": "node subnet"}[part],
    )


def vpc(network: Network) -> VpcPlan:
    """The VPC of a plan, existing or new."""
    vpc, new = network.config.vpc, network.new_vpc
    origin: Origin = Created("vpc") if new else Existing(vpc.id) if vpc.id else PassedIn("vpc")
    return VpcPlan(
        origin=origin,
        cidrs=network.vpc_cidrs,
        named_cidrs=vpc.cidrs,
        ipv6_cidrs=vpc.ipv6_cidrs,
        peers=vpc.peers,
        routes=network.other_routes,
        node_subnets=network.node_subnets,
        node_zones=network.node_zones,
        owner=vpc.owner or "",
        cidr_quota=vpc.cidr_quota,
        subnet_quota=vpc.subnet_quota,
        route_quota=vpc.route_quota,
        new=new,
    )


def new_vpc(network: Network) -> NewVpcPlan | None:
    """The new VPC of a plan."""
    nodes, public = network.node_layout, network.public_layout
    if nodes is None:
        return None
    # Auto Mode puts load balancers into subnets by these tags, see TAG_PAGE.
    public_tags = {"kubernetes.io/role/elb": "1", "aws-cdk:subnet-name": "public", "aws-cdk:subnet-type": "Public"}
    node_tags = {
        "kubernetes.io/role/internal-elb": "1",
        "aws-cdk:subnet-name": "nodes",
        "aws-cdk:subnet-type": "Private",
        **network.selector("nodes"),
    }
    return NewVpcPlan(
        cidr=network.config.vpc.cidrs[0],
        internet=_has_internet_gateway(network),
        subnets=(
            *(
                VpcSubnet(
                    zone=share.zone,
                    cidr=share.cidr,
                    role="public",
                    tags={**network.tags("public", share.zone, str(share.cidr)), **public_tags},
                )
                for share in (public.shares() if public else ())
            ),
            *(
                VpcSubnet(
                    zone=share.zone,
                    cidr=share.cidr,
                    role="nodes",
                    tags={**network.tags("nodes", share.zone, str(share.cidr)), **node_tags},
                )
                for share in nodes.shares()
            ),
        ),
        tags=network.tags(),
        table_tags={
            **({"public": network.tags("public")} if public else {}),
            **{node_table(zone): network.tags("nodes", zone) for zone in network.zones},
        },
        layouts=(nodes, *((public,) if public else ())),
    )


def _has_internet_gateway(network: Network) -> bool:
    """Whether a new VPC is connected to the internet: by public subnets, or for a regional NAT gateway."""
    return network.public_layout is not None or any(egress_kind(entry).public for entry in network.config.egress)


def new_vpc_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors of a new VPC."""
    if network.config.vpc.create is None:
        return
    yield from _excluded(network)
    if len(network.config.vpc.cidrs) > 1:
        yield Diagnostic(
            id="new-vpc-blocks",
            location=Location(path="vpc.cidrs"),
            subject=", ".join(map(str, network.config.vpc.cidrs)),
            message="must be one CIDR block with vpc.create: the primary CIDR block of the new VPC",
            fix="list the CIDR blocks of pods under pods.cidrs",
        )
    layouts = [layout for layout in (network.public_layout, network.node_layout) if layout]
    for layout in layouts:
        yield from layout.problems(inside=network.config.vpc.cidrs[:1])
        yield from _zone_problems(network, layout)
        for place, cidr in layout.parts():
            if not cidr.subnet_of(network.config.vpc.cidrs[0]):
                yield Diagnostic(
                    id="subnet-outside-vpc",
                    location=Location(path=place),
                    subject=str(cidr),
                    message=f"must be inside the CIDR block of the VPC, {network.config.vpc.cidrs[0]}",
                    fix=f"correct {layout.place}, or enlarge vpc.cidrs",
                )
    for (place, first), (other, second) in product(*(layout.parts() for layout in layouts)) if len(layouts) > 1 else ():
        yield from overlap(other, second, first, place)


def _excluded(network: Network) -> Iterator[Diagnostic]:
    interfaces = network.config.endpoints.interfaces
    no_groups = "a new VPC has no other security groups"
    nodes = network.config.cluster.node_security_group_ids
    for place, given, reason in (
        ("vpc.id", network.config.vpc.id, "the VPC is created by this stack (vpc.create)"),
        ("vpc.node_subnets", network.config.vpc.node_subnets, "this stack creates the node subnets (vpc.create)"),
        ("vpc.ipv6_cidrs", network.config.vpc.ipv6_cidrs, "the IPv6 CIDR block of a new VPC is not known yet"),
        ("vpc.peers", network.config.vpc.peers, "a new VPC has no peering connections"),
        ("vpc.routes", network.config.vpc.routes, "a new VPC has no routes"),
        ("vpc.owner", network.config.vpc.owner, "a new VPC belongs to this account"),
        ("pods.subnet_ids", network.config.pods.subnet_ids, "a new VPC has no subnets"),
        ("pods.security_group", network.config.pods.security_group.id, no_groups),
        ("cluster.node_security_group_ids", nodes, no_groups),
        ("endpoints.interfaces", interfaces and interfaces.existing, "a new VPC has no endpoints"),
    ):
        if given:
            yield Diagnostic(
                id="not-with-new-vpc",
                location=Location(path=place),
                message=f"must be removed: {reason}",
                fix="remove one of the two",
            )
    for index, block in enumerate(network.config.pods.cidrs):
        if block.associated:
            yield Diagnostic(
                id="not-with-new-vpc",
                location=Location(path=f"pods.cidrs[{index}].associated"),
                message="must be removed: a new VPC has only its primary CIDR block",
                fix="remove it",
            )
    if network.config.flow_logs is None or network.config.flow_logs.of != "vpc":
        yield Diagnostic(
            id="new-vpc-flow-log",
            location=Location(path="flow_logs"),
            message="must record the whole VPC if this stack creates it",
            fix="write `flow_logs: {of: vpc}`",
            source="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
        )


def _zone_problems(network: Network, layout: Layout) -> Iterator[Diagnostic]:
    if layout.subnets is None and not network.config.pods.zones:
        yield Diagnostic(
            id="new-vpc-subnet-map",
            location=Location(path=layout.place),
            message="must be a map of subnets, as pods.subnets is",
            fix=f"write `{layout.place.rpartition('.')[2]}: {{subnets: {{zone: [CIDR]}}}}`",
        )
    if layout.subnets is not None:
        for zone in layout.subnets:
            if zone not in network.zones:
                yield Diagnostic(
                    id="zone-without-pods",
                    location=Location(path=f"{layout.place}.subnets.{zone}"),
                    message=f"must be for a pod zone, which are {', '.join(network.zones)}",
                    fix="remove it, or add the zone to the pods",
                )
