"""The result of a probe, as `probe.sh` writes it into the termination message of its container.

Anyone who may create pods in the namespace can write such a message, so it is read as text from strangers.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from podspace.diagnostic import place_of

LARGEST: Final = 4096
"""Bytes of a termination message at most: the kubelet cuts longer ones.
https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/"""
_Text = Annotated[str, Field(max_length=300)]


class Row(NamedTuple):
    """One thing that a probe tried.

    Attributes:
        check: the end of the id of its diagnostic, such as `dns`.
        subject: what was tried, such as a zone or a destination; may be empty.
        outcome: `ok`, or a word for what happened, such as `timeout`.
        detail: such as an address; may be empty.
    """

    check: _Text
    subject: _Text
    outcome: _Text
    detail: _Text


class ProbeResult(BaseModel):
    """The result of a probe."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    v: Literal[1]
    """The version of the format."""
    done: bool
    """Whether all rows are there; else the probe was stopped."""
    checks: Annotated[list[Annotated[list[_Text], Field(min_length=4, max_length=4)]], Field(max_length=200)]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything that the probe tried."""
        return tuple(Row(*each) for each in self.checks)


class ResultError(ValueError):
    """A termination message that is no result of a probe."""


def result_of(message: str) -> ProbeResult:
    """The result in a termination message.

    Raises:
        ResultError: it is empty, cut off, too long, or something else; its text says which, without the message.
    """
    if not message:
        raise ResultError("the termination message is empty")
    if len(message.encode(errors="replace")) > LARGEST:
        raise ResultError(f"the termination message has more than {LARGEST:,} bytes")
    try:
        return ProbeResult.model_validate_json(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = f" at {place_of(first['loc'])}" if first["loc"] else ""
        raise ResultError(f"the termination message is not the JSON of a probe{place}: {first['msg']}") from None
