"""VPC endpoints, of which moto does not change private DNS and the routes of gateway endpoints.

https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tools.local_aws.services.ec2_rules import Ec2, Ec2Error
from tools.local_aws.services.moto_services import forward
from tools.local_aws.services.request import Answer, Request


def _modify(ec2: Ec2, request: Request) -> Answer:
    endpoint = ec2.backend.vpc_end_points.get(ec2.form["VpcEndpointId"])
    if endpoint is None or endpoint.state == "deleted":
        raise Ec2Error("InvalidVpcEndpointId.NotFound", f"The endpoint {ec2.form['VpcEndpointId']} does not exist")
    _refuse_routed(ec2, endpoint.service_name, endpoint.vpc_id, ec2.listed("AddRouteTableId"))
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
    service, vpc = ec2.form["ServiceName"], ec2.form["VpcId"]
    _refuse_routed(ec2, service, vpc, ec2.listed("RouteTableId"))
    private_dns = any(other.private_dns_enabled for other in _others(ec2, service, vpc))
    if private_dns and ec2.form.get("PrivateDnsEnabled") == "true":
        text = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service}"
        raise Ec2Error("InvalidParameter", text)
    zones = [ec2.backend.get_subnet(each).availability_zone for each in ec2.listed("SubnetId")]
    if len(set(zones)) < len(zones):
        raise Ec2Error("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
    return forward(request)


def _refuse_routed(ec2: Ec2, service: str, vpc: str, tables: list[str]) -> None:
    if any(set(tables) & set(other.route_table_ids or ()) for other in _others(ec2, service, vpc)):
        raise Ec2Error("RouteAlreadyExists", f"route table already has a route with the prefix list of {service}")


def _others(ec2: Ec2, service: str, vpc: str) -> list[Any]:
    return [
        each
        for each in ec2.backend.vpc_end_points.values()
        if (each.service_name, each.vpc_id, each.state) == (service, vpc, "available")
    ]


ACTIONS: Final[Mapping[str, Callable[[Ec2, Request], Answer]]] = {
    "CreateVpcEndpoint": _create,
    "ModifyVpcEndpoint": _modify,
}
