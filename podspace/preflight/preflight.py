"""All checks of a plan against an account, in order; a check that cannot read something does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from podspace.deployment import Deployment, account, region
from podspace.diagnostic import Diagnostic, unknown
from podspace.live.aws.account import Account
from podspace.live.aws.network import Network
from podspace.live.failure import UnreadError
from podspace.planning import Plan
from podspace.preflight.admins import admins
from podspace.preflight.appliances import appliances
from podspace.preflight.blocks import block_associations, block_quota, peers, pod_blocks, transit_gateways, vpc_blocks
from podspace.preflight.closed_groups import CLOSED_GROUPS, ClosedGroup, closed_groups, groups_of_nodes
from podspace.preflight.cluster import (
    auto_mode,
    cluster_access,
    cluster_groups,
    cluster_state,
    node_groups,
    service_cidr,
)
from podspace.preflight.endpoints import closed_endpoints, doubled_endpoints, endpoint_groups
from podspace.preflight.environment import drift, stack, stack_resources, zones
from podspace.preflight.firewall import firewall_endpoints, firewall_routes
from podspace.preflight.gateways import (
    attachments,
    core_networks,
    gateway_subnets,
    nat_gateways,
    route_tables,
    virtual_private_gateways,
)
from podspace.preflight.monitoring import address_usage_metrics, address_usage_quota
from podspace.preflight.network_acls import network_acls
from podspace.preflight.node_role import access_entry, node_role
from podspace.preflight.onward_routes import onward_routes
from podspace.preflight.peering import peering_connections
from podspace.preflight.prefix_lists import prefix_lists, route_quota
from podspace.preflight.quotas import address_quota, given_addresses, nat_quota
from podspace.preflight.subnets import node_subnets, pod_subnets, subnet_quota
from podspace.preflight.vpc import dns, vpc

CHECKS: Final[tuple[Callable[[Deployment], Iterator[Diagnostic]], ...]] = (
    account,
    region,
    stack,
    stack_resources,
    zones,
    given_addresses,
    address_quota,
    prefix_lists,
    route_quota,
    address_usage_quota,
    cluster_state,
    auto_mode,
    cluster_access,
    cluster_groups,
    service_cidr,
    node_role,
    access_entry,
    admins,
    vpc,
    address_usage_metrics,
)
"""Checks of account and cluster, in their order."""
_PLACE: Final = CHECKS[:2]
"""The checks of the account and the region, without which the others compare with the wrong one."""
VPC_CHECKS: Final[tuple[Callable[[Deployment, Network], Iterator[Diagnostic]], ...]] = (
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
    core_networks,
    virtual_private_gateways,
    route_tables,
    onward_routes,
    firewall_endpoints,
    firewall_routes,
    peering_connections,
    appliances,
    nat_quota,
    node_groups,
    endpoint_groups,
    closed_endpoints,
    doubled_endpoints,
    closed_groups,
    network_acls,
)
"""Checks of an existing VPC, in their order."""


def preflight(plan: Plan, account: Account, *, others: tuple[Plan, ...] = ()) -> Iterator[Diagnostic]:
    """All checks of a plan in an account, in order; a check that cannot read its data does not stop the others.

    Plans of further config files, `others`, explain what the VPC has for them.
    In a wrong account or region every check would fail, so that only the account or the region is reported.

    Raises:
        LiveError: AWS cannot be reached at all.
    """
    deployment = Deployment(plan, account, others)
    for check in CHECKS:
        found = tuple(_diagnostics(check.__name__, partial(check, deployment)))
        yield from found
        if check in _PLACE and any(each.severity == "error" for each in found):
            return
    network = deployment.named_vpc
    try:
        if network is None or network.vpc is None:
            return
    except UnreadError:
        return  # the check of the VPC reports it
    for check_of_vpc in VPC_CHECKS:
        yield from _diagnostics(check_of_vpc.__name__, partial(check_of_vpc, deployment, network))


def groups_to_open(plan: Plan, account: Account, found: Iterable[Diagnostic]) -> tuple[ClosedGroup, ...]:
    """The security groups that `closed-groups` warns about, if entries of `reaches` can open them.

    Nothing is read from AWS again if the account is the one of `preflight`.

    Args:
        plan: of the preflight.
        account: of the preflight.
        found: what `preflight` has reported.
    """
    reported = any(each.id == CLOSED_GROUPS and each.severity == "warning" for each in found)
    deployment = Deployment(plan, account)
    if not reported or plan.network_half or deployment.named_vpc is None:
        return ()
    groups = groups_of_nodes(deployment, deployment.named_vpc)
    return groups.to_open if groups else ()


def _diagnostics(name: str, check: Callable[[], Iterator[Diagnostic]]) -> Iterator[Diagnostic]:
    try:
        yield from check()
    except UnreadError as unread:
        yield unknown(name.replace("_", "-"), unread.diagnostic.subject, unread.diagnostic.message)
