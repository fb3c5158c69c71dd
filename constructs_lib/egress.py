"""The gateways that pods leave through: those given, and those made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.existing import (
    SubnetRef,
    VpcRef,
    allocation_id,
    cfn_tags,
    egress_only_gateway_id,
    nat_gateway_id,
    subnet_id,
    transit_gateway_id,
    vpc_id,
    zone_property,
)
from constructs_lib.handed_over import HandedOver, check_handed_over
from podspace.planning import Gateway, Route


class Egress(Construct):
    """Every gateway of a plan: zonal, regional and private NAT gateways, transit and egress-only gateways.

    Attributes:
        gateway_ids: by the plan's name for the gateway.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: tuple[Gateway, ...],
        vpc: VpcRef,
        **handed: Unpack[HandedOver],
    ) -> None:
        """Take the gateways that exist and make the others.

        Args:
            scope: the parent construct.
            construct_id: the id below it.
            plan: the gateways, as planned.
            vpc: the VPC.
            handed: what exists, by the plan's name for it; see `HandedOver`.

        Raises:
            ValueError: something the plan needs is missing, superfluous, or in another zone.
        """
        check_handed_over(plan, handed)
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id(vpc)
        self._kinds = {gateway.name: gateway.kind for gateway in plan}
        self._handed = handed
        self._attachments: dict[str, ec2.CfnTransitGatewayAttachment] = {}
        self.gateway_ids: Mapping[str, str] = {gateway.name: self._gateway(gateway) for gateway in plan}

    def lead(self, scope: Construct, construct_id: str, *, route: Route, table_id: str) -> ec2.CfnRoute:
        """A planned route, in a route table, which waits for what it needs.

        Args:
            scope: the parent construct.
            construct_id: the id below it.
            route: the route, as planned.
            table_id: the route table's id.
        """
        id = self.gateway_ids[route.gateway]
        kind = self._kinds[route.gateway]
        to = route.destination
        made = ec2.CfnRoute(
            scope,
            construct_id,
            route_table_id=table_id,
            destination_cidr_block=to if "." in to else None,
            destination_ipv6_cidr_block=to if ":" in to else None,
            destination_prefix_list_id=to if to.startswith("pl-") else None,
            nat_gateway_id=id if kind.endswith("nat_gateway") else None,
            transit_gateway_id=id if kind == "transit_gateway" else None,
            egress_only_internet_gateway_id=id if kind == "egress_only_gateway" else None,
        )
        if attachment := self._attachments.get(route.gateway):
            # A route refers to the transit gateway, which it does not find before the VPC is attached to it.
            made.add_resource_dependency(attachment)
        return made

    def _gateway(self, gateway: Gateway) -> str:
        if gateway.kind == "transit_gateway":
            return self._transit(gateway)
        if gateway.kind == "egress_only_gateway":
            return self._egress_only(gateway)
        if not gateway.new:
            return nat_gateway_id(self._handed["nat_gateways"][gateway.name])
        make = {
            "nat_gateway": self._public,
            "private_nat_gateway": self._private,
            "regional_nat_gateway": self._regional,
        }
        return make[gateway.kind](gateway)

    def _egress_only(self, gateway: Gateway) -> str:
        if not gateway.new:
            return egress_only_gateway_id(self._handed["egress_only_gateways"][gateway.name])
        tags = cfn_tags(gateway.tags)
        return ec2.CfnEgressOnlyInternetGateway(self, "EgressOnlyGateway", vpc_id=self._vpc_id, tags=tags).attr_id

    def _public(self, gateway: Gateway) -> str:
        subnet = self._handed["public_subnets"][gateway.name]
        first, *further = self._addresses(gateway)
        made = ec2.CfnNatGateway(
            self,
            f"NatGateway-{gateway.name}",
            subnet_id=subnet_id(subnet),
            allocation_id=first,
            secondary_allocation_ids=further or None,
            tags=cfn_tags(gateway.tags),
        )
        self._wait_for_the_internet(made, subnet)
        return made.ref

    def _addresses(self, gateway: Gateway) -> Sequence[str]:
        if gateway.given_addresses:
            return [allocation_id(id) for id in self._handed["allocation_ids"][gateway.name]]
        made = [
            ec2.CfnEIP(
                self,
                f"Address-{gateway.name}" + (f"-{number}" if number > 1 else ""),
                domain="vpc",
                tags=cfn_tags(gateway.tags),
            )
            for number in range(1, gateway.addresses + 1)
        ]
        for address in made:
            self._wait_for_the_internet(address, self._handed["public_subnets"][gateway.name])
        return [address.attr_allocation_id for address in made]

    def _wait_for_the_internet(self, made: Construct, subnet: SubnetRef = "") -> None:
        """It does not refer to the internet gateway, which must be attached before it and detached after it."""
        if not isinstance(subnet, str):
            made.node.add_dependency(subnet.internet_connectivity_established)
        if internet := self._handed.get("internet"):
            made.node.add_dependency(internet)

    def _private(self, gateway: Gateway) -> str:
        return ec2.CfnNatGateway(
            self,
            f"NatGateway-{gateway.name}",
            connectivity_type="private",
            subnet_id=subnet_id(self._handed["routable_subnets"][gateway.name]),
            secondary_private_ip_address_count=gateway.addresses - 1 or None,
            tags=cfn_tags(gateway.tags),
        ).ref

    def _regional(self, gateway: Gateway) -> str:
        addresses = [
            ec2.CfnNatGateway.AvailabilityZoneAddressProperty(
                **zone_property(zone),
                allocation_ids=[allocation_id(id) for id in self._handed["allocation_ids"][f"{gateway.name}-{zone}"]],
            )
            for zone in gateway.zones
        ]
        made = ec2.CfnNatGateway(
            self,
            f"NatGateway-{gateway.name}",
            availability_mode="regional",
            connectivity_type="public",
            vpc_id=self._vpc_id,
            availability_zone_addresses=addresses or None,
            tags=cfn_tags(gateway.tags),
        )
        self._wait_for_the_internet(made)
        return made.ref

    def _transit(self, gateway: Gateway) -> str:
        id = transit_gateway_id(self._handed["transit_gateways"][gateway.name])
        if gateway.new:
            subnets = self._handed["attachment_subnets"]
            self._attachments[gateway.name] = ec2.CfnTransitGatewayAttachment(
                self,
                f"Attachment-{gateway.name}",
                transit_gateway_id=id,
                vpc_id=self._vpc_id,
                subnet_ids=[subnet_id(subnets[f"{gateway.name}-{zone}"]) for zone in gateway.zones],
                # CDK's own struct would write ipv6Support.
                options={"Ipv6Support": "enable"} if gateway.ipv6 else None,
                tags=cfn_tags(gateway.tags),
            )
        return id
