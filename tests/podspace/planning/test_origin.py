"""The existing resources of a plan."""

from __future__ import annotations

import pytest

from podspace.planning.origin import existing_ids
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({}, {"cluster", "nat-0000000a", "nat-0000000b"}),
        (AN_IPV6_CLUSTER, {"cluster"}),
        ({"egress": []}, {"cluster"}),
    ],
    ids=["NAT gateways", "IPv6", "no egress"],
)
def test_existing_resources_are_listed_without_the_addresses_of_networks(changes: Changes, ids: set[str]) -> None:
    assert ids <= set(existing_ids(a_plan(changes)))


def test_what_the_stack_creates_is_not_listed() -> None:
    assert not [id for id in existing_ids(a_plan({**A_NEW_VPC, **A_NEW_CLUSTER})) if id.startswith(("vpc-", "cluster"))]
