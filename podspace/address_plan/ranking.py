"""The instance types that NodePools admit, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podspace.capacity import Rank, pool_of, ranking
from podspace.capacity.node_pool_option import node_pool_problems
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning import NetworkFile, Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """The instance types that a NodePool admits, best first; none if the table has no such type that runs pods."""

    node_pool: str
    ranks: tuple[Rank, ...]


def ranked_pools(files: Sequence[NetworkFile], names: Sequence[str]) -> tuple[str, ...]:
    """The names of the NodePools to rank: the requested ones, otherwise all of the files.

    Raises:
        InputError: no file has a NodePool, or none has one of that name; with each name, and similar ones.
    """
    known = tuple(dict.fromkeys(pool.metadata.name for file in files for pool in file.plan.node_pools))
    if not known:
        must = "must be a config with node_pools: --rank ranks the instance types that a NodePool admits"
        raise InputError(
            [
                Diagnostic(id="no-node-pool", location=Location(path="--rank"), subject=str(file.path), message=must)
                for file in files
            ]
        )
    if unknown := [*node_pool_problems(names, known=known)]:
        raise InputError(unknown)
    return tuple(dict.fromkeys(names or known))


def rankings(plan: Plan, names: Sequence[str]) -> tuple[Ranking, ...]:
    """The rankings of the NodePools of a plan that have one of these names."""
    classes = {node_class.metadata.name: node_class.spec for node_class in plan.node_classes}
    ipv6 = plan.cluster.ip_family == "ipv6"
    return tuple(
        Ranking(
            node_pool=pool.metadata.name,
            ranks=ranking(
                pool_of(pool, classes[pool.spec.template.spec.node_class_ref.name], ipv6=ipv6, zones=plan.pods.zones)
            ),
        )
        for pool in plan.node_pools
        if pool.metadata.name in names
    )
