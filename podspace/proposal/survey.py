"""What is there: the VPC and the cluster that a config is to be written for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network
from typing import TypeVar

from podspace.diagnostic import Diagnostic, Location
from podspace.live.aws.account import Account
from podspace.live.aws.cluster import Cluster, LiveCluster
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.quota import BLOCKS, SUBNETS, Quota, quota
from podspace.live.aws.routing import NatGateway, Route
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet, Vpc
from podspace.live.failure import LiveError, UnreadError
from podspace.planning.naming import selector_of, stack_name_of

FoundT = TypeVar("FoundT")


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A VPC, a cluster in it, and what could not be read of them.

    Attributes:
        network: the VPC, read part by part.
        cluster: the cluster.
        unread: what could not be read, each with the key of the config that suffers.
        stack: the pod network's, by the name it has unless a config says otherwise.
        selector: the tag that pod subnets of this cluster and pod network have, where they are deployed already.
    """

    network: Network
    live: LiveCluster
    vpc: Vpc
    cluster: Cluster
    selector: Mapping[str, str]
    stack: LiveStack
    unread: dict[str, str] = field(default_factory=dict)

    def known(self, key: str, read: Callable[[], FoundT]) -> FoundT | None:
        """What is read; None where it cannot be, with a note for the key of the config."""
        try:
            return read()
        except UnreadError as unread:
            self.unread[key] = f"{unread.diagnostic.subject}: {unread.diagnostic.message}"
            return None

    @cached_property
    def deployed(self) -> tuple[Subnet, ...]:
        """The pod subnets of this pod network, where it is deployed already."""
        return tagged(self.network.subnets.values(), self.selector)

    @cached_property
    def node_subnets(self) -> dict[str, tuple[str, ...]]:
        """The cluster's subnets by zone: the private ones, or all where it has no private one."""
        ours = {subnet.subnet_id for subnet in self.deployed}
        found = [self.network.subnets.get(id) for id in self.cluster.vpc.subnet_ids]
        usable = [each for each in found if each and each.cidr and each.subnet_id not in ours]
        private = [each for each in usable if not self.network.is_public(each.subnet_id)]
        return _by_zone(private or usable)

    def placed(self, ids: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Subnets that were asked for, by zone; those the VPC does not have under an empty name."""
        found = [self.network.subnets[id] for id in ids if id in self.network.subnets]
        missing = tuple(id for id in ids if id not in self.network.subnets)
        return _by_zone(found) | ({"": missing} if missing else {})

    def described(self, node_subnets: Mapping[str, tuple[str, ...]]) -> str:
        """What the node subnets are, in words."""
        public = [id for ids in node_subnets.values() for id in ids if self.network.is_public(id)]
        return f"the cluster's, public ones among them: {', '.join(public)}" if public else "the cluster's private ones"

    @cached_property
    def nat_gateways(self) -> tuple[NatGateway, ...]:
        """The public NAT gateways that are available, those that node subnets use first."""
        found = self.known("egress", lambda: self.network.nat_gateways) or {}
        used = {route.nat_gateway_id for route in self.node_routes}
        public = [nat for nat in found.values() if nat.state == "available" and nat.connectivity_type == "public"]
        return tuple(sorted(public, key=lambda nat: (nat.nat_gateway_id not in used, nat.nat_gateway_id)))

    @cached_property
    def node_routes(self) -> tuple[Route, ...]:
        """The routes of the node subnets' route tables."""
        subnets = [id for ids in self.node_subnets.values() for id in ids]
        tables = [table for id in subnets if (table := self.network.table_of(id))]
        return tuple(route for table in tables for route in table.routes)

    @cached_property
    def peers(self) -> tuple[IPv4Network, ...]:
        """The blocks of every VPC this one is peered with, or may soon be."""
        peerings = self.known("vpc.peers", lambda: self.network.peerings) or ()
        found = [cidr for each in peerings for cidr in each.peer_of(self.vpc.vpc_id).cidrs]
        return tuple(sorted(set(found)))

    def quota(self, key: str, wanted: Quota) -> int:
        """A quota of the account, or its default where it cannot be read."""
        return self.known(key, lambda: quota(self.network.account, wanted)) or wanted.default

    @cached_property
    def block_quota(self) -> int:
        """How many IPv4 blocks the VPC may have."""
        return self.quota("vpc.cidr_quota", BLOCKS)

    @cached_property
    def subnet_quota(self) -> int:
        """How many subnets the VPC may have."""
        return self.quota("vpc.subnet_quota", SUBNETS)


def _by_zone(subnets: list[Subnet]) -> dict[str, tuple[str, ...]]:
    zones = sorted({subnet.zone for subnet in subnets})
    return {zone: tuple(each.subnet_id for each in subnets if each.zone == zone) for zone in zones}


def survey(account: Account, *, vpc_id: str | None, cluster: str, network: str) -> Survey:
    """Read what a config cannot do without: the cluster, the VPC, its subnets and route tables.

    Args:
        account: the account and region.
        vpc_id: the VPC; the cluster's where left out.
        cluster: the cluster's name.
        network: the name of the pod network.

    Raises:
        LiveError: the cluster or the VPC is not there, or one is not in the other, or they cannot be read.
    """
    live = LiveCluster(account, cluster)
    try:
        found = live.cluster
        if found is None:
            other = "name another one, or give the --region or --profile it is in"
            raise _missing(f"cluster {cluster}", f"is not in {account.region}", other)
        there = Network(account, vpc_id or found.vpc.vpc_id)
        vpc = there.existing
        if found.vpc.vpc_id != vpc.vpc_id:
            what = f"is in {found.vpc.vpc_id}, not in {vpc.vpc_id}"
            fix = "leave --vpc out, or give the --region of the cluster that is meant, if two have one name"
            raise _missing(f"cluster {cluster} of {account.region}", what, fix)
        _ = there.subnets, there.route_tables
    except UnreadError as unread:
        raise _missing(
            "AWS",
            f"does not say what a config cannot do without: {unread.diagnostic.subject}: {unread.diagnostic.message}",
            "see docs/aws.md",
        ) from None
    selector = selector_of(cluster, network, "pods")
    stack = LiveStack(account, stack_name_of(cluster, network))
    return Survey(network=there, live=live, vpc=vpc, cluster=found, selector=selector, stack=stack)


def refusals(found: Survey, node_subnets: Mapping[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    """What no config is written for."""
    if found.cluster.services.ip_family != "ipv4":
        yield Diagnostic(
            location=Location(kind="cluster", name=found.cluster.name),
            subject=found.cluster.services.ip_family,
            message="must be an IPv4 cluster: pods of an IPv6 cluster do not run out of addresses",
            fix="see docs/choosing.md, and write a config by hand, as config/ipv6.yaml",
        )
    owner, account = found.vpc.owner_id, found.cluster.account_id
    if owner and account and owner != account:
        yield Diagnostic(
            location=Location(kind="VPC", name=found.vpc.vpc_id),
            subject=f"of account {owner}",
            message=f"must be of the cluster's account, {account}: a shared VPC needs a config for each account",
            fix="write them by hand, as config/shared-vpc-network.yaml and config/shared-vpc-cluster.yaml",
        )
    if not found.cluster.vpc.cluster_security_group_id:
        must = "must have a security group of its own, as EKS gives every cluster"
        yield Diagnostic(
            location=Location(kind="cluster", name=found.cluster.name),
            message=must,
            fix="wait until the cluster is active",
        )
    for id in node_subnets.get("", ()):
        yield Diagnostic(
            location=Location(path="--node-subnet"), subject=id, message=f"must be a subnet of {found.vpc.vpc_id}"
        )
    if not node_subnets:
        must = "must have subnets with IPv4 addresses in the VPC, for nodes"
        yield Diagnostic(
            location=Location(kind="cluster", name=found.cluster.name), message=must, fix="name some with --node-subnet"
        )


def _missing(place: str, must: str, fix: str) -> LiveError:
    return LiveError(Diagnostic(subject=place, message=must, fix=fix))
