"""Elastic IP addresses and NAT gateways to be made: room for them in the account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from podspace.cidr import QUOTA_PAGE
from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.call import DESCRIBE_ADDRESSES
from podspace.live.aws.network import Network
from podspace.live.aws.quota import ADDRESSES, NAT_GATEWAYS, quota
from podspace.live.aws.routing import Address
from podspace.planning.gateways import allocations
from podspace.preflight.gateways import subnets_of
from podspace.preflight.scene import Scene


def nat_quota(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """Each zone has room for the NAT gateways to be made."""
    placed = [
        network.subnets[subnet_id].zone
        for entry in scene.config.egress
        for key, _, subnet_id in subnets_of(entry)
        if key != "attachment_subnets" and subnet_id in network.subnets
    ]
    if not placed:
        return
    allowed = quota(scene.account, NAT_GATEWAYS)
    ours = scene.stack.made("AWS::EC2::NatGateway")
    others = [nat for nat in network.nat_gateways.values() if nat.nat_gateway_id not in ours and nat.state != "failed"]
    there = Counter(map(network.zone_of, others))
    for zone, new in sorted(Counter(placed).items()):
        text = f"would have {there[zone] + new} NAT gateways of this VPC, and the account's quota is {allowed}"
        if there[zone] + new > allowed:
            fix = f"have quota {NAT_GATEWAYS.code} raised, or share gateways"
            yield error("nat-quota", zone, text, fix=fix, source=QUOTA_PAGE)
        else:
            yield ok("nat-quota", zone, f"will have {there[zone] + new} NAT gateways of this VPC, of {allowed}")


def address_quota(scene: Scene) -> Iterator[Diagnostic]:
    """The region has room for the Elastic IP addresses to be made."""
    gateways = [each for each in scene.plan.pods.gateways if each.new and each.kind == "nat_gateway"]
    new = sum(each.addresses for each in gateways if not each.given_addresses)
    new -= len(scene.stack.made("AWS::EC2::EIP"))
    if new <= 0:
        return
    allowed, there = quota(scene.account, ADDRESSES), len(scene.account.read(DESCRIBE_ADDRESSES, Address))
    if there + new > allowed:
        text = f"would have {there + new} Elastic IP addresses, and the account's quota is {allowed}"
        fix = f"have quota {ADDRESSES.code} raised, or release some"
        yield error("address-quota", scene.account.region, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("address-quota", scene.account.region, f"will have {there + new} Elastic IP addresses of {allowed}")


def given_addresses(scene: Scene) -> Iterator[Diagnostic]:
    """The Elastic IP addresses that the file names are there, and nobody else's."""
    named = [id for entry in scene.config.egress for id in allocations(entry)]
    there = {each.allocation_id: each for each in scene.account.read(DESCRIBE_ADDRESSES, Address)} if named else {}
    for allocation_id in named:
        found = there.get(allocation_id)
        if found is None:
            yield error("given-addresses", allocation_id, "is not an address of this account", fix="mend it in egress")
        elif found.association_id and not scene.stack.state:
            text = f"is in use already ({found.association_id})"
            yield error("given-addresses", allocation_id, text, fix="name one that is free")
        else:
            yield ok("given-addresses", allocation_id, "is there")
