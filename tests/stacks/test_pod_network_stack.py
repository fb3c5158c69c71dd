"""The whole stack of a config file: relations, growth, and what others say about its template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml
from aws_cdk import App
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks

from k8s import PodNetworkChart, manifests_of
from podspace.formats.manifest_files import Manifest
from podspace.planning import (
    Created,
    Existing,
    NetworkFile,
    Origin,
    Plan,
    manifests,
    plan_network,
    read_network_files,
)
from podspace.planning.egress.nat_gateway import NatGateway
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway
from podspace.planning.files.network_file import network_files_of
from podspace.planning.inventory import logical_id
from podspace.planning.origin import id_of
from stacks import PodNetworkStack
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, a_config, a_plan
from tests.template import (
    CONFIGS,
    REPOSITORY,
    a_stack,
    an_app,
    canonical,
    properties,
    resources,
    routes_by_table,
    stack_of_plan,
    tags_of,
    target,
    template_of,
    template_of_file,
    the,
    zone_of,
)
from tools.identities import properties_of

ALL = pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)


@cache
def planned(path: Path) -> NetworkFile:
    (file,) = read_network_files(path)
    return file


@ALL
def test_each_zone_of_every_example_has_the_planned_routes(path: Path) -> None:
    """zone -> subnet -> route table -> route -> target, in the template as in the plan."""
    file, template = planned(path), template_of_file(path)
    plan = file.plan.pods
    subnets = resources(template, "AWS::EC2::Subnet")
    pods = {id: s for id, s in subnets.items() if s["Properties"]["CidrBlock"] in {str(c.cidr) for c in plan.subnets}}
    assert {(zone_of(s), s["Properties"]["CidrBlock"]) for s in pods.values()} == {
        (subnet.zone, str(subnet.cidr)) for subnet in plan.subnets
    }
    associations = properties(template, "AWS::EC2::SubnetRouteTableAssociation")
    table_of = {target(a["SubnetId"]): target(a["RouteTableId"]) for a in associations}
    assert set(table_of) == set(subnets)
    tables = {zone_of(s): table_of[id] for id, s in pods.items()}
    assert len(set(tables.values())) == len(tables), "zones do not share a route table"
    assert all(table_of[id] == tables[zone_of(s)] for id, s in pods.items())
    nodes = {id: s for id, s in subnets.items() if "kubernetes.io/role/internal-elb" in tags_of(s["Properties"])}
    tables |= {f"nodes-{zone_of(s)}": table_of[id] for id, s in nodes.items()}
    made: dict[str, dict[str, tuple[str, Any]]] = {key: {} for key in table_of.values()} | routes_by_table(template)
    public = {table_of[id] for id in subnets if id not in pods and id not in nodes}
    intended = {
        tables.get(table.name, table.name): {
            r.destination: expected(file.plan, template, r.gateway) for r in table.routes
        }
        for table in plan.route_tables
    }
    assert {table: routes for table, routes in made.items() if table not in public} == intended
    for table in public:
        ((to, (kind, gateway)),) = made[table].items()
        assert (to, kind) == ("0.0.0.0/0", "GatewayId")
        assert gateway in resources(template, "AWS::EC2::InternetGateway")


TARGETS = {
    "firewall_endpoint": "VpcEndpointId",
    "transit_gateway": "TransitGatewayId",
    "core_network": "CoreNetworkArn",
    "virtual_private_gateway": "GatewayId",
    "vpc_peering_connection": "VpcPeeringConnectionId",
}
"""The property of a route to each kind of gateway that always exists."""


def expected(plan: Plan, template: Template, name: str) -> tuple[str, str]:
    """The property and the target of a route to a gateway of the plan."""
    gateway = plan.pods.gateway(name)
    if gateway.kind in TARGETS:
        return TARGETS[gateway.kind], id_of(gateway.origin)
    if gateway.kind == "appliance":
        id = id_of(gateway.origin)
        return {"eni": "NetworkInterfaceId", "i": "InstanceId"}[id.partition("-")[0]], id
    if gateway.kind == "egress_only_gateway":
        return "EgressOnlyInternetGatewayId", template.get_resource_id("AWS::EC2::EgressOnlyInternetGateway")
    if not gateway.new:
        return "NatGatewayId", id_of(gateway.origin)
    ((id, made),) = (
        (id, r["Properties"])
        for id, r in resources(template, "AWS::EC2::NatGateway").items()
        if tags_of(r["Properties"])["Name"].endswith(f"-{name}")
    )
    if gateway.kind == "regional_nat_gateway":
        assert made["AvailabilityMode"] == "regional"
        return "NatGatewayId", id
    assert isinstance(gateway, NatGateway | PrivateNatGateway)
    assert (made.get("ConnectivityType") == "private") == isinstance(gateway, PrivateNatGateway)
    assert gateway.subnet == subnet_of(template, made["SubnetId"])
    if isinstance(gateway.subnet, Created):
        subnet = resources(template, "AWS::EC2::Subnet")[target(made["SubnetId"])]
        assert zone_of(subnet) == (gateway.zone or plan.pods.zones[0])
    return "NatGatewayId", id


def subnet_of(template: Template, value: Any) -> Origin:
    """A subnet of the template by its CIDR, or an existing one by its id."""
    if subnet := resources(template, "AWS::EC2::Subnet").get(target(value)):
        return Created(subnet["Properties"]["CidrBlock"])
    return Existing(value)


@ALL
def test_every_route_to_a_transit_gateway_waits_for_the_attachment_that_is_made(path: Path) -> None:
    template = template_of_file(path)
    attachments = {
        a["Properties"]["TransitGatewayId"]: id
        for id, a in resources(template, "AWS::EC2::TransitGatewayAttachment").items()
    }
    for route in resources(template, "AWS::EC2::Route").values():
        gateway = route["Properties"].get("TransitGatewayId")
        if gateway in attachments:
            assert attachments[gateway] in route["DependsOn"]


@ALL
def test_the_node_class_of_every_example_selects_exactly_its_own(path: Path) -> None:
    """What a NodeClass selects by tag is in the template, and nothing else of the template matches."""
    file, template = planned(path), template_of_file(path)
    pods = {str(subnet.cidr) for subnet in file.plan.pods.subnets}
    new = file.plan.vpc.new
    nodes = {str(s.cidr) for s in new.subnets if s.role == "nodes"} if new else set()
    dedicated = {file.plan.pod_group.description} if file.plan.pod_group.kind == "dedicated" else set()
    for node_class in file.plan.node_classes:
        spec = node_class.spec
        for terms, kind, key, own in (
            (spec.pod_subnet_selector_terms, "AWS::EC2::Subnet", "CidrBlock", pods),
            (spec.subnet_selector_terms, "AWS::EC2::Subnet", "CidrBlock", nodes),
            (spec.pod_security_group_selector_terms, "AWS::EC2::SecurityGroup", "GroupDescription", dedicated),
        ):
            for term in terms or ():
                matches = {
                    resource[key]
                    for resource in properties(template, kind)
                    if term.tags and term.tags.items() <= tags_of(resource).items()
                }
                assert matches == (own if term.tags else set())
                assert matches or term.id


@ALL
def test_outputs_name_what_others_need(path: Path) -> None:
    file, template = planned(path), template_of_file(path)
    outputs = {id: output["Value"] for id, output in template.find_outputs("*").items()}
    subnets = resources(template, "AWS::EC2::Subnet")
    cidrs = {str(subnet.cidr) for subnet in file.plan.pods.subnets}
    for zone in file.plan.pods.zones:
        value = canonical(outputs["PodSubnetIds" + zone.replace("-", "")])
        mine = [id for id, s in subnets.items() if zone_of(s) == zone and s["Properties"]["CidrBlock"] in cidrs]
        assert all(id in value for id in mine or file.plan.pods.subnet_ids[zone])
    if file.plan.network_half:
        assert not {"NodeRoleName", "PodSecurityGroupId"} & set(outputs)
    else:
        assert outputs["NodeRoleName"] == file.plan.node_role.name
        assert target(outputs["PodSecurityGroupId"])


@ALL
def test_cdk_nag_finds_nothing_unacknowledged(path: Path) -> None:
    assert not AwsSolutionsChecks().validate_scope(stack_of_plan(planned(path).plan)).violations


def test_cdk_nag_would_find_an_unacknowledged_policy() -> None:
    stack = a_stack()
    policy = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEKSWorkerNodeMinimalPolicy")
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[policy])
    assert AwsSolutionsChecks().validate_scope(stack).violations


@ALL
def test_the_same_config_gives_the_same_bytes(path: Path) -> None:
    assert canonical(Template.from_stack(stack_of_plan(planned(path).plan)).to_json()) == canonical(
        template_of_file(path).to_json()
    )


def test_no_example_admits_the_internet() -> None:
    for path in CONFIGS:
        text = [canonical(r) for r in properties(template_of_file(path), "AWS::EC2::SecurityGroupIngress")]
        assert not [rule for rule in text if "0.0.0.0/0" in rule or "::/0" in rule]


def test_the_config_names_and_protects_the_stack() -> None:
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    config = a_config({"stack": {"name": "mine", "termination_protection": True, "permissions_boundary": boundary}})
    app = App()
    stack = PodNetworkStack(app, "net", plan=plan_network(config))
    assert (stack.stack_name, stack.termination_protection) == ("mine", True)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::IAM::Role", 1)
    template.has_resource_properties("AWS::IAM::Role", {"PermissionsBoundary": boundary})


def test_a_permissions_boundary_may_be_a_name() -> None:
    template = template_of(a_config({"stack.permissions_boundary": "boundary"}))
    assert ":policy/boundary" in canonical(the(template, "AWS::IAM::Role")["PermissionsBoundary"])


def test_the_stack_is_in_the_account_and_region_of_the_config() -> None:
    config = a_config({"environment.account": "111122223333"})
    stack = PodNetworkStack(App(), "net", plan=plan_network(config))
    assert (stack.account, stack.region) == ("111122223333", "eu-west-1")
    template_of(config).template_matches({"Description": "Pod network net of EKS cluster cluster, made by podspace"})


def test_the_deployment_applies_the_manifests_of_the_plan_unless_others_are_passed_in() -> None:
    plan = a_plan({"apply": True})
    own: Manifest = {**manifests(plan)[0], "metadata": {"name": "own"}}
    cases: list[tuple[Sequence[Manifest] | None, Sequence[Manifest]]]
    cases = [(None, manifests(plan)), ([own], [own]), ([], [])]
    for passed_in, applied in cases:
        template = Template.from_stack(PodNetworkStack(an_app(), "net", plan=plan, manifests=passed_in))
        found = properties(template, "Custom::AWSCDK-EKS-KubernetesResource")
        objects = [json.loads(resource["Manifest"])[0] for resource in found]
        assert sorted(map(canonical, objects)) == sorted(map(canonical, applied))


def test_a_config_without_a_vpc_is_refused() -> None:
    config = a_config({"vpc.id": None})
    with pytest.raises(ValueError, match=r"config\.vpc\.id is missing"):
        PodNetworkStack(App(), "net", plan=plan_network(config))


def test_without_an_account_the_template_fits_every_account() -> None:
    assert "111122223333" not in canonical(template_of(a_config()).to_json())


@ALL
def test_each_access_entry_is_for_another_principal_and_depends_on_a_new_cluster(path: Path) -> None:
    file, template = planned(path), template_of_file(path)
    entries = resources(template, "AWS::EKS::AccessEntry")
    principals = [canonical(entry["Properties"]["PrincipalArn"]) for entry in entries.values()]
    assert len(set(principals)) == len(principals)
    nodes = [entry for entry in entries.values() if entry["Properties"]["Type"] == "EC2"]
    assert len(nodes) == (file.plan.node_role.access_entry and not file.plan.network_half)
    for entry in entries.values():
        assert set(resources(template, "AWS::EKS::Cluster")) <= set(entry.get("DependsOn", ()))
    (compute,) = [c["ComputeConfig"] for c in properties(template, "AWS::EKS::Cluster")] or [{}]
    if "NodeRoleArn" in compute:
        assert not nodes, "EKS makes the entry of the role that the built-in pools have"
        assert target(compute["NodeRoleArn"]) in resources(template, "AWS::IAM::Role")


@ALL
def test_manifests_are_applied_by_the_deployment_only_on_request(path: Path) -> None:
    file, template = planned(path), template_of_file(path)
    made = resources(template, "Custom::AWSCDK-EKS-KubernetesResource")
    objects = [json.loads(resource["Properties"]["Manifest"])[0] for resource in made.values()]
    chart = manifests_of(PodNetworkChart(cdk8s.App(), file.plan.name, plan=file.plan)) if file.plan.apply else []
    assert sorted(map(canonical, objects)) == sorted(map(canonical, chart))
    for resource, manifest in zip(made.values(), objects, strict=True):
        if manifest["kind"] == "NodeClass":
            assert needed_by_node_classes(template) <= set(resource["DependsOn"])


def needed_by_node_classes(template: Template) -> set[str]:
    """What a NodeClass selects or names, and the routes its pods need."""
    of_ec2 = (
        "VPCEndpoint",
        "Subnet",
        "SecurityGroup",
        "SecurityGroupIngress",
        "Route",
        "SubnetRouteTableAssociation",
        "VPCCidrBlock",
    )
    kinds = (*(f"AWS::EC2::{kind}" for kind in of_ec2), "AWS::EKS::Cluster")
    role = {id for id, r in resources(template, "AWS::IAM::Role").items() if "ec2.amazonaws.com" in canonical(r)}
    return role | {id for kind in kinds for id in resources(template, kind)}


@ALL
def test_gateway_endpoints_are_associated_with_every_pod_route_table(path: Path) -> None:
    template = template_of_file(path)
    pods = {logical_id(table.path) for table in planned(path).plan.pods.route_tables if table.of == "pods"}
    for endpoint in properties(template, "AWS::EC2::VPCEndpoint"):
        if endpoint["VpcEndpointType"] == "Gateway":
            assert pods <= {target(table) for table in endpoint["RouteTableIds"]}


@ALL
def test_flow_logs_record_what_the_config_says(path: Path) -> None:
    file, template = planned(path), template_of_file(path)
    asked = file.plan.flow_logs
    recorded = {target(log["ResourceId"]) for log in properties(template, "AWS::EC2::FlowLog")}
    cidrs = {str(subnet.cidr) for subnet in file.plan.pods.subnets}
    pods = {id for id, s in resources(template, "AWS::EC2::Subnet").items() if s["Properties"]["CidrBlock"] in cidrs}
    vpc = set(resources(template, "AWS::EC2::VPC")) or {file.plan.vpc.id}
    assert recorded == (set() if asked is None else vpc if asked.of == "vpc" else pods)


def test_nodes_of_a_new_private_vpc_reach_the_services_by_gateway_endpoints_too() -> None:
    template = template_of_file(REPOSITORY / "config" / "new-private-vpc.yaml")
    (gateway,) = (e for e in properties(template, "AWS::EC2::VPCEndpoint") if e["VpcEndpointType"] == "Gateway")
    assert {target(table) for table in gateway["RouteTableIds"]} == set(resources(template, "AWS::EC2::RouteTable"))


def test_network_and_cluster_account_of_a_shared_vpc_create_nothing_twice() -> None:
    network, cluster = (
        template_of_file(REPOSITORY / "config" / f"shared-vpc-{half}.yaml") for half in ("network", "cluster")
    )
    for kind in ("VPCCidrBlock", "Subnet", "RouteTable", "Route", "FlowLog"):
        cluster.resource_count_is(f"AWS::EC2::{kind}", 0)
    for kind in ("AWS::EKS::AccessEntry", "AWS::EC2::SecurityGroup"):
        network.resource_count_is(kind, 0)
    network.resource_properties_count_is("AWS::IAM::Role", {"RoleName": Match.any_value()}, 0)  # no node role
    network.resource_count_is("AWS::EC2::SecurityGroupIngress", 1)
    network.has_resource_properties("AWS::EC2::SecurityGroupIngress", {"CidrIp": "100.64.0.0/16"})


def depends(template: Template, kind: str) -> list[set[str]]:
    return [set(resource.get("DependsOn", ())) for resource in resources(template, kind).values()]


def test_public_gateways_of_a_new_vpc_wait_for_its_way_to_the_internet() -> None:
    template = template_of_file(REPOSITORY / "config" / "new-vpc.yaml")
    attachment = template.get_resource_id("AWS::EC2::VPCGatewayAttachment")
    route = template.get_resource_id("AWS::EC2::Route", {"Properties": {"GatewayId": Match.any_value()}})
    for needed in (*depends(template, "AWS::EC2::EIP"), *depends(template, "AWS::EC2::NatGateway")):
        assert {attachment, route} <= needed
    way = [{"to": "internet", "regional_nat_gateway": "automatic"}]
    regional = template_of(a_config({**A_NEW_VPC, **A_NEW_CLUSTER, "vpc.create.public": None, "egress": way}))
    attachment = regional.get_resource_id("AWS::EC2::VPCGatewayAttachment")
    assert depends(regional, "AWS::EC2::NatGateway") == [{attachment}]


def test_an_existing_egress_only_gateway_is_the_target_of_routes() -> None:
    way = [{"to": "internet", "egress_only_gateway": "eigw-0000000a"}]
    template = template_of(a_config({**AN_IPV6_CLUSTER, "egress": way}))
    template.resource_count_is("AWS::EC2::Route", 2)
    template.all_resources_properties("AWS::EC2::Route", {"EgressOnlyInternetGatewayId": "eigw-0000000a"})


def test_interface_endpoints_are_in_the_planned_subnets() -> None:
    file = planned(REPOSITORY / "config" / "private-cluster.yaml")
    assert file.plan.endpoints
    asked = [id_of(subnet) for subnet in file.plan.endpoints.subnets.values()]
    assert asked == ["subnet-0a20000000000008a", "subnet-0b20000000000008a"]
    for endpoint in properties(template_of_file(file.path), "AWS::EC2::VPCEndpoint"):
        if endpoint["VpcEndpointType"] == "Interface":
            assert endpoint["SubnetIds"] == asked
    others = template_of_file(REPOSITORY / "config" / "new-private-vpc.yaml")
    nodes = {
        id for id, s in resources(others, "AWS::EC2::Subnet").items() if "nodes" in tags_of(s["Properties"])["Name"]
    }
    (made, *_) = [e for e in properties(others, "AWS::EC2::VPCEndpoint") if e["VpcEndpointType"] == "Interface"]
    assert {target(id) for id in made["SubnetIds"]} == nodes


def test_the_functions_that_apply_are_in_one_node_subnet_of_each_zone() -> None:
    nodes = {"eu-west-1a": ["subnet-0000000a", "subnet-0000001a"], "eu-west-1b": ["subnet-0000000b"]}
    template = template_of(a_config({"apply": True, "vpc.node_subnets": nodes}))
    subnets = {"SubnetIds": ["subnet-0000000a", "subnet-0000000b"]}
    template.all_resources_properties("AWS::Lambda::Function", {"VpcConfig": subnets})


def test_what_applies_manifests_in_a_private_vpc_waits_for_the_endpoints_it_needs() -> None:
    services = ["ec2", "ecr.api", "ecr.dkr", "eks", "lambda", "sts"]
    endpoints = {"gateways": ["s3"], "interfaces": {"services": services}}
    changes = {**A_NEW_VPC, **A_NEW_CLUSTER, "egress": [], "endpoints": endpoints, "apply": True}
    template = template_of(a_config(changes))
    needed = set(resources(template, "AWS::EC2::VPCEndpoint")) | set(
        resources(template, "AWS::EC2::SecurityGroupIngress")
    )
    for resource in resources(template, "Custom::AWSCDK-EKS-KubernetesResource").values():
        if "NodeClass" in canonical(resource["Properties"]["Manifest"].partition(",")[2][:40]):
            assert needed <= set(resource["DependsOn"])


def test_outputs_have_the_id_of_a_new_vpc() -> None:
    template = template_of_file(REPOSITORY / "config" / "new-vpc.yaml")
    outputs = {id: output["Value"] for id, output in template.find_outputs("*").items()}
    assert target(outputs["VpcId"]) in resources(template, "AWS::EC2::VPC")
    subnets = resources(template, "AWS::EC2::Subnet")
    for zone in ("eu-west-1a", "eu-west-1b", "eu-west-1c"):
        subnet = subnets[target(outputs["NodeSubnetIds" + zone.replace("-", "")])]
        assert zone_of(subnet) == zone
        assert "kubernetes.io/role/internal-elb" in tags_of(subnet["Properties"])


OF_CDK = ("Manifests", "ClusterControlPlane", "ClusterKubectl", "PodNetworkShare")
"""What has the stack's tags from CloudFormation."""


@ALL
def test_every_taggable_resource_has_the_tags_of_the_config(path: Path) -> None:
    data = yaml.safe_load(path.read_text())
    tagged = {**data, "stack": {**data.get("stack", {}), "tags": {"owner": "net"}}}
    (file,) = network_files_of({path: yaml.safe_dump(tagged)})
    stack = stack_of_plan(file.plan)
    assert stack.tags.tag_values() == {"owner": "net"}
    for id, resource in resources(Template.from_stack(stack)).items():
        schema = {} if resource["Type"].startswith("Custom::") else properties_of(resource["Type"])
        if "Tags" in schema and not id.startswith(OF_CDK):
            assert tags_of(resource["Properties"]).get("owner") == "net", id


def test_public_and_node_subnets_are_known_to_a_later_lookup() -> None:
    template = template_of_file(REPOSITORY / "config" / "new-vpc.yaml")
    found = {
        (tags["aws-cdk:subnet-name"], tags["aws-cdk:subnet-type"])
        for tags in map(tags_of, properties(template, "AWS::EC2::Subnet"))
    }
    assert found == {("public", "Public"), ("nodes", "Private"), ("pods", "Isolated")}
