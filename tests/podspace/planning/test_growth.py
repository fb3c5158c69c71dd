"""Plans grow by appending: nothing that was there before changes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.planning import Plan, Resource, manifests
from tests.mother import ZONES, a_plan

BLOCKS = [f"100.{64 + n}.0.0/16" for n in range(6)]


def grown(zones: int, blocks: int, egress: str) -> Plan:
    """A plan of so many zones and blocks; every prefix of a sequence of appends is one of these."""
    kinds: dict[str, list[dict[str, str]]] = {
        "none": [],
        "shared": [{"to": "internet", "nat_gateways": "shared"}],
        "new": [{"to": "internet", "new_nat_gateways": "per_zone"}],
        "existing": [{"to": "internet", "nat_gateways": "per_zone"}],
    }
    return a_plan(
        {
            "pods.cidrs": BLOCKS[:blocks],
            "pods.zones": ZONES[:zones],
            "pods.subnet_prefix": 19,
            "vpc.cidr_quota": 20,
            "egress": kinds[egress],
        }
    )


@st.composite
def appends(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Sizes (zones, blocks) that each append one zone or one block to those before."""
    sizes = [(draw(st.integers(1, 3)), draw(st.integers(1, 3)))]
    for zone in draw(st.lists(st.booleans(), min_size=1, max_size=5)):
        zones, blocks = sizes[-1]
        sizes.append((min(zones + 1, len(ZONES)), blocks) if zone else (zones, min(blocks + 1, len(BLOCKS))))
    return sizes


def parts(plan: Plan) -> dict[str, Any]:
    """Everything a plan makes, by what identifies it."""
    return {
        **{f"block {block.cidr}": asdict(block) for block in plan.pods.blocks},
        **{f"subnet {subnet.cidr}": asdict(subnet) for subnet in plan.pods.subnets},
        **{f"table {table.name}": asdict(table) for table in plan.pods.route_tables},
        **{f"gateway {gateway.name}": asdict(gateway) for gateway in plan.pods.gateways},
        **{f"rule {rule.on} {rule.source} {rule.ports}": asdict(rule) for rule in plan.pod_group.rules},
        "group": (plan.pod_group.kind, plan.pod_group.description, plan.pod_group.tags),
        "role": asdict(plan.node_role),
        "classes": [node_class.manifest() for node_class in plan.node_classes],
        "pools": [node_pool.manifest() for node_pool in plan.node_pools],
    }


def resources(plan: Plan) -> list[Resource]:
    """The inventory, without the keys of the config that it follows from."""
    return [replace(resource, keys=()) for resource in plan.resources()]


@given(appends(), st.sampled_from(["none", "shared", "new", "existing"]))
@settings(deadline=None)
def test_appending_zones_and_blocks_changes_nothing_that_was_there(sizes: list[tuple[int, int]], egress: str) -> None:
    plans = [parts(grown(zones, blocks, egress)) for zones, blocks in sizes]
    # The node subnets of a new zone are selected too, so manifests are compared where zones stay.
    for (before_size, before), (after_size, after) in zip(
        zip(sizes, plans, strict=True), list(zip(sizes, plans, strict=True))[1:], strict=False
    ):
        same = set(before) - (set() if before_size[0] == after_size[0] else {"classes"})
        assert {name: before[name] for name in same} == {name: after.get(name) for name in same}


@given(st.integers(1, 6), st.integers(1, 6))
@settings(deadline=None)
def test_the_equivalent_map_plans_the_same_network(zones: int, blocks: int) -> None:
    listed = grown(zones, blocks, "shared")
    mapped = a_plan(
        {
            "pods.cidrs": BLOCKS[:blocks],
            "pods.zones": None,
            "pods.subnet_prefix": None,
            "pods.subnets": {
                zone: [str(subnet.cidr) for subnet in listed.pods.subnets if subnet.zone == zone]
                for zone in listed.pods.zones
            },
            "vpc.cidr_quota": 20,
            "egress": [{"to": "internet", "nat_gateways": "shared"}],
        }
    )
    assert resources(mapped) == resources(listed)
    assert manifests(mapped) == manifests(listed)
