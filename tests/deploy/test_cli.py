"""The CDK CLI, unmodified, against the local AWS."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from aws_cdk import App

from stacks import PodNetworkStack
from tests.deploy.conftest import Start
from tests.deploy.deployed import Network, data_of, differences, left, plan_for, snapshot, template_for
from tests.deploy.faults import RETAINED
from tests.template import REPOSITORY

CONFIG = "config/article.yaml"
STACK = "podspace-my-cluster-split-ip"


class Cli:
    """The CDK CLI in this repository, with a network of which it takes the local AWS for AWS."""

    def __init__(self, network: Network, folder: Path) -> None:
        network.name = STACK
        self.network, self.folder = network, folder
        self.synthesized = False  # an assembly that exists saves the synthesis, which takes most of the time
        own = network.local.process_environment(
            account=network.aws.account, region=network.aws.region, home=folder / "home"
        )
        self.environment = {**own, "CDK_VALIDATION": "false"}  # for speed

    def arguments(self, *command: str) -> list[str]:
        out = str(self.folder / "cdk.out")
        app = ("--app", out) if self.synthesized else ("-c", f"config={CONFIG}", "--output", out)
        return ["cdk", *command, *app, "--no-notices"]

    def __call__(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self._run(self.arguments(*command), REPOSITORY)

    def bootstrap(self) -> subprocess.CompletedProcess[str]:
        where = f"aws://{self.network.aws.account}/{self.network.aws.region}"
        return self._run(["cdk", "bootstrap", where, "--no-notices"], self.folder)

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.arguments(*command),
            cwd=REPOSITORY,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _run(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        # One stream: where CI is set, the CLI writes to stdout what it writes to stderr elsewhere.
        return subprocess.run(
            command,
            cwd=folder,
            env=self.environment,
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def synthesize(self) -> None:
        """Write the assembly in this process, which is much faster than by the CLI."""
        app = App(outdir=str(self.folder / "cdk.out"), analytics_reporting=False)
        plan = plan_for(self.network.data)
        PodNetworkStack(app, plan.name, plan=plan)
        app.synth()
        self.synthesized = True


def test_bootstrap_deploy_diff_drift_and_destroy(start: Start, tmp_path: Path) -> None:
    network = start(data_of(REPOSITORY / CONFIG), bootstrapped=False)
    cli = Cli(network, tmp_path)
    bootstrapped = cli.bootstrap()
    assert bootstrapped.returncode == 0, bootstrapped.stdout
    before = snapshot(network)
    deployed = cli("deploy", "--require-approval", "never")
    assert deployed.returncode == 0, deployed.stdout
    cli.synthesized = True
    assert differences(network, plan_for(network.data)) == []
    ids = network.ids()
    again = cli("deploy", "--require-approval", "never")
    assert (again.returncode, network.ids()) == (0, ids)
    assert "(no changes)" in again.stdout
    diff = cli("diff", "--fail")
    assert diff.returncode == 0, diff.stdout
    (group,) = [id_ for name, id_ in ids.items() if name.startswith("PodSecurityGroup") and id_.startswith("sg-")]
    assert cli("drift", "--fail").returncode == 0
    network.aws("ec2").create_tags(Resources=[group], Tags=[{"Key": "changed", "Value": "by hand"}])
    drifted = cli("drift", "--fail")
    assert drifted.returncode == 1, drifted.stdout
    assert group in drifted.stdout or "PodSecurityGroup" in drifted.stdout
    network.aws("ec2").delete_tags(Resources=[group], Tags=[{"Key": "changed"}])
    destroyed = cli("destroy", "--force")
    assert destroyed.returncode == 0, destroyed.stdout
    assert set(left(before, snapshot(network))) <= RETAINED


def test_an_interrupted_deployment_goes_on_and_a_second_one_is_refused(start: Start, tmp_path: Path) -> None:
    network = start(data_of(REPOSITORY / CONFIG))
    cli = Cli(network, tmp_path)
    cli.synthesize()
    network.local.engine.pause = 0.4  # a deployment that takes as long as on AWS, as far as the CLI can tell
    first = cli.start("deploy", "--require-approval", "never")
    deadline = time.monotonic() + 60
    while not any(each.busy and each.resources for each in network.local.cloudformation.stacks if each.name == STACK):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    assert network.stack.busy, "the deployment does not end with the CLI"
    with pytest.raises(Exception, match="IN_PROGRESS"):
        network.deploy(template=template_for(network.data))
    network.local.engine.pause = 0.0
    network.local.cloudformation.wait()
    assert network.stack.status == "CREATE_COMPLETE"
    assert cli("deploy", "--require-approval", "never").returncode == 0
