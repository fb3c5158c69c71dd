"""How many nodes and pods fit into subnets, by instance type."""

from podspace.capacity.answer import Answer, Question, answer
from podspace.capacity.fit import Fit, fit
from podspace.capacity.instance_type import (
    COMMON,
    InstanceType,
    Limits,
    TableSource,
    instance_types,
    listed,
    listed_source,
)
from podspace.capacity.limit import CapacityLimit, Excess, capacity_limits, excesses
from podspace.capacity.node import Node, NodeNeed, Size, nodes_of, sizes
from podspace.capacity.node_pool import (
    admits,
    admits_zone,
    admitted,
    counted_types,
    ignored_requirements,
    satisfies,
    types_of,
    unlisted,
)
from podspace.capacity.pool import Pool, amounts_of, pool_of
from podspace.capacity.rank import Rank, ranking
from podspace.capacity.subnet import SubnetRoom
from podspace.capacity.zone import ZoneRoom

__all__ = [
    "COMMON",
    "Answer",
    "CapacityLimit",
    "Excess",
    "Fit",
    "InstanceType",
    "Limits",
    "Node",
    "NodeNeed",
    "Pool",
    "Question",
    "Rank",
    "Size",
    "SubnetRoom",
    "TableSource",
    "ZoneRoom",
    "admits",
    "admits_zone",
    "admitted",
    "amounts_of",
    "answer",
    "capacity_limits",
    "counted_types",
    "excesses",
    "fit",
    "ignored_requirements",
    "instance_types",
    "listed",
    "listed_source",
    "nodes_of",
    "pool_of",
    "ranking",
    "satisfies",
    "sizes",
    "types_of",
    "unlisted",
]
