"""VPCs, their CIDR blocks and their gateways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.local_aws.cloudformation.resources.ec2 import Ec2Handler
from tools.local_aws.cloudformation.resources.handler import Aws, Created, Handler, Properties, boolean, names

_DNS = ("EnableDnsSupport", "EnableDnsHostnames")


class Vpc(Ec2Handler):
    """AWS::EC2::VPC."""

    type = "AWS::EC2::VPC"
    properties = names("CidrBlock EnableDnsHostnames EnableDnsSupport Tags")
    in_place = names("EnableDnsHostnames EnableDnsSupport Tags")
    listed_by = ("describe_vpcs", "Vpcs", "VpcIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        vpc = aws("ec2").create_vpc(CidrBlock=wanted["CidrBlock"])["Vpc"]
        self.tag(aws, vpc["VpcId"], wanted)
        self._set_dns(aws, vpc["VpcId"], wanted)
        attributes = {"VpcId": vpc["VpcId"], "CidrBlock": wanted["CidrBlock"]}
        return Created(physical_id=vpc["VpcId"], attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._set_dns(aws, physical_id, after)
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_vpc(VpcId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and {"CidrBlock": found["CidrBlock"], "Tags": found.get("Tags", [])}

    def _set_dns(self, aws: Aws, id_: str, wanted: Properties) -> None:
        for key in _DNS:
            if key in wanted:
                aws("ec2").modify_vpc_attribute(VpcId=id_, **{key: {"Value": boolean(wanted[key])}})


class VpcCidrBlock(Handler):
    """AWS::EC2::VPCCidrBlock, of IPv4."""

    type = "AWS::EC2::VPCCidrBlock"
    properties = names("VpcId CidrBlock")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        answer = aws("ec2").associate_vpc_cidr_block(VpcId=wanted["VpcId"], CidrBlock=wanted["CidrBlock"])
        id_ = answer["CidrBlockAssociation"]["AssociationId"]
        return Created(physical_id=id_, attributes={"Id": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").disassociate_vpc_cidr_block(AssociationId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        for vpc in aws("ec2").describe_vpcs(VpcIds=[properties["VpcId"]])["Vpcs"]:
            for block in vpc["CidrBlockAssociationSet"]:
                if block["AssociationId"] == physical_id and block["CidrBlockState"]["State"] == "associated":
                    return {"VpcId": vpc["VpcId"], "CidrBlock": block["CidrBlock"]}
        return None


class InternetGateway(Ec2Handler):
    """AWS::EC2::InternetGateway."""

    type = "AWS::EC2::InternetGateway"
    properties = names("Tags")
    listed_by = ("describe_internet_gateways", "InternetGateways", "InternetGatewayIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        id_ = aws("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"InternetGatewayId": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_internet_gateway(InternetGatewayId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and {"Tags": found.get("Tags", [])}


class VpcGatewayAttachment(Handler):
    """AWS::EC2::VPCGatewayAttachment of an internet gateway."""

    type = "AWS::EC2::VPCGatewayAttachment"
    properties = names("VpcId InternetGatewayId")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        aws("ec2").attach_internet_gateway(**wanted)
        return Created(physical_id=f"IGW|{wanted['VpcId']}")

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").detach_internet_gateway(**properties)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        filters = [{"Name": "attachment.vpc-id", "Values": [properties["VpcId"]]}]
        for gateway in aws("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]:
            return {"VpcId": properties["VpcId"], "InternetGatewayId": gateway["InternetGatewayId"]}
        return None


class EgressOnlyInternetGateway(Ec2Handler):
    """AWS::EC2::EgressOnlyInternetGateway."""

    type = "AWS::EC2::EgressOnlyInternetGateway"
    properties = names("VpcId Tags")
    listed_by = (
        "describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayIds",
    )

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        answer = aws("ec2").create_egress_only_internet_gateway(VpcId=wanted["VpcId"])
        id_ = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"Id": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and {"VpcId": found["Attachments"][0]["VpcId"], "Tags": found.get("Tags", [])}


class VpnGatewayRoutePropagation(Handler):
    """AWS::EC2::VPNGatewayRoutePropagation."""

    type = "AWS::EC2::VPNGatewayRoutePropagation"
    properties = names("RouteTableIds VpnGatewayId")
    in_place = names("RouteTableIds VpnGatewayId")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        self._enable(aws, wanted["VpnGatewayId"], wanted["RouteTableIds"])
        return Created(physical_id=name)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self.delete(aws, physical_id, before)
        self._enable(aws, after["VpnGatewayId"], after["RouteTableIds"])
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for table in properties["RouteTableIds"]:
            aws("ec2").disable_vgw_route_propagation(GatewayId=properties["VpnGatewayId"], RouteTableId=table)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        tables = aws("ec2").describe_route_tables(RouteTableIds=properties["RouteTableIds"])["RouteTables"]
        gateways = {each["GatewayId"] for table in tables for each in table.get("PropagatingVgws", [])}
        return {"VpnGatewayId": properties["VpnGatewayId"]} if properties["VpnGatewayId"] in gateways else None

    def _enable(self, aws: Aws, gateway: str, tables: list[str]) -> None:
        for table in tables:
            aws("ec2").enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
