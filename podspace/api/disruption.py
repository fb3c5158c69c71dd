"""When nodes of a NodePool may be disrupted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.duration import DISRUPTION, BudgetDuration, DurationOrNever
from podspace.api.json_rule import together
from podspace.api.model import ApiModel, ListOf, Matching
from podspace.api.refusal import shown
from podspace.api.schedule import Schedule
from podspace.diagnostic import Diagnostic, Location
from podspace.kubernetes_version import AUTO_CHANGE, FIRST_BALANCED

Reason = Literal["Underutilized", "Empty", "Drifted"]


class Budget(ApiModel):
    """How many nodes may be disrupted at once: always, or for a duration from each time of a schedule on."""

    json_rules: ClassVar[JsonDict] = together("schedule", "duration")

    nodes: (
        Annotated[
            str,
            Matching(
                "(100|[0-9]{1,2})%|[0-9]+",
                must='must be a number of nodes or a percentage from 0% to 100%, in quotes, such as "2" or "10%"',
                source=DISRUPTION,
                title="number or percentage, in quotes",
                example="10%",
            ),
        ]
        | None
    ) = Field(default=None, description='Nodes that may be disrupted at once, such as "2" or "10%"; 10% by default.')
    schedule: Schedule | None = Field(
        default=None, description="When the budget becomes active, in UTC, as cron writes it; only with duration."
    )
    duration: BudgetDuration | None = Field(
        default=None, description="How long the budget is active after each time of the schedule."
    )
    reasons: Annotated[ListOf[Reason], Field(min_length=1, json_schema_extra={"uniqueItems": True})] | None = Field(
        default=None,
        description="Reasons that the budget limits; every reason by default. An empty list is refused: it would limit "
        "nothing (inferred).",
    )

    def rules(self) -> Iterator[Diagnostic]:
        """`schedule` and `duration` are given together; no reason is listed twice (in the schema)."""
        if (self.schedule is None) != (self.duration is None):
            missing = "schedule" if self.schedule is None else "duration"
            must = "must be given: schedule and duration go together"
            yield Diagnostic(
                location=Location(path=missing), message=must, fix="give both, or neither", source=DISRUPTION
            )
        if self.reasons and len(set(self.reasons)) < len(self.reasons):
            must = "must not list a reason twice"
            yield Diagnostic(
                location=Location(path="reasons"), subject=shown(self.reasons), message=must, source=DISRUPTION
            )


class Disruption(ApiModel):
    """When nodes may be disrupted."""

    page: ClassVar[str] = DISRUPTION

    consolidation_policy: Literal["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"] = Field(
        default="WhenEmptyOrUnderutilized",
        description="Which nodes may be consolidated. podspace always writes it. Without it, new NodePools have "
        f"Balanced from Kubernetes 1.{FIRST_BALANCED} on ({AUTO_CHANGE}), and WhenEmptyOrUnderutilized before.",
    )
    consolidate_after: DurationOrNever = Field(
        default="0s",
        description="How long no pod must have been added to or removed from a node. podspace always writes it: "
        f"before Kubernetes 1.{FIRST_BALANCED} a disruption without it is refused.",
    )
    budgets: Annotated[ListOf[Budget], Field(max_length=50)] | None = Field(
        default=None,
        description="How many nodes may be disrupted at once. Without it, the API has one budget of 10%; an "
        "empty list is no limit.",
    )
