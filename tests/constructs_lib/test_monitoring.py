"""Alarms and the delivery of IPAM logs, as CloudFormation is told to make them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from constructs_lib import Monitoring
from podspace.planning import Config
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_config, a_plan
from tests.podspace.planning.addresses.test_sharing import OWNER
from tests.template import a_stack, canonical, properties, resources, target, template_of, the

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"
A, B = "eu-west-1a", "eu-west-1b"
IDS = {A: "nat-1", B: "nat-2"}
ALARM = "AWS::CloudWatch::Alarm"


def synthesised(asked: dict[str, Any], ids: dict[str, str] | None = None) -> Template:
    stack = a_stack()
    plan = a_plan({"monitoring": asked}).monitoring
    assert plan
    Monitoring(stack, "Monitoring", plan=plan, vpc="vpc-1", gateway_ids=IDS if ids is None else ids)
    assert not AwsSolutionsChecks().validate_scope(stack).violations
    return Template.from_stack(stack)


def alarms(template: Template, metric: str) -> list[dict[str, Any]]:
    return [each for each in properties(template, ALARM) if metric in json.dumps(each)]


def test_an_alarm_on_port_allocation_watches_one_gateway() -> None:
    found = alarms(synthesised({}), "ErrorPortAllocation")
    assert [each["Dimensions"] for each in found] == [[{"Name": "NatGatewayId", "Value": id}] for id in IDS.values()]
    for each in found:
        assert (each["Namespace"], each["MetricName"], each["Statistic"]) == (
            "AWS/NATGateway",
            "ErrorPortAllocation",
            "Sum",
        )
        assert (each["Period"], each["EvaluationPeriods"], each["Threshold"]) == (60, 15, 0)
        assert (each["ComparisonOperator"], each["TreatMissingData"]) == ("GreaterThanThreshold", "notBreaching")


@pytest.mark.parametrize(
    ("asked", "metric", "expression", "metrics"),
    [
        ({}, "PacketsDropCount", "100*m1/(m2+m3)", ["PacketsDropCount", "PacketsInFromSource", "PacketsInFromDestination"]),
        ({"nat_gateways": {"bytes_per_hour": 10**12}}, "BytesInFromSource", "m1+m2", ["BytesInFromSource", "BytesInFromDestination"]),
    ],
)  # fmt: skip
def test_an_alarm_on_an_expression_returns_its_value_alone(
    asked: dict[str, Any], metric: str, expression: str, metrics: list[str]
) -> None:
    found = alarms(synthesised(asked), metric)
    assert len(found) == 2
    for each, id in zip(found, IDS.values(), strict=True):
        compared, *inputs = each["Metrics"]
        assert (compared["Expression"], compared["ReturnData"]) == (expression, True)
        assert [query["ReturnData"] for query in inputs] == [False] * len(metrics)
        assert [query["Id"] for query in inputs] == [f"m{number}" for number in range(1, len(metrics) + 1)]
        assert [query["MetricStat"]["Metric"]["MetricName"] for query in inputs] == metrics
        for query in inputs:
            assert query["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "NatGatewayId", "Value": id}]
        assert not each.keys() & {"MetricName", "Namespace", "Dimensions", "Period", "Statistic"}


def test_an_alarm_on_address_usage_watches_the_vpc() -> None:
    (found,) = alarms(synthesised({"network_address_usage": {}}), "NetworkAddressUsage")
    assert (found["Namespace"], found["Dimensions"]) == ("AWS/EC2", [{"Name": "Per-VPC Metrics", "Value": "vpc-1"}])
    assert (found["Statistic"], found["Period"], found["Threshold"]) == ("Maximum", 86_400, 51_200)
    assert found["TreatMissingData"] == "missing"


def test_topics_are_notified_when_an_alarm_begins_and_ends() -> None:
    asked = {"topics": [TOPIC, f"{TOPIC}-2"], "network_address_usage": {}, "nat_gateways": {"bytes_per_hour": 1}}
    found = properties(synthesised(asked), ALARM)
    assert len(found) == 7
    assert {canonical([each["AlarmActions"], each["OKActions"]]) for each in found} == {
        canonical([[TOPIC, f"{TOPIC}-2"], [TOPIC, f"{TOPIC}-2"]])
    }
    silent = properties(synthesised({}), ALARM)
    assert not [each for each in silent if each.keys() & {"AlarmActions", "OKActions", "InsufficientDataActions"}]


def test_cloudformation_names_the_alarms() -> None:
    """A name of our own would replace the alarm of another network with the same one."""
    assert not [each for each in properties(synthesised({}), ALARM) if "AlarmName" in each]


def test_the_alarms_of_new_gateways_refer_to_them() -> None:
    changes: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER, "monitoring": {}}
    template = template_of(a_config(changes))
    watched = {target(each["Dimensions"][0]["Value"]) for each in properties(template, ALARM) if "Dimensions" in each}
    assert watched == resources(template, "AWS::EC2::NatGateway").keys()


def test_the_network_account_of_a_shared_vpc_has_alarms() -> None:
    template = template_of(a_config({**OWNER, "monitoring": {"network_address_usage": {}}}))
    template.resource_count_is(ALARM, 5)


def test_a_gateway_that_is_not_passed_in_is_named() -> None:
    with pytest.raises(ValueError, match=f"gateway_ids has no {B}"):
        synthesised({}, {A: "nat-1"})


def delivery(asked: dict[str, Any]) -> Template:
    return synthesised({"ipam_logs": asked})


def test_ipam_logs_of_the_cluster_go_to_a_log_group_that_survives_the_stack() -> None:
    template = delivery({"retention_days": 30, "key_arn": KEY})
    group = template.get_resource_id(
        "AWS::Logs::LogGroup",
        {
            "Properties": {"RetentionInDays": 30, "KmsKeyId": KEY},
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        },
    )
    source, destination, link = (
        the(template, f"AWS::Logs::{kind}") for kind in ("DeliverySource", "DeliveryDestination", "Delivery")
    )
    assert source["LogType"] == "AUTO_MODE_IPAM_LOGS"
    arn = canonical(source["ResourceArn"])
    assert ":eks:" in arn
    assert ":cluster/cluster" in arn
    assert target(destination["DestinationResourceArn"]) == group
    assert target(link["DeliverySourceName"]) in resources(template, "AWS::Logs::DeliverySource")
    assert target(link["DeliveryDestinationArn"]) in resources(template, "AWS::Logs::DeliveryDestination")
    assert "KmsKeyId" not in the(delivery({}), "AWS::Logs::LogGroup")


def test_only_the_log_service_of_this_account_may_write_to_that_log_group() -> None:
    template = delivery({})
    ((group, _),) = resources(template, "AWS::Logs::LogGroup").items()
    ((policy, found),) = resources(template, "AWS::Logs::ResourcePolicy").items()
    parts = found["Properties"]["PolicyDocument"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
    (statement,) = json.loads(text)["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"].endswith(f":log-group:<{group}>:log-stream:*")
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "<AWS::AccountId>"}
    ((_, link),) = resources(template, "AWS::Logs::Delivery").items()
    assert link["DependsOn"] == [policy], "CloudWatch Logs would add a policy of its own"


def test_the_delivery_waits_for_a_cluster_and_an_add_on_of_the_same_stack() -> None:
    """EKS updates the cluster when the delivery is created."""
    config: Config = a_config({**A_NEW_VPC, **A_NEW_CLUSTER, "vpc_cni": {}, "monitoring": {"ipam_logs": {}}})
    template = template_of(config)
    ((_, source),) = resources(template, "AWS::Logs::DeliverySource").items()
    waits = set(source["DependsOn"])
    assert waits >= resources(template, "AWS::EKS::Cluster").keys() | resources(template, "AWS::EKS::Addon").keys()


def test_without_the_section_the_template_has_none_of_it() -> None:
    assert not {each["Type"] for each in resources(template_of(a_config())).values()} & {
        ALARM,
        "AWS::Logs::DeliverySource",
    }
