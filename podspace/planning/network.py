"""A resolved config: every fact about a pod network, each computed once.

Rules, remarks and the plan use it; only `podspace.planning` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from typing import Literal

from podspace.capacity import CapacityLimit, Pool, ZoneRoom
from podspace.planning.addresses.layout import Layout
from podspace.planning.addresses.new_vpc import new_vpc, node_layout, public_layout
from podspace.planning.addresses.plan import NewVpcPlan, PodSubnet
from podspace.planning.addresses.pod_subnets import pod_layout, pod_subnets
from podspace.planning.addresses.zone import is_zone_id
from podspace.planning.addresses.zone_rooms import zone_rooms
from podspace.planning.cluster.plan import PodGroupPlan
from podspace.planning.cluster.security_groups import pod_group
from podspace.planning.config import Config
from podspace.planning.egress.config import EgressConfig
from podspace.planning.egress.gateway import Gateway, RouteTable
from podspace.planning.egress.routes import destinations, gateways, route_tables
from podspace.planning.names import Part, name_tag, role_name, selector, stack_name
from podspace.planning.nodes.limits import counted_pools, limits_of
from podspace.planning.nodes.snat import RouteUse, route_use
from podspace.planning.origin import Created, Existing, Origin, PassedIn
from podspace.planning.prefix_list import PrefixList


@dataclass(frozen=True, eq=False)
class Network:
    """One pod network of one cluster, as its config describes it.

    `config` is the validated config; every other attribute follows from it.
    """

    config: Config

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.config.environment.region

    @property
    def ipv6(self) -> bool:
        """Whether pods and services of the cluster have IPv6 addresses."""
        return self.config.cluster.ip_family == "ipv6"

    @property
    def network_half(self) -> bool:
        """Whether the config is that of the network account of a shared VPC, which has no cluster."""
        return bool(self.config.vpc.shared_with)

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Every zone that pods can run in, in the order of the config."""
        pods = self.config.pods
        return pods.zones or tuple(pods.subnets or pods.subnet_ids or ())

    @cached_property
    def by_zone_id(self) -> bool:
        """Whether zones are written as zone ids, not as zone names."""
        return any(map(is_zone_id, self.zones))

    @cached_property
    def node_zones(self) -> tuple[str, ...]:
        """The zones with node subnets."""
        given = self.config.vpc.node_subnets
        return tuple(given) if given is not None else self.zones

    @cached_property
    def node_subnets(self) -> dict[str, tuple[Origin, ...]]:
        """The node subnets by zone; none if a CDK app passes them in."""
        if self.new_vpc:
            return {
                zone: tuple(
                    Created(str(subnet.cidr))
                    for subnet in self.new_vpc.subnets
                    if (subnet.zone, subnet.role) == (zone, "nodes")
                )
                for zone in self.zones
            }
        given = self.config.vpc.node_subnets or {}
        return {zone: tuple(map(Existing, ids)) for zone, ids in given.items()}

    def first_subnet(self, zone: str, role: Literal["public", "nodes"]) -> Origin | None:
        """The first public or node subnet of a zone, in which single interfaces and gateways are created."""
        if role == "nodes":
            return next(iter(self.node_subnets.get(zone, ())), None)
        subnets = self.new_vpc.subnets if self.new_vpc else ()
        found = (subnet.cidr for subnet in subnets if (subnet.zone, subnet.role) == (zone, role))
        return next((Created(str(cidr)) for cidr in found), None)

    @cached_property
    def vpc_cidrs(self) -> tuple[IPv4Network, ...]:
        """Every IPv4 CIDR block that the VPC has after the deployment, the primary first, each once."""
        return tuple(dict.fromkeys((*self.config.vpc.cidrs, *(block.cidr for block in self.config.pods.cidrs))))

    @cached_property
    def other_routes(self) -> tuple[IPv4Network, ...]:
        """Destinations in other route tables of the VPC, without its default routes."""
        return tuple(to for to in self.config.vpc.routes if to.prefixlen)

    @property
    def vpc_key(self) -> str:
        """A key that is different for each VPC; a new VPC has no id yet."""
        return self.config.vpc.id or f"new VPC of {self.config.name}"

    @cached_property
    def pod_layout(self) -> Layout:
        """How the CIDR blocks of the pods are cut."""
        return pod_layout(self)

    @cached_property
    def node_layout(self) -> Layout | None:
        """How the node subnets of a new VPC are cut."""
        return node_layout(self)

    @cached_property
    def public_layout(self) -> Layout | None:
        """How the public subnets of a new VPC are cut."""
        return public_layout(self)

    @cached_property
    def new_vpc(self) -> NewVpcPlan | None:
        """The new VPC; None for an existing one."""
        return new_vpc(self)

    @cached_property
    def pod_subnets(self) -> tuple[PodSubnet, ...]:
        """The new pod subnets."""
        return tuple(pod_subnets(self))

    @cached_property
    def zone_rooms(self) -> tuple[ZoneRoom, ...]:
        """The addresses of each zone; none if the pod subnets exist already, as no file contains their sizes."""
        return zone_rooms(self)

    @cached_property
    def counted_pools(self) -> tuple[Pool, ...]:
        """The NodePools of which it is known how many nodes the subnets hold."""
        return counted_pools(self)

    @cached_property
    def capacity_limits(self) -> tuple[CapacityLimit, ...]:
        """The limits of the NodePools with `limits: from_capacity`."""
        return limits_of(self)

    @cached_property
    def route_use(self) -> RouteUse:
        """Which route tables pods use."""
        policies: list[str | None] = [entry.snat_policy for entry in self.config.node_classes]
        if self.config.vpc_cni:
            policies.append(self.config.vpc_cni.snat_policy)
        return route_use(policies, ipv6=self.ipv6, elsewhere=self.network_half)

    @cached_property
    def gateways(self) -> tuple[Gateway, ...]:
        """Every gateway of the `egress` section, each once."""
        return gateways(self)

    @cached_property
    def route_tables(self) -> tuple[RouteTable, ...]:
        """Every route table that gets routes of the plan."""
        return route_tables(self)

    def destinations(self, entry: EgressConfig) -> tuple[str, ...]:
        """Destinations of an `egress` entry in EC2: CIDR blocks or ids of prefix lists."""
        return destinations(self, entry)

    @property
    def pod_addresses(self) -> tuple[str, ...]:
        """CIDR blocks of the pods; in an IPv6 cluster the IPv6 CIDR blocks of the pod subnets."""
        if self.ipv6:
            return tuple(str(cidr) for subnets in (self.config.pods.ipv6_subnets or {}).values() for cidr in subnets)
        return tuple(str(block.cidr) for block in self.config.pods.cidrs)

    @cached_property
    def prefix_lists(self) -> dict[str, PrefixList]:
        """The prefix lists that are destinations of routes, by id."""
        return {str(to): to for entry in self.config.egress for to in entry.to if isinstance(to, PrefixList)}

    def counts_as(self, destination: str) -> int:
        """Number of routes that a destination counts as in the quota of a route table: a prefix list counts as
        several.
        """
        return self.prefix_lists[destination].counts_as if destination in self.prefix_lists else 1

    @cached_property
    def cluster_group(self) -> Origin | None:
        """The security group that EKS creates for the cluster; None in the network account of a shared VPC."""
        if self.network_half:
            return None
        if self.config.cluster.create:
            return Created("cluster")
        id = self.config.cluster.security_group_id
        return Existing(id) if id else PassedIn("cluster")

    @cached_property
    def pod_group(self) -> PodGroupPlan:
        """The security group of the pods."""
        return pod_group(self)

    @cached_property
    def role_name(self) -> str:
        """The name of the node role."""
        cluster = self.config.cluster
        return cluster.node_role.name or role_name(cluster=cluster.name, network=self.config.name, region=self.region)

    @cached_property
    def stack_name(self) -> str:
        """The name of the CloudFormation stack."""
        config = self.config
        return config.stack.name or stack_name(cluster=config.cluster.name, network=config.name)

    def selector(self, part: Part) -> dict[str, str]:
        """The tag by which NodeClasses select the pod subnets and security group, or the node subnets."""
        return selector(cluster=self.config.cluster.name, network=self.config.name, part=part)

    def tags(self, *parts: str) -> dict[str, str]:
        """The tags of a resource: those of the config, and its `Name`, in which `parts` distinguish the resource."""
        name = name_tag(*parts, cluster=self.config.cluster.name, network=self.config.name)
        return {**self.config.stack.tags, "Name": name}
