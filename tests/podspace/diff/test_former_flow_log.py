"""Flow logs to CloudWatch Logs that a former version deployed are replaced, and diff says so."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diff.change import Change
from podspace.diff.comparison import compare
from podspace.diff.former_flow_log import FORMER_FLOW_LOG
from tests.mother import a_plan

BUCKET = {"to": "arn:aws:s3:::logs"}


def changed(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[Change, ...]:
    return compare(a_plan({"flow_logs": old}), a_plan({"flow_logs": new}))


@pytest.mark.parametrize("flow_logs", [{}, {"of": "vpc"}])
def test_a_flow_log_that_stays_in_the_config_may_be_replaced(flow_logs: dict[str, Any]) -> None:
    (change,) = changed(flow_logs, flow_logs)
    assert (change.kind, change.effect, change.severity) == (FORMER_FLOW_LOG, "replaced", "warning")
    assert change.advice.inferred
    assert change.advice.source


@pytest.mark.parametrize(
    ("old", "new"), [(None, None), (None, {}), ({}, None), (BUCKET, BUCKET), (BUCKET, {}), ({}, BUCKET)]
)
def test_flow_logs_that_are_new_removed_or_of_a_bucket_are_not_of_a_former_version(
    old: dict[str, Any] | None, new: dict[str, Any] | None
) -> None:
    assert FORMER_FLOW_LOG not in {change.kind for change in changed(old, new)}


def test_a_flow_log_that_the_config_changes_is_reported_once_with_the_same_advice() -> None:
    (same,) = changed({}, {})
    changes = changed({}, {"traffic": "REJECT"})
    assert {(change.kind, change.effect, change.advice.cause) for change in changes} == {
        ("flow log", "replaced", same.advice.cause)
    }
