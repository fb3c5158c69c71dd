"""A VPC as it is read: which answers belong to it, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from podspace.live.aws.call import (
    DESCRIBE_ADDRESSES,
    DESCRIBE_ATTACHMENTS,
    DESCRIBE_ENDPOINTS,
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_GROUPS,
    DESCRIBE_INSTANCES,
    DESCRIBE_INTERFACES,
    DESCRIBE_NAT_GATEWAYS,
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_PEERINGS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SUBNETS,
    DESCRIBE_TRANSIT_GATEWAYS,
    DESCRIBE_VPC_ATTRIBUTE,
    DESCRIBE_VPCS,
    DESCRIBE_VPN_GATEWAYS,
    DESCRIBE_ZONES,
    GET_CIDR_RESERVATIONS,
    LIST_CORE_NETWORK_ATTACHMENTS,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
)
from podspace.live.aws.network import Network
from podspace.live.aws.routing import Attachment
from podspace.live.failure import LiveError
from tests.canned_account import (
    VPC,
    a_block,
    a_group,
    a_nat_gateway,
    a_subnet,
    a_table,
    a_vpc,
    an_acl,
    to_internet,
    zone,
)
from tests.podspace.live.aws.matching_account import Given, an_account, where

IN_VPC = {"Filters": where("vpc-id", VPC)}


def a_network(*given: Given) -> Network:
    return Network(an_account(*given), VPC)


def with_routes(*routes: dict[str, str], endpoints: list[dict[str, Any]] | None = None) -> Network:
    """A VPC with a subnet that has these routes and the local one."""
    tables = [a_table("rtb-1", "subnet-1", routes=[*routes])]
    return a_network((DESCRIBE_ROUTE_TABLES, IN_VPC, tables), (DESCRIBE_ENDPOINTS, IN_VPC, endpoints or []))


def test_interfaces_are_requested_by_at_most_200_groups() -> None:
    """EC2 takes no more values of a filter; an interface in groups of two requests is one."""
    ids = [f"sg-{number:08x}" for number in range(201)]
    both = [
        {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": ids[0]}, {"GroupId": ids[-1]}]}
    ]
    network = a_network(
        (DESCRIBE_INTERFACES, {"Filters": where("group-id", *ids[:200])}, both),
        (DESCRIBE_INTERFACES, {"Filters": where("group-id", *ids[200:])}, both),
    )
    assert [each.interface_id for each in network.interfaces_in(set(ids))] == ["eni-1"]


def test_network_acls_are_those_of_the_vpc() -> None:
    network = a_network((DESCRIBE_NETWORK_ACLS, IN_VPC, [an_acl(name="acl-1")]))
    assert [each.acl_id for each in network.network_acls] == ["acl-1"]


READERS: dict[str, tuple[Given, Callable[[Network], object], object, object]] = {
    "vpc": (
        (DESCRIBE_VPCS, {"VpcIds": [VPC]}, [a_vpc()]),
        lambda network: network.vpc and network.vpc.primary,
        IPv4Network("10.0.0.0/20"),
        None,
    ),
    "subnets": (
        (DESCRIBE_SUBNETS, IN_VPC, [a_subnet("subnet-1", "a", "10.0.0.0/24")]),
        lambda network: list(network.subnets),
        ["subnet-1"],
        [],
    ),
    "reservations": (
        (GET_CIDR_RESERVATIONS, {"SubnetId": "subnet-1"}, [{"Cidr": "10.0.0.0/28", "ReservationType": "prefix"}]),
        lambda network: [(each.cidr, each.type) for each in network.cidr_reservations("subnet-1")],
        [(IPv4Network("10.0.0.0/28"), "prefix")],
        [],
    ),
    "route tables": (
        (DESCRIBE_ROUTE_TABLES, IN_VPC, [a_table("rtb-1", routes=[])]),
        lambda network: [each.route_table_id for each in network.route_tables],
        ["rtb-1"],
        [],
    ),
    "endpoints": (
        (DESCRIBE_ENDPOINTS, IN_VPC, [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface"}]),
        lambda network: [(each.endpoint_id, each.private_dns) for each in network.endpoints],
        [("vpce-1", True)],
        [],
    ),
    "security groups": (
        (DESCRIBE_GROUPS, IN_VPC, [a_group("sg-1")]),
        lambda network: list(network.groups),
        ["sg-1"],
        [],
    ),
    "flow logs": (
        (DESCRIBE_FLOW_LOGS, {"Filter": where("resource-id", VPC)}, [{"FlowLogId": "fl-1"}]),
        lambda network: [each.flow_log_id for each in network.flow_logs],
        ["fl-1"],
        [],
    ),
    "network interface": (
        (
            DESCRIBE_INTERFACES,
            {"NetworkInterfaceIds": ["eni-1"]},
            [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1"}],
        ),
        lambda network: (found := network.interface("eni-1")) and (found.subnet_id, found.source_dest_check),
        ("subnet-1", True),
        None,
    ),
    "instance": (
        (
            DESCRIBE_INSTANCES,
            {"InstanceIds": ["i-1"]},
            [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}],
        ),
        lambda network: (found := network.instance("i-1")) and found.state.name,
        "running",
        None,
    ),
    "transit gateway": (
        (DESCRIBE_TRANSIT_GATEWAYS, {"TransitGatewayIds": ["tgw-1"]}, [{"State": "available"}]),
        lambda network: (found := network.transit_gateway("tgw-1")) and found.state,
        "available",
        None,
    ),
    "virtual private gateway": (
        (
            DESCRIBE_VPN_GATEWAYS,
            {"VpnGatewayIds": ["vgw-1"]},
            [{"State": "available", "VpcAttachments": [{"VpcId": VPC, "State": "attached"}]}],
        ),
        lambda network: (found := network.vpn_gateway("vgw-1")) and [each.vpc_id for each in found.attachments],
        [VPC],
        None,
    ),
    "zones": (
        (DESCRIBE_ZONES, {}, [zone("a")]),
        lambda network: list(network.zones),
        ["eu-west-1a", "euw1-az1"],
        [],
    ),
    "addresses": (
        (DESCRIBE_ADDRESSES, {}, [{"AllocationId": "eipalloc-1"}]),
        lambda network: [each.allocation_id for each in network.addresses],
        ["eipalloc-1"],
        [],
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_what_exists_is_read(reader: str) -> None:
    given, read, expected, absent = READERS[reader]
    assert read(a_network(given)) == expected
    assert read(a_network()) == absent


def test_a_vpc_that_does_not_exist_is_named() -> None:
    with pytest.raises(LiveError) as failure:
        _ = a_network().existing
    assert (failure.value.diagnostic.id, VPC in failure.value.diagnostic.subject) == ("vpc-not-found", True)
    assert a_network((DESCRIBE_VPCS, {"VpcIds": [VPC]}, [a_vpc()])).existing.vpc_id == VPC


def test_the_cidr_blocks_of_a_vpc_are_those_that_it_has_or_gets() -> None:
    states = ("associated", "associating", "disassociating", "disassociated", "failing", "failed")
    blocks = [a_block(f"10.{number}.0.0/16", state=state) for number, state in enumerate(states, 1)]
    network = a_network((DESCRIBE_VPCS, {"VpcIds": [VPC]}, [a_vpc(*blocks)]))
    assert list(map(str, network.existing.cidrs)) == ["10.0.0.0/20", "10.1.0.0/16", "10.2.0.0/16"]


@pytest.mark.parametrize("resolution", [True, False])
@pytest.mark.parametrize("hostnames", [True, False])
def test_dns_resolution_and_hostnames_are_two_settings(resolution: bool, hostnames: bool) -> None:
    network = a_network(
        (
            DESCRIBE_VPC_ATTRIBUTE,
            {"VpcId": VPC, "Attribute": "enableDnsSupport"},
            [{"EnableDnsSupport": {"Value": resolution}}],
        ),
        (
            DESCRIBE_VPC_ATTRIBUTE,
            {"VpcId": VPC, "Attribute": "enableDnsHostnames"},
            [{"EnableDnsHostnames": {"Value": hostnames}}],
        ),
    )
    assert network.dns == (resolution, hostnames)
    assert a_network().dns == (False, False)


def test_a_subnet_uses_its_own_route_table_or_the_main_one() -> None:
    tables = [
        a_table("rtb-main", routes=[], main=True),
        a_table("rtb-1", "subnet-1", "subnet-2", routes=[]),
        a_table("rtb-2", "subnet-3", routes=[]),
    ]
    network = a_network((DESCRIBE_ROUTE_TABLES, IN_VPC, tables))
    used = {id: network.table_of(id) for id in ("subnet-1", "subnet-2", "subnet-3", "subnet-4")}
    assert {id: table and table.route_table_id for id, table in used.items()} == {
        "subnet-1": "rtb-1",
        "subnet-2": "rtb-1",
        "subnet-3": "rtb-2",
        "subnet-4": "rtb-main",
    }
    assert a_network().table_of("subnet-1") is None


@pytest.mark.parametrize(
    ("routes", "public", "default"),
    [
        ((), False, False),
        ((to_internet("igw-1"),), True, True),
        ((to_internet("nat-1"),), False, True),
        (({**to_internet("igw-1"), "State": "blackhole"},), False, False),
        (({"DestinationCidrBlock": "0.0.0.0/1", "GatewayId": "igw-1"},), False, False),
        (
            (
                {"DestinationCidrBlock": "0.0.0.0/1", "GatewayId": "igw-1"},
                {"DestinationCidrBlock": "128.0.0.0/1", "GatewayId": "igw-1"},
            ),
            True,
            True,
        ),
        (
            (
                {"DestinationCidrBlock": "0.0.0.0/1", "GatewayId": "igw-1"},
                {"DestinationCidrBlock": "128.0.0.0/1", "NatGatewayId": "nat-1"},
            ),
            False,
            True,
        ),
        (({"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1"},), None, None),
        (
            (
                {"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1"},
                {"DestinationCidrBlock": "10.8.0.0/16", "GatewayId": "igw-1"},
            ),
            None,
            None,
        ),
        (({"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1"},), False, None),
        (({"DestinationPrefixListId": "pl-1", "NatGatewayId": "nat-1", "State": "blackhole"},), False, False),
        (({"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},), False, False),
    ],
)
def test_what_is_a_default_route(routes: tuple[dict[str, str], ...], public: bool | None, default: bool | None) -> None:
    network = with_routes(*routes)
    assert network.is_public("subnet-1") is public
    assert network.has_default_route("subnet-1") is default


def test_a_subnet_without_a_route_table_has_no_default_route() -> None:
    assert (a_network().is_public("subnet-1"), a_network().has_default_route("subnet-1")) == (False, False)


@pytest.mark.parametrize(("kind", "default"), [("Gateway", False), ("GatewayLoadBalancer", None)])
def test_the_prefix_list_of_a_gateway_endpoint_is_no_default_route(kind: str, default: bool | None) -> None:
    """It has the addresses of one service."""
    route = {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}
    network = with_routes(route, endpoints=[{"VpcEndpointId": "vpce-1", "VpcEndpointType": kind}])
    assert network.has_default_route("subnet-1") is default


def test_endpoints_are_read_only_if_a_route_needs_them() -> None:
    for route in (
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vgw-1"},
        {"DestinationCidrBlock": "10.8.0.0/16", "GatewayId": "vpce-1"},
    ):
        network = with_routes(route, to_internet("nat-1"))
        assert network.has_default_route("subnet-1") is True
        assert isinstance(network.account, type(an_account()))
        assert [operation for operation, _ in network.account.asked] == ["DescribeRouteTables"]


def test_destinations_are_those_of_all_route_tables() -> None:
    """Without local routes, default routes and those of other families."""
    routes = [
        {"DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": "tgw-1"},
        to_internet("nat-1"),
        {"DestinationIpv6CidrBlock": "2001:db8::/32", "TransitGatewayId": "tgw-1"},
    ]
    other = [{"DestinationCidrBlock": "10.8.0.0/16", "VpcPeeringConnectionId": "pcx-1"}]
    tables = [a_table("rtb-1", routes=routes), a_table("rtb-2", routes=other)]
    network = a_network((DESCRIBE_ROUTE_TABLES, IN_VPC, tables))
    assert list(map(str, network.destinations)) == ["10.8.0.0/16", "10.9.0.0/16"]


def test_nat_gateways_are_those_that_are_not_deleted() -> None:
    states = ("pending", "failed", "available", "deleting", "deleted")
    found = [a_nat_gateway(f"nat-{state}", "subnet-1", State=state) for state in states]
    regional = {"NatGatewayId": "nat-regional", "State": "available", "AvailabilityMode": "regional"}
    network = a_network(
        (DESCRIBE_NAT_GATEWAYS, {"Filter": where("vpc-id", VPC)}, [*found, regional]),
        (DESCRIBE_SUBNETS, IN_VPC, [a_subnet("subnet-1", "b", "10.0.0.0/24")]),
    )
    zones = {id: network.zone_of(nat) for id, nat in network.nat_gateways.items()}
    assert zones == {
        "nat-pending": "eu-west-1b",
        "nat-failed": "eu-west-1b",
        "nat-available": "eu-west-1b",
        "nat-regional": "",
    }
    assert network.nat_gateways["nat-available"].connectivity_type == "public"
    assert network.nat_gateways["nat-available"].availability_mode == "zonal"


def a_peering(id: str, *, requester: str, accepter: str, state: str = "active") -> dict[str, Any]:
    return {
        "VpcPeeringConnectionId": id,
        "RequesterVpcInfo": {"VpcId": requester, "CidrBlock": "10.1.0.0/16"},
        "AccepterVpcInfo": {"VpcId": accepter, "CidrBlockSet": [{"CidrBlock": "10.2.0.0/16"}]},
        "Status": {"Code": state},
    }


def test_peerings_are_read_from_both_sides() -> None:
    as_accepter = a_peering("pcx-1", requester="vpc-1", accepter=VPC)
    as_requester = a_peering("pcx-2", requester=VPC, accepter="vpc-2")
    of_others = a_peering("pcx-3", requester="vpc-1", accepter="vpc-2")
    network = a_network(
        (DESCRIBE_PEERINGS, {"Filters": where("accepter-vpc-info.vpc-id", VPC)}, [as_accepter, of_others]),
        (DESCRIBE_PEERINGS, {"Filters": where("requester-vpc-info.vpc-id", VPC)}, [as_requester]),
    )
    peers = {each.peering_id: each.peer_of(VPC) for each in network.peerings}
    assert {id: (peer.vpc_id, list(map(str, peer.cidrs))) for id, peer in peers.items()} == {
        "pcx-1": ("vpc-1", ["10.1.0.0/16"]),
        "pcx-2": ("vpc-2", ["10.2.0.0/16"]),
    }
    assert peers["pcx-1"].options.dns is None


def test_peerings_are_those_that_are_active_or_can_become_so() -> None:
    states = ("initiating-request", "pending-acceptance", "provisioning", "active", "rejected", "expired", "deleted")
    found = [a_peering(f"pcx-{state}", requester=VPC, accepter="vpc-2", state=state) for state in states]
    network = a_network((DESCRIBE_PEERINGS, {"Filters": where("requester-vpc-info.vpc-id", VPC)}, found))
    assert [each.status.code for each in network.peerings] == ["pending-acceptance", "provisioning", "active"]


def test_attachments_are_those_that_are_not_gone() -> None:
    states = ("available", "pending", "deleting", "deleted", "rejected", "failed")
    found = [
        {"TransitGatewayAttachmentId": f"tgw-attach-{state}", "TransitGatewayId": "tgw-1", "State": state}
        for state in states
    ]
    network = a_network((DESCRIBE_ATTACHMENTS, {"Filters": where("resource-id", VPC)}, found))
    assert [each.state for each in network.attachments] == ["available", "pending"]


def test_attachments_to_a_core_network_are_those_of_the_vpc() -> None:
    arn = f"arn:aws:ec2:eu-west-1:111122223333:vpc/{VPC}"
    states = ("AVAILABLE", "CREATING", "DELETING", "REJECTED", "FAILED")
    found = [{"AttachmentId": state, "ResourceArn": arn, "State": state} for state in states]
    other = {"AttachmentId": "other", "ResourceArn": f"{arn}0", "State": "AVAILABLE"}
    asked = {"AttachmentType": "VPC", "CoreNetworkId": "core-network-1"}
    network = a_network((LIST_CORE_NETWORK_ATTACHMENTS, asked, [*found, other]))
    found_states = [each.state for each in network.core_network_attachments("core-network-1")]
    assert found_states == ["AVAILABLE", "CREATING"]


def test_propagated_destinations_are_those_of_one_gateway() -> None:
    learned = {"GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"}
    routes = [
        {"DestinationCidrBlock": "10.8.0.0/16", **learned},
        {"DestinationIpv6CidrBlock": "2001:0db8::/32", **learned},
        {"DestinationPrefixListId": "pl-1", **learned},
        {"DestinationCidrBlock": "10.9.0.0/16", **learned, "Origin": "CreateRoute"},
        {"DestinationCidrBlock": "10.10.0.0/16", **learned, "GatewayId": "vgw-2"},
    ]
    network = a_network((DESCRIBE_ROUTE_TABLES, IN_VPC, [a_table("rtb-1", routes=routes)] * 2))
    assert network.propagated("vgw-1") == ("10.8.0.0/16", "2001:db8::/32", "pl-1")


def an_attachment(table: str) -> Attachment:
    return Attachment.model_validate(
        {
            "TransitGatewayAttachmentId": "tgw-attach-1",
            "TransitGatewayId": "tgw-1",
            "Association": {"TransitGatewayRouteTableId": table},
        }
    )


def test_routes_of_a_transit_gateway_for_a_block_are_those_to_other_networks() -> None:
    """Those of a part of the block, and those around it without the default route."""

    def to(cidr: str, resource: str) -> dict[str, Any]:
        return {"DestinationCidrBlock": cidr, "TransitGatewayAttachments": [{"ResourceId": resource}]}

    def asked(kind: str) -> dict[str, Any]:
        return {
            "TransitGatewayRouteTableId": "tgw-rtb-1",
            "Filters": where(f"route-search.{kind}-match", "100.64.0.0/16"),
        }

    inside = [to("100.64.0.0/24", "vpc-1"), to("100.64.1.0/24", VPC), {"DestinationCidrBlock": "100.64.2.0/24"}]
    around = [to("100.64.0.0/10", "vpc-2"), to("0.0.0.0/0", "vpc-2"), {**to("", "vpc-3"), "DestinationCidrBlock": ""}]
    network = a_network(
        (SEARCH_TRANSIT_GATEWAY_ROUTES, asked("subnet-of"), inside),
        (SEARCH_TRANSIT_GATEWAY_ROUTES, asked("supernet-of"), around),
    )
    found = network.routes_over(an_attachment("tgw-rtb-1"), IPv4Network("100.64.0.0/16"))
    assert [route.to_cidr for route in found] == ["100.64.0.0/24", "100.64.0.0/10"]


def test_an_attachment_without_a_route_table_routes_nowhere() -> None:
    network = a_network()
    assert network.routes_over(an_attachment(""), IPv4Network("100.64.0.0/16")) == ()
