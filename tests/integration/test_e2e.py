"""The deployments in an AWS account, run against the local AWS."""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from tools.e2e import __main__ as command
from tools.e2e.account import BUCKET, LOG_GROUP, STACK, Account
from tools.e2e.cases import BLOCKS
from tools.e2e.comparison import differences
from tools.e2e.network import TAG, Network, template_for, with_obstacle
from tools.local_aws import LocalAws
from tools.local_aws.clients import AccountClients

ACCOUNT, REGION, RUN = "111122223333", "eu-west-1", "0a1b2c3d"
LARGEST_BODY = 51_200
Main = Callable[..., tuple[int, str]]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415

    moto_api_backend.reset()
    with LocalAws() as local:
        for name, value in local.environment(account=ACCOUNT, region=REGION).items():
            monkeypatch.setenv(name, value)
        yield local


@pytest.fixture
def aws(local: LocalAws) -> AccountClients:
    return local.clients.of(ACCOUNT, REGION)


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    """Run the command, and return its exit status and what it printed."""

    def ran(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["e2e", "--region", REGION, "--pause", "0.01", *arguments])
        monkeypatch.setattr(secrets, "token_hex", lambda _: RUN)
        return command.main(), capsys.readouterr().out

    return ran


@pytest.fixture(scope="module")
def networks() -> Sequence[Network]:
    """The network with one CIDR block and with two, which are planned and synthesised once."""
    zones = (f"{REGION}a", f"{REGION}b")
    return [Network(run=RUN, region=REGION, zones=zones, blocks=BLOCKS[:count]) for count in (1, 2)]


@pytest.fixture
def account(local: LocalAws) -> Account:
    """The account of the local AWS; the one of a command is another."""
    assert local.clients.url
    return Account(region=REGION, run=RUN, pause=0.01)


def commands(text: str) -> set[str]:
    return set(re.findall(r"python -m tools\.e2e (.*)", text))


def test_without_the_flag_nothing_is_created_and_the_cost_is_estimated(local: LocalAws, main: Main) -> None:
    status, text = main()
    assert status == 1
    assert "0.15 USD/h (estimated) for 45 minutes (estimated)" in text
    assert local.cloudformation.stacks == []


def test_a_run_passes_and_leaves_nothing(local: LocalAws, aws: AccountClients, main: Main, account: Account) -> None:
    status, text = main("--yes-this-costs-money")
    assert status == 0, text
    assert commands(text) == {f"--region {REGION} --clean-up {RUN}"}
    assert account.tagged() == {}
    assert aws("logs").describe_log_groups()["logGroups"] == []
    assert {each.status for each in local.cloudformation.stacks} == {"DELETE_COMPLETE"}
    used = {tag["Key"] for each in aws("ec2").describe_vpcs()["Vpcs"] for tag in each.get("Tags", [])}
    assert TAG not in used


@pytest.mark.parametrize(
    ("method", "error", "expected"), [("wait", RuntimeError("lost"), 1), ("delete", KeyboardInterrupt(), 130)]
)
def test_what_a_broken_run_leaves_is_cleaned_up(
    *,
    method: str,
    error: BaseException,
    expected: int,
    local: LocalAws,
    main: Main,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> str:
        raise error

    local.engine.pause = 0.01  # so that the stack is still being created when `wait` breaks
    with monkeypatch.context() as patched:
        patched.setattr(Account, method, broken)
        status, text = main("--yes-this-costs-money")
    assert status == expected
    assert commands(text) == {f"--region {REGION} --clean-up {RUN}"}
    if method == "wait":
        assert local.cloudformation.stacks[0].busy
    else:
        assert {STACK, LOG_GROUP, "AWS::EC2::NatGateway"} <= account.tagged().keys()
    assert main("--clean-up", RUN)[0] == 0
    assert account.tagged() == {}
    assert {each.status for each in local.cloudformation.stacks} == {"DELETE_COMPLETE"}


def test_a_bucket_of_a_run_is_emptied_and_deleted_and_others_are_left(
    aws: AccountClients, main: Main, account: Account
) -> None:
    own, other = account.stack_name, f"{account.stack_name}-of-others"
    for name in (own, other):
        aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    aws("s3").put_bucket_versioning(Bucket=own, VersioningConfiguration={"Status": "Enabled"})
    aws("s3").put_bucket_tagging(Bucket=own, Tagging={"TagSet": [{"Key": TAG, "Value": RUN}]})
    for _ in range(2):
        aws("s3").put_object(Bucket=own, Key="log", Body=b"")
    aws("s3").delete_object(Bucket=own, Key="log")
    assert account.tagged() == {BUCKET: {own}}
    assert main("--clean-up", RUN)[0] == 0
    assert [each["Name"] for each in aws("s3").list_buckets()["Buckets"]] == [other]


def test_what_is_not_deleted_is_listed(aws: AccountClients, main: Main) -> None:
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": TAG, "Value": RUN}]}]
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    status, text = main("--clean-up", RUN)
    assert status == 1
    assert vpc in text


@pytest.mark.parametrize("run", ["", "podspace", "0a1b2c3d4"])
def test_only_the_id_of_a_run_is_accepted(main: Main, run: str) -> None:
    with pytest.raises(SystemExit):
        main("--clean-up", run)


def test_templates_are_small_enough_for_a_request(networks: Sequence[Network]) -> None:
    for network in networks:
        assert len(json.dumps(with_obstacle(template_for(network)))) < LARGEST_BODY


def test_the_comparison_sees_what_was_changed_by_hand(
    aws: AccountClients, account: Account, networks: Sequence[Network]
) -> None:
    small, large = networks
    id_ = account.create(account.stack_name, template_for(small))
    account.wait(id_)
    resources, ec2 = account.resources(id_), aws("ec2")
    assert list(differences(account, resources, small.plan)) == []
    assert [each.split(":")[0] for each in differences(account, resources, large.plan)] == ["resources"]
    tables = ec2.describe_route_tables(Filters=[{"Name": f"tag:{TAG}", "Values": [RUN]}])["RouteTables"]
    ec2.delete_route(RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    association = next(each for each in tables[1]["Associations"] if "SubnetId" in each)
    ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    (log,) = (id_ for type_, id_ in resources.values() if type_ == "AWS::EC2::FlowLog")
    ec2.delete_flow_logs(FlowLogIds=[log])
    vpc = tables[0]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.132.15.0/24")
    found = {each.partition(": ")[0] for each in differences(account, resources, small.plan)}
    assert found == {"AWS::EC2::FlowLog", "subnets", "route tables of subnets", "routes"}
