"""Names and tags of resources, unique if AWS requires it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Literal

_DIGEST = 8
_LONGEST_TAG: Final = 256

Part = Literal["pods", "nodes"]


def shortened(name: str, *, most: int) -> str:
    """A name, or if it is longer than `most` characters its beginning and a hash of the whole name."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: most - _DIGEST - 1]}-{digest}"


def name_tag(*parts: str, cluster: str, network: str) -> str:
    """The `Name` tag of a resource: the cluster and the network, once each, and the parts that distinguish the
    resource.

    If one of the two names contains the other one (`shop`, `shop-pods`), the longer one is used alone. Nothing selects
    by this tag, and it need not be unique.
    """
    if f"-{cluster}-" in f"-{network}-":
        whose = network
    elif f"-{network}-" in f"-{cluster}-":
        whose = cluster
    else:
        whose = f"{cluster}-{network}"
    return shortened("-".join((whose, *parts)), most=_LONGEST_TAG)


def tags_of_one(tags: Mapping[str, str], part: str) -> dict[str, str]:
    """The tags of one of several resources: those of all, with `part` at the end of `Name`."""
    return {**tags, "Name": shortened(f"{tags['Name']}-{part}", most=_LONGEST_TAG)}


def selector(*, cluster: str, network: str, part: Part) -> dict[str, str]:
    """The one tag by which a NodeClass selects the pod subnets and group of a pod network, or its node subnets.

    The key contains the names of the cluster and of the pod network, so that no other cluster and no other network
    matches, and node subnets may serve several networks.
    """
    return {shortened(f"podspace/{cluster}/{network}", most=128): part}


def is_of_pods(tags: Mapping[str, str]) -> bool:
    """Whether tags are those of a pod subnet of any pod network of podspace."""
    return any(key.startswith("podspace/") and value == "pods" for key, value in tags.items())


def stack_name(*, cluster: str, network: str) -> str:
    """The default name of a CloudFormation stack, 128 characters at most."""
    return shortened(f"podspace-{cluster}-{network}".replace("_", "-"), most=128)


def role_name(*, cluster: str, network: str, region: str) -> str:
    """The default name of a node role, 64 characters at most; it contains the region, because IAM is global."""
    return shortened(f"{cluster}-{network}-nodes-{region}", most=64)
