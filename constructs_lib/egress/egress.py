"""Gateways that pods use, existing and new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict, Unpack, assert_never, cast

from aws_cdk import CfnResource
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.egress import (
    appliance,
    core_network,
    egress_only_gateway,
    firewall_endpoint,
    nat_gateway,
    private_nat_gateway,
    regional_nat_gateway,
    transit_gateway,
    virtual_private_gateway,
    vpc_peering_connection,
)
from constructs_lib.egress.inputs import EgressInputs
from constructs_lib.existing import VpcRef, vpc_id
from constructs_lib.inputs import Inputs, Need, checked_inputs
from podspace.planning import Gateway, Route, RouteTable
from podspace.planning.egress.appliance import Appliance
from podspace.planning.egress.core_network import CoreNetwork
from podspace.planning.egress.egress_only_gateway import EgressOnlyGateway
from podspace.planning.egress.firewall_endpoint import FirewallEndpoint
from podspace.planning.egress.gateway import RouteProperty
from podspace.planning.egress.kinds import AnyGateway
from podspace.planning.egress.nat_gateway import NatGateway
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateway
from podspace.planning.egress.transit_gateway import TransitGateway
from podspace.planning.egress.virtual_private_gateway import VirtualPrivateGateway
from podspace.planning.egress.vpc_peering_connection import VpcPeeringConnection


class _Target(TypedDict, total=False):
    """The target of a route, under the one property that its kind of gateway has."""

    nat_gateway_id: str
    transit_gateway_id: str
    egress_only_internet_gateway_id: str
    vpc_peering_connection_id: str
    gateway_id: str
    core_network_arn: str
    vpc_endpoint_id: str
    network_interface_id: str
    instance_id: str


def _target(property_: RouteProperty, id: str) -> _Target:  # noqa: PLR0911  one for each property
    match property_:
        case "NatGatewayId":
            return {"nat_gateway_id": id}
        case "TransitGatewayId":
            return {"transit_gateway_id": id}
        case "EgressOnlyInternetGatewayId":
            return {"egress_only_internet_gateway_id": id}
        case "VpcPeeringConnectionId":
            return {"vpc_peering_connection_id": id}
        case "GatewayId":
            return {"gateway_id": id}
        case "CoreNetworkArn":
            return {"core_network_arn": id}
        case "VpcEndpointId":
            return {"vpc_endpoint_id": id}
        case "NetworkInterfaceId":
            return {"network_interface_id": id}
        case "InstanceId":
            return {"instance_id": id}


class Egress(Construct):
    """Every gateway of a plan, and the routes to them.

    Attributes:
        gateway_ids: ids of the gateways, by the plan's name for each.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: tuple[Gateway, ...],
        vpc: VpcRef | ClusterVpc,
        **inputs: Unpack[EgressInputs],
    ) -> None:
        """Create the new gateways of a plan, and look up the ids of existing ones.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the gateways, as planned.
            vpc: the VPC; a `ClusterVpc` has the subnets for gateways.
            inputs: existing objects without an id in the plan; see `EgressInputs`.

        Raises:
            TypeError: a keyword argument is unknown.
            ValueError: something the plan needs is missing, superfluous, or in another zone.
        """
        gateways = cast("tuple[AnyGateway, ...]", plan)
        checked = checked_inputs(
            {**inputs},
            (need for gateway in gateways for need in needs_of(gateway)),
            created=vpc.subnet_ids if isinstance(vpc, ClusterVpc) else {},
            keywords=EgressInputs.__annotations__,
            internet=vpc.internet if isinstance(vpc, ClusterVpc) else None,
        )
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id(vpc)
        self._properties = {
            gateway.name: appliance.route_property(gateway, checked)
            if isinstance(gateway, Appliance)
            else gateway.route_property
            for gateway in gateways
        }
        self._attachments: dict[str, CfnResource] = {}
        self.gateway_ids: Mapping[str, str] = {gateway.name: self._create(gateway, checked) for gateway in gateways}

    def add_route(self, scope: Construct, construct_id: str, *, route: Route, table_id: str) -> ec2.CfnRoute:
        """Create a planned route in a route table; it depends on the attachment or gateway that it needs.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            route: the route, as planned.
            table_id: the route table's id.
        """
        to = route.destination
        made = ec2.CfnRoute(
            scope,
            construct_id,
            route_table_id=table_id,
            destination_cidr_block=to if "." in to else None,
            destination_ipv6_cidr_block=to if ":" in to else None,
            destination_prefix_list_id=to if to.startswith("pl-") else None,
            **_target(self._properties[route.gateway], self.gateway_ids[route.gateway]),
        )
        if attachment := self._attachments.get(route.gateway):
            # A route refers to the gateway or core network, which it does not find before the VPC is attached to it.
            made.add_resource_dependency(attachment)
        return made

    def add_propagation(self, scope: Construct, construct_id: str, *, tables: Mapping[str, RouteTable]) -> None:
        """Enable route propagation of the plan's virtual private gateway into the planned route tables.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            tables: the route tables, as planned, by their ids.
        """
        gateways: dict[str, list[str]] = {}
        for id, table in tables.items():
            for route in table.propagated:
                gateways.setdefault(self.gateway_ids[route.gateway], []).append(id)
        for gateway_id, ids in gateways.items():  # one, as a VPC has one virtual private gateway
            ec2.CfnVPNGatewayRoutePropagation(scope, construct_id, route_table_ids=ids, vpn_gateway_id=gateway_id)

    def _create(self, gateway: AnyGateway, inputs: Inputs) -> str:  # noqa: C901, PLR0911  one for each kind
        match gateway:
            case NatGateway():
                return nat_gateway.create(self, gateway, inputs)
            case RegionalNatGateway():
                return regional_nat_gateway.create(self, gateway, inputs, vpc_id=self._vpc_id)
            case PrivateNatGateway():
                return private_nat_gateway.create(self, gateway, inputs)
            case TransitGateway():
                return self._attached(gateway, *transit_gateway.create(self, gateway, inputs, vpc_id=self._vpc_id))
            case CoreNetwork():
                return self._attached(gateway, *core_network.create(self, gateway, inputs, vpc_id=self._vpc_id))
            case EgressOnlyGateway():
                return egress_only_gateway.create(self, gateway, inputs, vpc_id=self._vpc_id)
            case FirewallEndpoint():
                return firewall_endpoint.create(gateway, inputs)
            case VpcPeeringConnection():
                return vpc_peering_connection.create(gateway, inputs)
            case VirtualPrivateGateway():
                return virtual_private_gateway.create(gateway, inputs)
            case Appliance():
                return appliance.create(gateway, inputs)
            case _:
                assert_never(gateway)

    def _attached(self, gateway: Gateway, id: str, attachment: CfnResource | None) -> str:
        """The id, after noting the new attachment, which routes wait for."""
        if attachment is not None:
            self._attachments[gateway.name] = attachment
        return id


def needs_of(gateway: Gateway) -> Iterator[Need]:  # noqa: C901, PLR0911  one for each kind
    """The objects that a CDK app must pass in for a gateway, by the keywords of `EgressInputs`."""
    gateway = cast("AnyGateway", gateway)
    match gateway:
        case NatGateway():
            return nat_gateway.needs(gateway)
        case RegionalNatGateway():
            return regional_nat_gateway.needs(gateway)
        case PrivateNatGateway():
            return private_nat_gateway.needs(gateway)
        case TransitGateway():
            return transit_gateway.needs(gateway)
        case CoreNetwork():
            return core_network.needs(gateway)
        case EgressOnlyGateway():
            return egress_only_gateway.needs(gateway)
        case FirewallEndpoint():
            return firewall_endpoint.needs(gateway)
        case VpcPeeringConnection():
            return vpc_peering_connection.needs(gateway)
        case VirtualPrivateGateway():
            return virtual_private_gateway.needs(gateway)
        case Appliance():
            return appliance.needs(gateway)
        case _:
            assert_never(gateway)
