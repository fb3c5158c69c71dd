"""A shared VPC: the config of the network account, which owns it, and that of the cluster account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.diagnostic import Diagnostic, Location

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

SHARING_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html"


def sharing_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: what the stack of one of the two accounts cannot create."""
    if network.config.vpc.owner and network.config.vpc.shared_with:
        yield Diagnostic(
            id="owner-and-shared-with",
            location=Location(path="vpc"),
            message=(
                "must have either `owner` (in the cluster account's config) or `shared_with` (in the network "
                "account's config), not both"
            ),
            fix="remove one of the two",
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
            message=(
                "must differ from environment.account: this is the config of an account that the VPC is shared with"
            ),
            fix="remove it if the VPC belongs to environment.account",
        )
    if network.config.pods.subnet_ids is None:
        yield Diagnostic(
            id="shared-subnets-by-id",
            location=Location(path="pods.subnet_ids"),
            message=(
                "must list the pod subnets by id: the owner's tags on shared subnets are not visible in this account"
            ),
            fix="deploy the network account's config first; then write `{zone: [subnet-…]}` with the stack outputs "
            "PodSubnetIds…, which `aws cloudformation describe-stacks` shows",
            source=SHARING_PAGE,
        )
    monitoring = network.config.monitoring
    for place, given in (
        ("pods.cidrs", network.config.pods.cidrs),
        ("egress", network.config.egress),
        ("endpoints.gateways", network.config.endpoints.gateways),
        ("endpoints.interfaces", network.config.endpoints.interfaces),
        ("flow_logs", network.config.flow_logs),
        ("monitoring.nat_gateways", monitoring and "nat_gateways" in monitoring.model_fields_set),
        ("monitoring.network_address_usage", monitoring and monitoring.network_address_usage),
    ):
        if given:
            yield Diagnostic(
                id="not-in-cluster-half",
                location=Location(path=place),
                message=(
                    f"must be removed: only account {network.config.vpc.owner}, the owner of the shared VPC, can "
                    "create it"
                ),
                fix="move it to the network account's config",
                source=SHARING_PAGE,
            )


def _network_half(network: Network) -> Iterator[Diagnostic]:
    if network.config.environment.account in network.config.vpc.shared_with:
        yield Diagnostic(
            id="shared-with-itself",
            location=Location(path="vpc.shared_with"),
            subject=network.config.environment.account or "",
            message="must not include environment.account, which owns the VPC",
            fix="remove it",
        )
    what = "the cluster and its security groups are in the cluster account"
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
        ("monitoring.ipam_logs", network.config.monitoring and network.config.monitoring.ipam_logs),
        ("node_classes", network.config.node_classes),
        ("node_pools", network.config.node_pools),
        ("apply", network.config.apply),
    ):
        if given:
            reason = "only an existing VPC can be shared" if place == "vpc.create" else what
            reason = "the network account's config creates the pod subnets" if place == "pods.subnet_ids" else reason
            yield Diagnostic(
                id="not-in-network-half",
                location=Location(path=place),
                message=(
                    f"must be removed from the network account's config of a shared VPC (vpc.shared_with): {reason}"
                ),
                fix="remove it, or remove vpc.shared_with",
                source=SHARING_PAGE,
            )


def sharing_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: what to do after the stack of the network account is deployed."""
    if network.network_half:
        yield Diagnostic(
            id="network-half",
            severity="note",
            message="this is the network account's config of a shared VPC: deploy it first, then write the stack "
            "outputs PodSubnetIds… as pods.subnet_ids into the cluster account's config; it shares the pod subnets "
            "inside the organization; the node subnets must be shared already; whether pods use its routes depends "
            "on the NodeClasses in the cluster account",
        )
