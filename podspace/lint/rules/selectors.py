"""Rules about selector terms that match too much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.picture import CLUSTER_TAG, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.selection import ANY, written
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, Value, is_placed, key, references, same, shown

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_SHARING_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html"


@rule(
    "pods-and-nodes-in-one-subnet",
    why="EKS Auto Mode uses any subnet that a term matches, so pods get addresses of node subnets, or nodes get "
    "addresses of pod subnets.",
    fix="select node subnets and pod subnets by tags that the others do not have",
    source=_NODE_CLASS_PAGE,
    inferred=True,
)
def pods_and_nodes_in_one_subnet(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects a subnet both for nodes and for pods."""
    for node_class in picture.node_classes:
        nodes = set(node_class.node_subnet_terms.chosen)
        both = [one.named for one in node_class.pod_subnet_terms.chosen if one in nodes]
        if both:
            must = f"must not select {', '.join(both)}, which subnetSelectorTerms select"
            value = written(node_class.pod_subnet_terms)
            yield Fault(at=node_class.manifest, place="spec.podSubnetSelectorTerms", value=value, must=must)


@rule(
    "selector-across-vpcs",
    why="Nodes, pods and their security groups must be in one VPC. EC2 refuses a network interface with a security "
    "group of another VPC.",
    fix="select by tags that only resources of this VPC have",
    source=_NODE_CLASS_PAGE,
    inferred=True,
)
def selector_across_vpcs(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects subnets or groups of two VPCs."""
    shared = [one.get("GroupId") for one in picture.deployment.of_type("AWS::EC2::SecurityGroupVpcAssociation")]
    for node_class in picture.node_classes:
        first: tuple[Known, Resource] | None = None
        for terms in node_class.selections:
            for resource in terms.chosen:
                vpc = key(resource.get("VpcId")) if not _is_among(shared, resource) else None
                if vpc and not first:
                    first = vpc, resource
                elif vpc and first and _different(vpc, first[0]) and _deployed_together(resource, first[1]):
                    one, other = (picture.vpcs.named(id) for id in (vpc, first[0]))
                    must = (
                        f"must match resources of one VPC: {resource.named} is in {one}, {first[1].named} is in {other}"
                    )
                    place = f"spec.{terms.field}"
                    yield Fault(at=node_class.manifest, place=place, value=written(terms), must=must)
                    break


def _is_among(groups: list[Value], resource: Resource) -> bool:
    """Whether a resource is one of some groups; those that are not known may be any group."""
    is_group = resource.type == "AWS::EC2::SecurityGroup"
    return is_group and any(id == resource.reference or not is_placed(id) for id in groups)


def _deployed_together(one: Resource, other: Resource) -> bool:
    """Whether two resources are in one account and region, as far as templates by themselves tell by their folders."""
    return bool(one.stack.origin.folder) or one.stack.document.path.parent == other.stack.document.path.parent


def _different(one: Known, other: Known) -> bool:
    """Whether two ids of VPCs are different ones for certain."""
    return same(one, other) is False


@rule(
    "selector-of-another-cluster",
    why="If resources of another cluster have the same tag, pods get subnets or security groups of that cluster.",
    fix="select by a tag that only this cluster's resources have",
    source=_NODE_CLASS_PAGE,
    inferred=True,
)
def selector_of_another_cluster(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects a subnet or a group that is tagged for another cluster."""
    for node_class in picture.node_classes:
        names = picture.cluster_names(node_class)
        if any(isinstance(name, Reference) for name in names):
            names = frozenset(
                picture.clusters_by_tag(node_class) - {ANY}
            )  # which the manifest says, whatever the reference is
        if not names:
            continue
        for terms in node_class.selections:
            for resource in terms.chosen:
                owners = {owner for owner in map(shown, _owners(resource)) if owner}
                if owners and not owners & set(map(shown, names)) and not any(map(_unknown, _owners(resource))):
                    must = (
                        f"must not select {resource.named}, which is tagged for the cluster {', '.join(sorted(owners))}"
                    )
                    place = f"spec.{terms.field}"
                    yield Fault(at=node_class.manifest, place=place, value=written(terms), must=must)


def _owners(resource: Resource) -> Iterator[Value]:
    """The clusters that a resource is tagged for."""
    for tag, value in resource.tags.items():
        if tag.startswith(CLUSTER_TAG) and value == "owned":  # `shared` is for more clusters than those that say so
            yield tag.removeprefix(CLUSTER_TAG)
        elif tag == "eks:eks-cluster-name":
            yield value


def _unknown(owner: Value) -> bool:
    return not isinstance(owner, str)


@rule(
    "shared-subnet-by-tag",
    level="warning",
    why="The owner's tags on a shared subnet are not visible in the participant's account: there the selector matches "
    "nothing, and no node starts.",
    fix="select the subnet by its id, or tag it in the participant's account as well",
    source=_SHARING_PAGE,
)
def shared_subnet_by_tag(picture: Picture) -> Iterator[Fault]:
    """A NodeClass selects a shared subnet by tag."""
    shared = set(_shared(picture))
    for node_class in picture.node_classes:
        for terms in (node_class.node_subnet_terms, node_class.pod_subnet_terms):
            by_tag = [one for term, found in terms.terms for one in found if "tags" in term and one in shared]
            if by_tag and not any(_is_of_owner(picture, one) for one in by_tag):
                must = f"must select {', '.join(dict.fromkeys(one.id for one in by_tag))} by id"
                depends_on = (
                    "the participant's account tags the subnet as well, or the cluster is in the owner's account"
                )
                place, value = f"spec.{terms.field}", written(terms)
                yield Fault(at=node_class.manifest, place=place, value=value, must=must, depends_on=depends_on)


def _shared(picture: Picture) -> Iterator[Resource]:
    """The subnets created here that a resource share of AWS RAM shares."""
    for share in picture.deployment.of_type("AWS::RAM::ResourceShare"):
        named = set(references(share.get("ResourceArns"))) if share.certain and share.get("Principals") else set()
        yield from (subnet.resource for subnet in picture.vpcs.subnets if subnet.key in named)


def _is_of_owner(picture: Picture, subnet: Resource) -> bool:
    """Whether a cluster of the subnet's own stack, and so of its account, is created here."""
    return any(cluster.resource.stack is subnet.stack for cluster in picture.clusters.all)


RULES: Final[tuple[Rule, ...]] = (
    shared_subnet_by_tag,
    pods_and_nodes_in_one_subnet,
    selector_across_vpcs,
    selector_of_another_cluster,
)
