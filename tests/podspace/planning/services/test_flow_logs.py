"""Flow logs: of what, to where, kept how long."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from podspace.planning import FlowLogsPlan
from tests.mother import a_plan

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"


def flow_logs(asked: dict[str, Any]) -> FlowLogsPlan:
    plan = a_plan({"flow_logs": asked}).flow_logs
    assert plan
    return plan


def test_nothing_asked_is_nothing_recorded() -> None:
    assert a_plan().flow_logs is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ("pod_subnets", "cloud_watch_logs", "", 365, "")),
        ({"of": "vpc", "retention_days": 7, "key_arn": KEY}, ("vpc", "cloud_watch_logs", "", 7, KEY)),
        ({"to": "s3", "retention_days": 1000}, ("pod_subnets", "s3", "", 1000, "")),
        ({"to": "arn:aws:s3:::logs/vpc"}, ("pod_subnets", "s3", "arn:aws:s3:::logs/vpc", 0, "")),
    ],
)
def test_records_go_where_they_are_asked_to(asked: dict[str, Any], expected: tuple[str, str, str, int, str]) -> None:
    plan = flow_logs(asked)
    assert (plan.of, plan.to, plan.bucket_arn, plan.retention_days, plan.key_arn) == expected


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"retention_days": 8}, "must have retention_days that CloudWatch Logs accepts: 1, 3, 5, 7"),
        ({"to": "s3", "retention_days": 0}, "must have retention_days of 1 or more"),
        ({"to": "arn:aws:s3:::logs", "retention_days": 7}, "must not have `retention_days` and `key_arn`"),
        ({"to": "arn:aws:s3:::logs", "key_arn": KEY}, "must not have `retention_days` and `key_arn`"),
        ({"to": "kinesis"}, "must be cloud_watch_logs, s3, or the ARN of an S3 bucket"),
        ({"key_arn": "alias/logs"}, "must be the ARN of a KMS key"),
        ({"aggregation_seconds": 30}, "60 or 600"),
    ],
)
def test_what_cannot_be_kept_so_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        flow_logs(asked)
