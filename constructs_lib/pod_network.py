"""The network half: blocks, pod subnets, route tables and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Stack, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.acknowledgement import acknowledge
from constructs_lib.egress import Egress
from constructs_lib.existing import NatGatewayRef, SubnetRef, VpcRef, cfn_tags, vpc_id
from podspace.cdk_token import is_token
from podspace.planning import PodNetworkPlan, RouteTable


class PodNetwork(Construct):
    """Secondary CIDR blocks on a VPC, with pod subnets in each zone and a route table for each zone.

    The pod subnets are not part of `vpc.private_subnets`, and carry no load-balancer tags, so load balancers
    and control-plane interfaces stay on the primary block.

    Attributes:
        subnet_ids: the pod subnets by zone, those made here or those that exist.
        route_table_ids: the pod route table of each zone, open to further routes; none where the subnets exist.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: PodNetworkPlan,
        vpc: VpcRef,
        nat_gateways: Mapping[str, NatGatewayRef] | None = None,
        public_subnets: Mapping[str, SubnetRef] | None = None,
        node_subnets: Sequence[ec2.ISubnet] = (),
    ) -> None:
        """Build what the plan says, on a VPC that is imported or the app's own.

        Args:
            scope: the parent construct.
            construct_id: the id below it.
            plan: blocks, subnets, routes and gateways, as planned.
            vpc: the VPC.
            nat_gateways: existing NAT gateways, by zone or under `shared`, as the plan names them.
            public_subnets: public subnets for new NAT gateways, by zone or under `shared`.
            node_subnets: the app's own subnets for nodes, tagged here so that the NodeClass finds them;
                for a config that names no node subnets by id.

        Raises:
            ValueError: something handed over is missing, superfluous, or cannot be tagged.
        """
        _check_region(plan, Stack.of(scope))
        _check_node_subnets(plan, node_subnets)
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id(vpc)
        egress = Egress(
            self,
            "Egress",
            plan=plan.nat_gateways,
            nat_gateways=nat_gateways or {},
            public_subnets=public_subnets or {},
        )
        self.route_table_ids: Mapping[str, str] = {
            table.zone: self._route_table(table, egress) for table in plan.route_tables
        }
        self.subnet_ids = plan.subnet_ids or self._subnets(plan)
        for subnet in node_subnets:
            for key, value in plan.node_selector.items():
                Tags.of(subnet).add(key, value, include_resource_types=["AWS::EC2::Subnet"])
        acknowledge(
            self,
            {
                "CloudFormation-Validate::W3010": "zones are literal by design: manifests, subnets and NAT "
                "gateways are matched zone by zone before anything is deployed"
            },
        )

    def _route_table(self, plan: RouteTable, egress: Egress) -> str:
        table = ec2.CfnRouteTable(self, f"RouteTable-{plan.zone}", vpc_id=self._vpc_id, tags=cfn_tags(plan.tags)).ref
        for route in plan.routes:
            ec2.CfnRoute(
                self,
                f"Route-{plan.zone}-{_id(route.destination)}",
                route_table_id=table,
                destination_cidr_block=str(route.destination),
                nat_gateway_id=egress.nat_gateway_ids[route.nat_gateway],
            )
        return table

    def _subnets(self, plan: PodNetworkPlan) -> Mapping[str, tuple[str, ...]]:
        blocks = {
            block.cidr: ec2.CfnVPCCidrBlock(
                self, f"Block-{_id(block.cidr)}", vpc_id=self._vpc_id, cidr_block=str(block.cidr)
            )
            for block in plan.blocks
            if not block.associated
        }
        ids: dict[str, list[str]] = {zone: [] for zone in plan.zones}
        for subnet in plan.subnets:
            made = ec2.CfnSubnet(
                self,
                f"Subnet-{_id(subnet.cidr)}",
                vpc_id=self._vpc_id,
                availability_zone=subnet.zone,
                cidr_block=str(subnet.cidr),
                tags=cfn_tags(subnet.tags),
            )
            if block := blocks.get(subnet.block):
                # A subnet does not refer to the block it is cut from, so CloudFormation cannot see the order.
                made.add_resource_dependency(block)
            ids[subnet.zone].append(made.ref)
            ec2.CfnSubnetRouteTableAssociation(
                self,
                f"RouteTableOf-{_id(subnet.cidr)}",
                subnet_id=made.ref,
                route_table_id=self.route_table_ids[subnet.zone],
            )
        return {zone: tuple(subnets) for zone, subnets in ids.items()}


def _id(cidr: object) -> str:
    return str(cidr).replace("/", "-")


def _check_region(plan: PodNetworkPlan, stack: Stack) -> None:
    region = stack.region
    if not is_token(region) and any(zone[:-1] != region for zone in plan.zones):
        raise ValueError(f"stack {stack.node.path} is in {region}, but the plan is for {', '.join(plan.zones)}")


def _check_node_subnets(plan: PodNetworkPlan, node_subnets: Sequence[ec2.ISubnet]) -> None:
    if bool(node_subnets) != bool(plan.node_selector):
        raise ValueError(
            "node_subnets is empty, but the plan finds node subnets by a tag: pass the app's own subnets, "
            "or name existing ones by id as vpc.node_subnets in the config"
            if plan.node_selector
            else "node_subnets was given, but the plan names node subnets by id: leave out one of the two"
        )
    for subnet in node_subnets:
        if subnet.node.default_child is None:
            raise ValueError(
                f"node subnet {subnet.node.path} is imported, so CDK cannot tag it: "
                "name it by id as vpc.node_subnets in the config"
            )
        zone = subnet.availability_zone
        if is_token(zone):
            raise ValueError(
                f"node subnet {subnet.node.path} has no literal zone: give its stack an explicit region in `env` and "
                f"its VPC availability_zones={list(plan.zones)}"
            )
        if zone not in plan.zones:
            raise ValueError(
                f"node subnet {subnet.node.path} is in {zone}, where there is no pod subnet: pass only subnets in "
                f"{', '.join(plan.zones)}, or add the zone to the pods"
            )
