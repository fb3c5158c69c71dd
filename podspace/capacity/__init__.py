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
from podspace.capacity.node import Node, NodeNeed, Size, nodes_of, sizes
from podspace.capacity.node_pool import admits, counted_types, ignored_requirements, satisfies, types_of
from podspace.capacity.subnet import SubnetRoom
from podspace.capacity.zone import ZoneRoom

__all__ = [
    "COMMON",
    "Answer",
    "Fit",
    "InstanceType",
    "Limits",
    "Node",
    "NodeNeed",
    "Question",
    "Size",
    "SubnetRoom",
    "TableSource",
    "ZoneRoom",
    "admits",
    "answer",
    "counted_types",
    "fit",
    "ignored_requirements",
    "instance_types",
    "listed",
    "listed_source",
    "nodes_of",
    "satisfies",
    "sizes",
    "types_of",
]
