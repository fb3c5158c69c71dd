"""Runs podspace from an existing VPC to a verified pod network and its removal, and records it in `docs/walkthrough.md`.

`python -m tools.walkthrough` runs the commands and writes the page.  Each command runs in its own process, in a fresh
checkout.  `tests.aws_server` is used for AWS and `tests.kubernetes_server` for the cluster.  `tests.vpc_shapes` creates
what `cdk deploy` would create; the objects of `tests.podspace.cluster_objects` are what `kubectl apply` would create.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from podspace.planning import NetworkFile, read_network_files
from tests.aws_server import AwsServer
from tests.checkout import checkout, run
from tests.kubernetes_server import KubernetesServer, encoded
from tests.podspace.cluster_objects import a_condition, a_node, a_node_class, a_node_pool, a_pod, cluster_objects
from tests.vpc_shapes import a_shape, deploy, run_nodes
from tools import REPOSITORY

PAGE: Final = REPOSITORY / "docs" / "walkthrough.md"
CONFIG: Final = "config/shop.yaml"

_HEAD: Final = """# A recorded run

From an existing VPC and cluster to verified pods, and to the removal of the pod network.
This page is written by `python -m tools.walkthrough`, which runs each of these commands in a new checkout.
AWS and the cluster are local servers: [moto](https://github.com/getmoto/moto) behind a proxy of this project, and a small API server over TLS.
`cdk deploy` and `kubectl apply` are not run; the local servers get the resources and objects that they would create.
Nothing here was run against AWS itself.

The VPC is 10.20.0.0/20 in eu-west-1, with a public and a private subnet and a NAT gateway in each of two zones; the cluster `shop` is in EKS Auto Mode.
"""


@dataclass(frozen=True)
class Step:
    """A command, and what it said.

    Attributes:
        about: what it is for, as a paragraph before it.
        status: its exit status.
    """

    about: str
    command: str
    output: str
    status: int


def walkthrough(folder: Path) -> Iterator[Step]:
    """Every step of the path, in a checkout in `folder`."""
    project = checkout(folder / "podspace")
    with AwsServer() as aws:
        aws.reset(seed=7)
        shape = a_shape(aws, cluster="shop")
        yield _step(
            project,
            aws.environment,
            "Read the VPC and the cluster, and write a config.",
            "podspace init --cluster shop",
        )
        yield Step("What it wrote:", f"cat {CONFIG}", (project / CONFIG).read_text(), 0)
        question = f"podspace plan {CONFIG} --pods 3000 --instance-type m7i.xlarge --svg plan.svg"
        yield _step(project, {}, "Will 3,000 pods fit?", question)
        yield _step(project, {}, "Template and manifests, without an account.", f"make synth CONFIG={CONFIG}")
        yield _step(
            project, {}, "Check the template and the manifests together.", "podspace lint cdk.out dist/shop-pods/"
        )
        before = "Compare the plan with the account."
        yield _step(project, aws.environment, before, f"podspace preflight {CONFIG}")
        (file,) = read_network_files(project / CONFIG)
        subnets = deploy(aws, file)
        nodes = run_nodes(aws, file, shape, subnets)
        after = "`cdk deploy shop-pods` and `kubectl apply` created the planned resources. Preflight recognizes them as created by this stack:"
        yield _step(project, aws.environment, after, f"podspace preflight {CONFIG}")
        yield from _verified(project, aws, file, nodes)
        away = "Show the order of removal, and what still prevents it."
        yield _step(project, aws.environment, away, f"podspace teardown {CONFIG}")


def _verified(project: Path, aws: AwsServer, file: NetworkFile, nodes: Sequence[str]) -> Iterator[Step]:
    for about, objects in (
        ("The manifests are applied, and no pod has moved yet: the NodeClass shows the reason.", _not_ready(file)),
        ("After the instance profile is created, nodes start, and pods move to them:", _in_order(file, nodes)),
    ):
        with KubernetesServer({plural: encoded(each) for plural, each in objects.items()}) as server:
            environment = {**aws.environment, "KUBECONFIG": str(server.kubeconfig(project.parent))}
            yield _step(project, environment, about, f"podspace verify {CONFIG}")


def _in_order(file: NetworkFile, names: Sequence[str]) -> Mapping[str, Any]:
    """A cluster in which each zone has a node of the pool, by its name, with pods of its pod subnet."""
    pool = file.plan.node_pools[0].metadata.name
    nodes, pods = [], []
    for number, (planned, name) in enumerate(zip(file.plan.pods.subnets, names, strict=True)):
        nodes.append(
            a_node(
                name, zone=planned.zone, labels={"karpenter.sh/nodepool": pool}, addresses=(f"10.20.{8 + number}.10",)
            )
        )
        pods += [a_pod(f"web-{number}{n}", node=name, address=str(planned.cidr[32 + n])) for n in range(6)]
    return cluster_objects(
        nodes=nodes,
        pods=pods,
        nodeclasses=[a_node_class(pool)],
        nodepools=[a_node_pool(pool, node_class=pool)],
    )


def _not_ready(file: NetworkFile) -> Mapping[str, Any]:
    """The same before there is a node, as the NodeClass has no instance profile."""
    pool = file.plan.node_pools[0].metadata.name
    reason = a_condition("InstanceProfileReady", "False", reason="InstanceProfileNotReady", message="not made yet")
    whole = a_condition("Ready", "False", reason="NotReady", message="InstanceProfileReady=False")
    classes = [a_node_class(pool, reason, whole)]
    pools = [a_node_pool(pool, node_class=pool)]
    return cluster_objects(nodes=[], pods=[], nodeclaims=[], nodeclasses=classes, nodepools=pools)


def _step(project: Path, environment: Mapping[str, str], about: str, command: str) -> Step:
    words = command.split()
    if words[0] == "podspace":
        words = [sys.executable, "-m", *words]
    done = run(*words, cwd=project, environment={"COLUMNS": "100", "PYTHONPATH": str(project), **environment})
    return Step(about, command, done.stdout + done.stderr, done.returncode)


def page(steps: Iterator[Step] | list[Step]) -> str:
    """The page that shows them."""
    return "\n".join([_HEAD, *(_section(step) for step in steps)])


def _section(step: Step) -> str:
    lines = [line.rstrip() for line in step.output.strip("\n").splitlines()]
    status = [f"(exit status {step.status})"] if step.status else []
    return "\n".join([step.about, "", "```console", f"$ {step.command}", *lines, *status, "```", ""])


def unnamed(text: str) -> str:
    """The text with nothing in it that another run would have otherwise: ids, in the order in which they come."""
    known: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"{found[1]}-{len(known):017x}")

    return re.sub(r"\b(vpc|subnet|sg|nat|eni|rtb|igw|i)-[0-9a-f]{17}\b", named, text)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        PAGE.write_text(page(walkthrough(Path(folder))), encoding="utf-8")
