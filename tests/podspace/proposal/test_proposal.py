"""The config that is proposed for an existing VPC and cluster."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.cidr import SHARED_SPACE, association_problems, route_problems
from podspace.diagnostic import InputError
from podspace.live.aws import call
from podspace.live.failure import LiveError
from podspace.planning import NetworkFile, read_network_files
from podspace.planning.names import selector
from podspace.preflight import preflight
from podspace.proposal import Proposal, Request, propose, request, write_config
from tests.canned_account import (
    ATTACHED,
    GROUP,
    NODES,
    PUBLIC,
    VPC,
    Answers,
    CannedAccount,
    a_block,
    a_cluster,
    a_group,
    a_nat_gateway,
    a_peering,
    a_sound_account,
    a_subnet,
    a_table,
    a_vpc,
    denied,
    to_internet,
)

PEERING = a_peering("100.64.0.0/16")
OURS = selector(cluster="cluster", network="pods", part="pods")


def asked(**changes: Any) -> Request:
    usual: dict[str, Any] = {
        "cluster": "cluster",
        "network": "pods",
        "vpc_id": None,
        "pod_cidrs": (),
        "node_subnets": (),
    }
    return request(**{**usual, **changes})


def proposed(answers: Answers | None = None, **changes: Any) -> Proposal:
    return propose(a_sound_account(answers), asked(**changes))


def planned(proposal: Proposal, folder: Path) -> NetworkFile:
    write_config(folder / "config.yaml", proposal, overwrite=True)
    (file,) = read_network_files(folder / "config.yaml")
    return file


def section(proposal: Proposal, name: str) -> Any:
    assert isinstance(proposal.data, dict)
    return proposal.data[name]


SHAPES: dict[str, Answers] = {
    "a NAT gateway in each zone": {},
    "one NAT gateway": {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa")]},
    "a regional NAT gateway": {"DescribeNatGateways": [a_nat_gateway("nat-0000000c", "", AvailabilityMode="regional")]},
    "no NAT gateway": {"DescribeNatGateways": []},
    "a peer with the first block": {"DescribeVpcPeeringConnections": [PEERING]},
    "an unused block": {"DescribeVpcs": [a_vpc(a_block("100.70.0.0/18"))]},
    "a used block": {"DescribeVpcs": [a_vpc(a_block("100.64.0.0/16"))], "DescribeSubnets": [*NODES, *PUBLIC, a_subnet("subnet-1", "a", "100.64.0.0/24")]},
    "routes": {"DescribeRouteTables": [a_table("rtb-0000000f", routes=[to_internet("igw-0000000a"), {"DestinationCidrBlock": "100.64.0.0/16", "TransitGatewayId": "tgw-1"}, {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1"}], main=True)]},
    "a transit gateway with all of it": {"DescribeTransitGatewayAttachments": [ATTACHED], "SearchTransitGatewayRoutes": [{"DestinationCidrBlock": "100.64.0.0/10", "TransitGatewayAttachments": [{"ResourceId": "vpc-2"}]}]},
    "raised quotas": {"GetServiceQuota": lambda asked: [{"Value": 20.0 if asked["QuotaCode"] == "L-83CA0A9D" else 300.0}]},
    "endpoints": {"DescribeVpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.sts", "State": "available", "Groups": [{"GroupId": "sg-0000000e"}]}, {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available"}], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e", cidrs=("10.0.0.0/20",))]},
    "public node subnets": {"DescribeRouteTables": [a_table("rtb-0000000f", routes=[to_internet("igw-0000000a")], main=True)]},
    "managed node groups": {"ListNodegroups": [{"Name": "blue"}], "ListAddons": [{"Name": "vpc-cni"}], "DescribeFlowLogs": [{"FlowLogId": "fl-1", "ResourceId": VPC}]},
}  # fmt: skip


@pytest.mark.parametrize("answers", SHAPES.values(), ids=SHAPES)
def test_preflight_has_no_error_with_a_proposed_config(answers: Answers, tmp_path: Path) -> None:
    proposal = proposed(answers)
    file = planned(proposal, tmp_path)
    found = list(preflight(file.plan, a_sound_account(answers)))
    assert [diagnostic for diagnostic in found if diagnostic.severity in {"error", "unknown"}] == []
    assert not proposal.unread


def test_what_pods_admit_is_stated(tmp_path: Path) -> None:
    """So that no later version changes it by another default."""
    proposal = proposed()
    assert section(proposal, "pods")["security_group"] == {"kind": "dedicated", "ingress": []}
    assert section(proposal, "cluster")["host_network_ports"] == []
    assert not planned(proposal, tmp_path).plan.pod_group.former_defaults


def test_the_first_cidr_block_of_shared_space_is_chosen_if_it_is_free() -> None:
    assert section(proposed(), "pods")["cidrs"] == ["100.64.0.0/16"]


@pytest.mark.parametrize(
    ("shape", "blocks", "why"),
    [
        ("a peer with the first block", ["100.65.0.0/16"], "100.64.0.0/16 (a peered VPC"),
        ("a used block", ["100.65.0.0/16"], "100.64.0.0/16"),
        ("routes", ["100.65.0.0/16"], "100.64.0.0/16 (a route of the VPC"),
        ("a transit gateway with all of it", ["100.64.0.0/16"], "100.64.0.0/10"),
        ("an unused block", [{"cidr": "100.70.0.0/18", "associated": True}], "no subnet is in it"),
    ],
)
def test_a_cidr_block_in_use_is_not_chosen_and_the_comment_gives_the_reason(
    shape: str, blocks: object, why: str
) -> None:
    proposal = proposed(SHAPES[shape])
    assert section(proposal, "pods")["cidrs"] == blocks
    assert why in proposal.choices["pods.cidrs"].why
    assert why in " ".join(line.strip(" #") for line in proposal.text.splitlines())


@pytest.mark.parametrize(
    ("shape", "gateways"),
    [
        ("a NAT gateway in each zone", {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"}),
        ("one NAT gateway", "nat-0000000a"),
        ("a regional NAT gateway", "nat-0000000c"),
    ],
)
def test_existing_nat_gateways_are_used(shape: str, gateways: object) -> None:
    """One of each zone if every zone has one, else one for all zones."""
    assert section(proposed(SHAPES[shape]), "egress") == [{"to": "internet", "nat_gateways": gateways}]


def test_without_a_nat_gateway_the_egress_is_that_of_the_nodes() -> None:
    proposal = proposed(SHAPES["no NAT gateway"])
    assert section(proposal, "egress") == []
    assert "nat-0000000a" in proposal.choices["egress"].why


def shown(proposal: Proposal) -> dict[str, str]:
    """The line of each subnet, by its id; those that are not chosen begin with `not`."""
    lines = proposal.choices["vpc.node_subnets"].why.splitlines()
    comments = " ".join(line.strip(" #") for line in proposal.text.splitlines())
    assert all(line in comments for line in lines)
    return {re.findall(r"subnet-\w+", line)[0]: line for line in lines}


NAMED = {"vpcId": VPC, "clusterSecurityGroupId": GROUP}
ISOLATED = [a_subnet("subnet-00000e0a", "a", "10.0.4.0/28"), a_subnet("subnet-00000e0b", "b", "10.0.4.16/28")]
ROUTES = [
    a_table("rtb-0000000a", "subnet-0000000a", routes=[to_internet("nat-0000000a")]),
    a_table("rtb-0000000b", "subnet-0000000b", routes=[to_internet("nat-0000000b")]),
    a_table("rtb-0000000e", "subnet-00000e0a", "subnet-00000e0b", routes=[]),
    a_table("rtb-0000000f", routes=[to_internet("igw-0000000a")], main=True),
]


def with_subnets(*named: dict[str, Any], tables: list[dict[str, Any]] | None = None, **answers: Any) -> Answers:
    """A VPC with node subnets, public and isolated ones, and a cluster that names some of them."""
    return {
        "DescribeSubnets": [*NODES, *PUBLIC, *ISOLATED],
        "DescribeRouteTables": tables or ROUTES,
        "DescribeCluster": [a_cluster(resourcesVpcConfig={**NAMED, "subnetIds": [each["SubnetId"] for each in named]})],
        **answers,
    }


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        ([*NODES, *PUBLIC, *ISOLATED], NODES),
        ([*ISOLATED], NODES),
        ([*PUBLIC, *ISOLATED], NODES),
        ([*PUBLIC], PUBLIC),
    ],
    ids=["of all kinds", "isolated alone", "isolated and public", "public alone"],
)
def test_node_subnets_are_private_with_a_default_route(
    named: list[dict[str, Any]], chosen: list[dict[str, Any]]
) -> None:
    """Subnets without one are for the control plane only, and the reason is given for each subnet."""
    proposal = proposed(with_subnets(*named))
    assert section(proposal, "vpc")["node_subnets"] == {each["AvailabilityZone"]: [each["SubnetId"]] for each in chosen}
    ids = {each["SubnetId"] for each in (*named, *chosen)}
    assert {id: line.startswith("not ") for id, line in shown(proposal).items()} == {
        id: id not in {each["SubnetId"] for each in chosen} for id in ids
    }


def test_isolated_subnets_are_for_nodes_if_no_subnet_has_a_default_route() -> None:
    tables = [a_table("rtb-0000000e", *(each["SubnetId"] for each in (*NODES, *ISOLATED)), routes=[]), ROUTES[-1]]
    node_subnets = section(proposed(with_subnets(*NODES, *PUBLIC, tables=tables)), "vpc")["node_subnets"]
    assert node_subnets == {each["AvailabilityZone"]: [each["SubnetId"]] for each in NODES}


def test_subnets_of_which_a_prefix_list_decides_are_chosen_only_without_private_ones() -> None:
    by_list = {"DestinationPrefixListId": "pl-0000000a", "GatewayId": "igw-0000000a"}
    tables = [*ROUTES[:2], a_table("rtb-0000000e", "subnet-00000e0a", "subnet-00000e0b", routes=[by_list]), ROUTES[-1]]
    reasons = shown(proposed(with_subnets(*NODES, *ISOLATED, tables=tables)))
    assert reasons["subnet-00000e0a"].startswith("not ")
    assert "pl-0000000a" in reasons["subnet-00000e0a"]
    alone = proposed(with_subnets(*PUBLIC, *ISOLATED, tables=tables))
    assert section(alone, "vpc")["node_subnets"]["eu-west-1a"] == ["subnet-00000e0a"]


def test_pod_subnets_of_other_networks_are_not_for_nodes() -> None:
    others = a_subnet(
        "subnet-0000d00a", "a", "10.0.5.0/24", tags=selector(cluster="other", network="pods", part="pods")
    )
    tables = [*ROUTES[2:], a_table("rtb-0000000a", "subnet-0000d00a", routes=[to_internet("nat-0000000a")])]
    answers = with_subnets(*ISOLATED, tables=tables, DescribeSubnets=[*PUBLIC, *ISOLATED, others])
    assert section(proposed(answers), "vpc")["node_subnets"]["eu-west-1a"] == ["subnet-00000e0a"]


@pytest.mark.parametrize(
    ("routed", "gateways"),
    [
        (("nat-0000000b", "nat-0000000a"), {"eu-west-1a": "nat-0000000b", "eu-west-1b": "nat-0000000a"}),
        (("nat-0000000b", "nat-0000000b"), "nat-0000000b"),
        (("nat-0000000c", "nat-0000000b"), {"eu-west-1a": "nat-0000000c", "eu-west-1b": "nat-0000000b"}),
        (("nat-0000000d", "nat-0000000b"), {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"}),
        (("tgw-0000000a", "tgw-0000000a"), {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"}),
    ],
    ids=["crossed", "one for both", "regional and zonal", "private is left out", "by a transit gateway"],
)
def test_the_nat_gateway_of_a_zone_is_that_of_its_node_subnets(
    routed: tuple[str, str], gateways: object, tmp_path: Path
) -> None:
    tables = [
        a_table(f"rtb-0000000{zone}", f"subnet-0000000{zone}", routes=[to_internet(target)])
        for zone, target in zip("ab", routed, strict=True)
    ]
    nats = [
        a_nat_gateway("nat-0000000a", "subnet-000000aa"),
        a_nat_gateway("nat-0000000b", "subnet-000000bb"),
        a_nat_gateway("nat-0000000c", "", AvailabilityMode="regional"),
        a_nat_gateway("nat-0000000d", "subnet-000000aa", ConnectivityType="private"),
    ]
    proposal = proposed({"DescribeRouteTables": [*tables, ROUTES[-1]], "DescribeNatGateways": nats})
    assert section(proposal, "egress") == [{"to": "internet", "nat_gateways": gateways}]
    planned(proposal, tmp_path)


def test_requested_node_subnets_decide_about_the_nat_gateway() -> None:
    answers = with_subnets(*NODES, tables=[a_table("rtb-1", "subnet-00000e0a", routes=[to_internet("nat-0000000b")]), *ROUTES[:2], ROUTES[-1]])  # fmt: skip
    egress = section(proposed(answers, node_subnets=["subnet-00000e0a"]), "egress")
    assert egress == [{"to": "internet", "nat_gateways": "nat-0000000b"}]


@pytest.mark.parametrize(
    ("answers", "id", "subject"),
    [
        ({"DescribeCluster": [a_cluster(computeConfig={"enabled": False})]}, "auto-mode", "cluster"),
        ({"DescribeCluster": [a_cluster(version="1.28")]}, "auto-mode", "cluster"),
        ({"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000bb", State="failed")]}, "broken-route", "rtb-0000000b"),
        ({"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa")]}, "broken-route", "rtb-0000000b"),
        ({"DescribeRouteTables": [ROUTES[0], a_table("rtb-0000000b", "subnet-0000000b", routes=[{**to_internet("tgw-0000000a"), "State": "blackhole"}]), ROUTES[-1]]}, "broken-route", "rtb-0000000b"),
    ],
    ids=["Auto Mode off", "old Kubernetes", "failed gateway", "deleted gateway", "blackhole"],
)  # fmt: skip
def test_what_prevents_the_network_from_working_is_reported(answers: Answers, id: str, subject: str) -> None:
    proposal = proposed(answers)
    assert [(each.id, each.severity, each.subject) for each in proposal.warnings] == [(id, "warning", subject)]
    assert set(section(proposal, "vpc")["node_subnets"]) == {"eu-west-1a", "eu-west-1b"}


def test_nothing_is_reported_of_a_vpc_and_a_cluster_that_work() -> None:
    assert proposed(with_subnets(*NODES, *PUBLIC, *ISOLATED)).warnings == ()
    assert proposed({"DescribeCluster": [a_cluster(version="1.29")]}).warnings == ()


def test_security_groups_of_endpoints_that_do_not_admit_pods_are_named() -> None:
    endpoints = section(proposed(SHAPES["endpoints"]), "endpoints")
    assert endpoints == {"gateways": ["s3"], "interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}


def test_raised_quotas_flow_logs_and_node_groups_are_in_the_config() -> None:
    assert section(proposed(SHAPES["raised quotas"]), "vpc")["cidr_quota"] == 20
    text = proposed(SHAPES["managed node groups"]).text
    assert "fl-1 records the whole VPC" in text
    assert "(blue)" in text


@pytest.mark.parametrize("stack", [[], denied(call.DESCRIBE_STACKS)], ids=["not of the stack", "stack not read"])
def test_a_network_deployed_in_the_primary_cidr_block_is_described(stack: object, tmp_path: Path) -> None:
    """The VPC keeps that CIDR block, whose other subnets are named."""
    ours = a_subnet("subnet-00000c0a", "a", "10.0.8.0/24", tags=OURS)
    file = planned(proposed({"DescribeSubnets": [*NODES, *PUBLIC, ours], "DescribeStacks": stack}), tmp_path)
    assert file.plan.vpc.named_cidrs == (IPv4Network("10.0.0.0/20"),)
    (block,) = file.plan.pods.blocks
    assert (str(block.cidr), block.associated) == ("10.0.0.0/20", True)
    assert [str(each.cidr) for each in file.plan.pods.subnets] == ["10.0.8.0/24"]


@pytest.mark.parametrize(
    ("wanted", "cidrs"),
    [
        (["100.70.0.0/18"], [{"cidr": "100.70.0.0/18", "associated": True, "other_subnets": ["100.70.0.0/24"]}]),
        (["10.0.0.0/20"], [{"cidr": "10.0.0.0/20", "associated": True, "other_subnets": [each["CidrBlock"] for each in (*NODES, *PUBLIC)]}]),
        (["100.70.0.0/18", "100.71.0.0/16"], [{"cidr": "100.70.0.0/18", "associated": True, "other_subnets": ["100.70.0.0/24"]}, "100.71.0.0/16"]),
        (["100.72.0.0/16"], [{"cidr": "100.72.0.0/16", "associated": True}]),
    ],
    ids=["in use", "primary", "with a new one", "unused"],
)  # fmt: skip
def test_a_requested_cidr_block_that_the_vpc_has_is_not_associated_again(
    wanted: list[str], cidrs: object, tmp_path: Path
) -> None:
    """EC2 would refuse that; pod subnets are in its free parts."""
    answers = {
        "DescribeVpcs": [a_vpc(a_block("100.70.0.0/18"), a_block("100.72.0.0/16", association="vpc-cidr-assoc-1"))],
        "DescribeSubnets": [*NODES, *PUBLIC, a_subnet("subnet-1", "a", "100.70.0.0/24")],
    }
    proposal = proposed(answers, pod_cidrs=wanted)
    assert section(proposal, "pods")["cidrs"] == cidrs
    file = planned(proposal, tmp_path)
    found = list(preflight(file.plan, a_sound_account(answers)))
    assert [diagnostic for diagnostic in found if diagnostic.severity in {"error", "unknown"}] == []
    assert len(file.plan.pods.subnets) == 2 * len(wanted)


def test_a_requested_cidr_block_without_free_parts_is_refused() -> None:
    full = [a_subnet("subnet-1", "a", "100.70.0.0/19"), a_subnet("subnet-2", "b", "100.70.32.0/19")]
    answers = {"DescribeVpcs": [a_vpc(a_block("100.70.0.0/18"))], "DescribeSubnets": [*NODES, *PUBLIC, *full]}
    with pytest.raises(InputError) as refused:
        proposed(answers, pod_cidrs=["100.70.0.0/18"])
    assert [each.id for each in refused.value.diagnostics] == ["no-free-part"]


@pytest.mark.parametrize(
    ("unread", "key", "others", "claims"),
    [
        (call.DESCRIBE_FLOW_LOGS, "flow_logs", {}, ["the VPC has none"]),
        (call.DESCRIBE_NAT_GATEWAYS, "egress", {}, ["no public NAT gateway"]),
        (call.DESCRIBE_PEERINGS, "vpc.peers", {}, ["every network"]),
        (call.DESCRIBE_ATTACHMENTS, "pods.cidrs", {}, ["every network"]),
        (call.LIST_ADDONS, "vpc_cni", {"ListNodegroups": [{"Name": "blue"}]}, ["no vpc-cni add-on"]),
    ],
)
def test_a_comment_claims_nothing_that_could_not_be_read(
    unread: call.Call, key: str, others: Answers, claims: list[str]
) -> None:
    assert all(claim in proposed({**others, unread.operation: []}).text for claim in claims)
    proposal = proposed({**others, unread.operation: denied(unread)})
    assert key in proposal.unread
    assert not any(claim in proposal.text for claim in claims)


def test_a_deployed_network_keeps_its_cidr_blocks_and_subnets(tmp_path: Path) -> None:
    ours = [
        a_subnet("subnet-00000c0a", "a", "100.64.64.0/18", tags=OURS),
        a_subnet("subnet-00000c0b", "b", "100.64.0.0/18", tags=OURS),
    ]
    answers = {
        "DescribeVpcs": [a_vpc(a_block("100.64.0.0/16"))],
        "DescribeSubnets": [*NODES, *PUBLIC, *ours],
        "DescribeCluster": [a_cluster(resourcesVpcConfig={"vpcId": VPC, "clusterSecurityGroupId": GROUP, "subnetIds": [each["SubnetId"] for each in (*NODES, *ours)]})],
    }  # fmt: skip
    file = planned(proposed(answers), tmp_path)
    assert {(each.zone, str(each.cidr)) for each in file.plan.pods.subnets} == {
        (each["AvailabilityZone"], each["CidrBlock"]) for each in ours
    }
    assert file.plan.vpc.named_cidrs == (IPv4Network("10.0.0.0/20"), IPv4Network("100.64.0.0/16"))
    with pytest.raises(InputError) as refused:
        proposed(answers, pod_cidrs=["100.65.0.0/16"])
    assert refused.value.diagnostics[0].id == "deployed-already"


def test_routes_are_those_of_other_route_tables_without_local_and_default_routes() -> None:
    """The pod route tables of a deployed network have the routes of `egress`, which the config has already."""
    to_transit = {"TransitGatewayId": "tgw-1"}
    pods = a_table("rtb-0000000c", "subnet-00000c0a", routes=[{"DestinationCidrBlock": "10.96.0.0/11", **to_transit}])
    main = a_table(
        "rtb-0000000f",
        routes=[to_internet("igw-0000000a"), {"DestinationCidrBlock": "10.32.0.0/11", **to_transit}],
        main=True,
    )
    answers = {
        "DescribeVpcs": [a_vpc(a_block("100.64.0.0/16"))],
        "DescribeSubnets": [*NODES, *PUBLIC, a_subnet("subnet-00000c0a", "a", "100.64.64.0/18", tags=OURS)],
        "DescribeRouteTables": [pods, main],
    }
    assert section(proposed(answers), "vpc")["routes"] == ["10.32.0.0/11"]


def test_requested_cidr_blocks_and_node_subnets_are_used() -> None:
    proposal = proposed(pod_cidrs=["100.80.0.0/16", "100.81.0.0/17"], node_subnets=["subnet-000000aa"])
    assert section(proposal, "pods")["cidrs"] == ["100.80.0.0/16", "100.81.0.0/17"]
    assert section(proposal, "pods")["zones"] == ["eu-west-1a"]


@pytest.mark.parametrize(
    ("answers", "changes", "id"),
    [
        ({"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"ipFamily": "ipv6"})]}, {}, "ipv6-cluster"),
        ({"DescribeVpcs": [a_vpc() | {"OwnerId": "999900001111"}]}, {}, "shared-vpc"),
        ({"DescribeCluster": [a_cluster(resourcesVpcConfig={"vpcId": VPC, "clusterSecurityGroupId": GROUP})]}, {}, "no-node-subnets"),
        ({}, {"node_subnets": ["subnet-0a0a0a0a"]}, "node-subnet-not-in-vpc"),
        ({"DescribeVpcs": [a_vpc(*(a_block(f"10.{n}.0.0/16") for n in range(1, 5)))]}, {}, "block-quota"),
    ],
)  # fmt: skip
def test_a_vpc_without_a_possible_config_is_refused(answers: Answers, changes: dict[str, Any], id: str) -> None:
    with pytest.raises(InputError) as refused:
        proposed(answers, **changes)
    assert [each.id for each in refused.value.diagnostics] == [id]


@pytest.mark.parametrize(
    ("answers", "id"),
    [
        ({"DescribeCluster": []}, "cluster-not-found"),
        ({"DescribeVpcs": []}, "vpc-not-found"),
        ({"DescribeSubnets": denied(call.DESCRIBE_SUBNETS)}, "unreadable"),
        ({"DescribeCluster": [a_cluster(resourcesVpcConfig={"vpcId": "vpc-00000002"})]}, "cluster-in-other-vpc"),
    ],
)
def test_a_config_needs_the_cluster_its_vpc_and_its_subnets(answers: Answers, id: str) -> None:
    with pytest.raises(LiveError) as refused:
        proposed(answers, vpc_id=VPC)
    assert refused.value.diagnostic.id == id


@pytest.mark.parametrize(
    ("resource_type", "id", "refused"),
    [
        ("AWS::EC2::VPC", VPC, True),
        ("AWS::EC2::NatGateway", "nat-0000000a", True),
        ("AWS::EKS::Cluster", "cluster", True),
        ("AWS::EC2::NatGateway", "nat-0000000f", False),
        ("AWS::IAM::Role", "cluster", False),
    ],
)
def test_what_the_stack_of_the_pod_network_created_is_not_named_as_existing(
    resource_type: str, id: str, refused: bool
) -> None:
    """A deployment of such a config would delete it."""
    created = {"LogicalResourceId": "Earlier", "PhysicalResourceId": id, "ResourceType": resource_type}
    stack = {"StackName": "podspace-cluster-pods", "StackStatus": "CREATE_COMPLETE"}
    answers: Answers = {"DescribeStacks": [stack], "ListStackResources": [created]}
    if not refused:
        assert proposed(answers)
        return
    with pytest.raises(InputError) as caught:
        proposed(answers)
    assert [(each.id, each.location.name) for each in caught.value.diagnostics] == [("created-by-stack", id)]


def test_the_file_names_what_could_not_be_read(tmp_path: Path) -> None:
    essential = {"DescribeCluster", "DescribeVpcs", "DescribeSubnets", "DescribeRouteTables"}
    unread = set()
    for each in call.CALLS:
        if each.operation not in essential:
            proposal = proposed({each.operation: denied(each)})
            planned(proposal, tmp_path)
            if proposal.unread:
                unread.add(each.operation)
                assert each.action in proposal.text
    assert {"DescribeVpcPeeringConnections", "DescribeNatGateways", "GetServiceQuota"} <= unread


def test_an_existing_file_is_overwritten_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "config" / "prod.yaml"
    write_config(path, proposed(), overwrite=False)
    before = path.read_text()
    with pytest.raises(InputError) as refused:
        write_config(path, proposed(pod_cidrs=["100.99.0.0/16"]), overwrite=False)
    assert refused.value.diagnostics[0].id == "file-exists"
    assert path.read_text() == before
    write_config(path, proposed(pod_cidrs=["100.99.0.0/16"]), overwrite=True)
    assert "100.99.0.0/16" in path.read_text()


def test_a_config_with_an_error_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pods\.cidrs\[0\]: 10\.0\.0\.0/16") as refused:
        write_config(tmp_path / "prod.yaml", proposed(pod_cidrs=["10.0.0.0/16"]), overwrite=False)
    assert list(tmp_path.iterdir()) == []
    assert not any("tmp" in problem.location.path for problem in refused.value.diagnostics)


blocks = st.integers(0, 63).map(lambda n: IPv4Network(f"100.{64 + n}.0.0/16"))


@given(
    st.sets(blocks, max_size=3),
    st.sets(blocks, max_size=40),
    st.sets(blocks.map(lambda block: next(block.subnets(new_prefix=20))), max_size=10),
)
def test_a_chosen_cidr_block_keeps_every_rule(
    own: set[IPv4Network], peers: set[IPv4Network], routes: set[IPv4Network]
) -> None:
    """For any CIDR blocks of the VPC, its peers and its routes."""
    peering = {
        **PEERING,
        "AccepterVpcInfo": {"VpcId": "vpc-1", "CidrBlockSet": [{"CidrBlock": str(peer)} for peer in peers]},
    }
    table = a_table(
        "rtb-0000000f",
        routes=[{"DestinationCidrBlock": str(to), "TransitGatewayId": "tgw-1"} for to in routes],
        main=True,
    )
    used = [
        a_subnet(f"subnet-{n:08x}", "a", str(next(block.subnets(new_prefix=24)))) for n, block in enumerate(own, 256)
    ]
    account: CannedAccount = a_sound_account(
        {
            "DescribeVpcs": [a_vpc(*(a_block(str(block)) for block in own))],
            "DescribeSubnets": [*NODES, *PUBLIC, *used],
            "DescribeVpcPeeringConnections": [peering],
            "DescribeRouteTables": [table],
        }
    )
    (chosen,) = map(IPv4Network, section(propose(account, asked()), "pods")["cidrs"])
    assert chosen.subnet_of(SHARED_SPACE)
    assert not any(chosen.overlaps(other) for other in (*own, *peers))
    assert not list(route_problems(chosen, routes))
    assert not list(association_problems(chosen, primary=IPv4Network("10.0.0.0/20"), others=own))
