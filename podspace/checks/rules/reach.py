"""Rules about what pods reach, and what reaches pods, as security groups have it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.checks.picture import NodeClassInUse, Picture
from podspace.checks.rule import Fault, Rule, rule
from podspace.checks.security_group import Ingress, Peer, SecurityGroup
from podspace.checks.stack import Resource
from podspace.checks.value import Known, Text, is_placed, items, key, shown, true
from podspace.cidr import SHARED_SPACE

_GROUP_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_ENDPOINT_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_API_SERVER, _KUBELET = 443, 10250
_ELSEWHERE: Final = "a rule that is made elsewhere does so"


def _with_pod_group(picture: Picture) -> Iterator[tuple[NodeClassInUse, list[SecurityGroup], Peer]]:
    """NodeClasses whose pods are in groups of their own, made here, with those, and with the pods as a peer."""
    for node_class in picture.node_classes:
        terms = node_class.pod_group_terms
        groups = picture.pod_groups(node_class)
        own = terms.certain and not picture.in_cluster_group(terms)
        if own and picture.deployment.whole and all(resource.certain for resource in terms.chosen):
            yield node_class, groups, _pods(picture, node_class, [group.key for group in groups])


def _pods(picture: Picture, node_class: NodeClassInUse, groups: list[Known]) -> Peer:
    others = frozenset((*picture.groups.all, *picture.node_groups(node_class))) - set(groups)
    return Peer(groups=tuple(groups), cidrs=node_class.pod_cidrs, others=others)


def _names(groups: list[SecurityGroup]) -> str:
    return ", ".join(shown(group.key) for group in groups)


def _rules_on(picture: Picture, targets: list[Known], *, but: list[SecurityGroup]) -> list[Ingress]:
    """The rules on some groups, or on what may be one of them; if none of those is known, on all but the pods' own."""
    own = {group.key for group in but}
    groups = picture.groups.all
    if not targets:
        return [rule for id, group in groups.items() if id not in own for rule in group.ingress]
    return [*(rule for id in targets if id in groups for rule in groups[id].ingress), *picture.groups.somewhere]


def _control_plane(picture: Picture, node_class: NodeClassInUse) -> list[Known]:
    """The groups on the control plane's interfaces, where the cluster is made here."""
    names = picture.cluster_names(node_class)
    clusters = [cluster for cluster in picture.clusters.all if cluster.name in names]
    extra = [key(id) for c in clusters for id in items(c.resource.get("ResourcesVpcConfig", "SecurityGroupIds"))]
    return [*(cluster.group for cluster in clusters), *(id for id in extra if id)]


@rule(
    "api-server-closed-to-pods",
    why="The cluster's own security group lets in only itself. Pods in another group reach the API server with their "
    "own address, so everything in them that talks to Kubernetes fails.",
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 443 from the pods' group to the cluster's group",
    source=_GROUP_PAGE,
)
def api_server_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """Nothing lets pods in a group of their own reach the API server."""
    for node_class, groups, pods in _with_pod_group(picture):
        targets = _control_plane(picture, node_class)
        rules = _rules_on(picture, targets, but=groups)
        if not pods.is_let_in(rules, _API_SERVER):
            where = " or ".join(map(shown, targets)) or "the cluster's group"
            must = f"must be let into {where} on TCP {_API_SERVER}: pods of {node_class.name} are in it"
            known = targets and all(map(is_placed, targets)) and not set(targets) & picture.deployment.customised
            depends_on = "" if known else _ELSEWHERE
            yield Fault(at=_resource(groups), value=_names(groups), must=must, depends_on=depends_on)


def _resource(groups: list[SecurityGroup]) -> Resource:
    return next(group.resource for group in groups if group.resource)


@rule(
    "kubelet-closed-to-pods",
    level="warning",
    why="metrics-server and Prometheus run in pods and ask the kubelets; without them no autoscaling by load works.",
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 10250 from the pods' group to the nodes' group",
    source=_GROUP_PAGE,
    inferred=True,
)
def kubelet_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """Nothing lets pods in a group of their own reach the kubelets."""
    for node_class, groups, pods in _with_pod_group(picture):
        targets = picture.node_groups(node_class)
        known = picture.groups.all.keys() & set(targets)
        if set(targets) & set(pods.groups) or not known or not all(map(is_placed, targets)):
            continue  # where nothing is known of other groups, `api-server-closed-to-pods` says so
        if not pods.is_let_in(_rules_on(picture, targets, but=groups), _KUBELET):
            where = " or ".join(map(shown, targets)) or "the nodes' group"
            must = f"must be let into {where} on TCP {_KUBELET}: pods of {node_class.name} are in it"
            yield Fault(at=_resource(groups), value=_names(groups), must=must)


@rule(
    "pods-closed-to-pods",
    why="Pods on different nodes talk by their interfaces, and a security group lets in nothing by itself, not even "
    "its own members.",
    fix="let the group in from itself",
    source=_GROUP_PAGE,
)
def pods_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The group of the pods does not let in the pods."""
    for node_class, groups, pods in _with_pod_group(picture):
        rules = [rule for group in groups for rule in group.ingress]
        others = {one.reference for other in picture.node_classes for one in other.pod_group_terms.chosen}
        if any(rule.source in others for rule in rules):
            continue  # pods that serve other pods alone
        if all(group.all_ingress for group in groups) and not pods.is_let_in(rules):
            must = f"must let in itself: pods of {node_class.name} are in it"
            depends_on = "" if rules else "these pods serve nobody"
            yield Fault(at=_resource(groups), value=_names(groups), must=must, depends_on=depends_on)


@rule(
    "pods-closed-to-cluster",
    level="warning",
    why="The API server calls webhooks and aggregated APIs in pods, and host-network pods call pods, with addresses "
    "of the cluster's and the nodes' interfaces.",
    fix="let the pods' group in from the cluster's group",
    source=_GROUP_PAGE,
    inferred=True,
)
def pods_closed_to_cluster(picture: Picture) -> Iterator[Fault]:
    """The group of the pods lets in nobody but pods."""
    for node_class, groups, pods in _with_pod_group(picture):
        of_pods = [*_pod_blocks(picture)]
        others = [
            rule
            for group in groups
            for rule in group.ingress
            if rule.source not in pods.groups and not (rule.cidr and any(map(rule.cidr.subnet_of, of_pods)))
        ]
        alone = all(group.all_ingress for group in groups) and not others
        if alone and not set(picture.node_groups(node_class)) & set(pods.groups):
            must = f"must let in the cluster's group as well: pods of {node_class.name} are in it"
            yield Fault(at=_resource(groups), value=_names(groups), must=must)


def _pod_blocks(picture: Picture) -> Iterator[IPv4Network]:
    """Ranges that have pods in them, and neither nodes nor the control plane."""
    yield SHARED_SPACE
    for vpc in picture.vpcs.all.values():
        pods = [subnet.cidr for subnet in vpc.subnets if subnet.cidr and subnet.key in picture.pod_subnets]
        others = [subnet.cidr for subnet in vpc.subnets if subnet.cidr and subnet.key not in picture.pod_subnets]
        for block in (block.cidr for block in vpc.blocks if not block.primary):
            if any(one.subnet_of(block) for one in pods) and not any(one.subnet_of(block) for one in others):
                yield block


@rule(
    "endpoint-closed-to-pods",
    why="Traffic inside a VPC keeps the pod's address, and with private DNS the endpoint stands in the place of the "
    "service: pods wait for an answer until they time out.",
    fix="let the pods' group or the pod CIDRs into the endpoint's group on TCP 443",
    source=_ENDPOINT_PAGE,
)
def endpoint_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The group of an interface endpoint does not know the pods."""
    told: set[Resource] = set()
    for node_class in picture.node_classes:
        pods = _any_pods(picture, node_class)
        vpcs = {subnet.vpc for subnet in node_class.pod_subnets}
        for endpoint in filter(_in_place_of_a_service, picture.deployment.of_type("AWS::EC2::VPCEndpoint")):
            ids = [key(id) for id in items(endpoint.get("SecurityGroupIds"))]
            groups = [picture.groups.all[id] for id in ids if id in picture.groups.all]
            known = bool(groups) and len(groups) == len(ids) and all(group.all_ingress for group in groups)
            if not known or key(endpoint.get("VpcId")) not in vpcs or endpoint in told or not pods:
                continue
            if not pods.is_let_in([rule for group in groups for rule in group.ingress], _API_SERVER):
                told.add(endpoint)
                ranges = ", ".join(map(str, pods.cidrs or ()))
                must = f"must let in pods of {node_class.name} on TCP {_API_SERVER}: {ranges or _group_names(pods)}"
                yield Fault(at=endpoint, place="Properties.SecurityGroupIds", value=_names(groups), must=must)


def _in_place_of_a_service(endpoint: Resource) -> bool:
    """Whether an endpoint is what the name of an AWS service leads to, on TCP 443."""
    name = endpoint.get("ServiceName")
    text = name if isinstance(name, str) else str(name.parts[0]) + name.tail if isinstance(name, Text) else ""
    private = true(endpoint.get("PrivateDnsEnabled"))
    return text.startswith("com.amazonaws.") and not text.endswith(("smtp", ".email")) and bool(private)


def _group_names(pods: Peer) -> str:
    return ", ".join(map(shown, pods.groups))


def _any_pods(picture: Picture, node_class: NodeClassInUse) -> Peer | None:
    """The pods as a peer; None if their groups cannot be known."""
    terms = node_class.pod_group_terms
    if picture.in_cluster_group(terms):
        clusters = picture.cluster_groups(node_class)
        return _pods(picture, node_class, [*clusters, *(one.reference for one in terms.chosen)]) if clusters else None
    return _pods(picture, node_class, [one.reference for one in terms.chosen]) if terms.certain else None


RULES: Final[tuple[Rule, ...]] = (
    api_server_closed_to_pods,
    kubelet_closed_to_pods,
    pods_closed_to_pods,
    pods_closed_to_cluster,
    endpoint_closed_to_pods,
)
