"""Node subnets and pod subnets: there, in their zones, with room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from podspace.cidr import QUOTA_PAGE, SUBNET_SIZE_PAGE
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.live.aws.quota import SUBNETS, quota
from podspace.live.aws.vpc import Subnet
from podspace.preflight.scene import Scene

_SNAT_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html"
_FEW: Final = 16
"""Free addresses below which EKS advises more, for its own interfaces and rolling updates."""


def subnet_problem(check: str, network: Network, subnet_id: str, zone: str, place: str) -> Diagnostic | None:
    """What is wrong with a subnet that a file names for a zone, by name or id; None where nothing is."""
    found = network.subnets.get(subnet_id)
    if found is None:
        return error(check, subnet_id, f"is not a subnet of {network.vpc_id}", fix=f"mend {place}")
    if zone not in {found.zone, found.zone_id}:
        text = f"is in {found.zone} ({found.zone_id}), and {place} names it for {zone}"
        return error(check, subnet_id, text, fix="name a subnet of that zone")
    if found.state != "available":
        return error(check, subnet_id, f"is {found.state}", fix="wait until it is available")
    return None


def node_subnets(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The node subnets are there, in their zones, have addresses, and lead somewhere."""
    for zone, ids in (scene.config.vpc.node_subnets or {}).items():
        for subnet_id in ids:
            place = "vpc.node_subnets"
            problem = subnet_problem("node-subnets", network, subnet_id, zone, place)
            yield problem or _node_subnet(scene, network, network.subnets[subnet_id])


def _node_subnet(scene: Scene, network: Network, subnet: Subnet) -> Diagnostic:
    where = f"{subnet.subnet_id} in {subnet.zone}"
    if subnet.free == 0:
        return error("node-subnets", where, "has no free address, so no node can start", fix="name another subnet")
    if subnet.free < _FEW:
        text = f"has {subnet.free} free addresses, one for each node to come"
        return warning("node-subnets", where, text, fix="move pods off its nodes first, or name a larger subnet")
    random = any(each.spec.snat_policy != "Disabled" for each in scene.plan.node_classes)
    if random and network.is_public(subnet.subnet_id):
        text = "leads to an internet gateway, which pods cannot use with a node's private address"
        return warning("node-subnets", where, text, fix="name private subnets with a NAT gateway", source=_SNAT_PAGE)
    table = network.table_of(subnet.subnet_id)
    if random and table and not any(route.is_default for route in table.routes):
        text = f"has no default route that leads somewhere ({table.route_table_id}); under Random pods leave by it"
        return warning("node-subnets", where, text, fix="nothing, if nodes and pods need no internet", inferred=True)
    return ok("node-subnets", where, f"is there, with {subnet.free:,} free addresses")


def pod_subnets(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """Pod subnets that exist are there; those to be made lie in no other's way; none that lives is lost."""
    yield from _named(network, scene.plan.pods.subnet_ids)
    planned = {subnet.cidr: subnet for subnet in scene.plan.pods.subnets}
    others = [each for each in network.subnets.values() if each.cidr and each.cidr not in scene.deployed]
    for cidr, subnet in planned.items():
        live = scene.deployed.get(cidr)
        if live is None:
            yield _new(str(cidr), subnet.zone, [each for each in others if each.cidr and each.cidr.overlaps(cidr)])
        elif subnet.zone not in {live.zone, live.zone_id}:
            text = f"lives in {live.zone}, and the plan has it in {subnet.zone}: it would be replaced"
            yield error("pod-subnets", str(cidr), text, fix="keep the zones in their order, docs/growing.md")
        else:
            yield ok(
                "pod-subnets", f"{cidr} in {live.zone}", f"lives as {live.subnet_id}, {live.free:,} free addresses"
            )
    for cidr, live in scene.deployed.items():
        if cidr not in planned:
            text = f"lives as {live.subnet_id}, and the plan does not have it: the deployment would delete it"
            yield error("pod-subnets", str(cidr), text, fix="bring it back, or drain it first, docs/growing.md")


def _named(network: Network, subnet_ids: Mapping[str, Sequence[str]]) -> Iterator[Diagnostic]:
    for zone, ids in subnet_ids.items():
        for subnet_id in ids:
            problem = subnet_problem("pod-subnets", network, subnet_id, zone, "pods.subnet_ids")
            yield problem or ok("pod-subnets", f"{subnet_id} in {zone}", "is there")


def _new(cidr: str, zone: str, over: Sequence[Subnet]) -> Diagnostic:
    if not over:
        return ok("pod-subnets", f"{cidr} in {zone}", "is new, and nothing is there")
    names = ", ".join(f"{each.subnet_id} ({each.cidr})" for each in over)
    fix = "choose other addresses, or name those as other_subnets of an associated block"
    return error("pod-subnets", cidr, f"is taken in part by {names}", fix=fix, source=SUBNET_SIZE_PAGE)


def subnet_quota(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The account's quota has room for the subnets to be made."""
    new = [subnet for subnet in scene.plan.pods.subnets if subnet.cidr not in scene.deployed]
    if not new:
        return
    allowed, wanted = quota(scene.account, SUBNETS), len(network.subnets) + len(new)
    if wanted > allowed:
        text = f"would have {wanted} subnets, and the account's quota is {allowed}"
        fix = f"have quota {SUBNETS.code} raised"
        yield error("subnet-quota", network.vpc_id, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("subnet-quota", network.vpc_id, f"will have {wanted} subnets of {allowed}")
