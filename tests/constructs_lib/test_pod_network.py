"""CIDR blocks, subnets, route tables and routes in the template."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Capture, Match, Template

from constructs_lib import PodNetwork
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import a_stack, a_vpc, properties, resources, tags_of, target, the

GATEWAYS = {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"}
PER_ZONE: Changes = {"egress": [{"to": "internet", "nat_gateways": "per_zone"}]}
"""The CDK app passes the NAT gateways in."""


def synthesised(changes: Changes | None = None, **passed_in: Any) -> Template:
    stack = a_stack()
    PodNetwork(stack, "Pods", plan=a_plan(changes).pods, vpc=a_vpc(stack), **({"nat_gateways": GATEWAYS} | passed_in))
    return Template.from_stack(stack)


def routes_by_zone(template: Template) -> dict[str, dict[str, Any]]:
    """The routes of the route table of each zone's subnets: by destination, the NAT gateway."""
    zone_of = {id: s["Properties"]["AvailabilityZone"] for id, s in resources(template, "AWS::EC2::Subnet").items()}
    tables: dict[str, set[str]] = {zone: set() for zone in zone_of.values()}
    for association in properties(template, "AWS::EC2::SubnetRouteTableAssociation"):
        tables[zone_of[target(association["SubnetId"])]].add(target(association["RouteTableId"]))
    routes: dict[str, dict[str, Any]] = {}
    for zone, ids in tables.items():
        (table,) = ids
        routes[zone] = {
            route["DestinationCidrBlock"]: target(route["NatGatewayId"])
            for route in properties(template, "AWS::EC2::Route")
            if target(route["RouteTableId"]) == table
        }
    return routes


def test_each_zone_has_a_route_to_its_own_gateway() -> None:
    assert routes_by_zone(synthesised()) == {
        "eu-west-1a": {"0.0.0.0/0": "nat-0000000a"},
        "eu-west-1b": {"0.0.0.0/0": "nat-0000000b"},
    }


def test_every_zone_has_a_route_to_the_shared_gateway() -> None:
    template = synthesised({"egress": [{"to": "internet", "nat_gateways": "shared"}]}, nat_gateways={"shared": "nat-1"})
    assert routes_by_zone(template) == {zone: {"0.0.0.0/0": "nat-1"} for zone in GATEWAYS}


def test_without_egress_there_is_no_route_but_each_zone_has_its_table() -> None:
    assert routes_by_zone(synthesised({"egress": []}, nat_gateways={})) == {zone: {} for zone in GATEWAYS}


def test_zones_do_not_share_a_route_table() -> None:
    synthesised({"egress": []}, nat_gateways={}).resource_count_is("AWS::EC2::RouteTable", 2)


@pytest.mark.parametrize(
    ("kind", "public"),
    [("per_zone", {"eu-west-1a": "subnet-a", "eu-west-1b": "subnet-b"}), ("shared", {"shared": "subnet-s"})],
)
def test_a_new_gateway_is_in_its_public_subnet_with_an_address_of_its_own(kind: str, public: Mapping[str, str]) -> None:
    template = synthesised(
        {"egress": [{"to": "internet", "new_nat_gateways": kind}]}, nat_gateways={}, public_subnets=public
    )
    gateways = resources(template, "AWS::EC2::NatGateway")
    for zone, routes in routes_by_zone(template).items():
        gateway = gateways[routes["0.0.0.0/0"]]["Properties"]
        assert gateway["SubnetId"] == public.get(zone, public.get("shared"))
        assert target(gateway["AllocationId"]) in resources(template, "AWS::EC2::EIP")
    assert len({target(gateway["Properties"]["AllocationId"]) for gateway in gateways.values()}) == len(public)


def test_existing_resources_may_be_passed_in_as_cdk_objects() -> None:
    stack = a_stack()
    vpc = ec2.Vpc(stack, "Own", availability_zones=["eu-west-1a", "eu-west-1b"])
    gateway = ec2.CfnNatGateway(stack, "Gateway", subnet_id="subnet-1")
    PodNetwork(
        stack,
        "Pods",
        plan=a_plan({"egress": [{"to": "internet", "nat_gateways": "shared"}]}).pods,
        vpc=vpc,
        nat_gateways={"shared": gateway},
    )
    template = Template.from_stack(stack)
    pods = resources(template, "AWS::EC2::VPCCidrBlock").values()
    assert {target(block["Properties"]["VpcId"]) for block in pods} <= set(resources(template, "AWS::EC2::VPC"))
    assert {
        target(route["NatGatewayId"])
        for id, resource in resources(template, "AWS::EC2::Route").items()
        if id.startswith("Pods") and (route := resource["Properties"])
    } == {stack.get_logical_id(gateway)}


def test_a_new_gateway_waits_for_the_internet_gateway_of_the_same_app() -> None:
    """Neither an address nor a NAT gateway refers to the internet gateway it needs."""
    stack, vpc = own_subnets(availability_zones=["eu-west-1a", "eu-west-1b"])
    public = {subnet.availability_zone: subnet for subnet in vpc.public_subnets}
    plan = a_plan({**BY_TAG, "egress": [{"to": "internet", "new_nat_gateways": "per_zone"}]})
    PodNetwork(stack, "Pods", plan=plan.pods, vpc=vpc, public_subnets=public, node_subnets=vpc.isolated_subnets)
    template = Template.from_stack(stack)
    way = {id for id, route in resources(template, "AWS::EC2::Route").items() if "GatewayId" in route["Properties"]}
    for kind in ("AWS::EC2::EIP", "AWS::EC2::NatGateway"):
        for resource in resources(template, kind).values():
            assert way & set(resource["DependsOn"])


def test_the_route_table_of_each_zone_is_open_to_further_routes() -> None:
    stack = a_stack()
    network = PodNetwork(stack, "Pods", plan=a_plan().pods, vpc=a_vpc(stack), nat_gateways=GATEWAYS)
    for zone, table in network.route_table_ids.items():
        ec2.CfnRoute(stack, f"Peer-{zone}", route_table_id=table, destination_cidr_block="10.60.0.0/16", vpc_peering_connection_id="pcx-1")  # fmt: skip
    template = Template.from_stack(stack)
    peered = {
        target(r["RouteTableId"]) for r in properties(template, "AWS::EC2::Route") if "VpcPeeringConnectionId" in r
    }
    assert peered == set(resources(template, "AWS::EC2::RouteTable"))


def test_a_subnet_waits_for_the_block_it_is_cut_from() -> None:
    template = synthesised({"pods.cidrs": ["100.64.0.0/16", "100.70.0.0/16"]})
    blocks = {id: r["Properties"]["CidrBlock"] for id, r in resources(template, "AWS::EC2::VPCCidrBlock").items()}
    for subnet in resources(template, "AWS::EC2::Subnet").values():
        (waited_for,) = subnet["DependsOn"]
        assert subnet["Properties"]["CidrBlock"].startswith(blocks[waited_for][:6])


def test_an_associated_block_is_not_associated_again() -> None:
    template = synthesised(
        {
            "pods": {
                "cidrs": [{"cidr": "100.64.0.0/16", "associated": True}],
                "subnets": {"eu-west-1a": ["100.64.0.0/20"], "eu-west-1b": ["100.64.16.0/20"]},
            }
        }
    )
    template.resource_count_is("AWS::EC2::VPCCidrBlock", 0)
    template.all_resources("AWS::EC2::Subnet", {"DependsOn": Match.absent()})


def test_existing_pod_subnets_are_passed_on_and_nothing_is_created() -> None:
    ids = {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}
    stack = a_stack()
    network = PodNetwork(stack, "Pods", plan=a_plan({"pods": {"subnet_ids": ids}, "egress": []}).pods, vpc=a_vpc(stack))
    assert {zone: list(subnets) for zone, subnets in network.subnet_ids.items()} == ids
    assert not resources(Template.from_stack(stack))


def test_pod_subnets_are_selected_by_the_tag_of_podspace_only() -> None:
    template = synthesised({"stack.tags": {"team": "net"}})
    for subnet in properties(template, "AWS::EC2::Subnet"):
        tags = tags_of(subnet)
        assert tags["podspace/cluster/net"] == "pods"
        assert tags["kubernetes.io/role/pod"] == "1"
        assert subnet["CidrBlock"] in tags["Name"]
        assert subnet["AvailabilityZone"] in tags["Name"]
        assert tags["aws-cdk:subnet-type"] == "Isolated"
        assert tags["team"] == "net"
        assert not [key for key in tags if "elb" in key]


def test_pod_subnets_hand_out_no_public_address() -> None:
    synthesised().all_resources_properties("AWS::EC2::Subnet", {"MapPublicIpOnLaunch": Match.absent()})


def test_every_taggable_resource_has_the_tags_of_the_config() -> None:
    template = synthesised(
        {"stack.tags": {"team": "net"}, "egress": [{"to": "internet", "new_nat_gateways": "shared"}]},
        nat_gateways={},
        public_subnets={"shared": "subnet-1"},
    )
    for kind in ("Subnet", "RouteTable", "EIP", "NatGateway"):
        tag = Match.array_with([{"Key": "team", "Value": "net"}])
        template.all_resources_properties(f"AWS::EC2::{kind}", {"Tags": tag})


@pytest.mark.parametrize(
    ("passed_in", "message"),
    [
        ({"nat_gateways": {"eu-west-1a": "nat-1"}}, "nat_gateways has nothing for eu-west-1b"),
        (
            {"nat_gateways": {**GATEWAYS, "eu-west-1c": "nat-1"}},
            "nat_gateways has eu-west-1c, which the plan does not use",
        ),
        (
            {"public_subnets": {"shared": "subnet-1"}},
            "public_subnets has shared, which the plan does not use",
        ),
    ],
)
def test_gateways_that_are_not_in_the_plan_are_refused(passed_in: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        synthesised(PER_ZONE, **passed_in)


@pytest.mark.parametrize(
    ("passed_in", "message"),
    [
        ({"vpc": "subnet-1"}, "'subnet-1' is not an AWS id that begins with vpc-"),
        ({"vpc": ""}, "'' is not an AWS id"),
        ({"nat_gateways": dict.fromkeys(GATEWAYS, "eni-1")}, "'eni-1' is not an AWS id that begins with nat-"),
    ],
)
def test_an_id_of_something_else_is_refused(passed_in: dict[str, Any], message: str) -> None:
    stack = a_stack()
    with pytest.raises(ValueError, match=message):
        PodNetwork(
            stack, "Pods", plan=a_plan(PER_ZONE).pods, **({"vpc": "vpc-1", "nat_gateways": GATEWAYS} | passed_in)
        )


def test_a_stack_in_another_region_is_refused() -> None:
    stack = a_stack("us-east-1")
    with pytest.raises(ValueError, match="stack Stack is in us-east-1, but the plan is for eu-west-1a, eu-west-1b"):
        PodNetwork(stack, "Pods", plan=a_plan().pods, vpc="vpc-1", nat_gateways=GATEWAYS)


def test_a_stack_of_any_region_is_taken() -> None:
    stack = Stack(App(), "Stack")
    PodNetwork(stack, "Pods", plan=a_plan().pods, vpc="vpc-1", nat_gateways=GATEWAYS)


def test_a_public_subnet_of_another_zone_is_refused() -> None:
    stack, vpc = own_subnets(availability_zones=["eu-west-1a", "eu-west-1b"])
    first, second = vpc.public_subnets
    plan = a_plan({"egress": [{"to": "internet", "new_nat_gateways": "per_zone"}]}).pods
    with pytest.raises(ValueError, match="is in eu-west-1b: pass a public subnet of eu-west-1a"):
        PodNetwork(stack, "Pods", plan=plan, vpc=vpc, public_subnets={"eu-west-1a": second, "eu-west-1b": first})


def test_the_selector_tag_is_on_node_subnets_and_on_nothing_else() -> None:
    stack, vpc = own_subnets(availability_zones=["eu-west-1a", "eu-west-1b"])
    plan = a_plan(BY_TAG).pods
    PodNetwork(stack, "Pods", plan=plan, vpc=vpc, node_subnets=vpc.isolated_subnets)
    (key,) = plan.node_selector
    tagged = [r for r in resources(Template.from_stack(stack)).values() if tags_of(r["Properties"]).get(key) == "nodes"]
    assert {resource["Type"] for resource in tagged} == {"AWS::EC2::Subnet"}


def own_subnets(**vpc: Any) -> tuple[Stack, ec2.Vpc]:
    stack = Stack(App(), "Stack", env=Environment(region="eu-west-1", account="111122223333"))
    return stack, ec2.Vpc(stack, "Vpc", nat_gateways=0, **vpc)


BY_TAG: Changes = {"vpc.node_subnets": None, "egress": []}


def test_own_node_subnets_get_the_tag_the_node_class_selects() -> None:
    stack, vpc = own_subnets(availability_zones=["eu-west-1a", "eu-west-1b"])
    plan = a_plan(BY_TAG)
    PodNetwork(stack, "Pods", plan=plan.pods, vpc=vpc, node_subnets=vpc.isolated_subnets)
    (term,) = plan.node_classes[0].spec.subnet_selector_terms
    tagged = [
        subnet["CidrBlock"]
        for subnet in properties(Template.from_stack(stack), "AWS::EC2::Subnet")
        if dict(term.tags or {}).items() <= tags_of(subnet).items()
    ]
    assert len(tagged) == 2
    assert all(cidr.startswith("10.") for cidr in tagged)


def test_node_subnets_that_cannot_be_tagged_are_refused() -> None:
    stack = a_stack()
    imported = ec2.Subnet.from_subnet_attributes(stack, "S", subnet_id="subnet-1", availability_zone="eu-west-1a")
    with pytest.raises(ValueError, match="is imported, so CDK cannot tag it"):
        PodNetwork(stack, "Pods", plan=a_plan(BY_TAG).pods, vpc=a_vpc(stack), node_subnets=[imported])


def test_node_subnets_without_a_literal_zone_are_refused() -> None:
    stack = Stack(App(), "Stack")
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0)
    with pytest.raises(ValueError, match="no literal zone: give its stack an explicit region"):
        PodNetwork(stack, "Pods", plan=a_plan(BY_TAG).pods, vpc=vpc, node_subnets=vpc.isolated_subnets)


def test_node_subnets_in_a_zone_without_pods_are_refused() -> None:
    stack, vpc = own_subnets(availability_zones=["eu-west-1c"])
    with pytest.raises(ValueError, match="in eu-west-1c, where there is no pod subnet"):
        PodNetwork(stack, "Pods", plan=a_plan(BY_TAG).pods, vpc=vpc, node_subnets=vpc.isolated_subnets)


def test_node_subnets_are_given_just_where_the_plan_needs_them() -> None:
    stack, vpc = own_subnets(availability_zones=["eu-west-1a"])
    with pytest.raises(ValueError, match="node_subnets is empty"):
        PodNetwork(stack, "A", plan=a_plan(BY_TAG).pods, vpc=vpc)
    with pytest.raises(ValueError, match="node_subnets was given"):
        PodNetwork(stack, "B", plan=a_plan({"egress": []}).pods, vpc=vpc, node_subnets=vpc.isolated_subnets)


def test_an_ipv6_subnet_gives_interfaces_an_ipv6_address() -> None:
    template = synthesised(AN_IPV6_CLUSTER, nat_gateways={})
    assert {s["CidrBlock"]: (s["Ipv6CidrBlock"], s["AssignIpv6AddressOnCreation"]) for s in properties(template, "AWS::EC2::Subnet")} == {
        "10.0.8.0/26": ("2001:db8:1:10::/64", True),
        "10.0.8.64/26": ("2001:db8:1:11::/64", True),
    }  # fmt: skip
    template.all_resources_properties("AWS::EC2::Subnet", {"EnableDns64": Match.absent()})
    template.resource_count_is("AWS::EC2::VPCCidrBlock", 0)
    synthesised().all_resources_properties("AWS::EC2::Subnet", {"Ipv6CidrBlock": Match.absent()})


def test_reservations_are_for_prefixes_and_inside_their_own_subnet() -> None:
    stack = a_stack("us-east-1")
    zones = {"us-east-1a": ["subnet-0000000a"], "us-east-1b": ["subnet-0000000b"]}
    changes = {"environment.region": "us-east-1", "pods.zones": [*zones], "vpc.node_subnets": zones, "egress": []}
    plan = a_plan({**changes, "pods.prefix_reservation": True})
    PodNetwork(stack, "Pods", plan=plan.pods, vpc="vpc-1")
    template = Template.from_stack(stack)
    subnets = {
        id: IPv4Network(s["Properties"]["CidrBlock"]) for id, s in resources(template, "AWS::EC2::Subnet").items()
    }
    reserved = dict.fromkeys(subnets, 0)
    for reservation in properties(template, "AWS::EC2::SubnetCidrReservation"):
        cidr, subnet = IPv4Network(reservation["Cidr"]), target(reservation["SubnetId"])
        assert reservation["ReservationType"] == "prefix"
        assert cidr.subnet_of(subnets[subnet])
        reserved[subnet] += cidr.num_addresses
    assert reserved == {id: cidr.num_addresses * 15 // 16 for id, cidr in subnets.items()}


BY_ID: Changes = {
    "pods.zones": ["euw1-az1", "euw1-az2"],
    "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"], "euw1-az2": ["subnet-0000000b"]},
    "egress": [],
}


def test_zones_by_id_are_ids_in_the_template() -> None:
    template = synthesised(BY_ID, nat_gateways={})
    assert {subnet["AvailabilityZoneId"] for subnet in properties(template, "AWS::EC2::Subnet")} == {
        "euw1-az1",
        "euw1-az2",
    }
    template.all_resources_properties("AWS::EC2::Subnet", {"AvailabilityZone": Match.absent()})
    changes = {**BY_ID, "egress": [{"to": "internet", "regional_nat_gateway": "per_zone"}]}
    given = {f"regional-{zone}": [f"eipalloc-{zone}"] for zone in ("euw1-az1", "euw1-az2")}
    gateway = the(synthesised(changes, nat_gateways={}, allocation_ids=given), "AWS::EC2::NatGateway")
    assert [zone["AvailabilityZoneId"] for zone in gateway["AvailabilityZoneAddresses"]] == ["euw1-az1", "euw1-az2"]


def test_zone_ids_of_another_region_are_refused() -> None:
    with pytest.raises(ValueError, match="stack Stack is in us-east-1, but the plan is for euw1-az1"):
        PodNetwork(a_stack("us-east-1"), "Pods", plan=a_plan(BY_ID).pods, vpc="vpc-1")


def test_the_pod_subnets_of_a_shared_vpc_are_shared_inside_the_organization() -> None:
    half = {
        "vpc.shared_with": ["444455556666"],
        "node_classes": [],
        "node_pools": [],
        "cluster.security_group_id": None,
    }
    template = synthesised(half)
    template.resource_count_is("AWS::RAM::ResourceShare", 1)
    arns = Capture()
    template.has_resource_properties(
        "AWS::RAM::ResourceShare",
        {"Principals": ["444455556666"], "AllowExternalPrincipals": False, "ResourceArns": arns},
    )
    shared = [{part["Ref"] for part in arn["Fn::Join"][1] if isinstance(part, dict)} for arn in arns.as_array()]
    subnets = resources(template, "AWS::EC2::Subnet")
    assert {id for refs in shared for id in refs} >= set(subnets)
    assert len(shared) == len(subnets)
    synthesised().resource_count_is("AWS::RAM::ResourceShare", 0)
