"""The VPC that a plan names."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.cidr import EKS_NETWORK_PAGE
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.network import Network


def vpc(deployment: Deployment) -> Iterator[Diagnostic]:
    """The VPC exists, and belongs to the account that `vpc.owner` names."""
    network = deployment.named_vpc
    if network is None:
        return
    found, owner = network.vpc, deployment.plan.vpc.owner
    if found is None:
        fix = "correct vpc.id, or use the credentials of its account"
        text = f"VPC {network.vpc_id} is not in {deployment.account.region} of this account"
        yield error("vpc", network.vpc_id, text, fix=fix)
    elif owner and found.owner_id != owner:
        text = f"VPC {found.vpc_id} belongs to account {found.owner_id}; vpc.owner names {owner}"
        yield error("vpc", found.vpc_id, text, fix="correct vpc.owner or vpc.id")
    else:
        yield ok("vpc", found.vpc_id, f"exists, with {', '.join(map(str, found.cidrs))}")


def dns(_: Deployment, network: Network) -> Iterator[Diagnostic]:
    """DNS resolution and DNS hostnames are on; without them nodes cannot register."""
    for on, what, option in zip(
        network.dns,
        ("DNS resolution", "DNS hostnames"),
        ("enable-dns-support", "enable-dns-hostnames"),
        strict=True,
    ):
        if on:
            yield ok("dns", network.vpc_id, f"{what} is on")
        else:
            fix = f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} --{option}"
            text = f"{what} is off; nodes cannot register without it"
            yield error("dns", network.vpc_id, text, fix=fix, source=EKS_NETWORK_PAGE)
