"""NodePool of karpenter.sh/v1: which nodes EKS Auto Mode may add, and when it removes them.

Fields and rules: https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html,
https://karpenter.sh/docs/concepts/nodepools/ and https://karpenter.sh/docs/concepts/disruption/, and the
schema that EKS installs in a cluster. A rule that none of them states says that it is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.contradiction import Condition, contradictions, likely_contradictions
from podspace.api.disruption import Disruption
from podspace.api.duration import NODE_POOLS, Duration, DurationOrNever, Time, seconds_of
from podspace.api.json_rule import all_of, has, when
from podspace.api.label import AnnotationKey, Labels, QualifiedName, TaintValue
from podspace.api.label_domain import NODE_POOL
from podspace.api.metadata import ApiObject, Metadata
from podspace.api.model import ApiModel, ListOf, ResourceName
from podspace.api.quantity import Quantity, amount_of
from podspace.api.refusal import shown
from podspace.api.requirement import Requirement
from podspace.diagnostic import Diagnostic, Location, invalid, joined, place_of

BUILT_IN_NODE_POOLS: Final = ("system", "general-purpose")
"""Names of the NodePools that EKS Auto Mode can create in a cluster:
https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html."""

AUTO_MODE = "https://docs.aws.amazon.com/eks/latest/userguide/automode.html"
MIGRATE = "https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate-karpenter.html"
STATIC_CAPACITY = "https://docs.aws.amazon.com/eks/latest/userguide/auto-static-capacity.html"

_NODE_LIFE = "504h"  # 21 days, the grace period included
_DEFAULT_GRACE = "24h"
_MAX_CONDITIONS = 100


class NodeClassRef(ApiModel):
    """The reference of a NodePool to a NodeClass of EKS Auto Mode."""

    not_here: ClassVar[Mapping[str, str]] = {"apiVersion": "write group: eks.amazonaws.com"}

    group: Literal["eks.amazonaws.com"] = Field(description="API group of EKS Auto Mode.")
    kind: Literal["NodeClass"] = Field(description="Kind of the object.")
    name: ResourceName = Field(description="Name of the NodeClass.")


class Taint(ApiModel):
    """A taint of a node: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/."""

    not_here: ClassVar[Mapping[str, str]] = {"operator": "remove it: tolerations have one, taints have not"}

    key: QualifiedName = Field(description="Key of the taint.")
    value: TaintValue | None = Field(default=None, description="Value of the taint.")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(
        description="What happens to pods without a matching toleration."
    )
    time_added: Time | None = Field(
        default=None,
        description="Written by Kubernetes for NoExecute; an RFC 3339 time.",
        examples=["2026-11-24T10:00:00Z"],
    )


def _written(seconds: int) -> str:
    return f"{seconds // 3600}h" if seconds >= 3600 else f"{seconds}s"  # noqa: PLR2004


class NodeMetadata(ApiModel):
    """Labels and annotations of the nodes of a NodePool."""

    page: ClassVar[str] = NODE_POOLS

    labels: Labels | None = Field(default=None, description="Labels of the nodes.")
    annotations: Mapping[AnnotationKey, str] | None = Field(
        default=None, description="Annotations of the nodes.", examples=[{"example.com/owner": "team-web"}]
    )


class NodeSettings(ApiModel):
    """Requirements, taints and lifetime of the nodes of a NodePool."""

    page: ClassVar[str] = NODE_POOLS
    json_rules: ClassVar[JsonDict] = all_of({"properties": {"expireAfter": {"not": {"const": "Never"}}}})

    requirements: Annotated[ListOf[Requirement], Field(min_length=1, max_length=_MAX_CONDITIONS)] = Field(
        description="Conditions on the labels of the nodes, 1 to 100. That one is needed is documented in "
        f"{MIGRATE}; the schema accepts none."
    )
    taints: ListOf[Taint] | None = Field(default=None, description="Taints of the nodes.")
    startup_taints: ListOf[Taint] | None = Field(
        default=None, description="Taints that another controller removes when the node is ready for pods."
    )
    expire_after: DurationOrNever = Field(
        default="336h",
        description="The longest life of a node; 21 days at most, with the grace period. podspace always writes it: "
        "Karpenter's default, 720h, is more than Auto Mode allows.",
    )
    termination_grace_period: Duration | None = Field(
        default=None, description="The longest time that a node waits for its pods to end; 24h by default."
    )

    def rules(self) -> Iterator[Diagnostic]:
        """A node lives at most 21 days, including the grace period (documented)."""
        yield from super().rules()
        grace = self.termination_grace_period or _DEFAULT_GRACE
        left = seconds_of(_NODE_LIFE) - seconds_of(grace)
        if self.expire_after == "Never" or seconds_of(self.expire_after) > left:
            assumed = "" if self.termination_grace_period else " by default"
            yield Diagnostic(
                location=Location(path="expire_after"),
                subject=shown(self.expire_after),
                message=f"must be at most 21 days, {_NODE_LIFE}, with the grace period of {grace}{assumed}",
                fix=f"write {_written(left)} or less" if left > 0 else "shorten termination_grace_period",
                source=AUTO_MODE,
            )


class PoolSettings(ApiModel):
    """Disruption, limits, weight and size of a NodePool."""

    page: ClassVar[str] = NODE_POOLS

    disruption: Disruption = Field(default_factory=Disruption, description="When nodes may be disrupted.")
    limits: Mapping[QualifiedName, Quantity] | None = Field(
        default=None,
        description="Maximum amounts of all nodes together, such as of cpu, memory or nodes.",
        examples=[{"cpu": "1000", "memory": "4000Gi"}],
    )
    weight: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None,
        description="The NodePool with the highest weight is used first; not with replicas.",
        examples=[10],
    )
    replicas: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        default=None,
        description=(
            "A fixed number of nodes, independent of pods (static capacity); cannot be added to "
            "or removed from a NodePool."
        ),
        examples=[3],
    )

    @property
    def amounts(self) -> Mapping[str, int | str]:
        """The limits that are written as amounts, by resource."""
        return self.limits or {}

    def rules(self) -> Iterator[Diagnostic]:
        """A static NodePool (`replicas`) has no weight, and limits only of nodes (documented)."""
        yield from super().rules()
        if self.replicas is None:
            return
        if self.weight is not None:
            must = "must be removed if replicas is given: a static NodePool has no priority"
            yield invalid("weight", must, subject=shown(self.weight), fix="remove it", source=STATIC_CAPACITY)
        for resource in self.amounts:
            if resource != "nodes":
                must = "must be only of nodes if replicas is given"
                yield invalid("limits", must, subject=resource, fix="remove it", source=STATIC_CAPACITY)

    def doubts(self) -> Iterator[Diagnostic]:
        """`limits.nodes` of a static NodePool should be more than its replicas, because a replacement is one more
        node.
        """
        most = self.amounts.get("nodes", "")
        if self.replicas is not None and str(most).isdecimal() and amount_of(str(most)) <= self.replicas:
            must = (
                f"should be more than replicas, {self.replicas}: otherwise a node is removed before its "
                "replacement starts"
            )
            yield invalid("limits.nodes", must, subject=shown(most), source=STATIC_CAPACITY)


def _condition_problems(labels: Mapping[str, str] | None, settings: NodeSettings, place: str) -> Iterator[Diagnostic]:
    count = len(labels or ()) + len(settings.requirements)
    if count > _MAX_CONDITIONS:
        must = f"must be at most {_MAX_CONDITIONS} together with the labels, but are {count}"
        yield invalid(place, must, source=NODE_POOLS)


def _conditions(
    labels: Mapping[str, str] | None, settings: NodeSettings, *, labels_at: str, place: str
) -> list[Condition]:
    """Labels and requirements as conditions, with their paths."""
    own = [
        Condition(path=joined(labels_at, place_of((key,))), key=key, operator="In", values=(value,))
        for key, value in (labels or {}).items()
    ]
    return [
        *own,
        *(
            Condition(path=f"{place}[{index}]", key=one.key, operator=one.operator, values=one.values or ())
            for index, one in enumerate(settings.requirements)
        ),
    ]


class NodePoolSettings(NodeMetadata, NodeSettings, PoolSettings):
    """Settings of a NodePool that a config can have; None is the API's default."""

    def rules(self) -> Iterator[Diagnostic]:
        """There are at most 100 labels and requirements together, and they do not contradict each other
        (documented).
        """
        yield from super().rules()
        yield from _condition_problems(self.labels, self, "requirements")
        yield from contradictions(self._conditions())

    def doubts(self) -> Iterator[Diagnostic]:
        """Requirements and labels that hardly any node meets together."""
        yield from super().doubts()
        yield from likely_contradictions(self._conditions())

    def _conditions(self) -> list[Condition]:
        return _conditions(self.labels, self, labels_at="labels", place="requirements")

    def spec(self, *, node_class: str) -> NodePoolSpec:
        """The spec of a NodePool with these settings, which refers to the NodeClass of that name."""
        reference = NodeClassRef(group="eks.amazonaws.com", kind="NodeClass", name=node_class)
        carried = self.shared_with(NodeMetadata)
        template = NodeTemplate(
            metadata=NodeMetadata(**carried) if any(carried.values()) else None,
            spec=NodeTemplateSpec(node_class_ref=reference, **self.shared_with(NodeSettings)),
        )
        return NodePoolSpec(template=template, **self.shared_with(PoolSettings))


class NodeTemplateSpec(NodeSettings):
    """The nodes of a NodePool, and the NodeClass that they use."""

    node_class_ref: NodeClassRef


class NodeTemplate(ApiModel):
    """Metadata and spec of the nodes of a NodePool."""

    metadata: NodeMetadata | None = None
    spec: NodeTemplateSpec

    def rules(self) -> Iterator[Diagnostic]:
        """There are at most 100 labels and requirements together, and they do not contradict each other
        (documented).
        """
        labels = self.metadata.labels if self.metadata else None
        yield from _condition_problems(labels, self.spec, "spec.requirements")
        yield from contradictions(self.conditions())

    def doubts(self) -> Iterator[Diagnostic]:
        """Requirements and labels that hardly any node meets together."""
        yield from likely_contradictions(self.conditions())

    def conditions(self) -> list[Condition]:
        """Labels and requirements of the NodePool, as conditions on the labels of a node."""
        labels = self.metadata.labels if self.metadata else None
        return _conditions(labels, self.spec, labels_at="metadata.labels", place="spec.requirements")


class NodePoolSpec(PoolSettings):
    """The spec of a NodePool."""

    json_rules: ClassVar[JsonDict] = when(
        has("replicas", {"type": "integer"}),
        then=all_of(
            {"not": has("weight", {"type": "integer"})},
            {"properties": {"limits": {"propertyNames": {"const": "nodes"}}}},
        ),
    )
    not_here: ClassVar[Mapping[str, str]] = {
        "ttlSecondsAfterEmpty": "write disruption.consolidationPolicy WhenEmpty and consolidateAfter",
        "ttlSecondsUntilExpired": "write template.spec.expireAfter",
        "provider": "create a NodeClass, and refer to it in template.spec.nodeClassRef",
        "providerRef": "write template.spec.nodeClassRef",
        "consolidation": "write disruption.consolidationPolicy",
    }

    template: NodeTemplate


class NodePool(ApiObject):
    """A NodePool, which has no namespace."""

    page: ClassVar[str] = NODE_POOL

    api_version: Literal["karpenter.sh/v1"] = "karpenter.sh/v1"
    kind: Literal["NodePool"] = "NodePool"
    metadata: Metadata
    spec: NodePoolSpec
