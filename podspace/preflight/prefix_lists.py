"""Prefix lists that routes have as their destination, and the routes that they count as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.prefix_list import prefix_list
from podspace.live.aws.quota import quota
from podspace.live.aws.routing import RouteTable as LiveRouteTable
from podspace.planning import id_of
from podspace.planning.prefix_list import PREFIX_LIST_PAGE
from podspace.quota import QUOTA_PAGE, ROUTES

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
        return error(_CHECK, list_id, text, fix=f"give a prefix list of {family}")
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
    """Route tables are within the account's quota of routes; a prefix list counts as its maximum number of entries."""
    tables = [table for table in deployment.plan.pods.route_tables if table.routes]
    if not tables:
        return
    allowed, sizes = quota(deployment.account, ROUTES), _Sizes(deployment)
    existing = {each.route_table_id: each.static_routes for each in _existing(deployment)}
    for table in tables:
        found = existing.get(id_of(table.origin), ())
        destinations = {route.destination for route in table.routes} | {route.to for route in found}
        count = sizes.largest(destinations)
        text = f"route table {table.name} will have {count} routes; the account's quota is {allowed}"
        if count > allowed:
            fix = f"request an increase of quota {ROUTES.code}, or use fewer destinations or smaller prefix lists"
            yield error("route-quota", table.name, text, fix=fix, source=QUOTA_PAGE)
        elif found or any(to.startswith("pl-") for to in destinations):
            yield ok("route-quota", table.name, text)


def _existing(deployment: Deployment) -> tuple[LiveRouteTable, ...]:
    """The route tables of the VPC, if the plan adds routes to one of them; empty if the VPC does not exist."""
    named = any(table.routes and id_of(table.origin) for table in deployment.plan.pods.route_tables)
    network = deployment.named_vpc if named else None
    return network.route_tables if network and network.vpc else ()


@dataclass(frozen=True)
class _Sizes:
    """How many routes the destinations of a route table count as.

    Of a list of AWS, whose size is not reported, the config says it; else it counts as 1.  That local routes do not
    count is inferred.
    """

    deployment: Deployment

    def largest(self, destinations: Iterable[str]) -> int:
        """The number of routes of IPv4 or of IPv6, whichever is larger, as AWS has a quota for each."""
        counts = {"IPv4": 0, "IPv6": 0}
        for to in destinations:
            if to.startswith("pl-"):
                found = prefix_list(self.deployment.account, to)
                size = (found.max_entries if found else None) or self.deployment.plan.pods.prefix_lists.get(to) or 1
                counts["IPv6" if found and found.address_family == "IPv6" else "IPv4"] += size
            else:
                counts["IPv6" if ":" in to else "IPv4"] += 1
        return max(counts.values())
