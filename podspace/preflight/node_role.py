"""The node role and its access entry: made once, and letting nodes join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.live.aws.cluster import LiveCluster
from podspace.preflight.scene import Scene
from podspace.verdict import Verdict, error, ok

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_POLICY: Final = "AmazonEKSAutoNodePolicy"


def node_role(scene: Scene) -> Iterator[Verdict]:
    """The role and its entry are there, or are made and nobody else's."""
    plan = scene.plan.node_role
    if scene.plan.network_half or scene.cluster is None:
        return
    found = scene.cluster.role(plan.name)
    if plan.created and found and not scene.is_ours(plan.name):
        text = "exists already, and this stack did not make it"
        fix = "name it as cluster.node_role.name, delete it, or give the pod network another name"
        yield error("node-role", plan.name, text, fix=fix)
        return
    if found is None and not plan.created:
        yield error("node-role", plan.name, "is not a role of this account", fix="mend cluster.node_role.name")
        return
    if found is None:
        yield ok("node-role", plan.name, "is new, and the deployment makes it")
        return
    yield ok("node-role", plan.name, "is this stack's" if plan.created else "is there")
    if scene.cluster.cluster is not None:
        ours = scene.stack.state is not None
        yield from _entry(scene.cluster, found.arn, made_here=plan.access_entry, deployed=ours and plan.access_entry)


def _entry(cluster: LiveCluster, arn: str, *, made_here: bool, deployed: bool) -> Iterator[Verdict]:
    entry = cluster.access_entry(arn)
    if made_here and not deployed:
        if entry:
            text = "has an access entry already, and EKS takes one for a role"
            fix = "write cluster.node_role.access_entry: false"
            yield error("access-entry", arn, text, fix=fix, source=_PAGE)
        else:
            yield ok("access-entry", arn, "has none yet, and the deployment makes it")
        return
    if entry is None:
        fix = "deploy again" if made_here else "write cluster.node_role.access_entry: true"
        yield error("access-entry", arn, "has no access entry, so no node can join", fix=fix, source=_PAGE)
    elif entry.type != "EC2":
        fix = f"make one of type EC2 with {_POLICY}"
        yield error("access-entry", arn, f"has one of type {entry.type}, and nodes need EC2", fix=fix, source=_PAGE)
    elif not any(policy.endswith(f"/{_POLICY}") for policy in cluster.access_policies(arn)):
        fix = f"associate {_POLICY} with it, scope cluster"
        yield error("access-entry", arn, f"has one without {_POLICY}", fix=fix, source=_PAGE)
    else:
        yield ok("access-entry", arn, f"has one of type EC2 with {_POLICY}")
