"""The node role and its access entry: made once, and letting nodes join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, error, ok
from podspace.preflight.scene import Scene

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_POLICY: Final = "AmazonEKSAutoNodePolicy"


def node_role(scene: Scene) -> Iterator[Diagnostic]:
    """The role of the nodes is there, or is made and nobody else's."""
    plan = scene.plan.node_role
    if scene.cluster is None:
        return
    found = scene.cluster.role(plan.name)
    if plan.created and found and not scene.is_ours(plan.name):
        text = "exists already, and this stack did not make it"
        fix = "name it as cluster.node_role.name, delete it, or give the pod network another name"
        yield error("node-role", plan.name, text, fix=fix)
    elif plan.created:
        yield ok("node-role", plan.name, "is this stack's" if found else "is new, and the deployment makes it")
    elif found is None:
        yield error("node-role", plan.name, "is not a role of this account", fix="mend cluster.node_role.name")
    else:
        yield ok("node-role", plan.name, "is there")


def access_entry(scene: Scene) -> Iterator[Diagnostic]:
    """The role has one access entry, which lets nodes join; or is going to have one."""
    plan, cluster = scene.plan.node_role, scene.cluster
    role = cluster.role(plan.name) if cluster else None
    if cluster is None or role is None or cluster.cluster is None:
        return
    entry = cluster.access_entry(role.arn)
    made_yet = bool(scene.stack.made("AWS::EKS::AccessEntry"))
    if plan.access_entry and not made_yet:
        if entry:
            fix = "write cluster.node_role.access_entry: false"
            text = "has one already, and EKS takes one for a role"
            yield error("access-entry", role.arn, text, fix=fix, source=_PAGE)
        else:
            yield ok("access-entry", role.arn, "has none yet, and the deployment makes it")
    elif entry is None:
        fix = "deploy again" if plan.access_entry else "write cluster.node_role.access_entry: true"
        yield error("access-entry", role.arn, "has none, so no node can join", fix=fix, source=_PAGE)
    elif entry.type != "EC2":
        text, fix = f"has one of type {entry.type}, and nodes need EC2", f"make one of type EC2 with {_POLICY}"
        yield error("access-entry", role.arn, text, fix=fix, source=_PAGE)
    elif not any(policy.endswith(f"/{_POLICY}") for policy in cluster.access_policies(role.arn)):
        fix = f"associate {_POLICY} with it, scope cluster"
        yield error("access-entry", role.arn, f"has one without {_POLICY}", fix=fix, source=_PAGE)
    else:
        yield ok("access-entry", role.arn, f"has one of type EC2 with {_POLICY}")
