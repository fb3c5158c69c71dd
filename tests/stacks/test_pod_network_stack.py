"""The whole stack of a config file: relations, growth, and what others say about its template."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.planning import NetworkFile, plan_network, read_network_files
from stacks import PodNetworkStack
from tests.mother import ZONES, Changes, a_config, a_file
from tests.template import CONFIGS, Template, a_stack, canonical, tags_of, target, template_of, template_of_file

ALL = pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)


def planned(path: Path) -> NetworkFile:
    (file,) = read_network_files(path)
    return file


@ALL
def test_each_zone_of_every_example_leaves_as_planned(path: Path) -> None:
    """zone -> subnet -> route table -> route -> gateway, in the template as in the plan."""
    file, template = planned(path), template_of_file(path)
    plan = file.plan.pods
    literal = {
        name: id for e in file.config.egress if e.nat_gateways for name, id in (e.nat_gateways.ids or {}).items()
    }
    public = {
        name: id
        for e in file.config.egress
        if e.new_nat_gateways
        for name, id in (e.new_nat_gateways.ids or {}).items()
    }
    gateways = template.of_type("AWS::EC2::NatGateway")
    subnets = template.of_type("AWS::EC2::Subnet")
    assert {(s["Properties"]["AvailabilityZone"], s["Properties"]["CidrBlock"]) for s in subnets.values()} == {
        (subnet.zone, str(subnet.cidr)) for subnet in plan.subnets
    }
    table_of = {
        target(a["SubnetId"]): target(a["RouteTableId"])
        for a in template.properties("AWS::EC2::SubnetRouteTableAssociation")
    }
    assert set(table_of) == set(subnets)
    for id, subnet in subnets.items():
        (table,) = (t for t in plan.route_tables if t.zone == subnet["Properties"]["AvailabilityZone"])
        routes = [r for r in template.properties("AWS::EC2::Route") if target(r["RouteTableId"]) == table_of[id]]
        assert {r["DestinationCidrBlock"] for r in routes} == {str(r.destination) for r in table.routes}
        for route, intended in zip(routes, table.routes, strict=True):
            gateway = target(route["NatGatewayId"])
            if intended.nat_gateway in literal:
                assert gateway == literal[intended.nat_gateway]
            else:
                assert gateways[gateway]["Properties"]["SubnetId"] == public[intended.nat_gateway]


@ALL
def test_the_node_class_of_every_example_selects_exactly_its_own(path: Path) -> None:
    """What a NodeClass selects by tag is in the template, and nothing else of the template matches."""
    file, template = planned(path), template_of_file(path)
    for node_class in file.plan.node_classes:
        spec = node_class.spec
        for terms, kind in (
            (spec.pod_subnet_selector_terms, "AWS::EC2::Subnet"),
            (spec.pod_security_group_selector_terms, "AWS::EC2::SecurityGroup"),
        ):
            for term in terms or ():
                made = template.of_type(kind)
                matches = {
                    id for id, r in made.items() if term.tags and term.tags.items() <= tags_of(r["Properties"]).items()
                }
                assert matches == (set(made) if term.tags else set())
                assert made or term.id


@ALL
def test_outputs_name_what_others_need(path: Path) -> None:
    file, template = planned(path), template_of_file(path)
    outputs = {id: output["Value"] for id, output in template.body["Outputs"].items()}
    subnets = template.of_type("AWS::EC2::Subnet")
    for zone in file.plan.pods.zones:
        value = canonical(outputs["PodSubnetIds" + zone.replace("-", "")])
        mine = [id for id, s in subnets.items() if s["Properties"]["AvailabilityZone"] == zone]
        assert all(id in value for id in mine or file.plan.pods.subnet_ids[zone])
    assert outputs["NodeRoleName"] == file.plan.node_role.name
    assert target(outputs["PodSecurityGroupId"])


@ALL
def test_cdk_nag_finds_nothing_unacknowledged(path: Path) -> None:
    file = planned(path)
    stack = PodNetworkStack(App(), file.plan.name, config=file.config, plan=file.plan)
    assert not AwsSolutionsChecks().validate_scope(stack).violations


@ALL
def test_cfn_lint_finds_no_error(path: Path) -> None:
    file = planned(path)
    body = canonical(template_of(file.config).body)
    found = lint(body, config=ManualArgs(regions=[file.plan.region], ignore_checks=["W3010", "I"]))
    assert not [f"{match.rule.id}: {match.message}" for match in found]


def test_cfn_lint_would_find_an_error() -> None:
    body = template_of(a_config()).body
    next(iter(body["Resources"].values()))["Properties"]["VpcId"] = ["not", "an", "id"]
    assert lint(canonical(body), config=ManualArgs(regions=["eu-west-1"], ignore_checks=["W3010"]))


def test_cdk_nag_would_find_an_unacknowledged_policy() -> None:
    stack = a_stack()
    policy = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEKSWorkerNodeMinimalPolicy")
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[policy])
    assert AwsSolutionsChecks().validate_scope(stack).violations


@ALL
def test_the_same_config_gives_the_same_bytes(path: Path) -> None:
    assert canonical(template_of_file(path).body) == canonical(template_of_file(path).body)


def test_nothing_in_any_example_lets_the_internet_in() -> None:
    for path in CONFIGS:
        text = [canonical(r) for r in template_of_file(path).properties("AWS::EC2::SecurityGroupIngress")]
        assert not [rule for rule in text if "0.0.0.0/0" in rule or "::/0" in rule]


def test_how_the_stack_is_kept_is_said_in_the_config() -> None:
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    config = a_config({"stack": {"name": "mine", "termination_protection": True, "permissions_boundary": boundary}})
    app = App()
    stack = PodNetworkStack(app, "net", config=config, plan=plan_network(config))
    assert (stack.stack_name, stack.termination_protection) == ("mine", True)
    assert Template(stack).the("AWS::IAM::Role")["PermissionsBoundary"] == boundary


def test_a_permissions_boundary_may_be_a_name() -> None:
    template = template_of(a_config({"stack.permissions_boundary": "boundary"}))
    assert ":policy/boundary" in canonical(template.the("AWS::IAM::Role")["PermissionsBoundary"])


def test_the_stack_stands_in_the_account_and_region_of_the_config() -> None:
    config = a_config({"environment.account": "111122223333"})
    stack = PodNetworkStack(App(), "net", config=config, plan=plan_network(config))
    assert (stack.account, stack.region) == ("111122223333", "eu-west-1")
    assert template_of(config).body["Description"] == "Pod network net of EKS cluster cluster, made by podspace"


def test_a_config_without_a_vpc_is_refused() -> None:
    config = a_config({"vpc.id": None})
    with pytest.raises(ValueError, match=r"config\.vpc\.id is missing"):
        PodNetworkStack(App(), "net", config=config, plan=plan_network(config))


def test_without_an_account_the_template_fits_every_account() -> None:
    assert "111122223333" not in canonical(template_of(a_config()).body)


BLOCKS = [f"100.{64 + n}.0.0/16" for n in range(4)]


def grown(zones: int, blocks: int, egress: str) -> Changes:
    ids = {"nat_gateways": "nat-0000000{}", "new_nat_gateways": "subnet-0000010{}"}
    return {
        "pods.cidrs": BLOCKS[:blocks],
        "pods.zones": ZONES[:zones],
        "pods.subnet_prefix": 18,
        "egress": [{"to": "internet", egress: {zone: ids[egress].format(n) for n, zone in enumerate(ZONES[:zones])}}],
    }


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.lists(st.sampled_from(["zone", "block"]), min_size=1, max_size=3),
    st.sampled_from(["nat_gateways", "new_nat_gateways"]),
)
@settings(max_examples=15, deadline=None)
def test_appending_changes_no_resource_that_is_live(start: tuple[int, int], steps: list[str], egress: str) -> None:
    zones, blocks = start
    before = template_of(a_config(grown(zones, blocks, egress))).resources
    for step in steps:
        zones, blocks = min(zones + (step == "zone"), 4), min(blocks + (step == "block"), 4)
        after = template_of(a_config(grown(zones, blocks, egress))).resources
        assert {id: canonical(resource) for id, resource in before.items()} == {
            id: canonical(after.get(id)) for id in before
        }
        before = after


@pytest.mark.parametrize(("zones", "blocks"), [(1, 1), (3, 2), (4, 4)])
def test_moving_to_the_equivalent_map_changes_no_template(zones: int, blocks: int) -> None:
    listed = a_config(grown(zones, blocks, "nat_gateways"))
    template = template_of(listed)
    by_zone: dict[str, list[str]] = {}
    for subnet in template.properties("AWS::EC2::Subnet"):
        by_zone.setdefault(subnet["AvailabilityZone"], []).append(subnet["CidrBlock"])
    data = a_file(grown(zones, blocks, "nat_gateways"))
    data["pods"] = {"cidrs": data["pods"]["cidrs"], "subnets": by_zone}
    assert template_of(type(listed).model_validate(data)).resources == template.resources


def test_removing_a_zone_with_the_map_touches_no_other_zone() -> None:
    def mapped(*zones: int) -> Changes:
        subnets = {ZONES[n]: [f"100.64.{64 * n}.0/18"] for n in zones}
        return {
            "pods": {"cidrs": BLOCKS[:1], "subnets": subnets},
            "egress": [{"to": "internet", "nat_gateways": "nat-00000001"}],
        }

    three, two = template_of(a_config(mapped(0, 1, 2))).resources, template_of(a_config(mapped(0, 2))).resources
    assert two.items() <= three.items()
    assert {resource["Type"] for id, resource in three.items() if id not in two} == {
        "AWS::EC2::Subnet",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Route",
        "AWS::EC2::SubnetRouteTableAssociation",
    }
