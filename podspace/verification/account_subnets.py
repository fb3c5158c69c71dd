"""The pod subnets as the account has them, with what of them is taken."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from podspace.diagnostic import Diagnostic, error
from podspace.live.aws.account import Account
from podspace.live.aws.interface import Interface, Leftovers
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet
from podspace.planning import NetworkFile
from podspace.planning.naming import selector
from podspace.verification.subnet_space import SubnetUse


def account_subnets(file: NetworkFile, account: Account) -> tuple[SubnetUse, ...]:
    """Every pod subnet of a plan that is there: those with its selector tag, or those its config names by id.

    Raises:
        LiveError: the account, or the subnets and interfaces of it, cannot be read.
    """
    config = file.config
    vpc_id = config.vpc.id or next(iter(LiveStack(account, file.plan.stack_name).made("AWS::EC2::VPC")), None)
    if vpc_id is None:
        return ()
    there = Network(account, vpc_id).subnets
    named = [id for ids in (config.pods.subnet_ids or {}).values() for id in ids]
    found = [there[id] for id in named if id in there] or tagged(there.values(), selector(config, "pods"))
    inside = Leftovers(account, file.plan.cluster_name, tuple(subnet.subnet_id for subnet in found), ()).interfaces
    zones = file.plan.pods.zones
    return tuple(
        SubnetUse(
            id=subnet.subnet_id,
            zone=_zone(subnet, zones),
            cidr=subnet.cidr,
            free=subnet.free,
            taken=_taken(each for each in inside if each.subnet_id == subnet.subnet_id),
        )
        for subnet in found
        if subnet.cidr
    )


def missing_subnets(file: NetworkFile) -> Diagnostic:
    """What it means that the VPC has none of them."""
    fix = f"deploy it: cdk deploy {file.plan.name} -c config={file.path}"
    return error(
        "subnet-space", file.config.vpc.id or file.plan.stack_name, "has no pod subnet of this network yet", fix=fix
    )


def _zone(subnet: Subnet, zones: tuple[str, ...]) -> str:
    return subnet.zone_id if subnet.zone_id in zones else subnet.zone


def _taken(interfaces: Iterable[Interface]) -> tuple[IPv4Network, ...]:
    found = list(interfaces)
    singles = [IPv4Network(address.address) for each in found for address in each.addresses]
    return (*singles, *(prefix.cidr for each in found for prefix in each.prefixes))
