"""Security groups that admit nodes, and whether they admit pods too, before and after the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic
from podspace.live.aws import call
from podspace.preflight import groups_to_open, preflight, reaches_yaml
from tests.canned_account import (
    GROUP,
    Answers,
    CannedAccount,
    a_cluster,
    a_group,
    a_sound_account,
    an_interface,
    denied,
)
from tests.mother import A_NEW_CLUSTER, AN_IPV6_CLUSTER, Changes, a_file, a_plan

DATABASE = "sg-0000000d"
NODES = "sg-00000001"
PODS = "sg-00000002"
RANDOM: Changes = {}
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
PEER = "10.0.0.0/20"


def admitting(*rules: Mapping[str, Any], name: str = DATABASE, **keys: Any) -> dict[str, Any]:
    """A security group with these ingress rules."""
    return {"GroupId": name, "GroupName": f"name-of-{name}", "IpPermissions": list(rules), **keys}


def a_rule(source: str, *ports: int, protocol: str = "tcp") -> dict[str, Any]:
    """A rule about a CIDR block, a group or a prefix list; every port without ports."""
    if source.startswith("sg-"):
        sources: dict[str, Any] = {"UserIdGroupPairs": [{"GroupId": source}]}
    elif source.startswith("pl-"):
        sources = {"PrefixListIds": [{"PrefixListId": source}]}
    elif ":" in source:
        sources = {"Ipv6Ranges": [{"CidrIpv6": source}]}
    else:
        sources = {"IpRanges": [{"CidrIp": source}]}
    return {"IpProtocol": protocol, **({"FromPort": ports[0], "ToPort": ports[-1]} if ports else {}), **sources}


def an_account(
    *groups: dict[str, Any], interfaces: list[dict[str, Any]] | None = None, **answers: Any
) -> CannedAccount:
    """An account with these groups next to that of the cluster; the database's has an interface of RDS."""
    rds = [an_interface("eni-1", DATABASE, description="RDSNetworkInterface")]
    found: Answers = {
        "DescribeSecurityGroups": [a_group(GROUP), *groups],
        "DescribeNetworkInterfaces": rds if interfaces is None else interfaces,
        **answers,
    }
    return a_sound_account(found)


def reported(account: CannedAccount, changes: Changes | None = None) -> list[Diagnostic]:
    return [each for each in preflight(a_plan(changes), account) if each.id == "closed-groups"]


def severities(account: CannedAccount, changes: Changes | None = None) -> list[str]:
    return [each.severity for each in reported(account, changes)]


def to_open(account: CannedAccount, changes: Changes | None = None) -> dict[str, tuple[str, ...]]:
    """The ports of `reaches` by the id of the group."""
    plan = a_plan(changes)
    found = groups_to_open(plan, account, preflight(plan, account))
    return {each.group.group_id: each.ports.ranges for each in found}


@pytest.mark.parametrize("changes", [RANDOM, DISABLED], ids=["Random", "Disabled"])
@pytest.mark.parametrize(
    ("rule", "ports"),
    [
        (a_rule(GROUP, 5432, 5432), ("5432",)),
        (a_rule("10.0.0.0/20", 5432, 5432), ("5432",)),
        (a_rule("10.0.0.0/8", 5432, 5432), ("5432",)),
        (a_rule("10.0.1.0/24", 5432, 5432), ("5432",)),
        (a_rule(GROUP, 5432, 5440), ("5432-5440",)),
        (a_rule(GROUP, 53, 53, protocol="udp"), ("53/udp",)),
        (a_rule(GROUP, 0, 65535), ("1-65535",)),
        (a_rule(GROUP, protocol="-1"), ("1-65535", "1-65535/udp")),
    ],
)
def test_a_group_that_admits_nodes_and_not_pods_is_listed(
    rule: Mapping[str, Any], ports: tuple[str, ...], changes: Changes
) -> None:
    """Traffic of pods inside the VPC is not translated, whatever `snatPolicy` is."""
    account = an_account(admitting(rule))
    (found,) = reported(account, changes)
    assert (found.severity, found.subject) == ("warning", f"{DATABASE} (name-of-{DATABASE})")
    assert "RDS" in found.message
    assert to_open(account, changes) == {DATABASE: ports}


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [a_rule("sg-00000009", 5432, 5432)],
        [a_rule("10.0.3.7/32", 5432, 5432)],
        [a_rule("10.9.0.0/16", 5432, 5432)],
        [a_rule("2001:db8::/32", 5432, 5432)],
        [a_rule(GROUP, 8, 0, protocol="icmp")],
        [a_rule(GROUP, protocol="50")],
        [a_rule("0.0.0.0/0", 5432, 5432)],
        [a_rule(GROUP, 5432, 5432), a_rule("0.0.0.0/0", protocol="-1")],
        [a_rule(GROUP, 5432, 5432), a_rule("100.64.0.0/10", 5432, 5432)],
        [a_rule(GROUP, 5432, 5432), a_rule("100.64.0.0/16", 5000, 6000)],
        [a_rule(GROUP, 5432, 5432), a_rule("100.64.0.0/18", 5432, 5432), a_rule("100.64.64.0/18", 5432, 5432)],
    ],
    ids=str,
)
def test_other_groups_are_not_listed(rules: list[dict[str, Any]]) -> None:
    """They admit no nodes, or single hosts, or admit the pods' addresses; ICMP has no port."""
    assert severities(an_account(admitting(*rules))) == ["ok"]


def test_a_group_that_admits_only_some_pods_is_listed() -> None:
    rules = [a_rule(GROUP, 5432, 5432), a_rule("100.64.0.0/18", 5432, 5432)]
    assert to_open(an_account(admitting(*rules))) == {DATABASE: ("5432",)}


def test_every_cidr_block_of_the_pods_must_be_admitted() -> None:
    changes: Changes = {"pods.cidrs": ["100.64.0.0/16", "100.70.0.0/16"], "pods.subnet_prefix": 17}
    first = [a_rule(GROUP, 5432, 5432), a_rule("100.64.0.0/16", 5432, 5432)]
    both = [*first, a_rule("100.70.0.0/16", 5432, 5432)]
    assert [severities(an_account(admitting(*rules)), changes) for rules in (first, both)] == [["warning"], ["ok"]]


def test_pods_in_the_group_of_a_new_cluster_are_admitted_with_it() -> None:
    """The file does not have the id of the group that EKS creates."""
    changes: Changes = {**A_NEW_CLUSTER, "pods.security_group": "cluster"}
    for source, severity in ((GROUP, "ok"), (PEER, "warning")):
        assert severities(an_account(admitting(a_rule(source, 5432, 5432))), changes) == [severity]


def test_only_the_ports_that_pods_lack_are_listed() -> None:
    rules = [a_rule(GROUP, 5432, 5434), a_rule("100.64.0.0/10", 5433, 5433), a_rule(GROUP, 53, 53, protocol="udp")]
    assert to_open(an_account(admitting(*rules))) == {DATABASE: ("5432", "5434", "53/udp")}


ADOPTED: Changes = {"pods.security_group": PODS}
IN_CLUSTER_GROUP: Changes = {"pods.security_group": "cluster"}


@pytest.mark.parametrize(
    ("changes", "source", "severity"),
    [
        (ADOPTED, PODS, "ok"),
        (ADOPTED, "sg-00000009", "warning"),
        (IN_CLUSTER_GROUP, GROUP, "ok"),
        (IN_CLUSTER_GROUP, "sg-00000009", "warning"),
        ({}, PODS, "warning"),
    ],
)
def test_the_group_of_the_pods_admits_them(changes: Changes, source: str, severity: str) -> None:
    account = an_account(admitting(a_rule(PEER, 5432, 5432), a_rule(source, 5432, 5432)), admitting(name=PODS))
    assert severities(account, changes) == [severity]


def test_a_deployed_group_of_the_pods_is_known_by_its_tag() -> None:
    tags = [{"Key": key, "Value": value} for key, value in a_plan().pods.selector.items()]
    group = admitting(a_rule(PEER, 5432, 5432), a_rule(PODS, 5432, 5432))
    deployed = admitting(a_rule(GROUP, protocol="-1"), name=PODS, Tags=tags)
    assert severities(an_account(group, deployed)) == ["ok"]


def reaching(*ports: int | str) -> Changes:
    return {"pods.security_group": {"kind": "dedicated", "reaches": [{"id": DATABASE, "ports": list(ports)}]}}


@pytest.mark.parametrize(
    ("changes", "severity"),
    [(reaching(5432), "ok"), (reaching("5000-6000"), "ok"), (reaching(3306), "note"), (reaching("5432/udp"), "note")],
)
def test_entries_of_reaches_admit_the_pods_before_they_are_deployed(changes: Changes, severity: str) -> None:
    """Other ports of a group that the config lists can be left out on purpose, so that they are a note."""
    account = an_account(admitting(a_rule(GROUP, 5432, 5432)))
    assert severities(account, changes) == [severity]
    assert to_open(account, changes) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pods.security_group": {"kind": "dedicated", "reaches": [{"id": "sg-0000000f", "ports": [443]}]}},
        ADOPTED,
        IN_CLUSTER_GROUP,
    ],
    ids=["dedicated", "with reaches", "existing", "cluster"],
)
def test_the_lines_of_reaches_fix_it(changes: Changes) -> None:
    """Pasted into the file, next to entries that it has."""
    groups = (
        admitting(a_rule(PEER, 5432, 5432), a_rule(PEER, 53, 53, protocol="udp")),
        admitting(a_rule(PEER, protocol="-1"), name="sg-0000000e"),
        admitting(name="sg-0000000f"),
        admitting(name=PODS),
    )
    odd = "of a\nmap: [\x1b[31m # }"
    interfaces = [an_interface("eni-1", DATABASE, "sg-0000000e", description=odd)]
    account = an_account(*groups, interfaces=interfaces)
    plan = a_plan(changes)
    lines = reaches_yaml(plan, groups_to_open(plan, account, preflight(plan, account)))
    added = yaml.safe_load(lines)["pods"]["security_group"]
    data = a_file(changes)
    given = data["pods"].get("security_group")
    written = given if isinstance(given, dict) else {"id" if str(given).startswith("sg-") else "kind": given}
    assert all(written[key] == value for key, value in added.items() if key != "reaches")
    merged = {**written, "reaches": [*written.get("reaches", ()), *added["reaches"]]}
    fixed: Changes = {**changes, "pods.security_group": merged}
    assert len(added["reaches"]) == 2
    assert severities(an_account(*groups, interfaces=interfaces), fixed) == ["ok"]


def test_groups_of_nodes_are_those_of_the_config_of_the_control_plane_and_with_the_tag_of_the_cluster() -> None:
    of_vpc = {"vpcId": "vpc-0123456789abcdef0", "clusterSecurityGroupId": GROUP, "securityGroupIds": ["sg-000000c2"]}
    tagged = admitting(name="sg-000000c3", Tags=[{"Key": "kubernetes.io/cluster/cluster", "Value": "owned"}])
    other = admitting(name="sg-000000c4", Tags=[{"Key": "kubernetes.io/cluster/other", "Value": "owned"}])
    changes: Changes = {"cluster.node_security_group_ids": [NODES]}
    for source, severity in (
        (NODES, "warning"),
        ("sg-000000c2", "warning"),
        ("sg-000000c3", "warning"),
        ("sg-000000c4", "ok"),
    ):
        account = an_account(
            admitting(a_rule(source, 5432, 5432)), admitting(name=NODES), tagged, other,
            DescribeCluster=[a_cluster(resourcesVpcConfig=of_vpc)],
        )  # fmt: skip
        assert severities(account, changes) == [severity], source


def test_groups_of_the_plan_are_left_out() -> None:
    """The cluster's and the nodes' admit themselves; the rules of the plan are about what pods need of them."""
    nodes = admitting(a_rule(NODES, protocol="-1"), a_rule(GROUP, protocol="-1"), name=NODES)
    cluster = admitting(a_rule(GROUP, protocol="-1"), a_rule(NODES, 443, 443), name=GROUP)
    found = an_account(DescribeSecurityGroups=[cluster, nodes])
    assert severities(found, {"cluster.node_security_group_ids": [NODES]}) == ["ok"]


@pytest.mark.parametrize(("tag", "severity"), [("podspace/cluster/other", "ok"), ("team", "warning")])
def test_groups_of_other_pod_networks_are_left_out(tag: str, severity: str) -> None:
    """By default pods of two networks do not reach each other."""
    group = admitting(a_rule(GROUP, protocol="-1"), Tags=[{"Key": tag, "Value": "pods"}])
    assert severities(an_account(group)) == [severity]


def test_the_group_of_existing_nodes_that_the_config_does_not_name_is_listed() -> None:
    """Pods that stay on these nodes, such as CoreDNS, are reached by its rules."""
    tags = [{"Key": "kubernetes.io/cluster/cluster", "Value": "owned"}]
    nodes = admitting(a_rule(NODES, 53, 53, protocol="udp"), name=NODES, Tags=tags)
    interfaces = [an_interface("eni-1", NODES, Attachment={"InstanceId": "i-1"})]
    assert to_open(an_account(nodes, interfaces=interfaces)) == {NODES: ("53/udp",)}


def test_groups_that_the_stack_created_are_left_out() -> None:
    created = {
        "LogicalResourceId": "Endpoints",
        "PhysicalResourceId": DATABASE,
        "ResourceType": "AWS::EC2::SecurityGroup",
    }
    account = an_account(
        admitting(a_rule(PEER, 443, 443)),
        DescribeStacks=[{"StackName": "podspace-cluster-net", "StackStatus": "CREATE_COMPLETE"}],
        ListStackResources=[created],
    )
    assert severities(account) == ["ok"]


def test_another_group_of_the_same_interfaces_can_admit_the_pods() -> None:
    closed, opened = admitting(a_rule(PEER, 5432, 5432)), admitting(a_rule("100.64.0.0/10", 5432, 5432), name=PODS)
    both = an_interface("eni-1", DATABASE, PODS)
    assert severities(an_account(closed, opened, interfaces=[both])) == ["ok"]
    one_closed = [both, an_interface("eni-2", DATABASE)]
    assert to_open(an_account(closed, opened, interfaces=one_closed)) == {DATABASE: ("5432",)}


def test_groups_without_interfaces_are_one_note() -> None:
    groups = [admitting(a_rule(PEER, 5432, 5432), name=f"sg-{number:08x}") for number in range(300)]
    (note,) = reported(an_account(*groups, interfaces=[]))
    assert note.severity == "note"
    assert "300 security groups" in note.message


def test_owners_are_named_by_service() -> None:
    interfaces = [
        an_interface("eni-1", DATABASE, description="RDSNetworkInterface"),
        an_interface("eni-2", DATABASE, description="RDSNetworkInterface"),
        an_interface("eni-3", DATABASE, description="ElastiCache orders-001"),
        an_interface("eni-4", DATABASE, description="ELB app/web/0123456789abcdef"),
        an_interface("eni-5", DATABASE, description="EFS mount target for fs-0a1b (fsmt-0c2d)"),
    ]
    account = an_account(admitting(a_rule(PEER, protocol="-1")), interfaces=interfaces)
    plan = a_plan()
    (found,) = groups_to_open(plan, account, preflight(plan, account))
    assert found.owners == ("RDS", "ElastiCache orders-001", "load balancer app/web", "EFS fs-0a1b")
    assert len(found.interfaces) == 5


def test_texts_of_the_account_are_short_and_on_one_line() -> None:
    group = admitting(a_rule(PEER, 1, 1), GroupName="a\x1b[31m\nb" + "c" * 300)
    interfaces = [an_interface("eni-1", DATABASE, description="d\u202ee\n" + "f" * 300)]
    (found,) = reported(an_account(group, interfaces=interfaces))
    for text in (found.subject, found.message):
        assert text.isprintable()
        assert len(text) < 250


def test_many_groups_are_summarised() -> None:
    """Those of most network interfaces are reported one by one; all are in the lines."""
    count = 2000
    groups = [admitting(a_rule(GROUP, 5432, 5432), name=f"sg-{number:08x}") for number in range(count)]
    interfaces = [an_interface(f"eni-{number}", f"sg-{number:08x}") for number in range(count)]
    interfaces.append(an_interface("eni-more", f"sg-{count - 1:08x}"))
    account = an_account(*groups, interfaces=interfaces)
    found = reported(account)
    assert len(found) == 21
    assert found[0].subject.startswith(f"sg-{count - 1:08x}")
    assert f"{count - 20:,} further security groups" in found[-1].message
    assert len(to_open(account)) == count


def test_endpoints_that_another_check_is_about_are_not_reported_twice() -> None:
    endpoint = {
        "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.sts",
        "State": "available", "PrivateDnsEnabled": True, "Groups": [{"GroupId": DATABASE}], "NetworkInterfaceIds": ["eni-1"],
    }  # fmt: skip
    group = admitting(a_rule(PEER, 443, 443))
    assert severities(an_account(group, DescribeVpcEndpoints=[endpoint])) == ["ok"]
    without = {**endpoint, "PrivateDnsEnabled": False}
    assert severities(an_account(group, DescribeVpcEndpoints=[without])) == ["warning"]
    two = [an_interface("eni-1", DATABASE), an_interface("eni-2", DATABASE, description="RDSNetworkInterface")]
    (found,) = reported(an_account(group, interfaces=two, DescribeVpcEndpoints=[endpoint]))
    assert "RDS (1 network interface)" in found.message


def test_an_endpoint_in_reaches_or_in_the_group_of_the_pods_is_open() -> None:
    endpoint = {
        "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.sts",
        "State": "available", "PrivateDnsEnabled": True, "Groups": [{"GroupId": DATABASE}],
    }  # fmt: skip
    account = an_account(admitting(a_rule(PEER, 443, 443)), DescribeVpcEndpoints=[endpoint])
    for changes, severity in ((reaching(443), "ok"), (reaching(80), "warning")):
        found = [each for each in preflight(a_plan(changes), account) if each.id == "closed-endpoints"]
        assert [each.severity for each in found] == [severity]
    in_cluster_group = an_account(DescribeVpcEndpoints=[{**endpoint, "Groups": [{"GroupId": GROUP}]}])
    found = [each for each in preflight(a_plan(IN_CLUSTER_GROUP), in_cluster_group) if each.id == "closed-endpoints"]
    assert [each.severity for each in found] == ["ok"]


CUSTOMERS = [{"PrefixListId": "pl-1", "MaxEntries": 10}]
OF_AWS = [{"PrefixListId": "pl-1"}]


@pytest.mark.parametrize(
    ("rules", "lists", "expected"),
    [
        ([a_rule("pl-1", 5432, 5432)], CUSTOMERS, ["note"]),
        ([a_rule("pl-1", 5432, 5432)], OF_AWS, ["ok"]),
        ([a_rule("pl-1", 5432, 5432)], denied(call.DESCRIBE_PREFIX_LISTS), ["note"]),
        ([a_rule(GROUP, 5432, 5432), a_rule("pl-1", 5432, 5432)], CUSTOMERS, ["note"]),
        ([a_rule(GROUP, 5432, 5432), a_rule("pl-1", 5432, 5432)], OF_AWS, ["warning"]),
        ([a_rule(GROUP, 5432, 5432), a_rule("pl-1", 443, 443)], CUSTOMERS, ["warning"]),
        ([a_rule("100.64.0.0/10", 5432, 5432), a_rule("pl-1", 5432, 5432)], CUSTOMERS, ["ok"]),
    ],
)
def test_prefix_lists_are_not_guessed(rules: list[dict[str, Any]], lists: Any, expected: list[str]) -> None:
    """Their entries are not read; those of AWS have no addresses of the VPC."""
    assert severities(an_account(admitting(*rules), DescribeManagedPrefixLists=lists)) == expected


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        ([a_rule("2001:db8:1::/56", 5432, 5432)], "ok"),
        ([a_rule("10.0.0.0/20", 5432, 5432)], "ok"),
        ([a_rule("2001:db8:1:0::/64", 5432, 5432)], "warning"),
        ([a_rule(GROUP, 5432, 5432)], "warning"),
        ([a_rule(GROUP, 5432, 5432), a_rule("2001:db8:1:10::/63", 5432, 5432)], "ok"),
        ([a_rule(GROUP, 5432, 5432), a_rule("0.0.0.0/0", 5432, 5432)], "warning"),
    ],
)
def test_in_an_ipv6_cluster_ipv6_addresses_count(rules: list[dict[str, Any]], severity: str) -> None:
    """By IPv4 pods have the address of their node, so that rules about IPv4 addresses are right for both."""
    subnets = a_sound_account()._canned["DescribeSubnets"]
    dual = [
        {**each, "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": f"2001:db8:1:{number}::/64"}]}
        for number, each in enumerate(subnets)
    ]
    cluster = a_cluster(kubernetesNetworkConfig={"ipFamily": "ipv6"})
    account = an_account(admitting(*rules), DescribeSubnets=dual, DescribeCluster=[cluster])
    assert severities(account, AN_IPV6_CLUSTER) == [severity]


def test_adopted_pod_subnets_have_the_addresses_of_pods() -> None:
    changes: Changes = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-000000aa"]}}, "egress": []}
    for cidr, severity in (("10.0.2.0/24", "ok"), ("10.0.3.0/24", "warning")):
        rules = [a_rule(GROUP, 5432, 5432), a_rule(cidr, 5432, 5432)]
        assert severities(an_account(admitting(*rules)), changes) == [severity]
    missing: Changes = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000abc"]}}, "egress": []}
    assert severities(an_account(admitting(a_rule("0.0.0.0/0", 1, 1))), missing) == []


def test_what_cannot_be_read_is_unknown_and_groups_are_listed_as_far_as_they_are_known() -> None:
    account = an_account(
        admitting(a_rule(PEER, 5432, 5432)), DescribeNetworkInterfaces=denied(call.DESCRIBE_INTERFACES)
    )
    assert [(each.severity, each.subject.split()[0]) for each in reported(account)] == [
        ("unknown", "ec2:DescribeNetworkInterfaces"),
        ("warning", DATABASE),
    ]
    assert to_open(account) == {DATABASE: ("5432",)}
    no_groups = an_account(DescribeSecurityGroups=denied(call.DESCRIBE_GROUPS))
    assert [(each.severity, each.subject) for each in reported(no_groups)] == [
        ("unknown", "ec2:DescribeSecurityGroups")
    ]
    no_cluster = an_account(admitting(a_rule(GROUP, 1, 1)), DescribeCluster=denied(call.DESCRIBE_CLUSTER))
    assert severities(no_cluster) == ["warning"]


def test_the_account_that_owns_a_shared_vpc_adds_rules_by_address() -> None:
    """Its file has no `reaches`."""
    half: Changes = {
        "vpc.shared_with": ["444455556666"],
        "vpc.node_subnets": None,
        "cluster.security_group_id": None,
        "node_classes": None,
        "node_pools": None,
    }
    account = an_account(admitting(a_rule(PEER, 5432, 5432)))
    (found,) = reported(account, half)
    assert found.severity == "warning"
    assert "100.64.0.0/16" in found.fix
    assert "reaches" not in found.fix
    assert to_open(account, half) == {}


def test_interfaces_are_read_only_if_a_group_is_closed() -> None:
    account = an_account(admitting(a_rule("0.0.0.0/0", 443, 443)))
    reported(account)
    assert "DescribeNetworkInterfaces" not in [operation for operation, _ in account.asked]
