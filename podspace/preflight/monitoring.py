"""What alarms need of the account: metrics that are on, and the quota that a threshold is a part of."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.quota import quota
from podspace.planning.services.monitoring import NAU_METRICS_PAGE, opt_in_command
from podspace.quota import NETWORK_ADDRESS_USAGE, QUOTA_PAGE


def address_usage_metrics(deployment: Deployment) -> Iterator[Diagnostic]:
    """The VPC reports Network Address Usage, if an alarm is on it; without that the alarm has no data."""
    monitoring, network = deployment.plan.monitoring, deployment.vpc
    if not (monitoring and monitoring.address_usage_quota and network and network.vpc):
        return
    if network.reports_address_usage:
        yield ok("address-usage-metrics", network.vpc_id, "metrics of Network Address Usage are on")
    else:
        text = "metrics of Network Address Usage are off; the alarm of monitoring.network_address_usage has no data"
        fix = opt_in_command(network.vpc_id)
        yield error("address-usage-metrics", network.vpc_id, text, fix=fix, source=NAU_METRICS_PAGE)


def address_usage_quota(deployment: Deployment) -> Iterator[Diagnostic]:
    """The quota of Network Address Usage in the config is that of the account."""
    planned = deployment.plan.monitoring.address_usage_quota if deployment.plan.monitoring else 0
    if not planned:
        return
    here = deployment.account.region
    allowed = quota(deployment.account, NETWORK_ADDRESS_USAGE)
    place = "monitoring.network_address_usage.quota"
    text = f"the account allows {allowed:,} {NETWORK_ADDRESS_USAGE.what}; {place} is {planned:,}"
    if planned == allowed:
        yield ok("address-usage-quota", here, text)
    else:
        fix = f"write `quota: {allowed}` in monitoring.network_address_usage"
        yield warning("address-usage-quota", here, text, fix=fix, source=QUOTA_PAGE)
