"""From what is asked for to what will be."""

from __future__ import annotations

from podspace.planning.blocks import block_problems
from podspace.planning.config import Config
from podspace.planning.egress import egress_problems, egress_remarks, nat_gateways, route_tables
from podspace.planning.groups import group_problems, group_remarks, pod_group
from podspace.planning.naming import role_name, selector, stack_name, subnet_tags, tags_named
from podspace.planning.placement import placement_problems, placement_remarks
from podspace.planning.plan import Block, NodeRolePlan, Plan, PodNetworkPlan, PodSubnet
from podspace.planning.specs import node_class, node_pool, spec_problems, spec_remarks
from podspace.planning.subnets import block_of, shares, subnet_problems, zones
from podspace.problem import PlanError


def plan_network(config: Config) -> Plan:
    """Decide everything about a pod network.

    Appending a zone to `pods.zones`, or a block to `pods.cidrs`, changes no subnet that was there before.

    Raises:
        PlanError: AWS or the API server would refuse it, or pods would get no address; with every problem.
    """
    problems = [
        *placement_problems(config),
        *block_problems(config),
        *subnet_problems(config),
        *egress_problems(config),
        *group_problems(config),
        *spec_problems(config),
    ]
    if problems:
        raise PlanError(problems)
    return Plan(
        name=config.name,
        region=config.environment.region,
        cluster_name=config.cluster.name,
        stack_name=stack_name(config),
        pods=_pod_network(config),
        pod_group=pod_group(config),
        node_role=_node_role(config),
        node_classes=tuple(node_class(config, entry) for entry in config.node_classes),
        node_pools=tuple(node_pool(config, entry) for entry in config.node_pools),
        enable_network_policy=config.cluster.enable_network_policy,
        remarks=(
            *placement_remarks(config),
            *egress_remarks(config),
            *group_remarks(config),
            *spec_remarks(config),
        ),
    )


def _pod_network(config: Config) -> PodNetworkPlan:
    made = config.pods.subnet_ids is None
    return PodNetworkPlan(
        zones=zones(config),
        blocks=tuple(Block(cidr=block.cidr, associated=block.associated) for block in config.pods.cidrs),
        subnets=tuple(
            PodSubnet(zone=share.zone, cidr=share.cidr, block=block, tags=subnet_tags(config, share.zone))
            for share in shares(config)
            if (block := block_of(config, share.cidr))
        ),
        route_tables=route_tables(config) if made else (),
        nat_gateways=nat_gateways(config),
        subnet_ids=dict(config.pods.subnet_ids or {}),
        node_selector=selector(config, "nodes") if config.vpc.node_subnets is None else {},
    )


def _node_role(config: Config) -> NodeRolePlan:
    role = config.cluster.node_role
    name = role_name(config)
    return NodeRolePlan(
        name=name,
        created=role.create,
        access_entry=role.create or bool(role.access_entry),
        cluster_name=config.cluster.name,
        tags=tags_named(config, name),
    )
