"""Flow logs: of the pod subnets or the VPC, to CloudWatch Logs or S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from podspace.diagnostic import Diagnostic
from podspace.planning.aws_id import KeyArn, LogDestination
from podspace.planning.cluster.cluster import key_problems
from podspace.planning.names import tags_of_one
from podspace.planning.section import Section

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_A_YEAR: Final = 365
_FIELDS: Final = (
    "version account-id vpc-id subnet-id az-id instance-id interface-id flow-direction traffic-path type srcaddr "
    "dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags packets bytes start end action log-status"
)
LOG_FORMAT: Final = " ".join(f"${{{field}}}" for field in _FIELDS.split())
"""Format of the records, with the addresses of packets and of interfaces, so that records show the pod behind a NAT
gateway: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html."""


RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs accepts:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html."""


class FlowLogsConfig(Section):
    """Flow logs of the pod subnets or of the whole VPC.

    A record has the addresses of the packet and those of the interface, so it shows the pod behind a NAT gateway. Log
    group and bucket remain when the stack is deleted. The policies of an existing bucket and of its key must allow
    `delivery.logs.amazonaws.com` to write; EC2 adds to the bucket's policy only if the deployer owns the bucket:
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """

    of: Literal["pod_subnets", "vpc"] = "pod_subnets"
    """Whether each pod subnet has a flow log, or the VPC has one."""
    to: LogDestination = "cloud_watch_logs"
    """A log group or bucket that this stack creates, or an existing bucket, by its ARN."""
    retention_days: int | None = Field(default=None, le=36500, examples=[90])
    """How long records are kept; 365 days by default. Not for an existing bucket."""
    key_arn: KeyArn | None = None
    """The KMS key that encrypts the log group or bucket created by this stack; its policy must allow CloudWatch Logs or
    `delivery.logs.amazonaws.com` to use it."""
    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Which traffic is recorded: all, accepted only, or rejected only."""
    aggregation_seconds: Literal[60, 600] = Field(default=600)
    """The longest time, in seconds, that one record covers."""

    @model_validator(mode="after")
    def _kept_as_the_place_allows(self) -> Self:
        if self.to == "cloud_watch_logs" and self.retention_days not in (None, *get_args(RetentionDays)):
            raise ValueError(
                f"must have retention_days that CloudWatch Logs accepts: {', '.join(map(str, get_args(RetentionDays)))}"
            )
        if self.retention_days is not None and self.retention_days < 1:
            raise ValueError("must have retention_days of 1 or more")
        if self.to.startswith("arn:") and (self.retention_days or self.key_arn):
            raise ValueError(
                "must not have `retention_days` and `key_arn`: an existing bucket has its own lifecycle and key"
            )
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowLogsPlan:
    """Flow logs of a plan.

    Attributes:
        traffic: recorded traffic: `ALL`, `ACCEPT` or `REJECT`.
        aggregation_seconds: longest time that one record covers: 60 or 600.
        of: a flow log for each pod subnet, or one for the VPC.
        to: destination of the records.
        bucket_arn: ARN of an existing bucket; empty if the stack creates the bucket or log group.
        retention_days: days that a new bucket or log group keeps the records.
        key_arn: ARN of the KMS key of a new bucket or log group; empty for none.
        tags: tags of the flow log of a VPC, and of the new bucket or log group.
    """

    of: Literal["pod_subnets", "vpc"]
    to: Literal["cloud_watch_logs", "s3"]
    bucket_arn: str
    retention_days: int
    key_arn: str
    traffic: str
    aggregation_seconds: int
    tags: Mapping[str, str]

    def subnet_tags(self, subnet: str) -> Mapping[str, str]:
        """The tags of the flow log of a pod subnet, by the subnet's CIDR block or, if it exists, its id."""
        return tags_of_one(self.tags, subnet)


def flow_logs(network: Network) -> FlowLogsPlan | None:
    """The flow logs of a plan; None without a `flow_logs` section."""
    asked = network.config.flow_logs
    if asked is None:
        return None
    bucket = asked.to if asked.to.startswith("arn:") else ""
    return FlowLogsPlan(
        of=asked.of,
        to="cloud_watch_logs" if asked.to == "cloud_watch_logs" else "s3",
        bucket_arn=bucket,
        retention_days=0 if bucket else asked.retention_days or _A_YEAR,
        key_arn=asked.key_arn or "",
        traffic=asked.traffic,
        aggregation_seconds=asked.aggregation_seconds,
        tags=network.tags("flow-logs"),
    )


def flow_log_problems(network: Network) -> Iterator[Diagnostic]:
    """An error if the KMS key is in another region."""
    if network.config.flow_logs:
        yield from key_problems(network, "flow_logs.key_arn", network.config.flow_logs.key_arn)
