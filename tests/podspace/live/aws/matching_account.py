"""An account that answers only to the parameters that an answer is given for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podspace.live.aws.call import Call, Value
from tests.canned_account import CannedAccount

Given = tuple[Call, Mapping[str, Value], list[dict[str, Any]]]
"""A call, its parameters without those that it always has, and the items of its answer."""


def where(name: str, *values: str) -> Value:
    """A filter of EC2."""
    return [{"Name": name, "Values": values}]


def an_account(*given: Given) -> CannedAccount:
    """An account with these answers; nothing exists for a call with other parameters."""

    def answers_to(operation: str) -> Any:
        def answer(asked: Mapping[str, Value]) -> list[dict[str, Any]]:
            return next(
                (
                    items
                    for call, wanted, items in given
                    if call.operation == operation and {**call.always, **wanted} == asked
                ),
                [],
            )

        return answer

    return CannedAccount({call.operation: answers_to(call.operation) for call, _, _ in given})
