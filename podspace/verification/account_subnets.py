"""Pod subnets in the account, with their used and reserved addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, unknown
from podspace.live.aws.account import Account
from podspace.live.aws.interface import NODE_TAG, Interface, Leftovers
from podspace.live.aws.interface_owner import belongs_to
from podspace.live.aws.vpc import CidrReservation, Subnet
from podspace.live.failure import LiveError, UnreadError
from podspace.planning import NetworkFile, Plan
from podspace.verification.subnet_space import AccountSubnets, Owner, SubnetUse

_BY_HAND = Owner(words="of a reservation for addresses assigned by hand")


def account_subnets(file: NetworkFile, account: Account) -> AccountSubnets:
    """The pod subnets of a config file in the account, as far as they can be read."""
    deployment = Deployment(file.plan, account)
    try:
        found, vpc = deployment.pod_subnets, deployment.vpc
        inside = Leftovers(account, file.plan.cluster_name, tuple(found), ()).interfaces
    except LiveError as failure:
        return AccountSubnets(diagnostics=(not_read(failure),))
    if not found or vpc is None:
        return AccountSubnets(diagnostics=(_missing(file),))
    uses = [_use(subnet, file.plan, inside) for subnet in found.values() if subnet.cidr]
    try:
        reserved = {use.id: vpc.cidr_reservations(use.id) for use in uses}
    except UnreadError as failure:  # the plan knows those that the stack creates
        return AccountSubnets(uses=tuple(uses), diagnostics=(not_read(failure),))
    return AccountSubnets(uses=tuple(_with_reservations(use, reserved[use.id]) for use in uses))


def not_read(failure: LiveError) -> Diagnostic:
    """The diagnostic of pod subnets that cannot be read."""
    diagnostic = unknown("subnet-space", failure.diagnostic.subject, failure.diagnostic.message)
    fix = failure.diagnostic.fix or "allow it, as docs/aws.md lists"
    return replace(diagnostic, fix=f"{fix}; or give --no-account")


def _use(subnet: Subnet, plan: Plan, inside: Iterable[Interface]) -> SubnetUse:
    assert subnet.cidr
    planned = {each.cidr: each.reservations for each in plan.pods.subnets}
    return SubnetUse(
        id=subnet.subnet_id,
        zone=subnet.zone_id if subnet.zone_id in plan.pods.zones else subnet.zone,
        cidr=subnet.cidr,
        free=subnet.free,
        taken=_taken(each for each in inside if each.subnet_id == subnet.subnet_id),
        reservations=planned.get(subnet.cidr, ()),
    )


def _with_reservations(use: SubnetUse, found: Iterable[CidrReservation]) -> SubnetUse:
    """The subnet with the reservations that EC2 has, of which the plan has not those that were created by hand."""
    by_type = {each.cidr: each.type for each in found}
    explicit = {cidr: _BY_HAND for cidr, type_ in by_type.items() if type_ == "explicit"}
    prefixes = tuple(cidr for cidr, type_ in by_type.items() if type_ == "prefix")
    return replace(use, taken={**explicit, **use.taken}, reservations=prefixes)


def _missing(file: NetworkFile) -> Diagnostic:
    fix = f"deploy it: cdk deploy {file.plan.name} -c config={file.path}"
    where = file.plan.vpc.id or file.plan.stack_name
    return error("subnet-space", where, "has no pod subnet of this network yet", fix=fix)


def _taken(interfaces: Iterable[Interface]) -> Mapping[IPv4Network, Owner]:
    taken: dict[IPv4Network, Owner] = {}
    for each in interfaces:
        ranges = [*(IPv4Network(address.address) for address in each.addresses), *(part.cidr for part in each.prefixes)]
        taken |= dict.fromkeys(ranges, _owner(each))
    return taken


def _owner(interface: Interface) -> Owner:
    of_node = interface.tags.get(NODE_TAG, "") if interface.status == "in-use" else ""
    return Owner(words=belongs_to(interface, {}), instance=interface.attachment.instance_id or of_node)
