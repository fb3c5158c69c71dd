"""Prefix lists that routes have as their destination, and the routes that they count as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from podspace.cidr import QUOTA_PAGE
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.prefix_list import prefix_list
from podspace.planning import RouteTable
from podspace.planning.prefix_list import PREFIX_LIST_PAGE

_CHECK: Final = "prefix-lists"
_AWS_LISTS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html"


def prefix_lists(deployment: Deployment) -> Iterator[Diagnostic]:
    """The prefix lists of routes exist, are of the cluster's family, and have no more entries than the config says."""
    for list_id, planned in deployment.plan.pods.prefix_lists.items():
        yield _prefix_list(deployment, list_id, planned)


def _prefix_list(deployment: Deployment, list_id: str, planned: int | None) -> Diagnostic:
    found = prefix_list(deployment.account, list_id)
    if found is None:
        text = f"{list_id} is not a prefix list in {deployment.account.region} that this account can use"
        return error(_CHECK, list_id, text, fix="correct the id, or have it shared with this account")
    family = "IPv6" if deployment.plan.cluster.ip_family == "ipv6" else "IPv4"
    if found.address_family not in ("", family):
        text = f"{list_id} has {found.address_family} entries; pods of this cluster have {family} addresses"
        return error(_CHECK, list_id, text, fix=f"name a prefix list of {family}")
    if found.max_entries is None and planned is None:
        return Diagnostic(
            id=_CHECK,
            severity="unknown",
            subject=list_id,
            message=f"AWS does not report as how many routes {list_id} counts, as for its own prefix lists",
            fix="write the weight that the page shows as max_entries",
            source=_AWS_LISTS_PAGE,
        )
    if found.max_entries is not None and planned is not None and planned < found.max_entries:
        text = f"{list_id} counts as {found.max_entries} routes; max_entries of the config is {planned}"
        return warning(_CHECK, list_id, text, fix=f"write max_entries: {found.max_entries}", source=PREFIX_LIST_PAGE)
    return ok(_CHECK, list_id, f"exists, and counts as {found.max_entries or planned} routes")


def route_quota(deployment: Deployment) -> Iterator[Diagnostic]:
    """Route tables with prefix lists are within `vpc.route_quota`; a list counts as its maximum number of entries."""
    planned = deployment.plan.pods.prefix_lists
    sizes: dict[str, int] = {}
    for list_id in planned:
        found = prefix_list(deployment.account, list_id)
        sizes[list_id] = (found.max_entries if found else None) or planned[list_id] or 1
    for table in deployment.plan.pods.route_tables:
        if any(route.destination in sizes for route in table.routes):
            yield _table(table, sizes, allowed=deployment.plan.vpc.route_quota)


def _table(table: RouteTable, sizes: Mapping[str, int], *, allowed: int) -> Diagnostic:
    count = sum(sizes.get(route.destination, 1) for route in table.routes)
    text = f"route table {table.name} counts as {count} routes of this file; the quota is {allowed} (vpc.route_quota)"
    if count > allowed:
        fix = "use fewer destinations or smaller prefix lists, or have the quota raised and set vpc.route_quota"
        return error("route-quota", table.name, text, fix=fix, source=QUOTA_PAGE)
    return ok("route-quota", table.name, text)
