"""What a CDK app passes in to a construct: objects of another kind, missing slices of the plan, contradicting ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from constructs_lib import (
    AutoModeCluster,
    ClusterVpc,
    Egress,
    Endpoints,
    FlowLogs,
    NodeRole,
    PodNetwork,
    PodSecurityGroup,
    VpcCniAddOn,
)
from podspace.planning import Plan
from stacks import PodNetworkStack
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import a_stack, properties, routes_by_table

ZONES = ("eu-west-1a", "eu-west-1b")
SUBNETS = {zone: f"subnet-{zone[-1]}" for zone in ZONES}
UNIQUE: Changes = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}

CONSTRUCTS: dict[str, Callable[[Stack, Any], object]] = {
    "ClusterVpc": lambda stack, plan: ClusterVpc(stack, "Id", plan=plan),
    "PodNetwork": lambda stack, plan: PodNetwork(stack, "Id", plan=plan, vpc="vpc-1"),
    "PodSecurityGroup": lambda stack, plan: PodSecurityGroup(stack, "Id", plan=plan, vpc="vpc-1"),
    "NodeRole": lambda stack, plan: NodeRole(stack, "Id", plan=plan),
    "AutoModeCluster": lambda stack, plan: AutoModeCluster(stack, "Id", plan=plan, vpc="vpc-1", node_subnets={}),
    "Endpoints": lambda stack, plan: Endpoints(stack, "Id", plan=plan, vpc="vpc-1"),
    "FlowLogs": lambda stack, plan: FlowLogs(stack, "Id", plan=plan, vpc="vpc-1", pod_subnets={}),
    "VpcCniAddOn": lambda stack, plan: VpcCniAddOn(stack, "Id", plan=plan, pod_subnet_ids={}, security_group_id="sg-1"),
    "PodNetworkStack": lambda stack, plan: PodNetworkStack(stack, "Id", plan=plan),
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize("plan", [None, 1, a_plan().stack, "plan"], ids=["None", "number", "other slice", "text"])
def test_a_missing_or_wrong_slice_of_the_plan_is_named(construct: str, plan: object) -> None:
    stack = a_stack()
    with pytest.raises(
        ValueError, match=r"^plan is .*pass (`plan\.\w+` of a Plan, a \w+Plan|the plan of a config file)"
    ):
        CONSTRUCTS[construct](stack, plan)
    assert not stack.node.children, "nothing is defined before the check"


def test_the_whole_plan_is_no_slice() -> None:
    with pytest.raises(ValueError, match=r"plan is a Plan: pass `plan\.pods` of a Plan, a PodNetworkPlan"):
        CONSTRUCTS["PodNetwork"](a_stack(), a_plan())


def test_constructs_of_what_exists_say_that_there_is_nothing_to_create() -> None:
    with pytest.raises(ValueError, match=r"plan\.vpc is an existing VPC"):
        CONSTRUCTS["ClusterVpc"](a_stack(), a_plan().vpc)
    with pytest.raises(ValueError, match=r"plan\.cluster is the existing cluster cluster"):
        CONSTRUCTS["AutoModeCluster"](a_stack(), a_plan().cluster)


ENTRIES: dict[str, tuple[str, Changes, dict[str, dict[str, Any]]]] = {
    "nat_gateways": ("nat", {"to": "internet", "nat_gateways": "shared"}, {"nat_gateways": {"shared": "nat-1"}}),
    "public_subnets": (
        "subnet",
        {"to": "internet", "new_nat_gateways": "shared"},
        {"public_subnets": {"shared": "subnet-1"}},
    ),
    "routable_subnets": (
        "subnet",
        {"to": "10.128.0.0/9", "private_nat_gateways": "shared"},
        {"routable_subnets": {"private-shared": "subnet-1"}},
    ),
    "transit_gateways": (
        "tgw",
        {"to": "internet", "transit_gateway": "given"},
        {"transit_gateways": {"transit-gateway": "tgw-1"}},
    ),
    "attachment_subnets": (
        "subnet",
        {"to": "internet", "transit_gateway": "tgw-0000000a", "attachment_subnets": "per_zone"},
        {"attachment_subnets": {f"transit-gateway-{zone}": subnet for zone, subnet in SUBNETS.items()}},
    ),
    "allocation_ids": (
        "eipalloc",
        {"to": "internet", "regional_nat_gateway": "per_zone"},
        {"allocation_ids": {f"regional-{zone}": ["eipalloc-1"] for zone in ZONES}},
    ),
}
"""What a CDK app passes in for an entry of the egress section, by keyword, with the prefix of its ids."""


def network_of(entry: Changes, **passed_in: Any) -> Template:
    stack = a_stack()
    PodNetwork(stack, "Pods", plan=a_plan({"egress": [entry], **UNIQUE}).pods, vpc="vpc-1", **passed_in)
    return Template.from_stack(stack)


@pytest.mark.parametrize("keyword", ENTRIES)
def test_what_the_plan_needs_is_taken(keyword: str) -> None:
    _, entry, passed_in = ENTRIES[keyword]
    assert network_of(entry, **passed_in)


@pytest.mark.parametrize("keyword", ENTRIES)
@pytest.mark.parametrize("wrong", ["nothing", "number", "other id", "L1 of another kind", "L2 of another kind"])
def test_an_object_of_another_kind_is_refused(keyword: str, wrong: str) -> None:
    prefix, entry, passed_in = ENTRIES[keyword]
    stack = Stack(App(), "Others")
    objects: dict[str, object] = {
        "nothing": None,
        "number": 1,
        "other id": "vpce-1",
        "L1 of another kind": ec2.CfnInternetGateway(stack, "Gateway"),
        "L2 of another kind": ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1"),
    }
    names = {name: [objects[wrong]] if keyword == "allocation_ids" else objects[wrong] for name in passed_in[keyword]}
    with pytest.raises(ValueError, match=f"begins with {prefix}-"):
        network_of(entry, **{**passed_in, keyword: names})


@pytest.mark.parametrize("wrong", [None, 1, "nat-1", ["nat-1"]])
@pytest.mark.parametrize("keyword", ENTRIES)
def test_a_keyword_takes_a_mapping(keyword: str, wrong: object) -> None:
    _, entry, passed_in = ENTRIES[keyword]
    with pytest.raises(ValueError, match=f"^{keyword} is .*: pass a mapping, by the names that the plan has"):
        network_of(entry, **{**passed_in, keyword: wrong})


@pytest.mark.parametrize("wrong", [[], "eipalloc-1", None])
def test_elastic_ip_addresses_are_a_list(wrong: object) -> None:
    entry = {"to": "internet", "regional_nat_gateway": "per_zone"}
    passed_in = {"allocation_ids": {f"regional-{zone}": wrong for zone in ZONES}}
    with pytest.raises(ValueError, match="is not a list of Elastic IP addresses: pass one or more"):
        network_of(entry, **passed_in)


def test_elastic_ip_addresses_may_be_cdk_objects() -> None:
    stack = a_stack()
    address = ec2.CfnEIP(stack, "Address", domain="vpc")
    plan = a_plan({"egress": [{"to": "internet", "new_nat_gateways": "shared", "allocation_ids": "given"}]}).pods
    inputs: Any = {"public_subnets": {"shared": "subnet-1"}, "allocation_ids": {"shared": [address]}}
    PodNetwork(stack, "Pods", plan=plan, vpc="vpc-1", **inputs)
    (gateway,) = properties(Template.from_stack(stack), "AWS::EC2::NatGateway")
    assert gateway["AllocationId"] == {"Fn::GetAtt": [stack.get_logical_id(address), "AllocationId"]}


@pytest.mark.parametrize("vpc", [None, 1, "subnet-1", ""])
def test_a_vpc_of_another_kind_is_refused(vpc: Any) -> None:
    with pytest.raises(ValueError, match="begins with vpc-"):
        PodNetwork(a_stack(), "Pods", plan=a_plan().pods, vpc=vpc)


def test_a_subnet_is_no_vpc() -> None:
    stack = a_stack()
    subnet: Any = ec2.CfnSubnet(stack, "Subnet", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    with pytest.raises(ValueError, match=r"begins with vpc-.* ec2\.IVpc"):
        PodNetwork(stack, "Pods", plan=a_plan().pods, vpc=subnet)


@pytest.mark.parametrize("subnet", [None, 1, "subnet-1"])
def test_node_subnets_are_objects_that_cdk_can_tag(subnet: Any) -> None:
    plan = a_plan({"vpc.node_subnets": None, "egress": []}).pods
    with pytest.raises(ValueError, match=r"which CDK cannot tag: pass ec2\.ISubnet objects"):
        PodNetwork(a_stack(), "Pods", plan=plan, vpc="vpc-1", node_subnets=[subnet])


@pytest.mark.parametrize(
    ("keyword", "near"), [("nat_gateway", "nat_gateways"), ("publicsubnets", "public_subnets"), ("zzz", "")]
)
def test_an_unknown_keyword_is_a_type_error_that_names_the_nearest(keyword: str, near: str) -> None:
    passed_in: Any = {keyword: {}}
    message = f"{keyword} is not a keyword of this construct: " + (
        f"did you mean {near}" if near else "they are nat_gateways, "
    )
    for construct in (
        lambda: PodNetwork(a_stack(), "Pods", plan=a_plan().pods, vpc="vpc-1", **passed_in),
        lambda: Egress(a_stack(), "Egress", plan=a_plan().pods.gateways, vpc="vpc-1", **passed_in),
    ):
        with pytest.raises(TypeError, match=message):
            construct()


@pytest.mark.parametrize("construct", [ClusterVpc, PodSecurityGroup, NodeRole, Endpoints, FlowLogs, VpcCniAddOn])
def test_every_construct_refuses_an_unknown_keyword(construct: Any) -> None:
    with pytest.raises(TypeError):
        construct(a_stack(), "Id", plan=None, vpc="vpc-1", unknown=1)


NAMED: dict[str, tuple[Changes, dict[str, Any], dict[str, Any], str]] = {
    "a NAT gateway": (
        {"to": "internet", "nat_gateways": dict(zip(ZONES, ("nat-0000000a", "nat-0000000b"), strict=True))},
        {"nat_gateways": {"eu-west-1a": "nat-0000000a"}},
        {"nat_gateways": {"eu-west-1a": "nat-1"}},
        r"nat_gateways\['eu-west-1a'\] is nat-1, but the config has nat-0000000a",
    ),
    "a public subnet": (
        {"to": "internet", "new_nat_gateways": "subnet-0000001a"},
        {"public_subnets": {"shared": "subnet-0000001a"}},
        {"public_subnets": {"shared": "subnet-1"}},
        r"public_subnets\['shared'\] is subnet-1, but the config has subnet-0000001a",
    ),
    "a routable subnet": (
        {"to": "10.128.0.0/9", "private_nat_gateways": "subnet-0000001a"},
        {"routable_subnets": {"private-shared": "subnet-0000001a"}},
        {"routable_subnets": {"private-shared": "subnet-1"}},
        "is subnet-1, but the config has subnet-0000001a",
    ),
    "Elastic IP addresses": (
        {
            "to": "internet",
            "new_nat_gateways": "subnet-0000001a",
            "allocation_ids": {"shared": ["eipalloc-0000000a", "eipalloc-0000000b"]},
        },
        {"allocation_ids": {"shared": ["eipalloc-0000000a", "eipalloc-0000000b"]}},
        {"allocation_ids": {"shared": ["eipalloc-0000000a"]}},
        "is eipalloc-0000000a, but the config has eipalloc-0000000a, eipalloc-0000000b",
    ),
    "a transit gateway": (
        {"to": "internet", "transit_gateway": "tgw-0000000a"},
        {"transit_gateways": {"transit-gateway": "tgw-0000000a"}},
        {"transit_gateways": {"transit-gateway": "tgw-1"}},
        "is tgw-1, but the config has tgw-0000000a",
    ),
    "a route table": (
        {"to": "internet", "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]},
        {"route_tables": {"rtb-0000000a": "rtb-0000000a"}},
        {"route_tables": {"rtb-0000000a": "rtb-1"}},
        "is rtb-1, but the config has rtb-0000000a",
    ),
}


@pytest.mark.parametrize(("entry", "same", "other", "message"), NAMED.values(), ids=NAMED)
def test_what_the_config_names_by_id_need_not_be_passed_in(
    entry: Changes, same: dict[str, Any], other: dict[str, Any], message: str
) -> None:
    """What is passed in must be what the config names."""
    assert network_of(entry).to_json() == network_of(entry, **same).to_json()
    with pytest.raises(ValueError, match=message):
        network_of(entry, **other)


def test_an_object_may_replace_an_id_of_the_config() -> None:
    """Its id is a token, which cannot be compared."""
    stack = a_stack()
    gateway = ec2.CfnNatGateway(stack, "Gateway", subnet_id="subnet-1")
    plan = a_plan({"egress": [{"to": "internet", "nat_gateways": "nat-0000000a"}]}).pods
    PodNetwork(stack, "Pods", plan=plan, vpc="vpc-1", nat_gateways={"shared": gateway})
    targets = {target for table in routes_by_table(Template.from_stack(stack)).values() for target in table.values()}
    assert targets == {("NatGatewayId", stack.get_logical_id(gateway))}


def test_an_egress_only_gateway_that_contradicts_the_config_is_refused() -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "eigw-0000000a"}]}
    plan = a_plan(changes).pods
    PodNetwork(a_stack(), "Pods", plan=plan, vpc="vpc-1")
    other = {"egress-only-gateway": "eigw-1"}
    with pytest.raises(ValueError, match="is eigw-1, but the config has eigw-0000000a"):
        PodNetwork(a_stack(), "Pods", plan=plan, vpc="vpc-1", egress_only_gateways=other)


def test_gateways_of_a_new_vpc_take_its_subnets_from_the_cluster_vpc() -> None:
    plan: Plan = a_plan({**A_NEW_VPC, **A_NEW_CLUSTER})
    stack = a_stack()
    PodNetwork(stack, "Pods", plan=plan.pods, vpc=ClusterVpc(stack, "Vpc", plan=plan.vpc))
    Template.from_stack(stack).resource_count_is("AWS::EC2::NatGateway", 2)
    with pytest.raises(ValueError, match="has nothing for "):
        PodNetwork(a_stack(), "Pods", plan=plan.pods, vpc="vpc-1")


@pytest.mark.parametrize("wrong", [None, 1, ["subnet-1"]])
def test_subnets_by_zone_are_a_mapping(wrong: Any) -> None:
    plan = a_plan({**A_NEW_CLUSTER, "flow_logs": {}, "vpc_cni": {}})
    assert plan.flow_logs
    assert plan.vpc_cni
    with pytest.raises(ValueError, match="node_subnets is not a mapping"):
        AutoModeCluster(a_stack(), "Id", plan=plan.cluster, vpc="vpc-1", node_subnets=wrong)
    with pytest.raises(ValueError, match=r"pod_subnets is .*: pass a mapping"):
        FlowLogs(a_stack(), "Id", plan=plan.flow_logs, vpc="vpc-1", pod_subnets=wrong)
    with pytest.raises(ValueError, match=r"pod_subnet_ids is .*: pass a mapping"):
        VpcCniAddOn(a_stack(), "Id", plan=plan.vpc_cni, pod_subnet_ids=wrong, security_group_id="sg-1")
