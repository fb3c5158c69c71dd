"""Rules about the security group rules that pods, nodes and the API server need."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import SHARED_SPACE
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.security_group import Ingress, Peer, SecurityGroup
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, is_placed, items, key, shown

_GROUP_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_API_SERVER, _KUBELET = 443, 10250
_ELSEWHERE: Final = "a rule outside of the input admits them"


def _with_pod_group(picture: Picture) -> Iterator[tuple[NodeClassInUse, list[SecurityGroup], Peer]]:
    """NodeClasses whose pods have security groups of the templates, with those groups and the pods as a peer."""
    for node_class in picture.node_classes:
        terms = node_class.pod_group_terms
        groups = picture.pod_groups(node_class)
        own = terms.certain and not picture.in_cluster_group(terms)
        if own and picture.deployment.whole and all(resource.certain for resource in terms.chosen):
            yield node_class, groups, peer(picture, node_class, [group.key for group in groups])


def peer(picture: Picture, node_class: NodeClassInUse, groups: list[Known]) -> Peer:
    """The pods of a NodeClass in some security groups, as the source of traffic."""
    others = frozenset((*picture.groups.all, *picture.node_groups(node_class))) - set(groups)
    vpc = picture.vpc_of(node_class.pod_subnets)
    return Peer(groups=tuple(groups), cidrs=node_class.pod_ranges, others=others, vpc=vpc)


def _names(groups: list[SecurityGroup]) -> str:
    return ", ".join(group.named for group in groups)


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
    why="The cluster's own security group admits only itself. Pods in another security group connect to the API "
    "server with their own address, so everything in them that uses the Kubernetes API fails.",
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 443 from the pods' group to the cluster's group",
    source=_GROUP_PAGE,
)
def api_server_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The cluster's security group does not admit the pods' security group to the API server."""
    for node_class, groups, pods in _with_pod_group(picture):
        targets = _control_plane(picture, node_class)
        rules = _rules_on(picture, targets, but=groups)
        if not pods.is_let_in(rules, _API_SERVER):
            where = " or ".join(map(shown, targets)) or "the cluster's group"
            must = f"must be admitted to {where} on TCP {_API_SERVER}: pods of NodeClass {node_class.name} are in it"
            known = targets and all(map(is_placed, targets)) and not set(targets) & picture.deployment.customised
            depends_on = "" if known else _ELSEWHERE
            yield Fault(at=_resource(groups), value=_names(groups), must=must, depends_on=depends_on)


def _resource(groups: list[SecurityGroup]) -> Resource:
    return next(group.resource for group in groups if group.resource)


@rule(
    "kubelet-closed-to-pods",
    level="warning",
    why=(
        "metrics-server and Prometheus run in pods and read metrics from the kubelets. Without them, autoscaling by "
        "load does not work."
    ),
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 10250 from the pods' group to the nodes' group",
    source=_GROUP_PAGE,
    inferred=True,
)
def kubelet_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The nodes' security group does not admit the pods' security group to the kubelet."""
    for node_class, groups, pods in _with_pod_group(picture):
        targets = picture.node_groups(node_class)
        known = picture.groups.all.keys() & set(targets)
        if set(targets) & set(pods.groups) or not known or not all(map(is_placed, targets)):
            continue  # where nothing is known of other groups, `api-server-closed-to-pods` says so
        if not pods.is_let_in(_rules_on(picture, targets, but=groups), _KUBELET):
            where = " or ".join(map(shown, targets)) or "the nodes' group"
            must = f"must be admitted to {where} on TCP {_KUBELET}: pods of NodeClass {node_class.name} are in it"
            yield Fault(at=_resource(groups), value=_names(groups), must=must)


@rule(
    "pods-closed-to-pods",
    why="A security group admits no traffic without an ingress rule, even from its own members, so pods on different "
    "nodes do not reach each other.",
    fix="add an ingress rule from the security group to itself",
    source=_GROUP_PAGE,
)
def pods_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The pods' security group does not admit itself."""
    terms = [one.pod_group_terms for one in picture.node_classes]
    others = {group.reference for one in terms for group in (*one.chosen, *one.perhaps)}
    for node_class, groups, pods in _with_pod_group(picture):
        rules = [rule for group in groups for rule in group.ingress]
        if any(rule.source in others for rule in rules):
            continue  # pods that serve other pods alone
        if all(group.all_ingress for group in groups) and not pods.is_let_in(rules):
            must = f"must admit itself: pods of NodeClass {node_class.name} are in it"
            depends_on = "" if rules else "no pod accepts connections from other pods"
            yield Fault(at=_resource(groups), value=_names(groups), must=must, depends_on=depends_on)


@rule(
    "pods-closed-to-cluster",
    level="warning",
    why="The API server calls webhooks and aggregated APIs in pods from the interfaces of the control plane. Pods "
    "with hostNetwork connect from the interfaces of the nodes.",
    fix="add an ingress rule from the cluster's security group to the pods' security group",
    source=_GROUP_PAGE,
    inferred=True,
)
def pods_closed_to_cluster(picture: Picture) -> Iterator[Fault]:
    """The pods' security group admits only pods."""
    of_pods = [*_pod_blocks(picture)]
    for node_class, groups, pods in _with_pod_group(picture):
        others = [
            rule
            for group in groups
            for rule in group.ingress
            if rule.source not in pods.groups and not (rule.cidr and any(map(rule.cidr.subnet_of, of_pods)))
        ]
        admits = any(group.ingress for group in groups)  # else `pods-closed-to-pods` says so
        alone = admits and all(group.all_ingress for group in groups) and not others
        if alone and not set(picture.node_groups(node_class)) & set(pods.groups):
            must = f"must also admit the cluster's security group: pods of NodeClass {node_class.name} are in it"
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
    "pods-closed-in",
    why="Pods then reach no API server, no other pod and no service. CDK adds a rule to 255.255.255.255/32, which "
    "matches no address, to a group with `allow_all_outbound=False`.",
    fix=(
        "add egress rules for what the pods need, such as the cluster's security group on TCP 443, or one to 0.0.0.0/0"
    ),
    source="https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.SecurityGroup.html",
)
def pods_closed_in(picture: Picture) -> Iterator[Fault]:
    """The pods' security group allows no egress."""
    egress = picture.deployment.of_type("AWS::EC2::SecurityGroupEgress")
    for node_class, groups, _ in _with_pod_group(picture):
        if not any(group.lets_out(egress) for group in groups):
            must = f"must have an egress rule: pods of NodeClass {node_class.name} are in it"
            yield Fault(at=_resource(groups), place="Properties.SecurityGroupEgress", value=_names(groups), must=must)


@rule(
    "api-server-closed-to-nodes",
    why="The cluster's own security group admits only itself. Nodes in another group do not reach the API server, so "
    "they do not join.",
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 443 from the nodes' group to the cluster's group, or select the "
    "cluster's group for the nodes as well",
    source=_GROUP_PAGE,
)
def api_server_closed_to_nodes(picture: Picture) -> Iterator[Fault]:
    """The cluster's security group does not admit the nodes' security group to the API server."""
    for node_class in picture.node_classes:
        terms, targets = node_class.node_group_terms, _known_control_plane(picture, node_class)
        own = terms.certain and all(one.certain for one in terms.chosen) and not picture.in_cluster_group(terms)
        if not own or not targets or not picture.deployment.whole:
            continue
        keys = picture.node_groups(node_class)
        ranges = [subnet.range for subnet in node_class.node_subnets]
        known = node_class.node_subnet_terms.certain and None not in ranges
        nodes = Peer(
            groups=tuple(keys),
            cidrs=tuple(one for one in ranges if one) if known else None,
            others=frozenset(picture.groups.all) - set(keys),
            vpc=picture.vpc_of(node_class.node_subnets),
        )
        if not nodes.is_let_in(_rules_on(picture, targets, but=[]), _API_SERVER):
            where = " or ".join(map(shown, targets))
            must = f"must be admitted to {where} on TCP {_API_SERVER}: nodes of NodeClass {node_class.name} are in it"
            yield Fault(at=terms.chosen[0], value=", ".join(map(shown, keys)), must=must)


def _known_control_plane(picture: Picture, node_class: NodeClassInUse) -> list[Known]:
    """The groups on the control plane's interfaces; none if they are not all known, or may have further rules."""
    targets = _control_plane(picture, node_class)
    return targets if all(map(is_placed, targets)) and not set(targets) & picture.deployment.customised else []


@rule(
    "pod-egress-without-api-server",
    why="The service `kubernetes` has the addresses of the control plane's interfaces. Pods whose security group has "
    "no egress rule to them on TCP 443 do not reach the API server, so controllers, operators and service meshes "
    "fail.",
    fix="add an egress rule for TCP 443 to the cluster's security group",
    source=_GROUP_PAGE,
    inferred=True,
)
def pod_egress_without_api_server(picture: Picture) -> Iterator[Fault]:
    """The pods' security group has egress rules, but none to the API server."""
    resources = picture.deployment.of_type("AWS::EC2::SecurityGroupEgress")
    for node_class, groups, _ in _with_pod_group(picture):
        targets = _known_control_plane(picture, node_class)
        rules = [group.egress(resources) for group in groups]
        closed = not any(group.lets_out(resources) for group in groups)  # reported by `pods-closed-in`
        if not targets or closed or set(targets) & {group.key for group in groups}:
            continue
        cidrs = _control_plane_cidrs(picture, node_class)
        known = [rule for one in rules if one is not None for rule in one]
        if None not in rules and not any(_may_be_to(rule, targets, cidrs) for rule in known):
            where = " or ".join(map(shown, targets))
            must = (
                f"must have an egress rule to {where} on TCP {_API_SERVER}: pods of NodeClass {node_class.name} "
                "are in it"
            )
            yield Fault(at=_resource(groups), place="Properties.SecurityGroupEgress", value=_names(groups), must=must)


def _control_plane_cidrs(picture: Picture, node_class: NodeClassInUse) -> list[IPv4Network] | None:
    """The ranges of the subnets that the control plane has interfaces in; None if they are not all known."""
    names = picture.cluster_names(node_class)
    lists = [c.resource.get("ResourcesVpcConfig", "SubnetIds") for c in picture.clusters.all if c.name in names]
    ids = [key(id) for one in lists for id in items(one)]
    cidrs = [picture.vpcs.subnet[id].cidr if id in picture.vpcs.subnet else None for id in ids]
    return None if None in cidrs or not cidrs else [cidr for cidr in cidrs if cidr]


def _may_be_to(rule: Ingress, targets: list[Known], cidrs: list[IPv4Network] | None) -> bool:
    """Whether an egress rule may allow TCP 443 to the control plane; what is not known may."""
    if not rule.lets_in(_API_SERVER):
        return False
    if rule.cidr:
        return cidrs is None or any(rule.cidr.overlaps(cidr) for cidr in cidrs)
    return not isinstance(rule.source, Reference) or not is_placed(rule.source) or rule.source in targets


RULES: Final[tuple[Rule, ...]] = (
    api_server_closed_to_nodes,
    pod_egress_without_api_server,
    api_server_closed_to_pods,
    kubelet_closed_to_pods,
    pods_closed_to_pods,
    pods_closed_to_cluster,
    pods_closed_in,
)
