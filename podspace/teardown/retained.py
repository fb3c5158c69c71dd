"""Resources that remain in the account or in the cluster when the stack of a pod network is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic
from podspace.planning import Resource

_POLICY_PAGE: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
)
_LOGS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html"
_DELETE: Final[Mapping[str, str]] = {
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {id}",
    "AWS::S3::Bucket": "aws s3 rb s3://{id} --force",
}
"""The command that deletes a retained resource of a type."""
_TAGGED_TYPE: Final[Mapping[str, str]] = {"AWS::Logs::LogGroup": "logs:log-group", "AWS::S3::Bucket": "s3:bucket"}
"""The types as the Resource Groups Tagging API names them."""


def retained(deployment: Deployment) -> Iterator[Diagnostic]:
    """Log groups, buckets and ConfigMaps that are not deleted with the stack, and how to delete each."""
    for resource in deployment.plan.resources():
        if resource.retained and resource.type in _DELETE:
            yield _of_stack(deployment, resource)
        elif resource.retained and not deployment.plan.cluster.new:
            text = f"{resource.title} stays in the cluster, for other pod networks that use it"
            fix = f"if none does: kubectl delete {resource.kind.lower()} {resource.name} --namespace kube-system"
            yield _note(resource.name, text, fix=fix, source=_POLICY_PAGE)
    new = deployment.plan.cluster.new
    if new and new.logs:
        name = f"/aws/eks/{deployment.plan.cluster_name}/cluster"
        text = "the log group of the control plane stays when the cluster is deleted: EKS creates it, not the stack"
        fix = f"if its records are not needed: {_DELETE['AWS::Logs::LogGroup'].format(id=name)}"
        yield _note(name, text, fix=fix, source=_LOGS_PAGE, inferred=True)


def _of_stack(deployment: Deployment, resource: Resource) -> Diagnostic:
    """A retained resource, by its id if the stack still lists it, else by its `Name` tag."""
    text, delete = f"{resource.title} stays when the stack is deleted", _DELETE[resource.type]
    if id := deployment.stack.physical_id(resource.logical_id):
        return _note(id, text, fix=f"if its records are not needed: {delete.format(id=id)}", source=_POLICY_PAGE)
    tags = resource.properties.get("Tags")
    name = str(tags["Name"]) if isinstance(tags, Mapping) else ""
    find = (
        f"aws resourcegroupstaggingapi get-resources --resource-type-filters {_TAGGED_TYPE[resource.type]} "
        f"--tag-filters Key=Name,Values={name}"
    )
    fix = f"find its name: {find}; if its records are not needed: {delete.format(id='NAME')}"
    return _note(name, text, fix=fix, source=_POLICY_PAGE)


def _note(subject: str, text: str, *, fix: str, source: str, inferred: bool = False) -> Diagnostic:
    return Diagnostic(
        id="retained", severity="note", subject=subject, message=text, fix=fix, source=source, inferred=inferred
    )
