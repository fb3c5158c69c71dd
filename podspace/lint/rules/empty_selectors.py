"""Rules about selector terms that match nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from podspace.lint.address_range import prefix_length
from podspace.lint.link import is_linked
from podspace.lint.picture import CLUSTER_TAG, NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.subnets import SMALLEST_FOR_PODS
from podspace.lint.selection import Selection, tag_keys, written
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, key, mapping, references, same, shown
from podspace.lint.vpc import Subnet

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_NOT_FOUND_ISSUE: Final = "https://github.com/aws/containers-roadmap/issues/2529"
_CLUSTER_GROUP_NAME: Final = re.compile(r"eks-cluster-sg-.+-[0-9]+")
_OF_A_SUBNET: Final = ("AWS::EC2::SubnetRouteTable", "AWS::EC2::SubnetNetworkAcl", "AWS::EC2::SubnetCidr")
_MOST_NAMED: Final = 4
_NOTHING: Final = "With a selector that matches nothing, the NodeClass does not become ready, and no node starts."


def _finds_nothing(picture: Picture, terms: Selection) -> bool:
    return (
        bool(terms.terms) and not terms.chosen and not terms.perhaps and not terms.outside and picture.deployment.whole
    )


@rule(
    "pod-selector-matches-nothing",
    why=_NOTHING,
    fix="use the same tags in podSubnetSelectorTerms and on the subnets",
    source=_NOT_FOUND_ISSUE,
)
def pod_selector_matches_nothing(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects no pod subnet, and the templates create subnets that no NodeClass selects."""
    every = list(_unused(picture))
    for node_class in picture.node_classes:
        terms = node_class.pod_subnet_terms
        if not every or not _finds_nothing(picture, terms) or not is_linked(picture, node_class):
            continue
        in_use = _in_use(picture)
        unused = [subnet for subnet in every if _may_be_meant(subnet, terms, in_use=in_use)]
        if unused:
            names = ", ".join(f"{subnet.resource.named}{_tags(subnet)}" for subnet in unused[:_MOST_NAMED])
            names += ", and others" if len(unused) > _MOST_NAMED else ""
            must = f"must select the pod subnets: {names} are selected by no NodeClass"
            value = written(terms)
            yield Fault(at=node_class.manifest, place="spec.podSubnetSelectorTerms", value=value, must=must)


def _tags(subnet: Subnet) -> str:
    """The tags of a subnet that a selector might be meant to name."""
    own = {tag: value for tag, value in subnet.resource.tags.items() if not tag.startswith(("aws", "Name"))}
    return f" ({', '.join(f'{tag}={shown(value)}' for tag, value in own.items())})" if own else ""


def _may_be_meant(subnet: Subnet, terms: Selection, *, in_use: set[Reference]) -> bool:
    """Whether a subnet is likely the one a selector misses: it has such a tag, or nothing else is in it."""
    if any(tag in subnet.resource.tags for tag, _ in tag_keys(terms)):
        return True
    length = prefix_length(subnet.range)
    return subnet.key not in in_use and length is not None and length <= SMALLEST_FOR_PODS


def _in_use(picture: Picture) -> set[Reference]:
    """What other resources name, but for those that only describe a subnet."""
    others = (one for one in picture.deployment.resources if not one.type.startswith(_OF_A_SUBNET))
    return {found for one in others for found in references(dict(one.properties))}


def _unused(picture: Picture) -> Iterator[Subnet]:
    """Subnets of secondary blocks that no NodeClass and no ENIConfig uses."""
    used = {subnet.key for one in picture.node_classes for subnet in (*one.pod_subnets, *one.node_subnets)}
    for vpc in picture.vpcs.all.values():
        for subnet in vpc.subnets:
            block = vpc.block_of(subnet.range)
            if block and not block.primary and subnet.key not in used and subnet.key not in picture.pod_subnets:
                yield subnet


@rule(
    "node-selector-matches-nothing",
    why=_NOTHING,
    fix="use the same tags in subnetSelectorTerms and on the subnets",
    source=_NOT_FOUND_ISSUE,
)
def node_selector_matches_nothing(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects no node subnet, and its VPC is created in the templates."""
    for node_class in picture.node_classes:
        nothing = _finds_nothing(picture, node_class.node_subnet_terms)
        if nothing and is_linked(picture, node_class) and _vpc_is_here(picture, node_class):
            must = "must select node subnets: no subnet in the templates has these tags"
            value = written(node_class.node_subnet_terms)
            yield Fault(at=node_class.manifest, place="spec.subnetSelectorTerms", value=value, must=must)


def _vpc_is_here(picture: Picture, node_class: NodeClassInUse) -> bool:
    """Whether the VPC of a NodeClass is known to be made here."""
    vpcs = {subnet.vpc for subnet in node_class.pod_subnets} or set(picture.vpcs.all)
    return bool(vpcs) and all(vpc in picture.vpcs.all and picture.vpcs.all[vpc].resource for vpc in vpcs if vpc)


@rule(
    "group-selector-matches-nothing",
    why=_NOTHING
    + (" `name` in a term is the group's name, not its Name tag, and a term matches only the whole value of a tag."),
    fix="select by a tag that the security group has; for the cluster's own security group use aws:eks:cluster-name",
    source=_NODE_CLASS_PAGE,
)
def group_selector_matches_nothing(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects no security group, or selects the cluster's security group by a name it does not have."""
    for node_class in picture.node_classes:
        for terms in (node_class.pod_group_terms, node_class.node_group_terms):
            place, value = f"spec.{terms.field}", written(terms)
            if must := _wrong_name_of_cluster_group(picture, terms):
                linked = picture.clusters.all and is_linked(picture, node_class)
                own = "" if linked else "an existing security group has this tag"
                yield Fault(at=node_class.manifest, place=place, value=value, must=must, depends_on=own)
            elif must := (
                _tag_taken_for_name(picture, terms)
                or _wrong_cluster(picture, node_class, terms)
                or _no_group(picture, node_class, terms)
            ):
                yield Fault(at=node_class.manifest, place=place, value=value, must=must)


def _wrong_name_of_cluster_group(picture: Picture, terms: Selection) -> str:
    for term, chosen in terms.terms:
        name = term.get("name", mapping(term.get("tags")).get("Name"))
        short = isinstance(name, str) and name.startswith("eks-cluster-sg") and not _CLUSTER_GROUP_NAME.fullmatch(name)
        if short and not chosen and picture.deployment.whole:
            return (
                "must be the full name of the cluster's security group, eks-cluster-sg-<cluster>-<number>; or "
                "select by a tag"
            )
    return ""


def _tag_taken_for_name(picture: Picture, terms: Selection) -> str:
    for term, chosen in terms.terms:
        name = term.get("name")
        if not isinstance(name, str) or chosen:
            continue
        namesake = next((made for _, made in picture.groups.made_here() if same(made.tags.get("Name"), name)), None)
        if namesake:
            return f"must be the name of a security group: {namesake.named} has it only as its Name tag"
    return ""


def _wrong_cluster(picture: Picture, node_class: NodeClassInUse, terms: Selection) -> str:
    names = {entry.cluster for entry in picture.entries_of(node_class)}
    if not any(one.chosen for one in node_class.selections):
        return ""  # it may be of another cluster altogether
    if not names or not all(isinstance(name, str) for name in names):
        return ""
    if picture.clusters_by_tag(node_class) & {cluster.name for cluster in picture.clusters.all}:
        return ""  # then the access entry is the wrong one
    for term, _ in terms.terms:
        name = mapping(term.get("tags")).get("aws:eks:cluster-name")
        if isinstance(name, str) and name not in names and name != "*":
            known = ", ".join(map(shown, names))
            return f"must be the security group of {known}, the cluster with the access entry of its nodes"
    return ""


def _no_group(picture: Picture, node_class: NodeClassInUse, terms: Selection) -> str:
    if not _finds_nothing(picture, terms) or picture.in_cluster_group(terms) or not is_linked(picture, node_class):
        return ""
    vpcs = {subnet.vpc for subnet in (*node_class.pod_subnets, *node_class.node_subnets)}
    meant = [
        group.named
        for _, group in picture.groups.made_here()
        if group not in picture.selected_groups and key(group.get("VpcId")) in vpcs and _of_pods(picture, group)
        if any(tag in group.tags for tag, _ in tag_keys(terms)) or _vpc_is_here(picture, node_class)
    ]
    return f"must select a security group: {', '.join(meant)} are selected by no NodeClass" if meant else ""


def _of_pods(picture: Picture, group: Resource) -> bool:
    """Whether a group looks as if it was made for pods or nodes: it is tagged for a cluster, or let in by itself."""
    if any(tag == "eks:eks-cluster-name" or tag.startswith(CLUSTER_TAG) for tag in group.tags):
        return True
    return any(rule.source == group.reference for rule in picture.groups.all[group.reference].ingress)


@rule(
    "pod-subnets-not-selected",
    level="warning",
    why="With a typo in a tag key a selector matches nothing, which is otherwise only seen after the NodeClass is "
    "applied. " + _NOTHING,
    fix="use the same tags in podSubnetSelectorTerms or podSecurityGroupSelectorTerms as on the resources; or, if "
    "they do not belong together, check template and manifests in separate runs",
    source=_NOT_FOUND_ISSUE,
)
def pod_subnets_not_selected(picture: Picture) -> Iterator[Fault]:
    """No NodeClass selects the pod subnets or the pod group, and the terms of one match nothing in the input."""
    selected = {one for each in picture.node_classes for terms in each.selections for one in terms.chosen}
    unused = [subnet.resource for subnet in _unused(picture) if _is_for_pods(subnet.resource)]
    groups = [group for _, group in picture.groups.made_here() if _is_for_pods(group) and group not in selected]
    for node_class in picture.node_classes:
        if is_linked(picture, node_class):
            continue  # then the rules above report it
        for terms, meant in ((node_class.pod_subnet_terms, unused), (node_class.pod_group_terms, groups)):
            if meant and _finds_nothing(picture, terms) and not picture.in_cluster_group(terms):
                names = ", ".join(one.named for one in meant[:_MOST_NAMED])
                must, elsewhere = f"must select {names}", "this NodeClass is of a cluster outside of the input"
                place, value = f"spec.{terms.field}", written(terms)
                yield Fault(at=node_class.manifest, place=place, value=value, must=must, depends_on=elsewhere)


def _is_for_pods(resource: Resource) -> bool:
    """Whether the tags of a subnet or a group say that it is for pods."""
    own = [text for tag, value in resource.tags.items() if not tag.startswith("aws") for text in (tag, shown(value))]
    return any(re.search(r"(?<![a-z])pods?(?![a-z])", text, re.IGNORECASE) for text in own)


RULES: Final[tuple[Rule, ...]] = (
    pod_selector_matches_nothing,
    node_selector_matches_nothing,
    group_selector_matches_nothing,
    pod_subnets_not_selected,
)
