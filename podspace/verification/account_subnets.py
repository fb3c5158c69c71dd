"""The pod subnets in the account, with the addresses of them that are taken."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error
from podspace.live.aws.account import Account
from podspace.live.aws.interface import Interface, Leftovers
from podspace.live.aws.vpc import Subnet
from podspace.planning import NetworkFile, Plan
from podspace.verification.subnet_space import SubnetUse


def account_subnets(plan: Plan, account: Account) -> tuple[SubnetUse, ...]:
    """The pod subnets of a plan that exist.

    Raises:
        LiveError: the account, or its subnets and network interfaces, cannot be read.
    """
    found = Deployment(plan, account).pod_subnets
    inside = Leftovers(account, plan.cluster_name, tuple(found), ()).interfaces
    return tuple(
        SubnetUse(
            id=subnet.subnet_id,
            zone=_zone(subnet, plan.pods.zones),
            cidr=subnet.cidr,
            free=subnet.free,
            taken=_taken(each for each in inside if each.subnet_id == subnet.subnet_id),
        )
        for subnet in found.values()
        if subnet.cidr
    )


def missing_subnets(file: NetworkFile) -> Diagnostic:
    """The diagnostic of a VPC that has no pod subnet of a plan."""
    fix = f"deploy it: cdk deploy {file.plan.name} -c config={file.path}"
    where = file.plan.vpc.id or file.plan.stack_name
    return error("subnet-space", where, "has no pod subnet of this network yet", fix=fix)


def _zone(subnet: Subnet, zones: tuple[str, ...]) -> str:
    return subnet.zone_id if subnet.zone_id in zones else subnet.zone


def _taken(interfaces: Iterable[Interface]) -> tuple[IPv4Network, ...]:
    found = list(interfaces)
    singles = [IPv4Network(address.address) for each in found for address in each.addresses]
    return (*singles, *(prefix.cidr for each in found for prefix in each.prefixes))
