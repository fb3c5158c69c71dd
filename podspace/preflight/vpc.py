"""The VPC that a plan is for."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.cidr import EKS_NETWORK_PAGE
from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.network import Network
from podspace.preflight.scene import Scene


def vpc(scene: Scene) -> Iterator[Diagnostic]:
    """The VPC is there."""
    if scene.network is None:
        return
    found = scene.network.vpc
    if found is None:
        fix = "look at vpc.id, environment.region and your credentials"
        yield error("vpc", scene.network.vpc_id, f"is not in {scene.account.region} of this account", fix=fix)
        return
    owner = scene.config.vpc.owner
    if owner and found.owner_id != owner:
        yield error("vpc", found.vpc_id, f"is of account {found.owner_id}, not of {owner} (vpc.owner)", fix="mend it")
    else:
        yield ok("vpc", found.vpc_id, f"is there, {', '.join(map(str, found.cidrs))}")


def dns(_: Scene, network: Network) -> Iterator[Diagnostic]:
    """DNS is on, or no node can register."""
    for on, what, option in zip(
        network.dns,
        ("DNS resolution", "DNS hostnames"),
        ("enable-dns-support", "enable-dns-hostnames"),
        strict=True,
    ):
        if on:
            yield ok("dns", network.vpc_id, f"has {what} on")
        else:
            fix = f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} --{option}"
            text = f"has {what} off, and nodes cannot register without"
            yield error("dns", network.vpc_id, text, fix=fix, source=EKS_NETWORK_PAGE)
