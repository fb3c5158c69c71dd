"""The node role and its access entry, which lets nodes join the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_POLICY: Final = "AmazonEKSAutoNodePolicy"


def node_role(deployment: Deployment) -> Iterator[Diagnostic]:
    """The role that the config names exists; a role to be created does not exist yet, or is of this stack."""
    plan = deployment.plan.node_role
    if deployment.cluster is None:
        return
    found = deployment.cluster.role(plan.name)
    if plan.created and found and not deployment.stack.created(plan.name):
        text = f"role {plan.name} exists already and was not created by this stack"
        fix = "set cluster.node_role.name to this role, delete the role, or give the pod network another name"
        yield error("node-role", plan.name, text, fix=fix)
    elif plan.created:
        yield ok("node-role", plan.name, "was created by this stack" if found else "is created by the deployment")
    elif found is None:
        text = f"role {plan.name} does not exist in this account"
        yield error("node-role", plan.name, text, fix="correct cluster.node_role.name")
    else:
        yield ok("node-role", plan.name, "exists")


def access_entry(deployment: Deployment) -> Iterator[Diagnostic]:
    """The node role has one access entry of type EC2 with AmazonEKSAutoNodePolicy, or gets it by the deployment."""
    plan, cluster = deployment.plan.node_role, deployment.cluster
    role = cluster.role(plan.name) if cluster else None
    if cluster is None or role is None or cluster.cluster is None:
        return
    entry = cluster.access_entry(role.arn)
    new = any("cluster.node_role" in each.keys for each in deployment.new_resources("AWS::EKS::AccessEntry"))
    if new:
        if entry:
            text = "the role has an access entry already; a role has one at most"
            fix = "write cluster.node_role.access_entry: false"
            yield error("access-entry", role.arn, text, fix=fix, source=_PAGE)
        else:
            yield ok("access-entry", role.arn, "the deployment creates its access entry")
    elif entry is None:
        fix = "deploy again" if plan.access_entry else "write cluster.node_role.access_entry: true"
        text = "the role has no access entry; nodes cannot join the cluster without it"
        yield error("access-entry", role.arn, text, fix=fix, source=_PAGE)
    elif entry.type != "EC2":
        text = f"the access entry of the role has type {entry.type}; nodes need type EC2"
        yield error("access-entry", role.arn, text, fix=f"create one of type EC2 with {_POLICY}", source=_PAGE)
    elif not any(policy.endswith(f"/{_POLICY}") for policy in cluster.access_policies(role.arn)):
        text = f"the access entry of the role does not have {_POLICY}"
        yield error("access-entry", role.arn, text, fix=f"associate {_POLICY} with it, scope cluster", source=_PAGE)
    else:
        yield ok("access-entry", role.arn, f"has an access entry of type EC2 with {_POLICY}")
