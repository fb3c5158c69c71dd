"""How many nodes and pods fit, and whether the requested ones do, as JSON."""

from __future__ import annotations

from pydantic import JsonValue

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.nau import MOST, NAU_PAGE, QUOTA, Usage
from podspace.capacity import Answer, Fit, Node, NodeNeed, Rank, listed_source
from podspace.capacity.answer import Spread

Json = dict[str, JsonValue]


def capacity(plan: AddressPlan) -> Json:
    """The most nodes and pods of each instance type, with the source of its limits."""
    return {
        "limits": "EC2 DescribeInstanceTypes" if plan.described else listed_source().source,
        "limits_date": None if plan.described else listed_source().date,
        "inferred": ["pods_each", "takes.interfaces"],
        "fits": [_fit(each) for each in plan.fits],
    }


def answers(plan: AddressPlan) -> list[JsonValue]:
    """Whether the requested pods and nodes fit, with each instance type."""
    return [_answer(each, used) for each, used in plan.answers]


def units(plan: AddressPlan) -> Json:
    """Network Address Usage if the plan is full, and its quota."""
    return {
        "quota": QUOTA,
        "most": MOST,
        "source": NAU_PAGE,
        "full": [{**_node(each.node), **_usage(used)} for each, used in plan.usages],
    }


def _node(node: Node) -> Json:
    return {
        "instance_type": node.instance_type.name,
        "node_classes": list(node.node_classes),
        "ipv4_prefix_size": node.size,
    }


def _fit(each: Fit) -> Json:
    return {
        **_node(each.node),
        "ipv4_prefix_size": each.size,
        "planned": each.planned,
        "interfaces": each.node.instance_type.interfaces,
        "addresses_per_interface": each.node.instance_type.addresses,
        "pods_each": each.node.pods,
        "takes": taken(each.need),
        "zones": {zone: {"nodes": nodes, "pods": nodes * each.node.pods} for zone, nodes in each.by_zone.items()},
        "limited_by_node_subnets": list(each.by_node_subnets),
        "nodes": each.nodes if each.by_zone else None,
        "pods": each.pods if each.by_zone else None,
        "nodes_with_a_zone_lost": each.nodes_left if each.by_zone else None,
        "pods_with_a_zone_lost": each.pods_left if each.by_zone else None,
    }


def taken(need: NodeNeed) -> Json:
    """The addresses of a pod subnet that a node takes."""
    return {
        "prefixes": need.prefixes,
        "addresses": need.addresses,
        "interfaces": need.interfaces,
        "total": need.total,
    }


def limits(plan: AddressPlan) -> list[JsonValue]:
    """The limits of NodePools that follow from the capacity."""
    return [
        {
            "node_pool": each.pool,
            "nodes": each.nodes,
            "zones": dict[str, JsonValue](each.by_zone),
            "zones_lost": each.zones_lost,
            "instance_type": each.node.instance_type.name,
            "takes": taken(each.node.full_need),
        }
        for each in plan.plan.capacity_limits
    ]


def rankings(plan: AddressPlan) -> list[JsonValue]:
    """The instance types of NodePools, ranked, all of them."""
    return [
        {"node_pool": each.node_pool, "instance_types": [_rank(rank) for rank in each.ranks]} for each in plan.rankings
    ]


def _rank(rank: Rank) -> Json:
    return {
        "instance_type": rank.node.instance_type.name,
        "vcpus": rank.node.instance_type.cpu,
        "pods": rank.node.pods,
        "pods_per_vcpu": round(rank.pods_per_vcpu, 3),
        "ipv4_prefix_size": rank.node.size,
        "takes": taken(rank.node.full_need),
        "pods_per_address": round(rank.pods_per_address, 3),
    }


def _answer(each: Answer, used: Usage) -> Json:
    return {
        **_node(each.node),
        "nodes": each.nodes,
        "pods": each.pods,
        "pods_each": each.pods_each,
        "most_pods_each": each.node.pods,
        "fits": each.fits if each.known or each.pods_each > each.node.pods else None,
        "zones": _spread(each.spread),
        "fits_with_a_zone_lost": each.survives if each.known else None,
        "zone_lost": each.lost or None,
        "zones_left": _spread(each.spread_left),
        "network_address_usage": _usage(used),
    }


def _spread(spread: Spread) -> Json:
    return {zone: {"nodes": share, "room": spread.room[zone]} for zone, share in spread.shares.items()}


def _usage(used: Usage) -> Json:
    return {
        "units_each": used.node,
        "nodes": used.nodes,
        "units_of_gateways_and_endpoints": used.others,
        "units": used.units,
        "over": used.over,
        "nodes_within_quota": used.most_nodes,
    }
