"""Where pods may run: conditions on the labels of nodes, and taints that are tolerated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, each, inner, text, texts

_NODE_NAME = "metadata.name"


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRequirement:
    """A condition on a label of a node, or on its name, whose key is `metadata.name`.

    Attributes:
        operator: `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`, and of NodePools `Gte` or `Lte`.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From an item of `matchExpressions` or of the requirements of a NodePool."""
        return cls(key=text(data, "key"), operator=text(data, "operator"), values=texts(data, "values"))


Term = tuple[NodeRequirement, ...]
"""Conditions that a node must meet together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taint:
    """A taint of the nodes of a NodePool."""

    key: str
    value: str
    effect: str

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it."""
        return cls(key=text(data, "key"), value=text(data, "value"), effect=text(data, "effect"))

    def __str__(self) -> str:
        return f"{self.key}{'=' if self.value else ''}{self.value}:{self.effect}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Toleration:
    """A toleration of a pod; an empty key, with the operator `Exists`, and an empty effect mean any."""

    key: str
    operator: str
    value: str
    effect: str

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it."""
        return cls(
            key=text(data, "key"),
            operator=text(data, "operator") or "Equal",
            value=text(data, "value"),
            effect=text(data, "effect"),
        )

    def tolerates(self, taint: Taint) -> bool:
        """Whether a pod with it may run on a node with a taint.

        https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
        """
        if self.effect not in {"", taint.effect}:
            return False
        if not self.key:
            return self.operator == "Exists"
        return self.key == taint.key and (self.operator != "Equal" or self.value == taint.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """What a pod asks of its node.

    Attributes:
        selector: its nodeSelector, in the order of the labels.
        terms: the terms of its required node affinity, of which a node must meet one; None if it has no such affinity.
        tolerations: the taints that it tolerates.
    """

    selector: Term
    terms: tuple[Term, ...] | None
    tolerations: tuple[Toleration, ...]

    @classmethod
    def of(cls, spec: JsonObject) -> Self:
        """From the spec of a pod."""
        labels = inner(spec, "nodeSelector")
        return cls(
            selector=tuple(
                NodeRequirement(key=key, operator="In", values=(text(labels, key),)) for key in sorted(labels)
            ),
            terms=node_terms(inner(spec, "affinity", "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution"),
            tolerations=tuple(map(Toleration.of, each(spec, "tolerations"))),
        )


def node_terms(affinity: JsonObject, key: str) -> tuple[Term, ...] | None:
    """The terms of a node affinity at a key of it, without those that are empty, which match no node; None without one.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#NodeAffinity
    """
    selector = inner(affinity, key)
    if not isinstance(selector.get("nodeSelectorTerms"), list):
        return None
    return tuple(term for data in each(selector, "nodeSelectorTerms") if (term := tuple(_requirements(data))))


def _requirements(term: JsonObject) -> Iterator[NodeRequirement]:
    yield from map(NodeRequirement.of, each(term, "matchExpressions"))
    for field in each(term, "matchFields"):
        yield NodeRequirement(key=_NODE_NAME, operator=text(field, "operator"), values=texts(field, "values"))
