"""Stacks, their resources, and the events of their deployments."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

STACK_TYPE = "AWS::CloudFormation::Stack"


def now() -> datetime:
    """The time, as events have it."""
    return datetime.now(tz=UTC)


@dataclass(kw_only=True)
class StackResource:
    """A resource that a stack has created.

    Attributes:
        properties: without functions, as it was created or last updated.
        attributes: for Fn::GetAtt.
        deletion_policy: DeletionPolicy of the template.
        replace_policy: UpdateReplacePolicy of the template.
        depends_on: the logical ids that it waited for.
    """

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    depends_on: frozenset[str] = frozenset()
    status: str = "CREATE_COMPLETE"
    changed: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A step of a deployment."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""
    time: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(kw_only=True)
class Stack:
    """A stack of an account and region.

    Attributes:
        body: the template as it was given.
        template: the same as data.
        parameters: as they were given.
        resources: in the order of their creation, by their logical ids.
        locked: whether termination protection is on.
    """

    account: str
    region: str
    name: str
    body: str = "{}"
    template: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    role: str = ""
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    resources: dict[str, StackResource] = field(default_factory=dict)
    outputs: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    locked: bool = False
    change_set: str = ""
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def id(self) -> str:
        """Its ARN."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{self.key}"

    @property
    def busy(self) -> bool:
        """Whether a deployment is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def note(self, logical_id: str, physical_id: str, type_: str, status: str, reason: str = "") -> None:
        """Add an event."""
        self.events.append(
            Event(logical_id=logical_id, physical_id=physical_id, type=type_, status=status, reason=reason)
        )

    def turn(self, status: str, reason: str = "") -> None:
        """Get another status, which is an event too."""
        self.note(self.name, self.id, STACK_TYPE, status, reason)
        self.status, self.reason = status, reason
