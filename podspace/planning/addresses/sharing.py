"""A shared VPC: the network's half is for the account that owns it, the cluster's half for one it is shared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.diagnostic import Diagnostic, Location

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

SHARING_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html"


def sharing_problems(network: Network) -> Iterator[Diagnostic]:
    """What one of the two accounts cannot make."""
    if network.config.vpc.owner and network.config.vpc.shared_with:
        yield Diagnostic(
            id="owner-and-shared-with",
            location=Location(path="vpc"),
            message="must have either `owner`, in the file of the cluster's account, or `shared_with`, in the owner's",
            fix="keep one of the two",
            source=SHARING_PAGE,
        )
        return
    if network.config.vpc.owner:
        yield from _cluster_half(network)
    if network.config.vpc.shared_with:
        yield from _network_half(network)


def _cluster_half(network: Network) -> Iterator[Diagnostic]:
    if network.config.vpc.owner == network.config.environment.account:
        yield Diagnostic(
            id="shared-with-itself",
            location=Location(path="vpc.owner"),
            subject=network.config.vpc.owner or "",
            message="must be another account than environment.account: this file is for the account it is shared with",
            fix="leave it out where the VPC is the account's own",
        )
    if network.config.pods.subnet_ids is None:
        yield Diagnostic(
            id="shared-subnets-by-id",
            location=Location(path="pods.subnet_ids"),
            message="must name the pod subnets by id: tags that the owner put on them are not seen in this account",
            fix="deploy the network's half in the owner's account first; the outputs PodSubnetIds… of its stack are "
            "the ids by zone, which `aws cloudformation describe-stacks` shows; write `{zone: [subnet-…]}`",
            source=SHARING_PAGE,
        )
    for place, given in (
        ("pods.cidrs", network.config.pods.cidrs),
        ("egress", network.config.egress),
        ("endpoints.gateways", network.config.endpoints.gateways),
        ("endpoints.interfaces", network.config.endpoints.interfaces),
        ("flow_logs", network.config.flow_logs),
    ):
        if given:
            yield Diagnostic(
                id="not-in-cluster-half",
                location=Location(path=place),
                message=f"must be left out: only the owner of a shared VPC, {network.config.vpc.owner}, can make it",
                fix="put it into the file of the owner's account",
                source=SHARING_PAGE,
            )


def _network_half(network: Network) -> Iterator[Diagnostic]:
    if network.config.environment.account in network.config.vpc.shared_with:
        yield Diagnostic(
            id="shared-with-itself",
            location=Location(path="vpc.shared_with"),
            subject=network.config.environment.account or "",
            message="must be other accounts than environment.account, which owns the VPC",
            fix="remove it",
        )
    what = "the cluster and its groups are in the account the VPC is shared with"
    for place, given in (
        ("vpc.create", network.config.vpc.create),
        ("cluster.create", network.config.cluster.create),
        ("cluster.security_group_id", network.config.cluster.security_group_id),
        ("cluster.node_security_group_ids", network.config.cluster.node_security_group_ids),
        ("cluster.node_role", "node_role" in network.config.cluster.model_fields_set),
        ("cluster.host_network_ports", "host_network_ports" in network.config.cluster.model_fields_set),
        ("cluster.enable_network_policy", network.config.cluster.enable_network_policy),
        ("pods.security_group", "security_group" in network.config.pods.model_fields_set),
        ("pods.subnet_ids", network.config.pods.subnet_ids),
        ("node_classes", network.config.node_classes),
        ("node_pools", network.config.node_pools),
        ("apply", network.config.apply),
    ):
        if given:
            reason = "a VPC is shared only once it exists" if place == "vpc.create" else what
            reason = "the pod subnets are made in this half" if place == "pods.subnet_ids" else reason
            yield Diagnostic(
                id="not-in-network-half",
                location=Location(path=place),
                message=f"must be left out: this is the network's half of a shared VPC (vpc.shared_with), and {reason}",
                fix="remove it, or leave vpc.shared_with out",
                source=SHARING_PAGE,
            )


def sharing_remarks(network: Network) -> Iterator[Diagnostic]:
    """What to do with the network's half once it is deployed."""
    if network.network_half:
        yield Diagnostic(
            id="network-half",
            severity="note",
            message="this is the network's half of a shared VPC: deploy it first, then write the outputs PodSubnetIds… "
            "of its stack as pods.subnet_ids into the file of the cluster's account; it shares the pod subnets inside "
            "the organization, and the node subnets must be shared already; whether pods use its routes depends "
            "on the NodeClasses there",
        )
