"""From what is asked for to what will be."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.diagnostic import Diagnostic, InputError
from podspace.planning.blocks import block_problems
from podspace.planning.cluster import cluster, cluster_problems, cluster_remarks, node_role
from podspace.planning.config import Config
from podspace.planning.egress import egress_problems
from podspace.planning.egress_remarks import egress_remarks
from podspace.planning.endpoints import endpoint_problems, endpoint_remarks, endpoints
from podspace.planning.flow_logs import flow_logs
from podspace.planning.gateways import gateways
from podspace.planning.groups import group_problems, group_remarks, pod_group
from podspace.planning.ipv6 import ipv6_problems
from podspace.planning.naming import selector, stack_name
from podspace.planning.new_vpc import new_vpc_problems, node_layout, public_layout, vpc
from podspace.planning.placement import placement_problems, placement_remarks
from podspace.planning.plan import Block, Plan, PodNetworkPlan
from podspace.planning.routes import route_tables
from podspace.planning.sharing import sharing_problems, sharing_remarks
from podspace.planning.specs import node_class, node_pool, spec_problems, spec_remarks
from podspace.planning.subnets import pod_subnets, subnet_problems, subnet_quota_problems, zones
from podspace.planning.vpc_cni import vpc_cni, vpc_cni_problems, vpc_cni_remarks


def plan_network(config: Config) -> Plan:
    """Decide everything about a pod network.

    Appending a zone to `pods.zones`, or a block to `pods.cidrs`, changes no subnet that was there before.

    Raises:
        InputError: AWS or the API server would refuse it, or pods would get no address; with every problem.
    """
    if problems := tuple(_problems(config)):
        raise InputError(problems)
    return Plan(
        name=config.name,
        region=config.environment.region,
        cluster_name=config.cluster.name,
        stack_name=stack_name(config),
        vpc=vpc(config),
        cluster=cluster(config),
        pods=_pod_network(config),
        pod_group=pod_group(config),
        node_role=node_role(config),
        endpoints=endpoints(config),
        flow_logs=flow_logs(config),
        node_classes=tuple(node_class(config, entry) for entry in config.node_classes),
        node_pools=tuple(node_pool(config, entry) for entry in config.node_pools),
        vpc_cni=vpc_cni(config),
        enable_network_policy=config.cluster.enable_network_policy,
        apply=config.apply,
        network_half=config.network_half,
        remarks=tuple(_remarks(config)),
    )


def _problems(config: Config) -> Iterator[Diagnostic]:
    yield from placement_problems(config)
    yield from sharing_problems(config)
    yield from block_problems(config)
    yield from subnet_problems(config)
    yield from subnet_quota_problems(config, others=_other_subnets(config))
    yield from new_vpc_problems(config)
    yield from ipv6_problems(config)
    yield from egress_problems(config)
    yield from endpoint_problems(config)
    yield from cluster_problems(config)
    yield from group_problems(config)
    yield from spec_problems(config)
    yield from vpc_cni_problems(config)


def _remarks(config: Config) -> Iterator[Diagnostic]:
    yield from placement_remarks(config)
    yield from sharing_remarks(config)
    yield from egress_remarks(config)
    yield from endpoint_remarks(config)
    yield from cluster_remarks(config)
    yield from group_remarks(config)
    yield from spec_remarks(config)
    yield from vpc_cni_remarks(config)


def _other_subnets(config: Config) -> int:
    """How many subnets of the VPC are known beside the pods' own."""
    existing = sum(map(len, (config.vpc.node_subnets or {}).values()))
    made = sum(1 for layout in (public_layout(config), node_layout(config)) if layout for _ in layout.shares())
    return existing + made + sum(len(block.other_subnets) for block in config.pods.cidrs)


def _pod_network(config: Config) -> PodNetworkPlan:
    handed_over = config.vpc.node_subnets is None and config.vpc.create is None and not config.network_half
    return PodNetworkPlan(
        zones=zones(config),
        blocks=tuple(Block(cidr=block.cidr, associated=block.associated) for block in config.pods.cidrs),
        subnets=tuple(pod_subnets(config)),
        route_tables=route_tables(config),
        gateways=gateways(config),
        subnet_ids=dict(config.pods.subnet_ids or {}),
        node_selector=selector(config, "nodes") if handed_over else {},
        shared_with=config.vpc.shared_with,
    )
