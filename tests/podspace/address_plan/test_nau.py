"""Network Address Usage counts interfaces, addresses, prefixes and pods."""

from __future__ import annotations

from podspace.address_plan.nau import QUOTA, usage
from podspace.capacity import NodeNeed
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

TWO_PREFIXES = NodeNeed(prefixes=2, addresses=0, interfaces=1)


def test_a_node_counts_its_address_its_pod_interfaces_what_they_carry_and_its_pods() -> None:
    """An interface counts for itself and for its address."""
    used = usage(a_plan({"egress": []}), need=TWO_PREFIXES, pods=18, nodes=10)
    assert used.node == 1 + 2 + 2 + 18
    assert used.units == 10 * used.node


def test_more_of_anything_counts_more() -> None:
    """Single addresses too."""
    plan = a_plan()
    least = usage(plan, need=TWO_PREFIXES, pods=1, nodes=1).node
    for need, pods in (
        (NodeNeed(prefixes=3, addresses=0, interfaces=1), 1),
        (NodeNeed(prefixes=2, addresses=1, interfaces=1), 1),
        (NodeNeed(prefixes=2, addresses=0, interfaces=2), 1),
        (TWO_PREFIXES, 2),
    ):
        assert usage(plan, need=need, pods=pods, nodes=1).node > least


def test_gateways_and_endpoints_count_six_each() -> None:
    """An interface endpoint in each of its zones, and an egress-only gateway nothing."""

    def others(changes: Changes) -> int:
        return usage(a_plan(changes), need=TWO_PREFIXES, pods=1, nodes=0).units

    assert others({"egress": []}) == 0
    assert others({}) == 2 * 6
    assert others({"egress": [{"to": "internet", "nat_gateways": "nat-0000000a"}]}) == 6
    twice = {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000a"}
    assert others({"egress": [{"to": "internet", "nat_gateways": twice}]}) == 6
    assert others({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}) == 6
    addresses = {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]}
    assert others({"egress": [{"to": "internet", "regional_nat_gateway": addresses}]}) == 2 * 6
    egress_only = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "new"}]}
    assert others(egress_only) == 0
    assert others({"egress": [], "endpoints": {"interfaces": {"services": ["sts", "ec2"]}}}) == 2 * 2 * 6
    assert others({"egress": [], "endpoints": {"gateways": ["s3"]}}) == 0


def test_the_quota_is_passed_by_one_node_more_than_it_holds() -> None:
    """Beside the gateways."""
    plan = a_plan()
    most = usage(plan, need=TWO_PREFIXES, pods=18, nodes=0).most_nodes
    assert not usage(plan, need=TWO_PREFIXES, pods=18, nodes=most).over
    more = usage(plan, need=TWO_PREFIXES, pods=18, nodes=most + 1)
    assert more.over
    assert more.units > QUOTA
