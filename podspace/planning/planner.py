"""From a config to a plan: the network is resolved once, checked by rules, and turned into a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import ValidationError

from podspace.api import problems_of, without_echoes
from podspace.diagnostic import Diagnostic, InputError
from podspace.planning.addresses.blocks import block_problems
from podspace.planning.addresses.ipv6 import ipv6_problems
from podspace.planning.addresses.local_zones import local_zone_problems, local_zone_remarks
from podspace.planning.addresses.new_vpc import new_vpc_problems, vpc
from podspace.planning.addresses.placement import placement_problems, placement_remarks
from podspace.planning.addresses.plan import CidrBlock
from podspace.planning.addresses.pod_subnets import subnet_problems
from podspace.planning.addresses.sharing import sharing_problems, sharing_remarks
from podspace.planning.cluster.cluster import cluster, cluster_problems, cluster_remarks, node_role
from podspace.planning.cluster.group_checks import group_problems, group_remarks
from podspace.planning.config import Config
from podspace.planning.consequences import without_consequences
from podspace.planning.egress.routes import egress_plans
from podspace.planning.egress.rules import egress_problems, egress_remarks
from podspace.planning.network import Network
from podspace.planning.nodes.limits import capacity_problems, limit_problems, limit_remarks
from podspace.planning.nodes.specs import node_class, node_pool, spec_problems, spec_remarks
from podspace.planning.nodes.vpc_cni import vpc_cni, vpc_cni_problems, vpc_cni_remarks
from podspace.planning.plan import Plan, PodNetworkPlan, StackPlan
from podspace.planning.services.endpoints import endpoint_problems, endpoint_remarks, endpoints
from podspace.planning.services.flow_logs import flow_log_problems, flow_logs
from podspace.planning.services.monitoring import monitoring, monitoring_problems, monitoring_remarks
from podspace.planning.services.prices import prices


def plan_network(config: Config) -> Plan:
    """The plan of a pod network.

    Appending a zone to `pods.zones`, or a CIDR block to `pods.cidrs`, changes no existing subnet.

    Raises:
        InputError: AWS or the API server would refuse a resource, or pods would get no address; the exception has every
            error.
    """
    return plan_of(Network(config))


def plan_of_data(data: Mapping[str, object]) -> Plan:
    """The plan of the sections of a config, as a YAML file or a CDK app has them.

    Raises:
        InputError: a section is invalid, AWS or the API server would refuse a resource, or pods would get no address.
    """
    try:
        config = parsed_config(data)
    except ValidationError as error:
        raise InputError(without_echoes(config_problems(error, data))) from None
    return plan_network(config)


def parsed_config(data: object) -> Config:
    """The config of sections, with keys spelled as in a file.

    Raises:
        pydantic.ValidationError: a section is invalid; see `config_problems`.
    """
    return Config.model_validate(data, by_name=True, by_alias=False)


def config_problems(error: ValidationError, data: object) -> list[Diagnostic]:
    """The errors that pydantic finds in the sections of a config, each with an id."""
    found = problems_of(error, model=Config, data=data)
    return [replace(problem, id=problem.id or "invalid-config") for problem in found]


def plan_of(network: Network) -> Plan:
    """The plan of a resolved network.

    Raises:
        InputError: AWS or the API server would refuse a resource, or pods would get no address.
    """
    # Capacity follows from every section, so it is judged once these are right.
    problems = without_consequences(tuple(network_problems(network))) or tuple(capacity_problems(network))
    if problems:
        raise InputError(problems)
    config = network.config
    return Plan(
        name=config.name,
        stack=StackPlan(
            name=network.stack_name,
            region=network.region,
            account=config.environment.account or "",
            tags=config.stack.tags,
            termination_protection=config.stack.termination_protection,
            permissions_boundary=config.stack.permissions_boundary or "",
        ),
        vpc=vpc(network),
        cluster=cluster(network),
        pods=_pod_network(network),
        zone_rooms=network.zone_rooms,
        pod_group=network.pod_group,
        node_role=node_role(network),
        endpoints=endpoints(network),
        flow_logs=flow_logs(network),
        monitoring=monitoring(network),
        node_classes=tuple(node_class(network, entry) for entry in config.node_classes),
        node_pools=tuple(node_pool(network, entry) for entry in config.node_pools),
        capacity_limits=network.capacity_limits,
        vpc_cni=vpc_cni(network),
        enable_network_policy=config.cluster.enable_network_policy,
        apply=config.apply,
        network_half=network.network_half,
        prices=prices(network),
        remarks=tuple(network_remarks(network)),
    )


def network_problems(network: Network) -> Iterator[Diagnostic]:
    """Every error of a network, including those that follow from another one."""
    yield from placement_problems(network)
    yield from sharing_problems(network)
    yield from block_problems(network)
    yield from subnet_problems(network)
    yield from new_vpc_problems(network)
    yield from ipv6_problems(network)
    yield from local_zone_problems(network)
    yield from egress_problems(network)
    yield from endpoint_problems(network)
    yield from flow_log_problems(network)
    yield from monitoring_problems(network)
    yield from cluster_problems(network)
    yield from group_problems(network)
    yield from spec_problems(network)
    yield from limit_problems(network)
    yield from vpc_cni_problems(network)


def network_remarks(network: Network) -> Iterator[Diagnostic]:
    """Every note and warning about a network."""
    yield from placement_remarks(network)
    yield from sharing_remarks(network)
    yield from local_zone_remarks(network)
    yield from egress_remarks(network)
    yield from endpoint_remarks(network)
    yield from monitoring_remarks(network)
    yield from cluster_remarks(network)
    yield from group_remarks(network)
    yield from spec_remarks(network)
    yield from limit_remarks(network)
    yield from vpc_cni_remarks(network)


def _pod_network(network: Network) -> PodNetworkPlan:
    vpc, pods = network.config.vpc, network.config.pods
    tagged = vpc.node_subnets is None and vpc.create is None and not network.network_half
    return PodNetworkPlan(
        zones=network.zones,
        blocks=tuple(
            CidrBlock(
                cidr=block.cidr, associated=block.associated, unique=block.unique, other_subnets=block.other_subnets
            )
            for block in pods.cidrs
        ),
        subnets=network.pod_subnets,
        route_tables=network.route_tables,
        gateways=network.gateways,
        subnet_ids=dict(pods.subnet_ids or {}),
        layout=network.pod_layout,
        egress=tuple(egress_plans(network)),
        prefix_lists={id: each.max_entries for id, each in network.prefix_lists.items()},
        route_use=network.route_use,
        selector=network.selector("pods"),
        node_selector=network.selector("nodes") if tagged else {},
        shared_with=vpc.shared_with,
    )
