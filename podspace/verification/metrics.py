"""The metrics of `podspace verify`, by names that stay; docs/observability.md lists them.

What could not be read has no sample: a 0 always was counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from podspace.reporting.metric import Metric, Sample
from podspace.verification.days_left import DaysLeft
from podspace.verification.network_space import NetworkSpace
from podspace.verification.pod_census import Pool, PoolUse
from podspace.verification.subnet_space import SubnetSpace, SubnetUse

_SECONDS_OF_A_DAY: Final = 86_400


_OfSubnet = Callable[[SubnetUse, SubnetSpace], float]
_OF_SUBNETS: Final[tuple[tuple[str, str, bool, _OfSubnet], ...]] = (
    (
        "podspace_subnet_addresses",
        "Single IPv4 addresses of a pod subnet when it is empty, outside of its reservations for prefixes.",
        False,
        lambda _, space: space.all_addresses,
    ),
    (
        "podspace_subnet_addresses_free",
        "Single IPv4 addresses of a pod subnet that are free, outside of its reservations for prefixes.",
        False,
        lambda subnet, space: subnet.free_of(space),
    ),
    (
        "podspace_subnet_prefixes",
        "Whole /28 prefixes of a pod subnet when it is empty, in its reservations for prefixes if it has some.",
        True,
        lambda _, space: space.all_prefixes,
    ),
    (
        "podspace_subnet_prefixes_free",
        "Free whole /28 prefixes of a pod subnet; an upper bound if other accounts have network interfaces in it.",
        True,
        lambda _, space: space.prefixes,
    ),
    (
        "podspace_subnet_fragmentation_ratio",
        "Share of the free addresses of a pod subnet, where prefixes come from, that are in no whole free /28.",
        True,
        lambda _, space: space.fragmentation,
    ),
)
"""Name, help, whether it is about prefixes, and value of the metrics of a subnet."""


def metrics_of(
    *,
    at: datetime,
    readable: Mapping[str, bool],
    spaces: Iterable[NetworkSpace],
    pools: Mapping[Pool, PoolUse],
    nodes_known: bool,
    pods_known: bool,
) -> tuple[Metric, ...]:
    """The metrics of a verification, in a fixed order.

    Args:
        at: when the cluster and the account were read.
        readable: whether all objects of each kind could be read, by its plural.
        spaces: the pod subnets of each network whose account was read.
        pools: the nodes and pods of each pool.
        nodes_known: whether all nodes are known.
        pods_known: whether all pods, and the nodes that they are on, are known.
    """
    every = list(spaces)
    known = [each for each in every if each.readable]
    return (
        Metric(
            name="podspace_read_timestamp_seconds",
            help="Unix time when the cluster and the account were read.",
            samples=[Sample(value=int(at.timestamp()))],
        ),
        Metric(
            name="podspace_readable",
            help="1 if all of a source could be read, else 0; a source that could not be read has no other metrics.",
            samples=[
                *(Sample(value=whole, labels={"source": kind}) for kind, whole in readable.items()),
                *(Sample(value=e.readable, labels={"source": "subnets", "network": e.network}) for e in every),
            ],
        ),
        *_subnet_metrics(known),
        Metric(
            name="podspace_zone_left_seconds",
            help="Seconds until no address, or no whole /28 prefix, of a zone is free at the growth since the reading "
            "that --since names; +Inf if no more is in use than then. 86400 seconds are a day.",
            samples=[sample for space in known for left in space.left for sample in _left(space.network, left)],
        ),
        Metric(
            name="podspace_nodes",
            help="Nodes by NodePool or managed node group, and zone.",
            samples=[
                Sample(value=use.nodes, labels=_pool_labels(pool))
                for pool, use in (pools.items() if nodes_known else ())
                if use.nodes
            ],
        ),
        Metric(
            name="podspace_pods",
            help="Pods by NodePool or managed node group of their node, zone, and state of their addresses.",
            samples=[
                Sample(value=count, labels={**_pool_labels(pool), "state": state.name.lower()})
                for pool, use in (pools.items() if pods_known else ())
                for state, count in sorted(use.pods.items())
            ],
        ),
    )


def _subnet_metrics(spaces: Iterable[NetworkSpace]) -> tuple[Metric, ...]:
    found = [(space, subnet, subnet.space) for space in spaces for subnet in space.subnets]
    return tuple(
        Metric(
            name=name,
            help=help_,
            samples=[
                Sample(value=value(subnet, free), labels=_subnet_labels(space, subnet))
                for space, subnet, free in found
                if space.takes_prefixes or not of_prefixes
            ],
        )
        for name, help_, of_prefixes, value in _OF_SUBNETS
    )


def _subnet_labels(space: NetworkSpace, subnet: SubnetUse) -> Mapping[str, str]:
    return {"network": space.network, "zone": subnet.zone, "subnet": subnet.id, "cidr": str(subnet.cidr)}


def _left(network: str, left: DaysLeft) -> Iterable[Sample]:
    for what, days in (("addresses", left.addresses), ("prefixes", left.prefixes)):
        if days is not None:
            labels = {"network": network, "zone": left.zone, "resource": what}
            yield Sample(value=days if math.isinf(days) else round(days * _SECONDS_OF_A_DAY), labels=labels)


def _pool_labels(pool: Pool) -> Mapping[str, str]:
    return {
        "network": pool.network,
        "node_pool": pool.node_pool,
        "node_group": pool.node_group,
        "zone": pool.zone,
    }
