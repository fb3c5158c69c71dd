"""All checks, one after the other, each as far as the account lets it see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from podspace.diagnostic import Diagnostic, unknown
from podspace.live.aws.network import Network
from podspace.live.failure import UnreadError
from podspace.preflight.blocks import block_associations, block_quota, peers, pod_blocks, transit_gateways, vpc_blocks
from podspace.preflight.cluster import (
    auto_mode,
    cluster_access,
    cluster_groups,
    cluster_state,
    node_groups,
    service_cidr,
)
from podspace.preflight.endpoints import closed_endpoints, doubled_endpoints, endpoint_groups
from podspace.preflight.environment import account, drift, stack, zones
from podspace.preflight.gateways import attachments, gateway_subnets, nat_gateways, route_tables
from podspace.preflight.node_role import access_entry, node_role
from podspace.preflight.quotas import address_quota, given_addresses, nat_quota
from podspace.preflight.scene import Scene
from podspace.preflight.subnets import node_subnets, pod_subnets, subnet_quota
from podspace.preflight.vpc import dns, vpc

CHECKS: Final[tuple[Callable[[Scene], Iterator[Diagnostic]], ...]] = (
    account,
    stack,
    zones,
    given_addresses,
    address_quota,
    cluster_state,
    auto_mode,
    cluster_access,
    cluster_groups,
    service_cidr,
    node_role,
    access_entry,
    vpc,
)
"""Of account and cluster, in the order in which they are told."""
VPC_CHECKS: Final[tuple[Callable[[Scene, Network], Iterator[Diagnostic]], ...]] = (
    dns,
    drift,
    vpc_blocks,
    pod_blocks,
    block_quota,
    block_associations,
    peers,
    transit_gateways,
    node_subnets,
    pod_subnets,
    subnet_quota,
    nat_gateways,
    gateway_subnets,
    attachments,
    route_tables,
    nat_quota,
    node_groups,
    endpoint_groups,
    closed_endpoints,
    doubled_endpoints,
)
"""Of a VPC that exists."""


def preflight(scene: Scene) -> Iterator[Diagnostic]:
    """Every verdict; a check that could not see what it needs says so, and the others go on.

    Raises:
        LiveError: AWS cannot be reached at all.
    """
    for check in CHECKS:
        yield from _as_far_as_seen(check.__name__, partial(check, scene))
    network = scene.network
    try:
        if network is None or network.vpc is None:
            return
    except UnreadError:
        return  # the check of the VPC has said so
    for check_of_vpc in VPC_CHECKS:
        yield from _as_far_as_seen(check_of_vpc.__name__, partial(check_of_vpc, scene, network))


def _as_far_as_seen(name: str, check: Callable[[], Iterator[Diagnostic]]) -> Iterator[Diagnostic]:
    try:
        yield from check()
    except UnreadError as unread:
        yield unknown(name.replace("_", "-"), unread.diagnostic.subject, unread.diagnostic.message)
