"""How long synthesis and commands take, case by case in turn, as whole processes; compared with another checkout.

Run as `python -m benchmarks.speed [CHECKOUT]`, such as a `git worktree` of an older revision. Template validation is
off; cdk-nag and podspace's checks are on. Seconds on a shared machine drift, so read the ratios, which are medians over
the rounds. CPU seconds are those of Python and Node together.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
ROUNDS: Final = 9
NETWORKS: Final = (50, 200)
"""Numbers of networks that are synthesized at once."""

EMPTY: Final = "import aws_cdk as c; a = c.App(analytics_reporting=False); c.Stack(a, 'S'); a.synth()"
FLOOR: Final = """
import aws_cdk as c, cdk8s, cdk_nag, yaml
from pydantic import BaseModel, Field, TypeAdapter, model_validator
from aws_cdk import aws_ec2, aws_eks, aws_iam
app = c.App(analytics_reporting=False)
c.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
stack = c.Stack(app, "S")
cdk8s.Chart(cdk8s.App(), "c")
{resource}
app.synth()
"""
ONE_RESOURCE: Final = "aws_ec2.CfnRouteTable(stack, 'RouteTable', vpc_id='vpc-0123456789abcdef0')"

FLOOR_NAME: Final = "floor: the same libraries, empty"
ONE_NAME: Final = "the same with one resource"
OLD: Final = "before: "


@dataclass(frozen=True, kw_only=True)
class Case:
    """A process to time.

    Attributes:
        arguments: of Python.
        checkout: whose code runs.
        config: the file or folder that is synthesized, as CDK context.
    """

    arguments: Sequence[str]
    checkout: Path = REPOSITORY
    config: Path | None = None

    def run(self, work: Path) -> tuple[float, float]:
        """Wall seconds and CPU seconds."""
        environment = os.environ | {
            "CDK_VALIDATION": "false",
            "CDK_OUTDIR": str(work / "cdk.out"),
            "CDK_CONTEXT_JSON": json.dumps({"config": str(self.config)}),
            "PYTHONPATH": str(self.checkout),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process would compile the source anew
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=work,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        return time.perf_counter() - began, used.ru_utime + used.ru_stime


def many_networks(folder: Path, *, count: int) -> Path:
    """A folder of the article's network so many times, each in a VPC and a cluster of its own."""
    folder.mkdir()
    text = (REPOSITORY / "config" / "article.yaml").read_text(encoding="utf-8")
    for number in range(count):
        changed = (
            text.replace("name: split-ip\n", f"name: net-{number}\n")
            .replace("name: my-cluster", f"name: cluster-{number}")
            .replace("vpc-0a1b2c3d4e5f67890", f"vpc-{number:017x}")
        )
        (folder / f"{number:03}.yaml").write_text(changed, encoding="utf-8")
    return folder


def cases_of(checkout: Path, work: Path, *, networks: Sequence[int], prefix: str = "") -> dict[str, Case]:
    """The cases that run podspace's code."""
    article = checkout / "config" / "article.yaml"
    app = [str(checkout / "app.py")]
    linted = [str(work / "linted" / name) for name in ("cdk.out", "dist")]
    cases = {
        "article": Case(arguments=app, checkout=checkout, config=article),
        **{
            f"folder of {count} networks": Case(arguments=app, checkout=checkout, config=work / f"networks-{count}")
            for count in networks
        },
        "podspace --help": Case(arguments=["-m", "podspace", "--help"], checkout=checkout),
        "podspace lint": Case(arguments=["-m", "podspace", "lint", *linted], checkout=checkout),
        "podspace plan": Case(arguments=["-m", "podspace", "plan", str(article)], checkout=checkout),
        "import podspace.planning": Case(arguments=["-c", "import podspace.planning"], checkout=checkout),
    }
    return {prefix + name: case for name, case in cases.items()}


Rounds = Sequence[Mapping[str, tuple[float, float]]]


def ratio(rounds: Rounds, name: str, to: str) -> str:
    """The medians of the ratios of wall seconds and of CPU seconds."""
    wall, cpu = (statistics.median(times[name][i] / times[to][i] for times in rounds) for i in (0, 1))
    return f"{wall:8.2f} {cpu:8.2f}"


def further_ms(rounds: Rounds, prefix: str, count: int) -> str:
    """Wall and CPU milliseconds of each network of a folder after the first one."""
    one, many = f"{prefix}article", f"{prefix}folder of {count} networks"
    wall, cpu = (
        statistics.median((times[many][i] - times[one][i]) / (count - 1) for times in rounds) * 1000 for i in (0, 1)
    )
    return f"{wall:8.1f} {cpu:8.1f}"


def report(rounds: Rounds, names: Sequence[str], *, networks: Sequence[int]) -> None:
    """Print medians and ratios: to the two floors, and to the other checkout."""
    old = any(name.startswith(OLD) for name in names)
    heads = ["median of", "of floor", "of one resource", *(["of before"] if old else [])]
    print(f"{'case':36}{''.join(f'{head:>18}' for head in heads)}")
    print(f"{'':36}{'    wall s    cpu s' + '      wall      cpu' * (len(heads) - 1)}")
    for name in names:
        wall, cpu = (statistics.median(times[name][i] for times in rounds) for i in (0, 1))
        columns = [ratio(rounds, name, FLOOR_NAME), ratio(rounds, name, ONE_NAME)]
        columns += [ratio(rounds, name, OLD + name)] if OLD + name in names else []
        print(f"{name:36}{wall:10.2f} {cpu:8.2f} {' '.join(columns)}")
    for prefix in ("", *([OLD] if old else [])):
        for count in networks:
            print(f"{prefix}each further network, ms, of {count:3}  {further_ms(rounds, prefix, count)}")


def main() -> None:
    """Run every case in turn and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("checkout", nargs="?", type=Path, help="Another checkout, whose ratios are printed too.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--networks", type=int, nargs="*", default=NETWORKS, help="How many, in each of some folders.")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        work = Path(folder)
        for count in options.networks:
            many_networks(work / f"networks-{count}", count=count)
        cases = {
            "empty CDK app": Case(arguments=["-c", EMPTY]),
            FLOOR_NAME: Case(arguments=["-c", FLOOR.format(resource="")]),
            ONE_NAME: Case(arguments=["-c", FLOOR.format(resource=ONE_RESOURCE)]),
            "Python alone": Case(arguments=["-c", "pass"]),
            "import typer": Case(arguments=["-c", "import typer"]),
            "import pydantic": Case(arguments=["-c", "import pydantic.main"]),
            **cases_of(REPOSITORY, work, networks=options.networks),
        }
        if options.checkout:
            cases |= cases_of(options.checkout.resolve(), work, networks=options.networks, prefix=OLD)
        (work / "linted").mkdir()
        cases["article"].run(work / "linted")
        for case in cases.values():
            case.run(work)
        rounds = [{name: case.run(work) for name, case in cases.items()} for _ in range(options.rounds)]
    report(rounds, list(cases), networks=options.networks)


if __name__ == "__main__":
    main()
