"""Instance types of a NodePool are ranked by the pods of their vCPUs and of their addresses."""

from __future__ import annotations

from itertools import pairwise

from podspace.capacity import listed, ranking
from tests.podspace.capacity.test_limit import a_pool

ANY = list(listed())


def test_most_pods_for_each_vcpu_come_first_then_for_each_address_then_by_size() -> None:
    ranks = ranking(a_pool(types=ANY))
    assert len(ranks) > 1000
    keys = [(-each.pods_per_vcpu, -each.pods_per_address, each.node.instance_type.by_size) for each in ranks]
    assert keys == sorted(keys)
    assert all(one != two for one, two in pairwise(keys))


def test_the_numbers_are_those_of_a_full_node() -> None:
    """An m5.large has 18 pods, 2 vCPUs, and takes two prefixes and an address of an interface."""
    (rank,) = ranking(a_pool(types=["m5.large"]))
    assert (rank.pods_per_vcpu, rank.pods_per_address) == (9, 18 / 33)
    (single,) = ranking(a_pool(types=["m5.large"], single=True))
    assert single.pods_per_address == 18 / 20


def test_a_type_that_runs_no_pods_is_not_ranked() -> None:
    """An hpc6id.32xlarge has no interface for pods."""
    assert not ranking(a_pool(types=["hpc6id.32xlarge"]))
