"""The principals that get all rights in a new cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.deployment import Deployment, caller_account
from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.cluster import LiveCluster

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"


def admins(deployment: Deployment) -> Iterator[Diagnostic]:
    """The roles and users of `cluster.create.admins` exist; EKS refuses an access entry for another principal."""
    new, cluster = deployment.plan.cluster.new, deployment.cluster
    if new is None or cluster is None or not new.admins:
        return
    here = caller_account(deployment)
    for index, arn in enumerate(new.admins):
        yield _admin(cluster, arn, place=f"cluster.create.admins[{index}]", here=here)


def _admin(cluster: LiveCluster, arn: str, *, place: str, here: str) -> Diagnostic:
    account, _, resource = arn.partition(":iam::")[2].partition(":")
    if account != here:
        return Diagnostic(
            id="admins",
            severity="unknown",
            subject=arn,
            message=f"this principal is in account {account}, which these credentials do not read",
            fix="check in that account that it exists",
            source=_PAGE,
        )
    kind, name = resource.partition("/")[0], resource.rpartition("/")[2]
    found = cluster.role(name) if kind == "role" else cluster.user(name)
    if found is None:
        text = f"{arn} does not exist: the access entry fails, and with it the deployment of the cluster"
        return error("admins", arn, text, fix=f"correct {place}, or create the {kind}", source=_PAGE)
    if found.arn != arn:
        text = f"{kind} {name} has the ARN {found.arn}"
        return error("admins", arn, text, fix=f"write that ARN in {place}", source=_PAGE)
    return ok("admins", arn, "exists")
