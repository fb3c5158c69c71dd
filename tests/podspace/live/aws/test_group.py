"""What a security group admits."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (a_rule("icmp", -1, -1), False),
        (a_rule("50", None), False),
        (a_rule("tcp", 440, 443), True),
        (a_rule("tcp", 443, 450), True),
        (a_rule("tcp", 0, 65535), True),
        (a_rule("tcp", None), True),
        (a_rule("tcp", 444, 450), False),
        (a_rule("tcp", 400, 442), False),
    ],
)
def test_a_rule_is_about_ports_of_tcp(rule: dict[str, Any], covers: bool) -> None:
    assert (443 in Permission.model_validate(rule).ports) is covers


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
        ([a_rule(UserIdGroupPairs=[{"UserId": "123456789012"}])], False),
    ],
)
def test_a_group_admits_another_group(rules: list[dict[str, Any]], admits: bool) -> None:
    assert (443 in a_group(*rules).ports_for_groups({"sg-2"})) is admits


@pytest.mark.parametrize(
    ("rules", "admits"),
    [
        ([], False),
        ([a_rule()], False),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/16"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/8"))], True),
        ([a_rule(IpRanges=of_cidrs("10.9.0.0/16", "10.0.0.0/16"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/17"))], False),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/17", "10.0.128.0/17"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/17")), a_rule("-1", None, IpRanges=of_cidrs("10.0.128.0/17"))], True),
        ([a_rule(IpRanges=of_cidrs("10.0.0.0/17")), a_rule("udp", IpRanges=of_cidrs("10.0.128.0/17"))], False),
        ([a_rule("udp", IpRanges=of_cidrs("10.0.0.0/8"))], False),
        ([a_rule("udp"), a_rule(IpRanges=of_cidrs("10.0.0.0/8"))], True),
        ([a_rule(UserIdGroupPairs=of_groups("sg-2"))], False),
        ([a_rule(Ipv6Ranges=[{"CidrIpv6": "::/0"}])], False),
    ],
)
def test_a_group_admits_a_range_as_a_whole(rules: list[dict[str, Any]], admits: bool) -> None:
    assert (443 in a_group(*rules).ports_for(IPv4Network("10.0.0.0/16"))) is admits


def test_many_ranges_of_hosts_are_compared_quickly() -> None:
    """A group has 60 rules, or up to 1,000 if the account's quota is raised."""
    hosts = [
        a_rule("tcp", 80, 80, IpRanges=of_cidrs(f"10.0.{number % 250}.{number // 250}/32")) for number in range(1000)
    ]
    group = a_group(*hosts, a_rule("tcp", 22, 22, IpRanges=of_cidrs("10.0.0.0/15")))
    assert group.ports_for(IPv4Network("10.0.0.0/16")).ranges == ("22",)


@given(st.lists(st.tuples(st.integers(0, 63), st.integers(28, 32), st.integers(1, 3)), max_size=12))
def test_ports_for_a_range_are_those_for_each_of_its_addresses(given_rules: list[tuple[int, int, int]]) -> None:
    source = IPv4Network("10.0.0.0/28")
    networks = [
        (IPv4Network((int(source[0]) + offset % 16, length), strict=False), port)
        for offset, length, port in given_rules
    ]
    group = a_group(*(a_rule("tcp", port, port, IpRanges=of_cidrs(str(cidr))) for cidr, port in networks))
    expected = {
        port
        for port in (1, 2, 3)
        if all(any(address in cidr and port == each for cidr, each in networks) for address in source)
    }
    assert {port for port in (1, 2, 3) if port in group.ports_for(source)} == expected


def test_a_group_admits_ipv6_ranges() -> None:
    group = a_group(a_rule(Ipv6Ranges=[{"CidrIpv6": "2001:db8::/32"}]))
    assert 443 in group.ports_for(IPv6Network("2001:db8:1::/56"))
    assert not group.ports_for(IPv6Network("2001:db9::/56"))


def test_ports_of_prefix_lists_are_by_list() -> None:
    lists = [{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}]
    group = a_group(a_rule(PrefixListIds=lists), a_rule("udp", 53, 53, PrefixListIds=lists[:1]))
    assert {id: each.ranges for id, each in group.prefix_lists.items()} == {"pl-1": ("443", "53/udp"), "pl-2": ("443",)}
