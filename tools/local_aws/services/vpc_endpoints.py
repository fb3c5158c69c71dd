"""VPC endpoints, of which moto does not change private DNS and the routes of gateway endpoints.

https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tools.local_aws.services.ec2_rules import Ec2, Ec2Error
from tools.local_aws.services.moto_services import forward
from tools.local_aws.services.request import Answer, Request


def _modify(ec2: Ec2, request: Request) -> Answer:
    endpoint = ec2.backend.vpc_end_points[ec2.form["VpcEndpointId"]]
    answered = forward(request)
    if "PrivateDnsEnabled" in ec2.form:
        endpoint.private_dns_enabled = ec2.form["PrivateDnsEnabled"] == "true"
    if endpoint.vpc_endpoint_type == "Gateway":
        for table in ec2.listed("AddRouteTableId"):
            ec2.backend.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=endpoint.destination_prefix_list_id
            )
        for table in ec2.listed("RemoveRouteTableId"):
            ec2.backend.delete_route(table, endpoint.destination_prefix_list_id)
    return answered


def _create(ec2: Ec2, request: Request) -> Answer:
    """One endpoint with private DNS for a service in a VPC, and one gateway endpoint of a service in a route table."""
    service, tables = ec2.form["ServiceName"], set(ec2.listed("RouteTableId"))
    for other in ec2.backend.vpc_end_points.values():
        if (other.service_name, other.vpc_id, other.state) != (service, ec2.form["VpcId"], "available"):
            continue
        if other.private_dns_enabled and ec2.form.get("PrivateDnsEnabled") == "true":
            text = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service}"
            raise Ec2Error("InvalidParameter", text)
        if tables & set(other.route_table_ids or ()):
            raise Ec2Error("RouteAlreadyExists", f"route table already has a route with the prefix list of {service}")
    zones = [ec2.backend.get_subnet(each).availability_zone for each in ec2.listed("SubnetId")]
    if len(set(zones)) < len(zones):
        raise Ec2Error("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
    return forward(request)


ACTIONS: Final[Mapping[str, Callable[[Ec2, Request], Answer]]] = {
    "CreateVpcEndpoint": _create,
    "ModifyVpcEndpoint": _modify,
}
