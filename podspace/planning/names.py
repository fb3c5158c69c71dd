"""Names and tags, unique where AWS requires it."""

from __future__ import annotations

import hashlib
from typing import Literal

_DIGEST = 8

Part = Literal["pods", "nodes"]


def shortened(name: str, *, most: int) -> str:
    """`name`; if it is longer than `most` characters, its beginning and a hash of all of it."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: most - _DIGEST - 1]}-{digest}"


def selector(*, cluster: str, network: str, part: Part) -> dict[str, str]:
    """The one tag by which a NodeClass selects the pod subnets and group of a pod network, or its node subnets.

    The key contains the names of the cluster and of the pod network, so that no other cluster and no other network
    matches, and node subnets may serve several networks.
    """
    return {shortened(f"podspace/{cluster}/{network}", most=128): part}


def stack_name(*, cluster: str, network: str) -> str:
    """The default name of a CloudFormation stack, 128 characters at most."""
    return shortened(f"podspace-{cluster}-{network}".replace("_", "-"), most=128)


def role_name(*, cluster: str, network: str, region: str) -> str:
    """The default name of a node role, 64 characters at most; it contains the region, because IAM is global."""
    return shortened(f"{cluster}-{network}-nodes-{region}", most=64)
