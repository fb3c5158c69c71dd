"""CloudFormation resources of services: VPC endpoints, flow logs with their log group or bucket, and monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from podspace.diagnostic import place_of
from podspace.planning.addresses.plan import pod_subnet_path
from podspace.planning.cluster.resources import ENDPOINT_GROUP_PATH, egress_resource, rule_resource
from podspace.planning.inventory import ConstructPath, HourlyCost, Ref, Resource, Value
from podspace.planning.services.endpoints import EndpointsPlan
from podspace.planning.services.flow_logs import LOG_FORMAT, FlowLogsPlan
from podspace.planning.services.monitoring import IPAM_LOG_TYPE, Alarm, IpamLogsPlan

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.plan import Plan

_LOG_GROUP_PATH: Final[ConstructPath] = ("FlowLogs", "LogGroup")
_ROLE_PATH: Final[ConstructPath] = ("FlowLogs", "Role")
_BUCKET_PATH: Final[ConstructPath] = ("FlowLogs", "Bucket")
_IPAM_LOG_GROUP_PATH: Final[ConstructPath] = ("Monitoring", "IpamLogGroup")
_IPAM_SOURCE_PATH: Final[ConstructPath] = ("Monitoring", "IpamLogSource")
_IPAM_DESTINATION_PATH: Final[ConstructPath] = ("Monitoring", "IpamLogDestination")
_IPAM_LOGS: Final = ("monitoring.ipam_logs",)
_INTERFACES: Final = ("endpoints.interfaces",)


def service_resources(plan: Plan) -> Iterator[Resource]:
    """Every endpoint with its group and rules, every flow log with its log group or bucket, and every alarm."""
    yield from _endpoints(plan)
    yield from _flow_logs(plan)
    yield from _monitoring(plan)


def _endpoints(plan: Plan) -> Iterator[Resource]:
    endpoints = plan.endpoints
    if endpoints is None:
        return
    tables = tuple(table.value for table in plan.pods.route_tables if table.of in ("pods", "nodes"))
    for index, service in enumerate(endpoints.gateways):
        yield Resource(
            type="AWS::EC2::VPCEndpoint",
            path=("Endpoints", f"Gateway-{service.rpartition('.')[2]}"),
            kind="gateway endpoint",
            name=service,
            keys=(f"endpoints.gateways[{index}]", *_policy_keys(endpoints, service)),
            create_only={"ServiceName": service, "VpcEndpointType": "Gateway", "VpcId": plan.vpc.value},
            properties={"RouteTableIds": tables, **_policy(endpoints, service), "Tags": dict(endpoints.tags[service])},
        )
    if endpoints.interfaces:
        yield from _interfaces(plan)
    for rule in endpoints.rules:
        yield rule_resource(plan, rule, scope="Endpoints", kind="endpoint rule", keys=_INTERFACES)
    for allowed in endpoints.egress:
        yield egress_resource(plan, allowed, scope="Endpoints", kind="endpoint rule", keys=_INTERFACES)


def _policy(endpoints: EndpointsPlan, service: str) -> dict[str, Value]:
    return {"PolicyDocument": endpoints.policies[service]} if service in endpoints.policies else {}


def _policy_keys(endpoints: EndpointsPlan, service: str) -> Iterator[str]:
    if service in endpoints.policies:
        yield place_of(("endpoints", "policies", service.split(".", 3)[3]))


def _interfaces(plan: Plan) -> Iterator[Resource]:
    endpoints = plan.endpoints
    assert endpoints, "the caller has endpoints"
    subnets = tuple(plan.vpc.subnet_value(subnet) for subnet in endpoints.subnets.values())
    services, zones = len(endpoints.interfaces), len(endpoints.zones)
    of = f"{services} service{'' if services == 1 else 's'}"
    what = f"interface endpoints of {of} in {zones} zone{'' if zones == 1 else 's'}"
    for service in endpoints.interfaces:
        yield Resource(
            type="AWS::EC2::VPCEndpoint",
            path=("Endpoints", f"Interface-{service.split('.', 3)[3]}"),
            kind="interface endpoint",
            hourly=(HourlyCost(what=what, units=zones, price="interface_endpoint_hour", new=True),),
            name=service,
            keys=("endpoints.interfaces.services", *_policy_keys(endpoints, service)),
            create_only={"ServiceName": service, "VpcEndpointType": "Interface", "VpcId": plan.vpc.value},
            properties={
                "SubnetIds": subnets,
                "SecurityGroupIds": (Ref(ENDPOINT_GROUP_PATH, "GroupId"),),
                "PrivateDnsEnabled": True,
                **_policy(endpoints, service),
                "Tags": dict(endpoints.tags[service]),
            },
        )
    yield Resource(
        type="AWS::EC2::SecurityGroup",
        path=ENDPOINT_GROUP_PATH,
        kind="security group of endpoints",
        keys=_INTERFACES,
        create_only={"GroupDescription": endpoints.description, "VpcId": plan.vpc.value},
        properties={"Tags": dict(endpoints.tags["group"])},
    )
    for rule in endpoints.own_rules:
        resource = rule_resource(plan, rule, scope="Endpoints", kind="endpoint rule", keys=_INTERFACES)
        yield replace(resource, part_of=ENDPOINT_GROUP_PATH, vital=False)


def _flow_logs(plan: Plan) -> Iterator[Resource]:
    logs = plan.flow_logs
    if logs is None:
        return
    destination: dict[str, Value] = {"LogDestinationType": "s3", "LogDestination": logs.bucket_arn}
    if logs.to == "cloud_watch_logs":
        yield from _flow_log_group(logs)
        destination = {
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": Ref(_LOG_GROUP_PATH),
            "DeliverLogsPermissionArn": Ref(_ROLE_PATH, "Arn"),
        }
    elif not logs.bucket_arn:
        yield from _bucket(logs)
        destination["LogDestination"] = Ref(_BUCKET_PATH, "Arn")
    for name, path, id, tags in _recorded(plan):
        yield Resource(
            type="AWS::EC2::FlowLog",
            path=("FlowLogs", path),
            kind="flow log",
            name=f"of {name}",
            keys=("flow_logs",),
            create_only={
                "ResourceType": "VPC" if logs.of == "vpc" else "Subnet",
                "ResourceId": id,
                "TrafficType": logs.traffic,
                **destination,
                "LogFormat": LOG_FORMAT,
                "MaxAggregationInterval": logs.aggregation_seconds,
            },
            properties={"Tags": dict(tags)},
        )


def _recorded(plan: Plan) -> Iterator[tuple[str, str, Value, Mapping[str, str]]]:
    """Whose traffic is recorded: in words, as the id of a construct, and as a property; and the flow log's tags."""
    logs = plan.flow_logs
    assert logs, "the caller has flow logs"
    if logs.of == "vpc":
        yield "the VPC", "Vpc", plan.vpc.value, logs.tags
        return
    for ids in plan.pods.subnet_ids.values():
        for id in ids:
            yield id, f"Subnet-{id}", id, logs.subnet_tags(id)
    for subnet in plan.pods.subnets:
        path, cidr = pod_subnet_path(subnet.cidr), str(subnet.cidr)
        yield cidr, path[-1], Ref(path), logs.subnet_tags(cidr)


def _flow_log_group(logs: FlowLogsPlan) -> Iterator[Resource]:
    yield _log_group(logs, path=_LOG_GROUP_PATH, name="of flow logs", keys=("flow_logs",))
    yield Resource(
        type="AWS::IAM::Role",
        path=_ROLE_PATH,
        kind="role of flow logs",
        keys=("flow_logs",),
        properties={"Policies": Ref(_LOG_GROUP_PATH, "Arn"), "Tags": dict(logs.tags)},
        part_of=_LOG_GROUP_PATH,
    )


def _log_group(logs: FlowLogsPlan | IpamLogsPlan, *, path: ConstructPath, name: str, keys: tuple[str, ...]) -> Resource:
    return Resource(
        type="AWS::Logs::LogGroup",
        path=path,
        kind="log group",
        name=name,
        keys=keys,
        properties={
            "RetentionInDays": logs.retention_days,
            **({"KmsKeyId": logs.key_arn} if logs.key_arn else {}),
            "Tags": dict(logs.tags),
        },
        retained=True,
    )


def _bucket(logs: FlowLogsPlan) -> Iterator[Resource]:
    key: dict[str, Value] = {"KMSMasterKeyID": logs.key_arn} if logs.key_arn else {}
    by_default: dict[str, Value] = {"SSEAlgorithm": "aws:kms" if key else "AES256", **key}
    rule: dict[str, Value] = {
        "ServerSideEncryptionByDefault": by_default,
        **({"BucketKeyEnabled": True} if key else {}),
    }
    kept: Value = ({"ExpirationInDays": logs.retention_days, "Id": "Retention", "Status": "Enabled"},)
    yield Resource(
        type="AWS::S3::Bucket",
        path=_BUCKET_PATH,
        kind="bucket",
        name="of flow logs",
        keys=("flow_logs",),
        properties={
            "BucketEncryption": {"ServerSideEncryptionConfiguration": (rule,)},
            "LifecycleConfiguration": {"Rules": kept},
            "Tags": dict(logs.tags),
        },
        retained=True,
    )
    yield Resource(
        type="AWS::S3::BucketPolicy",
        path=("FlowLogs", "BucketPolicy"),
        kind="bucket policy",
        name="of flow logs",
        keys=("flow_logs",),
        create_only={"Bucket": Ref(_BUCKET_PATH)},
        properties={"PolicyDocument": Ref(_BUCKET_PATH, "Arn")},
        part_of=_BUCKET_PATH,
    )


def _monitoring(plan: Plan) -> Iterator[Resource]:
    if plan.monitoring is None:
        return
    for alarm in plan.monitoring.alarms:
        topics: Value = plan.monitoring.topics
        yield Resource(
            type="AWS::CloudWatch::Alarm",
            path=("Monitoring", alarm.name),
            kind="alarm",
            name=alarm.name,
            keys=("monitoring.nat_gateways" if alarm.gateway else "monitoring.network_address_usage",),
            properties={
                **_compared(alarm, plan.pods.gateway(alarm.gateway).value if alarm.gateway else plan.vpc.value),
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": alarm.threshold,
                "EvaluationPeriods": alarm.periods,
                "TreatMissingData": alarm.missing,
                **({"AlarmActions": topics, "OKActions": topics} if topics else {}),
                "Tags": dict(alarm.tags),
            },
            hourly=(
                HourlyCost(what="metric of an alarm", units=len(alarm.metrics), price="alarm_metric_hour", new=True),
            ),
        )
    if plan.monitoring.ipam_logs:
        yield from _ipam_log_group(plan.monitoring.ipam_logs)
        yield from _ipam_delivery(plan.monitoring.ipam_logs)


def _compared(alarm: Alarm, id: Value) -> Mapping[str, Value]:
    """The metric that an alarm compares, or its expression and the metrics in that."""
    dimensions: Value = ({"Name": alarm.dimension, "Value": id},)
    if not alarm.expression:
        return {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metrics[0],
            "Dimensions": dimensions,
            "Statistic": alarm.statistic,
            "Period": alarm.period,
        }
    metrics: tuple[Value, ...] = tuple(
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {"Namespace": alarm.namespace, "MetricName": metric, "Dimensions": dimensions},
                "Stat": alarm.statistic,
                "Period": alarm.period,
            },
            "ReturnData": False,
        }
        for number, metric in enumerate(alarm.metrics, start=1)
    )
    return {"Metrics": ({"Id": "e1", "Expression": alarm.expression, "ReturnData": True}, *metrics)}


def _ipam_log_group(logs: IpamLogsPlan) -> Iterator[Resource]:
    yield _log_group(logs, path=_IPAM_LOG_GROUP_PATH, name="of IPAM logs", keys=_IPAM_LOGS)
    yield Resource(
        type="AWS::Logs::ResourcePolicy",
        path=("Monitoring", "IpamLogPolicy"),
        kind="policy of the log group",
        keys=_IPAM_LOGS,
        create_only={"PolicyName": logs.name},
        properties={"PolicyDocument": Ref(_IPAM_LOG_GROUP_PATH)},
        part_of=_IPAM_LOG_GROUP_PATH,
    )


def _ipam_delivery(logs: IpamLogsPlan) -> Iterator[Resource]:
    arn = f"arn:${{AWS::Partition}}:eks:${{AWS::Region}}:${{AWS::AccountId}}:cluster/{logs.cluster_name}"
    yield Resource(
        type="AWS::Logs::DeliverySource",
        path=_IPAM_SOURCE_PATH,
        kind="delivery of IPAM logs",
        keys=_IPAM_LOGS,
        create_only={"Name": logs.name},
        properties={"ResourceArn": arn, "LogType": IPAM_LOG_TYPE, "Tags": dict(logs.tags)},
    )
    yield Resource(
        type="AWS::Logs::DeliveryDestination",
        path=_IPAM_DESTINATION_PATH,
        kind="destination of IPAM logs",
        keys=_IPAM_LOGS,
        create_only={
            "Name": logs.name,
            "DestinationResourceArn": Ref(_IPAM_LOG_GROUP_PATH, "Arn"),
            "OutputFormat": "json",
        },
        properties={"Tags": dict(logs.tags)},
        part_of=_IPAM_SOURCE_PATH,
    )
    yield Resource(
        type="AWS::Logs::Delivery",
        path=("Monitoring", "IpamLogDelivery"),
        kind="link of source and destination",
        keys=_IPAM_LOGS,
        create_only={
            "DeliverySourceName": Ref(_IPAM_SOURCE_PATH),
            "DeliveryDestinationArn": Ref(_IPAM_DESTINATION_PATH, "Arn"),
        },
        properties={"Tags": dict(logs.tags)},
        part_of=_IPAM_SOURCE_PATH,
    )
