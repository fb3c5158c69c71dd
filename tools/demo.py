"""Deploys a pod network to a local AWS with the CDK CLI, shows what exists then, and removes it: `make demo`.

Needs no AWS account. The local AWS (`tools.local_aws`) runs in this process and ends with it, with all that is in it.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tools import REPOSITORY

if TYPE_CHECKING:  # their import takes seconds, in which a signal ends the demo
    from tools.local_aws.clients import AccountClients

FOLDER: Final = REPOSITORY / "demo"
"""Where the config goes. Git ignores it."""
_CONFIG: Final = FOLDER / "my-cluster.yaml"
_EXISTING: Final = REPOSITORY / "config" / "article.yaml"
"""The config whose VPC and cluster exist before."""
_STDOUT: Final = 1
_WAIT: Final = 10
"""Seconds in which a command that was told to end does so."""
_POLL: Final = 0.2
"""Seconds until a signal is seen while a command runs."""


class StoppedError(Exception):
    """A command failed, or the demo cannot start."""


class Signals:
    """SIGINT, SIGTERM and SIGHUP. They end the demo at once or, while a command runs, after that command.

    An exception would not do: what is imported can swallow it.
    """

    def __init__(self) -> None:
        self.received = False
        self.command_runs = False
        # A shell may have told a job in the background to ignore SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, *_: object) -> None:
        self.received = True
        if not self.command_runs:
            self.exit()

    def exit(self) -> NoReturn:
        """End this process as it is, and with it the local AWS."""
        with suppress(OSError):  # the terminal may be closed
            _say("\nInterrupted. The local AWS ends here, with everything in it.\n")
        os._exit(130)


class Demo:
    """The commands, one after the other, in an environment in which the local AWS is AWS."""

    def __init__(self, *, aws: AccountClients, environment: Mapping[str, str], signals: Signals) -> None:
        self.aws = aws
        self.environment = environment
        self.signals = signals

    def run(self, what: str, *command: str, folder: Path = REPOSITORY) -> None:
        """Say what a command is for, and run it.

        Raises:
            StoppedError: it failed.
        """
        _say(f"\n# {what}\n$ {shlex.join(command)}\n")
        self.signals.command_runs = True
        # In a session of its own, so that all of its processes can be ended.
        with subprocess.Popen(
            command, cwd=folder, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process:
            while not self.signals.received:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL)
                    break
            else:
                _end(process)
                self.signals.exit()
        self.signals.command_runs = False
        if process.returncode:
            raise StoppedError(f"{shlex.join(command)} ended with exit status {process.returncode}")

    def walk(self) -> None:
        """From a VPC and a cluster to a pod network, and back."""
        from podspace.planning import read_network_file  # noqa: PLC0415  takes seconds

        name = str(_CONFIG.relative_to(REPOSITORY))
        init = ("podspace", "init", "--cluster=my-cluster", f"--to={name}")
        self.run("Read the VPC and the cluster, and write a config.", *init)
        plan = read_network_file(_CONFIG).plan
        self.run("Will 3,000 pods fit, and what does it cost?", "podspace", "plan", name, "--pods=3000")
        small = "Warnings about node subnets are expected, as those of this VPC are small."
        self.run(f"Does the account allow it? {small}", "podspace", "preflight", name)
        bootstrap = ("cdk", "bootstrap", f"aws://{self.aws.account}/{self.aws.region}", "--no-notices")
        self.run("What the CDK CLI needs, once for each account and region.", *bootstrap, folder=FOLDER)
        before = existing(self.aws, vpc=plan.vpc.id)
        cdk = ("-c", f"config={name}", "--no-notices")
        self.run("Deploy it.", "cdk", "deploy", plan.name, *cdk, "--require-approval=never")
        _say("\n# What exists in the VPC now:\n\n")
        for line in network(self.aws, vpc=plan.vpc.id, before=before):
            _say(f"{line}\n")
        _say("\nThe manifests for `kubectl apply`, numbered in the order to apply:\n\n")
        for each in sorted((REPOSITORY / "dist" / plan.name).iterdir()):
            _say(f"  {each.relative_to(REPOSITORY)}\n")
        self.run("What a removal takes, and what stays.", "podspace", "teardown", name)
        self.run("Remove it.", "cdk", "destroy", plan.name, *cdk, "--force")
        _say(
            "\nThe local AWS ends here, with everything in it."
            f"\nThese files stay: {name}, which the next demo replaces, dist/{plan.name}/ and cdk.out/."
            "\nThe commands above need the local AWS. If you run them now, they use your own AWS credentials.\n"
        )


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


def existing(aws: AccountClients, *, vpc: str) -> frozenset[str]:
    """CIDR blocks of a VPC, and the ids of its subnets and NAT gateways."""
    ec2 = aws("ec2")
    within: Any = [{"Name": "vpc-id", "Values": [vpc]}]
    (found,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    return frozenset(
        [each["CidrBlock"] for each in found["CidrBlockAssociationSet"]]
        + [each["SubnetId"] for each in ec2.describe_subnets(Filters=within)["Subnets"]]
        + [each["NatGatewayId"] for each in ec2.describe_nat_gateways(Filter=within)["NatGateways"]]
    )


def network(aws: AccountClients, *, vpc: str, before: Collection[str]) -> Iterator[str]:
    """What EC2 says of a VPC: CIDR blocks, subnets with their routes, and gateways, as lines.

    Args:
        aws: the account.
        vpc: its id.
        before: CIDR blocks, and ids of subnets and gateways, that are not new.
    """

    def marked(name: str) -> str:
        return name if name in before else f"{name} (new)"

    ec2 = aws("ec2")
    within: Any = [{"Name": "vpc-id", "Values": [vpc]}]
    (found,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    yield f"  {vpc}  {', '.join(marked(each['CidrBlock']) for each in found['CidrBlockAssociationSet'])}"
    tables = ec2.describe_route_tables(Filters=within)["RouteTables"]
    subnets = ec2.describe_subnets(Filters=within)["Subnets"]
    for subnet in sorted(subnets, key=lambda each: (each["AvailabilityZone"], each["CidrBlock"])):
        yield ""
        free = f"{subnet['AvailableIpAddressCount']:,} free addresses"
        yield f"  {subnet['AvailabilityZone']}  {marked(subnet['SubnetId'])}  {subnet['CidrBlock']}  {free}"
        for table in tables:
            if any(each.get("SubnetId") == subnet["SubnetId"] for each in table["Associations"]):
                yield from (f"    {_route(each)}" for each in table["Routes"])
    yield ""
    for gateway in ec2.describe_nat_gateways(Filter=within)["NatGateways"]:
        public = ", ".join(each.get("PublicIp", "") for each in gateway["NatGatewayAddresses"])
        yield f"  {marked(gateway['NatGatewayId'])}  {gateway['State']}  in {gateway['SubnetId']}  {public}"


def _route(route: Mapping[str, Any]) -> str:
    to = route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId") or route["DestinationIpv6CidrBlock"]
    target = next(value for key, value in route.items() if key.endswith(("GatewayId", "InterfaceId", "ConnectionId")))
    return f"{to} -> {target}"


def _say(text: str) -> None:
    os.write(_STDOUT, text.encode())  # without a buffer, which would be written again at the end


@contextmanager
def _folders() -> Iterator[None]:
    """The folders that the demo writes, for this demo alone.

    Raises:
        StoppedError: one is a file, or another demo runs.
    """
    for folder in (FOLDER, REPOSITORY / "dist", REPOSITORY / "cdk.out"):
        if folder.exists() and not folder.is_dir():
            raise StoppedError(f"{folder} is a file, where the demo needs a folder: move or delete the file")
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoppedError(f"another demo runs in {FOLDER}: wait until it ends") from None
        _CONFIG.unlink(missing_ok=True)
        yield


def _run(signals: Signals) -> None:
    """Start the local AWS, go the way, and end it."""
    _say("# Starting a local AWS\n")
    import yaml  # noqa: PLC0415  these take seconds

    from tools.local_aws import LocalAws  # noqa: PLC0415
    from tools.local_aws.existing import create_existing  # noqa: PLC0415

    data = yaml.safe_load(_EXISTING.read_text())
    with LocalAws() as local:
        aws = create_existing(local, data)
        _say(f"# It listens on {local.clients.url}. It has a VPC ({data['vpc']['id']}) and a cluster.\n")
        environment = local.process_environment(account=aws.account, region=aws.region, home=FOLDER / ".home")
        Demo(aws=aws, environment={**environment, "NO_COLOR": "1"}, signals=signals).walk()


def main() -> int:
    """Run the demo; 0 when all was removed again, else 1, and 130 after a signal."""
    signals = Signals()
    try:
        with _folders():
            _run(signals)
    except BrokenPipeError:  # `make demo | head`
        return 1
    except (StoppedError, OSError) as error:
        with suppress(BrokenPipeError):
            _say(f"\n{error.filename}: {error.strerror}\n" if isinstance(error, OSError) else f"\n{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
