"""CloudWatch alarms of NAT gateways and of Network Address Usage, and the IPAM logs of EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk  # cdk.aws_cloudwatch and cdk.aws_logs are loaded when they are used
from aws_cdk import Aws, Stack
from constructs import Construct, IDependable

from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import VpcRef, cfn_tags, mapping_of, slice_of, vpc_id
from constructs_lib.log_group import log_group
from podspace.planning import MonitoringPlan
from podspace.planning.services.monitoring import IPAM_LOG_TYPE, Alarm, IpamLogsPlan


class Monitoring(Construct):
    """Alarms of every NAT gateway and of the VPC, and a delivery of the cluster's IPAM logs to a log group."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: MonitoringPlan,
        vpc: VpcRef | ClusterVpc,
        gateway_ids: Mapping[str, str],
        after: Sequence[IDependable] = (),
    ) -> None:
        """Build what the plan says.

        Args:
            scope: the parent construct.
            construct_id: the id below it.
            plan: alarms and deliveries of logs, as planned.
            vpc: the VPC.
            gateway_ids: the ids of the gateways by the plan's name for each, as `Egress.gateway_ids` has them.
            after: what the delivery of logs waits for: the cluster and its add-ons, if the same app creates them,
                because EKS updates the cluster when the delivery is created.

        Raises:
            ValueError: the plan is missing, `gateway_ids` is no mapping, or a NAT gateway of the plan is not in it.
        """
        plan = slice_of(plan, MonitoringPlan, argument="plan.monitoring")
        mapping_of(gateway_ids, argument="gateway_ids")
        if missing := [alarm.gateway for alarm in plan.alarms if alarm.gateway and alarm.gateway not in gateway_ids]:
            names = ", ".join(dict.fromkeys(missing))
            raise ValueError(f"gateway_ids has no {names}: pass PodNetwork.egress.gateway_ids")
        super().__init__(scope, construct_id)
        for alarm in plan.alarms:
            id = gateway_ids[alarm.gateway] if alarm.gateway else vpc_id(vpc)
            self._alarm(alarm, id, topics=list(plan.topics) or None)
        if plan.ipam_logs:
            self._ipam_logs(plan.ipam_logs, after)

    def _alarm(self, alarm: Alarm, id: str, *, topics: list[str] | None) -> None:
        cloudwatch = cdk.aws_cloudwatch
        dimensions = [cloudwatch.CfnAlarm.DimensionProperty(name=alarm.dimension, value=id)]
        single = not alarm.expression
        cloudwatch.CfnAlarm(
            self,
            alarm.name,
            alarm_description=alarm.description,
            namespace=alarm.namespace if single else None,
            metric_name=alarm.metrics[0] if single else None,
            dimensions=dimensions if single else None,
            statistic=alarm.statistic if single else None,
            period=alarm.period if single else None,
            metrics=None if single else _queries(alarm, dimensions),
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.missing,
            alarm_actions=topics,
            ok_actions=topics,
            tags=cfn_tags(alarm.tags),
        )

    def _ipam_logs(self, plan: IpamLogsPlan, after: Sequence[IDependable]) -> None:
        logs, tags = cdk.aws_logs, cfn_tags(plan.tags)
        group = log_group(self, "IpamLogGroup", plan=plan)
        policy = logs.CfnResourcePolicy(
            self,
            "IpamLogPolicy",
            policy_name=plan.name,
            policy_document=Stack.of(self).to_json_string(_delivery(group.ref)),
        )
        source = logs.CfnDeliverySource(
            self,
            "IpamLogSource",
            name=plan.name,
            resource_arn=f"arn:{Aws.PARTITION}:eks:{Aws.REGION}:{Aws.ACCOUNT_ID}:cluster/{plan.cluster_name}",
            log_type=IPAM_LOG_TYPE,
            tags=tags,
        )
        if after:
            source.node.add_dependency(*after)
        destination = logs.CfnDeliveryDestination(
            self,
            "IpamLogDestination",
            name=plan.name,
            destination_resource_arn=group.attr_arn,
            output_format="json",
            tags=tags,
        )
        delivery = logs.CfnDelivery(
            self,
            "IpamLogDelivery",
            delivery_source_name=source.ref,
            delivery_destination_arn=destination.attr_arn,
            tags=tags,
        )
        delivery.add_resource_dependency(policy)


def _queries(
    alarm: Alarm, dimensions: list[cdk.aws_cloudwatch.CfnAlarm.DimensionProperty]
) -> list[cdk.aws_cloudwatch.CfnAlarm.MetricDataQueryProperty]:
    """The expression that is compared, and the metrics in it."""
    kind = cdk.aws_cloudwatch.CfnAlarm
    metrics = [
        kind.MetricDataQueryProperty(
            id=f"m{number}",
            metric_stat=kind.MetricStatProperty(
                metric=kind.MetricProperty(namespace=alarm.namespace, metric_name=metric, dimensions=dimensions),
                stat=alarm.statistic,
                period=alarm.period,
            ),
            return_data=False,
        )
        for number, metric in enumerate(alarm.metrics, start=1)
    ]
    return [kind.MetricDataQueryProperty(id="e1", expression=alarm.expression, return_data=True), *metrics]


def _delivery(group: str) -> dict[str, object]:
    """Lets the log service of this account write to the log group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    """
    logs = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DeliverIpamLogs",
                "Effect": "Allow",
                "Principal": {"Service": "delivery.logs.amazonaws.com"},
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{logs}:log-group:{group}:log-stream:*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": f"{logs}:*"},
                },
            }
        ],
    }
