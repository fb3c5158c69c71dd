"""How long synthesis takes, case by case in turn, as whole processes: run `python benchmarks/synth.py` by hand.

Validation of templates is off and cdk-nag on, but in the first case, which has neither.  Times on a shared machine
drift, so read the ratios.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).parent.parent
ROUNDS = 7
NETWORKS = 50

EMPTY = "import aws_cdk as c; a = c.App(analytics_reporting=False); c.Stack(a, 'S'); a.synth()"
FLOOR = """
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
ONE_RESOURCE = "aws_ec2.CfnRouteTable(stack, 'RouteTable', vpc_id='vpc-0123456789abcdef0')"


def many_networks(folder: Path) -> None:
    """The article's network so many times, each in a VPC and a cluster of its own."""
    text = (REPOSITORY / "config" / "article.yaml").read_text()
    for number in range(NETWORKS):
        changed = (
            text.replace("name: split-ip\n", f"name: net-{number}\n")
            .replace("name: my-cluster", f"name: cluster-{number}")
            .replace("vpc-0a1b2c3d4e5f67890", f"vpc-{number:017x}")
        )
        (folder / f"{number:02}.yaml").write_text(changed)


def runner(command: list[str], config: Path, work: Path) -> Callable[[], float]:
    """A function that runs the command once and gives its wall time in seconds."""
    environment = os.environ | {
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(work / "cdk.out"),
        "CDK_CONTEXT_JSON": json.dumps({"config": str(config)}),
        "PYTHONPATH": str(REPOSITORY),
    }

    def run() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=work, env=environment, check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start

    return run


def planning_time() -> tuple[float, float]:
    """Seconds to import podspace.planning in a new process, less an empty one, and to plan the article's network."""
    script = (
        "import time; s = time.perf_counter(); import podspace.planning as p; i = time.perf_counter() - s\n"
        "from pathlib import Path; f, = p.read_network_files(Path('config/article.yaml'))\n"
        "s = time.perf_counter(); [p.plan_network(f.config) for _ in range(50)]\n"
        "print(i, (time.perf_counter() - s) / 50)"
    )
    pairs = [
        subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
        for _ in range(ROUNDS)
    ]
    imports, plans = zip(*(map(float, pair.stdout.split()) for pair in pairs), strict=True)
    return statistics.median(imports), statistics.median(plans)


def main() -> None:
    """Print a table of medians and of ratios to the floor, round by round."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "networks").mkdir()
        many_networks(work / "networks")
        app = [str(REPOSITORY / "app.py")]
        cases = {
            "empty CDK app": runner(["-c", EMPTY], work, work),
            "floor: the same libraries, empty": runner(["-c", FLOOR.format(resource="")], work, work),
            "the same with one resource": runner(["-c", FLOOR.format(resource=ONE_RESOURCE)], work, work),
            "article": runner(app, REPOSITORY / "config" / "article.yaml", work),
            "twelve blocks, three zones": runner(app, REPOSITORY / "config" / "twelve-blocks.yaml", work),
            f"folder of {NETWORKS} networks": runner(app, work / "networks", work),
        }
        for run in cases.values():
            run()
        rounds = [{name: run() for name, run in cases.items()} for _ in range(ROUNDS)]
    floor = list(cases)[1]
    print(f"{'case':34} {'median s':>9} {'x floor':>8}")
    for name in cases:
        median = statistics.median(times[name] for times in rounds)
        ratio = statistics.median(times[name] / times[floor] for times in rounds)
        print(f"{name:34} {median:9.2f} {ratio:8.2f}")
    first, *_, last = list(cases)[3:]
    further = statistics.median((times[last] - times[first]) / (NETWORKS - 1) for times in rounds)
    imported, planned = planning_time()
    print(f"\neach further network  {further * 1000:6.1f} ms")
    print(f"import podspace.planning {imported * 1000:4.0f} ms")
    print(f"planning the article  {planned * 1000:6.2f} ms")


if __name__ == "__main__":
    main()
