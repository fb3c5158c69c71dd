"""What exists, from the ids of a config file, or from the VPC that the same stack makes."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_lib import ClusterVpc, HandedOver
from podspace.planning import SHARED, Config, Gateway, Plan
from podspace.planning.config import EgressConfig
from podspace.planning.gateways import gateway_name, transit_gateway_name


class ExistingVpc:
    """A VPC named by its id, with its node subnets.

    Attributes:
        vpc_id: the VPC's id.
        node_subnet_ids: by zone.
    """

    def __init__(self, config: Config) -> None:
        self.vpc_id = config.vpc.id or ""
        self.node_subnet_ids = dict(config.vpc.node_subnets or {})


def handed_over(config: Config, plan: Plan, vpc: ClusterVpc | ExistingVpc) -> HandedOver:
    """What the ways out of the plan need, by the plan's names."""
    handed = HandedOver(
        nat_gateways=_by_name(config, plan, "nat_gateways"),
        public_subnets=_by_name(config, plan, "new_nat_gateways"),
        routable_subnets=_by_name(config, plan, "private_nat_gateways"),
        allocation_ids=_allocations(config),
        transit_gateways={
            transit_gateway_name(config, entry): entry.transit_gateway
            for entry in config.egress
            if entry.transit_gateway
        },
        attachment_subnets={
            f"{transit_gateway_name(config, entry)}-{zone}": subnet
            for entry in config.egress
            if isinstance(entry.attachment_subnets, Mapping)
            for zone, subnet in entry.attachment_subnets.items()
        },
        egress_only_gateways={
            gateway_name(config, entry, SHARED): entry.egress_only_gateway
            for entry in config.egress
            if entry.egress_only_gateway not in (None, "new")
        },
        route_tables={table.name: table.name for table in plan.pods.route_tables if not table.new},
    )
    if isinstance(vpc, ClusterVpc):
        _of_new_vpc(handed, plan, vpc)
    return handed


def _by_name(config: Config, plan: Plan, kind: str) -> dict[str, str]:
    """Ids of gateways or subnets, by the plan's name for the gateway."""
    return {
        gateway_name(config, entry, zone): id
        for entry in config.egress
        if entry.kind == kind and entry.gateways
        for zone, id in (entry.gateways.ids or {}).items()
        if zone == SHARED or zone in plan.pods.zones
    }


def _allocations(config: Config) -> dict[str, tuple[str, ...]]:
    return {name: ids for entry in config.egress for name, ids in _allocations_of(config, entry)}


def _allocations_of(config: Config, entry: EgressConfig) -> list[tuple[str, tuple[str, ...]]]:
    if isinstance(entry.regional_nat_gateway, Mapping):
        name = gateway_name(config, entry, SHARED)
        return [(f"{name}-{zone}", ids) for zone, ids in entry.regional_nat_gateway.items()]
    if isinstance(entry.allocation_ids, Mapping):
        return [(gateway_name(config, entry, zone), ids) for zone, ids in entry.allocation_ids.items()]
    return []


def _of_new_vpc(handed: HandedOver, plan: Plan, vpc: ClusterVpc) -> None:
    """In a VPC that is made here, public gateways stand in its public subnets, and all else in its node subnets."""

    def subnet(gateway: Gateway, subnets: Mapping[str, tuple[str, ...]]) -> str:
        return subnets[next(iter(gateway.zones or plan.pods.zones))][0]

    made = [gateway for gateway in plan.pods.gateways if gateway.new]
    handed["public_subnets"] = {g.name: subnet(g, vpc.public_subnet_ids) for g in made if g.kind == "nat_gateway"}
    handed["routable_subnets"] = {
        g.name: subnet(g, vpc.node_subnet_ids) for g in made if g.kind == "private_nat_gateway"
    }
    handed["attachment_subnets"] = {
        f"{g.name}-{zone}": vpc.node_subnet_ids[zone][0]
        for g in made
        if g.kind == "transit_gateway"
        for zone in g.zones
    }
    handed["route_tables"] = vpc.route_table_ids
    handed["internet"] = vpc.internet
