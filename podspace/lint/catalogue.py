"""Every rule, by the part of a deployment it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from podspace.lint.rule import Rule
from podspace.lint.rules import (
    access_entries,
    blocks,
    cidrs,
    cluster_role,
    cluster_settings,
    empty_selectors,
    endpoints,
    eni_configs,
    flow_logs,
    nat_gateways,
    network_acls,
    node_pools,
    node_role,
    order,
    reach,
    routes,
    security_groups,
    selectors,
    subnets,
    ways_out,
    zones,
)

PARTS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Format of CIDR blocks": cidrs.RULES,
    "Blocks": blocks.RULES,
    "Subnets": subnets.RULES,
    "Egress routes": ways_out.RULES,
    "Routes": routes.RULES,
    "NAT gateways": nat_gateways.RULES,
    "Traffic to and from pods": reach.RULES,
    "Network ACLs": network_acls.RULES,
    "Order of creation": order.RULES,
    "Endpoints": endpoints.RULES,
    "Flow logs": flow_logs.RULES,
    "Security groups": security_groups.RULES,
    "Access entries": access_entries.RULES,
    "Role of the nodes": node_role.RULES,
    "Cluster": cluster_role.RULES,
    "Settings of the cluster": cluster_settings.RULES,
    "Selectors that match nothing": empty_selectors.RULES,
    "Selectors that match too much": selectors.RULES,
    "Zones": zones.RULES,
    "ENIConfigs": eni_configs.RULES,
    "Manifests": node_pools.RULES,
}

RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rules in PARTS.values() for rule in rules}
"""Rules by their ids."""
