"""What a security group admits."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from podspace.live.aws.group import Permission, SecurityGroup


def a_rule(protocol: str = "tcp", first: int | None = 443, last: int | None = 443, **sources: Any) -> dict[str, Any]:
    ports = {"FromPort": first, "ToPort": last} if first is not None else {}
    return {"IpProtocol": protocol, **ports, **sources}


def of_groups(*ids: str) -> list[dict[str, str]]:
    return [{"GroupId": id} for id in ids]


def of_cidrs(*cidrs: str) -> list[dict[str, str]]:
    return [{"CidrIp": cidr} for cidr in cidrs]


def a_group(*rules: dict[str, Any]) -> SecurityGroup:
    return SecurityGroup.model_validate({"GroupId": "sg-1", "IpPermissions": list(rules)})


@pytest.mark.parametrize(
    ("rule", "covers"),
    [
        (a_rule(), True),
        (a_rule("6"), True),
        (a_rule("-1", None), True),
        (a_rule("-1", 1, 1), True),
        (a_rule("udp"), False),
        (a_rule("17"), False),
        (a_rule("tcp", 440, 443), True),
        (a_rule("tcp", 443, 450), True),
        (a_rule("tcp", 0, 65535), True),
        (a_rule("tcp", None), True),
        (a_rule("tcp", 444, 450), False),
        (a_rule("tcp", 400, 442), False),
    ],
)
def test_a_rule_covers_the_ports_of_tcp(rule: dict[str, Any], covers: bool) -> None:
    assert Permission.model_validate(rule).covers(443) is covers


def test_a_rule_without_ports_covers_each() -> None:
    rule = Permission.model_validate(a_rule("tcp", None))
    assert [rule.covers(port) for port in (0, 65535, 65536)] == [True, True, False]


@pytest.mark.parametrize(
    ("rules", "admits"),
    [
        ([], False),
        ([a_rule()], False),
        ([a_rule(UserIdGroupPairs=of_groups("sg-2"))], True),
        ([a_rule(UserIdGroupPairs=of_groups("sg-3", "sg-2"))], True),
        ([a_rule(UserIdGroupPairs=of_groups("sg-3"))], False),
        ([a_rule("udp", UserIdGroupPairs=of_groups("sg-2"))], False),
        ([a_rule("udp"), a_rule(UserIdGroupPairs=of_groups("sg-2"))], True),
        ([a_rule(IpRanges=of_cidrs("0.0.0.0/0"))], False),
    ],
)
def test_a_group_admits_another_group(rules: list[dict[str, Any]], admits: bool) -> None:
    assert a_group(*rules).lets_in_group("sg-2", port=443) is admits


@pytest.mark.parametrize(
    ("rules", "admits"),
    [
        ([], False),
        ([a_rule()], False),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/16"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/8"))], True),
        ([a_rule(IpRanges=of_cidrs("10.9.0.0/16", "10.0.0.0/16"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/17"))], False),
        ([a_rule("udp", IpRanges=of_cidrs("10.0.0.0/8"))], False),
        ([a_rule("udp"), a_rule(IpRanges=of_cidrs("10.0.0.0/8"))], True),
        ([a_rule(UserIdGroupPairs=of_groups("sg-2"))], False),
    ],
)
def test_a_group_admits_a_range_as_a_whole(rules: list[dict[str, Any]], admits: bool) -> None:
    assert a_group(*rules).lets_in(IPv4Network("10.0.0.0/16"), port=443) is admits
