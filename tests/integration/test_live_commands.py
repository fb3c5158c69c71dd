"""init, preflight and teardown as people run them, against moto's servers over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from typer.testing import Result

from podspace.live.aws.call import CALLS
from podspace.planning import NetworkFile, read_network_files
from podspace.planning.addresses.slot import prefix_reservations
from tests.aws_server import ACCOUNT, Answer, AwsServer, xml_error
from tests.integration.live import initialised, run
from tests.json_report import the_report
from tests.vpc_shapes import (
    Shape,
    a_shape,
    behind_a_transit_gateway,
    client,
    deploy,
    peered,
    reserve,
    run_nodes,
    with_block,
)
from tools import REPOSITORY


def three_zones(aws: AwsServer) -> Shape:
    return a_shape(aws, zones="abc", nats="abc")


def one_nat(aws: AwsServer) -> Shape:
    return a_shape(aws, nats="a")


def no_nat(aws: AwsServer) -> Shape:
    return a_shape(aws, nats="")


def transit_gateway(aws: AwsServer) -> Shape:
    shape = a_shape(aws)
    behind_a_transit_gateway(aws, shape, elsewhere="100.64.0.0/16")
    return shape


def peering(aws: AwsServer) -> Shape:
    shape = a_shape(aws)
    peered(aws, shape, cidr="100.64.0.0/16")
    return shape


def used_block(aws: AwsServer) -> Shape:
    shape = a_shape(aws)
    with_block(aws, shape, "100.64.0.0/16", used=True)
    return shape


def unused_block(aws: AwsServer) -> Shape:
    shape = a_shape(aws)
    with_block(aws, shape, "100.70.0.0/16")
    return shape


SHAPES = [a_shape, three_zones, one_nat, no_nat, transit_gateway, peering, used_block, unused_block]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_what_init_writes_is_what_preflight_lets_pass(shape: Callable[[AwsServer], Shape], aws: AwsServer) -> None:
    """Before the deployment, and after it, when the stack's own resources are there; and teardown sees what holds it."""
    built = shape(aws)
    file = initialised()
    before = run("preflight", "prod.yaml")
    assert before.exit_code == 0, before.output
    subnets = deploy(aws, file)
    after = run("preflight", "prod.yaml")
    assert after.exit_code == 0, after.output
    assert run("teardown", "prod.yaml").exit_code == 0
    run_nodes(aws, file, built, subnets)
    held = run("teardown", "prod.yaml")
    assert held.exit_code == 1
    for subnet in subnets.values():
        assert re.search(
            rf"error +interfaces: {subnet} .*has 1 network interface: 1 of node i-\w+ of NodePool pods", held.output
        )
    assert re.search(rf"NodePool pods: has {len(subnets)} nodes?", held.output)
    assert "eks-0123456789: contains role" in held.output


def test_a_range_that_a_transit_gateway_routes_elsewhere_is_avoided(aws: AwsServer) -> None:
    """By init, and preflight warns of it."""
    transit_gateway(aws)
    (chosen,) = initialised().plan.pods.blocks
    assert not chosen.cidr.overlaps(ip_network("100.64.0.0/16"))
    Path("prod.yaml").write_text(Path("prod.yaml").read_text().replace(str(chosen.cidr), "100.64.0.0/16"))
    found = the_report(run("preflight", "prod.yaml", "--format", "json").stdout)["diagnostics"]
    assert [each["severity"] for each in found if each["id"] == "transit-gateways"] == ["warning"]


def test_two_networks_of_one_vpc_do_not_warn_about_each_other(aws: AwsServer) -> None:
    """In one folder and each by itself, when both are deployed."""
    a_shape(aws)
    for name in ("first", "second"):
        assert run("init", "--cluster", "prod", "--name", name, "--to", f"nets/{name}.yaml").exit_code == 0
        deploy(aws, next(file for file in read_network_files(Path("nets")) if file.plan.name == name))
    for path in ("nets", "nets/first.yaml", "nets/second.yaml"):
        done = run("preflight", path, "--format", "json")
        found = the_report(done.stdout)["diagnostics"]
        assert {each["severity"] for each in found if each["id"] == "vpc-blocks"} == {"ok"}
        assert done.exit_code == 0


@pytest.mark.parametrize("command", ["preflight", "teardown"])
def test_a_wrong_account_stops_the_run(aws: AwsServer, command: str) -> None:
    a_shape(aws)
    initialised()
    text = Path("prod.yaml").read_text()
    Path("prod.yaml").write_text(text.replace(ACCOUNT, "999900001111"))
    aws.asked.clear()
    done = run(command, "prod.yaml", "--format", "json")
    assert [(each["id"], each["severity"]) for each in the_report(done.stdout)["diagnostics"]] == [("account", "error")]
    assert (done.exit_code, [each.operation for each in aws.asked]) == (1, ["GetCallerIdentity"])


def test_a_second_init_describes_what_is_deployed(aws: AwsServer) -> None:
    """So that the config can be had again from what lives, and the plan loses no subnet."""
    a_shape(aws)
    first = initialised()
    deploy(aws, first)
    second = initialised("--force")
    assert {(each.zone, each.cidr) for each in second.plan.pods.subnets} == {
        (each.zone, each.cidr) for each in first.plan.pods.subnets
    }
    assert second.plan.vpc.named_cidrs == first.plan.vpc.named_cidrs
    assert run("preflight", "prod.yaml").exit_code == 0


def test_the_first_line_names_the_schema_that_is_written_next_to_it(aws: AwsServer) -> None:
    a_shape(aws)
    told = the_report(run("init", "--cluster", "prod", "--to", "nets/prod.yaml", "--format", "json").stdout)["facts"]
    first, _, _ = Path(told["file"]).read_text().partition("\n")
    schema = Path(told["file"]).parent / first.removeprefix("# yaml-language-server: $schema=")
    assert str(schema) == told["schema"]
    assert schema.read_text() == run("schema", "config").stdout
    assert Draft7Validator(json.loads(schema.read_text())).is_valid(told["config"])


def test_a_second_init_writes_the_same_and_refreshes_the_schema(aws: AwsServer) -> None:
    a_shape(aws)
    initialised()
    files = {path.name: path.read_text() for path in Path().iterdir()}
    (schema,) = files.keys() - {"prod.yaml"}
    Path(schema).write_text("of an earlier version")
    initialised("--force")
    assert {path.name: path.read_text() for path in Path().iterdir()} == files


def test_a_file_is_never_written_over_unasked(aws: AwsServer) -> None:
    a_shape(aws)
    Path("prod.yaml").write_text("mine")
    done = run("init", "--cluster", "prod", "--to", "prod.yaml")
    assert (done.exit_code, Path("prod.yaml").read_text()) == (1, "mine")
    assert [path.name for path in Path().iterdir()] == ["prod.yaml"]
    assert "--force" in done.stderr


def test_programs_get_the_choices_with_their_reasons(aws: AwsServer) -> None:
    a_shape(aws)
    told = the_report(run("init", "--cluster", "prod", "--format", "json").stdout)["facts"]
    assert told["file"] == "config/prod.yaml"
    assert told["config"]["pods"]["cidrs"] == told["choices"]["pods.cidrs"]["value"]
    report = the_report(run("preflight", told["file"], "--format", "json").stdout)
    assert {diagnostic["severity"] for diagnostic in report["diagnostics"]} == {"ok", "warning"}
    steps = the_report(run("teardown", told["file"], "--format", "json").stdout)["facts"]["steps"]
    assert any("cdk destroy" in command for step in steps for command in step["commands"])
    assert run("preflight", told["file"], "--format", "junit").stdout.startswith("<?xml")


def test_two_clusters_of_one_name_differ_by_their_region(aws: AwsServer) -> None:
    here, there = a_shape(aws), a_shape(aws, region="us-east-1")
    done = run("init", "--cluster", "prod", "--vpc", there.vpc_id)
    assert done.exit_code == 2
    assert f"is in {here.vpc_id}, not in {there.vpc_id}" in done.stderr or "is not in eu-west-1" in done.stderr
    assert "--region" in done.stderr
    assert run("init", "--cluster", "prod", "--vpc", there.vpc_id, "--region", "us-east-1").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--cluster", "other"), "cluster other: is not in eu-west-1"),
        (("--cluster", "prod", "--vpc", "vpc-0a0a0a0a"), "VPC vpc-0a0a0a0a: is not in eu-west-1"),
        (("--cluster", "prod", "--region", "us-east-1"), "is not in us-east-1"),
        (("--cluster", "prod", "--profile", "nobody"), "nobody"),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(aws: AwsServer, arguments: tuple[str, ...], text: str) -> None:
    a_shape(aws)
    done = run("init", *arguments)
    assert done.exit_code == 2
    assert text in done.stderr
    assert "-> " in done.stderr
    assert not Path("config").exists()


def an_error(code: str) -> Callable[[Answer], Answer]:
    return lambda _: xml_error(code, "no")


FAULTS: dict[str, Callable[[Answer], Answer]] = {
    "denied": an_error("UnauthorizedOperation"),
    "throttled": an_error("RequestLimitExceeded"),
    "cut off": lambda answer: (answer[0], answer[1], answer[2][: len(answer[2]) // 2]),
    "broken": lambda _: (500, "text/html", b"<html>oh no"),
    "hung up": lambda _: (0, "", b""),
}
SAYS = {
    "denied": "not allowed (UnauthorizedOperation)",
    "throttled": "throttled 5 times (RequestLimitExceeded)",
    "cut off": "is cut off",
    "broken": "",
    "hung up": "Connection was closed",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_unreadable_data_is_unknown_and_the_other_checks_run(aws: AwsServer, fault: str) -> None:
    """Whatever goes wrong with one call; what is throttled is tried five times."""
    a_shape(aws)
    initialised()
    aws.faults["DescribeVpcPeeringConnections"] = FAULTS[fault]
    aws.asked.clear()
    done = run("preflight", "prod.yaml")
    assert done.exit_code == 2
    assert re.search(
        rf"unknown +peers: ec2:DescribeVpcPeeringConnections: could not be read: .*{re.escape(SAYS[fault])}",
        done.output,
    )
    assert "ok       node-subnets" in done.output
    assert "Traceback" not in done.output
    tried = sum(asked.operation == "DescribeVpcPeeringConnections" for asked in aws.asked)
    assert tried == (5 if fault in {"throttled", "broken", "hung up"} else 1)
    written = run("init", "--cluster", "prod", "--to", "partial.yaml")
    assert written.exit_code == 2
    assert "Not read, so complete it by hand: vpc.peers." in Path("partial.yaml").read_text()
    assert "unknown  not-read: vpc.peers: could not be read: " in written.output


def test_an_incomplete_answer_of_eks_is_not_an_empty_one(aws: AwsServer) -> None:
    a_shape(aws)
    initialised()
    aws.faults["DescribeCluster"] = FAULTS["cut off"]
    done = run("preflight", "prod.yaml")
    assert done.exit_code == 2
    assert "unknown  cluster-state: eks:DescribeCluster: could not be read" in done.output


@pytest.mark.parametrize(
    ("code", "text"),
    [("ExpiredToken", "have expired"), ("RequestExpired", "have expired"), ("AuthFailure", "are refused")],
)
def test_credentials_that_are_no_good_are_said_once(aws: AwsServer, code: str, text: str) -> None:
    a_shape(aws)
    initialised()
    for call in CALLS:
        aws.faults[call.operation] = an_error(code)
    for command in ("preflight", "teardown"):
        done = run(command, "prod.yaml")
        assert done.exit_code == 2
        assert (done.stdout, text in done.stderr, done.stderr.count("\n")) == ("", True, 3)


def test_without_credentials_or_region_it_is_said_what_to_do(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    done = run("init", "--cluster", "prod")
    assert done.exit_code == 2
    assert "-> sign in" in done.stderr
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    done = run("init", "--cluster", "prod")
    assert "give --region" in done.stderr
    assert aws.asked == []


def test_an_account_that_cannot_be_reached_is_said(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    done = run("init", "--cluster", "prod")
    assert done.exit_code == 2
    assert "the call failed" in done.stderr
    assert aws.asked == []


def test_the_documented_policy_allows_exactly_the_calls_that_are_made(aws: AwsServer) -> None:
    """Every call is of the list, and every call of the list is made by some command."""
    shape = a_shape(aws)
    aws.node_groups.append("blue")
    behind_a_transit_gateway(aws, shape, elsewhere="10.99.0.0/16")
    aws.asked.clear()
    file = initialised()
    made = {(asked.service, asked.operation) for asked in aws.asked}
    text = Path("prod.yaml").read_text()
    Path("way.yaml").write_text(_by_other_gateways(text, aws))
    deploy(aws, file)
    aws.asked.clear()
    run("preflight", "prod.yaml")
    run("teardown", "prod.yaml")
    run("plan", "prod.yaml", "--describe-instance-types")
    run("preflight", "way.yaml")
    Path("pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    run("verify", "prod.yaml", "--from", "pods.json", "--account")
    new = (
        (REPOSITORY / "config" / "new-vpc.yaml")
        .read_text()
        .replace("role/Admin", "user/ann")
        .replace("111122223333", ACCOUNT)
    )
    Path("new.yaml").write_text(new)
    run("preflight", "new.yaml")
    run("prices", "prod.yaml", "--dry-run")
    made |= {(asked.service, asked.operation) for asked in aws.asked}
    assert made == {(call.service.replace("-", ""), call.operation) for call in CALLS}


def _by_other_gateways(text: str, aws: AwsServer) -> str:
    """The config with new NAT gateways, whose addresses count, and routes to other gateways, one of a prefix list."""
    ec2 = client(aws, "ec2")
    gateway = ec2.describe_transit_gateways()["TransitGateways"][-1]["TransitGatewayId"]
    made = ec2.create_managed_prefix_list(PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4")
    offices = f"{{prefix_list: {made['PrefixList']['PrefixListId']}, max_entries: 5}}"
    public = re.findall(r"(eu-west-1\w): \[(subnet-\w+)\]", text)
    subnets = ", ".join(f"{zone}: {subnet}" for zone, subnet in public)
    vpn = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    wan = "arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0"
    ways = f"egress:\n  - {{to: internet, new_nat_gateways: {{{subnets}}}}}\n  - {{to: [10.128.0.0/9, {offices}], transit_gateway: {gateway}}}\n"
    ways += (
        f"  - {{to: 172.16.0.0/13, virtual_private_gateway: {vpn}}}\n  - {{to: 172.24.0.0/13, core_network: {wan}}}\n"
    )
    text = re.sub(r"egress:\n(  - .*\n)+", ways, text)
    return (
        text.replace("snat_policy: Random", "snat_policy: Disabled")
        .replace("cidrs: [100.64.0.0/16]", "cidrs: [{cidr: 100.64.0.0/16, unique: true}]")
        .replace("name: pods", "name: way", 1)
    )


def test_verify_says_what_is_free_in_the_pod_subnets(aws: AwsServer, tmp_path: Path) -> None:
    """By what is seen of their interfaces; beside files the account is read on request."""
    shape = a_shape(aws)
    file = initialised()
    run_nodes(aws, file, shape, deploy(aws, file))
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    aws.asked.clear()
    assert "subnet-space" not in run("verify", "prod.yaml", "--from", "pods.json").output
    assert aws.asked == []
    told = run("verify", "prod.yaml", "--from", "pods.json", "--account")
    for planned in file.plan.pods.subnets:
        assert re.search(
            rf"ok +subnet-space: subnet-\w+ \({planned.cidr} in {planned.zone}\): 16,375 of 16,379", told.output
        )
    aws.faults["DescribeNetworkInterfaces"] = FAULTS["denied"]
    denied = run("verify", "prod.yaml", "--from", "pods.json", "--account")
    assert "unknown  subnet-space: ec2:DescribeNetworkInterfaces: could not be read: not allowed" in denied.output


def reserved(aws: AwsServer, *, region: str = "us-east-1") -> tuple[NetworkFile, dict[str, str]]:
    """A deployed network with `pods.prefix_reservation` and a node in each zone, and pods.json without pods."""
    shape = a_shape(aws, region=region)
    path = Path("prod.yaml")
    initialised("--region", region)
    path.write_text(path.read_text().replace("\npods:\n", "\npods:\n  prefix_reservation: true\n"))
    (file,) = read_network_files(path)
    assert all(subnet.reservations for subnet in file.plan.pods.subnets)
    subnets = deploy(aws, file)
    run_nodes(aws, file, shape, subnets)
    Path("pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    return file, subnets


def space_of(told: Result) -> list[tuple[str, str]]:
    """The severity and the message of each pod subnet."""
    found = [each for each in the_report(told.output)["diagnostics"] if each["id"] == "subnet-space"]
    return [(each["severity"], each["message"]) for each in found]


VERIFY = ("verify", "prod.yaml", "--from", "pods.json", "--account", "--format", "json")


def test_space_that_is_reserved_for_prefixes_is_not_taken(aws: AwsServer) -> None:
    """EC2 does not count it as free, so its number is less than a tenth of the subnet from the first day."""
    file, _ = reserved(aws)
    told = run(*VERIFY)
    assert [severity for severity, _ in space_of(told)] == ["ok"] * len(file.plan.pods.subnets)
    for fact, planned in zip(the_report(told.output)["facts"]["subnets"], file.plan.pods.subnets, strict=True):
        assert fact["free_addresses"] < planned.cidr.num_addresses / 10
        assert set(fact["reservations"]) == set(map(str, planned.reservations))


def test_the_moto_server_subtracts_reserved_space_once(aws: AwsServer) -> None:
    """Also where an interface has an address in it; ranges for addresses that are assigned by hand stay free."""
    a_shape(aws)
    (cidr, id), *_ = deploy(aws, initialised()).items()
    ec2, subnet = client(aws, "ec2", "eu-west-1"), IPv4Network(cidr)

    def free() -> int:
        return int(ec2.describe_subnets(SubnetIds=[id])["Subnets"][0]["AvailableIpAddressCount"])

    low, high = subnet.subnets()
    before = free()
    reserve(aws, id, high)
    assert free() == before - high.num_addresses + 1  # its last address was not free before
    reserve(aws, id, IPv4Network((int(low[64]), 28)), kind="explicit")
    ec2.create_network_interface(SubnetId=id, PrivateIpAddress=str(high[9]))
    assert free() == before - high.num_addresses + 1


def test_the_plan_knows_the_reservations_that_may_not_be_read(aws: AwsServer) -> None:
    """Which is said."""
    file, _ = reserved(aws)
    aws.faults["GetSubnetCidrReservations"] = FAULTS["denied"]
    told = space_of(run(*VERIFY))
    assert [severity for severity, _ in told] == ["ok"] * len(file.plan.pods.subnets) + ["unknown"]


def test_reservations_that_were_created_by_hand_are_read(aws: AwsServer) -> None:
    """As regions need it where CloudFormation does not have the type; of two pages each counts."""
    a_shape(aws)
    file = initialised()
    subnets = deploy(aws, file)
    Path("pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    (first, id), *_ = subnets.items()
    reserve(aws, id, *prefix_reservations(IPv4Network(first)))
    assert {severity for severity, _ in space_of(run(*VERIFY))} == {"ok"}
    aws.faults["GetSubnetCidrReservations"] = in_pages()
    told = run(*VERIFY)
    facts = {each["id"]: each for each in the_report(told.output)["facts"]["subnets"]}
    assert set(facts[id]["reservations"]) == set(map(str, prefix_reservations(IPv4Network(first))))
    assert {severity for severity, _ in space_of(told)} == {"ok"}


def in_pages() -> Callable[[Answer], Answer]:
    """Answers of GetSubnetCidrReservations with the first reservation on a page of its own."""
    rest: list[bytes] = []

    def page(answer: Answer) -> Answer:
        status, kind, content = answer
        if rest:
            return status, kind, rest.pop()
        tag = rb"<subnetIpv4CidrReservationSet>(<item>.*?</item>)(.+?)</subnetIpv4CidrReservationSet>"
        if not re.search(tag, content, re.DOTALL):
            return answer
        rest.append(re.sub(rb"(?<=Ipv4CidrReservationSet>)<item>.*?</item>", b"", content, count=1, flags=re.DOTALL))
        first = re.sub(
            tag,
            rb"<subnetIpv4CidrReservationSet>\1</subnetIpv4CidrReservationSet><nextToken>more</nextToken>",
            content,
            flags=re.DOTALL,
        )
        return status, kind, first

    return page


def test_configs_of_two_clusters_are_in_one_folder(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As their networks are named after the clusters; AWS_REGION is read too."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for cluster in ("prod", "Test_2"):
        a_shape(aws, cluster=cluster)
        assert run("init", "--cluster", cluster).exit_code == 0
    assert [file.plan.name for file in read_network_files(Path("config"))] == ["test-2-pods", "prod-pods"]


def test_a_network_that_is_not_deployed_is_said_by_verify(aws: AwsServer, tmp_path: Path) -> None:
    a_shape(aws)
    initialised()
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    told = run("verify", "prod.yaml", "--from", "pods.json", "--account")
    assert re.search("error +subnet-space: vpc-.* has no pod subnet of this network yet", told.output)
    assert "-> deploy it: cdk deploy pods -c config=prod.yaml" in told.output


def test_what_auto_mode_made_is_requested(aws: AwsServer) -> None:
    """The server hides it, as EC2 does, from who does not ask for managed resources."""
    shape = a_shape(aws)
    file = initialised()
    run_nodes(aws, file, shape, deploy(aws, file))
    aws.asked.clear()
    assert run("teardown", "prod.yaml").exit_code == 1
    for operation in ("DescribeNetworkInterfaces", "DescribeInstances", "DescribeVolumes"):
        asked = [each.parameters for each in aws.asked if each.operation == operation]
        assert asked
        assert all(parameters["IncludeManagedResources"] == "true" for parameters in asked)
