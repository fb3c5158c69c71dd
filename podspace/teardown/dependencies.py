"""Resources in an account that prevent the deletion of a pod network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from podspace.deployment import Deployment, region
from podspace.deployment import account as account_check
from podspace.diagnostic import Diagnostic, error, ok, unknown, warning
from podspace.live.aws.account import Account
from podspace.live.aws.interface import POOL_TAG, Instance, Interface, Leftovers
from podspace.live.aws.interface_owner import belongs_to
from podspace.live.failure import UnreadError
from podspace.planning import Existing, Plan
from podspace.reporting.wording import counted, such_as
from podspace.teardown.retained import retained

_SUBNET_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html"
_DELETE_INTERFACE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html"
_PROTECTION_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html"
_PROFILE_ISSUE: Final = "https://github.com/aws/containers-roadmap/issues/2531"
_MANY: Final = 10
"""How many network interfaces, their owners, and volumes are named one by one."""


@dataclass(frozen=True)
class _Teardown(Deployment):
    """A deployed pod network that is to be deleted."""

    @cached_property
    def leftovers(self) -> Leftovers:
        """The network interfaces in the pod subnets; the nodes and volumes of the plan's NodePools."""
        pools = tuple(pool.metadata.name for pool in self.plan.node_pools)
        return Leftovers(self.account, self.plan.cluster_name, tuple(self.pod_subnets), pools)


def dependencies(plan: Plan, account: Account) -> Iterator[Diagnostic]:
    """Resources that depend on the pod network, and resources that remain after its deletion.

    The stack can be deleted when every error is resolved. In a wrong account or region nothing would be found, so only
    the account or region is reported.

    Raises:
        LiveError: AWS cannot be reached.
    """
    teardown = _Teardown(plan, account)
    for name, check in _PLACE:
        found = tuple(_diagnostics(name, check, teardown))
        yield from found
        if any(each.severity == "error" for each in found):
            return
    for name, check in _CHECKS:
        yield from _diagnostics(name, check, teardown)


def _diagnostics(name: str, check: _Check, on: _Teardown) -> Iterator[Diagnostic]:
    try:
        yield from check(on)
    except UnreadError as unread:
        yield unknown(name, unread.diagnostic.subject, unread.diagnostic.message)


def _region(teardown: _Teardown) -> Iterator[Diagnostic]:
    """The check of the region; what it cannot read is reported here, as no other check reads all of it."""
    if network := teardown.named_vpc:
        _ = network.vpc
    if teardown.cluster and isinstance(teardown.plan.cluster.origin, Existing):
        _ = teardown.cluster.cluster
    yield from region(teardown)


def _nodes(teardown: _Teardown) -> Iterator[Diagnostic]:
    pools = teardown.leftovers.node_pools
    if not pools:
        return
    by_pool = Counter(instance.tags.get(POOL_TAG, "") for instance in teardown.leftovers.instances)
    for pool in pools:
        if by_pool[pool]:
            fix = f"run `kubectl delete nodepool {pool}`, and wait"
            yield error("nodes", f"NodePool {pool}", f"has {counted(by_pool[pool], 'node')}", fix=fix)
        else:
            yield ok("nodes", f"NodePool {pool}", "has no node")


def _interfaces(teardown: _Teardown) -> Iterator[Diagnostic]:
    instances = _instances(teardown)
    for subnet_id, subnet in teardown.pod_subnets.items():
        inside = [each for each in teardown.leftovers.interfaces if each.subnet_id == subnet_id]
        where = f"{subnet_id} ({subnet.cidr}, {subnet.zone})"
        if not inside:
            yield ok("interfaces", where, "has no network interface")
            continue
        if attached := [each for each in inside if each.status != "available"]:
            yield _attached(where, attached, instances)
        if detached := [each for each in inside if each.status == "available"]:
            yield _detached(where, detached)
    if not teardown.pod_subnets:
        yield ok("interfaces", teardown.plan.name, "has no pod subnet in the VPC")


def _attached(where: str, interfaces: Sequence[Interface], instances: Mapping[str, Instance]) -> Diagnostic:
    owners = Counter(belongs_to(each, instances) for each in interfaces)
    whose = [f"{count} {what}" for what, count in owners.most_common()]
    text = f"has {counted(len(interfaces), 'network interface')}: {_shortened(whose, between='; ')}"
    named = _shortened([each.interface_id for each in interfaces])
    fix = f"delete the resources that own them, not the network interfaces: {named}"
    return error("interfaces", where, text, fix=fix, source=_SUBNET_PAGE)


def _detached(where: str, interfaces: Sequence[Interface]) -> Diagnostic:
    """Network interfaces that are attached to nothing, which their creator did not delete."""
    named = _shortened([f"{each.interface_id}, {belongs_to(each, {})}" for each in interfaces], between="; ")
    text = f"has {counted(len(interfaces), 'network interface')} attached to nothing: {named}"
    delete, one = "aws ec2 delete-network-interface --network-interface-id", interfaces[0]
    command = f"{delete} {one.interface_id}"
    if len(interfaces) > 1:
        command = (
            "aws ec2 describe-network-interfaces --include-managed-resources --filters "
            f"Name=subnet-id,Values={one.subnet_id} Name=status,Values=available "
            f"--query 'NetworkInterfaces[].[NetworkInterfaceId]' --output text | xargs -n 1 {delete}"
        )
    return error("interfaces", where, text, fix=f"when no node is left: {command}", source=_DELETE_INTERFACE_PAGE)


def _shortened(named: Sequence[str], *, between: str = ", ") -> str:
    return such_as(named, of=len(named), shown=_MANY, between=between)


def _instances(teardown: _Teardown) -> Mapping[str, Instance]:
    try:
        return {each.instance_id: each for each in teardown.leftovers.instances}
    except UnreadError:
        return {}  # the check of nodes reports it; network interfaces are reported without their NodePools


def _volumes(teardown: _Teardown) -> Iterator[Diagnostic]:
    if not teardown.leftovers.node_pools:
        return
    loose = [volume for volume in teardown.leftovers.volumes if volume.state == "available"]
    if loose:
        named = _shortened([volume.volume_id for volume in loose])
        text = f"{counted(len(loose), 'volume')} of deleted nodes, {sum(volume.size for volume in loose):,} GiB"
        fix = "if their data is not needed, delete each: aws ec2 delete-volume --volume-id ID"
        yield warning("volumes", named, text, fix=fix)
    else:
        yield ok("volumes", "nodes", "deleted nodes have no volume")


def _profiles(teardown: _Teardown) -> Iterator[Diagnostic]:
    role, cluster = teardown.plan.node_role, teardown.cluster
    if cluster is None or not role.created:
        return
    if cluster.role(role.name) is None:
        yield ok("instance-profiles", role.name, "is deleted")
        return
    profiles = cluster.instance_profiles(role.name)
    for profile in profiles:
        fix = (
            f"after its NodeClass is deleted: aws iam remove-role-from-instance-profile --instance-profile-name "
            f"{profile.name} --role-name {role.name}, then aws iam delete-instance-profile"
        )
        text = f"contains role {role.name}; IAM does not delete a role that is in an instance profile"
        yield error("instance-profiles", profile.name, text, fix=fix, source=_PROFILE_ISSUE, inferred=True)
    if not profiles:
        yield ok("instance-profiles", role.name, "is in no instance profile")


def _cluster(teardown: _Teardown) -> Iterator[Diagnostic]:
    """The cluster that the stack created, and its deletion protection as it is now."""
    name = teardown.plan.cluster_name
    if teardown.cluster is None or not teardown.plan.cluster.new:
        return
    found = teardown.cluster.cluster
    if found is None:
        yield ok("cluster", name, "is deleted")
    elif not teardown.stack.created(name):
        yield ok("cluster", name, "was not created by this stack, which does not delete it")
    elif found.deletion_protection:
        fix = f"aws eks update-cluster-config --name {name} --no-deletion-protection"
        if teardown.plan.cluster.new.deletion_protection:
            fix = f"write cluster.create.deletion_protection: false and deploy, or {fix}"
        yield error("cluster", name, "has deletion protection", fix=fix, source=_PROTECTION_PAGE)
    else:
        yield ok("cluster", name, "has no deletion protection")


def _stack(teardown: _Teardown) -> Iterator[Diagnostic]:
    name, state = teardown.plan.stack_name, teardown.stack.state
    if state is None:
        yield ok("stack", name, "is deleted")
    elif state.enable_termination_protection:
        fix = f"aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {name}"
        yield error("stack", name, f"is {state.stack_status}, with termination protection", fix=fix)
    elif state.stack_status == "DELETE_FAILED":
        text = f"is DELETE_FAILED: {state.stack_status_reason}"
        yield error("stack", name, text, fix="resolve the errors above, then run `cdk destroy` again")
    else:
        yield ok("stack", name, f"is {state.stack_status}; it can be deleted when there is no error above")


_Check = Callable[[_Teardown], Iterator[Diagnostic]]
_PLACE: Final[tuple[tuple[str, _Check], ...]] = (("account", account_check), ("region", _region))
_CHECKS: Final[tuple[tuple[str, _Check], ...]] = (
    ("nodes", _nodes),
    ("interfaces", _interfaces),
    ("volumes", _volumes),
    ("instance-profiles", _profiles),
    ("cluster", _cluster),
    ("stack", _stack),
    ("retained", retained),
)
