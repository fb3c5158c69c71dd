"""EC2 refuses what AWS refuses, and accepts the same without the cause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tools.local_aws.network import Network, network
from tests.tools.local_aws.stacks import Stacks, refused

# CIDR blocks


@pytest.mark.parametrize(
    ("primary", "block"),
    [
        ("10.0.0.0/16", "100.64.0.0/16"),
        ("10.0.0.0/16", "10.1.0.0/28"),
        ("172.16.0.0/16", "172.17.0.0/16"),
        ("192.168.0.0/16", "100.64.0.0/17"),
        ("100.64.0.0/16", "100.65.0.0/16"),
        ("198.19.0.0/17", "198.19.128.0/17"),
    ],
)
def test_a_cidr_block_is_associated(stacks: Stacks, primary: str, block: str) -> None:
    found = network(stacks.aws, primary)
    found.block(block)
    (vpc,) = found.ec2.describe_vpcs(VpcIds=[found.vpc])["Vpcs"]
    assert {each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"]} == {primary, block}


@pytest.mark.parametrize(
    ("primary", "block"),
    [
        ("10.0.0.0/16", "100.64.0.0/15"),
        ("10.0.0.0/16", "100.64.0.0/29"),
        ("10.0.0.0/16", "10.0.128.0/17"),
        ("10.0.1.0/24", "10.0.0.0/16"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("10.0.0.0/16", "172.16.0.0/16"),
        ("10.0.0.0/16", "192.168.0.0/16"),
        ("10.0.0.0/16", "198.19.0.0/20"),
        ("172.16.0.0/16", "10.0.0.0/16"),
        ("192.168.0.0/16", "172.16.0.0/16"),
        ("100.64.0.0/16", "10.0.0.0/16"),
        ("198.19.0.0/17", "10.0.0.0/16"),
        ("10.0.0.0/16", "10.1.0.1/16"),
    ],
)
def test_a_cidr_block_is_refused(stacks: Stacks, primary: str, block: str) -> None:
    with refused("InvalidParameterValue" if block == "10.1.0.1/16" else "InvalidVpc.Range"):
        network(stacks.aws, primary).block(block)


def test_a_vpc_has_more_than_five_cidr_blocks(net: Network) -> None:
    for number in range(8):
        net.block(f"100.{64 + number}.0.0/16")
    with refused("InvalidVpc.Range"):
        net.block("100.64.0.0/20")


def test_an_ipv6_cidr_block_is_associated(net: Network) -> None:
    net.ec2.associate_vpc_cidr_block(VpcId=net.vpc, AmazonProvidedIpv6CidrBlock=True)
    net.block("100.64.0.0/16")
    (vpc,) = net.ec2.describe_vpcs(VpcIds=[net.vpc])["Vpcs"]
    assert (len(vpc["CidrBlockAssociationSet"]), len(vpc["Ipv6CidrBlockAssociationSet"])) == (2, 1)


def test_a_block_is_not_as_large_as_the_destination_of_a_route(net: Network) -> None:
    net.route(net.table(), "100.64.0.0/16", GatewayId=net.internet_gateway())
    with refused("InvalidVpc.Range"):
        net.block("100.64.0.0/16")
    net.block("100.64.0.0/17")


def test_a_block_stays_while_a_subnet_is_in_it(net: Network) -> None:
    association = net.block("100.64.0.0/16")
    net.subnet("10.0.0.0/24")
    subnet = net.subnet("100.64.0.0/20")
    with refused("DependencyViolation"):
        net.ec2.disassociate_vpc_cidr_block(AssociationId=association)
    net.ec2.delete_subnet(SubnetId=subnet)
    net.ec2.disassociate_vpc_cidr_block(AssociationId=association)


# Subnets


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.0.0.1/24", "InvalidSubnet.Range"),
        ("10.0.0.0/29", "InvalidSubnet.Range"),
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.0.0/15", "InvalidSubnet.Range"),
        ("10.0.0.128/25", "InvalidSubnet.Conflict"),
        ("text", "InvalidSubnet.Range"),
    ],
)
def test_a_subnet_is_refused(net: Network, cidr: str, code: str) -> None:
    net.subnet("10.0.0.0/24")
    with refused(code):
        net.subnet(cidr)
    net.subnet("10.0.1.0/28")


def test_an_ipv6_cidr_block_is_in_one_subnet(net: Network) -> None:
    net.ec2.associate_vpc_cidr_block(VpcId=net.vpc, AmazonProvidedIpv6CidrBlock=True)
    (vpc,) = net.ec2.describe_vpcs(VpcIds=[net.vpc])["Vpcs"]
    six = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    net.subnet("10.0.0.0/24", Ipv6CidrBlock=six)
    with refused("InvalidSubnet.Conflict"):
        net.subnet("10.0.1.0/24", Ipv6CidrBlock=six)


@pytest.mark.parametrize("holder", ["interface", "nat", "endpoint"])
def test_a_subnet_stays_while_something_is_in_it(net: Network, holder: str) -> None:
    subnet, ec2 = net.subnet("10.0.0.0/24"), net.ec2
    net.internet_gateway()

    def interface() -> Callable[[], object]:
        id_ = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        return lambda: ec2.delete_network_interface(NetworkInterfaceId=id_)

    def nat() -> Callable[[], object]:
        id_ = net.nat(subnet, net.address())
        return lambda: ec2.delete_nat_gateway(NatGatewayId=id_)

    def endpoint() -> Callable[[], object]:
        given = {
            "ServiceName": "com.amazonaws.eu-west-1.ecr.api",
            "VpcEndpointType": "Interface",
            "SubnetIds": [subnet],
        }
        id_ = ec2.create_vpc_endpoint(VpcId=net.vpc, **given)["VpcEndpoint"]["VpcEndpointId"]
        return lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[id_])

    delete = {"interface": interface, "nat": nat, "endpoint": endpoint}[holder]()
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)
    delete()
    ec2.delete_subnet(SubnetId=subnet)


def test_a_deleted_subnet_leaves_its_route_table(net: Network) -> None:
    table, subnet = net.table(), net.subnet("10.0.0.0/24")
    net.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    net.ec2.delete_subnet(SubnetId=subnet)
    (found,) = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert found["Associations"] == []
    net.ec2.delete_route_table(RouteTableId=table)


# Gateways and addresses


def test_an_internet_gateway_stays_while_addresses_are_mapped(net: Network) -> None:
    gateway = net.internet_gateway()
    nat = net.nat(net.subnet("10.0.0.0/24"), net.address())
    with refused("DependencyViolation"):
        net.ec2.detach_internet_gateway(VpcId=net.vpc, InternetGatewayId=gateway)
    net.ec2.delete_nat_gateway(NatGatewayId=nat)
    net.ec2.detach_internet_gateway(VpcId=net.vpc, InternetGatewayId=gateway)


def test_an_address_that_is_used_is_not_released(net: Network) -> None:
    net.internet_gateway()
    address = net.address()
    nat = net.nat(net.subnet("10.0.0.0/24"), address)
    with refused("InvalidIPAddress.InUse"):
        net.ec2.release_address(AllocationId=address)
    net.ec2.delete_nat_gateway(NatGatewayId=nat)
    net.ec2.release_address(AllocationId=address)


def test_a_public_nat_gateway_needs_an_internet_gateway_and_an_address(net: Network) -> None:
    subnet, address = net.subnet("10.0.0.0/24"), net.address()
    with refused("Gateway.NotAttached"):
        net.nat(subnet, address)
    net.internet_gateway()
    with refused("MissingParameter"):
        net.ec2.create_nat_gateway(SubnetId=subnet)
    with refused("InvalidAllocationID.NotFound"):
        net.nat(subnet, "eipalloc-00000000000000000")
    net.nat(subnet, address)


def test_a_private_nat_gateway_needs_neither(net: Network) -> None:
    subnet = net.subnet("10.0.0.0/24")
    with refused("InvalidParameterCombination"):
        net.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", AllocationId=net.address())
    given = {"ConnectivityType": "private", "SecondaryPrivateIpAddressCount": 2}
    nat = net.ec2.create_nat_gateway(SubnetId=subnet, **given)["NatGateway"]["NatGatewayId"]
    (found,) = net.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    assert len({each["PrivateIp"] for each in found["NatGatewayAddresses"]}) == 3
    assert (found["ConnectivityType"], found["SubnetId"]) == ("private", subnet)


def test_an_address_is_of_one_nat_gateway(net: Network) -> None:
    net.internet_gateway()
    address, other = net.address(), net.address()
    nat = net.nat(net.subnet("10.0.0.0/24"), address)
    with refused("Resource.AlreadyAssociated"):
        net.nat(net.subnet("10.0.1.0/24"), address)
    with refused("Resource.AlreadyAssociated"):
        net.ec2.associate_nat_gateway_address(NatGatewayId=nat, AllocationIds=[address])
    with refused("Resource.AlreadyAssociated"):
        given = {"AllocationId": other, "SecondaryAllocationIds": [address]}
        net.ec2.create_nat_gateway(SubnetId=net.subnet("10.0.2.0/24"), **given)
    net.ec2.associate_nat_gateway_address(NatGatewayId=nat, AllocationIds=[other])
    (found,) = net.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    second = next(each for each in found["NatGatewayAddresses"] if each["AllocationId"] == other)
    net.ec2.disassociate_nat_gateway_address(NatGatewayId=nat, AssociationIds=[second["AssociationId"]])
    net.nat(net.subnet("10.0.3.0/24"), other)


def test_a_deleted_nat_gateway_is_not_found_and_keeps_no_address_of_another_one(net: Network) -> None:
    gateway, address = net.internet_gateway(), net.address()
    first = net.nat(net.subnet("10.0.0.0/24"), address)
    net.ec2.delete_nat_gateway(NatGatewayId=first)
    net.nat(net.subnet("10.0.1.0/24"), address)
    with refused("NatGatewayNotFound"):
        net.ec2.delete_nat_gateway(NatGatewayId=first)
    with refused("NatGatewayNotFound"):
        net.ec2.associate_nat_gateway_address(NatGatewayId=first, AllocationIds=[net.address()])
    with refused("InvalidIPAddress.InUse"):
        net.ec2.release_address(AllocationId=address)
    with refused("InvalidNatGatewayID.NotFound"):
        net.route(net.table(), NatGatewayId=first)
    with refused("DependencyViolation"):
        net.ec2.detach_internet_gateway(VpcId=net.vpc, InternetGatewayId=gateway)


def test_a_regional_nat_gateway_is_public_and_in_no_subnet(net: Network) -> None:
    subnet, given = net.subnet("10.0.0.0/24"), {"VpcId": net.vpc, "AvailabilityMode": "regional"}
    with refused("Gateway.NotAttached"):
        net.ec2.create_nat_gateway(**given)
    gateway = net.internet_gateway()
    with refused("InvalidParameterCombination"):
        net.ec2.create_nat_gateway(**given, ConnectivityType="private")
    with refused("InvalidParameterCombination"):
        net.ec2.create_nat_gateway(**given, SubnetId=subnet)
    address = net.address()
    zones = [{"AvailabilityZone": "eu-west-1a", "AllocationIds": [address]}]
    nat = net.ec2.create_nat_gateway(**given, AvailabilityZoneAddresses=zones)["NatGateway"]["NatGatewayId"]
    (found,) = net.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    assert (found["VpcId"], found["AvailabilityMode"], found["State"]) == (net.vpc, "regional", "available")
    assert "SubnetId" not in found
    assert [each["AllocationId"] for each in found["NatGatewayAddresses"]] == [address]
    with refused("InvalidIPAddress.InUse"):
        net.ec2.release_address(AllocationId=address)
    with refused("DependencyViolation"):
        net.ec2.detach_internet_gateway(VpcId=net.vpc, InternetGatewayId=gateway)
    net.ec2.delete_nat_gateway(NatGatewayId=nat)
    net.ec2.release_address(AllocationId=address)
