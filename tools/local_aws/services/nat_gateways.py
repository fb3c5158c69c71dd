"""NAT gateways, which moto has zonal and with one address only.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.utils import random_id, random_private_ip

from tools.local_aws.services.ec2_rules import Ec2, Ec2Error
from tools.local_aws.services.moto_services import forward
from tools.local_aws.services.request import Answer, Request


def _create(ec2: Ec2, request: Request) -> Answer:
    form, backend = ec2.form, ec2.backend
    regional = form.get("AvailabilityMode") == "regional"
    public = form.get("ConnectivityType", "public") == "public"
    if regional and ("SubnetId" in form or not public):
        raise Ec2Error("InvalidParameterCombination", "a regional NAT gateway is public, and in no subnet")
    vpc = form["VpcId"] if regional else backend.get_subnet(form["SubnetId"]).vpc_id
    if public and not any(each.vpc is not None and each.vpc.id == vpc for each in backend.internet_gateways.values()):
        raise Ec2Error("Gateway.NotAttached", f"Network {vpc} has no Internet gateway attached")
    first, others = form.get("AllocationId"), ec2.listed("SecondaryAllocationId")
    by_zone = _by_zone(ec2)
    given = [*([first] if first else []), *others, *(each for ids in by_zone.values() for each in ids)]
    for allocation in given:
        _refuse_used(ec2, allocation)
    if not public and given:
        raise Ec2Error("InvalidParameterCombination", "a private NAT gateway has no Elastic IP address")
    if public and not regional and not first:
        raise Ec2Error("MissingParameter", "a public NAT gateway needs an Elastic IP address")
    if regional:
        return _created_regional(ec2, vpc, by_zone)
    answered = forward(request)
    if answered.status < 300:  # noqa: PLR2004
        gateway = backend.nat_gateways[_id_in(answered)]
        for allocation in others:
            _associate(ec2, gateway, allocation)
        for _ in range(int(form.get("SecondaryPrivateIpAddressCount", 0))):
            gateway.address_set.append(_private(gateway))
    return answered


def _created_regional(ec2: Ec2, vpc: str, by_zone: Mapping[str, list[str]]) -> Answer:
    gateway = _RegionalNatGateway(ec2.backend, vpc)  # type: ignore[abstract]  # as in moto
    ec2.backend.nat_gateways[gateway.id] = gateway
    for zone, allocations in by_zone.items():
        for allocation in allocations:
            _associate(ec2, gateway, allocation, zone=zone)
    body = (
        f"<CreateNatGatewayResponse><natGateway><natGatewayId>{gateway.id}</natGatewayId><vpcId>{vpc}</vpcId>"
        "<availabilityMode>regional</availabilityMode><connectivityType>public</connectivityType>"
        "<state>available</state></natGateway></CreateNatGatewayResponse>"
    )
    return Answer(status=200, kind="text/xml", body=body.encode())


class _RegionalNatGateway(NatGateway):
    """A NAT gateway in no subnet."""

    def __init__(self, backend: Any, vpc: str) -> None:  # noqa: ANN401  moto has no types for it
        self.id = random_id(prefix="nat")
        self.subnet_id = ""
        self.vpc_id = vpc
        self.address_set = []
        self.state = "available"
        self.private_ip = ""
        self.connectivity_type = "public"
        self.ec2_backend = backend
        self._eni = None
        from moto.core.utils import utcnow  # noqa: PLC0415  only this class needs it

        self._created_at = utcnow()
        self.add_tags({})


def _describe(ec2: Ec2, request: Request) -> Answer:
    answered = forward(request)
    body = answered.body
    for gateway in ec2.backend.nat_gateways.values():
        if isinstance(gateway, _RegionalNatGateway):
            id_ = f"<natGatewayId>{gateway.id}</natGatewayId>".encode()
            body = body.replace(id_, id_ + b"<availabilityMode>regional</availabilityMode>")
    body = re.sub(rb"<subnetId></subnetId>|<subnetId/>", b"", body)
    return Answer(status=answered.status, kind=answered.kind, body=body)


def _delete(ec2: Ec2, request: Request) -> Answer:
    """Free the addresses and the interface, which moto keeps."""
    gateway = _gateway(ec2)
    answered = forward(request)
    for address in ec2.backend.addresses:
        if address.allocation_id in {each.get("allocationId") for each in gateway.address_set}:
            address.eni, address.association_id, address.instance = None, None, None
    if gateway._eni is not None:
        ec2.backend.enis.pop(gateway._eni.id, None)
        gateway._eni.subnet.del_subnet_ip(gateway._eni.private_ip_address)
    return answered


def _associate_more(ec2: Ec2, request: Request) -> Answer:
    gateway = _gateway(ec2)
    for allocation in ec2.listed("AllocationId"):
        _refuse_used(ec2, allocation)
        _associate(ec2, gateway, allocation, zone=ec2.form.get("AvailabilityZone", ""))
    return _done(request)


def _disassociate(ec2: Ec2, request: Request) -> Answer:
    gateway = _gateway(ec2)
    gone = set(ec2.listed("AssociationId"))
    freed = {each["allocationId"] for each in gateway.address_set if each.get("associationId") in gone}
    gateway.address_set[:] = [each for each in gateway.address_set if each.get("associationId") not in gone]
    for address in ec2.backend.addresses:
        if address.allocation_id in freed:
            address.eni, address.association_id = None, None
    return _done(request)


def _assign(ec2: Ec2, request: Request) -> Answer:
    gateway = _gateway(ec2)
    for _ in range(int(ec2.form.get("PrivateIpAddressCount", 0))):
        gateway.address_set.append(_private(gateway))
    return _done(request)


def _unassign(ec2: Ec2, request: Request) -> Answer:
    gateway = _gateway(ec2)
    gone = set(ec2.listed("PrivateIpAddress"))
    gateway.address_set[:] = [each for each in gateway.address_set if each.get("privateIp") not in gone]
    return _done(request)


def _gateway(ec2: Ec2) -> NatGateway:
    id_ = ec2.form["NatGatewayId"]
    found = ec2.backend.nat_gateways.get(id_)
    if found is None or found.state == "deleted":
        raise Ec2Error("NatGatewayNotFound", f"The Nat Gateway {id_} was not found")
    assert isinstance(found, NatGateway)
    return found


def _by_zone(ec2: Ec2) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    number = 1
    while zone := ec2.form.get(f"AvailabilityZoneAddress.{number}.AvailabilityZone"):
        found[zone] = ec2.listed(f"AvailabilityZoneAddress.{number}.AllocationId")
        number += 1
    return found


def _refuse_used(ec2: Ec2, allocation: str) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html."""
    found = [each for each in ec2.backend.addresses if each.allocation_id == allocation]
    if not found:
        raise Ec2Error("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
    if found[0].association_id:
        raise Ec2Error("Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated")


def _associate(ec2: Ec2, gateway: NatGateway, allocation: str, *, zone: str = "") -> None:
    (address,) = [each for each in ec2.backend.addresses if each.allocation_id == allocation]
    address.association_id = random_id(prefix="eipassoc")
    address.eni = gateway._eni
    gateway.address_set.append(
        {
            "allocationId": allocation,
            "publicIp": address.public_ip,
            "associationId": address.association_id,
            "privateIp": random_private_ip(),
            "networkInterfaceId": getattr(gateway._eni, "id", ""),
            **({"availabilityZone": zone} if zone else {}),
        }
    )


def _private(gateway: NatGateway) -> dict[str, str]:
    return {"privateIp": random_private_ip(), "networkInterfaceId": getattr(gateway._eni, "id", "")}


def _id_in(answered: Answer) -> str:
    found = re.search(rb"<natGatewayId>([^<]+)<", answered.body)
    assert found
    return found[1].decode()


def _done(request: Request) -> Answer:
    action, id_ = request.form["Action"], request.form["NatGatewayId"]
    body = f"<{action}Response><natGatewayId>{id_}</natGatewayId></{action}Response>"
    return Answer(status=200, kind="text/xml", body=body.encode())


ACTIONS: Final[Mapping[str, Callable[[Ec2, Request], Answer]]] = {
    "CreateNatGateway": _create,
    "DescribeNatGateways": _describe,
    "DeleteNatGateway": _delete,
    "AssociateNatGatewayAddress": _associate_more,
    "DisassociateNatGatewayAddress": _disassociate,
    "AssignPrivateNatGatewayAddress": _assign,
    "UnassignPrivateNatGatewayAddress": _unassign,
}
