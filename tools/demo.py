"""Deploys a pod network to a local AWS with the CDK CLI, shows what exists then, and removes it: `make demo`.

Needs no AWS account. The local AWS (`tools.local_aws`) runs in this process and ends with it, with all that is in it.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from podspace.planning import read_network_file
from tools import REPOSITORY
from tools.local_aws import LocalAws
from tools.local_aws.clients import AccountClients
from tools.local_aws.existing import create_existing

FOLDER: Final = REPOSITORY / "demo"
"""Where the config goes. Git ignores it."""
_EXISTING: Final = REPOSITORY / "config" / "article.yaml"
"""The config whose VPC and cluster exist before."""
_WAIT: Final = 10
"""Seconds in which a command that was told to end does so."""


class StoppedError(Exception):
    """A command failed."""


class Demo:
    """The commands, one after the other, in an environment in which the local AWS is AWS."""

    def __init__(self, *, local: LocalAws, aws: AccountClients) -> None:
        self.aws = aws
        self.environment = {
            **os.environ,
            **local.environment(account=aws.account, region=aws.region),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "NO_COLOR": "1",
        }

    def run(self, what: str, *command: str, folder: Path = REPOSITORY) -> None:
        """Say what a command is for, and run it.

        Raises:
            StoppedError: it failed.
        """
        _say(f"\n# {what}\n$ {shlex.join(command)}\n")
        # In a session of its own, so that all of its processes can be ended.
        with subprocess.Popen(
            command, cwd=folder, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                status = process.wait()
            except BaseException:
                _end(process)
                raise
        if status:
            raise StoppedError(f"{shlex.join(command)} ended with exit status {status}")

    def walk(self) -> None:
        """From a VPC and a cluster to a pod network, and back."""
        config = FOLDER / "my-cluster.yaml"
        config.unlink(missing_ok=True)
        name = str(config.relative_to(REPOSITORY))
        self.run(
            "Read the VPC and the cluster, and write a config.",
            "podspace",
            "init",
            "--cluster=my-cluster",
            f"--to={name}",
        )
        plan = read_network_file(config).plan
        self.run("Will 3,000 pods fit, and what does it cost?", "podspace", "plan", name, "--pods=3000")
        self.run("Does the account allow it?", "podspace", "preflight", name)
        account = f"aws://{self.aws.account}/{self.aws.region}"
        self.run(
            "What the CDK CLI needs, once for each account and region.",
            "cdk",
            "bootstrap",
            account,
            "--no-notices",
            folder=FOLDER,
        )
        cdk = ("-c", f"config={name}", "--no-notices")
        self.run("Deploy it.", "cdk", "deploy", plan.name, *cdk, "--require-approval=never")
        _say("\n# What exists in the VPC now:\n\n")
        for line in network(self.aws, vpc=plan.vpc.id):
            _say(f"{line}\n")
        _say("\nThe manifests, which `kubectl apply` would take:\n\n")
        for each in sorted((REPOSITORY / "dist" / plan.name).iterdir()):
            _say(f"  {each.relative_to(REPOSITORY)}\n")
        self.run("What a removal takes, and what stays.", "podspace", "teardown", name)
        self.run("Remove it.", "cdk", "destroy", plan.name, *cdk, "--force")
        _say(f"\nThe config is {name}. Nothing else is left: the local AWS ends here.\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command with all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_WAIT)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def network(aws: AccountClients, *, vpc: str) -> Iterator[str]:
    """What EC2 says of a VPC: CIDR blocks, subnets with their routes, and gateways, as lines."""
    ec2 = aws("ec2")
    within: Any = [{"Name": "vpc-id", "Values": [vpc]}]
    (found,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    blocks = [each["CidrBlock"] for each in found["CidrBlockAssociationSet"]]
    yield f"  {vpc}  {', '.join(blocks)}"
    tables = ec2.describe_route_tables(Filters=within)["RouteTables"]
    subnets = ec2.describe_subnets(Filters=within)["Subnets"]
    for subnet in sorted(subnets, key=lambda each: (each["AvailabilityZone"], each["CidrBlock"])):
        yield ""
        free = f"{subnet['AvailableIpAddressCount']:,} free addresses"
        yield f"  {subnet['AvailabilityZone']}  {subnet['SubnetId']}  {subnet['CidrBlock']}  {free}"
        for table in tables:
            if any(each.get("SubnetId") == subnet["SubnetId"] for each in table["Associations"]):
                yield from (f"    {_route(each)}" for each in table["Routes"])
    yield ""
    for gateway in ec2.describe_nat_gateways(Filter=within)["NatGateways"]:
        public = ", ".join(each.get("PublicIp", "") for each in gateway["NatGatewayAddresses"])
        yield f"  {gateway['NatGatewayId']}  {gateway['State']}  in {gateway['SubnetId']}  {public}"


def _route(route: Mapping[str, Any]) -> str:
    to = route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId") or route["DestinationIpv6CidrBlock"]
    target = next(value for key, value in route.items() if key.endswith(("GatewayId", "InterfaceId", "ConnectionId")))
    return f"{to} -> {target}"


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Start the local AWS, go the way, and end it."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have told a job in the background to ignore SIGINT
        signal.signal(number, signal.default_int_handler)
    FOLDER.mkdir(exist_ok=True)
    data = yaml.safe_load(_EXISTING.read_text())
    with LocalAws() as local:
        try:
            aws = create_existing(local, data)
            _say(f"# A local AWS listens on {local.clients.url}. It has a VPC ({data['vpc']['id']}) and a cluster.\n")
            Demo(local=local, aws=aws).walk()
        except StoppedError as error:
            _say(f"\n{error}\n")
            return 1
        except KeyboardInterrupt:
            _say("\nInterrupted. The local AWS ends here, with everything in it.\n")
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
