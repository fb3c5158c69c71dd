"""The instance types that the requirements of NodePools admit, and those of them to count with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from podspace.api import NodePool, Requirement
from podspace.api.contradiction import Condition
from podspace.api.quantity import whole_number
from podspace.capacity.instance_type import COMMON, InstanceType, listed

_NAME_LABELS: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_INSTANCE_LABELS: Final = "eks.amazonaws.com/instance-"
_LABELS: Final[Mapping[str, Callable[[InstanceType], str | None]]] = {
    **dict.fromkeys(_NAME_LABELS, lambda each: each.name),
    **dict.fromkeys(("kubernetes.io/arch", "beta.kubernetes.io/arch"), lambda each: each.arch),
    f"{_INSTANCE_LABELS}category": lambda each: each.category,
    f"{_INSTANCE_LABELS}family": lambda each: each.family,
    f"{_INSTANCE_LABELS}generation": lambda each: each.generation,
    f"{_INSTANCE_LABELS}size": lambda each: each.size,
    f"{_INSTANCE_LABELS}cpu": lambda each: None if each.cpu is None else str(each.cpu),
    f"{_INSTANCE_LABELS}memory": lambda each: None if each.memory is None else str(each.memory),
}
"""The labels of a node that follow from its instance type: empty if it has no such label, None if that is not known.

https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
"""
_COMPARISONS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "Gt": operator.gt,
    "Lt": operator.lt,
    "Gte": operator.ge,
    "Lte": operator.le,
}
_CATEGORIES: Final = ("m", "c", "r")
_SIZES: Final = ("large", "xlarge", "2xlarge", "4xlarge")


def satisfies(instance_type: InstanceType, requirement: Requirement | Condition) -> bool | None:
    """Whether nodes of an instance type satisfy a requirement; None if that does not follow from the type."""
    label = _LABELS.get(requirement.key)
    value = label(instance_type) if label else None
    return None if value is None else holds(requirement, value)


def holds(requirement: Requirement | Condition, value: str) -> bool:
    """Whether a node whose label has this value satisfies a requirement; empty if it has no such label."""
    values = requirement.values or ()
    match requirement.operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return bool(value)
        case "DoesNotExist":
            return not value
        case comparison:
            number, bound = whole_number(value), whole_number(values[0])
            return number is not None and bound is not None and _COMPARISONS[comparison](number, bound)


def admits(pool: NodePool, instance_type: InstanceType) -> bool:
    """Whether no requirement of a NodePool excludes an instance type."""
    return all(satisfies(instance_type, each) is not False for each in _requirements(pool))


def ignored_requirements(pool: NodePool) -> tuple[str, ...]:
    """The keys of requirements about the instance type that are not evaluated."""
    keys = dict.fromkeys(each.key for each in _requirements(pool))
    return tuple(key for key in keys if key.startswith(_INSTANCE_LABELS) and key not in _LABELS)


def types_of(pool: NodePool) -> tuple[str, ...]:
    """The instance types to count with for a NodePool: those that it requires by name, else a few that it admits.

    A type that is required by name may be missing in the table; others are of the table.
    """
    if names := _required_names(pool):
        return tuple(name for name in names if admits(pool, _by_name(name)))
    return tuple(each.name for each in _representatives(admitted(pool)))


def admitted(pool: NodePool) -> tuple[InstanceType, ...]:
    """The instance types of the table that a NodePool admits: by name, else those of EKS Auto Mode."""
    if names := _required_names(pool):
        return tuple(listed()[name] for name in names if name in listed() and admits(pool, listed()[name]))
    return tuple(each for each in listed().values() if each.in_auto_mode and admits(pool, each))


def unlisted(pool: NodePool) -> tuple[str, ...]:
    """The instance types that a NodePool requires by name and that are not in the table."""
    return tuple(name for name in _required_names(pool) if name not in listed() and admits(pool, _by_name(name)))


def counted_types(pools: Iterable[NodePool]) -> tuple[str, ...]:
    """The instance types to count with for NodePools, each once."""
    return tuple(dict.fromkeys(name for pool in pools for name in types_of(pool)))


def _requirements(pool: NodePool) -> Sequence[Requirement]:
    return pool.spec.template.spec.requirements


def _required_names(pool: NodePool) -> tuple[str, ...]:
    names = (name for each in _requirements(pool) if _names_types(each) for name in each.values or ())
    return tuple(dict.fromkeys(names))


def _names_types(requirement: Requirement) -> bool:
    return requirement.key in _NAME_LABELS and requirement.operator == "In"


def _by_name(name: str) -> InstanceType:
    return listed().get(name) or InstanceType(name=name, interfaces=0, addresses=0)


def _representatives(admitted: Sequence[InstanceType]) -> Sequence[InstanceType]:
    """The common types, else some sizes of the newest generation of category m, c or r, else of another one."""
    if not admitted:
        return ()
    if common := [each for each in admitted if each.name in COMMON]:
        return sorted(common, key=lambda each: each.by_size)
    usual = [each for each in admitted if each.size in _SIZES] or admitted
    family = min(usual, key=_preference).family
    return sorted((each for each in usual if each.family == family), key=lambda each: each.by_size)[: len(_SIZES)]


def _preference(instance_type: InstanceType) -> tuple[int, int, int, str]:
    category, family = instance_type.category, instance_type.family
    rank = _CATEGORIES.index(category) if category in _CATEGORIES else len(_CATEGORIES)
    return rank, -int(instance_type.generation or 0), len(family), family
