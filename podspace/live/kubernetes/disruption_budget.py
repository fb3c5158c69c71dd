"""PodDisruptionBudgets: which pods they select, and how many of them may be evicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, each, inner, number, text
from podspace.live.kubernetes.placement import NodeRequirement


@dataclass(frozen=True, kw_only=True, slots=True)
class DisruptionBudget:
    """A PodDisruptionBudget of policy/v1.

    Attributes:
        labels: labels that its pods have.
        expressions: further conditions on the labels of its pods.
        selects_any: whether it has a selector; without one it selects no pod, and an empty one selects all.
        allowed: how many of its pods may be evicted now.
        healthy: how many of its pods are healthy; `desired` how many must be.
        observed: whether its status is of its current spec; the API server evicts none of its pods until it is.
        always_allow: whether pods that are not ready may always be evicted (unhealthyPodEvictionPolicy).
    """

    namespace: str
    name: str
    labels: tuple[tuple[str, str], ...]
    expressions: tuple[NodeRequirement, ...]
    selects_any: bool
    allowed: int
    healthy: int
    desired: int
    observed: bool
    always_allow: bool

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it."""
        metadata, spec, status = inner(data, "metadata"), inner(data, "spec"), inner(data, "status")
        labels = inner(spec, "selector", "matchLabels")
        return cls(
            namespace=text(metadata, "namespace"),
            name=text(metadata, "name"),
            labels=tuple((key, text(labels, key)) for key in labels),
            expressions=tuple(map(NodeRequirement.of, each(inner(spec, "selector"), "matchExpressions"))),
            selects_any=isinstance(spec.get("selector"), dict),
            allowed=number(status, "disruptionsAllowed"),
            healthy=number(status, "currentHealthy"),
            desired=number(status, "desiredHealthy"),
            observed=number(status, "observedGeneration") >= number(metadata, "generation"),
            always_allow=text(spec, "unhealthyPodEvictionPolicy") == "AlwaysAllow",
        )

    def selects(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether it selects a pod with these labels in a namespace."""
        return (
            self.selects_any
            and namespace == self.namespace
            and all(labels.get(key) == value for key, value in self.labels)
            and all(_matches(each, labels) for each in self.expressions)
        )

    def refuses(self, *, ready: bool) -> bool:
        """Whether the API server refuses to evict one of its pods that runs, ready or not.

        https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
        """
        if not ready and (self.always_allow or self.healthy >= self.desired > 0):
            return False
        return self.allowed <= 0 or not self.observed

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def _matches(requirement: NodeRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value is not None and value in requirement.values
        case "NotIn":
            return value is None or value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False  # the API server refuses other operators
