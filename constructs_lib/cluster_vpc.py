"""A new VPC for a cluster: an internet gateway, public subnets and node subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from constructs_lib.acknowledgement import LITERAL_ZONES, acknowledge
from constructs_lib.existing import cfn_tags, slice_of, zone_property
from podspace.planning import NewVpcPlan, VpcPlan


class ClusterVpc(Construct):
    """A VPC with DNS, public subnets, and node subnets with a route table for each zone.

    `PodNetwork` adds the pod subnets, and the routes of the node subnets.

    Attributes:
        vpc_id: the VPC's id, a token.
        public_subnet_ids: ids of the public subnets by zone.
        node_subnet_ids: ids of the node subnets by zone.
        route_table_ids: ids of the route tables of the node subnets, by `nodes-` and the zone.
        subnet_ids: ids of all its subnets by CIDR block.
        internet: dependency on the internet gateway and its route: resources that need them are created after and
            deleted before them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, plan: VpcPlan) -> None:
        """Create the VPC of a plan, with its internet gateway, subnets and route tables.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the VPC, as planned.

        Raises:
            ValueError: the VPC of the plan is not a new one.
        """
        new = slice_of(plan, VpcPlan, argument="plan.vpc").new
        if new is None:
            raise ValueError("plan.vpc is an existing VPC: pass its id, or the object, to the other constructs")
        super().__init__(scope, construct_id)
        self.vpc_id = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=str(new.cidr),
            # Nodes of EKS register by DNS names, https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=cfn_tags(new.tags),
        ).ref
        self.internet = DependencyGroup()
        tables = {
            name: ec2.CfnRouteTable(self, f"RouteTable-{name}", vpc_id=self.vpc_id, tags=cfn_tags(tags)).ref
            for name, tags in new.table_tags.items()
        }
        if new.internet:
            self._internet_gateway(new, tables.get("public"))
        self.route_table_ids = {name: table for name, table in tables.items() if name != "public"}
        self.subnet_ids: dict[str, str] = {}
        self.public_subnet_ids = self._subnets(new, "public", tables)
        self.node_subnet_ids = self._subnets(new, "nodes", tables)
        acknowledge(self, LITERAL_ZONES)

    def _internet_gateway(self, plan: NewVpcPlan, public_table: str | None) -> None:
        gateway = ec2.CfnInternetGateway(self, "InternetGateway", tags=cfn_tags(plan.tags))
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "InternetGatewayAttachment", vpc_id=self.vpc_id, internet_gateway_id=gateway.ref
        )
        self.internet.add(attachment)
        if public_table:
            route = ec2.CfnRoute(
                self,
                "Route-public-0.0.0.0-0",
                route_table_id=public_table,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.ref,
            )
            # A route to a gateway that is not yet attached to the VPC is refused.
            route.add_resource_dependency(attachment)
            self.internet.add(route)

    def _subnets(
        self, plan: NewVpcPlan, role: Literal["public", "nodes"], tables: Mapping[str, str]
    ) -> Mapping[str, tuple[str, ...]]:
        ids: dict[str, list[str]] = {}
        for subnet in plan.subnets:
            if subnet.role != role:
                continue
            name = str(subnet.cidr).replace("/", "-")
            made = ec2.CfnSubnet(
                self,
                f"Subnet-{name}",
                vpc_id=self.vpc_id,
                cidr_block=str(subnet.cidr),
                tags=cfn_tags(subnet.tags),
                **zone_property(subnet.zone),
            )
            ec2.CfnSubnetRouteTableAssociation(
                self,
                f"RouteTableOf-{name}",
                subnet_id=made.ref,
                route_table_id=tables["public" if role == "public" else f"nodes-{subnet.zone}"],
            )
            self.subnet_ids[str(subnet.cidr)] = made.ref
            ids.setdefault(subnet.zone, []).append(made.ref)
        return {zone: tuple(subnets) for zone, subnets in ids.items()}
