"""A network ACL is shut where nothing can get through for certain."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from podspace.lint.deployment import Deployment
from podspace.lint.linter import lint
from podspace.lint.network_acl import NetworkAcls
from podspace.lint.stack import Origin
from podspace.lint.value import Part
from podspace.lint.vpc import Vpcs
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, a_stack, att, changed, made, nested, of, ref

PARAMETERS: Body = {"P": {"Type": "String"}}
PERHAPS: Body = {"Perhaps": {"Fn::Equals": [ref("P"), "a"]}}
ACL = ref("Acl")


def acls(resources: Body) -> NetworkAcls:
    acl = {"Acl": of("EC2::NetworkAcl"), "Vpc": of("EC2::VPC")}
    return NetworkAcls(a_deployment({**acl, **resources}, Parameters=PARAMETERS, Conditions=PERHAPS))


def entry(number: Any, action: Any, *, acl: Any = ACL, **properties: Any) -> Body:
    rule = {"NetworkAclId": acl, "RuleNumber": number, "RuleAction": action, "Protocol": "-1"}
    return of("EC2::NetworkAclEntry", **{**rule, "CidrBlock": "0.0.0.0/0", **properties})


def shut(*entries: Body, **others: Body) -> tuple[bool, bool]:
    """Whether the ACL is shut inward, and outward."""
    acl = acls({**{f"Entry{index}": one for index, one in enumerate(entries)}, **others}).all[made("Acl")]
    return acl.shuts(egress=False), acl.shuts(egress=True)


ALLOW, DENY = entry(100, "allow"), entry(50, "deny")
IPV6 = {"CidrBlock": ref("AWS::NoValue"), "Ipv6CidrBlock": "::/0"}


@pytest.mark.parametrize(
    ("entries", "inward"),
    [
        ([], True),
        ([entry(100, "allow", **IPV6)], True),
        ([ALLOW, entry(90, "allow", **IPV6)], False),
        ([DENY], True),
        ([ALLOW], False),
        ([DENY, ALLOW], True),
        ([ALLOW, DENY], True),
        ([entry(150, "deny"), ALLOW], False),
        ([entry(100, "deny"), ALLOW], False),
        ([DENY, ALLOW, entry(40, "allow", CidrBlock="10.0.0.0/8")], False),
        ([entry(50, "DENY"), ALLOW], True),
        ([entry("50", "deny"), ALLOW], True),
        ([entry(50, "deny", Protocol=-1), ALLOW], True),
        ([entry(50, "deny", Protocol=6), ALLOW], False),
        ([entry(50, "deny", Protocol=ref("P")), ALLOW], False),
        ([entry(50, "deny", CidrBlock="10.0.0.0/8"), ALLOW], False),
        ([entry(50, "deny", CidrBlock=ref("P")), ALLOW], False),
        ([entry(ref("P"), "deny"), ALLOW], False),
        ([DENY, entry(ref("P"), "allow")], False),
        ([entry(50, ref("P")), ALLOW], False),
        ([DENY, entry(40, ref("P"))], False),
        ([entry(50, "deny", Egress=ref("P")), ALLOW], False),
        ([DENY, entry(40, "allow", Egress=ref("P"))], False),
        ([entry(50, "deny", Egress=True), ALLOW], False),
        ([DENY, entry(40, "allow", Egress=True)], True),
        ([DENY, entry(40, "allow", Egress="true")], True),
        ([entry(50, "deny", Egress=False), ALLOW], True),
        ([entry(50, "deny", **IPV6), ALLOW], False),
        ([entry(50, "deny", **IPV6), entry(100, "allow", **IPV6)], True),
        ([DENY, entry(100, "allow", **IPV6)], True),
        ([DENY, entry(50, "deny", **IPV6), ALLOW, entry(100, "allow", **IPV6)], True),
        ([DENY, entry(100, "allow", CidrBlock=UNTOLD, Ipv6CidrBlock=UNTOLD)], False),
        ([{**DENY, "Condition": "Perhaps"}, ALLOW], False),
        ([DENY, {**ALLOW, "Condition": "Perhaps"}], True),
        ([{**ALLOW, "Condition": "Perhaps"}], False),
    ],
)  # fmt: skip
def test_it_is_shut_if_everything_is_denied_before_anything_is_allowed(entries: list[Body], inward: bool) -> None:
    """Of one family of addresses; what is not known may let through."""
    assert shut(*entries)[0] is inward


def test_each_direction_is_independent() -> None:
    """An entry that does not say which one it is for is for what gets in."""
    assert shut(ALLOW) == (False, True)
    assert shut(entry(100, "allow", Egress=True)) == (True, False)
    assert shut(ALLOW, entry(100, "allow", Egress=True)) == (False, False)
    assert shut() == (True, True)


@pytest.mark.parametrize(
    ("others", "is_shut"),
    [
        ({"Other": entry(100, "allow", acl="acl-0a")}, True),
        ({"Other": entry(100, "allow", acl=att("Vpc", "DefaultNetworkAcl"))}, True),
        ({"Second": of("EC2::NetworkAcl"), "Other": entry(100, "allow", acl=att("Second", "Id"))}, True),
        ({"Other": entry(100, "allow", acl=att("Acl", "Id"))}, False),
        ({"Other": entry(100, "allow", acl=ref("P"))}, False),
        ({"Other": entry(100, "allow", acl=UNTOLD)}, False),
        ({"Other": {"Type": "Custom::Entries", "Properties": {"Acl": ACL}}}, False),
        ({"Other": {"Type": "Custom::Entries", "Properties": {"Vpc": ref("Vpc")}}}, True),
        ({"Other": nested("https://example.com/entries.yaml")}, False),
    ],
)
def test_it_is_shut_only_if_all_its_entries_are_known(others: Body, is_shut: bool) -> None:
    """An entry may be on it by a parameter, by a custom resource that is told of it, or by a template elsewhere."""
    assert shut(**others)[0] is is_shut


def behind(*associations: Body, **others: Body) -> str:
    """The logical id of the ACL that a subnet is behind; empty if it cannot be told."""
    resources = {
        "Acl": of("EC2::NetworkAcl"),
        "Subnet": of("EC2::Subnet"),
        **{f"Of{index}": one for index, one in enumerate(associations)},
        **others,
    }
    deployment = a_deployment(resources, Parameters=PARAMETERS, Conditions=PERHAPS)
    acl = NetworkAcls(deployment).of(Vpcs(deployment).subnet[made("Subnet")])
    return acl.resource.id if acl else ""


def association(acl: Any = ACL, subnet: Any = None, **body: Any) -> Body:
    return {**of("EC2::SubnetNetworkAclAssociation", NetworkAclId=acl, SubnetId=subnet or ref("Subnet")), **body}


@pytest.mark.parametrize(
    ("associations", "others", "acl"),
    [
        ([association()], {}, "Acl"),
        ([association(att("Acl", "Id"))], {}, "Acl"),
        ([association(subnet=att("Subnet", "SubnetId"))], {}, "Acl"),
        ([], {}, ""),
        ([association("acl-0a")], {}, ""),
        ([association(ref("P"))], {}, ""),
        ([association(subnet=ref("P"))], {}, ""),
        ([association(Condition="Perhaps")], {}, ""),
        ([association(), association("acl-0a")], {}, ""),
        ([association()], {"Custom": {"Type": "Custom::Acl", "Properties": {"Subnet": ref("Subnet")}}}, ""),
    ],
)
def test_a_subnet_is_behind_the_one_that_it_is_associated_with(
    associations: list[Body], others: Body, acl: str
) -> None:
    """Where that is made here, and nothing may change it."""
    assert behind(*associations, **others) == acl


def test_an_entry_of_another_stack_is_on_it_too() -> None:
    """Which imports its id."""
    export = {"Id": {"Value": ACL, "Export": {"Name": "acl"}}}
    stack = a_stack({"Acl": of("EC2::NetworkAcl")}, origin=Origin(name="stack", folder="out"), Outputs=export)
    allow = entry(100, "allow", acl={"Fn::ImportValue": "acl"})
    other = a_stack({"Allow": allow}, origin=Origin(name="other", folder="out"))
    (acl,) = NetworkAcls(Deployment([stack, other])).all.values()
    assert not acl.shuts(egress=False)
    assert acl.shuts(egress=True)


def of_pods(action: str, cidr: Any, *, number: Any = 50, **properties: Any) -> Body:
    return entry(number, action, CidrBlock=cidr, **properties)


PODS = IPv4Network("100.64.0.0/16")


@pytest.mark.parametrize(
    ("entries", "inward"),
    [
        ([], True),
        ([ALLOW], False),
        ([of_pods("allow", "10.0.0.0/8")], True),
        ([of_pods("allow", "100.64.7.0/24")], False),
        ([of_pods("allow", ref("P"))], False),
        ([of_pods("deny", "100.64.0.0/10"), ALLOW], True),
        ([of_pods("deny", "100.64.0.0/16"), ALLOW], True),
        ([of_pods("deny", "100.64.0.0/17"), ALLOW], False),
        ([of_pods("deny", "100.64.0.0/10", number=150), ALLOW], False),
        ([of_pods("deny", "100.64.0.0/10", Protocol=6), ALLOW], False),
        ([of_pods("deny", "100.64.0.0/10", Egress=True), ALLOW], False),
        ([of_pods("deny", ref("P")), ALLOW], False),
        ([entry(100, "allow", **IPV6)], True),
    ],
)
def test_a_network_acl_is_shut_to_a_peer_if_no_entry_may_allow_its_addresses(entries: list[Body], inward: bool) -> None:
    acl = acls({f"Entry{index}": one for index, one in enumerate(entries)}).all[made("Acl")]
    assert acl.shuts(egress=False, peer=PODS) is inward


def ports(first: Any, last: Any, **properties: Any) -> Body:
    return entry(100, "allow", **{"Protocol": 6, "PortRange": {"From": first, "To": last}, **properties})


@pytest.mark.parametrize(
    ("entries", "inward"),
    [
        ([], False),
        ([ports(443, 443)], False),
        ([ports(1024, 65535)], True),
        ([ports(32768, 60999)], True),
        ([ports(32769, 60999)], False),
        ([ports(32768, 60998)], False),
        ([ports(50000, 65535), ports(32768, 49999)], True),
        ([ports(50001, 65535), ports(32768, 49999)], False),
        ([ports(32768, 65535), ports(32768, 40000)], True),
        ([ports("1024", "65535", Protocol="6")], True),
        ([ports(1024, 65535, Protocol=17)], False),
        *(([entry(100, "allow", Protocol=one)], False) for one in (1, 58, "icmp", "icmpv6", "udp")),
        ([entry(100, "allow")], True),
        ([entry(100, "allow", Protocol=6)], True),
        ([ports(ref("P"), 65535)], True),
        ([ports(1024, 65535, Protocol=ref("P"))], True),
        ([ports(1024, 65535, Egress=True)], False),
        ([ports(1024, 65535, Egress=ref("P"))], True),
        ([ports(1024, 65535, RuleAction="deny")], False),
        ([ports(1024, 65535, RuleAction=ref("P"))], True),
    ],
)
def test_ports_are_allowed_if_entries_cover_all_of_them(entries: list[Body], inward: bool) -> None:
    acl = acls({f"Entry{index}": one for index, one in enumerate(entries)}).all[made("Acl")]
    assert acl.may_allow_ports(32768, 60999, egress=False) is inward


def test_ports_may_be_allowed_by_entries_that_are_not_known() -> None:
    acl = acls({"Entry": entry(100, "allow", acl=ref("P"))}).all[made("Acl")]
    assert acl.may_allow_ports(32768, 60999, egress=False)


@pytest.mark.parametrize(
    ("entries", "inward"),
    [
        ([of_pods("allow", ref("First"))], True),
        ([of_pods("allow", "10.0.0.0/8")], False),
        ([of_pods("allow", ref("P"))], False),
        ([of_pods("allow", ref("Second"))], False),
        ([of_pods("deny", ref("Second")), ALLOW], True),
        ([of_pods("deny", ref("First")), ALLOW], False),
    ],
)
def test_a_peer_of_a_parameter_is_in_no_other_cidr_block_of_the_vpc(entries: list[Body], inward: bool) -> None:
    """Pods are in a part of the second block, and the first is another parameter."""
    parameters = {name: {"Type": "String"} for name in ("P", "First", "Second")}
    resources = {
        "Acl": of("EC2::NetworkAcl"),
        "Vpc": of("EC2::VPC", CidrBlock=ref("First")),
        "Block": of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock=ref("Second")),
        **{f"Entry{index}": one for index, one in enumerate(entries)},
    }
    deployment = a_deployment(resources, Parameters=parameters)
    (vpc,) = Vpcs(deployment).all.values()
    acl = NetworkAcls(deployment).all[made("Acl")]
    assert acl.shuts(egress=False, peer=Part("stack", "Second", start=256, bits=8), vpc=vpc) is inward


@pytest.mark.parametrize(
    ("first", "last", "found"), [(32768, 60999, []), (32769, 60999, ["in"]), (32768, 60998, ["in"])]
)
def test_the_ports_that_linux_chooses_from_are_allowed(first: int, last: int, found: list[str], tmp_path: Path) -> None:
    association = of("EC2::SubnetNetworkAclAssociation", SubnetId=ref("PodSubnetA"), NetworkAclId=ACL)
    inward = entry(100, "allow", Protocol=6, PortRange={"From": first, "To": last})
    resources = {
        "Acl": of("EC2::NetworkAcl", VpcId=ref("Vpc")),
        "OfA": association,
        "In": inward,
        "Out": entry(100, "allow", Egress=True),
    }
    folder = changed("plain", {"file": "network.yaml", "at": ["Resources"], "add": resources}, folder=tmp_path)
    findings = lint([folder]).findings
    assert [one.subject for one in findings if one.id == "network-acl-without-ephemeral-ports"] == found
