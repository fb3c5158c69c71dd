"""What a config names as existing exists on a local AWS under the ids that the config has, and in its zones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest
import yaml

from tests.template import REPOSITORY
from tools.local_aws import LocalAws
from tools.local_aws.clients import AccountClients
from tools.local_aws.existing import create_existing, ids_in

_ACCOUNTS = count(220000000001)
Existing = Callable[[str], tuple[dict[str, Any], AccountClients]]
"""Creates what a config names, and returns the config and its account."""
CONFIGS = ("article", "private-nat", "firewall", "appliances", "ipv6", "local-zone", "shared-vpc-network")

DESCRIBED: Mapping[str, tuple[str, str, str]] = {
    "eipalloc": ("describe_addresses", "AllocationIds", "Addresses"),
    "eni": ("describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces"),
    "nat": ("describe_nat_gateways", "NatGatewayIds", "NatGateways"),
    "pcx": ("describe_vpc_peering_connections", "VpcPeeringConnectionIds", "VpcPeeringConnections"),
    "pl": ("describe_managed_prefix_lists", "PrefixListIds", "PrefixLists"),
    "rtb": ("describe_route_tables", "RouteTableIds", "RouteTables"),
    "sg": ("describe_security_groups", "GroupIds", "SecurityGroups"),
    "subnet": ("describe_subnets", "SubnetIds", "Subnets"),
    "tgw": ("describe_transit_gateways", "TransitGatewayIds", "TransitGateways"),
    "vgw": ("describe_vpn_gateways", "VpnGatewayIds", "VpnGateways"),
    "vpc": ("describe_vpcs", "VpcIds", "Vpcs"),
    "vpce": ("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"),
}
"""How boto3 describes each kind of id, but for instances."""


def config_of(name: str, account: str) -> dict[str, Any]:
    """A config of the repository, in an account of its own, as the ids of configs are the same in several."""
    found = yaml.safe_load((REPOSITORY / "config" / f"{name}.yaml").read_text())
    assert isinstance(found, dict)
    return {**found, "environment": {**found["environment"], "account": account}}


def described(aws: AccountClients, id_: str) -> dict[str, Any]:
    """What EC2 says of an id."""
    kind = id_.rpartition("-")[0]
    if kind == "i":
        (reservation,) = aws("ec2").describe_instances(InstanceIds=[id_])["Reservations"]
        (found,) = reservation["Instances"]
    else:
        operation, ids, key = DESCRIBED[kind]
        (found,) = getattr(aws("ec2"), operation)(**{ids: [id_]})[key]
    assert isinstance(found, dict)
    return found


def zones_of(aws: AccountClients, id_: str) -> set[str]:
    """Name and id of the zone that something is in, by its subnet; empty for what is in none."""
    found = described(aws, id_)
    subnet = found.get("SubnetId") or next(iter(found.get("SubnetIds", [])), None)
    if subnet is None:
        return set()
    subnet = described(aws, subnet)
    return {subnet["AvailabilityZone"], subnet["AvailabilityZoneId"]}


@pytest.fixture(scope="module")
def existing(local: LocalAws) -> Existing:
    """Each config is created once."""
    created: dict[str, tuple[dict[str, Any], AccountClients]] = {}

    def create(name: str) -> tuple[dict[str, Any], AccountClients]:
        if name not in created:
            config = config_of(name, str(next(_ACCOUNTS)))
            created[name] = config, create_existing(local, config)
        return created[name]

    return create


@pytest.mark.parametrize("name", CONFIGS)
def test_every_id_of_a_config_exists_in_its_zone(existing: Existing, name: str) -> None:
    config, aws = existing(name)
    ids = list(ids_in(config, ""))
    assert ids
    for _, zone, id_ in ids:
        zones = zones_of(aws, id_)
        if zone and zones:
            shared = id_ == "nat-0b7700000000000bb"  # of another zone, which the config of a Local Zone shares
            assert zone in zones or shared


@pytest.mark.parametrize("name", CONFIGS)
def test_the_vpc_has_the_blocks_and_an_internet_gateway(existing: Existing, name: str) -> None:
    config, aws = existing(name)
    vpc = described(aws, config["vpc"]["id"])
    assert {each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"]} == set(config["vpc"]["cidrs"])
    six = {each["Ipv6CidrBlock"] for each in vpc.get("Ipv6CidrBlockAssociationSet", [])}
    assert six == set(config["vpc"].get("ipv6_cidrs", []))
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
    assert len(aws("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]) == 1


@pytest.mark.parametrize("name", CONFIGS)
def test_pod_subnets_of_the_config_are_free(existing: Existing, name: str) -> None:
    config, aws = existing(name)
    for cidrs in config["pods"].get("subnets", {}).values():
        for cidr in cidrs:
            assert aws("ec2").create_subnet(VpcId=config["vpc"]["id"], CidrBlock=cidr)


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "shared-vpc-network"])
def test_the_cluster_exists_in_the_node_subnets_with_its_group(existing: Existing, name: str) -> None:
    config, aws = existing(name)
    cluster = aws("eks").describe_cluster(name=config["cluster"]["name"])["cluster"]
    assert cluster["resourcesVpcConfig"]["vpcId"] == config["vpc"]["id"]
    assert cluster["resourcesVpcConfig"]["clusterSecurityGroupId"] == config["cluster"]["security_group_id"]
    zones = {zone for subnet in cluster["resourcesVpcConfig"]["subnetIds"] for zone in zones_of(aws, subnet)}
    assert "us-east-1-bos-1a" not in zones


def test_an_appliance_forwards_packets_of_others(existing: Existing) -> None:
    _, aws = existing("appliances")
    assert described(aws, "eni-0a10000000000009c")["SourceDestCheck"] is False
    given = {"InstanceId": "i-0b10000000000009c", "Attribute": "sourceDestCheck"}
    assert aws("ec2").describe_instance_attribute(**given)["SourceDestCheck"]["Value"] is False


def test_a_stack_that_creates_its_vpc_finds_no_vpc(existing: Existing) -> None:
    _, aws = existing("new-vpc")
    assert {each["IsDefault"] for each in aws("ec2").describe_vpcs()["Vpcs"]} == {True}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"vpc": {"id": "vpc-0a1b2c3d"}}, [("vpc.id", "", "vpc-0a1b2c3d")]),
        (
            {"a": {"eu-west-1a": ["subnet-0a1b2c3d4e5f67890"]}},
            [("a.eu-west-1a", "eu-west-1a", "subnet-0a1b2c3d4e5f67890")],
        ),
        ({"a": {"euw1-az1": "nat-0a1b2c3d"}}, [("a.euw1-az1", "euw1-az1", "nat-0a1b2c3d")]),
        ({"a": {"us-east-1-bos-1a": "nat-0a1b2c3d"}}, [("a.us-east-1-bos-1a", "us-east-1-bos-1a", "nat-0a1b2c3d")]),
        ({"a": {"use1-bos1-az1": "nat-0a1b2c3d"}}, [("a.use1-bos1-az1", "use1-bos1-az1", "nat-0a1b2c3d")]),
        ({"name": "my-cluster", "a": "10.0.0.0/16", "b": 1, "c": ["cgnat-overlay-sg"]}, []),
    ],
    ids=str,
)
def test_ids_in_a_config(value: Any, found: list[tuple[str, str, str]]) -> None:
    assert list(ids_in(value, "")) == found


def test_only_ids_of_a_kind_are_found() -> None:
    value = {"a": ["subnet-0a1b2c3d", "sg-0a1b2c3d"]}
    assert [id_ for _, _, id_ in ids_in(value, "sg")] == ["sg-0a1b2c3d"]
