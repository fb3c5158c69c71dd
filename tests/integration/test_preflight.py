"""preflight before workloads move to pods: a VPC with a database and a cache, over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from podspace.live.aws.call import CALLS
from podspace.planning import NetworkFile, read_network_files
from tests.aws_server import ACCOUNT, AwsServer, xml_error
from tests.integration.live import initialised, run
from tests.json_report import the_report
from tests.vpc_shapes import Shape, a_shape, client, deploy
from tools import REPOSITORY


def used_by(aws: AwsServer, shape: Shape, name: str, *rules: dict[str, Any], interfaces: tuple[str, ...]) -> str:
    """A security group with ingress rules, and a network interface for each description; its id."""
    ec2 = client(aws, "ec2", shape.region)
    group: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=shape.vpc_id)["GroupId"]
    for rule in rules:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", **rule}])
    for description in interfaces:
        subnet = next(iter(shape.node_subnets.values()))
        ec2.create_network_interface(SubnetId=subnet, Groups=[group], Description=description)
    return group


def a_vpc_in_use(aws: AwsServer) -> tuple[Shape, str, str]:
    """A VPC with a database that admits the nodes, a cache that admits the primary CIDR block, and a public load balancer."""
    shape = a_shape(aws)
    of_nodes, of_vpc, of_all = (
        {"UserIdGroupPairs": [{"GroupId": shape.group_id}]},
        {"IpRanges": [{"CidrIp": "10.20.0.0/20"}]},
        {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    )
    database = used_by(
        aws, shape, "orders-db", {"FromPort": 5432, "ToPort": 5432, **of_nodes}, interfaces=("RDSNetworkInterface",) * 2
    )
    cache = used_by(
        aws, shape, "sessions", {"FromPort": 6379, "ToPort": 6380, **of_vpc},
        interfaces=("ElastiCache sessions-001", "ElastiCache sessions-002"),
    )  # fmt: skip
    used_by(aws, shape, "web", {"FromPort": 443, "ToPort": 443, **of_all}, interfaces=("ELB app/web/0123456789abcdef",))
    return shape, database, cache


def closed_groups(*arguments: str) -> dict[str, str]:
    """The severities of `closed-groups` by the id of the group, or of the VPC."""
    found = the_report(run("preflight", "prod.yaml", "--format", "json", *arguments).stdout)["diagnostics"]
    return {each["subject"].split()[0]: each["severity"] for each in found if each["id"] == "closed-groups"}


def paste(yaml_text: str) -> NetworkFile:
    """Add entries of `reaches` to prod.yaml."""
    config = yaml.safe_load(Path("prod.yaml").read_text())
    group = config["pods"].setdefault("security_group", {})
    added = yaml.safe_load(yaml_text)["pods"]["security_group"]
    assert added.get("kind", "dedicated") == group.get("kind", "dedicated")
    group["reaches"] = [*group.get("reaches", ()), *added["reaches"]]
    Path("prod.yaml").write_text(yaml.safe_dump(config))
    (file,) = read_network_files(Path("prod.yaml"))
    return file


def lines_of(output: str) -> str:
    """The YAML of an output, from `pods:` to the empty line."""
    (found,) = re.findall(r"^pods:\n(?: .*\n)+", output, re.MULTILINE)
    return str(found)


def test_a_database_that_does_not_admit_pods_is_found_and_fixed_by_reaches(aws: AwsServer) -> None:
    """Before the deployment by the file alone, and after it by the rules in the account."""
    shape, database, cache = a_vpc_in_use(aws)
    initialised()
    before = run("preflight", "prod.yaml")
    assert before.exit_code == 0
    assert closed_groups() == {database: "warning", cache: "warning"}
    file = paste(lines_of(before.stdout))
    assert closed_groups() == {shape.vpc_id: "ok"}
    deploy(aws, file)
    ec2 = client(aws, "ec2", shape.region)
    (pods,) = (id for id in aws.stacks[file.plan.stack_name][1].values() if id.startswith("sg-"))
    for rule in file.plan.pod_group.rules:
        if rule.on in {database, cache} and rule.ports:
            ports = {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
            ec2.authorize_security_group_ingress(
                GroupId=rule.on,
                IpPermissions=[{"IpProtocol": rule.protocol, **ports, "UserIdGroupPairs": [{"GroupId": pods}]}],
            )
    config = yaml.safe_load(Path("prod.yaml").read_text())
    del config["pods"]["security_group"]["reaches"]
    Path("prod.yaml").write_text(yaml.safe_dump(config))
    assert closed_groups() == {shape.vpc_id: "ok"}


def test_programs_get_the_entries_of_reaches(aws: AwsServer) -> None:
    _, database, cache = a_vpc_in_use(aws)
    initialised()
    facts = the_report(run("preflight", "prod.yaml", "--format", "json").stdout)["facts"]
    found = {each["id"]: each for each in facts["reaches"]}
    assert {id: each["ports"] for id, each in found.items()} == {database: ["5432"], cache: ["6379-6380"]}
    assert found[database]["owners"] == ["RDS"]
    assert found[cache]["owners"] == ["ElastiCache sessions-001, sessions-002"]
    assert {(each["file"], each["interfaces"]) for each in found.values()} == {("prod.yaml", 2)}
    assert run("preflight", "prod.yaml", "--format", "junit").stdout.startswith("<?xml")


def test_network_acls_of_the_vpc_that_drop_pods_are_found(aws: AwsServer) -> None:
    shape = a_shape(aws)
    initialised()
    assert network_acls() == {shape.vpc_id: "ok"}
    ec2 = client(aws, "ec2", shape.region)
    (default,) = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [shape.vpc_id]}])["NetworkAcls"]
    closed = ec2.create_network_acl(VpcId=shape.vpc_id)["NetworkAcl"]["NetworkAclId"]
    allow_nodes(ec2, closed, "10.0.0.0/8", 100)
    subnet = next(iter(shape.node_subnets.values()))
    (association,) = (each for each in default["Associations"] if each["SubnetId"] == subnet)
    ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=closed
    )  # fmt: skip
    assert network_acls() == {closed: "warning"}
    allow_nodes(ec2, closed, "100.64.0.0/10", 110)
    assert network_acls() == {shape.vpc_id: "ok"}


def allow_nodes(ec2: Any, acl: str, cidr: str, number: int) -> None:
    for egress in (False, True):
        ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=number, Protocol="-1", RuleAction="allow", Egress=egress, CidrBlock=cidr
        )


def network_acls() -> dict[str, str]:
    found = the_report(run("preflight", "prod.yaml", "--format", "json").stdout)["diagnostics"]
    return {each["subject"].split()[0]: each["severity"] for each in found if each["id"] == "network-acls"}


def test_without_the_permission_the_other_checks_run(aws: AwsServer) -> None:
    a_vpc_in_use(aws)
    initialised()
    aws.faults["DescribeNetworkAcls"] = lambda _: xml_error("UnauthorizedOperation", "no")
    aws.faults["DescribeNetworkInterfaces"] = lambda _: xml_error("UnauthorizedOperation", "no")
    done = run("preflight", "prod.yaml", "--format", "json")
    found = the_report(done.stdout)
    unknown = {each["id"] for each in found["diagnostics"] if each["severity"] == "unknown"}
    assert (done.exit_code, unknown) == (2, {"closed-groups", "network-acls"})
    assert len(found["facts"]["reaches"]) == 2


def test_groups_of_a_wrong_account_are_not_reported(aws: AwsServer) -> None:
    a_vpc_in_use(aws)
    initialised()
    text = Path("prod.yaml").read_text()
    Path("prod.yaml").write_text(text.replace(ACCOUNT, "999900001111"))
    done = run("preflight", "prod.yaml")
    assert done.exit_code == 1
    assert "reaches" not in done.output


def test_only_calls_of_the_policy_are_made(aws: AwsServer) -> None:
    a_vpc_in_use(aws)
    initialised()
    aws.asked.clear()
    run("preflight", "prod.yaml")
    assert {"DescribeNetworkAcls", "DescribeNetworkInterfaces"} <= {each.operation for each in aws.asked}
    assert {each.operation for each in aws.asked} <= {each.operation for each in CALLS}


def masked(text: str) -> list[str]:
    """The lines of an output, with the same digits for every id."""
    return [re.sub(r"\b([a-z]+)-[0-9a-f]{17}\b", r"\1-…", line).rstrip() for line in text.splitlines()]


def test_the_page_shows_what_preflight_prints(aws: AwsServer) -> None:
    a_vpc_in_use(aws)
    initialised()
    page = (REPOSITORY / "docs" / "security-groups.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```console\n\$ podspace preflight prod.yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    printed = masked(run("preflight", "prod.yaml").stdout)
    assert [line for line in masked(shown) if line not in {*printed, "…"}] == []
