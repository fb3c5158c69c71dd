"""The deployment as the rules see it: templates and manifests, resolved together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from podspace.lint.address_range import Range
from podspace.lint.cluster import AccessEntry, Clusters
from podspace.lint.deployment import Deployment, Manifest
from podspace.lint.network_acl import NetworkAcls
from podspace.lint.route import Routing
from podspace.lint.security_group import SecurityGroup, SecurityGroups
from podspace.lint.selection import Selection, selection, tag_keys
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Value, items, key, mapping, same, shown
from podspace.lint.vpc import Subnet, Vpc, Vpcs
from podspace.lint.vpc_cni import VpcCnis

CLUSTER_TAGS: Final = ("aws:eks:cluster-name", "eks:eks-cluster-name")
"""Tags whose value is the name of a cluster."""
CLUSTER_TAG: Final = "kubernetes.io/cluster/"
"""Beginning of the key of a tag that names the cluster of a resource."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeClassInUse:
    """A NodeClass, with the resources of the templates that it selects.

    Attributes:
        pod_subnets: selected pod subnets that the templates create, in no order.
        node_subnets: selected node subnets that the templates create, in no order.
    """

    manifest: Manifest
    pod_subnet_terms: Selection
    node_subnet_terms: Selection
    pod_group_terms: Selection
    node_group_terms: Selection
    pod_subnets: tuple[Subnet, ...]
    node_subnets: tuple[Subnet, ...]
    pools: tuple[Manifest, ...]

    @property
    def name(self) -> str:
        """Name of the NodeClass."""
        return self.manifest.name

    @property
    def disabled_snat(self) -> bool:
        """Whether pods keep their addresses beyond the VPC."""
        return self.manifest.get("spec", "snatPolicy") == "Disabled"

    @property
    def pod_ranges(self) -> tuple[Range, ...] | None:
        """The ranges of its pods, known or given by references; None if neither holds for all."""
        ranges = [subnet.range for subnet in self.pod_subnets]
        if not self.pod_subnet_terms.certain or None in ranges:
            return None
        return tuple(one for one in ranges if one)

    @property
    def selections(self) -> tuple[Selection, ...]:
        """Selections of node subnets, node groups, pod subnets and pod groups."""
        return self.pod_subnet_terms, self.node_subnet_terms, self.pod_group_terms, self.node_group_terms


class Picture:
    """The templates and the manifests of a deployment, resolved.

    Attributes:
        deployment: the stacks and the manifests.
        vpcs: VPCs with their CIDR blocks and subnets.
        routing: the route tables.
        groups: the security groups.
        network_acls: the network ACLs.
        clusters: clusters with roles and access entries.
        vpc_cni: the VPC CNI add-ons, and ENIConfigs.
        kubernetes: the minor version of the clusters, if it was given.
    """

    def __init__(self, deployment: Deployment, *, kubernetes: int | None = None) -> None:
        self.deployment = deployment
        self.kubernetes = kubernetes
        self.vpcs = Vpcs(deployment)
        self.routing = Routing(deployment, self.vpcs)
        self.groups = SecurityGroups(deployment)
        self.network_acls = NetworkAcls(deployment)
        self.clusters = Clusters(deployment)
        self.vpc_cni = VpcCnis(deployment)
        self._cluster_names: dict[int, frozenset[Known]] = {}  # many rules ask, by the identity of the manifest

    def minor_version(self, pool: Manifest) -> int | None:
        """The minor version of the cluster of a NodePool: the given one, or that of the only cluster it may be of."""
        if self.kubernetes is not None:
            return self.kubernetes
        users = [one for one in self.node_classes if any(pool is other for other in one.pools)]
        names = {name for one in users for name in self.cluster_names(one)}
        versions = {cluster.minor_version for cluster in self.clusters.all if cluster.name in names}
        return versions.pop() if len(versions) == len(names) == 1 else None

    @cached_property
    def node_classes(self) -> tuple[NodeClassInUse, ...]:
        """Every NodeClass, with what it selects."""
        return tuple(map(self._in_use, self.deployment.of_kind("NodeClass")))

    def _in_use(self, manifest: Manifest) -> NodeClassInUse:
        subnets = [subnet.resource for subnet in self.vpcs.subnets]
        groups = [resource for _, resource in self.groups.made_here()]
        pods, nodes = (selection(manifest, f, subnets) for f in ("podSubnetSelectorTerms", "subnetSelectorTerms"))
        return NodeClassInUse(
            manifest=manifest,
            pod_subnet_terms=pods,
            node_subnet_terms=nodes,
            pod_group_terms=selection(manifest, "podSecurityGroupSelectorTerms", groups),
            node_group_terms=selection(manifest, "securityGroupSelectorTerms", groups),
            pod_subnets=tuple(self.vpcs.subnet[resource.reference] for resource in pods.chosen),
            node_subnets=tuple(self.vpcs.subnet[resource.reference] for resource in nodes.chosen),
            pools=tuple(self._pools_of(manifest)),
        )

    def _pools_of(self, node_class: Manifest) -> Iterator[Manifest]:
        """The NodePools of a NodeClass; if several NodeClasses have its name, those of its folder."""
        only = self._names[node_class.name] == 1
        yield from self._pools.get((node_class.name, "" if only else node_class.folder), ())

    @cached_property
    def _names(self) -> Counter[str]:
        """How many NodeClasses have each name."""
        return Counter(node_class.name for node_class in self.deployment.of_kind("NodeClass"))

    @cached_property
    def _pools(self) -> dict[tuple[str, str], list[Manifest]]:
        """NodePools by the name of the NodeClass that they refer to, of all folders (empty) and of each."""
        pools: dict[tuple[str, str], list[Manifest]] = {}
        for pool in self.deployment.of_kind("NodePool"):
            name = pool.get("spec", "template", "spec", "nodeClassRef", "name")
            if isinstance(name, str):
                for folder in dict.fromkeys(("", pool.folder)):
                    pools.setdefault((name, folder), []).append(pool)
        return pools

    @cached_property
    def pod_subnets(self) -> dict[Known, Subnet]:
        """Pod subnets that the templates create, by their references."""
        selected = [subnet for node_class in self.node_classes for subnet in node_class.pod_subnets]
        ids = [key(config.subnet) for config in self.vpc_cni.eni_configs]
        named = [self.vpcs.subnet[id] for id in ids if id in self.vpcs.subnet]
        return {subnet.key: subnet for subnet in (*selected, *named)}

    @cached_property
    def selected_groups(self) -> frozenset[Resource]:
        """Security groups of the templates that a NodeClass selects, for pods or for nodes."""
        terms = [t for one in self.node_classes for t in (one.pod_group_terms, one.node_group_terms)]
        return frozenset(group for each in terms for group in each.chosen)

    @cached_property
    def node_group_subnets(self) -> dict[Known, Subnet]:
        """Subnets of managed node groups that the templates create, by their references."""
        groups = [group for group in self.deployment.of_type("AWS::EKS::Nodegroup") if group.certain]
        ids = [key(id) for group in groups for id in items(group.get("Subnets"))]
        return {id: self.vpcs.subnet[id] for id in ids if id in self.vpcs.subnet}

    def role_of(self, node_class: NodeClassInUse) -> Resource | None:
        """The role of the templates that a NodeClass names, directly or by an instance profile."""
        role = self.clusters.role_named(node_class.manifest.get("spec", "role"))
        return role or self.clusters.role_of_profile(node_class.manifest.get("spec", "instanceProfile"))

    def entries_of(self, node_class: NodeClassInUse) -> list[AccessEntry]:
        """Access entries of the templates for the role of a NodeClass."""
        role = self.role_of(node_class)
        return self.clusters.entries_of(role) if role else []

    def vpc_of(self, subnets: tuple[Subnet, ...]) -> Vpc | None:
        """The VPC that subnets are in; None if that is not known, or in several."""
        ids = {subnet.vpc for subnet in subnets}
        id = ids.pop() if len(ids) == 1 else None
        return self.vpcs.all.get(id) if id else None

    def cluster_names(self, node_class: NodeClassInUse) -> frozenset[Known]:
        """Possible names of the cluster of a NodeClass, from its role, its tags, or the only cluster of the templates.

        A cluster of the templates that its tags name is its own, even if its role has access entries of other clusters.
        """
        known = self._cluster_names.get(id(node_class.manifest))
        if known is None:
            known = self._cluster_names[id(node_class.manifest)] = frozenset(self._clusters_of(node_class))
        return known

    def _clusters_of(self, node_class: NodeClassInUse) -> set[Known]:
        entries, created = self.entries_of(node_class), {cluster.name for cluster in self.clusters.all}
        own = self.clusters_by_tag(node_class) & created
        if own and all(same(entry.cluster, name) is False for entry in entries for name in own):
            return own
        by_entry: set[Known] = {entry.cluster for entry in entries if entry.cluster}
        only: set[Known] = {cluster.name for cluster in self.clusters.all} if len(self.clusters.all) == 1 else set()
        return by_entry or self.clusters_by_tag(node_class) or only

    def clusters_by_tag(self, node_class: NodeClassInUse) -> set[Known]:
        """The clusters that the tags of its terms name."""
        tags = list(self.tags_of(node_class))
        by_tag: set[Known] = {value for tag, value in tags if tag in CLUSTER_TAGS and isinstance(value, str)}
        return by_tag | {tag.removeprefix(CLUSTER_TAG) for tag, _ in tags if tag.startswith(CLUSTER_TAG)}

    @cached_property
    def named_clusters(self) -> frozenset[Known]:
        """Names of clusters in the stacks: new ones, those in properties of EKS resources, and those in tags."""
        names = {cluster.name for cluster in self.clusters.all}
        resources = self.deployment.resources
        names |= {
            name for one in resources if one.type.startswith("AWS::EKS::") and (name := key(one.get("ClusterName")))
        }
        names |= {tag.removeprefix(CLUSTER_TAG) for tag in self.tag_values if tag.startswith(CLUSTER_TAG)}
        return frozenset(names.union(*(self.tag_values.get(tag, ()) for tag in CLUSTER_TAGS)))

    @cached_property
    def tag_values(self) -> dict[str, frozenset[str]]:
        """The tags of all resources: the known values of each key, as text."""
        values: dict[str, set[str]] = {}
        for resource in self.deployment.resources:
            for tag, value in resource.tags.items():
                values.setdefault(tag, set()).add(shown(value))
        return {tag: frozenset(found) for tag, found in values.items()}

    def tags_of(self, node_class: NodeClassInUse) -> Iterator[tuple[str, Value]]:
        """Every tag that the terms of a NodeClass ask for, with its value."""
        for selected in node_class.selections:
            yield from tag_keys(selected)

    def cluster_groups(self, node_class: NodeClassInUse) -> list[Known]:
        """Known ids of the security group that EKS creates for a NodeClass's cluster; empty if unknown."""
        names = self.cluster_names(node_class)
        return [cluster.group for cluster in self.clusters.all if cluster.name in names]

    def node_groups(self, node_class: NodeClassInUse) -> list[Known]:
        """The ids of the groups of its nodes, as far as they are known."""
        own: list[Known] = [resource.reference for resource in node_class.node_group_terms.chosen]
        own += [id for term, _ in node_class.node_group_terms.terms if (id := key(term.get("id"))) and id not in own]
        return [*own, *(self.cluster_groups(node_class) if self.in_cluster_group(node_class.node_group_terms) else ())]

    def in_cluster_group(self, selected: Selection) -> bool:
        """Whether terms select the group that EKS makes for a cluster."""
        groups = {cluster.group for cluster in self.clusters.all}
        for term, _ in selected.terms:
            tags = mapping(term.get("tags"))
            if "aws:eks:cluster-name" in tags or any(tag.startswith(CLUSTER_TAG) for tag in tags):
                return True
            name = tags.get("Name", term.get("name"))
            if key(term.get("id")) in groups or (isinstance(name, str) and name.startswith("eks-cluster-sg")):
                return True
        return False

    def pod_groups(self, node_class: NodeClassInUse) -> list[SecurityGroup]:
        """Security groups of the templates that its pods have."""
        return [self.groups.all[resource.reference] for resource in node_class.pod_group_terms.chosen]

    def stack_of(self, manifest: Manifest) -> str:
        """The construct path of the stack that an object belongs to, by what it selects; else of the only one."""
        if path := self._construct_paths.get(id(manifest)):
            return path
        stacks = self.deployment.stacks
        return stacks[0].origin.construct_path if len(stacks) == 1 else ""

    @cached_property
    def _construct_paths(self) -> dict[int, str]:
        """The construct paths of the stacks of what NodeClasses select, by the identity of the object."""
        paths: dict[int, str] = {}
        for node_class in self.node_classes:
            chosen = (resource for terms in node_class.selections for resource in terms.chosen)
            path = next((resource.stack.origin.construct_path for resource in chosen), "")
            for manifest in (node_class.manifest, *node_class.pools) if path else ():
                paths.setdefault(id(manifest), path)
        return paths
