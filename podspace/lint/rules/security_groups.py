"""Rules about security groups themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import collapse_addresses
from typing import Final

from podspace.lint.picture import CLUSTER_TAG, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import together
from podspace.lint.security_group import Ingress
from podspace.lint.value import Known, shown

_RISKY: Final = (22, 443, 3389, 6443, 10250)
_ICMP: Final = {"icmp", "icmpv6", "1", "58"}


@rule(
    "ingress-from-everywhere",
    why="Pods, nodes and the control plane serve no clients on the internet directly. With any route from the "
    "internet, this rule exposes them.",
    fix=(
        "admit specific security groups or ranges, such as the security group of a load balancer in front of the pods"
    ),
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",
)
def ingress_from_everywhere(picture: Picture) -> Iterator[Fault]:
    """The security group of pods, nodes or the cluster admits every address."""
    ids: dict[Known, None] = {}
    for node_class in picture.node_classes:
        found = [*picture.pod_groups(node_class)]
        ids |= dict.fromkeys([*(group.key for group in found), *picture.node_groups(node_class)])
    ids |= dict.fromkeys(cluster.group for cluster in picture.clusters.all)
    for id in ids:
        rules = picture.groups.all[id].ingress if id in picture.groups.all else []
        for ingress in (*(one for one in rules if one.from_everywhere), *_in_parts(rules)):
            if ingress.protocol not in _ICMP:
                must = f"must not admit every address: {shown(id)} is a security group of pods, nodes or the cluster"
                own = (
                    ""
                    if _is_risky(ingress)
                    else ("a Network Load Balancer that preserves client addresses needs the rule")
                )
                value = shown(ingress.source)
                yield Fault(at=ingress.resource, place=ingress.place, value=value, must=must, depends_on=own)


def _in_parts(rules: Iterable[Ingress]) -> Iterator[Ingress]:
    """The last of rules for the same ports that admit every address together, such as 0.0.0.0/1 and 128.0.0.0/1."""
    parts: dict[object, list[Ingress]] = {}
    for one in rules:
        if one.cidr and not one.from_everywhere and one.resource.certain:
            parts.setdefault((one.protocol, one.ports), []).append(one)
    for same_ports in parts.values():
        ranges = collapse_addresses(one.cidr for one in same_ports if one.cidr)
        if any(cidr.prefixlen == 0 for cidr in ranges):
            yield same_ports[-1]


def _is_risky(ingress: Ingress) -> bool:
    """Whether a rule opens more than the port of a service."""
    return ingress.protocol == "-1" or ingress.ports is None or any(map(ingress.lets_in, _RISKY))


@rule(
    "two-cluster-tags",
    why='The load balancer controller refuses a network interface with two such security groups: "expect exactly one '
    'securityGroup tagged with kubernetes.io/cluster/…". Services of type LoadBalancer stop working.',
    fix="remove the tag from your own security group; EKS tags the cluster's",
    source="https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1897",
)
def two_cluster_tags(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects two security groups that both have a cluster tag."""
    for node_class in picture.node_classes:
        for terms in (node_class.pod_group_terms, node_class.node_group_terms):
            tagged = [one for one in terms.chosen if any(tag.startswith(CLUSTER_TAG) for tag in one.tags)]
            of_cluster = ["the cluster's own security group"] if picture.in_cluster_group(terms) else []
            if tagged and len(tagged) + len(of_cluster) > 1:
                other = [*of_cluster, *(one.named for one in tagged[1:])][0]
                must = (
                    f"must not have a tag {CLUSTER_TAG}…: {other} has one too, and NodeClass {node_class.name} "
                    "selects both"
                )
                yield Fault(at=tagged[0], place="Properties.Tags", must=must)


@rule(
    "pod-group-closed-to-load-balancers",
    level="warning",
    why="The load balancer controller of EKS Auto Mode adds rules for load balancers to the pods' security group. "
    "AWS's managed policy allows this only for security groups with the cluster's tag, and the cluster's own.",
    fix="add the tag eks:eks-cluster-name with the name of the cluster",
    source="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html",
    inferred=True,
)
def pod_group_closed_to_load_balancers(picture: Picture) -> Iterator[Fault]:
    """EKS Auto Mode has no permission to add load balancer rules to the pods' security group."""
    for node_class in picture.node_classes:
        terms = node_class.pod_group_terms
        open_one = any(not one.tags_known or "eks:eks-cluster-name" in one.tags for one in terms.chosen)
        if open_one or terms.perhaps or terms.outside or picture.in_cluster_group(terms):
            continue  # one such group is enough
        for resource in terms.chosen:
            if not str(resource.tags.get("Name", "")).startswith("eks-cluster-sg"):
                must = f"must have the tag eks:eks-cluster-name: pods of NodeClass {node_class.name} are in it"
                yield Fault(at=resource, place="Properties.Tags", must=must)


@rule(
    "security-group-rule-twice",
    why="EC2 refuses a duplicate rule (InvalidPermission.Duplicate).",
    fix="remove one of the two",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html",
)
def security_group_rule_twice(picture: Picture) -> Iterator[Fault]:
    """Two resources add the same ingress rule to a security group."""
    for group, earlier, later in _twice(picture):
        if earlier.resource is not later.resource:
            must = f"must be on {group} once: {earlier.resource.named} has the same rule"
            yield Fault(at=later.resource, place=later.place, value=shown(later.source), must=must)


@rule(
    "inline-rule-twice",
    level="warning",
    why="CloudFormation creates the security group with one of the two rules. The group then always differs from its "
    "template, and an update that removes one of the two removes the rule.",
    fix=(
        "if the security group is not created yet, remove one of the two; if it exists, only change the description "
        "of one"
    ),
    source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/612",
)
def inline_rule_twice(picture: Picture) -> Iterator[Fault]:
    """A security group lists the same ingress rule twice in SecurityGroupIngress."""
    for group, earlier, later in _twice(picture):
        if earlier.resource is later.resource:
            must = f"must be listed in {group} once: {earlier.place} is the same rule"
            yield Fault(at=later.resource, place=later.place, value=shown(later.source), must=must)


def _twice(picture: Picture) -> Iterator[tuple[str, Ingress, Ingress]]:
    """The security groups with an ingress rule that they have already, and both rules."""
    for group in picture.groups.all.values():
        seen: dict[object, Ingress] = {}
        for ingress in group.ingress:
            protocol = {"6": "tcp", "17": "udp"}.get(ingress.protocol, ingress.protocol)
            ports = None if protocol == "-1" else ingress.ports
            if ingress.source is None or not protocol or (ports is None and protocol != "-1"):
                continue
            earlier = seen.setdefault((protocol, ports, ingress.source), ingress)
            if earlier is not ingress and together(earlier.resource, ingress.resource):
                yield group.named, earlier, ingress


RULES: Final[tuple[Rule, ...]] = (
    ingress_from_everywhere,
    two_cluster_tags,
    pod_group_closed_to_load_balancers,
    security_group_rule_twice,
    inline_rule_twice,
)
