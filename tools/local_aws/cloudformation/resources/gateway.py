"""Elastic IP addresses, NAT gateways, and attachments to networks beyond the VPC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.local_aws.cloudformation.resources.ec2 import Ec2Handler
from tools.local_aws.cloudformation.resources.handler import (
    Aws,
    Created,
    Handler,
    Properties,
    list_changes,
    names,
    only,
)


class Eip(Ec2Handler):
    """AWS::EC2::EIP."""

    type = "AWS::EC2::EIP"
    properties = names("Domain Tags")
    listed_by = ("describe_addresses", "Addresses", "AllocationIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        address = aws("ec2").allocate_address(Domain=wanted.get("Domain", "vpc"))
        self.tag(aws, address["AllocationId"], wanted)
        attributes = only(address, "AllocationId PublicIp")
        return Created(physical_id=address["PublicIp"], attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        return super().update(aws, self._allocation(aws, physical_id), before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").release_address(AllocationId=self._allocation(aws, physical_id))

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        for address in aws("ec2").describe_addresses()["Addresses"]:
            if address["PublicIp"] == physical_id:
                return only(address, "Domain Tags")
        return None

    def _allocation(self, aws: Aws, physical_id: str) -> str:
        found = aws("ec2").describe_addresses(PublicIps=[physical_id])["Addresses"]
        return str(found[0]["AllocationId"])


class NatGateway(Ec2Handler):
    """AWS::EC2::NatGateway: zonal or regional, public or private."""

    type = "AWS::EC2::NatGateway"
    properties = names(
        "AllocationId AvailabilityMode AvailabilityZoneAddresses ConnectivityType SecondaryAllocationIds"
        " SecondaryPrivateIpAddressCount SubnetId VpcId Tags"
    )
    in_place = names("Tags AvailabilityZoneAddresses SecondaryAllocationIds SecondaryPrivateIpAddressCount")
    listed_by = ("describe_nat_gateways", "NatGateways", "NatGatewayIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = {key: value for key, value in wanted.items() if key != "Tags"}
        id_ = aws("ec2").create_nat_gateway(**given)["NatGateway"]["NatGatewayId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"NatGatewayId": id_})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        ec2, (more, gone) = aws("ec2"), list_changes(before, after, "SecondaryAllocationIds")
        if gone:
            addresses = self._addresses(aws, physical_id)
            associations = [each["AssociationId"] for each in addresses if each["AllocationId"] in gone]
            ec2.disassociate_nat_gateway_address(NatGatewayId=physical_id, AssociationIds=associations)
        if more:
            ec2.associate_nat_gateway_address(NatGatewayId=physical_id, AllocationIds=more)
        self._set_private(aws, physical_id, before, after)
        self._set_regional(aws, physical_id, before, after)
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_nat_gateway(NatGatewayId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        if found is None:
            return None
        read = only(found, "SubnetId VpcId ConnectivityType AvailabilityMode Tags")
        first, *others = [each.get("AllocationId") for each in found.get("NatGatewayAddresses", [])] or [None]
        if first and "AllocationId" in properties:
            read["AllocationId"] = first
        if "SecondaryAllocationIds" in properties:
            read["SecondaryAllocationIds"] = sorted(each for each in others if each)
        return {key: value for key, value in read.items() if key in properties}

    def _addresses(self, aws: Aws, id_: str) -> list[Mapping[str, Any]]:
        found = self.found(aws, id_) or {}
        return list(found.get("NatGatewayAddresses", []))

    def _set_private(self, aws: Aws, id_: str, before: Properties, after: Properties) -> None:
        key = "SecondaryPrivateIpAddressCount"
        more = after.get(key, 0) - before.get(key, 0)
        if more > 0:
            aws("ec2").assign_private_nat_gateway_address(NatGatewayId=id_, PrivateIpAddressCount=more)
        elif more < 0:
            addresses = [each["PrivateIp"] for each in self._addresses(aws, id_)][more:]
            aws("ec2").unassign_private_nat_gateway_address(NatGatewayId=id_, PrivateIpAddresses=addresses)

    def _set_regional(self, aws: Aws, id_: str, before: Properties, after: Properties) -> None:
        old, new = (
            {each["AvailabilityZone"]: each["AllocationIds"] for each in of.get("AvailabilityZoneAddresses", [])}
            for of in (before, after)
        )
        for zone in sorted(old.keys() | new.keys()):
            more, gone = list_changes(old, new, zone)
            if gone:
                associations = [
                    each["AssociationId"] for each in self._addresses(aws, id_) if each["AllocationId"] in gone
                ]
                aws("ec2").disassociate_nat_gateway_address(NatGatewayId=id_, AssociationIds=associations)
            if more:
                aws("ec2").associate_nat_gateway_address(NatGatewayId=id_, AvailabilityZone=zone, AllocationIds=more)


class TransitGatewayAttachment(Ec2Handler):
    """AWS::EC2::TransitGatewayAttachment."""

    type = "AWS::EC2::TransitGatewayAttachment"
    properties = names("TransitGatewayId VpcId SubnetIds Tags")
    in_place = names("SubnetIds Tags")
    listed_by = (
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentIds",
    )

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = only(wanted, "TransitGatewayId VpcId SubnetIds")
        answer = aws("ec2").create_transit_gateway_vpc_attachment(**given)
        id_ = answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"Id": id_})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        more, gone = list_changes(before, after, "SubnetIds")
        if more or gone:
            aws("ec2").modify_transit_gateway_vpc_attachment(
                TransitGatewayAttachmentId=physical_id, AddSubnetIds=more, RemoveSubnetIds=gone
            )
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and only(found, "TransitGatewayId VpcId SubnetIds Tags")


class CoreNetworkVpcAttachment(Handler):
    """AWS::NetworkManager::VpcAttachment."""

    type = "AWS::NetworkManager::VpcAttachment"
    properties = names("CoreNetworkId VpcArn SubnetArns Tags")
    in_place = names("SubnetArns Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        attachment = aws("networkmanager").create_vpc_attachment(**wanted)["VpcAttachment"]["Attachment"]
        id_ = attachment["AttachmentId"]
        return Created(physical_id=id_, attributes={"AttachmentId": id_})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        more, gone = list_changes(before, after, "SubnetArns")
        if more or gone:
            aws("networkmanager").update_vpc_attachment(
                AttachmentId=physical_id, AddSubnetArns=more, RemoveSubnetArns=gone
            )
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("networkmanager").delete_attachment(AttachmentId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("networkmanager").get_vpc_attachment(AttachmentId=physical_id)["VpcAttachment"]
        return {**only(found, "SubnetArns"), **only(found["Attachment"], "CoreNetworkId")}


class ResourceShare(Handler):
    """AWS::RAM::ResourceShare."""

    type = "AWS::RAM::ResourceShare"
    properties = names("Name AllowExternalPrincipals Principals ResourceArns Tags")
    in_place = names("Name AllowExternalPrincipals Principals ResourceArns Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        share = aws("ram").create_resource_share(
            name=wanted["Name"],
            allowExternalPrincipals=wanted.get("AllowExternalPrincipals", True),
            principals=wanted.get("Principals", []),
            resourceArns=wanted.get("ResourceArns", []),
        )["resourceShare"]
        return Created(physical_id=share["resourceShareArn"], attributes={"Arn": share["resourceShareArn"]})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        ram = aws("ram")
        if any(before.get(key) != after.get(key) for key in ("Name", "AllowExternalPrincipals")):
            external = after.get("AllowExternalPrincipals", True)
            ram.update_resource_share(
                resourceShareArn=physical_id, name=after["Name"], allowExternalPrincipals=external
            )
        for key, parameter in (("Principals", "principals"), ("ResourceArns", "resourceArns")):
            more, gone = list_changes(before, after, key)
            if more:
                ram.associate_resource_share(resourceShareArn=physical_id, **{parameter: more})
            if gone:
                ram.disassociate_resource_share(resourceShareArn=physical_id, **{parameter: gone})
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ram").delete_resource_share(resourceShareArn=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        ram = aws("ram")
        for share in ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]:
            if share["resourceShareArn"] == physical_id and share["status"] == "ACTIVE":
                found, resources = (
                    ram.get_resource_share_associations(resourceShareArns=[physical_id], associationType=kind)
                    for kind in ("PRINCIPAL", "RESOURCE")
                )
                return {
                    "Name": share["name"],
                    "AllowExternalPrincipals": share["allowExternalPrincipals"],
                    "Principals": [each["associatedEntity"] for each in found["resourceShareAssociations"]],
                    "ResourceArns": [each["associatedEntity"] for each in resources["resourceShareAssociations"]],
                }
        return None
