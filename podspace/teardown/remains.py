"""What is still there, and holds a pod network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from podspace.diagnostic import Diagnostic, error, ok, unknown, warning
from podspace.live.aws.account import Account
from podspace.live.aws.cluster import LiveCluster
from podspace.live.aws.interface import NODE_TAG, POOL_TAG, Instance, Interface, Leftovers
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet
from podspace.live.failure import UnreadError
from podspace.planning import NetworkFile
from podspace.planning.naming import selector
from podspace.reporting.wording import counted

_SUBNET_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html"
_PROFILE_ISSUE: Final = "https://github.com/aws/containers-roadmap/issues/2531"
_MANY: Final = 10
"""How many interfaces are named one by one."""


@dataclass(frozen=True)
class Remains:
    """A pod network that is to go, and its account; every property may raise `UnreadError`."""

    file: NetworkFile
    account: Account

    @cached_property
    def subnets(self) -> Mapping[str, Subnet]:
        """The pod subnets that are there, by id: those of the plan's selector, or named in the config."""
        config = self.file.config
        made = LiveStack(self.account, self.file.plan.stack_name)
        vpc_id = config.vpc.id or next(iter(made.made("AWS::EC2::VPC")), None)
        if vpc_id is None:
            return {}
        there = Network(self.account, vpc_id).subnets
        named = {id for ids in (config.pods.subnet_ids or {}).values() for id in ids}
        found = [*tagged(there.values(), selector(config, "pods")), *(there[id] for id in named if id in there)]
        return {subnet.subnet_id: subnet for subnet in found}

    @cached_property
    def leftovers(self) -> Leftovers:
        """What is in those subnets, and of the plan's NodePools."""
        pools = tuple(pool.metadata.name for pool in self.file.plan.node_pools)
        return Leftovers(self.account, self.file.plan.cluster_name, tuple(self.subnets), pools)


def remains(file: NetworkFile, account: Account) -> Iterator[Diagnostic]:
    """What still holds the pod network: an error stops the stack from going.

    Raises:
        LiveError: AWS cannot be reached at all.
    """
    left = Remains(file, account)
    checks: tuple[tuple[str, Callable[[Remains], Iterator[Diagnostic]]], ...] = (
        ("nodes", _nodes),
        ("interfaces", _interfaces),
        ("volumes", _volumes),
        ("instance-profiles", _profiles),
        ("stack", _stack),
    )
    for name, check in checks:
        try:
            yield from check(left)
        except UnreadError as unread:
            yield unknown(name, unread.diagnostic.subject, unread.diagnostic.message)


def _nodes(left: Remains) -> Iterator[Diagnostic]:
    pools = left.leftovers.node_pools
    if not pools:
        return
    by_pool = Counter(instance.tags.get(POOL_TAG, "") for instance in left.leftovers.instances)
    for pool in pools:
        if by_pool[pool]:
            fix = f"kubectl delete nodepool {pool}, and wait"
            yield error("nodes", f"NodePool {pool}", f"has {counted(by_pool[pool], 'node')}", fix=fix)
        else:
            yield ok("nodes", f"NodePool {pool}", "has no node")


def _interfaces(left: Remains) -> Iterator[Diagnostic]:
    instances = _instances(left)
    for subnet_id, subnet in left.subnets.items():
        inside = [each for each in left.leftovers.interfaces if each.subnet_id == subnet_id]
        where = f"{subnet_id} ({subnet.cidr}, {subnet.zone})"
        if not inside:
            yield ok("interfaces", where, "holds no interface")
            continue
        owners = Counter(owner(each, instances) for each in inside)
        whose = "; ".join(f"{count} {what}" for what, count in owners.most_common())
        text = f"holds {counted(len(inside), 'interface')}: {whose}"
        named = ", ".join(each.interface_id for each in inside[:_MANY]) + (", …" if len(inside) > _MANY else "")
        fix = f"remove what owns them, not the interfaces: {named}"
        yield error("interfaces", where, text, fix=fix, source=_SUBNET_PAGE)
    if not left.subnets:
        yield ok("interfaces", left.file.plan.name, "has no pod subnet in the VPC")


def _instances(left: Remains) -> Mapping[str, Instance]:
    try:
        return {each.instance_id: each for each in left.leftovers.instances}
    except UnreadError:
        return {}  # the check of nodes has said so; interfaces are told without their NodePools


def owner(interface: Interface, instances: Mapping[str, Instance]) -> str:
    """Whose an interface is, in words, as far as EC2 tells."""
    instance_id = interface.attachment.instance_id
    if instance_id:
        pool = instances[instance_id].tags.get(POOL_TAG, "") if instance_id in instances else ""
        return f"of node {instance_id}" + (f" of NodePool {pool}" if pool else "")
    if node := interface.tags.get(NODE_TAG, ""):
        return f"of node {node}, for its pods" if interface.status == "in-use" else f"left behind by node {node}"
    if interface.interface_type != "interface":
        return f"of a {interface.interface_type.replace('_', ' ')} ({interface.description})"
    if interface.status == "available":
        what = interface.description or interface.tags.get("Name", "") or "nobody knows what"
        return f"left behind, attached to nothing ({what})"
    return f"of {interface.requester_id or 'another service'} ({interface.description})"


def _volumes(left: Remains) -> Iterator[Diagnostic]:
    if not left.leftovers.node_pools:
        return
    loose = [volume for volume in left.leftovers.volumes if volume.state == "available"]
    if loose:
        named = ", ".join(volume.volume_id for volume in loose[:_MANY])
        text = f"are left of nodes that are gone, {sum(volume.size for volume in loose):,} GiB"
        yield warning("volumes", named, text, fix="delete them, if nothing in them is missed")
    else:
        yield ok("volumes", "nodes", "left no volume behind")


def _profiles(left: Remains) -> Iterator[Diagnostic]:
    role = left.file.plan.node_role
    if left.file.plan.network_half or not role.created:
        return
    live = LiveCluster(left.account, left.file.plan.cluster_name)
    if live.role(role.name) is None:
        yield ok("instance-profiles", role.name, "is gone")
        return
    held = live.instance_profiles(role.name)
    for profile in held:
        fix = (
            f"once its NodeClass is gone: aws iam remove-role-from-instance-profile --instance-profile-name "
            f"{profile.name} --role-name {role.name}, then aws iam delete-instance-profile"
        )
        text = f"holds role {role.name}, which IAM does not delete then"
        yield error("instance-profiles", profile.name, text, fix=fix, source=_PROFILE_ISSUE, inferred=True)
    if not held:
        yield ok("instance-profiles", role.name, "is in no instance profile")


def _stack(left: Remains) -> Iterator[Diagnostic]:
    name = left.file.plan.stack_name
    state = LiveStack(left.account, name).state
    if state is None:
        yield ok("stack", name, "is gone")
    elif state.enable_termination_protection:
        fix = f"aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {name}"
        yield error("stack", name, f"is {state.stack_status}, and protected from deletion", fix=fix)
    elif state.stack_status == "DELETE_FAILED":
        text = f"is DELETE_FAILED: {state.stack_status_reason}"
        yield error("stack", name, text, fix="remove what is named above, then `cdk destroy` again")
    else:
        yield ok("stack", name, f"is {state.stack_status}, and can be deleted when all above is gone")
