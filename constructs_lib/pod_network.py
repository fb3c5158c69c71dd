"""The network resources of the pods: CIDR blocks, pod subnets, route tables and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Unpack

import aws_cdk as cdk  # cdk.aws_ram is loaded when it is used
from aws_cdk import Aws, Stack, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.acknowledgement import LITERAL_ZONES, acknowledge
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.egress import Egress, EgressInputs
from constructs_lib.existing import VpcRef, cfn_tags, route_table_id, slice_of, vpc_id, zone_property
from constructs_lib.inputs import Need, checked_inputs
from podspace.cdk_token import is_token
from podspace.planning import PodNetworkPlan, PodSubnet, RouteTable
from podspace.planning.addresses.zone import in_region, is_zone_id

_RAISED_QUOTA: Final = {
    "Podspace::too-many-blocks": "the plan checks the number of CIDR blocks against vpc.cidr_quota of the config, the "
    "raised quota"
}


class PodNetwork(Construct):
    """Secondary CIDR blocks on a VPC, with pod subnets in each zone and a route table for each zone.

    The pod subnets are not in `vpc.private_subnets` and have no load balancer tags, so load balancers and interfaces of
    the control plane stay in the primary CIDR block.

    Attributes:
        subnet_ids: ids of the pod subnets by zone, new or existing.
        subnets: ids of the pod subnets by CIDR block; existing ones by their ids.
        egress: the gateways, to which an app may add routes.
        route_table_ids: id of the pod route table of each zone; empty if the subnets exist.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: PodNetworkPlan,
        vpc: VpcRef | ClusterVpc,
        node_subnets: Sequence[ec2.ISubnet] = (),
        **inputs: Unpack[EgressInputs],
    ) -> None:
        """Create the pod network of a plan in a VPC that the app creates or imports.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: CIDR blocks, subnets, routes and gateways, as planned.
            vpc: the VPC.
            node_subnets: node subnets that the app creates, for a config without ids of node subnets; they get a tag by
                which the NodeClass selects them.
            inputs: objects for gateways without an id in the plan, such as `nat_gateways` by zone; see `EgressInputs`.

        Raises:
            TypeError: a keyword argument is unknown.
            ValueError: an object is missing, superfluous or of another kind, or a subnet cannot be tagged.
        """
        plan = slice_of(plan, PodNetworkPlan, argument="plan.pods")
        _check_region(plan, Stack.of(scope))
        _check_node_subnets(plan, node_subnets)
        tables = self._checked_tables(plan, vpc, inputs)
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id(vpc)
        self.egress = Egress(self, "Egress", plan=plan.gateways, vpc=vpc, **inputs)
        self.route_table_ids: Mapping[str, str] = {
            table.name: self._route_table(table) for table in plan.route_tables if table.of == "pods"
        }
        ids = {**self.route_table_ids, **tables}
        routes = {
            (table.name, route.destination): self.egress.add_route(
                self, f"Route-{table.name}-{_id(route.destination)}", route=route, table_id=ids[table.name]
            )
            for table in plan.route_tables
            for route in table.routes
        }
        tables_by_id = {ids[table.name]: table for table in plan.route_tables}
        self.egress.add_propagation(self, "RoutePropagation", tables=tables_by_id)
        self.subnets: dict[str, str] = {id: id for ids in plan.subnet_ids.values() for id in ids}
        self.subnet_ids = plan.subnet_ids or self._subnets(plan, routes)
        if plan.shared_with:
            self._share(plan)
        for subnet in node_subnets:
            for key, value in plan.node_selector.items():
                Tags.of(subnet).add(key, value, include_resource_types=["AWS::EC2::Subnet"])
        acknowledge(self, LITERAL_ZONES | _RAISED_QUOTA)

    def _checked_tables(
        self, plan: PodNetworkPlan, vpc: VpcRef | ClusterVpc, inputs: EgressInputs
    ) -> Mapping[str, str]:
        """The ids of the route tables that get routes and are not created with the pod network."""
        needs = {
            table.name: Need(argument="route_tables", name=table.name, origin=table.origin, prefix="rtb")
            for table in plan.route_tables
            if table.of != "pods"
        }
        given = {"route_tables": inputs.pop("route_tables", {})}
        created = vpc.route_table_ids if isinstance(vpc, ClusterVpc) else {}
        checked = checked_inputs(given, needs.values(), created=created)
        return {name: checked.id(need, route_table_id) for name, need in needs.items()}

    def _route_table(self, table: RouteTable) -> str:
        return ec2.CfnRouteTable(self, f"RouteTable-{table.name}", vpc_id=self._vpc_id, tags=cfn_tags(table.tags)).ref

    def _subnets(
        self, plan: PodNetworkPlan, routes: Mapping[tuple[str, str], ec2.CfnRoute]
    ) -> Mapping[str, tuple[str, ...]]:
        blocks = {
            block.cidr: ec2.CfnVPCCidrBlock(
                self, f"Block-{_id(block.cidr)}", vpc_id=self._vpc_id, cidr_block=str(block.cidr)
            )
            for block in plan.blocks
            if not block.associated
        }
        ids: dict[str, list[str]] = {zone: [] for zone in plan.zones}
        for subnet in plan.subnets:
            made = self._subnet(subnet)
            if block := blocks.get(subnet.block):
                # A subnet does not refer to the block it is cut from, so CloudFormation cannot see the order.
                made.add_resource_dependency(block)
            for (_, destination), route in routes.items():
                if destination == str(subnet.cidr):
                    # EC2 accepts a route for a part of the VPC only if it is that of a whole subnet, which exists.
                    route.add_resource_dependency(made)
            self.subnets[str(subnet.cidr)] = id = made.ref
            ids[subnet.zone].append(id)
            ec2.CfnSubnetRouteTableAssociation(
                self,
                f"RouteTableOf-{_id(subnet.cidr)}",
                subnet_id=id,
                route_table_id=self.route_table_ids[subnet.zone],
            )
        return {zone: tuple(subnets) for zone, subnets in ids.items()}

    def _subnet(self, subnet: PodSubnet) -> ec2.CfnSubnet:
        made = ec2.CfnSubnet(
            self,
            f"Subnet-{_id(subnet.cidr)}",
            vpc_id=self._vpc_id,
            cidr_block=str(subnet.cidr),
            ipv6_cidr_block=str(subnet.ipv6_cidr) if subnet.ipv6_cidr else None,
            assign_ipv6_address_on_creation=True if subnet.ipv6_cidr else None,
            tags=cfn_tags(subnet.tags),
            **zone_property(subnet.zone),
        )
        for part in subnet.reservations:
            ec2.CfnSubnetCidrReservation(
                self,
                f"Reservation-{_id(part)}",
                subnet_id=made.ref,
                cidr=str(part),
                reservation_type="prefix",
                description="Kept for the prefixes of pod interfaces",
                tags=cfn_tags(subnet.reservation_tags(part)),
            )
        return made

    def _share(self, plan: PodNetworkPlan) -> None:
        subnets = [subnet for zone in plan.zones for subnet in self.subnet_ids[zone]]
        arn = f"arn:{Aws.PARTITION}:ec2:{Stack.of(self).region}:{Stack.of(self).account}:subnet/"
        cdk.aws_ram.CfnResourceShare(
            self,
            "Share",
            name=f"{Stack.of(self).stack_name}-pod-subnets",
            principals=list(plan.shared_with),
            resource_arns=[f"{arn}{subnet}" for subnet in subnets],
            allow_external_principals=False,
        )


def _id(cidr: object) -> str:
    return str(cidr).replace("/", "-")


def _check_region(plan: PodNetworkPlan, stack: Stack) -> None:
    region = stack.region
    if not is_token(region) and not all(in_region(zone, region) for zone in plan.zones):
        raise ValueError(f"stack {stack.node.path} is in {region}, but the plan is for {', '.join(plan.zones)}")


def _check_node_subnets(plan: PodNetworkPlan, node_subnets: Sequence[ec2.ISubnet]) -> None:
    if bool(node_subnets) != bool(plan.node_selector):
        raise ValueError(
            "node_subnets is empty, but the plan selects node subnets by a tag: pass the app's own subnets, or list "
            "existing ones by id as vpc.node_subnets in the config"
            if plan.node_selector
            else "node_subnets was given, but the plan has node subnets by id: remove one of the two"
        )
    for subnet in node_subnets:
        if not hasattr(subnet, "node"):
            raise ValueError(
                f"node_subnets has {subnet!r}, which CDK cannot tag: pass ec2.ISubnet objects, or list existing "
                "subnets by id as vpc.node_subnets in the config"
            )
        if subnet.node.default_child is None:
            raise ValueError(
                f"node subnet {subnet.node.path} is imported, so CDK cannot tag it: list it by id as vpc.node_subnets "
                "in the config"
            )
        zone = subnet.availability_zone
        if is_token(zone):
            raise ValueError(
                f"node subnet {subnet.node.path} has no literal zone: give its stack an explicit region in `env` and "
                f"its VPC availability_zones={list(plan.zones)}"
            )
        if zone not in plan.zones and not any(map(is_zone_id, plan.zones)):
            raise ValueError(
                f"node subnet {subnet.node.path} is in {zone}, where there is no pod subnet: pass only subnets in "
                f"{', '.join(plan.zones)}, or add the zone to the pods"
            )
