"""Conditions on the labels of the nodes that a NodePool may add."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict, JsonValue

from podspace.api.duration import NODE_POOLS
from podspace.api.json_rule import all_of, has, when
from podspace.api.label import LabelValue, RequirementKey
from podspace.api.label_domain import NODE_POOL, OS_LABEL
from podspace.api.model import ApiModel, ListOf
from podspace.api.refusal import shown
from podspace.api.zone import ZONE_NAME
from podspace.diagnostic import Diagnostic, Location

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"]

_COUNTING = ("Gt", "Lt", "Gte", "Lte")
_LINUX = "linux"
_MOST = 2**63 - 1  # the API server reads it as a 64-bit number


_NODE_VALUES = {
    "kubernetes.io/arch": "amd64|arm64",
    "karpenter.sh/capacity-type": "spot|on-demand|reserved",
    "topology.kubernetes.io/zone": ZONE_NAME,
}
"""Patterns of label values that nodes have."""
_EXAMPLES = {
    "kubernetes.io/arch": "amd64 or arm64",
    "karpenter.sh/capacity-type": "spot, on-demand or reserved",
    "topology.kubernetes.io/zone": "a zone such as eu-west-1a",
}
_OTHER_SPELLINGS = {
    "x86-64": "amd64",
    "x86": "amd64",
    "aarch64": "arm64",
    "arm": "arm64",
    "ondemand": "on-demand",
}
"""Values that are often written, in small letters and with hyphens, and the values that nodes have."""


def _operator(*names: str) -> JsonDict:
    return {"properties": {"operator": {"enum": list[JsonValue](names)}}}


def _allows_linux(operator: Operator, values: Collection[str]) -> bool:
    if operator in {"In", "NotIn"}:
        return (_LINUX in values) is (operator == "In")
    return operator == "Exists"


class Requirement(ApiModel):
    """A condition on the labels of the nodes to add."""

    json_rules: ClassVar[JsonDict] = all_of(
        when(
            has("key", {"const": OS_LABEL}),
            then=all_of(
                _operator("In", "NotIn", "Exists"),
                when(_operator("In"), then={"properties": {"values": {"contains": {"const": _LINUX}}}}),
                when(_operator("NotIn"), then={"properties": {"values": {"not": {"contains": {"const": _LINUX}}}}}),
            ),
        ),
        when(_operator("In", "NotIn"), then={"required": ["values"], "properties": {"values": {"minItems": 1}}}),
        when(_operator("Exists", "DoesNotExist"), then={"properties": {"values": {"maxItems": 0}}}),
        when(
            _operator(*_COUNTING),
            then={
                "required": ["values"],
                "properties": {"values": {"minItems": 1, "maxItems": 1, "items": {"pattern": "^[0-9]+$"}}},
            },
        ),
    )

    key: RequirementKey = Field(description="Label of the node.")
    operator: Operator = Field(
        description="How the label is compared with the values. Gte and Lte are new in Karpenter 1.9; that Auto Mode "
        "accepts them is inferred."
    )
    values: ListOf[LabelValue] | None = Field(
        default=None,
        description="Values of the label: one or more for In and NotIn, one number in quotes for Gt, Gte, Lt and Lte.",
    )
    min_values: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None,
        description="How many different values the instance types must offer; alpha in Karpenter.",
    )

    def rules(self) -> Iterator[Diagnostic]:
        """Each operator needs its number of values, and requirements on the operating system allow Linux
        (documented).
        """
        values = self.values or ()
        if self.key == OS_LABEL and not _allows_linux(self.operator, values):
            must = "must allow linux or be removed: EKS Auto Mode runs only Linux"
            yield Diagnostic(
                location=Location(path="key"), subject=shown(self.key), message=must, fix="remove it", source=NODE_POOL
            )
        must = ""
        if self.operator in {"In", "NotIn"} and not values:
            must = f"must have at least one value for the operator {self.operator}"
        elif self.operator in {"Exists", "DoesNotExist"} and values:
            must = f"must be removed for the operator {self.operator}"
        elif self.operator in _COUNTING and not (
            len(values) == 1 and values[0].isdecimal() and int(values[0]) <= _MOST
        ):
            must = f'must have one whole number in quotes, such as "4", for the operator {self.operator}'
        if must:
            yield Diagnostic(location=Location(path="values"), subject=shown(values), message=must, source=NODE_POOLS)
        elif self.operator == "In" and len(set(values)) < (self.min_values or 0):
            must = f"must be at most the number of different values, {len(set(values))}"
            yield Diagnostic(
                location=Location(path="min_values"), subject=shown(self.min_values), message=must, source=NODE_POOLS
            )

    def doubts(self) -> Iterator[Diagnostic]:
        """Operators that are newer than the public schema of NodePools, and values that no node has."""
        if self.operator in {"Gte", "Lte"}:
            must = "may be refused: it was added in Karpenter 1.9, and no AWS page says that EKS Auto Mode accepts it"
            fix = "write Gt with the number minus 1, or Lt with the number plus 1"
            yield Diagnostic(
                location=Location(path="operator"),
                subject=self.operator,
                message=must,
                fix=fix,
                source=NODE_POOLS,
                inferred=True,
            )
        if self.key == OS_LABEL:
            must = "can be removed: EKS Auto Mode runs only Linux, and does not support the label"
            yield Diagnostic(
                location=Location(path="key"), subject=shown(self.key), message=must, fix="remove it", source=NODE_POOL
            )
        if self.operator == "In":
            yield from self._value_doubts()

    def _value_doubts(self) -> Iterator[Diagnostic]:
        pattern = _NODE_VALUES.get(self.key)
        for value in self.values or () if pattern else ():
            if pattern and not re.fullmatch(pattern, value):
                spelling = value.lower().replace("_", "-")
                meant = _OTHER_SPELLINGS.get(spelling, spelling)
                known = bool(re.fullmatch(pattern, meant))
                yield Diagnostic(
                    id="requirement-value",
                    severity="warning",
                    location=Location(path="values"),
                    subject=shown(value),
                    message=f"no node has the label {self.key}={value}" + (f": did you mean {meant}?" if known else ""),
                    fix=f"write {meant if known else _EXAMPLES[self.key]}",
                    source=NODE_POOL,
                )
