"""Every kind of gateway as a construct: what it creates, what is passed in, and what waits for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import CfnParameter, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_networkmanager as networkmanager
from aws_cdk.assertions import Match, Template

from constructs_lib import ClusterVpc, Egress, EgressInputs, PodNetwork
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import (
    a_stack,
    a_vpc,
    an_app,
    canonical,
    properties,
    resources,
    routes_by_table,
    target,
    the,
    zone_of,
)

ZONES = ("eu-west-1a", "eu-west-1b")
SUBNETS = {zone: f"subnet-{zone[-1]}" for zone in ZONES}
PRIVATE = {f"private-{zone}": subnet for zone, subnet in SUBNETS.items()}
TRANSIT: EgressInputs = {"transit_gateways": {"transit-gateway": "tgw-1"}}
ATTACHMENT = {f"transit-gateway-{zone}": subnet for zone, subnet in SUBNETS.items()}
UNIQUE: Changes = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}


def synthesised(entry: Mapping[str, Any], passed_in: EgressInputs, changes: Changes | None = None) -> Template:
    stack = a_stack()
    plan = a_plan({"egress": [{"to": "internet", **entry}], **(changes or {})}).pods
    PodNetwork(stack, "Pods", plan=plan, vpc=a_vpc(stack), **passed_in)
    return Template.from_stack(stack)


def gateways(template: Template) -> dict[str, dict[str, Any]]:
    """NAT gateways by logical id."""
    return {id: r["Properties"] for id, r in resources(template, "AWS::EC2::NatGateway").items()}


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_public_gateway_has_as_many_elastic_ips_as_requested(count: int) -> None:
    template = synthesised(
        {"new_nat_gateways": "shared", "addresses": count}, {"public_subnets": {"shared": "subnet-1"}}
    )
    (gateway,) = gateways(template).values()
    addresses = [gateway["AllocationId"], *gateway.get("SecondaryAllocationIds", [])]
    assert {target(address) for address in addresses} == set(resources(template, "AWS::EC2::EIP"))
    assert len(addresses) == count
    template.all_resources_properties("AWS::EC2::EIP", {"Domain": "vpc"})


def test_a_further_address_changes_none_that_is_live() -> None:
    few, many = (
        synthesised({"new_nat_gateways": "shared", "addresses": n}, {"public_subnets": {"shared": "subnet-1"}})
        for n in (2, 3)
    )
    assert resources(few, "AWS::EC2::EIP").items() <= resources(many, "AWS::EC2::EIP").items()
    ((before, after),) = zip(gateways(few).values(), gateways(many).values(), strict=True)
    assert {key: before[key] for key in before if key != "SecondaryAllocationIds"}.items() <= after.items()
    assert after["SecondaryAllocationIds"][:1] == before["SecondaryAllocationIds"]


def test_a_public_gateway_takes_the_elastic_ips_it_is_given() -> None:
    template = synthesised(
        {"new_nat_gateways": "per_zone", "allocation_ids": "given", "addresses": 2},
        {"public_subnets": SUBNETS, "allocation_ids": {zone: [f"eipalloc-{zone}-1", f"eipalloc-{zone}-2"] for zone in ZONES}},
    )  # fmt: skip
    template.resource_count_is("AWS::EC2::EIP", 0)
    for gateway in gateways(template).values():
        zone = f"eu-west-1{gateway['SubnetId'][-1]}"
        assert gateway["AllocationId"] == f"eipalloc-{zone}-1"
        assert gateway["SecondaryAllocationIds"] == [f"eipalloc-{zone}-2"]


def test_a_regional_gateway_is_left_to_aws_or_given_its_addresses() -> None:
    template = synthesised({"regional_nat_gateway": "automatic"}, {})
    template.resource_count_is("AWS::EC2::NatGateway", 1)
    left_to_aws = dict.fromkeys(("SubnetId", "AllocationId", "AvailabilityZoneAddresses"), Match.absent())
    template.has_resource_properties(
        "AWS::EC2::NatGateway",
        {
            "AvailabilityMode": "regional",
            "ConnectivityType": "public",
            "VpcId": "vpc-0123456789abcdef0",
            **left_to_aws,
        },
    )
    given = {f"regional-{zone}": [f"eipalloc-{zone}"] for zone in ZONES}
    (gateway,) = gateways(synthesised({"regional_nat_gateway": "per_zone"}, {"allocation_ids": given})).values()
    assert gateway["AvailabilityZoneAddresses"] == [
        {"AvailabilityZone": zone, "AllocationIds": [f"eipalloc-{zone}"]} for zone in ZONES
    ]


def test_every_zone_leaves_by_the_one_regional_gateway() -> None:
    template = synthesised({"regional_nat_gateway": "automatic"}, {})
    (gateway,) = gateways(template)
    assert len(routes_by_table(template)) == len(ZONES)
    assert all(table == {"0.0.0.0/0": ("NatGatewayId", gateway)} for table in routes_by_table(template).values())


def test_private_gateways_are_in_routable_subnets_without_elastic_ips() -> None:
    template = synthesised(
        {"to": "10.128.0.0/9", "private_nat_gateways": "per_zone", "addresses": 3}, {"routable_subnets": PRIVATE}
    )
    assert {gateway["SubnetId"] for gateway in gateways(template).values()} == set(SUBNETS.values())
    private = {"ConnectivityType": "private", "AllocationId": Match.absent()}
    template.all_resources_properties("AWS::EC2::NatGateway", {**private, "SecondaryPrivateIpAddressCount": 2})
    template.resource_count_is("AWS::EC2::EIP", 0)
    alone = synthesised({"to": "10.128.0.0/9", "private_nat_gateways": "per_zone"}, {"routable_subnets": PRIVATE})
    alone.all_resources_properties("AWS::EC2::NatGateway", {"SecondaryPrivateIpAddressCount": Match.absent()})


def test_prefix_lists_and_cidrs_are_destinations_of_their_kind() -> None:
    template = synthesised(
        {"to": ["10.128.0.0/9", "pl-0000000a"], "nat_gateways": "shared"}, {"nat_gateways": {"shared": "nat-1"}}
    )
    for table in routes_by_table(template).values():
        assert table == {"10.128.0.0/9": ("NatGatewayId", "nat-1"), "pl-0000000a": ("NatGatewayId", "nat-1")}


def transit(**entry: Any) -> Template:
    passed_in: EgressInputs = {**TRANSIT}
    if "attachment_subnets" in entry:
        passed_in["attachment_subnets"] = ATTACHMENT
    if "route_tables" in entry:
        passed_in["route_tables"] = {"rtb-0000000a": "rtb-0000000a"}
    return synthesised({"transit_gateway": "given", **entry}, passed_in, UNIQUE)


def test_routes_to_a_transit_gateway_depend_on_a_new_attachment() -> None:
    template = transit(attachment_subnets="per_zone", route_tables=["rtb-0000000a"])
    template.resource_count_is("AWS::EC2::TransitGatewayAttachment", 1)
    attachment = {
        "SubnetIds": list(SUBNETS.values()),
        "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-0123456789abcdef0",
    }
    id = template.get_resource_id("AWS::EC2::TransitGatewayAttachment", {"Properties": attachment})
    assert {target(route["RouteTableId"]) for route in properties(template, "AWS::EC2::Route")} == {
        *resources(template, "AWS::EC2::RouteTable"),
        "rtb-0000000a",
    }
    template.all_resources("AWS::EC2::Route", {"Properties": {"TransitGatewayId": "tgw-1"}, "DependsOn": [id]})


def test_an_attachment_supports_ipv6_in_an_ipv6_cluster() -> None:
    way = {"to": "internet", "transit_gateway": "given", "attachment_subnets": "per_zone"}
    changes = {**AN_IPV6_CLUSTER, "egress": [way]}
    template = synthesised({}, {**TRANSIT, "attachment_subnets": ATTACHMENT}, changes)
    assert the(template, "AWS::EC2::TransitGatewayAttachment")["Options"] == {"Ipv6Support": "enable"}
    assert "Options" not in the(transit(attachment_subnets="per_zone"), "AWS::EC2::TransitGatewayAttachment")


def test_a_vpc_that_is_attached_already_is_not_attached_again() -> None:
    template = transit()
    template.resource_count_is("AWS::EC2::TransitGatewayAttachment", 0)
    template.all_resources("AWS::EC2::Route", {"DependsOn": Match.absent()})


ARN = "arn:aws:networkmanager::111122223333:core-network/core-network-00000001"
WAN: EgressInputs = {"core_networks": {"core-network": ARN}}
WAN_SUBNETS = {f"core-network-{zone}": subnet for zone, subnet in SUBNETS.items()}


def in_account(resource: str) -> dict[str, Any]:
    """The ARN of something of EC2 in the account and region of `a_stack`."""
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":ec2:eu-west-1:", {"Ref": "AWS::AccountId"}, f":{resource}"]
    return {"Fn::Join": ["", parts]}


def test_routes_to_a_core_network_depend_on_a_new_attachment() -> None:
    entry = {"core_network": "given", "attachment_subnets": "per_zone", "route_tables": ["rtb-0000000a"]}
    passed_in: EgressInputs = {
        **WAN,
        "attachment_subnets": WAN_SUBNETS,
        "route_tables": {"rtb-0000000a": "rtb-0000000a"},
    }
    template = synthesised(entry, passed_in, UNIQUE)
    attachment = {
        "CoreNetworkId": "core-network-00000001",
        "VpcArn": in_account("vpc/vpc-0123456789abcdef0"),
        "SubnetArns": [in_account(f"subnet/{subnet}") for subnet in SUBNETS.values()],
    }
    id = template.get_resource_id("AWS::NetworkManager::VpcAttachment", {"Properties": attachment})
    template.all_resources("AWS::EC2::Route", {"Properties": {"CoreNetworkArn": ARN}, "DependsOn": [id]})
    associated = properties(template, "AWS::EC2::SubnetRouteTableAssociation")
    assert set(routes_by_table(template)) == {*(target(each["RouteTableId"]) for each in associated), "rtb-0000000a"}


def test_a_vpc_that_is_attached_to_a_core_network_is_not_attached_again() -> None:
    template = synthesised({"core_network": "given"}, WAN, UNIQUE)
    template.resource_count_is("AWS::NetworkManager::VpcAttachment", 0)
    template.all_resources("AWS::EC2::Route", {"DependsOn": Match.absent()})


def test_a_core_network_may_be_passed_in_as_a_cdk_object() -> None:
    stack = a_stack()
    network = networkmanager.CfnCoreNetwork(stack, "Wan", global_network_id="global-network-1")
    entry = {"to": "internet", "core_network": "given", "attachment_subnets": "per_zone"}
    plan = a_plan({"egress": [entry], **UNIQUE}).pods
    passed_in: EgressInputs = {"core_networks": {"core-network": network}, "attachment_subnets": WAN_SUBNETS}
    PodNetwork(stack, "Pods", plan=plan, vpc="vpc-1", **passed_in)
    template = Template.from_stack(stack)
    arn = {"Fn::GetAtt": [stack.get_logical_id(network), "CoreNetworkArn"]}
    assert [route["CoreNetworkArn"] for route in properties(template, "AWS::EC2::Route")] == [arn] * len(ZONES)
    attachment = the(template, "AWS::NetworkManager::VpcAttachment")
    assert attachment["CoreNetworkId"] == {"Fn::Select": [1, {"Fn::Split": ["/", arn]}]}


VPN: EgressInputs = {"virtual_private_gateways": {"vpn-gateway": "vgw-1"}}


def test_every_zone_has_routes_to_the_virtual_private_gateway() -> None:
    entry = {"to": ["192.168.0.0/16", "pl-0000000a"], "virtual_private_gateway": "given"}
    template = synthesised(entry, VPN, UNIQUE)
    to = ("GatewayId", "vgw-1")
    assert len(routes_by_table(template)) == len(ZONES)
    assert all(routes == {"192.168.0.0/16": to, "pl-0000000a": to} for routes in routes_by_table(template).values())
    template.resource_count_is("AWS::EC2::VPNGatewayRoutePropagation", 0)


def test_a_virtual_private_gateway_propagates_routes_to_the_route_tables_of_the_pods() -> None:
    entry = {"to": [], "virtual_private_gateway": "given", "propagate_routes": True}
    template = synthesised(entry, VPN, UNIQUE)
    propagation = the(template, "AWS::EC2::VPNGatewayRoutePropagation")
    assert propagation["VpnGatewayId"] == "vgw-1"
    associated = properties(template, "AWS::EC2::SubnetRouteTableAssociation")
    assert {target(table) for table in propagation["RouteTableIds"]} == {
        target(each["RouteTableId"]) for each in associated
    }


def test_a_virtual_private_gateway_may_be_passed_in_as_a_cdk_object() -> None:
    stack = a_stack()
    gateway = ec2.CfnVPNGateway(stack, "Vpn", type="ipsec.1")
    plan = a_plan({"egress": [{"to": "internet", "virtual_private_gateway": "given"}], **UNIQUE}).pods
    PodNetwork(stack, "Pods", plan=plan, vpc="vpc-1", virtual_private_gateways={"vpn-gateway": gateway})
    routes = properties(Template.from_stack(stack), "AWS::EC2::Route")
    assert {target(route["GatewayId"]) for route in routes} == {stack.get_logical_id(gateway)}


def test_an_egress_only_gateway_is_made_or_taken() -> None:
    made = synthesised({"egress_only_gateway": "new"}, {}, {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "new"}]})  # fmt: skip
    gateway = made.get_resource_id("AWS::EC2::EgressOnlyInternetGateway")
    assert all(table == {"::/0": ("EgressOnlyInternetGatewayId", gateway)} for table in routes_by_table(made).values())
    taken = synthesised({}, {"egress_only_gateways": {"egress-only-gateway": "eigw-1"}}, {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "given"}]})  # fmt: skip
    assert all(
        table == {"::/0": ("EgressOnlyInternetGatewayId", "eigw-1")} for table in routes_by_table(taken).values()
    )


@pytest.mark.parametrize("entry", [{"new_nat_gateways": "shared"}, {"regional_nat_gateway": "automatic"}])
def test_public_gateways_wait_for_the_internet_gateway_of_a_new_vpc(entry: Changes) -> None:
    stack = a_stack()
    plan = a_plan({**A_NEW_VPC, "egress": [{"to": "internet", **entry}]})
    vpc = ClusterVpc(stack, "Vpc", plan=plan.vpc)
    PodNetwork(stack, "Pods", plan=plan.pods, vpc=vpc)
    template = Template.from_stack(stack)
    attachment = template.get_resource_id("AWS::EC2::VPCGatewayAttachment")
    route = template.get_resource_id("AWS::EC2::Route", {"Properties": {"GatewayId": Match.any_value()}})
    waiting = [*resources(template, "AWS::EC2::NatGateway").values(), *resources(template, "AWS::EC2::EIP").values()]
    assert waiting
    assert all({attachment, route} <= set(resource["DependsOn"]) for resource in waiting)


def test_existing_resources_may_be_passed_in_as_cdk_objects() -> None:
    stack = a_stack()
    gateway = ec2.CfnTransitGateway(stack, "Transit")
    table = ec2.CfnRouteTable(stack, "Table", vpc_id="vpc-1")
    plan = a_plan(
        {"egress": [{"to": "internet", "transit_gateway": "given", "route_tables": ["rtb-0000000a"]}], **UNIQUE}
    )
    PodNetwork(
        stack,
        "Pods",
        plan=plan.pods,
        vpc="vpc-1",
        transit_gateways={"transit-gateway": gateway},
        route_tables={"rtb-0000000a": table},
    )
    template = Template.from_stack(stack)
    assert {target(r["TransitGatewayId"]) for r in properties(template, "AWS::EC2::Route")} == {
        stack.get_logical_id(gateway)
    }
    assert stack.get_logical_id(table) in canonical(properties(template, "AWS::EC2::Route"))


def test_egress_can_be_used_without_the_other_constructs() -> None:
    stack = a_stack()
    plan = a_plan({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}).pods
    egress = Egress(stack, "Egress", plan=plan.gateways, vpc="vpc-1")
    ec2.CfnRoute(
        stack,
        "Route",
        route_table_id="rtb-1",
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=egress.gateway_ids["regional"],
    )
    template = Template.from_stack(stack)
    ((_, gateway),) = routes_by_table(template)["rtb-1"].values()
    assert gateway in resources(template, "AWS::EC2::NatGateway")


PEERING: EgressInputs = {"vpc_peering_connections": {"peering": "pcx-1"}}
PEER = {"to": "10.150.0.0/16", "vpc_peering_connection": "given"}


def test_routes_to_a_vpc_peering_connection_name_it_in_every_zone() -> None:
    template = synthesised(PEER, PEERING)
    tables = routes_by_table(template)
    assert {*tables} == {*resources(template, "AWS::EC2::RouteTable")}
    assert all(table == {"10.150.0.0/16": ("VpcPeeringConnectionId", "pcx-1")} for table in tables.values())


@pytest.mark.parametrize("as_token", [False, True], ids=["object", "token"])
def test_a_vpc_peering_connection_may_be_a_cdk_object_or_a_token(as_token: bool) -> None:
    stack = a_stack()
    connection = ec2.CfnVPCPeeringConnection(stack, "Peering", vpc_id="vpc-1", peer_vpc_id="vpc-2")
    plan = a_plan({"egress": [PEER]}).pods
    given = connection.ref if as_token else connection
    PodNetwork(stack, "Pods", plan=plan, vpc="vpc-1", vpc_peering_connections={"peering": given})
    tables = routes_by_table(Template.from_stack(stack))
    assert {target for table in tables.values() for _, target in table.values()} == {stack.get_logical_id(connection)}


BY_APPLIANCES = {"appliances": "per_zone"}
APPLIANCES = {f"appliance-{zone}": f"eni-{zone[-1]}" for zone in ZONES}


def zones_and_targets(template: Template) -> dict[str, tuple[str, Any]]:
    """The property and the target of the default route of the pod subnets, by zone."""
    subnets = resources(template, "AWS::EC2::Subnet")
    tables = routes_by_table(template)
    return {
        zone_of(subnets[target(each["SubnetId"])]): tables[target(each["RouteTableId"])]["0.0.0.0/0"]
        for each in properties(template, "AWS::EC2::SubnetRouteTableAssociation")
    }


def test_each_zone_has_a_route_to_its_own_appliance() -> None:
    """An interface and an instance, by what the ids say."""
    passed_in = {**APPLIANCES, "appliance-eu-west-1b": "i-b"}
    template = synthesised(BY_APPLIANCES, {"appliances": passed_in})
    assert zones_and_targets(template) == {
        "eu-west-1a": ("NetworkInterfaceId", "eni-a"),
        "eu-west-1b": ("InstanceId", "i-b"),
    }
    shared = synthesised({"appliances": "shared"}, {"appliances": {"appliance-shared": "eni-1"}})
    assert {*zones_and_targets(shared).values()} == {("NetworkInterfaceId", "eni-1")}


def test_ids_of_the_config_are_targets_of_their_kind() -> None:
    ids = {"eu-west-1a": "eni-0000000a", "eu-west-1b": "i-0000000b"}
    assert zones_and_targets(synthesised({"appliances": ids}, {})) == {
        "eu-west-1a": ("NetworkInterfaceId", "eni-0000000a"),
        "eu-west-1b": ("InstanceId", "i-0000000b"),
    }


def test_an_appliance_may_be_a_cdk_object_or_a_token_of_one() -> None:
    """A token names what it refers to; one that refers to no resource is a network interface."""
    stack = a_stack()
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0)
    instance = ec2.Instance(
        stack,
        "Instance",
        vpc=vpc,
        instance_type=ec2.InstanceType("t4g.nano"),
        machine_image=ec2.MachineImage.generic_linux({"eu-west-1": "ami-1"}),
        source_dest_check=False,
    )
    low_level = ec2.CfnInstance(stack, "LowLevel")
    interface = ec2.CfnNetworkInterface(stack, "Interface", subnet_id="subnet-1", source_dest_check=False)
    parameter = CfnParameter(stack, "Parameter")
    instance_id = stack.get_logical_id(instance.instance)
    cases: list[tuple[Any, tuple[str, str]]] = [
        (instance, ("InstanceId", instance_id)),
        (instance.instance_id, ("InstanceId", instance_id)),
        (low_level, ("InstanceId", "LowLevel")),
        (low_level.ref, ("InstanceId", "LowLevel")),
        (interface, ("NetworkInterfaceId", "Interface")),
        (interface.attr_id, ("NetworkInterfaceId", "Interface")),
        (parameter.value_as_string, ("NetworkInterfaceId", "Parameter")),
    ]
    plan = a_plan({"egress": [{"to": "internet", "appliances": "shared"}]}).pods
    for number, (given, _) in enumerate(cases):
        name = f"Case{number}"
        egress = Egress(stack, name, plan=plan.gateways, vpc="vpc-1", appliances={"appliance-shared": given})
        (route,) = plan.route_tables[0].routes
        egress.add_route(stack, f"Route{number}", route=route, table_id=name)
    routes = routes_by_table(Template.from_stack(stack))
    assert [routes[f"Case{number}"]["0.0.0.0/0"] for number in range(len(cases))] == [expected for _, expected in cases]


WRONG: dict[str, tuple[Changes, EgressInputs, str]] = {
    "no public subnet": ({"new_nat_gateways": "per_zone"}, {}, "public_subnets has nothing for eu-west-1a, eu-west-1b"),
    "no routable subnet": ({"to": "10.128.0.0/9", "private_nat_gateways": "per_zone"}, {}, "routable_subnets has nothing for private-eu-west-1a"),
    "no address": ({"regional_nat_gateway": "per_zone"}, {}, "allocation_ids has nothing for regional-eu-west-1a"),
    "an address that is none": (
        {"new_nat_gateways": "shared", "allocation_ids": "given"},
        {"public_subnets": {"shared": "subnet-1"}, "allocation_ids": {"shared": ["eip-1"]}},
        "'eip-1' is not an AWS id that begins with eipalloc-",
    ),
    "an address nobody needs": ({"regional_nat_gateway": "automatic"}, {"allocation_ids": {"regional": ["eipalloc-1"]}}, "allocation_ids has regional, which the plan does not use"),
    "no transit gateway": ({"transit_gateway": "given"}, {}, "transit_gateways has nothing for transit-gateway"),
    "a transit gateway that is none": ({"transit_gateway": "given"}, {"transit_gateways": {"transit-gateway": "vgw-1"}}, "'vgw-1' is not an AWS id that begins with tgw-"),
    "no core network": ({"core_network": "given"}, {}, "core_networks has nothing for core-network"),
    "a core network that is none": ({"core_network": "given"}, {"core_networks": {"core-network": "tgw-1"}}, "'tgw-1' is not an AWS id that begins with arn:"),
    "no virtual private gateway": ({"virtual_private_gateway": "given"}, {}, "virtual_private_gateways has nothing for vpn-gateway"),
    "a virtual private gateway that is none": ({"virtual_private_gateway": "given"}, {"virtual_private_gateways": {"vpn-gateway": "igw-1"}}, "'igw-1' is not an AWS id that begins with vgw-"),
    "no attachment subnet": ({"transit_gateway": "given", "attachment_subnets": "per_zone"}, TRANSIT, "attachment_subnets has nothing for transit-gateway-eu-west-1a"),
    "no peering connection": (PEER, {}, "vpc_peering_connections has nothing for peering"),
    "a peering connection that is none": (PEER, {"vpc_peering_connections": {"peering": "tgw-1"}}, "'tgw-1' is not an AWS id that begins with pcx-"),
    "no appliance": (BY_APPLIANCES, {"appliances": {"appliance-eu-west-1a": "eni-1"}}, "appliances has nothing for appliance-eu-west-1b"),
    "an appliance that is none": (BY_APPLIANCES, {"appliances": {**APPLIANCES, "appliance-eu-west-1a": "nat-1"}}, "'nat-1' is not an AWS id that begins with eni-"),
    "another appliance than the config's": ({"appliances": "eni-0000000a"}, {"appliances": {"appliance-shared": "i-0000000a"}}, "is i-0000000a, but the config has eni-0000000a"),
    "a route table nobody needs": ({"transit_gateway": "given"}, {**TRANSIT, "route_tables": {"rtb-1": "rtb-1"}}, "route_tables has rtb-1, which the plan does not use"),
    "a route table that is none": ({"transit_gateway": "given", "route_tables": ["rtb-0000000a"]}, {**TRANSIT, "route_tables": {"rtb-0000000a": "acl-1"}}, "is acl-1, but the config has rtb-0000000a"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "passed_in", "message"), WRONG.values(), ids=WRONG)
def test_what_is_passed_in_must_be_what_the_plan_needs(entry: Changes, passed_in: EgressInputs, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        synthesised(entry, passed_in, UNIQUE)


def test_an_egress_only_gateway_that_is_none_is_refused() -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "given"}]}
    with pytest.raises(ValueError, match="'igw-1' is not an AWS id that begins with eigw-"):
        synthesised({}, {"egress_only_gateways": {"egress-only-gateway": "igw-1"}}, changes)


@pytest.mark.parametrize(
    ("passed_in", "message"),
    [
        ({}, "egress_only_gateways has nothing for egress-only-gateway"),
        ({"egress_only_gateways": {"egress-only-gateway": "eigw-1", "x": "eigw-2"}}, "egress_only_gateways has x"),
    ],
)
def test_an_egress_only_gateway_is_just_the_plans(passed_in: EgressInputs, message: str) -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "given"}]}
    with pytest.raises(ValueError, match=message):
        synthesised({}, passed_in, changes)


def test_a_subnet_whose_zone_cannot_be_compared_is_taken() -> None:
    """One with a zone that is a token, or by name where the plan writes ids."""
    stack = Stack(an_app(), "Stack")
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0)
    subnets = dict(zip(ZONES, vpc.public_subnets, strict=False))
    plan = a_plan({"egress": [{"to": "internet", "new_nat_gateways": "per_zone"}]}).pods
    PodNetwork(stack, "Tokens", plan=plan, vpc=vpc, public_subnets=subnets)
    stack = Stack(an_app(), "Stack", env=Environment(region="eu-west-1"))
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0, availability_zones=list(ZONES))
    ids = ("euw1-az1", "euw1-az2")
    changes: Changes = {
        "pods.zones": list(ids),
        "vpc.node_subnets": None,
        "egress": [{"to": "internet", "new_nat_gateways": "per_zone"}],
    }
    subnets = dict(zip(ids, vpc.public_subnets, strict=True))
    PodNetwork(
        stack,
        "Ids",
        plan=a_plan(changes).pods,
        vpc=vpc,
        public_subnets=subnets,
        node_subnets=vpc.isolated_subnets,
    )


@pytest.mark.parametrize("argument", ["routable_subnets", "attachment_subnets"])
def test_a_routable_subnet_of_another_zone_is_refused(argument: str) -> None:
    stack = a_stack()
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0, availability_zones=list(ZONES))
    first, second = vpc.public_subnets
    swapped = dict(zip(ZONES, (second, first), strict=True))
    if argument == "routable_subnets":
        entry: Changes = {"to": "10.128.0.0/9", "private_nat_gateways": "per_zone"}
        passed_in: EgressInputs = {"routable_subnets": {f"private-{zone}": s for zone, s in swapped.items()}}
    else:
        entry = {"transit_gateway": "given", "attachment_subnets": "per_zone"}
        passed_in = {**TRANSIT, "attachment_subnets": {f"transit-gateway-{zone}": s for zone, s in swapped.items()}}
    with pytest.raises(ValueError, match="is in eu-west-1b: pass a routable subnet of eu-west-1a"):
        PodNetwork(
            stack,
            "Pods",
            plan=a_plan({"egress": [{"to": "internet", **entry}], **UNIQUE}).pods,
            vpc=vpc,
            **passed_in,
        )


def firewall() -> Template:
    """Firewall endpoints and new NAT gateways; endpoints, subnets and route tables are passed in."""
    passed_in: EgressInputs = {
        "firewall_endpoints": {f"firewall-{zone}": f"vpce-{zone[-1]}" for zone in ZONES},
        "public_subnets": SUBNETS,
        "route_tables": {f"{of}-{zone}": f"rtb-{of}-{zone[-1]}" for of in ("firewall", "nat") for zone in ZONES},
    }
    words = ("firewall_endpoints", "new_nat_gateways", "firewall_route_tables", "nat_route_tables")
    return synthesised(dict.fromkeys(words, "per_zone"), passed_in)


@pytest.mark.parametrize("zone", ZONES)
def test_traffic_and_its_answers_pass_the_firewall_endpoint_of_their_zone(zone: str) -> None:
    template = firewall()
    tables = {target(key): routes for key, routes in routes_by_table(template).items()}
    (subnet, cidr), *others = [
        (id, each["Properties"]["CidrBlock"])
        for id, each in resources(template, "AWS::EC2::Subnet").items()
        if each["Properties"]["AvailabilityZone"] == zone
    ]
    assert others == []
    (pod_table,) = [
        target(each["RouteTableId"])
        for each in properties(template, "AWS::EC2::SubnetRouteTableAssociation")
        if target(each["SubnetId"]) == subnet
    ]
    (nat,) = [id for id, each in gateways(template).items() if each["SubnetId"] == SUBNETS[zone]]
    endpoint = f"vpce-{zone[-1]}"
    assert tables[pod_table] == {"0.0.0.0/0": ("VpcEndpointId", endpoint)}
    assert tables[f"rtb-firewall-{zone[-1]}"] == {"0.0.0.0/0": ("NatGatewayId", nat)}
    assert tables[f"rtb-nat-{zone[-1]}"] == {cidr: ("VpcEndpointId", endpoint)}


def test_a_route_to_a_pod_subnet_waits_for_the_subnet() -> None:
    template = firewall()
    subnets = {each["Properties"]["CidrBlock"]: id for id, each in resources(template, "AWS::EC2::Subnet").items()}
    back = [each for each in resources(template, "AWS::EC2::Route").values() if each["Properties"]["DestinationCidrBlock"] in subnets]  # fmt: skip
    assert len(back) == len(subnets)
    for route in back:
        assert subnets[route["Properties"]["DestinationCidrBlock"]] in route["DependsOn"]
