"""How many nodes and pods fit into the addresses of a plan, and which addresses are free."""

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
from podspace.capacity.nau import Usage, usage
from podspace.capacity.node import Node, NodeNeed, Size, nodes_of, sizes
from podspace.capacity.node_pool import admits, counted_types, ignored_requirements, satisfies, types_of
from podspace.capacity.room import BlockRoom, Part, Room, room
from podspace.capacity.subnet import SubnetRoom
from podspace.capacity.zone import ZoneRoom, zone_rooms

__all__ = [
    "COMMON",
    "Answer",
    "BlockRoom",
    "Fit",
    "InstanceType",
    "Limits",
    "Node",
    "NodeNeed",
    "Part",
    "Question",
    "Room",
    "Size",
    "SubnetRoom",
    "TableSource",
    "Usage",
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
    "room",
    "satisfies",
    "sizes",
    "types_of",
    "usage",
    "zone_rooms",
]
