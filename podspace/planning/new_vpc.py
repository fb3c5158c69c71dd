"""A VPC that is made here: its public and node subnets, cut by the same rule as the pods' blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.config import Config
from podspace.planning.config.vpc import LayoutConfig
from podspace.planning.layout import Layout, overlap
from podspace.planning.naming import selector, tags_named
from podspace.planning.plan import VpcPlan, VpcSubnet
from podspace.planning.subnets import zones

TAG_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html"


def node_table(zone: str) -> str:
    """The plan's name for the route table of a zone's node subnets."""
    return f"nodes-{zone}"


def public_layout(config: Config) -> Layout | None:
    """How the public subnets are cut, where there are any."""
    created = config.vpc.create
    return _layout(config, created.public, "public") if created and created.public else None


def node_layout(config: Config) -> Layout | None:
    """How the node subnets are cut, where the VPC is made here."""
    return _layout(config, config.vpc.create.nodes, "nodes") if config.vpc.create else None


def _layout(config: Config, layout: LayoutConfig, part: str) -> Layout:
    return Layout(
        place=f"vpc.create.{part}",
        ranges=layout.cidrs,
        zones=zones(config),
        prefix=layout.subnet_prefix,
        subnets=layout.subnets,
        what={"public": "public subnet", "nodes": "node subnet"}[part],
    )


def vpc(config: Config) -> VpcPlan | None:
    """The VPC to be made."""
    nodes = node_layout(config)
    if nodes is None:
        return None
    name = f"{config.cluster.name}-{config.name}"
    # Auto Mode puts load balancers into subnets by these tags, see TAG_PAGE.
    public_tags = {"kubernetes.io/role/elb": "1", "aws-cdk:subnet-name": "public", "aws-cdk:subnet-type": "Public"}
    node_tags = {
        "kubernetes.io/role/internal-elb": "1",
        "aws-cdk:subnet-name": "nodes",
        "aws-cdk:subnet-type": "Private",
        **selector(config, "nodes"),
    }
    public = public_layout(config)
    return VpcPlan(
        cidr=config.vpc.cidrs[0],
        internet=has_internet_gateway(config),
        subnets=(
            *(
                VpcSubnet(
                    zone=share.zone,
                    cidr=share.cidr,
                    role="public",
                    tags={**tags_named(config, f"{name}/public-{share.zone}"), **public_tags},
                )
                for share in (public.shares() if public else ())
            ),
            *(
                VpcSubnet(
                    zone=share.zone,
                    cidr=share.cidr,
                    role="nodes",
                    tags={**tags_named(config, f"{name}/nodes-{share.zone}"), **node_tags},
                )
                for share in nodes.shares()
            ),
        ),
        tags=tags_named(config, name),
        table_tags={
            **({"public": tags_named(config, f"{name}/public")} if public else {}),
            **{node_table(zone): tags_named(config, f"{name}/nodes-{zone}") for zone in zones(config)},
        },
    )


def has_internet_gateway(config: Config) -> bool:
    """Whether a VPC made here is connected to the internet: by public subnets, or for a regional NAT gateway."""
    created = config.vpc.create
    return bool(created) and (
        bool(created and created.public) or any(entry.kind == "regional_nat_gateway" for entry in config.egress)
    )


def new_vpc_problems(config: Config) -> Iterator[Diagnostic]:
    """Everything wrong with a VPC that is to be made."""
    if config.vpc.create is None:
        return
    yield from _excluded(config)
    if len(config.vpc.cidrs) > 1:
        yield Diagnostic(
            location=Location(path="vpc.cidrs"),
            subject=", ".join(map(str, config.vpc.cidrs)),
            message="must be one block beside vpc.create: the primary block of the VPC to be made",
            fix="put blocks for pods under pods.cidrs",
        )
    layouts = [layout for layout in (public_layout(config), node_layout(config)) if layout]
    for layout in layouts:
        yield from layout.problems()
        yield from _zone_problems(config, layout)
        for place, cidr in layout.parts():
            if not cidr.subnet_of(config.vpc.cidrs[0]):
                yield Diagnostic(
                    location=Location(path=place),
                    subject=str(cidr),
                    message=f"must lie inside the block of the VPC, {config.vpc.cidrs[0]}",
                    fix=f"correct {layout.place}, or enlarge vpc.cidrs",
                )
    for (place, first), (other, second) in product(*(layout.parts() for layout in layouts)) if len(layouts) > 1 else ():
        yield from overlap(other, second, first, place)


def _excluded(config: Config) -> Iterator[Diagnostic]:
    interfaces = config.endpoints.interfaces
    for place, given, reason in (
        ("vpc.id", config.vpc.id, "the VPC is made here (vpc.create)"),
        ("vpc.node_subnets", config.vpc.node_subnets, "the node subnets are made here (vpc.create)"),
        ("vpc.ipv6_cidrs", config.vpc.ipv6_cidrs, "the IPv6 block of a VPC that is made here is not known beforehand"),
        ("vpc.peers", config.vpc.peers, "a VPC that is made here has no peers yet"),
        ("vpc.routes", config.vpc.routes, "a VPC that is made here has no routes yet"),
        ("vpc.owner", config.vpc.owner, "a VPC that is made here belongs to this account"),
        ("pods.subnet_ids", config.pods.subnet_ids, "a VPC that is made here has no subnets yet"),
        ("pods.security_group", config.pods.security_group.id, "a VPC that is made here has no such group yet"),
        ("cluster.node_security_group_ids", config.cluster.node_security_group_ids, "it has no such groups yet"),
        ("endpoints.interfaces", interfaces and interfaces.existing, "a VPC that is made here has no endpoints yet"),
    ):
        if given:
            yield Diagnostic(
                location=Location(path=place), message=f"must be left out: {reason}", fix="keep one of the two"
            )
    for index, block in enumerate(config.pods.cidrs):
        if block.associated:
            yield Diagnostic(
                location=Location(path=f"pods.cidrs[{index}].associated"),
                message="must be left out: a VPC that is made here has no block but its primary yet",
                fix="remove it",
            )
    if config.flow_logs is None or config.flow_logs.of != "vpc":
        yield Diagnostic(
            location=Location(path="flow_logs"),
            message="must record the whole VPC where that is made here",
            fix="write `flow_logs: {of: vpc}`",
            source="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
        )


def _zone_problems(config: Config, layout: Layout) -> Iterator[Diagnostic]:
    if layout.subnets is None and not config.pods.zones:
        yield Diagnostic(
            location=Location(path=layout.place),
            message="must be a map of subnets too: the pod subnets are written out, so zones have no numbers here",
            fix=f"write `{layout.place.rpartition('.')[2]}: {{subnets: {{zone: [CIDR]}}}}`",
        )
    if layout.subnets is not None:
        for zone in layout.subnets:
            if zone not in zones(config):
                yield Diagnostic(
                    location=Location(path=f"{layout.place}.subnets.{zone}"),
                    message=f"must be for a pod zone, which are {', '.join(zones(config))}",
                    fix="remove it, or add the zone to the pods",
                )
