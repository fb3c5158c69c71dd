"""The pods' security group: ingress, egress, and rules of other security groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final, TypeVar

from podspace.planning.cluster.config import PortRange, RuleParty
from podspace.planning.cluster.plan import (
    CLUSTER,
    PODS,
    EgressRule,
    FormerDefault,
    GroupRule,
    Party,
    PodGroupPlan,
    PortNumbers,
    Protocol,
    given_name,
)
from podspace.planning.origin import Created, Existing, Origin
from podspace.planning.prefix_list import PrefixList

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_EVERYTHING: Final = (("-1", None),)
_FORMER_PORTS: Final = (PortRange(first=9100, last=9100),)
"""What `cluster.host_network_ports` was by default: node-exporter's port."""
_DNS: Final = (PortRange(protocol="tcp", first=53, last=53), PortRange(protocol="udp", first=53, last=53))
RuleT = TypeVar("RuleT", GroupRule, EgressRule)


def pod_group(network: Network) -> PodGroupPlan:
    """The security group of the pods, with every rule that the plan creates for it."""
    group = network.config.pods.security_group
    own = [*_ingress(network), *_served(network, network.config.cluster.host_network_ports)]
    rules = _each_once([*(own if adds_rules(network) else ()), *_reached(network)])
    return PodGroupPlan(
        kind="existing" if group.id else group.kind,
        origin=_origin(network),
        description=f"Pods of EKS cluster {network.config.cluster.name}, pod network {network.config.name}",
        tags=_tags(network),
        rules=rules,
        egress=_each_once(_egress(network, rules)) if has_egress_list(network) else None,
        former_defaults=tuple(_former_defaults(network, rules)),
        ipv6=network.ipv6,
    )


def adds_rules(network: Network) -> bool:
    """Whether the plan adds rules to the pods' security group."""
    group = network.config.pods.security_group
    return group.add_rules if group.id else group.kind == "dedicated"


def has_egress_list(network: Network) -> bool:
    """Whether pods have a dedicated security group with a list of egress rules."""
    group = network.config.pods.security_group
    return group.egress is not None and group.id is None and group.kind == "dedicated"


def _origin(network: Network) -> Origin:
    group = network.config.pods.security_group
    if group.id:
        return Existing(group.id)
    if group.kind == "cluster" and network.cluster_group is not None:
        return network.cluster_group
    return Created("pods")


def _tags(network: Network) -> dict[str, str]:
    """The tags of a dedicated pod security group.

    `eks:eks-cluster-name` is what AmazonEKSLoadBalancingPolicy asks of a group that Auto Mode's load balancer
    controller may edit (inferred from the policy's JSON):
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
    """
    name = network.config.pods.security_group.name
    return {
        **network.tags("pods"),
        **({"Name": name} if name else {}),
        "eks:eks-cluster-name": network.config.cluster.name,
        **network.selector("pods"),
    }


def node_parties(network: Network) -> tuple[Party, ...]:
    """Security groups of the nodes: those that the config names, by default the cluster's own."""
    return network.config.cluster.node_security_group_ids or (CLUSTER,)


def parties(network: Network, given: RuleParty) -> tuple[Party | IPv4Network | IPv6Network, ...]:
    """Sources or destinations of a rule of the config: every CIDR block of the VPC, or one CIDR block, prefix list
    or group.
    """
    if given == "vpc":
        return (*network.vpc_cidrs, *network.config.vpc.ipv6_cidrs)
    if isinstance(given, IPv4Network | IPv6Network):
        return (given,)
    return (str(given),) if isinstance(given, PrefixList) else (_group(network, given),)


def _group(network: Network, id: str) -> Party:
    """A group that the config names by its id, which may be the cluster's or the pods' own."""
    if id == network.config.pods.security_group.id:
        return PODS
    return CLUSTER if id == network.config.cluster.security_group_id else id


def _protocols(ports: Sequence[PortRange]) -> Iterable[tuple[Protocol, PortNumbers]]:
    return [(each.protocol, (each.first, each.last)) for each in ports] or _EVERYTHING


def ingress_of(network: Network, source: RuleParty, ports: Sequence[PortRange]) -> Iterator[GroupRule]:
    """Ingress rules of the pods' security group for one entry of `pods.security_group.ingress`."""
    for party in parties(network, source):
        group = isinstance(party, str) and not party.startswith("pl-")
        who = given_name(party) or (party if group else f"Everything in {party}")
        for protocol, numbers in _protocols(ports):
            yield GroupRule(on=PODS, source=party, protocol=protocol, ports=numbers, reason=f"{who} reaches pods")


def egress_of(network: Network, to: RuleParty, ports: Sequence[PortRange]) -> Iterator[EgressRule]:
    """Rules for one entry of `pods.security_group.egress`."""
    for party in parties(network, to):
        for protocol, numbers in _protocols(ports):
            reason = f"Pods reach {given_name(party) or party}"
            yield EgressRule(to=party, protocol=protocol, ports=numbers, reason=reason)


def _ingress(network: Network) -> Iterator[GroupRule]:
    """What a pod group of its own admits; AWS publishes no such table (inferred, see docs/security-groups.md)."""
    for entry in network.config.pods.security_group.ingress or ():
        yield from ingress_of(network, entry.from_, entry.ports)
    yield _everything(PODS, "Pods reach pods on other nodes")
    yield _everything(CLUSTER, "API server reaches webhooks and aggregated APIs in pods")
    for node in network.config.cluster.node_security_group_ids:
        yield _everything(node, "Nodes and host-network pods reach pods")


def _everything(source: Party, reason: str) -> GroupRule:
    return GroupRule(on=PODS, source=source, protocol="-1", ports=None, reason=reason)


def _served(network: Network, host_network_ports: Sequence[PortRange]) -> Iterator[GroupRule]:
    """What the groups of the cluster and of the nodes admit from pods."""
    yield _from_pods(CLUSTER, PortRange(first=443, last=443), "Pods reach the API server")
    nodes = node_parties(network)
    for node in nodes:
        yield _from_pods(node, PortRange(first=10250, last=10250), "Pods reach the kubelet")
    for node in nodes:
        for ports in host_network_ports:
            yield _from_pods(node, ports, "Pods reach host-network pods")


def _reached(network: Network) -> Iterator[GroupRule]:
    for each in network.config.pods.security_group.reaches:
        yield from reached_by(network, each.id, each.ports)


def reached_by(network: Network, id: str, ports: Sequence[PortRange]) -> Iterator[GroupRule]:
    """Rules for one entry of `pods.security_group.reaches`."""
    for each in ports:
        reason = f"Pods of EKS cluster {network.config.cluster.name} reach this group"
        yield _from_pods(_group(network, id), each, reason)


def _from_pods(on: Party, ports: PortRange, reason: str) -> GroupRule:
    return GroupRule(on=on, source=PODS, protocol=ports.protocol, ports=(ports.first, ports.last), reason=reason)


def _egress(network: Network, rules: Sequence[GroupRule]) -> Iterator[EgressRule]:
    """What every group admits from pods, DNS, and what the config lists.

    EKS asks the same of a cluster's group with restricted egress, TCP 443, TCP 10250, and TCP and UDP 53:
    https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """
    for rule in rules:
        if rule.source == PODS:
            yield EgressRule(to=rule.on, protocol=rule.protocol, ports=rule.ports, reason=rule.reason)
    for group in dict.fromkeys((CLUSTER, *node_parties(network))):
        for protocol, numbers in _protocols(_DNS):
            reason = "Pods reach CoreDNS that runs in pods"
            yield EgressRule(to=group, protocol=protocol, ports=numbers, reason=reason)
    for entry in network.config.pods.security_group.egress or ():
        yield from egress_of(network, entry.to, entry.ports)


def traffic(rule: GroupRule | EgressRule) -> tuple[object, ...]:
    """The values by which EC2 compares rules: it refuses a second rule with the same values in one group."""
    peer = (rule.on, rule.source) if isinstance(rule, GroupRule) else (PODS, rule.to)
    return (*peer, rule.protocol, rule.ports)


def _each_once(rules: Iterable[RuleT]) -> tuple[RuleT, ...]:
    found: dict[tuple[object, ...], RuleT] = {}
    for rule in rules:
        found.setdefault(traffic(rule), rule)
    return tuple(found.values())


def _former_defaults(network: Network, rules: Sequence[GroupRule]) -> Iterator[FormerDefault]:
    """Keys that are left out; before they were introduced, rules were created for them."""
    group = network.config.pods.security_group
    if not adds_rules(network) or network.network_half:
        return
    if group.egress is not None or group.reaches:
        return  # keys that were introduced with the present default
    present = set(map(traffic, rules))
    if group.ingress is None:
        # A group that is a word in the file becomes a mapping; one that is a mapping gets a key.
        mapping = bool(group.model_fields_set - {"kind"})
        keeps, drops = ("ingress: vpc", "ingress: []")
        yield FormerDefault(
            key="pods.security_group.ingress",
            rules=tuple(rule for rule in ingress_of(network, "vpc", ()) if traffic(rule) not in present),
            keeps=keeps if mapping else f"security_group: {{ kind: dedicated, {keeps} }}",
            drops=drops if mapping else f"security_group: {{ kind: dedicated, {drops} }}",
            section="pods.security_group" if mapping else "pods",
        )
    if "host_network_ports" not in network.config.cluster.model_fields_set:
        yield FormerDefault(
            key="cluster.host_network_ports",
            rules=tuple(rule for rule in _served(network, _FORMER_PORTS) if traffic(rule) not in present),
            keeps="host_network_ports: [9100]",
            drops="host_network_ports: []",
            section="cluster",
        )
