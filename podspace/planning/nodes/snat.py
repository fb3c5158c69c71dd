"""The effect of `snatPolicy` on routes.

With `Disabled`, pods keep their addresses for all traffic, so the route tables of the pod subnets apply. With `Random`,
the default, traffic that leaves the VPC has the address of the node's primary interface. AWS documents both
(SNAT_PAGE). That the route table of the node subnet then applies is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SNAT_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteUse:
    """Which route tables pods use when they leave the VPC; None if the NodeClasses are in another file.

    Attributes:
        pods: whether some pods use those of the pod subnets, as with `Disabled` and in an IPv6 cluster (inferred).
        nodes: whether some pods use those of the node subnets, as with `Random`; None also in an IPv6 cluster, in which
            they do so only for IPv4 destinations.
    """

    pods: bool | None
    nodes: bool | None


def route_use(policies: Iterable[str | None], *, ipv6: bool, elsewhere: bool) -> RouteUse:
    """Which route tables pods use when they leave the VPC.

    Args:
        policies: the snatPolicy of each NodeClass and of managed node groups; None is the default.
        ipv6: whether the cluster is an IPv6 cluster.
        elsewhere: whether the NodeClasses are in another file, as in the network account of a shared VPC.
    """
    if elsewhere:
        return RouteUse(pods=None, nodes=None)
    given = {policy or "Random" for policy in policies}
    return RouteUse(pods=ipv6 or "Disabled" in given, nodes=None if ipv6 else "Random" in given)
