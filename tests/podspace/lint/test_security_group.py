"""Security groups let in what their rules say, and what is not known may be let in."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.lint.linter import lint
from podspace.lint.security_group import Ingress, Peer, SecurityGroup, SecurityGroups
from podspace.lint.value import Known, Reference
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, a_template, att, changed, made, of, ref, write

CLUSTER = of("EKS::Cluster", Name="shop")
CLUSTER_GROUP = att("Cluster", "ClusterSecurityGroupId")


def groups(resources: Body, **sections: Any) -> SecurityGroups:
    parameters = {"P": {"Type": "String"}}
    return SecurityGroups(
        a_deployment({"Group": of("EC2::SecurityGroup"), **resources}, Parameters=parameters, **sections)
    )


def the_group(rules: Any) -> SecurityGroup:
    """A group with rules inside of it."""
    return groups({"Group": of("EC2::SecurityGroup", SecurityGroupIngress=rules)}).all[made("Group")]


def an_ingress(**properties: Any) -> Ingress:
    (rule,) = the_group([properties]).ingress
    return rule


def a_rule(group: Any, **properties: Any) -> Body:
    return of("EC2::SecurityGroupIngress", GroupId=group, IpProtocol="-1", **properties)


@pytest.mark.parametrize(
    ("properties", "source", "cidr"),
    [
        ({"CidrIp": "10.0.0.9/8"}, "10.0.0.9/8", "10.0.0.0/8"),
        ({"CidrIp": "0.0.0.0/0"}, "0.0.0.0/0", "0.0.0.0/0"),
        ({"CidrIpv6": "::/0"}, "::/0", None),
        ({"SourceSecurityGroupId": ref("Group")}, made("Group"), None),
        ({"SourceSecurityGroupId": att("Group", "GroupId")}, made("Group"), None),
        ({"SourceSecurityGroupId": "sg-0a"}, "sg-0a", None),
        ({"SourceSecurityGroupId": ref("P")}, Reference("stack", "P"), None),
        ({"SourceSecurityGroupId": ref("P"), "CidrIp": "10.0.0.0/8"}, Reference("stack", "P"), None),
        ({"SourceSecurityGroupId": ref("AWS::NoValue"), "CidrIp": "10.0.0.0/8"}, "10.0.0.0/8", "10.0.0.0/8"),
        ({"CidrIp": {"Fn::Sub": "${P}/32"}}, None, None),
        ({"CidrIp": UNTOLD}, None, None),
        ({"SourcePrefixListId": "pl-0a"}, None, None),
        ({}, None, None),
    ],
)
def test_a_rule_has_a_source(properties: Body, source: Known | None, cidr: str | None) -> None:
    """A group or a range, as far as it is known."""
    rule = an_ingress(**properties)
    assert (rule.source, rule.cidr) == (source, IPv4Network(cidr) if cidr else None)
    assert rule.from_everywhere is (source in {"0.0.0.0/0", "::/0"})


@pytest.mark.parametrize(
    ("properties", "protocol", "ports"),
    [
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, "tcp", (443, 443)),
        ({"IpProtocol": "tcp", "FromPort": "1024", "ToPort": "65535"}, "tcp", (1024, 65535)),
        ({"IpProtocol": 6, "FromPort": 0, "ToPort": 65535}, "6", (0, 65535)),
        ({"IpProtocol": "-1"}, "-1", None),
        ({"IpProtocol": -1}, "-1", None),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, "icmp", None),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, "icmp", (8, -1)),
        ({"IpProtocol": "tcp", "FromPort": 443}, "tcp", None),
        ({"IpProtocol": "tcp", "ToPort": 443}, "tcp", None),
        ({"IpProtocol": "tcp", "FromPort": ref("P"), "ToPort": 443}, "tcp", None),
        ({"IpProtocol": ref("P"), "FromPort": 443, "ToPort": 443}, "", (443, 443)),
        ({"IpProtocol": UNTOLD}, "", None),
        ({}, "", None),
    ],
)
def test_a_rule_has_a_protocol_and_ports(properties: Body, protocol: str, ports: tuple[int, int] | None) -> None:
    """As far as they are known."""
    rule = an_ingress(**properties)
    assert (rule.protocol, rule.ports) == (protocol, ports)


@pytest.mark.parametrize(
    ("properties", "port", "expected"),
    [
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, 443, True),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, 10250, False),
        ({"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}, 10250, True),
        ({"IpProtocol": "6", "FromPort": 443, "ToPort": 443}, 443, True),
        ({"IpProtocol": "udp", "FromPort": 443, "ToPort": 443}, 443, False),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, 443, False),
        ({"IpProtocol": "-1"}, 443, True),
        ({"IpProtocol": "-1", "FromPort": 80, "ToPort": 80}, 443, True),
        ({"IpProtocol": "tcp"}, 443, True),
        ({"IpProtocol": ref("P"), "FromPort": 443, "ToPort": 443}, 443, True),
        ({"IpProtocol": ref("P"), "FromPort": 80, "ToPort": 80}, 443, False),
        ({"IpProtocol": "udp", "FromPort": 53, "ToPort": 53}, None, True),
    ],
)
def test_a_rule_admits_traffic_on_a_port(properties: Body, port: int | None, expected: bool) -> None:
    """By TCP, or on any port anything at all."""
    assert an_ingress(**properties).lets_in(port) is expected


@pytest.mark.parametrize(
    ("inline", "count", "known"),
    [
        (None, 0, True),
        ([], 0, True),
        ([{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "172.16.0.0/12"}], 2, True),
        ([UNTOLD], 1, True),
        ({"CidrIp": "10.0.0.0/8"}, 1, False),
        (UNTOLD, 1, False),
        (ref("P"), 1, False),
    ],
)
def test_a_group_has_the_rules_inside_of_it(inline: Any, count: int, known: bool) -> None:
    """And whether those are all; one that is not known is there, and may let anything in."""
    group = the_group(inline)
    assert (len(group.ingress), group.all_ingress) == (count, known)
    assert [rule.place for rule in group.ingress] == [f"Properties.SecurityGroupIngress[{n}]" for n in range(count)]


def test_a_group_has_the_rules_of_separate_resources() -> None:
    """By Ref or by attribute; and so has one that exists, or that EKS makes."""
    resources = {
        "Cluster": CLUSTER,
        "A": a_rule(ref("Group"), CidrIp="10.0.0.0/8"),
        "B": a_rule(att("Group", "GroupId"), CidrIp="10.0.0.0/8"),
        "C": a_rule("sg-0a", CidrIp="10.0.0.0/8"),
        "D": a_rule(CLUSTER_GROUP, SourceSecurityGroupId=ref("Group")),
    }
    found = groups(resources)
    assert found.all_placed
    told = {key: ([rule.resource.id for rule in group.ingress], group.all_ingress) for key, group in found.all.items()}
    assert told == {
        made("Group"): (["A", "B"], True),
        "sg-0a": (["C"], False),
        made("Cluster", "ClusterSecurityGroupId"): (["D"], True),
    }
    assert [resource.id for _, resource in found.made_here()] == ["Group"]
    assert {rule.place for group in found.all.values() for rule in group.ingress} == {"Properties"}


@pytest.mark.parametrize(
    ("resources", "sections"), [({"A": a_rule(UNTOLD)}, {}), ({"A": a_rule(ref("P"))}, {}), ({"A": a_rule({"Fn::ImportValue": "group"})}, {}), ({"A": of("EC2::SecurityGroupIngress")}, {}), ({}, {"Transform": "Macro"})]
)  # fmt: skip
def test_a_rule_of_no_known_group_may_be_of_any(resources: Body, sections: Body) -> None:
    """So no group is known whole; nor is one where a macro may make rules."""
    resources = {"Cluster": CLUSTER, "D": a_rule(CLUSTER_GROUP), **resources}
    assert not any(group.all_ingress for group in groups(resources, **sections).all.values())


def test_a_rule_of_no_known_group_is_placed_as_one_of_a_known_group() -> None:
    (rule,) = groups({"A": a_rule(ref("P"), CidrIp="10.0.0.0/8")}).somewhere
    assert (rule.resource.id, rule.place, rule.source) == ("A", "Properties", "10.0.0.0/8")


PODS = made("Group")
OTHER = made("Other")
PEER = Peer(
    groups=(PODS,), cidrs=(IPv4Network("100.64.0.0/17"), IPv4Network("100.64.128.0/17")), others=frozenset({"sg-0b"})
)
NOWHERE = Peer(groups=(PODS,), cidrs=None)


@pytest.mark.parametrize(
    ("rules", "peer", "expected"),
    [
        ([], PEER, False),
        ([{"SourceSecurityGroupId": ref("Group")}], PEER, True),
        ([{"SourceSecurityGroupId": ref("Other")}], PEER, False),
        ([{"SourceSecurityGroupId": "sg-0a"}], PEER, True),
        ([{"SourceSecurityGroupId": "sg-0b"}], PEER, False),
        ([{"SourceSecurityGroupId": ref("P")}], PEER, True),
        ([{"SourceSecurityGroupId": {"Fn::ImportValue": "group"}}], PEER, True),
        ([{"SourcePrefixListId": "pl-0a"}], PEER, True),
        ([UNTOLD], PEER, True),
        ([{"CidrIp": "0.0.0.0/0"}], PEER, True),
        ([{"CidrIp": "100.64.0.0/10"}], PEER, True),
        ([{"CidrIp": "100.64.0.0/17"}], PEER, False),
        ([{"CidrIp": "100.64.0.0/17"}, {"CidrIp": "100.64.128.0/17"}], PEER, True),
        ([{"CidrIp": "10.0.0.0/8"}], PEER, False),
        ([{"CidrIp": {"Fn::Sub": "${P}/16"}}], PEER, True),
        ([{"CidrIpv6": "::/0"}], PEER, True),
        ([{"CidrIpv6": "fd00::/8"}], PEER, True),
        ([{"CidrIp": "10.0.0.0/8"}], NOWHERE, True),
        ([{"CidrIpv6": "fd00::/8"}], NOWHERE, True),
        ([{"SourceSecurityGroupId": ref("Other")}], NOWHERE, False),
        ([{"CidrIp": "10.0.0.0/8"}], Peer(groups=(PODS,), cidrs=()), False),
    ],
)
def test_a_peer_is_admitted_or_not(rules: list[Body], peer: Peer, expected: bool) -> None:
    """By one of its groups, by ranges that cover all its addresses, or perhaps by what is not known."""
    resources = {"Group": of("EC2::SecurityGroup", SecurityGroupIngress=rules), "Other": of("EC2::SecurityGroup")}
    assert peer.is_let_in(groups(resources).all[made("Group")].ingress) is expected


def test_two_ranges_together_admit_the_whole_range() -> None:
    rules = [{"CidrIp": "100.64.0.0/18"}, {"CidrIp": "100.64.64.0/18"}]
    peer = Peer(groups=(), cidrs=(IPv4Network("100.64.0.0/17"),))
    assert peer.is_let_in(the_group(rules).ingress)


@pytest.mark.parametrize(("port", "expected"), [(None, True), (443, True), (10250, False)])
def test_a_peer_is_admitted_on_a_port(port: int | None, expected: bool) -> None:
    """By the rules that are about it."""
    rules = [
        {"SourceSecurityGroupId": ref("Group"), "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443},
        {"CidrIp": "0.0.0.0/0", "IpProtocol": "udp", "FromPort": 10250, "ToPort": 10250},
    ]
    assert PEER.is_let_in(the_group(rules).ingress, port) is expected


@pytest.mark.parametrize(
    ("egress", "rules", "expected"),
    [
        ("127.0.0.1/32", {}, False),
        ("255.255.255.255/32", {}, False),
        ("127.0.0.1/32", {"Out": of("EC2::SecurityGroupEgress", GroupId=ref("Group"), IpProtocol="-1", CidrIp="10.0.0.0/8")}, True),
        ("127.0.0.1/32", {"Out": of("EC2::SecurityGroupEgress", GroupId="sg-0a", IpProtocol="-1", CidrIp="10.0.0.0/8")}, False),
        ("10.0.0.0/8", {}, True),
    ],
)  # fmt: skip
def test_a_rule_to_the_host_itself_allows_nothing(egress: str, rules: Body, expected: bool) -> None:
    group = of("EC2::SecurityGroup", SecurityGroupEgress=[{"CidrIp": egress, "IpProtocol": "-1"}])
    deployment = a_deployment({"Group": group, **rules})
    found = SecurityGroups(deployment).all[made("Group")]
    assert found.lets_out(deployment.of_type("AWS::EC2::SecurityGroupEgress")) is expected


def egress(inline: Any, **others: Body) -> list[tuple[str, Known | None]] | None:
    """The destinations of the egress rules of a group, with where they are written; None if they are not all known."""
    group = of("EC2::SecurityGroup", **({} if inline is None else {"SecurityGroupEgress": inline}))
    beside = [
        one
        for one in a_deployment({"Group": group, **others}, Parameters={"P": {"Type": "String"}}).resources
        if one.id != "Group"
    ]
    rules = groups({"Group": group, **others}).all[made("Group")].egress(beside)
    return None if rules is None else [(rule.place, rule.source) for rule in rules]


def out(group: Any, **properties: Any) -> Body:
    return of("EC2::SecurityGroupEgress", GroupId=group, IpProtocol="-1", **properties)


TO_PODS = {"IpProtocol": "-1", "CidrIp": "100.64.0.0/16"}


def test_egress_is_what_is_written_in_the_group_and_what_is_added_to_it() -> None:
    rules = egress([TO_PODS], Rule=out(ref("Group"), DestinationSecurityGroupId=ref("Group")), Other=out("sg-0a"))
    assert rules == [("Properties.SecurityGroupEgress[0]", "100.64.0.0/16"), ("Properties", made("Group"))]


@pytest.mark.parametrize("inline", [None, [], UNTOLD])
def test_a_group_without_egress_rules_of_its_own_lets_everything_out(inline: Any) -> None:
    """EC2 adds a rule to everywhere, which rules that are resources do not replace."""
    assert egress(inline, Rule=out(ref("Group"), CidrIp="10.0.0.0/8")) is None


def test_egress_is_not_known_if_a_rule_may_be_on_any_group() -> None:
    assert egress([TO_PODS], Rule=out(ref("P"), CidrIp="10.0.0.0/8")) is None


@pytest.mark.parametrize(
    ("port", "severity"),
    [(22, "error"), (443, "error"), (3389, "error"), (6443, "error"), (10250, "error"), (80, "warning"), (3390, "warning")],
)  # fmt: skip
def test_a_port_that_only_the_platform_serves_is_open_by_mistake(port: int, severity: str, tmp_path: Path) -> None:
    """A port of an application may be open on purpose, for a network load balancer."""
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0"}
    at = ["Resources", "NodeGroup", "Properties", "SecurityGroupIngress"]
    folder = changed("transit-gateway", {"file": "cluster.yaml", "at": at, "add": rule}, folder=tmp_path)
    (finding,) = lint([folder]).findings
    assert (finding.id, finding.severity) == ("ingress-from-everywhere", severity)


@pytest.mark.parametrize("protocol", ["icmp", "icmpv6", "1", "58"])
def test_pings_may_come_from_everywhere(protocol: str, tmp_path: Path) -> None:
    rule = {"IpProtocol": protocol, "FromPort": 8, "ToPort": -1, "CidrIp": "0.0.0.0/0"}
    at = ["Resources", "NodeGroup", "Properties", "SecurityGroupIngress"]
    folder = changed("transit-gateway", {"file": "cluster.yaml", "at": at, "add": rule}, folder=tmp_path)
    assert lint([folder]).findings == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("tcp", "6", True), ("udp", "17", True), ("tcp", "TCP", True), ("tcp", "17", False), ("udp", "6", False), ("-1", "tcp", False)],
)  # fmt: skip
def test_a_protocol_and_its_number_are_one(one: str, other: str, found: bool, tmp_path: Path) -> None:
    rules = [{"IpProtocol": name, "FromPort": 53, "ToPort": 53, "CidrIp": "10.0.0.0/8"} for name in (one, other)]
    group = of("EC2::SecurityGroup", GroupDescription="a", VpcId="vpc-0a", SecurityGroupIngress=rules)
    linted = lint([write(tmp_path, {"t.json": a_template({"Group": group})})])
    assert [finding.id for finding in linted.findings] == ["inline-rule-twice"] * found


def test_two_pod_groups_of_which_one_lets_nothing_out_reach_no_api_server(tmp_path: Path) -> None:
    """If the other one has no rule for it."""
    elsewhere = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.9.0.0/16"}]
    to_nobody = [{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}]
    egress = {"PodGroup": elsewhere, "DatabaseClients": to_nobody}
    edits = [
        {"file": "pods.yaml", "at": ["Resources", id, "Properties"], "add": {"SecurityGroupEgress": rules}}
        for id, rules in egress.items()
    ]
    linted = lint([changed("regional-nat", *edits, folder=tmp_path)])
    assert [finding.id for finding in linted.findings] == ["pod-egress-without-api-server"]


def applied_by_the_template(folder: Path, template: str, **groups: list[str]) -> None:
    """Have the template apply the NodeClass of the manifests, with groups by their logical ids."""
    file = folder / "manifests.yaml"
    node_class, *_ = (one for one in yaml.safe_load_all(file.read_text()) if one["kind"] == "NodeClass")
    node_class["spec"] |= {field: [{"id": f"<{id}>"} for id in ids] for field, ids in groups.items()}
    parts = re.split("<(\\w+)>", json.dumps([node_class]))
    manifest = {"Fn::Join": ["", [att(part, "GroupId") if at % 2 else part for at, part in enumerate(parts)]]}
    document = json.loads((folder / template).read_text())
    document["Resources"]["Applied"] = {
        "Type": "Custom::AWSCDK-EKS-KubernetesResource",
        "Properties": {"Manifest": manifest},
    }
    (folder / template).write_text(json.dumps(document))
    file.unlink()


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize(
    "case",
    [
        ("regional-nat", "pods.yaml", "PodGroupSelf", "podSecurityGroupSelectorTerms", "PodGroup", "pods-closed-to-pods"),
        ("transit-gateway", "cluster.yaml", "ApiServerFromNodes", "securityGroupSelectorTerms", "NodeGroup", "api-server-closed-to-nodes"),
    ],
    ids=lambda case: case[-1],
)  # fmt: skip
def test_admitted_traffic_is_unknown_if_a_group_may_not_exist(
    conditional: bool, case: tuple[str, ...], tmp_path: Path
) -> None:
    base, template, missing, field, group, rule = case
    second = of(
        "EC2::SecurityGroup", GroupDescription="second", VpcId=ref("VPC" if base == "regional-nat" else "VpcId")
    )
    sections = {"Conditions": {"Maybe": {"Fn::Equals": [ref("AWS::Region"), "eu-west-1"]}}}
    folder = changed(
        base,
        {"file": template, "at": ["Resources", missing], "remove": True},
        {
            "file": template,
            "at": ["Resources"],
            "add": {"Second": second | ({"Condition": "Maybe"} if conditional else {})},
        },
        {"file": template, "at": [], "add": sections},
        folder=tmp_path,
    )
    applied_by_the_template(folder, template, **{field: [group, "Second"]})
    assert (rule in {finding.id for finding in lint([folder]).findings}) is not conditional
