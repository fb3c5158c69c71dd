"""Security groups that admit nodes on a port, and not pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, ok, unknown
from podspace.live.aws.group import SecurityGroup
from podspace.live.aws.interface import Interface
from podspace.live.aws.interface_owner import owner_of
from podspace.live.aws.network import Network
from podspace.live.aws.port_set import NO_PORTS, PortSet, union
from podspace.live.aws.prefix_list import prefix_list
from podspace.live.failure import UnreadError
from podspace.planning import Plan
from podspace.planning.names import is_of_pods
from podspace.planning.nodes.snat import SNAT_PAGE
from podspace.preflight.endpoints import judged_endpoints
from podspace.preflight.pod_access import pod_access
from podspace.reporting.wording import counted, plain, such_as

CLOSED_GROUPS: Final = "closed-groups"
_ONE_BY_ONE: Final = 20
"""How many groups are reported one by one; the rest are reported together."""
_LONGEST: Final = 60
"""Characters of a name or description from the account in a message."""


@dataclass(frozen=True, kw_only=True)
class ClosedGroup:
    """A security group that admits nodes on some ports, and not pods.

    Attributes:
        group: the security group.
        ports: those ports.
        nodes: the groups and CIDR blocks of nodes that it admits.
        interfaces: the network interfaces that have it and admit pods by no other group; none if they are not known.
        listed: whether the config admits the pods to other ports of it, so that the rest can be intended.
    """

    group: SecurityGroup
    ports: PortSet
    nodes: tuple[str, ...]
    interfaces: tuple[Interface, ...]
    listed: bool

    @property
    def entry(self) -> str:
        """The entry of `pods.security_group.reaches` that admits the pods, as YAML on one line."""
        return f"{{ id: {self.group.group_id}, ports: [{', '.join(self.ports.ranges)}] }}"

    @property
    def owners(self) -> tuple[str, ...]:
        """What has its network interfaces, such as `RDS` and `load balancer app/web`; empty if that is not known."""
        names: dict[str, dict[str, None]] = {}
        for owner in map(owner_of, self.interfaces):
            names.setdefault(_short(owner.service), {})[_short(owner.name)] = None
        return tuple(_of_service(service, [each for each in found if each]) for service, found in names.items())

    @property
    def subject(self) -> str:
        """Id and name of the security group."""
        return f"{self.group.group_id} ({_short(self.group.name)})" if self.group.name else self.group.group_id


@dataclass(frozen=True, kw_only=True)
class GroupsOfNodes:
    """The security groups of a VPC that admit nodes on a port.

    Attributes:
        number: how many there are.
        closed: those that do not admit pods, those of most network interfaces first.
        unused: those of them that no network interface has.
        by_list: ids of groups whose rules for nodes or for pods have prefix lists, by the id of the list.
        unread: why it is not known which network interfaces have them.
    """

    number: int
    closed: tuple[ClosedGroup, ...]
    unused: tuple[ClosedGroup, ...] = ()
    by_list: Mapping[str, Sequence[str]]
    unread: UnreadError | None = None

    @property
    def to_open(self) -> tuple[ClosedGroup, ...]:
        """Those that are used and of which the config says nothing."""
        return tuple(each for each in self.closed if not each.listed)


def _short(text: str) -> str:
    clean = plain(text)
    return f"{clean[:_LONGEST]}…" if len(clean) > _LONGEST else clean


def _of_service(service: str, names: Sequence[str]) -> str:
    return f"{service} {such_as(names, of=len(names))}" if names else service


def groups_of_nodes(deployment: Deployment, network: Network) -> GroupsOfNodes | None:
    """The security groups that admit nodes; None if no address of a pod is known.

    The groups of the plan are left out: the rules on those of the pods, the cluster and its nodes follow from it.  So
    are the groups of pods of other pod networks, whose files decide about them.

    Raises:
        UnreadError: security groups, subnets, or the resources of the stack cannot be read.
    """
    access = pod_access(deployment, network)
    if not access.pod_blocks:
        return None  # the check of the pod subnets reports it
    of_plan = access.of_cluster | access.pod_groups
    others = [each for each in network.groups.values() if each.group_id not in of_plan and not is_of_pods(each.tags)]
    others = [each for each in others if not deployment.stack.created(each.group_id)]
    nodes = {each.group_id: access.for_nodes(each) for each in others}
    pods = {each.group_id: access.for_pods(each) for each in network.groups.values()}
    closed, by_list = [], dict[str, list[str]]()
    for group in others:
        lists = _of_customers(deployment, group)
        missing, maybe = nodes[group.group_id] - pods[group.group_id], union(lists.values()) - pods[group.group_id]
        if certain := missing - maybe:
            listed = bool(access.planned.get(group.group_id))
            admitted = access.admitted_nodes(group)
            closed.append(ClosedGroup(group=group, ports=certain, nodes=admitted, interfaces=(), listed=listed))
        elif maybe:
            for each in lists:
                by_list.setdefault(each, []).append(group.group_id)
    number = sum(map(bool, nodes.values()))
    return _with_interfaces(deployment, network, closed, pods, GroupsOfNodes(number=number, closed=(), by_list=by_list))


def _of_customers(deployment: Deployment, group: SecurityGroup) -> dict[str, PortSet]:
    """The ports that a group admits prefix lists to, without lists of AWS, which have no addresses of the VPC."""
    return {id: ports for id, ports in group.prefix_lists.items() if not _is_of_aws(deployment, id)}


def _is_of_aws(deployment: Deployment, list_id: str) -> bool:
    """Whether AWS manages a prefix list: those have no maximum number of entries."""
    try:
        found = prefix_list(deployment.account, list_id)
    except UnreadError:
        return False  # it can be a list of any kind
    return found is not None and found.max_entries is None


def _with_interfaces(
    deployment: Deployment,
    network: Network,
    closed: Iterable[ClosedGroup],
    pods: Mapping[str, PortSet],
    found: GroupsOfNodes,
) -> GroupsOfNodes:
    """The groups with their network interfaces, without groups whose interfaces admit the pods by another group.

    Interfaces of endpoints that another check is about are left out, and groups that only these have.
    """
    by_id = {each.group.group_id: each for each in closed}
    try:
        interfaces = network.interfaces_in(by_id) if by_id else ()
        judged = {id for each in judged_endpoints(deployment, network) for id in each.interface_ids} if by_id else set()
    except UnreadError as unread:
        return replace(found, closed=tuple(by_id.values()), unread=unread)
    having: dict[str, list[Interface]] = {}
    for interface in interfaces:
        for each in interface.groups:
            having.setdefault(each.group_id, []).append(interface)
    used, unused = [], []
    for id, group in by_id.items():
        others = [each for each in having.get(id, ()) if each.interface_id not in judged]
        missing = [(each, group.ports - _admitted(each, pods)) for each in others]
        if ports := union(each for _, each in missing):
            with_it = tuple(interface for interface, each in missing if each)
            used.append(replace(group, ports=ports, interfaces=with_it))
        elif id not in having:
            unused.append(group)
    used.sort(key=lambda each: -len(each.interfaces))
    return replace(found, closed=tuple(used), unused=tuple(unused))


def _admitted(interface: Interface, pods: Mapping[str, PortSet]) -> PortSet:
    """The ports that the groups of a network interface admit pods to."""
    return union(pods.get(each.group_id, NO_PORTS) for each in interface.groups)


def closed_groups(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """Security groups that admit nodes or the VPC's primary CIDR block on a TCP or UDP port admit the pods there."""
    found = groups_of_nodes(deployment, network)
    if found is None:
        return
    if found.unread:
        yield unknown(CLOSED_GROUPS, found.unread.diagnostic.subject, found.unread.diagnostic.message)
    to_open = found.to_open
    for each in to_open[:_ONE_BY_ONE]:
        yield _closed(deployment, each)
    if more := to_open[_ONE_BY_ONE:]:
        yield _further(deployment, more)
    yield from (_closed(deployment, each) for each in found.closed if each.listed)
    yield from _notes(found)
    if not (found.closed or found.unused or found.by_list or found.unread):
        text = f"{counted(found.number, 'security group')}: pods are admitted on the ports on which nodes are"
        none = "no further security group admits nodes on a TCP or UDP port"
        yield ok(CLOSED_GROUPS, network.vpc_id, text if found.number else none)


def _closed(deployment: Deployment, closed: ClosedGroup) -> Diagnostic:
    ranges, nodes = closed.ports.ranges, such_as(closed.nodes, of=len(closed.nodes))
    ports = f"{'port' if ranges[0].isdecimal() and len(ranges) == 1 else 'ports'} {such_as(ranges, of=len(ranges))}"
    family = "by IPv6 " if deployment.plan.cluster.ip_family == "ipv6" else ""
    number = counted(len(closed.interfaces), "network interface")
    users = f"; used by {'; '.join(closed.owners)} ({number})" if closed.interfaces else ""
    entry = "" if deployment.plan.network_half else f"; `reaches` entry: - {closed.entry}"
    return Diagnostic(
        id=CLOSED_GROUPS,
        severity="note" if closed.listed else "warning",
        subject=closed.subject,
        message=f"admits nodes ({nodes}) and not pods {family}on {ports}{users}{entry}",
        fix=_fix(deployment),
        source=SNAT_PAGE,
        inferred=bool(family),
    )


def _fix(deployment: Deployment) -> str:
    if deployment.plan.network_half:
        blocks = ", ".join(str(block.cidr) for block in deployment.plan.pods.blocks)
        return f"add rules that admit {blocks} on these ports, on security groups of what pods use"
    return "add the entries of what pods use to pods.security_group.reaches"


def _further(deployment: Deployment, closed: Sequence[ClosedGroup]) -> Diagnostic:
    everywhere = "" if deployment.plan.network_half else "; the lines above the checks, and `facts` in JSON, have all"
    return Diagnostic(
        id=CLOSED_GROUPS,
        severity="warning",
        subject=such_as([each.group.group_id for each in closed], of=len(closed)),
        message=f"admit nodes and not pods on some ports: {counted(len(closed), 'further security group')} that fewer "
        "network interfaces have",
        fix=f"{_fix(deployment)}{everywhere}",
        source=SNAT_PAGE,
    )


def reaches_yaml(plan: Plan, closed: Sequence[ClosedGroup]) -> str:
    """The part of a config that admits the pods on security groups, to be added to the file as YAML.

    It has no entry of the file's own `reaches`, so that entries can be appended.
    """
    kind = f"id: {plan.pod_group.id}" if plan.pod_group.id else f"kind: {plan.pod_group.kind}"
    lines = [f"      - {each.entry}" + (f" # {'; '.join(each.owners)}" if each.owners else "") for each in closed]
    return "\n".join(["pods:", "  security_group:", f"    {kind}", "    reaches:", *lines])


def _notes(found: GroupsOfNodes) -> Iterator[Diagnostic]:
    if found.unused:
        yield Diagnostic(
            id=CLOSED_GROUPS,
            severity="note",
            subject=such_as([each.group.group_id for each in found.unused], of=len(found.unused)),
            message=f"admit nodes and not pods on some ports: {counted(len(found.unused), 'security group')} that no "
            "network interface has",
            fix="no action needed while nothing uses them",
        )
    for list_id, groups in found.by_list.items():
        yield Diagnostic(
            id=CLOSED_GROUPS,
            severity="note",
            subject=list_id,
            message=f"is admitted by {counted(len(groups), 'security group')} ({such_as(groups, of=len(groups))}); "
            "whether it has the addresses of nodes and of pods is not read",
            fix=f"compare `aws ec2 get-managed-prefix-list-entries --prefix-list-id {list_id}` with the pods' CIDR "
            "blocks; if the list has the addresses of nodes, add the pods' CIDR blocks to it",
        )
