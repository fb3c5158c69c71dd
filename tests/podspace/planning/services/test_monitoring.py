"""Monitoring: which alarms a plan has, their thresholds, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from podspace.partition import partition_of
from podspace.planning import MonitoringPlan
from podspace.planning.services.monitoring import DELIVERY_REGIONS, DELIVERY_TYPES, IPAM_LOG_TYPE, Alarm
from podspace.quota import NETWORK_ADDRESS_USAGE
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_plan
from tests.planning_errors import errors, remarks
from tests.podspace.planning.addresses.test_sharing import OWNER, PARTICIPANT
from tests.podspace.planning.files.test_collision import SAME_CLUSTER, found

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
KEY = "arn:aws:kms:{}:111122223333:key/1b2c3d4e"
A, B = "eu-west-1a", "eu-west-1b"
NEW = {"to": "internet", "new_nat_gateways": {A: "subnet-0000002a", B: "subnet-0000002b"}}
NO_NAT: Changes = {"egress": []}


def monitoring(asked: dict[str, Any], changes: Changes | None = None) -> MonitoringPlan:
    plan = a_plan({**(changes or {}), "monitoring": asked}).monitoring
    assert plan
    return plan


def by_gateway(plan: MonitoringPlan) -> dict[str, list[str]]:
    """The first metric of the alarms of each gateway."""
    names = dict.fromkeys(alarm.gateway for alarm in plan.alarms)
    return {name: [alarm.metrics[0] for alarm in plan.alarms if alarm.gateway == name] for name in names}


def the(plan: MonitoringPlan, metric: str) -> Alarm:
    return next(alarm for alarm in plan.alarms if metric in alarm.metrics)


def test_without_the_section_there_is_nothing() -> None:
    plan = a_plan()
    assert plan.monitoring is None
    assert not [each for each in plan.resources() if each.path[0] == "Monitoring"]


BOTH = ["ErrorPortAllocation", "PacketsDropCount"]


@pytest.mark.parametrize(
    ("egress", "expected"),
    [
        pytest.param(
            [{"to": "internet", "nat_gateways": {A: "nat-0000000a", B: "nat-0000000b"}}], [A, B], id="existing"
        ),
        pytest.param([{"to": "internet", "nat_gateways": {A: "nat-0000000a", B: "nat-0000000a"}}], [A], id="one twice"),
        pytest.param([{"to": "internet", "nat_gateways": "nat-0000000a"}], ["shared"], id="existing, shared"),
        pytest.param([NEW], [A, B], id="new"),
        pytest.param([{"to": "internet", "regional_nat_gateway": "automatic"}], ["regional"], id="regional"),
        pytest.param(
            [{"to": "10.9.0.0/16", "private_nat_gateways": {A: "subnet-0000002a", B: "subnet-0000002b"}}],
            [f"private-{A}", f"private-{B}"],
            id="private",
        ),
        pytest.param(
            [NEW, {"to": "10.9.0.0/16", "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}],
            [A, B],
            id="a transit gateway has none",
        ),
    ],
)
def test_every_nat_gateway_has_its_alarms_once(egress: list[dict[str, Any]], expected: list[str]) -> None:
    changes: Changes = {"egress": egress, "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}
    assert by_gateway(monitoring({}, changes)) == dict.fromkeys(expected, BOTH)


def test_an_appended_zone_keeps_the_existing_alarms() -> None:
    """Also if its NAT gateway is that of another zone."""
    one: Changes = {"pods.zones": [A], "egress": [{"to": "internet", "nat_gateways": {A: "nat-0000000a"}}]}
    two: Changes = {"egress": [{"to": "internet", "nat_gateways": {A: "nat-0000000a", B: "nat-0000000a"}}]}
    assert monitoring({}, one).alarms == monitoring({}, two).alarms


def test_the_defaults_are_those_that_aws_recommends() -> None:
    plan = monitoring({})
    ports, dropped = the(plan, "ErrorPortAllocation"), the(plan, "PacketsDropCount")
    assert (ports.threshold, ports.expression, ports.period, ports.periods) == (0, "", 60, 15)
    assert (dropped.threshold, dropped.expression, dropped.period, dropped.periods) == (0.01, "100*m1/(m2+m3)", 60, 15)
    assert dropped.metrics == ("PacketsDropCount", "PacketsInFromSource", "PacketsInFromDestination")
    assert not plan.topics
    assert plan.ipam_logs is None


def test_thresholds_are_those_of_the_config() -> None:
    limits = {"port_allocation_errors": 5, "dropped_packets_percent": 0.5, "minutes": 3, "bytes_per_hour": 10**12}
    plan = monitoring({"nat_gateways": limits, "topics": [TOPIC]})
    ports, dropped, sent = (
        the(plan, each) for each in ("ErrorPortAllocation", "PacketsDropCount", "BytesInFromSource")
    )
    assert [(each.threshold, each.period, each.periods) for each in (ports, dropped, sent)] == [
        (5, 60, 3),
        (0.5, 60, 3),
        (10**12, 3600, 1),
    ]
    assert (sent.metrics, sent.expression) == (("BytesInFromSource", "BytesInFromDestination"), "m1+m2")
    assert plan.topics == (TOPIC,)


@given(minutes=st.integers(min_value=1, max_value=1440))
def test_no_alarm_evaluates_more_than_a_day(minutes: int) -> None:
    """The limit of CloudWatch if the period is shorter than an hour."""
    plan = monitoring({"nat_gateways": {"minutes": minutes}, "network_address_usage": {}})
    assert all(alarm.period * alarm.periods <= 86_400 for alarm in plan.alarms)


@pytest.mark.parametrize(
    ("asked", "threshold"),
    [({}, 51_200), ({"percent": 70}, 44_800), ({"quota": 256_000}, 204_800), ({"percent": 99, "quota": 101}, 99)],
)
def test_the_alarm_of_address_usage_is_a_part_of_the_quota(asked: dict[str, int], threshold: int) -> None:
    plan = monitoring({"network_address_usage": asked}, NO_NAT)
    (alarm,) = plan.alarms
    assert (alarm.namespace, alarm.dimension, alarm.statistic) == ("AWS/EC2", "Per-VPC Metrics", "Maximum")
    assert (alarm.period, alarm.periods, alarm.missing) == (86_400, 1, "missing")
    assert alarm.threshold == threshold
    assert plan.address_usage_quota == asked.get("quota", NETWORK_ADDRESS_USAGE.default)


def test_alarms_without_data_are_ok_except_that_of_address_usage() -> None:
    """A gateway without packets has no percentage; a VPC without data does not report its usage."""
    missing = {alarm.gateway != "": alarm.missing for alarm in monitoring({"network_address_usage": {}}).alarms}
    assert missing == {True: "notBreaching", False: "missing"}


def test_descriptions_fit_into_an_alarm_and_name_the_gateway_and_the_network() -> None:
    longest: Changes = {"name": "n" * 40, "cluster.name": "c" * 100, "egress": [{**NEW, "name": "outbound"}]}
    plan = monitoring({"network_address_usage": {}, "nat_gateways": {"bytes_per_hour": 1}}, longest)
    for alarm in plan.alarms:
        assert len(alarm.description) <= 1024
        assert "n" * 40 in alarm.description
        assert alarm.gateway in alarm.description


def test_the_delivery_of_ipam_logs_is_planned() -> None:
    logs = monitoring({"ipam_logs": {"retention_days": 30, "key_arn": KEY.format("eu-west-1")}}).ipam_logs
    assert logs
    assert (logs.cluster_name, logs.retention_days, logs.key_arn) == ("cluster", 30, KEY.format("eu-west-1"))
    default = monitoring({"ipam_logs": {}}).ipam_logs
    assert default
    assert (default.retention_days, default.key_arn) == (365, "")


@given(
    cluster=st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", fullmatch=True),
    name=st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True).filter(lambda name: name != "constructor"),
)
def test_the_name_of_a_delivery_is_one_that_cloudformation_takes(cluster: str, name: str) -> None:
    logs = monitoring({"ipam_logs": {}}, {"cluster.name": cluster, "name": name}).ipam_logs
    assert logs
    assert re.fullmatch(r"[\w-]{1,60}", logs.name)


def known(region: str, kind: str) -> bool:
    """Whether the pinned schemas have a resource type in a region."""
    try:
        return bool(PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind))
    except ResourceNotFoundError:
        return False


def test_ipam_logs_are_delivered_where_the_pinned_schemas_have_the_types() -> None:
    """After an upgrade of cfn-lint: correct DELIVERY_REGIONS."""
    assert {region for region in REGIONS if all(known(region, kind) for kind in DELIVERY_TYPES)} == DELIVERY_REGIONS
    assert not known("eu-west-1", "AWS::Logs::NoSuchType")


def test_the_pinned_schemas_have_every_property_of_a_delivery() -> None:
    for region in sorted(DELIVERY_REGIONS):
        source, destination, delivery = (
            PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, each).schema["properties"] for each in DELIVERY_TYPES
        )
        assert {"Name", "ResourceArn", "LogType", "Tags"} <= source.keys()
        assert {"Name", "DestinationResourceArn", "OutputFormat", "Tags"} <= destination.keys()
        assert {"DeliverySourceName", "DeliveryDestinationArn", "Tags"} <= delivery.keys()
        assert re.search(source["LogType"]["pattern"], IPAM_LOG_TYPE)


def test_the_pinned_sdk_names_the_type_of_log_for_eks_auto_mode() -> None:
    shape = (
        boto3.session.Session()
        .client("logs", region_name="eu-west-1")
        .meta.service_model.shape_for("PutDeliverySourceRequest")
    )
    (sentence,) = re.findall(
        r"For Amazon EKS Auto Mode, the valid values are (.*?)</p>", shape.members["logType"].documentation
    )
    assert IPAM_LOG_TYPE in sentence


def test_cloudformation_has_no_property_for_metrics_of_address_usage() -> None:
    """So the opt-in is a command, and `podspace preflight` checks it."""
    properties = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", "AWS::EC2::VPC").schema["properties"]
    assert not [name for name in properties if "AddressUsage" in name]


def test_ipam_logs_are_refused_where_the_pinned_schemas_do_not_have_the_types() -> None:
    region = "eu-west-9"
    zones = {f"{region}a": ["subnet-0000000a"], f"{region}b": ["subnet-0000000b"]}
    changes: Changes = {
        "environment.region": region,
        "vpc.node_subnets": zones,
        "pods.zones": list(zones),
        "egress": [],
        "monitoring": {"ipam_logs": {}},
    }
    assert errors(changes) == [("ipam-logs-not-supported", "monitoring.ipam_logs", region)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"monitoring": {"topics": [TOPIC.replace("eu-west-1", "us-east-1")]}}, [("topic-of-other-region", "monitoring.topics[0]", TOPIC.replace("eu-west-1", "us-east-1"))]),
        ({"monitoring": {"topics": [TOPIC, TOPIC.replace("aws:", "aws-cn:")]}}, [("topic-of-other-region", "monitoring.topics[1]", TOPIC.replace("aws:", "aws-cn:"))]),
        ({"monitoring": {"ipam_logs": {"key_arn": KEY.format("us-east-1")}}}, [("key-of-other-region", "monitoring.ipam_logs.key_arn", KEY.format("us-east-1"))]),
        ({**NO_NAT, "monitoring": {}}, [("no-nat-gateway-to-monitor", "monitoring", "")]),
        ({**NO_NAT, "monitoring": {"topics": [TOPIC]}}, [("no-nat-gateway-to-monitor", "monitoring", "")]),
        ({**NO_NAT, "monitoring": {"ipam_logs": {}, "nat_gateways": {"minutes": 5}}}, [("no-nat-gateway-to-monitor", "monitoring.nat_gateways", "")]),
        ({**OWNER, "monitoring": {"ipam_logs": {}}}, [("not-in-network-half", "monitoring.ipam_logs", "")]),
        ({**PARTICIPANT, "monitoring": {"nat_gateways": {}, "network_address_usage": {}}}, [("not-in-cluster-half", "monitoring.nat_gateways", ""), ("not-in-cluster-half", "monitoring.network_address_usage", "")]),
        ({**PARTICIPANT, "monitoring": {}}, [("no-nat-gateway-to-monitor", "monitoring", "")]),
    ],
)  # fmt: skip
def test_what_cannot_be_monitored_is_refused(changes: Changes, expected: list[tuple[str, str, str]]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {**NO_NAT, "monitoring": {"ipam_logs": {}}},
        {**NO_NAT, "monitoring": {"network_address_usage": {}, "topics": [TOPIC]}},
        {**OWNER, "monitoring": {"network_address_usage": {}}},
        {**PARTICIPANT, "monitoring": {"ipam_logs": {}}},
        {**A_NEW_VPC, **A_NEW_CLUSTER, "monitoring": {"network_address_usage": {}, "ipam_logs": {}}},
    ],
)
def test_what_can_be_monitored_is_planned(changes: Changes) -> None:
    assert a_plan(changes).monitoring


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"topics": ["alerts"]}, "topics"),
        ({"topics": [TOPIC, TOPIC]}, "topics"),
        ({"topics": [f"{TOPIC}-{number}" for number in range(6)]}, "topics"),
        ({"topics": [TOPIC.replace("sns", "sqs")]}, "topics"),
        ({"nat_gateways": {"port_allocation_errors": -1}}, "port_allocation_errors"),
        ({"nat_gateways": {"port_allocation_errors": 0.5}}, "port_allocation_errors"),
        ({"nat_gateways": {"dropped_packets_percent": 100}}, "dropped_packets_percent"),
        ({"nat_gateways": {"dropped_packets_percent": float("nan")}}, "dropped_packets_percent"),
        ({"nat_gateways": {"minutes": 0}}, "minutes"),
        ({"nat_gateways": {"minutes": 1441}}, "minutes"),
        ({"nat_gateways": {"bytes_per_hour": 0}}, "bytes_per_hour"),
        ({"nat_gateways": {"bytes_per_hour": "500 GB"}}, "bytes_per_hour"),
        ({"network_address_usage": {"percent": 100}}, "percent"),
        ({"network_address_usage": {"quota": 256_001}}, "quota"),
        ({"network_address_usage": 80}, "network_address_usage"),
        ({"ipam_logs": True}, "ipam_logs"),
        ({"ipam_logs": {"retention_days": 8}}, "retention_days"),
        ({"ipam_logs": {"key_arn": "alias/logs"}}, "key_arn"),
        ({"alarms": []}, "alarms"),
    ],
)
def test_values_that_no_alarm_can_have_are_refused(asked: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        monitoring(asked)
    assert place in {part for error in refused.value.errors() for part in error["loc"]}


def test_a_wrong_region_is_the_only_cause_that_is_reported() -> None:
    changes: Changes = {"environment.region": "eu-west-2", "monitoring": {"topics": [TOPIC]}}
    assert errors(changes) == [("region-without-zones", "environment.region", "eu-west-2")]


def test_the_opt_in_of_the_vpc_and_alarms_without_an_action_are_notes() -> None:
    asked: Changes = {"monitoring": {"network_address_usage": {}}}
    assert remarks(asked)["network-address-usage-opt-in"] == "note"
    assert remarks(asked)["alarms-without-topic"] == "note"
    notified = remarks({"monitoring": {"topics": [TOPIC]}})
    assert not notified.keys() & {"network-address-usage-opt-in", "alarms-without-topic"}
    logs_alone = remarks({**NO_NAT, "monitoring": {"ipam_logs": {}}})
    assert "alarms-without-topic" not in logs_alone


def test_the_command_of_the_opt_in_names_an_existing_vpc() -> None:
    (note,) = (each for each in a_plan({"monitoring": {"network_address_usage": {}}}).remarks if "opt-in" in each.id)
    assert "--vpc-id vpc-0123456789abcdef0 --enable-network-address-usage-metrics" in note.fix


def test_one_file_delivers_the_ipam_logs_of_a_cluster() -> None:
    logs: Changes = {"monitoring": {"ipam_logs": {}}}
    assert found(logs, {**SAME_CLUSTER, **logs}) == [("b", "claimed-twice", "monitoring.ipam_logs", "cluster")]
    assert found(logs, {**SAME_CLUSTER, "monitoring": {}}) == []


def test_the_partition_of_every_region_is_that_of_botocore() -> None:
    session = boto3.session.Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("ec2", partition_name=partition):
            assert partition_of(region) == partition, region
