"""Alarms, and the delivery of logs of other services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.local_aws.cloudformation.resources.handler import (
    Aws,
    Created,
    Handler,
    Properties,
    names,
    only,
    tag_changes,
    tag_list,
    tag_map,
)

_ALARM = (
    "AlarmActions AlarmDescription ComparisonOperator Dimensions EvaluationPeriods MetricName Metrics Namespace"
    " OKActions Period Statistic Threshold TreatMissingData"
)


class Alarm(Handler):
    """AWS::CloudWatch::Alarm."""

    type = "AWS::CloudWatch::Alarm"
    properties = names(f"AlarmName {_ALARM} Tags")
    in_place = names(f"{_ALARM} Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        name = wanted.get("AlarmName", name)
        tags = tag_list(tag_map(wanted.get("Tags")))
        aws("cloudwatch").put_metric_alarm(AlarmName=name, **only(wanted, _ALARM), **({"Tags": tags} if tags else {}))
        return Created(physical_id=name, attributes={"Arn": _arn(aws, name)})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        aws("cloudwatch").put_metric_alarm(AlarmName=physical_id, **only(after, _ALARM))
        gone, tags = tag_changes(before, after)
        if gone:
            aws("cloudwatch").untag_resource(ResourceARN=_arn(aws, physical_id), TagKeys=gone)
        if tags:
            aws("cloudwatch").tag_resource(ResourceARN=_arn(aws, physical_id), Tags=tag_list(tags))
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("cloudwatch").describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
        if not found:
            return None
        threshold = found[0]["Threshold"]
        as_written = int(threshold) if threshold == int(threshold) else threshold
        return only({**found[0], "Threshold": as_written}, " ".join(names(_ALARM) & properties.keys()))


def _arn(aws: Aws, name: str) -> str:
    return f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:{name}"


class LogResourcePolicy(Handler):
    """AWS::Logs::ResourcePolicy."""

    type = "AWS::Logs::ResourcePolicy"
    properties = names("PolicyName PolicyDocument")
    in_place = names("PolicyDocument")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        self._put(aws, wanted)
        return Created(physical_id=wanted["PolicyName"])

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._put(aws, after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("logs").delete_resource_policy(policyName=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = [each["policyName"] for each in aws("logs").describe_resource_policies()["resourcePolicies"]]
        return only(properties, "PolicyName") if physical_id in found else None

    def _put(self, aws: Aws, wanted: Properties) -> None:
        aws("logs").put_resource_policy(policyName=wanted["PolicyName"], policyDocument=wanted["PolicyDocument"])


class _PartOfDelivery(Handler):
    """What of a delivery of logs has tags that change in place, and nothing else that does."""

    in_place = names("Tags")
    kind: str
    """The kind of resource in its ARN."""

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        gone, tags = tag_changes(before, after)
        if gone:
            aws("logs").untag_resource(resourceArn=self.arn(aws, physical_id), tagKeys=gone)
        if tags:
            aws("logs").tag_resource(resourceArn=self.arn(aws, physical_id), tags=tags)
        return {}

    def arn(self, aws: Aws, physical_id: str) -> str:
        """Its ARN."""
        return f"arn:aws:logs:{aws.region}:{aws.account}:{self.kind}:{physical_id}"


class DeliverySource(_PartOfDelivery):
    """AWS::Logs::DeliverySource."""

    type = "AWS::Logs::DeliverySource"
    kind = "delivery-source"
    properties = names("Name ResourceArn LogType Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        source = aws("logs").put_delivery_source(
            name=wanted["Name"],
            resourceArn=wanted["ResourceArn"],
            logType=wanted["LogType"],
            tags=tag_map(wanted.get("Tags")),
        )["deliverySource"]
        return Created(physical_id=source["name"], attributes={"Arn": source["arn"]})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("logs").delete_delivery_source(name=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("logs").get_delivery_source(name=physical_id)["deliverySource"]
        return {"Name": found["name"], "ResourceArn": found["resourceArns"][0], "LogType": found["logType"]}


class DeliveryDestination(_PartOfDelivery):
    """AWS::Logs::DeliveryDestination."""

    type = "AWS::Logs::DeliveryDestination"
    kind = "delivery-destination"
    properties = names("Name DestinationResourceArn OutputFormat Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        destination = aws("logs").put_delivery_destination(
            name=wanted["Name"],
            outputFormat=wanted["OutputFormat"],
            deliveryDestinationConfiguration={"destinationResourceArn": wanted["DestinationResourceArn"]},
            tags=tag_map(wanted.get("Tags")),
        )["deliveryDestination"]
        return Created(physical_id=destination["name"], attributes={"Arn": destination["arn"]})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("logs").delete_delivery_destination(name=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("logs").get_delivery_destination(name=physical_id)["deliveryDestination"]
        to = found["deliveryDestinationConfiguration"]["destinationResourceArn"]
        return {"Name": found["name"], "OutputFormat": found["outputFormat"], "DestinationResourceArn": to}


class Delivery(_PartOfDelivery):
    """AWS::Logs::Delivery."""

    type = "AWS::Logs::Delivery"
    kind = "delivery"
    properties = names("DeliverySourceName DeliveryDestinationArn Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        delivery = aws("logs").create_delivery(
            deliverySourceName=wanted["DeliverySourceName"],
            deliveryDestinationArn=wanted["DeliveryDestinationArn"],
            tags=tag_map(wanted.get("Tags")),
        )["delivery"]
        return Created(physical_id=delivery["id"], attributes={"Arn": delivery["arn"], "DeliveryId": delivery["id"]})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("logs").delete_delivery(id=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("logs").get_delivery(id=physical_id)["delivery"]
        source, destination = found["deliverySourceName"], found["deliveryDestinationArn"]
        return {"DeliverySourceName": source, "DeliveryDestinationArn": destination}
