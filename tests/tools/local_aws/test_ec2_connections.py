"""EC2 refuses routes, rules of groups, endpoints and flow logs that AWS refuses, and has what moto lacks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from botocore.exceptions import ClientError

from tests.tools.local_aws.network import Network, network
from tests.tools.local_aws.stacks import Stacks, code_of, refused

# Routes


def test_a_destination_is_routed_once(net: Network) -> None:
    table, gateway = net.table(), net.internet_gateway()
    net.route(table, GatewayId=gateway)
    with refused("RouteAlreadyExists"):
        net.route(table, GatewayId=gateway)


def test_a_transit_gateway_is_a_target_once_the_vpc_is_attached(net: Network) -> None:
    table, subnet = net.table(), net.subnet("10.0.0.0/24")
    gateway = net.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    with refused("InvalidTransitGatewayID.NotFound"):
        net.route(table, TransitGatewayId=gateway)
    attachment = net.transit_attachment(gateway, subnet)
    net.route(table, TransitGatewayId=gateway)
    net.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    net.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    with refused("InvalidTransitGatewayID.NotFound"):
        net.route(table, TransitGatewayId=gateway)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        net.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        net.ec2.modify_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment, AddSubnetIds=[subnet])


def test_a_nat_gateway_is_a_target_if_it_exists(net: Network) -> None:
    net.internet_gateway()
    table, nat = net.table(), net.nat(net.subnet("10.0.0.0/24"), net.address())
    with refused("InvalidNatGatewayID.NotFound"):
        net.route(table, NatGatewayId="nat-00000000000000000")
    net.route(table, NatGatewayId=nat)


def test_a_core_network_is_a_target_once_the_vpc_is_attached(net: Network) -> None:
    table, subnet = net.table(), net.subnet("10.0.0.0/24")
    arn = f"arn:aws:networkmanager::{net.aws.account}:core-network/core-network-1"
    with refused("InvalidCoreNetworkArn.NotFound"):
        net.route(table, CoreNetworkArn=arn)
    prefix = f"arn:aws:ec2:eu-west-1:{net.aws.account}"
    manager = net.aws("networkmanager")
    attachment = manager.create_vpc_attachment(
        CoreNetworkId="core-network-1", VpcArn=f"{prefix}:vpc/{net.vpc}", SubnetArns=[f"{prefix}:subnet/{subnet}"]
    )["VpcAttachment"]["Attachment"]
    net.route(table, CoreNetworkArn=arn)
    manager.delete_attachment(AttachmentId=attachment["AttachmentId"])
    with pytest.raises(ClientError) as missing:
        manager.get_vpc_attachment(AttachmentId=attachment["AttachmentId"])
    assert code_of(missing.value) == "ResourceNotFoundException"


def test_a_peering_connection_is_a_target_once_it_is_accepted(net: Network, stacks: Stacks) -> None:
    other, table = network(stacks.aws, "10.9.0.0/16"), net.table()
    answer = net.ec2.create_vpc_peering_connection(VpcId=net.vpc, PeerVpcId=other.vpc)
    peering = answer["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    for wrong in (peering, "pcx-00000000000000000"):
        with refused("InvalidVpcPeeringConnectionID.NotFound"):
            net.route(table, "10.9.0.0/16", VpcPeeringConnectionId=wrong)
    net.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    net.route(table, "10.9.0.0/16", VpcPeeringConnectionId=peering)


def test_an_internet_gateway_is_a_target_in_its_vpc(net: Network, stacks: Stacks) -> None:
    table = net.table()
    with refused("InvalidParameterValue"):
        net.route(table, GatewayId=network(stacks.aws).internet_gateway())
    with refused("InvalidGatewayID.NotFound"):
        net.route(table, GatewayId="igw-00000000000000000")
    net.route(table, GatewayId=net.internet_gateway())


def test_a_virtual_private_gateway_is_a_target_and_propagates_in_its_vpc(net: Network) -> None:
    table = net.table()
    gateway = net.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("InvalidParameterValue"):
        net.route(table, GatewayId=gateway)
    with refused("Gateway.NotAttached"):
        net.ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
    net.ec2.attach_vpn_gateway(VpcId=net.vpc, VpnGatewayId=gateway)
    net.route(table, GatewayId=gateway)
    net.ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)

    def propagating() -> list[str]:
        found = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [each["GatewayId"] for each in found[0].get("PropagatingVgws", [])]

    assert propagating() == [gateway]
    net.ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
    assert propagating() == []
    with refused("InvalidRouteTableID.NotFound"):
        net.ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId="rtb-00000000000000000")


def test_an_endpoint_and_a_prefix_list_of_a_route_exist(net: Network) -> None:
    table, gateway = net.table(), net.internet_gateway()
    with refused("InvalidVpcEndpointId.NotFound"):
        net.route(table, VpcEndpointId="vpce-00000000000000000")
    with refused("InvalidPrefixListID.NotFound"):
        net.route(table, "pl-00000000000000000", GatewayId=gateway)
    given = {"PrefixListName": "sites", "MaxEntries": 2, "AddressFamily": "IPv4"}
    list_ = net.ec2.create_managed_prefix_list(**given)["PrefixList"]["PrefixListId"]
    net.route(table, list_, GatewayId=gateway)


def test_the_rules_hold_for_a_replaced_route_too(net: Network) -> None:
    table, gateway = net.table(), net.internet_gateway()
    net.route(table, GatewayId=gateway)
    with refused("InvalidNatGatewayID.NotFound"):
        net.ec2.replace_route(
            RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-00000000000000000"
        )
    nat = net.nat(net.subnet("10.0.0.0/24"), net.address())
    net.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)


# Security groups


def test_a_group_stays_while_a_rule_of_another_one_names_it(net: Network) -> None:
    group, other = net.group("a"), net.group("b")
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    for direction in ("ingress", "egress"):
        getattr(net.ec2, f"authorize_security_group_{direction}")(GroupId=other, IpPermissions=[rule])
        with refused("DependencyViolation"):
            net.ec2.delete_security_group(GroupId=group)
        getattr(net.ec2, f"revoke_security_group_{direction}")(GroupId=other, IpPermissions=[rule])
    net.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])  # its own rule does not keep it
    net.ec2.delete_security_group(GroupId=group)


def test_a_group_stays_while_an_interface_has_it(net: Network) -> None:
    group = net.group()
    answer = net.ec2.create_network_interface(SubnetId=net.subnet("10.0.0.0/24"), Groups=[group])
    interface = answer["NetworkInterface"]["NetworkInterfaceId"]
    with refused("DependencyViolation"):
        net.ec2.delete_security_group(GroupId=group)
    net.ec2.delete_network_interface(NetworkInterfaceId=interface)
    net.ec2.delete_security_group(GroupId=group)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_is_the_same_with_another_description(net: Network, direction: str) -> None:
    group, other = net.group("a"), net.group("b")
    authorize = getattr(net.ec2, f"authorize_security_group_{direction}")
    for peer in ({"UserIdGroupPairs": [{"GroupId": other}]}, {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}
        ((key, (one,)),) = peer.items()
        described = {**rule, key: [{**one, "Description": "again"}]}
        authorize(GroupId=group, IpPermissions=[rule])
        with refused("InvalidPermission.Duplicate"):
            authorize(GroupId=group, IpPermissions=[described])
        authorize(GroupId=group, IpPermissions=[{**described, "ToPort": 444}])
        getattr(net.ec2, f"revoke_security_group_{direction}")(GroupId=group, IpPermissions=[described])
        authorize(GroupId=group, IpPermissions=[described])


# Endpoints and flow logs


def test_a_vpc_has_one_endpoint_with_private_dns_for_a_service(net: Network) -> None:
    given = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.eu-west-1.ecr.api", "VpcEndpointType": "Interface"}
    first = net.ec2.create_vpc_endpoint(**given, PrivateDnsEnabled=True)["VpcEndpoint"]["VpcEndpointId"]
    with refused("InvalidParameter"):
        net.ec2.create_vpc_endpoint(**given, PrivateDnsEnabled=True)
    net.ec2.create_vpc_endpoint(**given, PrivateDnsEnabled=False)
    net.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    net.ec2.create_vpc_endpoint(**given, PrivateDnsEnabled=True)


def test_a_route_table_has_one_gateway_endpoint_of_a_service(net: Network) -> None:
    table = net.table()
    given = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "VpcEndpointType": "Gateway"}
    first = net.ec2.create_vpc_endpoint(**given, RouteTableIds=[table])["VpcEndpoint"]["VpcEndpointId"]
    with refused("RouteAlreadyExists"):
        net.ec2.create_vpc_endpoint(**given, RouteTableIds=[table])
    second = net.ec2.create_vpc_endpoint(**given, RouteTableIds=[net.table()])["VpcEndpoint"]["VpcEndpointId"]
    with refused("RouteAlreadyExists"):
        net.ec2.modify_vpc_endpoint(VpcEndpointId=second, AddRouteTableIds=[table])
    net.ec2.modify_vpc_endpoint(VpcEndpointId=first, RemoveRouteTableIds=[table])
    net.ec2.modify_vpc_endpoint(VpcEndpointId=second, AddRouteTableIds=[table])


def test_an_interface_endpoint_has_one_subnet_of_a_zone(net: Network) -> None:
    first, same, other = net.subnet("10.0.0.0/24"), net.subnet("10.0.1.0/24"), net.subnet("10.0.2.0/24", "eu-west-1b")
    given = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.eu-west-1.ecr.api", "VpcEndpointType": "Interface"}
    with refused("DuplicateSubnetsInSameZone"):
        net.ec2.create_vpc_endpoint(**given, SubnetIds=[first, same])
    net.ec2.create_vpc_endpoint(**given, SubnetIds=[first, other])


def test_a_modified_endpoint_exists(net: Network) -> None:
    with refused("InvalidVpcEndpointId.NotFound"):
        net.ec2.modify_vpc_endpoint(VpcEndpointId="vpce-00000000000000000", PrivateDnsEnabled=True)


def test_the_log_group_of_a_flow_log_exists_under_its_name(net: Network, stacks: Stacks) -> None:
    given = {
        "ResourceIds": [net.vpc],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "DeliverLogsPermissionArn": f"arn:aws:iam::{net.aws.account}:role/logs",
    }
    with refused("InvalidParameter"):
        net.ec2.create_flow_logs(**given, LogGroupName="/flow")
    stacks.aws("logs").create_log_group(logGroupName="/flow")
    arn = f"arn:aws:logs:eu-west-1:{net.aws.account}:log-group:/flow"
    with refused("InvalidParameter"):
        net.ec2.create_flow_logs(**given, LogDestination=f"{arn}:*")
    stacks.aws("iam").create_role(RoleName="logs", AssumeRolePolicyDocument="{}")
    assert not net.ec2.create_flow_logs(**given, LogGroupName="/flow")["Unsuccessful"]


def test_a_flow_log_is_in_a_folder_of_an_existing_bucket(net: Network, stacks: Stacks) -> None:
    given = {"ResourceIds": [net.vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3"}
    arn = "arn:aws:s3:::flow-logs/orders"
    assert net.ec2.create_flow_logs(**given, LogDestination=arn)["Unsuccessful"]
    where = {"LocationConstraint": "eu-west-1"}
    stacks.aws("s3").create_bucket(Bucket="flow-logs", CreateBucketConfiguration=where)
    assert not net.ec2.create_flow_logs(**given, LogDestination=arn)["Unsuccessful"]


# What moto lacks


@pytest.mark.parametrize("letter", "abcdef")
def test_a_region_has_zones_to_f(net: Network, letter: str) -> None:
    net.subnet("10.0.0.0/24", f"eu-west-1{letter}")


def test_a_zone_that_does_not_exist_is_refused(net: Network) -> None:
    with refused("InvalidParameterValue"):
        net.subnet("10.0.0.0/24", "eu-west-1z")


def test_principals_and_resources_of_a_share_change(net: Network) -> None:
    ram, subnet = net.aws("ram"), net.subnet("10.0.0.0/24")
    arn = f"arn:aws:ec2:eu-west-1:{net.aws.account}:subnet/{subnet}"
    share = ram.create_resource_share(name="subnets", principals=["444455556666"])["resourceShare"]["resourceShareArn"]

    def associated(kind: str) -> list[str]:
        found = ram.get_resource_share_associations(resourceShareArns=[share], associationType=kind)
        return [each["associatedEntity"] for each in found["resourceShareAssociations"]]

    ram.associate_resource_share(resourceShareArn=share, principals=["555566667777"], resourceArns=[arn])
    assert (associated("PRINCIPAL"), associated("RESOURCE")) == (["444455556666", "555566667777"], [arn])
    ram.disassociate_resource_share(resourceShareArn=share, principals=["444455556666"], resourceArns=[arn])
    assert (associated("PRINCIPAL"), associated("RESOURCE")) == (["555566667777"], [])
    with pytest.raises(ClientError):
        ram.associate_resource_share(resourceShareArn=share, principals=["no principal"])
    ram.delete_resource_share(resourceShareArn=share)
    with pytest.raises(ClientError) as missing:
        ram.associate_resource_share(resourceShareArn=share, principals=["555566667777"])
    assert code_of(missing.value) == "UnknownResourceException"


def test_elastic_ip_addresses_are_distinct_and_for_documentation(net: Network) -> None:
    found = [net.ec2.allocate_address(Domain="vpc")["PublicIp"] for _ in range(300)]
    assert len(set(found)) == len(found)
    ranges = [IPv4Network(each) for each in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")]
    assert all(any(IPv4Address(address) in each for each in ranges) for address in found)
