"""Switching the built-in node pools of a deployed cluster on or off, which changes who creates an access entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from podspace.diff.change import Advice, Change
from podspace.planning import Plan
from podspace.planning.cluster.resources import NODE_ENTRY

_POOLS: Final = "built-in node pools"
_ENTRY: Final = f"access entry {NODE_ENTRY}"
_ENTRIES: Final = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"
_ON: Final = Advice(
    cause="EKS creates an access entry for the role of its built-in node pools, and the stack has created one for this "
    "role: EKS refuses the second one, or the stack deletes the only one, and nodes of the role leave the cluster",
    keep="keep cluster.create.built_in_node_pools empty",
    steps=(
        "create NodePools with the requirements and taints of the built-in ones",
        "give them a NodeClass without pod subnets if their pods are to stay in the node subnets",
    ),
    source=_ENTRIES,
    inferred=True,
)
_OFF: Final = Advice(
    cause="EKS has created the access entry of the node role together with its built-in node pools: if it stays, EKS "
    "refuses the one of the stack; if it goes, nodes of the role leave the cluster until there is another one",
    keep="keep one of cluster.create.built_in_node_pools",
    steps=(
        "keep `system`, which runs only pods that tolerate the taint CriticalAddonsOnly, and remove `general-purpose`",
    ),
    source=_ENTRIES,
    inferred=True,
)
_ROLE: Final = Advice(
    cause="EKS does not change the role of its built-in node pools",
    keep="keep cluster.node_role",
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_ComputeConfigRequest.html",
)


def built_in_pool_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """A refused change if a cluster gets its first built-in node pool, loses its last one, or changes their role."""
    if old.cluster.new is None or new.cluster.new is None:
        return
    before, after = old.cluster.new.built_in_node_pools, new.cluster.new.built_in_node_pools
    roles = old.node_role.name, new.node_role.name
    if bool(before) != bool(after):
        text = f"{', '.join(before) or 'off'} to {', '.join(after) or 'off'}"
        yield Change(kind=_POOLS, effect="refused", text=text, loses=True, advice=_ON if after else _OFF)
    elif before and roles[0] != roles[1]:
        text = f"role {roles[0]} to {roles[1]}"
        yield Change(kind=_POOLS, effect="refused", text=text, loses=True, advice=_ROLE)


def without_entry_of_nodes(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes, without that of the nodes' access entry if it follows from the built-in node pools."""
    switched = any(change.kind == _POOLS for change in changes)
    for change in changes:
        if not (switched and change.title == _ENTRY):
            yield change
