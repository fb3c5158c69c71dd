"""Node subnets and pod subnets: existing, in their zones, with free addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import SUBNET_SIZE_PAGE
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.live.aws.quota import quota
from podspace.live.aws.vpc import Subnet
from podspace.planning import Plan, id_of
from podspace.quota import QUOTA_PAGE, SUBNETS

_INTERNET_GATEWAY_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
_PRIVATE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_FEW: Final = 16
"""Free addresses below which EKS advises more, for its own interfaces and rolling updates."""


def subnet_problem(check: str, network: Network, subnet_id: str, *, zone: str, place: str) -> Diagnostic | None:
    """The error of a subnet that a config names; None if it has none.

    Args:
        check: id of the check.
        network: VPC that must contain it.
        subnet_id: subnet id.
        zone: name or id of the required zone; empty for any.
        place: key of the config that names it.
    """
    found = network.subnets.get(subnet_id)
    if found is None:
        return error(check, subnet_id, f"{subnet_id} is not a subnet of {network.vpc_id}", fix=f"correct {place}")
    if zone and zone not in {found.zone, found.zone_id}:
        text = f"{subnet_id} is in {found.zone} ({found.zone_id}); {place} names it for {zone}"
        return error(check, subnet_id, text, fix=f"give a subnet of {zone}")
    if found.state != "available":
        return error(check, subnet_id, f"{subnet_id} is {found.state}", fix="wait until it is available")
    return None


def node_subnets(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The node subnets exist, are in their zones, have free addresses, and have the routes that nodes need."""
    for zone, origins in deployment.plan.vpc.node_subnets.items():
        for subnet_id in filter(None, map(id_of, origins)):
            problem = subnet_problem("node-subnets", network, subnet_id, zone=zone, place="vpc.node_subnets")
            yield problem or _node_subnet(deployment, network, network.subnets[subnet_id])


def _node_subnet(deployment: Deployment, network: Network, subnet: Subnet) -> Diagnostic:
    check, where = "node-subnets", f"{subnet.subnet_id} in {subnet.zone}"
    if subnet.free == 0:
        return error(check, where, "has no free address; no node can start in it", fix="give another subnet")
    if subnet.free < _FEW:
        text = f"has {subnet.free} free addresses; each new node needs one"
        return warning(check, where, text, fix="move pods off its nodes first, or give a larger subnet")
    return _routes_of_nodes(deployment, network, subnet) or ok(
        check, where, f"exists, with {subnet.free:,} free addresses"
    )


def _routes_of_nodes(deployment: Deployment, network: Network, subnet: Subnet) -> Diagnostic | None:
    """What is missing in the routes of nodes, which pods use as well under Random; None if nothing is."""
    check, where, plan = "node-subnets", f"{subnet.subnet_id} in {subnet.zone}", deployment.plan
    table = network.table_of(subnet.subnet_id)
    if table is None or (plan.cluster.ip_family == "ipv6" and table.is_default_for_ipv6):
        return None
    public, default = network.is_public(subnet.subnet_id), network.has_default_route(subnet.subnet_id)
    if public and not _have_public_addresses(plan, subnet):
        text = "has a default route to an internet gateway, which nodes and pods cannot use with private addresses"
        fix = "give private subnets with a route to a NAT gateway, or let the subnet assign public addresses"
        return warning(check, where, text, fix=fix, source=_INTERNET_GATEWAY_PAGE)
    if default is None:
        return entries_not_read(check, network, subnet.subnet_id)
    if not default:
        text = f"has no default route ({table.route_table_id}); nodes use its routes to pull images and to call AWS"
        text += ", and so do pods under snatPolicy Random" if plan.pods.route_use.nodes else ""
        fix = "add one, or VPC endpoints for what nodes and pods need; no action needed if they exist"
        return warning(check, where, text, fix=fix, source=_PRIVATE_PAGE)
    return None


def _have_public_addresses(plan: Plan, subnet: Subnet) -> bool:
    """Whether nodes of every NodeClass, and of managed node groups, have public addresses in a subnet."""
    by_subnet = subnet.map_public_ip_on_launch
    networking = [node_class.spec.advanced_networking for node_class in plan.node_classes]
    given = [each.associate_public_ip_address if each else None for each in networking]
    chosen = [by_subnet if each is None else each for each in given]
    return all((*chosen, by_subnet) if plan.vpc_cni or not chosen else chosen)


def entries_not_read(check: str, network: Network, subnet_id: str) -> Diagnostic:
    """A diagnostic: the default route of a subnet may be in a prefix list, whose entries are not read."""
    table = network.table_of(subnet_id)
    lists = [route.to_list for route in table.routes if route.to_list] if table else []
    return Diagnostic(
        id=check,
        severity="unknown",
        subject=subnet_id,
        message=f"whether {subnet_id} has a default route depends on the entries of {', '.join(lists)}, which are not "
        "read",
        fix=" and ".join(f"`aws ec2 get-managed-prefix-list-entries --prefix-list-id {each}`" for each in lists),
    )


def deployed_subnets(deployment: Deployment) -> Mapping[IPv4Network, Subnet]:
    """The pod subnets that the stack of the plan created, by CIDR."""
    found = deployment.pod_subnets.values()
    return {each.cidr: each for each in found if each.cidr and deployment.stack.created(each.subnet_id)}


def pod_subnets(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """Existing pod subnets are in their zones; new ones overlap no other subnet; the deployment deletes none."""
    yield from _named(network, deployment.plan.pods.subnet_ids)
    deployed = deployed_subnets(deployment)
    planned = {subnet.cidr: subnet for subnet in deployment.plan.pods.subnets}
    others = [each for each in network.subnets.values() if each.cidr and each.cidr not in deployed]
    for cidr, subnet in planned.items():
        live = deployed.get(cidr)
        if live is None:
            yield _new(str(cidr), subnet.zone, [each for each in others if each.cidr and each.cidr.overlaps(cidr)])
        elif subnet.zone not in {live.zone, live.zone_id}:
            text = f"is deployed in {live.zone}, and the plan has it in {subnet.zone}: it would be replaced"
            yield error("pod-subnets", str(cidr), text, fix="keep the zones in their order, docs/growing.md")
        else:
            text = f"is deployed as {live.subnet_id}, with {live.free:,} free addresses"
            yield ok("pod-subnets", f"{cidr} in {live.zone}", text)
    for cidr, live in deployed.items():
        if cidr not in planned:
            text = f"is deployed as {live.subnet_id} and not in the plan: the deployment would delete it"
            yield error("pod-subnets", str(cidr), text, fix="restore it, or drain it first, docs/growing.md")


def _named(network: Network, subnet_ids: Mapping[str, Sequence[str]]) -> Iterator[Diagnostic]:
    for zone, ids in subnet_ids.items():
        for subnet_id in ids:
            problem = subnet_problem("pod-subnets", network, subnet_id, zone=zone, place="pods.subnet_ids")
            yield problem or ok("pod-subnets", f"{subnet_id} in {zone}", "exists")


def _new(cidr: str, zone: str, overlapping: Sequence[Subnet]) -> Diagnostic:
    if not overlapping:
        return ok("pod-subnets", f"{cidr} in {zone}", "is new and overlaps no subnet")
    names = ", ".join(f"{each.subnet_id} ({each.cidr})" for each in overlapping)
    fix = "choose other addresses, or list those as other_subnets of an associated CIDR block"
    return error("pod-subnets", cidr, f"overlaps {names}", fix=fix, source=SUBNET_SIZE_PAGE)


def subnet_quota(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The new subnets are within the account's quota of subnets of a VPC."""
    deployed = deployed_subnets(deployment)
    new = [subnet for subnet in deployment.plan.pods.subnets if subnet.cidr not in deployed]
    if not new:
        return
    allowed, wanted = quota(deployment.account, SUBNETS), len(network.subnets) + len(new)
    text = f"will have {wanted} subnets; the account's quota is {allowed}"
    if wanted > allowed:
        fix = f"request an increase of quota {SUBNETS.code}"
        yield error("subnet-quota", network.vpc_id, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("subnet-quota", network.vpc_id, text)
