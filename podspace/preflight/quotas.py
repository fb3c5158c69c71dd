"""Elastic IP addresses and NAT gateways to be created: within the account's quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.call import DESCRIBE_ADDRESSES
from podspace.live.aws.network import Network
from podspace.live.aws.quota import quota
from podspace.live.aws.routing import Address
from podspace.planning import Existing, NatGateway, PrivateNatGateway, id_of
from podspace.quota import ADDRESSES, NAT_GATEWAYS, QUOTA_PAGE


def nat_quota(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The new NAT gateways are within the account's quota of NAT gateways of a zone."""
    zonal = [each for each in deployment.plan.pods.gateways if isinstance(each, NatGateway | PrivateNatGateway)]
    ids = [id_of(subnet.origin) for gateway in zonal for subnet in gateway.subnets]
    new = Counter(network.subnets[id].zone for id in ids if id in network.subnets)
    if not new:
        return
    allowed = quota(deployment.account, NAT_GATEWAYS)
    others = [nat for nat in network.nat_gateways.values() if nat.state != "failed"]
    existing = Counter(network.zone_of(nat) for nat in others if not deployment.stack.created(nat.nat_gateway_id))
    for zone, number in sorted(new.items()):
        text = f"{zone} will have {existing[zone] + number} NAT gateways of this VPC; the account's quota is {allowed}"
        if existing[zone] + number > allowed:
            fix = f"request an increase of quota {NAT_GATEWAYS.code}, or share gateways"
            yield error("nat-quota", zone, text, fix=fix, source=QUOTA_PAGE)
        else:
            yield ok("nat-quota", zone, text)


def address_quota(deployment: Deployment) -> Iterator[Diagnostic]:
    """The new Elastic IP addresses are within the account's quota of the region."""
    new = len(deployment.new_resources("AWS::EC2::EIP"))
    if not new:
        return
    here = deployment.account.region
    total = len(deployment.account.read(DESCRIBE_ADDRESSES, Address)) + new
    allowed = quota(deployment.account, ADDRESSES)
    text = f"{here} will have {total} Elastic IP addresses; the account's quota is {allowed}"
    if total > allowed:
        fix = f"request an increase of quota {ADDRESSES.code}, or release some"
        yield error("address-quota", here, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("address-quota", here, text)


def given_addresses(deployment: Deployment) -> Iterator[Diagnostic]:
    """The Elastic IP addresses that the config names exist and are free, or used by this stack."""
    gateways = deployment.plan.pods.gateways
    named = {
        address.id: gateway.place
        for gateway in gateways
        for address in gateway.elastic_ips
        if isinstance(address, Existing)
    }
    addresses = deployment.account.read(DESCRIBE_ADDRESSES, Address) if named else ()
    existing = {each.allocation_id: each for each in addresses}
    in_use = any(each.association_id or each.service_managed for each in addresses)
    ours = _own_addresses(deployment) if in_use else frozenset()
    for allocation_id, place in named.items():
        found = existing.get(allocation_id)
        if found is None:
            text = f"{allocation_id} is not an Elastic IP address of this account in {deployment.account.region}"
            yield error("given-addresses", allocation_id, text, fix=f"correct the addresses of {place}")
        elif (use := found.association_id or found.service_managed) and allocation_id not in ours:
            text = f"{allocation_id} is in use already ({use})"
            yield error("given-addresses", allocation_id, text, fix="give one that is not in use")
        else:
            yield ok("given-addresses", allocation_id, "exists")


def _own_addresses(deployment: Deployment) -> frozenset[str]:
    """The Elastic IP addresses of the NAT gateways that the stack created."""
    gateways = deployment.vpc.nat_gateways.values() if deployment.vpc else ()
    ours = [each for each in gateways if deployment.stack.created(each.nat_gateway_id)]
    return frozenset(address.allocation_id for gateway in ours for address in gateway.addresses)
