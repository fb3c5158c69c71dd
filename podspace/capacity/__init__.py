"""How many nodes and pods the addresses of a plan hold, and what is left of them."""

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
from podspace.capacity.node import Node, NodeNeed, Size, nodes_of, required_types, sizes
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
    "answer",
    "fit",
    "instance_types",
    "listed",
    "listed_source",
    "nodes_of",
    "required_types",
    "room",
    "sizes",
    "usage",
    "zone_rooms",
]
