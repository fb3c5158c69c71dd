"""The steps that delete a pod network, in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from podspace.planning import NetworkFile, Plan
from podspace.reporting.step import Step


def steps(file: NetworkFile) -> tuple[Step, ...]:
    """All steps of the removal of a pod network, from workloads to CIDR blocks.

    EC2 deletes no subnet with a network interface
    (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html) and disassociates no CIDR block with
    a subnet, so pods are deleted first and CIDR blocks last.
    """
    return tuple(_steps(file.plan, file.path))


def _steps(plan: Plan, path: Path) -> Iterator[Step]:
    pools = " ".join(pool.metadata.name for pool in plan.node_pools)
    classes = " ".join(each.metadata.name for each in plan.node_classes)
    if plan.network_half:
        accounts = ", ".join(plan.pods.shared_with)
        yield Step(
            what="the cluster account's config of the shared VPC: run `podspace teardown` with it in the account of "
            f"the cluster ({accounts}); workloads, NodePools, NodeClasses, security groups and the node role are "
            "deleted there",
            commands=(),
            done="the stack in the cluster account does not exist, and no network interface is in the pod subnets",
        )
    else:
        yield Step(
            what="workloads: move their pods to other NodePools, or delete them",
            commands=(),
            done="the nodes have no pods except those of DaemonSets",
        )
    if pools:
        label = f"'karpenter.sh/nodepool in ({pools.replace(' ', ',')})'"
        yield Step(
            what="NodePools: Auto Mode drains and terminates their nodes",
            commands=(f"kubectl delete nodepool {pools}", f"kubectl get nodes -l {label}"),
            done="no node exists, and therefore no network interface of pods",
        )
    if plan.vpc_cni:
        yield Step(
            what="managed node groups: delete them, or switch custom networking off and replace their nodes",
            commands=(f"aws eks list-nodegroups --cluster-name {plan.cluster_name}",),
            done="no node of theirs has a network interface in the pod subnets",
        )
    if classes:
        yield Step(
            what="NodeClasses: Auto Mode deletes their instance profiles, which contain the node role",
            commands=(f"kubectl delete nodeclass {classes}",),
            done="no instance profile contains the role",
        )
    yield from _protections(plan, path)
    yield _stack(plan, path)


def _stack(plan: Plan, path: Path) -> Step:
    command, gone = f"cdk destroy {plan.name} -c config={path}", f"stack {plan.stack_name} does not exist"
    if plan.vpc.owner:
        return Step(
            what="the stack: security groups and role; routes, pod subnets and CIDR blocks stay in the stack of the "
            f"network account, {plan.vpc.owner}",
            commands=(command,),
            done=f"{gone}; the stack in network account {plan.vpc.owner} can then be deleted",
        )
    first = "the share, routes, subnets" if plan.network_half else "routes, security groups, role, subnets"
    done = f"{gone}, and the VPC has no CIDR block of the pods"
    return Step(what=f"the stack: {first}, then CIDR blocks", commands=(command,), done=done)


def _protections(plan: Plan, path: Path) -> Iterator[Step]:
    protected = plan.cluster.new and plan.cluster.new.deletion_protection
    what = [
        *(["stack.termination_protection: false"] if plan.stack.termination_protection else []),
        *(["cluster.create.deletion_protection: false"] if protected else []),
    ]
    if what:
        yield Step(
            what=f"protection: write {' and '.join(what)}, and deploy once",
            commands=(f"cdk deploy {plan.name} -c config={path}",),
            done="the stack, or the cluster, can be deleted",
        )
