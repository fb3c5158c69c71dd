"""The steps of taking a pod network away, in the one order that works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from podspace.planning import NetworkFile, Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step.

    Attributes:
        what: what goes.
        commands: what to type; none of them is run here.
        done: how to see that the next step can begin.
    """

    what: str
    commands: tuple[str, ...]
    done: str


def steps(file: NetworkFile) -> tuple[Step, ...]:
    """Every step, from the workloads to the blocks.

    EC2 deletes no subnet that an interface is in (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html),
    and disassociates no block that a subnet is in; so pods go first, and blocks last.
    """
    return tuple(_steps(file.path, file))


def _steps(path: Path, file: NetworkFile) -> Iterator[Step]:
    plan = file.plan
    pools = " ".join(pool.metadata.name for pool in plan.node_pools)
    classes = " ".join(each.metadata.name for each in plan.node_classes)
    if not plan.network_half:
        yield Step(
            what="workloads: have their pods run on other NodePools, or delete them",
            commands=(),
            done="no pod but those of DaemonSets is left on the nodes",
        )
    if pools:
        label = f"'karpenter.sh/nodepool in ({pools.replace(' ', ',')})'"
        yield Step(
            what="NodePools: Auto Mode drains and terminates their nodes",
            commands=(f"kubectl delete nodepool {pools}", f"kubectl get nodes -l {label}"),
            done="no node is left, so that no pod interface is",
        )
    if plan.vpc_cni:
        yield Step(
            what="managed node groups: delete them, or switch custom networking off and replace their nodes",
            commands=(f"aws eks list-nodegroups --cluster-name {plan.cluster_name}",),
            done="none of their nodes has a pod interface in the pod subnets",
        )
    if classes:
        yield Step(
            what="NodeClasses: Auto Mode deletes their instance profiles, which hold the node role",
            commands=(f"kubectl delete nodeclass {classes}",),
            done="no instance profile holds the role",
        )
    yield from _protections(plan, file)
    yield Step(
        what="the stack: routes, groups, role, subnets, then blocks",
        commands=(f"cdk destroy {plan.name} -c config={path}",),
        done=f"stack {plan.stack_name} is gone, and the VPC has no block of the pods",
    )


def _protections(plan: Plan, file: NetworkFile) -> Iterator[Step]:
    what = [
        *(["stack.termination_protection: false"] if file.config.stack.termination_protection else []),
        *(["cluster.create.deletion_protection: false"] if plan.cluster and plan.cluster.deletion_protection else []),
    ]
    if what:
        yield Step(
            what=f"protection: write {' and '.join(what)}, and deploy once",
            commands=(f"cdk deploy {plan.name} -c config={file.path}",),
            done="the stack, or the cluster, can be deleted",
        )
