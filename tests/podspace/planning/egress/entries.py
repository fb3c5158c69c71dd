"""Entries of the `egress` section, for the tests of every kind of gateway."""

from __future__ import annotations

from typing import Any

from tests.mother import Changes, a_plan

DISABLED = {"node_classes.0.snat_policy": "Disabled"}
ZONES = ("eu-west-1a", "eu-west-1b")
NAT = dict(zip(ZONES, ("nat-0000000a", "nat-0000000b"), strict=True))
SUBNETS = dict(zip(ZONES, ("subnet-0000001a", "subnet-0000001b"), strict=True))
ADDRESSES = {zone: [f"eipalloc-0000000{n}", f"eipalloc-0000001{n}"] for n, zone in enumerate(ZONES)}
INTERNET = {"to": "internet", "nat_gateways": NAT}
CORPORATE = {"to": ["10.128.0.0/9", {"prefix_list": "pl-0000000a", "max_entries": 20}], "private_nat_gateways": SUBNETS}
TRANSIT = {"to": "internet", "transit_gateway": "tgw-0000000a"}
UNIQUE = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}
"""Pod addresses that no other network behind a transit gateway uses."""


def egress(*entries: dict[str, Any], **changes: Any) -> Changes:
    """These entries, with pods that use the routes of the pod subnets."""
    return {"egress": list(entries), **DISABLED, **changes}


def to_internet(kind: str, gateways: Any) -> Changes:
    """One entry to the internet, with the default snatPolicy."""
    return {"egress": [{"to": "internet", kind: gateways}]}


def table(changes: Changes, name: str) -> dict[str, str]:
    """The gateway of each destination of a route table."""
    (found,) = (table for table in a_plan(changes).pods.route_tables if table.name == name)
    return {route.destination: route.gateway for route in found.routes}
