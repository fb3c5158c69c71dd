"""Requirements and labels of a NodePool that no node can meet together.

Karpenter combines all requirements on a label, and the labels of the NodePool:
https://karpenter.sh/docs/concepts/nodepools/. Names of instance types follow
https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from podspace.api.duration import NODE_POOLS
from podspace.api.quantity import whole_number
from podspace.diagnostic import Diagnostic, invalid

_TYPE_NAMES: Final = "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html"
_ARCHITECTURE: Final = "kubernetes.io/arch"
_TYPE: Final = "node.kubernetes.io/instance-type"
_CATEGORY, _FAMILY, _GENERATION, _SIZE = (
    f"eks.amazonaws.com/instance-{name}" for name in ("category", "family", "generation", "size")
)
_ON_EVERY_NODE: Final = (
    _ARCHITECTURE,
    _TYPE,
    _CATEGORY,
    _FAMILY,
    _GENERATION,
    _SIZE,
    "eks.amazonaws.com/instance-cpu",
    "eks.amazonaws.com/instance-memory",
    "karpenter.sh/capacity-type",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
)
"""Labels that every node of EKS Auto Mode has; a node may lack others, such as those of GPUs."""
_OLD_KEYS: Final = {
    "beta.kubernetes.io/arch": _ARCHITECTURE,
    "beta.kubernetes.io/instance-type": _TYPE,
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
}
"""Deprecated keys, and the keys that Karpenter takes them for."""
_FAMILY_NAME: Final = re.compile(r"(?P<category>[a-z]+)(?P<generation>[0-9]+)(?P<options>[a-z]*)(-flex)?")
_OF_TWO_WORDS: Final = ("im", "is", "mac")
"""Families whose category or architecture their names do not say."""
_WITHOUT_GRAVITON: Final = frozenset({"d", "f", "h", "inf", "vt", "z"})
_COUNTING: Final = ("Gt", "Gte", "Lt", "Lte")
_MANY: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A requirement of a NodePool, or one of its labels, which is `In` its value.

    Attributes:
        path: path of the requirement or label in the manifest.
        operator: operator of the requirement, such as `In`.
    """

    path: str
    key: str
    operator: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        """The label key, with aliases of Karpenter replaced."""
        return _OLD_KEYS.get(self.key, self.key)

    def allows(self, value: str) -> bool:
        """Whether a node with this value of the label meets the condition; empty if it has no such label."""
        if self.operator in {"In", "NotIn"}:
            return (value in self.values) is (self.operator == "In")
        if self.operator in {"Exists", "DoesNotExist"}:
            return bool(value) is (self.operator == "Exists")
        number, bound = whole_number(value), whole_number(self.values[0])
        return number is not None and bound is not None and self._counts(number, bound)

    def _counts(self, number: int, bound: int) -> bool:
        return {"Gt": number > bound, "Gte": number >= bound, "Lt": number < bound, "Lte": number <= bound}[
            self.operator
        ]

    def __str__(self) -> str:
        """As a message shows it."""
        return " ".join([self.key, self.operator, ", ".join(self.values)]).rstrip()


def contradictions(conditions: Sequence[Condition]) -> Iterator[Diagnostic]:
    """Errors for conditions because of which the NodePool can never add a node."""
    by_label = _by_label(conditions)
    for label, own in by_label.items():
        if label in _ON_EVERY_NODE and (found := _contradiction(own)):
            yield found
    yield from _against_names(by_label)


def likely_contradictions(conditions: Sequence[Condition]) -> Iterator[Diagnostic]:
    """Warnings for conditions on labels that a node may lack, or on categories without Graviton instance types
    today.
    """
    by_label = _by_label(conditions)
    for label, own in by_label.items():
        if label not in _ON_EVERY_NODE and (found := _contradiction(own)):
            yield found
    arm = [one for one in by_label.get(_ARCHITECTURE, ()) if one.operator == "In" and set(one.values) == {"arm64"}]
    for one in by_label.get(_CATEGORY, ()):
        if arm and one.operator == "In" and set(one.values) <= _WITHOUT_GRAVITON:
            must = "has no instance type of arm64"
            yield invalid(f"{one.path}", must, subject=str(one), source=_TYPE_NAMES)


def _by_label(conditions: Sequence[Condition]) -> Mapping[str, list[Condition]]:
    by_label: dict[str, list[Condition]] = {}
    for one in conditions:
        by_label.setdefault(one.label, []).append(one)
    return by_label


def _contradiction(conditions: Sequence[Condition]) -> Diagnostic | None:
    for count, last in enumerate(conditions, start=1):
        if not can_be_met(conditions[:count]):
            others = " and ".join(map(str, conditions[: count - 1]))
            must = f"must not exclude {others}: no node meets both" if others else "must match a node"
            return invalid(last.path, must, subject=str(last), fix="change or remove one of them", source=NODE_POOLS)
    return None


def can_be_met(conditions: Sequence[Condition]) -> bool:
    """Whether a node may meet all of these conditions, which are on one label."""
    if any(one.operator == "DoesNotExist" for one in conditions):
        return all(one.operator in {"DoesNotExist", "NotIn"} for one in conditions)
    listed = next((one.values for one in conditions if one.operator == "In"), None)
    if listed is None:
        bounds = {
            name: [whole_number(one.values[0]) or 0 for one in conditions if one.operator == name] for name in _COUNTING
        }
        least = max([0, *(bound + 1 for bound in bounds["Gt"]), *bounds["Gte"]])
        if not bounds["Lt"] and not bounds["Lte"]:
            return True
        most = min([*(bound - 1 for bound in bounds["Lt"]), *bounds["Lte"]])
        if most - least >= _MANY:
            return True
        listed = tuple(map(str, range(least, most + 1)))
    return any(all(one.allows(value) for one in conditions) for value in listed)


def _against_names(by_label: Mapping[str, list[Condition]]) -> Iterator[Diagnostic]:
    """Lists of families or instance types none of which has what other conditions ask for."""
    for label in (_FAMILY, _TYPE):
        for one in by_label.get(label, ()):
            others = [other for known in _said_by("m5.large") for other in by_label.get(known, ()) if known != label]
            named = [_said_by(value) for value in one.values] if one.operator == "In" else []
            clash = [{str(other) for other in others if not _fits(other, facts)} for facts in named]
            if clash and all(clash):
                told = " and ".join(sorted(set().union(*clash)))
                must = f"must allow a value that also meets {told}: no node meets all of them"
                yield invalid(one.path, must, subject=str(one), fix="change or remove one of them", source=_TYPE_NAMES)


def _fits(condition: Condition, facts: Mapping[str, str]) -> bool:
    value = facts.get(condition.label)
    return value is None or condition.allows(value)


def _said_by(name: str) -> dict[str, str]:
    """The labels that the name of a family, or of an instance type, says the value of."""
    family, dot, size = name.partition(".")
    parts = _FAMILY_NAME.fullmatch(family)
    if not parts or parts["category"] in _OF_TWO_WORDS:
        return {}
    graviton = "g" in parts["options"] or family == "a1"
    facts = {
        _CATEGORY: parts["category"],
        _GENERATION: parts["generation"],
        _ARCHITECTURE: "arm64" if graviton else "amd64",
    }
    return {**facts, _FAMILY: family, _SIZE: size} if dot else facts
