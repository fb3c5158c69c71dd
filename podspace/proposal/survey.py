"""The existing VPC and cluster that a config is written for."""

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
from podspace.live.aws.quota import quota
from podspace.live.aws.routing import Route
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet, Vpc
from podspace.live.failure import LiveError, UnreadError
from podspace.planning.names import selector, stack_name
from podspace.quota import BLOCKS, SUBNETS, Quota

FoundT = TypeVar("FoundT")


@dataclass(frozen=True, kw_only=True)
class Survey:
    """An existing VPC, a cluster in it, and errors of data that could not be read.

    Attributes:
        network: the VPC, read part by part.
        live: the cluster, read part by part.
        vpc: the VPC itself.
        cluster: the cluster itself.
        selector: the tag of the pod subnets of this cluster and pod network.
        stack: the stack of the pod network, by its default name.
        unread: errors of data that could not be read, by the key of the config that needs it.
    """

    network: Network
    live: LiveCluster
    vpc: Vpc
    cluster: Cluster
    selector: Mapping[str, str]
    stack: LiveStack
    unread: dict[str, str] = field(default_factory=dict)

    def known(self, key: str, read: Callable[[], FoundT]) -> FoundT | None:
        """The result of a function that reads data; None, with a note for the key of the config, if it cannot be
        read.
        """
        try:
            return read()
        except UnreadError as unread:
            self.unread[key] = f"{unread.diagnostic.subject}: {unread.diagnostic.message}"
            return None

    @cached_property
    def deployed(self) -> tuple[Subnet, ...]:
        """The pod subnets of this pod network; empty if it is not deployed yet."""
        return tagged(self.network.subnets.values(), self.selector)

    def default_route(self, subnet_id: str) -> Route | None:
        """The route of a subnet to 0.0.0.0/0, also if its target was deleted."""
        table = self.network.table_of(subnet_id)
        return table.default_route if table else None

    @cached_property
    def peers(self) -> tuple[IPv4Network, ...]:
        """CIDR blocks of every peered VPC, and of those that requested a peering connection."""
        peerings = self.known("vpc.peers", lambda: self.network.peerings) or ()
        found = [cidr for each in peerings for cidr in each.peer_of(self.vpc.vpc_id).cidrs]
        return tuple(sorted(set(found)))

    def quota(self, key: str, wanted: Quota) -> int:
        """A quota of the account, or its default if it cannot be read."""
        return self.known(key, lambda: quota(self.network.account, wanted)) or wanted.default

    @cached_property
    def routes(self) -> tuple[IPv4Network, ...]:
        """Destinations of the route tables that are not those of deployed pod subnets."""
        pods = {subnet.subnet_id for subnet in self.deployed}
        others = [table for table in self.network.route_tables if not table.is_only_for(pods)]
        return tuple(sorted({destination for table in others for destination in table.destinations}))

    @cached_property
    def block_quota(self) -> int:
        """Quota of IPv4 CIDR blocks of the VPC."""
        return self.quota("vpc.cidr_quota", BLOCKS)

    @cached_property
    def subnet_quota(self) -> int:
        """How many subnets the VPC may have."""
        return self.quota("vpc.subnet_quota", SUBNETS)


def target(route: Route) -> str:
    """The id of the target of a route, if that is a gateway."""
    return route.nat_gateway_id or route.transit_gateway_id or route.gateway_id or "another target"


def survey(account: Account, *, vpc_id: str | None, cluster: str, network: str) -> Survey:
    """Read what every config needs: the cluster, the VPC, its subnets and route tables.

    Args:
        account: the account and region.
        vpc_id: VPC id; None for the VPC of the cluster.
        cluster: name of the cluster.
        network: name of the pod network.

    Raises:
        LiveError: the cluster or the VPC does not exist or cannot be read, or the cluster is in another VPC.
    """
    live = LiveCluster(account, cluster)
    try:
        found = live.cluster
        if found is None:
            other = "give another one, or its --region or --profile"
            raise _missing("cluster-not-found", f"cluster {cluster}", f"is not in {account.region}", other)
        live_vpc = Network(account, vpc_id or found.vpc.vpc_id)
        vpc = live_vpc.existing
        if found.vpc.vpc_id != vpc.vpc_id:
            what = f"is in {found.vpc.vpc_id}, not in {vpc.vpc_id}"
            fix = "remove --vpc, or give the --region of the intended cluster, if two clusters have this name"
            raise _missing("cluster-in-other-vpc", f"cluster {cluster} of {account.region}", what, fix)
        _ = live_vpc.subnets, live_vpc.route_tables
    except UnreadError as unread:
        raise _missing(
            "unreadable",
            "AWS",
            f"the config needs a value that could not be read: {unread.diagnostic.subject}: "
            f"{unread.diagnostic.message}",
            unread.diagnostic.fix or "see docs/aws.md",
        ) from None
    return Survey(
        network=live_vpc,
        live=live,
        vpc=vpc,
        cluster=found,
        selector=selector(cluster=cluster, network=network, part="pods"),
        stack=LiveStack(account, stack_name(cluster=cluster, network=network)),
    )


def refusals(found: Survey, node_subnets: Mapping[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    """Why no config can be written."""
    if found.cluster.services.ip_family != "ipv4":
        yield Diagnostic(
            id="ipv6-cluster",
            location=Location(kind="cluster", name=found.cluster.name),
            subject=found.cluster.services.ip_family,
            message="must be an IPv4 cluster: pods of an IPv6 cluster do not run out of addresses",
            fix="see docs/choosing.md, and write a config by hand, as config/ipv6.yaml",
        )
    owner, account = found.vpc.owner_id, found.cluster.account_id
    if owner and account and owner != account:
        yield Diagnostic(
            id="shared-vpc",
            location=Location(kind="VPC", name=found.vpc.vpc_id),
            subject=f"of account {owner}",
            message=f"must be of the cluster's account, {account}: a shared VPC needs a config for each account",
            fix="write them by hand, as config/shared-vpc-network.yaml and config/shared-vpc-cluster.yaml",
        )
    if not found.cluster.vpc.cluster_security_group_id:
        must = "must have the security group that EKS creates for every cluster"
        yield Diagnostic(
            id="no-cluster-security-group",
            location=Location(kind="cluster", name=found.cluster.name),
            message=must,
            fix="wait until the cluster is active",
        )
    for id in node_subnets.get("", ()):
        yield Diagnostic(
            id="node-subnet-not-in-vpc",
            location=Location(path="--node-subnet"),
            subject=id,
            message=f"must be a subnet of {found.vpc.vpc_id}",
        )
    if not node_subnets:
        must = "must have subnets with IPv4 addresses in the VPC, for nodes"
        yield Diagnostic(
            id="no-node-subnets",
            location=Location(kind="cluster", name=found.cluster.name),
            message=must,
            fix="give some with --node-subnet",
        )


def _missing(id: str, subject: str, message: str, fix: str) -> LiveError:
    return LiveError(Diagnostic(id=id, subject=subject, message=message, fix=fix))
