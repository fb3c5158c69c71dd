"""An address plan as JSON: all values of the tables, and those of each zone."""

from __future__ import annotations

from pydantic import JsonValue

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.capacity_facts import Json, answers, capacity, limits, rankings, units
from podspace.address_plan.group_rules import group_ids, rule_facts
from podspace.cost import Cost
from podspace.planning.addresses.room import BlockRoom


def plan_facts(plan: AddressPlan) -> Json:
    """An address plan as JSON; its remarks are diagnostics of the report."""
    return {
        "file": str(plan.path),
        "name": plan.plan.name,
        "cluster": plan.plan.cluster_name,
        "region": plan.plan.region,
        "zones": list(plan.plan.pods.zones),
        "addresses": _addresses(plan),
        "room": _room(plan),
        "capacity": capacity(plan),
        "limits_from_capacity": limits(plan),
        "rankings": rankings(plan),
        "question": {"pods": plan.question.pods, "nodes": plan.question.nodes} if plan.question else None,
        "answers": answers(plan),
        "network_address_usage": units(plan),
        "routes": _routes(plan),
        "security_group_ids": dict[str, JsonValue](group_ids(plan.plan)),
        "security_group_rules": rule_facts(plan.plan),
        "cost": _cost(plan.cost),
    }


def _addresses(plan: AddressPlan) -> Json:
    ipv6 = {subnet.cidr: str(subnet.ipv6_cidr) for subnet in plan.plan.pods.subnets if subnet.ipv6_cidr}
    return {
        "blocks": [_block(block) for block in plan.room.blocks],
        "vpc": _block(plan.room.primary) if plan.room.primary else None,
        "pod_subnets": [
            {
                "zone": subnet.zone,
                "cidr": str(subnet.cidr),
                "ipv6_cidr": ipv6.get(subnet.cidr),
                "addresses": subnet.usable,
                "prefixes": subnet.prefixes,
                "reservations": [str(part) for part in subnet.reservations],
            }
            for zone in plan.zones
            for subnet in zone.subnets
        ],
        "existing_pod_subnets": {zone: list(ids) for zone, ids in plan.plan.pods.subnet_ids.items()},
    }


def _block(block: BlockRoom) -> Json:
    parts: list[JsonValue] = [
        {"cidr": str(part.cidr), "use": part.use, "zone": part.zone or None} for part in block.parts
    ]
    return {"cidr": str(block.cidr), "associated": block.associated, "parts": parts}


def _room(plan: AddressPlan) -> Json:
    room = plan.room
    return {
        "zones": room.zones,
        "limit": room.limit,
        "next_zone": [str(cidr) for cidr in room.next_zone],
        "blocks": room.more_blocks,
        "block_quota": plan.plan.vpc.cidr_quota,
    }


def _routes(plan: AddressPlan) -> list[JsonValue]:
    gateways = {gateway.name: gateway for gateway in plan.plan.pods.gateways}
    return [
        {
            "route_table": each.name,
            "destination": route.destination,
            "gateway": route.gateway,
            "gateway_id": gateways[route.gateway].id or None,
            "kind": gateways[route.gateway].kind,
            "new": gateways[route.gateway].new,
            "used": route.used,
        }
        for each in plan.plan.pods.route_tables
        for route in each.all_routes
    ]


def _cost(cost: Cost) -> Json:
    return {
        "currency": "USD",
        "prices": {
            key: {"amount": price.amount, "source": price.source, "inferred": price.inferred}
            for key, price in cost.applied_prices.items()
        },
        "prices_region": cost.prices.region,
        "prices_date": cost.prices.date,
        "config_prices_as_of": cost.prices.as_of or None,
        "by_hour": [
            {
                "what": each.what,
                "units": each.units,
                "at_least": each.at_least,
                "price": each.price,
                "new": each.new,
                "monthly": round(cost.monthly(each), 2),
            }
            for each in cost.hourly
        ],
        "new_monthly": round(cost.new_monthly, 2),
        "existing_monthly": round(cost.existing_monthly, 2),
        "gb": cost.gb,
        "by_traffic": [
            {
                "to": list(each.to),
                "by": each.by,
                "used": each.used,
                "per_gb": round(cost.per_gb(each), 6),
                "monthly": round(cost.for_traffic(each), 2),
            }
            for each in cost.traffic
        ],
        "traffic_monthly": round(cost.traffic_monthly, 2),
    }
