"""Subnets, reservations in them, and their route tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.local_aws.cloudformation.resources.ec2 import Ec2Handler
from tools.local_aws.cloudformation.resources.handler import Aws, Created, Handler, Properties, boolean, names, only


class Subnet(Ec2Handler):
    """AWS::EC2::Subnet."""

    type = "AWS::EC2::Subnet"
    properties = names(
        "VpcId CidrBlock AvailabilityZone AvailabilityZoneId Ipv6CidrBlock AssignIpv6AddressOnCreation Tags"
    )
    in_place = names("Tags AssignIpv6AddressOnCreation")
    listed_by = ("describe_subnets", "Subnets", "SubnetIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = only(wanted, "VpcId CidrBlock AvailabilityZone AvailabilityZoneId Ipv6CidrBlock")
        subnet = aws("ec2").create_subnet(**given)["Subnet"]
        self.tag(aws, subnet["SubnetId"], wanted)
        self._assign(aws, subnet["SubnetId"], wanted)
        attributes = {"SubnetId": subnet["SubnetId"], **only(subnet, "VpcId CidrBlock AvailabilityZone")}
        attributes["Ipv6CidrBlocks"] = [wanted["Ipv6CidrBlock"]] if "Ipv6CidrBlock" in wanted else []
        return Created(physical_id=subnet["SubnetId"], attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._assign(aws, physical_id, after)
        return super().update(aws, physical_id, before, after)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_subnet(SubnetId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        if found is None:
            return None
        blocks = [each["Ipv6CidrBlock"] for each in found.get("Ipv6CidrBlockAssociationSet", [])]
        read = only(found, "VpcId CidrBlock AvailabilityZone AvailabilityZoneId AssignIpv6AddressOnCreation Tags")
        return {**read, **({"Ipv6CidrBlock": blocks[0]} if blocks else {})}

    def _assign(self, aws: Aws, id_: str, wanted: Properties) -> None:
        key = "AssignIpv6AddressOnCreation"
        if key in wanted:
            aws("ec2").modify_subnet_attribute(SubnetId=id_, **{key: {"Value": boolean(wanted[key])}})


class SubnetCidrReservation(Handler):
    """AWS::EC2::SubnetCidrReservation."""

    type = "AWS::EC2::SubnetCidrReservation"
    properties = names("SubnetId Cidr ReservationType Description Tags")
    in_place = names("Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = only(wanted, "SubnetId Cidr ReservationType Description")
        answer = aws("ec2").create_subnet_cidr_reservation(**given)
        id_ = answer["SubnetCidrReservation"]["SubnetCidrReservationId"]
        return Created(physical_id=id_, attributes={"SubnetCidrReservationId": id_})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        return {}  # moto keeps no tags of reservations

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_subnet_cidr_reservation(SubnetCidrReservationId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        answer = aws("ec2").get_subnet_cidr_reservations(SubnetId=properties["SubnetId"])
        for each in answer["SubnetIpv4CidrReservations"]:
            if each["SubnetCidrReservationId"] == physical_id:
                return only(each, "SubnetId Cidr ReservationType")
        return None


class RouteTable(Ec2Handler):
    """AWS::EC2::RouteTable."""

    type = "AWS::EC2::RouteTable"
    properties = names("VpcId Tags")
    listed_by = ("describe_route_tables", "RouteTables", "RouteTableIds")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        id_ = aws("ec2").create_route_table(VpcId=wanted["VpcId"])["RouteTable"]["RouteTableId"]
        self.tag(aws, id_, wanted)
        return Created(physical_id=id_, attributes={"RouteTableId": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").delete_route_table(RouteTableId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = self.found(aws, physical_id)
        return found and only(found, "VpcId Tags")


class SubnetRouteTableAssociation(Handler):
    """AWS::EC2::SubnetRouteTableAssociation."""

    type = "AWS::EC2::SubnetRouteTableAssociation"
    properties = names("SubnetId RouteTableId")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        id_ = aws("ec2").associate_route_table(**wanted)["AssociationId"]
        return Created(physical_id=id_, attributes={"Id": id_})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ec2").disassociate_route_table(AssociationId=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        filters = [{"Name": "association.route-table-association-id", "Values": [physical_id]}]
        for table in aws("ec2").describe_route_tables(Filters=filters)["RouteTables"]:
            for each in table["Associations"]:
                if each["RouteTableAssociationId"] == physical_id:
                    return only(each, "SubnetId RouteTableId")
        return None


_DESTINATIONS = names("DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId")
_TARGETS = names(
    "CoreNetworkArn EgressOnlyInternetGatewayId GatewayId InstanceId NatGatewayId NetworkInterfaceId TransitGatewayId"
    " VpcEndpointId VpcPeeringConnectionId"
)


class Route(Handler):
    """AWS::EC2::Route."""

    type = "AWS::EC2::Route"
    properties = names("RouteTableId") | _DESTINATIONS | _TARGETS
    in_place = _TARGETS
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        aws("ec2").create_route(**wanted)
        destination = next(wanted[key] for key in _DESTINATIONS if key in wanted)
        return Created(
            physical_id=f"{wanted['RouteTableId']}|{destination}", attributes={"CidrBlock": str(destination)}
        )

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        aws("ec2").replace_route(**after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        own = {key: value for key, value in properties.items() if key in _DESTINATIONS or key == "RouteTableId"}
        aws("ec2").delete_route(**own)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        own = {key: value for key, value in properties.items() if key in _DESTINATIONS}
        tables = aws("ec2").describe_route_tables(RouteTableIds=[properties["RouteTableId"]])["RouteTables"]
        for route in (route for table in tables for route in table["Routes"]):
            if all(route.get(key) == value for key, value in own.items()):
                target = {key: value for key, value in route.items() if key in _TARGETS and key in properties}
                if "VpcEndpointId" in properties:
                    target = {"VpcEndpointId": route.get("GatewayId")}
                return {"RouteTableId": properties["RouteTableId"], **own, **target}
        return None
