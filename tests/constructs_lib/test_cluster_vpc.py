"""A VPC that is made here: its subnets, its route tables and its way to the internet."""

from __future__ import annotations

from aws_cdk.assertions import Match, Template

from constructs_lib import ClusterVpc
from tests.mother import A_NEW_VPC, Changes, a_plan
from tests.template import a_stack, properties, resources, routes_by_table, tags_of, target, zone_of


def synthesised(changes: Changes | None = None) -> tuple[Template, ClusterVpc]:
    stack = a_stack()
    plan = a_plan({**A_NEW_VPC, **(changes or {})}).vpc
    vpc = ClusterVpc(stack, "Vpc", plan=plan)
    return Template.from_stack(stack), vpc


PRIVATE: Changes = {
    "vpc.create": {"nodes": {"cidrs": ["10.0.8.0/21"], "subnet_prefix": 23}},
    "egress": [],
    "endpoints": {"gateways": ["s3"], "interfaces": {}},
}


def test_nodes_find_names_in_it() -> None:
    template, _ = synthesised()
    template.resource_count_is("AWS::EC2::VPC", 1)
    template.has_resource_properties(
        "AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/20", "EnableDnsHostnames": True, "EnableDnsSupport": True}
    )


def test_public_subnets_route_to_the_internet_gateway_after_it_is_attached() -> None:
    template, _ = synthesised()
    gateway = template.get_resource_id("AWS::EC2::InternetGateway")
    ((attached, attachment),) = resources(template, "AWS::EC2::VPCGatewayAttachment").items()
    assert target(attachment["Properties"]["InternetGatewayId"]) == gateway
    ((route, found),) = resources(template, "AWS::EC2::Route").items()
    assert found["DependsOn"] == [attached]
    ((table, ways),) = routes_by_table(template).items()
    assert ways == {"0.0.0.0/0": ("GatewayId", gateway)}
    public = {target(a["SubnetId"]) for a in properties(template, "AWS::EC2::SubnetRouteTableAssociation") if target(a["RouteTableId"]) == table}  # fmt: skip
    assert public == {
        id
        for id, s in resources(template, "AWS::EC2::Subnet").items()
        if "kubernetes.io/role/elb" in tags_of(s["Properties"])
    }
    assert route


def test_each_zone_of_nodes_has_a_route_table_of_its_own() -> None:
    template, vpc = synthesised()
    subnets = resources(template, "AWS::EC2::Subnet")
    tables: dict[str, set[str]] = {}
    for association in properties(template, "AWS::EC2::SubnetRouteTableAssociation"):
        subnet = subnets[target(association["SubnetId"])]
        if "kubernetes.io/role/internal-elb" in tags_of(subnet["Properties"]):
            tables.setdefault(zone_of(subnet), set()).add(target(association["RouteTableId"]))
    assert set(tables) == {"eu-west-1a", "eu-west-1b"}
    assert len(set.union(*tables.values())) == 2
    assert set(vpc.route_table_ids) == {"nodes-eu-west-1a", "nodes-eu-west-1b"}
    assert set(vpc.node_subnet_ids) == set(vpc.public_subnet_ids) == set(tables)


def test_no_subnet_hands_out_public_addresses() -> None:
    template, _ = synthesised()
    template.all_resources_properties("AWS::EC2::Subnet", {"MapPublicIpOnLaunch": Match.absent()})


def test_a_private_vpc_has_no_internet_gateway() -> None:
    template, vpc = synthesised(PRIVATE)
    template.resource_count_is("AWS::EC2::InternetGateway", 0)
    template.resource_count_is("AWS::EC2::Route", 0)
    assert not vpc.public_subnet_ids


def test_a_regional_nat_gateway_needs_an_internet_gateway_but_no_public_subnet() -> None:
    template, _ = synthesised({**PRIVATE, "egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]})
    assert resources(template, "AWS::EC2::VPCGatewayAttachment")
    template.resource_count_is("AWS::EC2::Route", 0)
