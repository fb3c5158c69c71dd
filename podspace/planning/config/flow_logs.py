"""The `flow_logs` section: what is recorded of the pods' traffic, where, and for how long."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from podspace.planning.config.aws_id import KeyArn, LogDestination
from podspace.planning.config.section import Section

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""What CloudWatch Logs takes, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html."""


class FlowLogsConfig(Section):
    """Flow logs of the pod subnets or of the whole VPC."""

    of: Literal["pod_subnets", "vpc"] = "pod_subnets"
    to: LogDestination = "cloud_watch_logs"
    """A log group or a bucket that is made here, or a bucket that exists, by its ARN."""
    retention_days: int | None = Field(default=None, le=36500)
    """How long records are kept; 365 days where left out. Not for a bucket that exists."""
    key_arn: KeyArn | None = None
    """The KMS key that encrypts the log group or the bucket made here."""
    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    aggregation_seconds: Literal[60, 600] = Field(default=600)

    @model_validator(mode="after")
    def _kept_as_the_place_allows(self) -> Self:
        if self.to == "cloud_watch_logs" and self.retention_days not in (None, *get_args(RetentionDays)):
            raise ValueError(
                f"must have retention_days that CloudWatch Logs takes: {', '.join(map(str, get_args(RetentionDays)))}"
            )
        if self.retention_days is not None and self.retention_days < 1:
            raise ValueError("must have retention_days of 1 or more")
        if self.to.startswith("arn:") and (self.retention_days or self.key_arn):
            raise ValueError(
                "must leave `retention_days` and `key_arn` out: a bucket that exists has its own lifecycle and key"
            )
        return self
