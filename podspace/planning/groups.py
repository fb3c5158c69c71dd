"""The pod security group, and what it and the cluster's groups must let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.cidr import QUOTA_PAGE
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.config import Config
from podspace.planning.naming import group_tags
from podspace.planning.plan import CLUSTER, PODS, GroupRule, PodGroupPlan, Remark
from podspace.problem import Problem

_API_SERVER: Final = (443, 443)
_KUBELET: Final = (10250, 10250)
_MOST_RULES: Final = 60


def pod_group(config: Config) -> PodGroupPlan:
    """The group of pod interfaces, with every ingress rule made for it."""
    group = config.pods.security_group
    made = group.add_rules if group.id else group.kind == "dedicated"
    return PodGroupPlan(
        kind="existing" if group.id else group.kind,
        id=group.id or "",
        description=f"Pods of EKS cluster {config.cluster.name}, pod network {config.name}",
        tags=group_tags(config),
        rules=tuple(_rules(config)) if made else (),
    )


def _rules(config: Config) -> Iterator[GroupRule]:
    """What a pod group of its own needs; AWS publishes no such table (inferred, see docs/security-groups.md)."""
    for cidr in vpc_cidrs(config):
        yield GroupRule(on=PODS, source=cidr, ports=None, reason=f"Everything in {cidr} reaches pods")
    yield GroupRule(on=PODS, source=PODS, ports=None, reason="Pods reach pods on other nodes")
    yield GroupRule(
        on=PODS, source=CLUSTER, ports=None, reason="API server reaches webhooks and aggregated APIs in pods"
    )
    for node in config.cluster.node_security_group_ids:
        yield GroupRule(on=PODS, source=node, ports=None, reason="Nodes and host-network pods reach pods")
    yield GroupRule(on=CLUSTER, source=PODS, ports=_API_SERVER, reason="Pods reach the API server")
    served = dict.fromkeys((_KUBELET, *((ports.first, ports.last) for ports in config.cluster.host_network_ports)))
    for node in config.cluster.node_security_group_ids or (CLUSTER,):
        for ports in served:
            if (node, ports) != (CLUSTER, _API_SERVER):
                reason = "Pods reach the kubelet" if ports == _KUBELET else "Pods reach host-network pods"
                yield GroupRule(on=node, source=PODS, ports=ports, reason=reason)


def group_problems(config: Config) -> Iterator[Problem]:
    """More rules than a security group holds."""
    rules = pod_group(config).rules
    for on in dict.fromkeys(rule.on for rule in rules):
        count = sum(rule.on == on for rule in rules)
        if count > _MOST_RULES:
            yield Problem(
                place="vpc.cidrs" if on == PODS else "cluster.host_network_ports",
                value=f"{count} ingress rules on one security group",
                must=f"must be at most {_MOST_RULES}, the quota of rules of a group",
                fix="name fewer blocks or ports, or join ports into ranges",
                source=QUOTA_PAGE,
            )


def group_remarks(config: Config) -> Iterator[Remark]:
    """What an adopted group must let in already."""
    group = config.pods.security_group
    if group.id and not group.add_rules:
        yield Remark(
            id="adopted-group",
            level="note",
            text=f"no rule is made for {group.id}: it must let in itself and the cluster's group, the cluster's group "
            "must let it in on TCP 443, and the nodes' groups on TCP 10250; `add_rules: true` makes those rules",
        )
