"""A shared VPC: the network's half is for the account that owns it, the cluster's half for one it is shared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.config import Config

SHARING_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html"


def sharing_problems(config: Config) -> Iterator[Diagnostic]:
    """What one of the two accounts cannot make."""
    if config.vpc.owner and config.vpc.shared_with:
        yield Diagnostic(
            location=Location(path="vpc"),
            message="must have either `owner`, in the file of the cluster's account, or `shared_with`, in the owner's",
            fix="keep one of the two",
            source=SHARING_PAGE,
        )
        return
    if config.vpc.owner:
        yield from _cluster_half(config)
    if config.vpc.shared_with:
        yield from _network_half(config)


def _cluster_half(config: Config) -> Iterator[Diagnostic]:
    if config.vpc.owner == config.environment.account:
        yield Diagnostic(
            location=Location(path="vpc.owner"),
            subject=config.vpc.owner or "",
            message="must be another account than environment.account: this file is for the account it is shared with",
            fix="leave it out where the VPC is the account's own",
        )
    if config.pods.subnet_ids is None:
        yield Diagnostic(
            location=Location(path="pods.subnet_ids"),
            message="must name the pod subnets by id: tags that the owner put on them are not seen in this account",
            fix="deploy the network's half in the owner's account first; the outputs PodSubnetIds… of its stack are "
            "the ids by zone, which `aws cloudformation describe-stacks` shows; write `{zone: [subnet-…]}`",
            source=SHARING_PAGE,
        )
    for place, given in (
        ("pods.cidrs", config.pods.cidrs),
        ("egress", config.egress),
        ("endpoints.gateways", config.endpoints.gateways),
        ("endpoints.interfaces", config.endpoints.interfaces),
        ("flow_logs", config.flow_logs),
    ):
        if given:
            yield Diagnostic(
                location=Location(path=place),
                message=f"must be left out: only the owner of a shared VPC, {config.vpc.owner}, can make it",
                fix="put it into the file of the owner's account",
                source=SHARING_PAGE,
            )


def _network_half(config: Config) -> Iterator[Diagnostic]:
    if config.environment.account in config.vpc.shared_with:
        yield Diagnostic(
            location=Location(path="vpc.shared_with"),
            subject=config.environment.account or "",
            message="must be other accounts than environment.account, which owns the VPC",
            fix="remove it",
        )
    what = "the cluster and its groups are in the account the VPC is shared with"
    for place, given in (
        ("vpc.create", config.vpc.create),
        ("cluster.create", config.cluster.create),
        ("cluster.security_group_id", config.cluster.security_group_id),
        ("cluster.node_security_group_ids", config.cluster.node_security_group_ids),
        ("cluster.node_role", "node_role" in config.cluster.model_fields_set),
        ("cluster.host_network_ports", "host_network_ports" in config.cluster.model_fields_set),
        ("cluster.enable_network_policy", config.cluster.enable_network_policy),
        ("pods.security_group", "security_group" in config.pods.model_fields_set),
        ("pods.subnet_ids", config.pods.subnet_ids),
        ("node_classes", config.node_classes),
        ("node_pools", config.node_pools),
        ("apply", config.apply),
    ):
        if given:
            reason = "a VPC is shared only once it exists" if place == "vpc.create" else what
            reason = "the pod subnets are made in this half" if place == "pods.subnet_ids" else reason
            yield Diagnostic(
                location=Location(path=place),
                message=f"must be left out: this is the network's half of a shared VPC (vpc.shared_with), and {reason}",
                fix="remove it, or leave vpc.shared_with out",
                source=SHARING_PAGE,
            )


def sharing_remarks(config: Config) -> Iterator[Diagnostic]:
    """What to do with the network's half once it is deployed."""
    if config.network_half:
        yield Diagnostic(
            id="network-half",
            severity="note",
            message="this is the network's half of a shared VPC: deploy it first, then write the outputs PodSubnetIds… "
            "of its stack as pods.subnet_ids into the file of the cluster's account; it shares the pod subnets inside "
            "the organization, and the node subnets must be shared already; whether its routes carry traffic depends "
            "on the NodeClasses there",
        )
