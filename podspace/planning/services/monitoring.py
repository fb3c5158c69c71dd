"""Monitoring: CloudWatch alarms of NAT gateways and of Network Address Usage, and the IPAM logs of EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from podspace.diagnostic import Diagnostic, Location
from podspace.partition import partition_of
from podspace.planning.aws_id import KeyArn, TopicArn
from podspace.planning.cluster.cluster import key_problems
from podspace.planning.egress.gateway import CONNECTIONS, Gateway
from podspace.planning.names import shortened
from podspace.planning.section import Section, SetOf
from podspace.planning.services.flow_logs import RetentionDays
from podspace.quota import MOST_NETWORK_ADDRESS_USAGE, NETWORK_ADDRESS_USAGE

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

ALARMS_PAGE: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
)
"""AWS's recommended alarms: 15 datapoints of one minute for NAT gateways."""
NAT_METRICS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html"
"""The metrics of NAT gateways, their dimension, and 0.01 percent for dropped packets."""
NAU_METRICS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cloudwatch.html"
"""The metric of Network Address Usage: its dimension, its period of a day, its opt-in, and an example of an alarm."""
IPAM_LOGS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-managed-component-logs.html"
_ACTIONS_PAGE: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_MOST_TOPICS: Final = 5
"""Actions of a state of an alarm at most, see _ACTIONS_PAGE."""
_LONGEST_NAME: Final = 60
"""Characters of the name of a delivery source: AWS::Logs::DeliverySource."""
IPAM_LOG_TYPE: Final = "AUTO_MODE_IPAM_LOGS"
DELIVERY_TYPES: Final = ("AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination", "AWS::Logs::Delivery")
"""The types of CloudFormation by which logs are delivered."""
_REGIONS: Final = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 "
    "ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 "
    "cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-isoe-west-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 "
    "eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 "
    "us-east-2 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-east-1 "
    "us-isof-south-1 us-west-1 us-west-2"
)
DELIVERY_REGIONS: Final = frozenset(_REGIONS.split())
"""The regions in which the CloudFormation schemas of the pinned cfn-lint have all `DELIVERY_TYPES`."""

Percent = Annotated[float, Field(ge=0, lt=100, allow_inf_nan=False)]


class NatGatewayAlarmsConfig(Section):
    """Thresholds of the alarms of a NAT gateway: above one of them the state of its alarm is ALARM."""

    port_allocation_errors: int = Field(default=0, ge=0)
    """Connections in a minute that get no source port (ErrorPortAllocation)."""
    dropped_packets_percent: Percent = 0.01
    """Dropped packets in percent of those that the gateway receives (PacketsDropCount)."""
    minutes: int = Field(default=15, ge=1, le=1440)
    """Consecutive minutes in which one of these two thresholds is exceeded."""
    bytes_per_hour: int | None = Field(default=None, ge=1, examples=[500_000_000_000])
    """Bytes in an hour that the gateway receives from the VPC and from outside, for which AWS charges; without this key
    there is no such alarm."""


class NetworkAddressUsageConfig(Section):
    """The threshold of the alarm of Network Address Usage (NAU)."""

    percent: int = Field(default=80, ge=1, le=99)
    """Percent of the quota."""
    quota: int = Field(default=NETWORK_ADDRESS_USAGE.default, ge=1, le=MOST_NETWORK_ADDRESS_USAGE)
    """Units that the account allows for a VPC."""

    @property
    def threshold(self) -> int:
        """Units above which the state of the alarm is ALARM."""
        return self.quota * self.percent // 100


class IpamLogsConfig(Section):
    """Delivery of the logs of EKS Auto Mode about addresses of pods to a log group that this stack creates."""

    retention_days: RetentionDays = 365
    """How long records are kept."""
    key_arn: KeyArn | None = None
    """The KMS key that encrypts the log group."""


class MonitoringConfig(Section):
    """CloudWatch alarms of the NAT gateways, and on request of Network Address Usage; the IPAM logs of Auto Mode."""

    topics: SetOf[TopicArn] = Field(
        default=(), max_length=_MOST_TOPICS, examples=[["arn:aws:sns:eu-west-1:111122223333:network-alarms"]]
    )
    """Existing SNS topics, by their ARNs, that are notified when the state of an alarm becomes ALARM or OK."""
    nat_gateways: NatGatewayAlarmsConfig = NatGatewayAlarmsConfig()
    """Thresholds of the alarms that every NAT gateway of this file has, existing or new, public or private."""
    network_address_usage: NetworkAddressUsageConfig | None = None
    """An alarm of the VPC's Network Address Usage (NAU), which the VPC reports only if that is switched on."""
    ipam_logs: IpamLogsConfig | None = None
    """Delivery of the logs of EKS Auto Mode about addresses of pods; one delivery for a cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """A CloudWatch alarm on one metric, or on an expression of several.

    Attributes:
        name: its construct id, such as `NatGateway-eu-west-1a-ErrorPortAllocation`.
        gateway: the plan's name of the NAT gateway; empty for an alarm of the VPC.
        metrics: the names of the metrics.
        expression: what is compared if there are several metrics, which are `m1`, `m2` and so on in it; else empty.
        statistic: of each metric in a period.
        period: seconds.
        periods: consecutive periods above the threshold.
        threshold: above it the state of the alarm is ALARM.
        missing: what a period without data counts as.
        description: what notifications say: the cause, and what to do.
    """

    name: str
    gateway: str = ""
    metrics: tuple[str, ...]
    expression: str = ""
    statistic: Literal["Sum", "Maximum"] = "Sum"
    period: int = 60
    periods: int = 1
    threshold: float
    missing: Literal["notBreaching", "missing"] = "notBreaching"
    description: str
    tags: Mapping[str, str]

    @property
    def namespace(self) -> str:
        """The namespace of its metrics."""
        return "AWS/NATGateway" if self.gateway else "AWS/EC2"

    @property
    def dimension(self) -> str:
        """The name of the dimension, whose value is the id of the NAT gateway or of the VPC."""
        return "NatGatewayId" if self.gateway else "Per-VPC Metrics"


@dataclass(frozen=True, kw_only=True, slots=True)
class IpamLogsPlan:
    """A delivery of the IPAM logs of EKS Auto Mode.

    Attributes:
        name: of the delivery source, the delivery destination and the policy, unique in account and region.
        cluster_name: of the cluster that sends the logs.
        key_arn: the KMS key of the log group; empty for none.
        tags: of everything that takes tags.
    """

    name: str
    cluster_name: str
    retention_days: int
    key_arn: str
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitoringPlan:
    """Alarms and deliveries of logs to be created.

    Attributes:
        topics: the ARNs of the SNS topics that every alarm notifies; none for alarms without action.
        address_usage_quota: units that the threshold of the alarm of Network Address Usage is a part of; 0 if there is
            no such alarm.
    """

    topics: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    ipam_logs: IpamLogsPlan | None
    address_usage_quota: int


def monitoring(network: Network) -> MonitoringPlan | None:
    """The alarms and the delivery of logs to be created."""
    asked = network.config.monitoring
    if asked is None:
        return None
    usage = asked.network_address_usage
    alarms = [alarm for gateway in _nat_gateways(network) for alarm in _of_gateway(network, asked, gateway)]
    return MonitoringPlan(
        topics=asked.topics,
        alarms=(*alarms, *([_of_vpc(network, usage)] if usage else [])),
        ipam_logs=_ipam_logs(network, asked.ipam_logs) if asked.ipam_logs else None,
        address_usage_quota=usage.quota if usage else 0,
    )


def _nat_gateways(network: Network) -> tuple[Gateway, ...]:
    """Every NAT gateway once, by the first name of it, which an appended zone does not change."""
    distinct: dict[object, Gateway] = {}
    for gateway in network.gateways:
        if gateway.target == "NatGatewayId":
            distinct.setdefault(gateway.origin, gateway)
    return tuple(distinct.values())


def _of_gateway(network: Network, asked: MonitoringConfig, gateway: Gateway) -> Iterator[Alarm]:
    limits, whose = asked.nat_gateways, f"{gateway.full_name} of {_whose(network)}"
    minutes = f"{limits.minutes} consecutive minutes"
    yield Alarm(
        name=f"NatGateway-{gateway.name}-ErrorPortAllocation",
        gateway=gateway.name,
        metrics=("ErrorPortAllocation",),
        periods=limits.minutes,
        threshold=limits.port_allocation_errors,
        description=f"{whose} had no source port for more than {limits.port_allocation_errors} connections a minute, "
        f"in {minutes}: each of its addresses allows {CONNECTIONS:,} connections to one destination. Add addresses, "
        "use VPC endpoints for AWS services, or let clients reuse connections.",
        tags=network.tags(gateway.name, "port-allocation-errors"),
    )
    yield Alarm(
        name=f"NatGateway-{gateway.name}-PacketsDropCount",
        gateway=gateway.name,
        metrics=("PacketsDropCount", "PacketsInFromSource", "PacketsInFromDestination"),
        expression="100*m1/(m2+m3)",  # without packets it has no value, and the minute counts as not breaching
        periods=limits.minutes,
        threshold=limits.dropped_packets_percent,
        description=f"{whose} dropped more than {limits.dropped_packets_percent:g} percent of its packets, in "
        f"{minutes}. Look at the AWS Health Dashboard for events of Amazon VPC, and at the bandwidth of the gateway.",
        tags=network.tags(gateway.name, "dropped-packets"),
    )
    if limits.bytes_per_hour is not None:
        yield Alarm(
            name=f"NatGateway-{gateway.name}-Bytes",
            gateway=gateway.name,
            metrics=("BytesInFromSource", "BytesInFromDestination"),
            expression="m1+m2",
            period=3600,
            threshold=limits.bytes_per_hour,
            description=f"{whose} processed more than {limits.bytes_per_hour:,} bytes in an hour, each of which is "
            "paid for. Find what sends them, for example in the flow logs, and use VPC endpoints for AWS services.",
            tags=network.tags(gateway.name, "bytes"),
        )


def _of_vpc(network: Network, usage: NetworkAddressUsageConfig) -> Alarm:
    """A period without data is none without usage: the VPC does not report it before that is switched on."""
    return Alarm(
        name="NetworkAddressUsage",
        metrics=("NetworkAddressUsage",),
        statistic="Maximum",
        period=86_400,
        threshold=usage.threshold,
        missing="missing",
        description=f"The VPC of {_whose(network)} has more than {usage.threshold:,} units of Network Address Usage, "
        f"{usage.percent} percent of the quota of {usage.quota:,}: at the quota no instances start there, and no load "
        "balancers, endpoints or gateways can be created. Request an increase of quota "
        f"{NETWORK_ADDRESS_USAGE.code}, or remove what is not used.",
        tags=network.tags("network-address-usage"),
    )


def _whose(network: Network) -> str:
    return f"pod network {network.config.name} (cluster {network.config.cluster.name})"


def _ipam_logs(network: Network, asked: IpamLogsConfig) -> IpamLogsPlan:
    return IpamLogsPlan(
        name=shortened(f"{network.stack_name}-ipam-logs", most=_LONGEST_NAME),
        cluster_name=network.config.cluster.name,
        retention_days=asked.retention_days,
        key_arn=asked.key_arn or "",
        tags=network.tags("ipam-logs"),
    )


def monitoring_problems(network: Network) -> Iterator[Diagnostic]:
    """Topics and keys of another region, thresholds without a NAT gateway, and logs that cannot be delivered."""
    asked = network.config.monitoring
    if asked is None:
        return
    yield from _topic_problems(network, asked)
    if not _nat_gateways(network):
        yield from _without_nat_gateway(asked)
    if asked.ipam_logs is None:
        return
    yield from key_problems(network, "monitoring.ipam_logs.key_arn", asked.ipam_logs.key_arn)
    if network.region not in DELIVERY_REGIONS:
        yield Diagnostic(
            id="ipam-logs-not-supported",
            location=Location(path="monitoring.ipam_logs"),
            subject=network.region,
            message="must be removed: the CloudFormation schemas that podspace is checked against do not have "
            f"{', '.join(DELIVERY_TYPES)} in this region",
            fix="deliver the logs by the CloudWatch Logs API, as the page shows",
            source=IPAM_LOGS_PAGE,
        )


def _topic_problems(network: Network, asked: MonitoringConfig) -> Iterator[Diagnostic]:
    for index, arn in enumerate(asked.topics):
        _, partition, _, region, *_ = arn.split(":")
        if (partition, region) != (partition_of(network.region), network.region):
            yield Diagnostic(
                id="topic-of-other-region",
                location=Location(path=f"monitoring.topics[{index}]"),
                subject=arn,
                message="must be a topic of the region of the alarms: "
                f"arn:{partition_of(network.region)}:sns:{network.region}:…",
                fix="give a topic of that region, which may forward to others",
                source=_ACTIONS_PAGE,
                inferred=True,
            )


def _without_nat_gateway(asked: MonitoringConfig) -> Iterator[Diagnostic]:
    """No alarm would be created, or none of those that the config sets thresholds for."""
    others = asked.network_address_usage or asked.ipam_logs
    if "nat_gateways" in asked.model_fields_set or not others:
        yield Diagnostic(
            id="no-nat-gateway-to-monitor",
            location=Location(path="monitoring.nat_gateways" if others else "monitoring"),
            message="must be for NAT gateways that `egress` has: this file has none",
            fix="remove it" if others else "add network_address_usage or ipam_logs, or remove the section",
        )


def monitoring_remarks(network: Network) -> Iterator[Diagnostic]:
    """The opt-in that no property of CloudFormation has, and alarms without an action."""
    asked = network.config.monitoring
    if asked is None:
        return
    if asked.network_address_usage:
        vpc = network.config.vpc.id or "VPC_ID"
        yield Diagnostic(
            id="network-address-usage-opt-in",
            severity="note",
            location=Location(path="monitoring.network_address_usage"),
            message="the alarm has data only if the VPC reports Network Address Usage, which AWS::EC2::VPC of "
            "CloudFormation has no property for; `podspace preflight` checks it",
            fix=f"once, as soon as the VPC exists: {opt_in_command(vpc)}",
            source=NAU_METRICS_PAGE,
        )
    if not asked.topics and (asked.network_address_usage or _nat_gateways(network)):
        yield Diagnostic(
            id="alarms-without-topic",
            severity="note",
            location=Location(path="monitoring.topics"),
            message="the alarms have no action: they are visible in CloudWatch only",
            fix="no action needed if intended; else list the ARN of an SNS topic",
        )


def opt_in_command(vpc_id: str) -> str:
    """The command that lets a VPC report Network Address Usage."""
    return f"aws ec2 modify-vpc-attribute --vpc-id {vpc_id} --enable-network-address-usage-metrics"
