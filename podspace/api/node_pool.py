"""NodePool of karpenter.sh/v1: which nodes EKS Auto Mode may add, and when it takes them away again.

Fields and rules: https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html,
https://karpenter.sh/docs/concepts/nodepools/ and https://karpenter.sh/docs/concepts/disruption/, and the
schema that EKS installs in a cluster. A rule that none of them states says that it is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue, PlainValidator

from podspace.api.duration import (
    DISRUPTION,
    NODE_POOLS,
    BudgetDuration,
    Duration,
    DurationOrNever,
    Schedule,
    seconds_of,
)
from podspace.api.label import Labels, LabelValue, QualifiedName, RequirementKey, TaintValue
from podspace.api.model import ApiModel, ListOf, ResourceName, matching
from podspace.api.refusal import refusal, shown
from podspace.problem import Problem

AUTO_MODE = "https://docs.aws.amazon.com/eks/latest/userguide/automode.html"
MIGRATE = "https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate-karpenter.html"

_NODE_LIFE = "504h"  # 21 days, the grace period included
_DEFAULT_GRACE = "24h"
_MAX_CONDITIONS = 100
_EXACT = 2**53 - 1  # what JSON readers hold exactly; larger numbers go in quotes

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"]
Reason = Literal["Underutilized", "Empty", "Drifted"]


def _quantity(given: object) -> int | str:
    """A number, or text such as `100Gi` or `500m`; the pattern is the schema's."""
    pattern = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?"
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) <= _EXACT:
        return given
    if isinstance(given, str) and re.fullmatch(pattern, given):
        return given
    must = "must be a whole number or a Kubernetes quantity in quotes, such as 1000 or 1000Gi"
    raise refusal(Problem(place="", must=must, source=NODE_POOLS))


Quantity = Annotated[int | str, PlainValidator(_quantity)]


class NodeClassRef(ApiModel):
    """The NodeClass of a NodePool: always one of EKS Auto Mode, whose rules the settings then follow."""

    group: Literal["eks.amazonaws.com"] = "eks.amazonaws.com"
    kind: Literal["NodeClass"] = "NodeClass"
    name: ResourceName


class Requirement(ApiModel):
    """A condition on the labels of the nodes to add."""

    key: RequirementKey
    operator: Operator = Field(
        description="Gte and Lte came with Karpenter 1.9; that Auto Mode takes them is inferred."
    )
    values: ListOf[LabelValue] | None = None
    min_values: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None,
        description="How many different values the instance types must offer; alpha in Karpenter.",
    )

    def rules(self) -> Iterator[Problem]:
        """Each operator takes its own number of values (documented)."""
        values = self.values or ()
        must = ""
        if self.operator in {"In", "NotIn"} and not values:
            must = f"must hold at least one value for the operator {self.operator}"
        elif self.operator in {"Exists", "DoesNotExist"} and values:
            must = f"must be left out for the operator {self.operator}"
        elif self.operator in {"Gt", "Lt", "Gte", "Lte"} and not (len(values) == 1 and values[0].isdecimal()):
            must = f'must hold one whole number in quotes, such as "4", for the operator {self.operator}'
        if must:
            yield Problem(place="values", value=shown(values), must=must, source=NODE_POOLS)
        elif self.operator == "In" and len(set(values)) < (self.min_values or 0):
            must = f"must be at most the number of different values, {len(set(values))}"
            yield Problem(place="min_values", value=shown(self.min_values), must=must, source=NODE_POOLS)


class Taint(ApiModel):
    """A taint of a node: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/."""

    key: QualifiedName
    value: TaintValue | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class Budget(ApiModel):
    """How many nodes may be disrupted at once, always or from each hit of a schedule on."""

    nodes: Annotated[
        str,
        matching(
            "(100|[0-9]{1,2})%|[0-9]+",
            must='must be a number of nodes or a percentage from 0% to 100%, in quotes, such as "2" or "10%"',
            source=DISRUPTION,
        ),
    ]
    schedule: Schedule | None = None
    duration: BudgetDuration | None = None
    reasons: Annotated[ListOf[Reason], Field(min_length=1)] | None = Field(
        default=None,
        description="None is every reason. An empty list is refused: it would limit nothing (inferred).",
    )

    def rules(self) -> Iterator[Problem]:
        """A schedule needs a duration and a duration a schedule; no reason is said twice (in the schema)."""
        if (self.schedule is None) != (self.duration is None):
            missing = "schedule" if self.schedule is None else "duration"
            must = "must be given: schedule and duration go together"
            yield Problem(place=missing, must=must, fix="give both, or neither", source=DISRUPTION)
        if self.reasons and len(set(self.reasons)) < len(self.reasons):
            must = "must not name a reason twice"
            yield Problem(place="reasons", value=shown(self.reasons), must=must, source=DISRUPTION)


class Disruption(ApiModel):
    """When nodes may be taken away; wherever it is written, every release asks for consolidateAfter."""

    consolidation_policy: Literal["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"] | None = None
    consolidate_after: DurationOrNever
    budgets: Annotated[ListOf[Budget], Field(max_length=50)] | None = Field(
        default=None, description="None is the API's one budget of 10%; an empty list is no budget at all."
    )


class NodePoolSettings(ApiModel):
    """What a person chooses about a NodePool of EKS Auto Mode; None leaves the API's default in place."""

    labels: Labels | None = None
    annotations: Mapping[QualifiedName, str] | None = None
    requirements: Annotated[ListOf[Requirement], Field(min_length=1, max_length=100)] = Field(
        description=f"1 to 100; at least one is documented in {MIGRATE}, the schema takes none as well."
    )
    taints: ListOf[Taint] | None = None
    startup_taints: ListOf[Taint] | None = None
    expire_after: DurationOrNever = Field(
        default="336h",
        description="Auto Mode's default, always written: Karpenter's own, 720h, is more than it allows.",
    )
    termination_grace_period: Duration | None = Field(default=None, description="None counts as 24h.")
    disruption: Disruption | None = None
    limits: Mapping[QualifiedName, Quantity] | None = Field(default=None, description="Such as cpu, memory or nodes.")
    weight: Annotated[int, Field(ge=1, le=100)] | None = None

    def rules(self) -> Iterator[Problem]:
        """A node lives 21 days at most (documented); labels and requirements are 100 at most together."""
        grace = self.termination_grace_period or _DEFAULT_GRACE
        left = seconds_of(_NODE_LIFE) - seconds_of(grace)
        if self.expire_after == "Never" or seconds_of(self.expire_after) > left:
            assumed = "" if self.termination_grace_period else " by default"
            yield Problem(
                place="expire_after",
                value=shown(self.expire_after),
                must=f"must be at most 21 days, {_NODE_LIFE}, with the grace period of {grace}{assumed}",
                fix=f"write {left // 3600}h or less" if left > 0 else "shorten termination_grace_period",
                source=AUTO_MODE,
            )
        count = len(self.labels or ()) + len(self.requirements)
        if count > _MAX_CONDITIONS:
            must = f"must be at most {_MAX_CONDITIONS} together with the labels, and are {count}"
            yield Problem(place="requirements", must=must, source=NODE_POOLS)


class NodePool(ApiModel):
    """A NodePool of a cluster; it has no namespace."""

    name: ResourceName
    node_class_ref: NodeClassRef
    settings: NodePoolSettings

    def manifest(self) -> dict[str, JsonValue]:
        """The object to apply: what was set, and always expireAfter."""
        written = self.settings.model_dump(mode="json", by_alias=True, exclude_none=True)

        def chosen(*keys: str) -> dict[str, JsonValue]:
            return {key: written[key] for key in keys if key in written}

        reference = self.node_class_ref.model_dump(mode="json", by_alias=True)
        metadata = chosen("labels", "annotations")
        node = chosen("requirements", "taints", "startupTaints", "expireAfter", "terminationGracePeriod")
        template = {"metadata": metadata} if metadata else {}
        return {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": self.name},
            "spec": {
                "template": {**template, "spec": {"nodeClassRef": reference, **node}},
                **chosen("disruption", "limits", "weight"),
            },
        }
