"""A change of snatPolicy says which other networks see other addresses of pods."""

from __future__ import annotations

import pytest

from podspace.diff.change import Change
from podspace.diff.comparison import compare
from podspace.diff.source_addresses import SOURCE_ADDRESSES
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

TRANSIT: Changes = {
    "vpc.peers": ["10.64.0.0/16"],
    "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
    "egress": [{"to": ["internet", "10.128.0.0/9"], "transit_gateway": "tgw-00000001"}],
}


def policy(value: str | None) -> Changes:
    return {**TRANSIT, "node_classes": [{"name": "class", "snat_policy": value}, {"name": "other"}], "node_pools": []}


def found(old: Changes, new: Changes) -> list[Change]:
    return [change for change in compare(a_plan(old), a_plan(new)) if change.kind == SOURCE_ADDRESSES]


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("Disabled", "Random", "the addresses of nodes instead of those of pods (100.64.0.0/16)"),
        ("Random", "Disabled", "the addresses of pods (100.64.0.0/16) instead of those of nodes"),
        (None, "Disabled", "the addresses of pods (100.64.0.0/16) instead of those of nodes"),
    ],
)
def test_other_networks_see_the_addresses_of_nodes_or_of_pods(old: str | None, new: str, seen: str) -> None:
    (change,) = found(policy(old), policy(new))
    assert change.name == "of pods of NodeClass class"
    assert change.severity == "warning"
    assert seen in change.advice.cause
    for other in ("peered VPC 10.64.0.0/16", "the internet", "network 10.128.0.0/9"):
        assert other in change.advice.cause
    assert change.advice.steps


def test_the_default_is_random() -> None:
    assert not found(policy(None), policy("Random"))


def test_managed_node_groups_have_a_policy_of_their_own() -> None:
    old, new = ({**TRANSIT, "vpc_cni": {"snat_policy": value}} for value in ("Random", "Disabled"))
    (change,) = found(old, new)
    assert (change.name, change.text) == ("of pods of managed node groups", "snatPolicy Random to Disabled")
    assert change.severity == "warning"


def test_ipv6_pods_keep_their_addresses() -> None:
    old, new = ({**AN_IPV6_CLUSTER, "node_classes": [{"name": "class", "snat_policy": value}]} for value in ("Random", "Disabled"))  # fmt: skip
    assert not found(old, new)
