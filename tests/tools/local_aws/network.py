"""A VPC of a test, by boto3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.local_aws.clients import AccountClients


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC, of which each test has one of its own."""

    aws: AccountClients
    vpc: str

    @property
    def ec2(self) -> Any:
        return self.aws("ec2")

    def subnet(self, cidr: str, zone: str = "eu-west-1a", **given: Any) -> str:
        answer = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone, **given)
        return str(answer["Subnet"]["SubnetId"])

    def block(self, cidr: str) -> str:
        """Associate a CIDR block, and return the id of the association."""
        answer = self.ec2.associate_vpc_cidr_block(VpcId=self.vpc, CidrBlock=cidr)
        return str(answer["CidrBlockAssociation"]["AssociationId"])

    def table(self) -> str:
        return str(self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"])

    def route(self, table: str, to: str = "0.0.0.0/0", **target: Any) -> None:
        destination = "DestinationPrefixListId" if to.startswith("pl-") else "DestinationCidrBlock"
        self.ec2.create_route(RouteTableId=table, **{destination: to}, **target)

    def internet_gateway(self) -> str:
        """An internet gateway that is attached."""
        gateway = str(self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
        self.ec2.attach_internet_gateway(VpcId=self.vpc, InternetGatewayId=gateway)
        return gateway

    def address(self) -> str:
        return str(self.ec2.allocate_address(Domain="vpc")["AllocationId"])

    def group(self, name: str = "group") -> str:
        return str(self.ec2.create_security_group(GroupName=name, Description="a", VpcId=self.vpc)["GroupId"])

    def nat(self, subnet: str, address: str) -> str:
        answer = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
        return str(answer["NatGateway"]["NatGatewayId"])

    def transit_attachment(self, gateway: str, subnet: str) -> str:
        answer = self.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway, VpcId=self.vpc, SubnetIds=[subnet]
        )
        return str(answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


def network(aws: AccountClients, cidr: str = "10.0.0.0/16") -> Network:
    """A new VPC."""
    return Network(aws=aws, vpc=aws("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])
