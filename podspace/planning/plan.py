"""What will be: every address, name, tag, route, rule and spec of a pod network, decided and frozen.

A plan holds no CloudFormation token and no id of a network resource that is made or handed over elsewhere: what
exists stands in it by its role, such as "the NAT gateway of eu-west-1b".  The ids it does hold are those that
manifests select by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from podspace.api import NodeClass, NodePool


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One CIDR block of the pod network; `associated` where the VPC has it already."""

    cidr: IPv4Network
    associated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PodSubnet:
    """A subnet to be made, in the zone of that name, with all its tags."""

    zone: str
    cidr: IPv4Network
    block: IPv4Network
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class NatGateway:
    """A zonal NAT gateway on a way out.

    Attributes:
        name: the zone it serves, or `shared`; the key under which constructs are handed its id or public subnet.
        new: whether it is made here, with an Elastic IP address, in a given public subnet.
        tags: the tags of a new one.
    """

    name: str
    new: bool
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of a pod route table.

    Attributes:
        destination: the CIDR it leads to.
        nat_gateway: the name of the NAT gateway it goes through.
        carries_traffic: whether any NodeClass of the plan sends traffic along it: only `snatPolicy: Disabled`
            does, `Random` leaves by the node subnet's route table (inferred from the VPC CNI's documentation
            of external SNAT).
    """

    destination: IPv4Network
    nat_gateway: str
    carries_traffic: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """The route table that every pod subnet of one zone is associated with."""

    zone: str
    routes: tuple[Route, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PodNetworkPlan:
    """Blocks, subnets, routes and gateways.

    Attributes:
        zones: every zone pods can run in, in the order of the config.
        blocks: none where the pod subnets exist already; so are `subnets`, `route_tables` and `nat_gateways`.
        subnet_ids: the existing pod subnets by zone; empty where they are made here.
        node_selector: tags to put on the node subnets; empty where the NodeClass names them by id.
    """

    zones: tuple[str, ...]
    blocks: tuple[Block, ...]
    subnets: tuple[PodSubnet, ...]
    route_tables: tuple[RouteTable, ...]
    nat_gateways: tuple[NatGateway, ...]
    subnet_ids: Mapping[str, tuple[str, ...]]
    node_selector: Mapping[str, str]


Party = str
"""Who a rule is about: `pods`, `cluster`, or the id of a group of the nodes."""
PODS: Party = "pods"
CLUSTER: Party = "cluster"


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRule:
    """An ingress rule.

    Attributes:
        on: the group that lets the traffic in.
        source: the group it comes from, or a CIDR.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what breaks without it; the rule's description in EC2.
    """

    on: Party
    source: Party | IPv4Network
    protocol: Literal["tcp", "udp", "-1"]
    ports: tuple[int, int] | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PodGroupPlan:
    """The security group of pod interfaces.

    Attributes:
        kind: made here (`dedicated`), the `cluster`'s own, or an `existing` one.
        id: of an existing one; empty otherwise.
        description: the GroupDescription of a dedicated one, which EC2 lets nobody change afterwards.
        tags: of a dedicated one.
        rules: made here, each a resource of its own.
    """

    kind: Literal["dedicated", "cluster", "existing"]
    id: str
    description: str
    tags: Mapping[str, str]
    rules: tuple[GroupRule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRolePlan:
    """The IAM role of the nodes.

    Attributes:
        name: the role's name, 64 characters at most.
        created: whether it is made here.
        access_entry: whether the cluster's access entry for it is made here.
        tags: of a role and an access entry made here.
    """

    name: str
    created: bool
    access_entry: bool
    cluster_name: str
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something to know that is no error: `id` names it, a `warning` costs money or may surprise."""

    id: str
    level: Literal["note", "warning"]
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One pod network of one cluster, decided."""

    name: str
    region: str
    cluster_name: str
    stack_name: str
    pods: PodNetworkPlan
    pod_group: PodGroupPlan
    node_role: NodeRolePlan
    node_classes: tuple[NodeClass, ...]
    node_pools: tuple[NodePool, ...]
    enable_network_policy: bool
    remarks: tuple[Remark, ...]
