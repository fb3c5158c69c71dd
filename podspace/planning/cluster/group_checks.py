"""Errors, notes and warnings about security groups and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final, Literal

from podspace.cidr import is_within
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.ipv6 import IPV6_PAGE
from podspace.planning.cluster.config import RuleParty
from podspace.planning.cluster.plan import CLUSTER, PODS, EgressRule, GroupRule, Party
from podspace.planning.cluster.security_groups import (
    adds_rules,
    egress_of,
    has_egress_list,
    ingress_of,
    reached_by,
    traffic,
)
from podspace.planning.nodes.snat import SNAT_PAGE
from podspace.planning.prefix_list import PREFIX_LIST_PAGE, PrefixList
from podspace.planning.services.endpoints import endpoints
from podspace.quota import GROUP_RULES, QUOTA_PAGE

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_DUPLICATE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"
_BALANCER_PAGE: Final = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html"
)
Rule = GroupRule | EgressRule
Direction = Literal["ingress", "egress"]


def group_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: security groups in two roles, rules that cannot be added, and too many rules."""
    cluster = network.config.cluster
    for index, node in enumerate(cluster.node_security_group_ids):
        if node in (cluster.security_group_id, *cluster.node_security_group_ids[:index]):
            yield Diagnostic(
                id="node-group-twice",
                location=Location(path=f"cluster.node_security_group_ids[{index}]"),
                subject=node,
                message="must be listed once, and must not be the cluster's own security group",
                fix="remove it: without other security groups, nodes have the cluster's own",
            )
    group = network.config.pods.security_group.id
    if group and group in (cluster.security_group_id, *cluster.node_security_group_ids):
        yield Diagnostic(
            id="pod-group-of-others",
            location=Location(path="pods.security_group"),
            subject=group,
            message="must be a security group for pods alone, or the word cluster",
            fix="write `security_group: cluster` for the cluster's own group",
        )
    yield from _misplaced(network)
    yield from _family_problems(network)
    yield from _open_to_everybody(network)
    yield from _own_addresses(network)
    yield from _duplicates(network)
    yield from _reached_pods(network)
    yield from _quota_problems(network)


def _misplaced(network: Network) -> Iterator[Diagnostic]:
    """Lists of rules for a group on which the plan adds no such rules."""
    group = network.config.pods.security_group
    for place, given in (
        ("pods.security_group.ingress", group.ingress),
        ("pods.security_group.egress", group.egress),
    ):
        if given is None:
            continue
        if group.kind == "cluster" and group.id is None:
            yield Diagnostic(
                id="rules-of-cluster-group",
                location=Location(path=place),
                message="must be removed: pods are in the cluster's own group, which is also on the control plane "
                "and, by default, on the nodes; podspace adds no rules for pods to it",
                fix="remove it, or write `kind: dedicated` for a group of the pods alone",
            )
        elif group.id and place.endswith("ingress") and not group.add_rules:
            yield Diagnostic(
                id="rules-of-existing-group",
                location=Location(path=place),
                message=f"must be removed: podspace adds no rules to the existing security group {group.id}",
                fix="write `add_rules: true`, or remove it",
            )
        elif group.id and place.endswith("egress"):
            yield Diagnostic(
                id="rules-of-existing-group",
                location=Location(path=place),
                message="must be removed: podspace does not manage the egress rules of the existing security group "
                f"{group.id}, and added rules restrict nothing while the group has a rule to 0.0.0.0/0",
                fix="change the security group where it is managed, or write `kind: dedicated` for a new one",
            )


def _entries(network: Network) -> Iterator[tuple[str, Direction, RuleParty, tuple[Rule, ...]]]:
    """Each entry of `ingress` and `egress`: the path of its party, its direction, the party, and its rules."""
    group = network.config.pods.security_group
    if adds_rules(network):
        for index, entry in enumerate(group.ingress or ()):
            rules = tuple(ingress_of(network, entry.from_, entry.ports))
            yield f"pods.security_group.ingress[{index}].from", "ingress", entry.from_, rules
    if has_egress_list(network):
        for index, allowed in enumerate(group.egress or ()):
            path = f"pods.security_group.egress[{index}].to"
            yield path, "egress", allowed.to, tuple(egress_of(network, allowed.to, allowed.ports))


def _family_problems(network: Network) -> Iterator[Diagnostic]:
    for path, _, party, _ in _entries(network):
        if isinstance(party, IPv6Network) and not network.ipv6:
            yield Diagnostic(
                id="ipv6-in-ipv4-cluster",
                location=Location(path=path),
                subject=str(party),
                message="must be an IPv4 CIDR: pods of an IPv4 cluster have no IPv6 addresses",
                fix="remove it, or write `ip_family: ipv6` under cluster",
                source=IPV6_PAGE,
            )


def _own_addresses(network: Network) -> Iterator[Diagnostic]:
    """Loopback addresses, of which a rule has no effect; one of them takes the place of EC2's rule to everywhere."""
    for path, _, party, _ in _entries(network):
        if isinstance(party, IPv4Network | IPv6Network) and party.is_loopback:
            yield Diagnostic(
                id="loopback-in-rule",
                location=Location(path=path),
                subject=str(party),
                message="must not be a loopback address, which no traffic between interfaces has",
                fix="remove it; an empty list allows nothing further",
            )


def _open_to_everybody(network: Network) -> Iterator[Diagnostic]:
    for path, direction, party, _ in _entries(network):
        if direction == "ingress" and isinstance(party, IPv4Network | IPv6Network) and not party.prefixlen:
            yield Diagnostic(
                id="ingress-from-everywhere",
                location=Location(path=path),
                subject=str(party),
                message="must not be every address: any host with a route to the pods could connect to them",
                fix=(
                    "give the security group of the load balancer, which also admits traffic with preserved client "
                    "addresses"
                ),
                source=_BALANCER_PAGE,
            )


def _duplicates(network: Network) -> Iterator[Diagnostic]:
    """Two entries with an equal rule."""
    seen: dict[tuple[object, ...], str] = {}
    entries = [(path, tuple(map(traffic, rules)), direction) for path, direction, _, rules in _entries(network)]
    for index, each in enumerate(network.config.pods.security_group.reaches):
        rules = tuple(map(traffic, reached_by(network, each.id, each.ports)))
        entries.append((f"pods.security_group.reaches[{index}].id", rules, "ingress"))
    for path, rules, direction in entries:
        earlier = {seen[direction, *rule] for rule in rules if (direction, *rule) in seen}
        if earlier:
            yield Diagnostic(
                id="group-rule-twice",
                location=Location(path=path),
                message=f"must not have a rule that {min(earlier)} has: EC2 refuses the second of two equal rules",
                fix="remove one of the two, or its equal ports",
                source=_DUPLICATE_PAGE,
            )
        for rule in rules:
            seen.setdefault((direction, *rule), path)


def _reached_pods(network: Network) -> Iterator[Diagnostic]:
    group = network.config.pods.security_group
    own = network.config.cluster.security_group_id if group.kind == "cluster" and not group.id else group.id
    for index, each in enumerate(group.reaches):
        if each.id == own:
            yield Diagnostic(
                id="reached-group-of-pods",
                location=Location(path=f"pods.security_group.reaches[{index}].id"),
                subject=each.id,
                message="must differ from the pods' own security group, which admits itself already",
                fix="remove it",
            )


def _quota_problems(network: Network) -> Iterator[Diagnostic]:
    """EC2 counts rules of each direction and address family; a rule about a group or a prefix list counts in both."""
    group = network.pod_group
    for on in dict.fromkeys(rule.on for rule in group.rules):
        peers = [rule.source for rule in group.rules if rule.on == on]
        yield from _too_many(network, peers, direction="ingress", place=_place_of_rules(network, on))
    if group.egress:
        made = endpoints(network)
        peers = [rule.to for rule in (*group.egress, *(made.egress if made else ()))]
        # The rule that takes the place of EC2's own is an IPv4 rule.
        counted = [*peers, IPv4Network("127.0.0.1/32")]
        yield from _too_many(network, counted, direction="egress", place="pods.security_group.egress")


def _too_many(
    network: Network, peers: Sequence[Party | IPv4Network | IPv6Network], *, direction: Direction, place: str
) -> Iterator[Diagnostic]:
    sizes = {str(party): party.counts_as for _, _, party, _ in _entries(network) if isinstance(party, PrefixList)}
    four, six = (
        sum(sizes.get(str(peer), 1) for peer in peers if not isinstance(peer, other))
        for other in (IPv6Network, IPv4Network)
    )
    count = max(four, six)
    if count > GROUP_RULES.default:
        yield Diagnostic(
            id="group-rule-quota",
            location=Location(path=place),
            subject=f"{count} {direction} rules on one security group",
            message=f"must be at most {GROUP_RULES.default}, the quota of rules of a group; a prefix list counts as "
            "its maximum number of entries",
            fix="list fewer CIDR blocks, sources or ports, or join ports into ranges",
            source=QUOTA_PAGE,
        )


def _place_of_rules(network: Network, on: Party) -> str:
    """The key of the config that most of the rules on a group follow from."""
    group = network.config.pods.security_group
    if on == PODS:
        listed = any(entry.from_ != "vpc" or entry.ports for entry in group.ingress or ())
        return "pods.security_group.ingress" if listed else "vpc.cidrs"
    nodes = network.config.cluster.node_security_group_ids
    return "cluster.host_network_ports" if on in (CLUSTER, *nodes) else "pods.security_group.reaches"


def group_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: what existing security groups must admit already, and rules that have less effect than expected."""
    group = network.config.pods.security_group
    nodes = network.config.cluster.node_security_group_ids
    if group.id and not group.add_rules:
        yield Diagnostic(
            id="adopted-group",
            severity="note",
            message=f"podspace adds no rules for {group.id}: it must admit itself, the cluster's group, the nodes' "
            "groups and the clients of its pods; the cluster's group must admit it on TCP 443, and the nodes' "
            "groups on TCP 10250 and the ports of host-network pods; `add_rules: true` creates these rules. The "
            "load balancer controller changes it only if it has the tag "
            f"eks:eks-cluster-name={network.config.cluster.name}",
        )
    if group.kind == "cluster" and not group.id and nodes:
        yield Diagnostic(
            id="nodes-apart",
            severity="note",
            message=f"pods are in the cluster's group and nodes in {', '.join(nodes)}, and podspace adds no rules "
            "between them: each must admit the other, the nodes' group at least on TCP 10250",
        )
    if group.kind == "cluster" and not group.id and group.reaches:
        yield Diagnostic(
            id="reached-by-cluster-group",
            severity="note",
            location=Location(path="pods.security_group.reaches"),
            message="pods are in the cluster's own group, so that the rules on "
            f"{', '.join(each.id for each in group.reaches)} admit the control plane and the nodes in that group, too",
        )
    yield from _egress_not_filtered(network)
    yield from _entry_remarks(network)
    yield from _without_other_side(network)
    yield from _routes_not_allowed(network)


def _egress_not_filtered(network: Network) -> Iterator[Diagnostic]:
    if has_egress_list(network) and network.route_use.nodes:
        yield Diagnostic(
            id="pod-egress-not-filtered",
            severity="warning",
            location=Location(path="pods.security_group.egress"),
            message="with snatPolicy Random it filters traffic inside the VPC only: traffic that leaves the VPC has "
            "the address of the node, and the egress rules of the node's security groups filter it",
            fix="write `snat_policy: Disabled`, or restrict the egress of the nodes' groups",
            source=SNAT_PAGE,
        )


def _entry_remarks(network: Network) -> Iterator[Diagnostic]:
    entries = tuple(_entries(network))
    for path, direction, party, rules in entries:
        if isinstance(party, PrefixList) and party.max_entries is None:
            yield Diagnostic(
                id="prefix-list-size",
                severity="note",
                location=Location(path=path),
                subject=str(party),
                message=f"counts against the quota of {direction} rules as its maximum number of entries, which is "
                "not in this file, so that it is counted as one",
                fix=f"write `{{prefix_list: {party}, max_entries: …}}`",
                source=PREFIX_LIST_PAGE,
            )
        if isinstance(party, IPv4Network) and network.ipv6:
            yield Diagnostic(
                id="ipv4-in-ipv6-cluster",
                severity="warning",
                location=Location(path=path),
                subject=str(party),
                message="has no effect on pods: in an IPv6 cluster their interfaces have IPv6 addresses (inferred)",
                fix="write the IPv6 CIDR instead",
                source=IPV6_PAGE,
                inferred=True,
            )
        others = [rule for other, way, _, each in entries if other != path and way == direction for rule in each]
        implied = network.pod_group.egress if direction == "egress" else network.pod_group.rules
        others += [rule for rule in implied or () if rule not in rules]
        if all(any(_covers(other, rule) for other in others) for rule in rules):
            verb = "allow" if direction == "egress" else "admit"
            yield Diagnostic(
                id="group-rule-covered",
                severity="note",
                location=Location(path=path),
                subject=str(party),
                message=f"adds nothing: other {direction} rules of the pods' group {verb} the same traffic",
                fix="no action needed if intended; else remove it",
            )


def _without_other_side(network: Network) -> Iterator[Diagnostic]:
    """Groups that pods may reach, and on which no rule of the plan admits the pods."""
    admitting = {rule.on for rule in network.pod_group.rules if rule.source == PODS}
    for path, direction, party, rules in _entries(network):
        if direction == "egress" and isinstance(party, str) and party != "vpc":
            on = {rule.to for rule in rules if isinstance(rule, EgressRule)}
            if not on & admitting:
                yield Diagnostic(
                    id="egress-without-ingress",
                    severity="note",
                    location=Location(path=path),
                    subject=party,
                    message="is a group on which this file adds no rule: pods may send to it, and it must admit them "
                    "by a rule outside this stack",
                    fix=f"write it under pods.security_group.reaches instead, as `{{id: {party}, ports: […]}}`, which "
                    "adds both rules",
                )


def _routes_not_allowed(network: Network) -> Iterator[Diagnostic]:
    """Destinations of routes that no entry of the egress list allows, so that the routes are of no use to pods."""
    if not has_egress_list(network) or network.route_use.pods is False:
        return
    parties = [party for _, direction, party, _ in _entries(network) if direction == "egress"]
    if any(isinstance(party, PrefixList) for party in parties):
        return  # the CIDRs of a prefix list are not known
    inside: tuple[IPv4Network | IPv6Network, ...] = (*network.vpc_cidrs, *network.config.vpc.ipv6_cidrs)
    beyond: list[IPv4Network | IPv6Network] = [
        party
        for party in parties
        if isinstance(party, IPv4Network | IPv6Network) and not any(_contains(block, party) for block in inside)
    ]
    for index, entry in enumerate(network.config.egress):
        for to in entry.to:
            if isinstance(to, PrefixList):
                continue
            if not any(to == "internet" or _contains(to, each) or _contains(each, to) for each in beyond):
                yield Diagnostic(
                    id="route-without-egress-rule",
                    severity="warning",
                    location=Location(path=f"egress[{index}].to"),
                    subject=str(to),
                    message=(
                        "is not allowed by any entry of pods.security_group.egress, so pods cannot use this route"
                    ),
                    fix="add the destinations that pods need to pods.security_group.egress, or remove the route",
                )


def _covers(other: Rule, rule: Rule) -> bool:
    """Whether a rule admits all traffic of another one."""
    if isinstance(other, GroupRule) and other.on != PODS:
        return False
    outer, inner = (each.source if isinstance(each, GroupRule) else each.to for each in (other, rule))
    if not _contains(outer, inner):
        return False
    if other.ports is None or rule.ports is None:
        return other.ports is None
    return other.protocol == rule.protocol and other.ports[0] <= rule.ports[0] and rule.ports[1] <= other.ports[1]


def _contains(outer: Party | IPv4Network | IPv6Network, inner: Party | IPv4Network | IPv6Network) -> bool:
    if isinstance(outer, IPv4Network | IPv6Network) and isinstance(inner, IPv4Network | IPv6Network):
        return is_within(inner, outer)
    return outer == inner
