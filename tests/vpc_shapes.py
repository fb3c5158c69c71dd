"""VPCs of several shapes with a cluster in each, built through the API, and what a deployment makes in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from typing import Any, Final

import boto3

from podspace.live.aws.interface import CLUSTER_TAG, NODE_TAG, POOL_TAG
from podspace.planning import Created, NetworkFile
from tests.aws_server import ACCOUNT, AwsServer

SHARED_ROUTE: Final = "100.64.0.0/10"
AUTO_NODE_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"
_ANYWHERE: Final = "0.0.0.0/0"
_TRUST: Final = json.dumps({"Version": "2012-10-17", "Statement": []})


@dataclass(frozen=True)
class Shape:
    """A VPC, by the ids of its parts."""

    region: str
    vpc_id: str
    group_id: str
    node_subnets: Mapping[str, str] = field(default_factory=dict)
    public_subnets: Mapping[str, str] = field(default_factory=dict)
    nat_gateways: Mapping[str, str] = field(default_factory=dict)


def client(aws: AwsServer, service: str, region: str = "eu-west-1") -> Any:
    """A client of the server, whatever the environment says."""
    return _client(aws.url, service, region)


@cache
def _client(url: str, service: str, region: str) -> Any:
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.Session().client(service, region_name=region, endpoint_url=url, **keys)


def a_shape(
    aws: AwsServer,
    *,
    zones: str = "ab",
    nats: str = "ab",
    cluster: str = "prod",
    region: str = "eu-west-1",
    dns: bool = True,
) -> Shape:
    """A VPC 10.20.0.0/20 with a public and a private subnet in each zone, and a cluster in EKS Auto Mode.

    Args:
        aws: the server.
        zones: letters of the zones.
        nats: letters of the zones with a NAT gateway; private subnets elsewhere lead to the first.
        cluster: its name.
        region: where.
        dns: whether DNS hostnames are on.
    """
    ec2 = client(aws, "ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/20")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": dns})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    names = {zone: f"{region}{zone}" for zone in zones}
    public, private = (
        {
            name: ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{first + number}.0/24", AvailabilityZone=name)["Subnet"]["SubnetId"]
            for number, name in enumerate(names.values())
        }
        for first in (0, 8)
    )  # fmt: skip
    _table(ec2, vpc, public.values(), GatewayId=gateway)
    gateways = {}
    for zone in nats:
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = ec2.create_nat_gateway(SubnetId=public[names[zone]], AllocationId=address)
        gateways[names[zone]] = made["NatGateway"]["NatGatewayId"]
    for name, subnet in private.items():
        nat = gateways.get(name) or next(iter(gateways.values()), "")
        _table(ec2, vpc, [subnet], **({"NatGatewayId": nat} if nat else {}))
    group = ec2.create_security_group(GroupName=f"eks-cluster-sg-{cluster}-1", Description="EKS", VpcId=vpc)["GroupId"]
    shape = Shape(region, vpc, group, private, public, gateways)
    aws.clusters[region, cluster] = a_cluster(shape, cluster)
    return shape


def _table(ec2: Any, vpc: str, subnets: Any, **way: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    if way:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=_ANYWHERE, **way)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def a_cluster(shape: Shape, name: str) -> dict[str, Any]:
    """What EKS says of a cluster in Auto Mode."""
    return {
        "arn": f"arn:aws:eks:{shape.region}:{ACCOUNT}:cluster/{name}",
        "version": "1.36",
        "status": "ACTIVE",
        "resourcesVpcConfig": {
            "vpcId": shape.vpc_id,
            "subnetIds": [*shape.node_subnets.values(), *shape.public_subnets.values()],
            "clusterSecurityGroupId": shape.group_id,
        },
        "computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": f"arn:aws:iam::{ACCOUNT}:role/AutoNode"},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "accessConfig": {"authenticationMode": "API"},
    }  # fmt: skip


def behind_a_transit_gateway(aws: AwsServer, shape: Shape, *, elsewhere: str) -> str:
    """Attach the VPC to a new transit gateway, which leads a range to another VPC; the gateway's id."""
    ec2 = client(aws, "ec2", shape.region)
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    far = ec2.create_subnet(VpcId=other, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    attached = [
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
        for vpc, subnet in ((shape.vpc_id, next(iter(shape.node_subnets.values()))), (other, far))
    ]
    ours, theirs = (each["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"] for each in attached)
    associations = {
        each["TransitGatewayAttachmentId"]: each["Association"]
        for each in ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    }
    # The table that EC2 reports for the attachment is the one whose routes its traffic takes.
    ec2.create_transit_gateway_route(
        DestinationCidrBlock=elsewhere,
        TransitGatewayRouteTableId=associations[ours]["TransitGatewayRouteTableId"],
        TransitGatewayAttachmentId=theirs,
    )
    main = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [shape.vpc_id]}])["RouteTables"][0]
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway)
    return str(gateway)


def peered(aws: AwsServer, shape: Shape, *, cidr: str, accepted: bool = True) -> str:
    """Peer the VPC with a new one; the peering's id."""
    ec2 = client(aws, "ec2", shape.region)
    peer = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=shape.vpc_id, PeerVpcId=peer)["VpcPeeringConnection"]
    if accepted:
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    return str(made["VpcPeeringConnectionId"])


def with_block(aws: AwsServer, shape: Shape, cidr: str, *, used: bool = False) -> None:
    """Associate a further block, and put a subnet into it."""
    ec2 = client(aws, "ec2", shape.region)
    ec2.associate_vpc_cidr_block(VpcId=shape.vpc_id, CidrBlock=cidr)
    if used:
        part = cidr.replace("/16", "/24")
        ec2.create_subnet(VpcId=shape.vpc_id, CidrBlock=part, AvailabilityZone=f"{shape.region}a")


def deploy(aws: AwsServer, file: NetworkFile) -> dict[str, str]:
    """Create by the API what the stack of a plan creates, and the stack; returns the pod subnets' ids by CIDR."""
    plan, created = file.plan, dict[tuple[str, str], str]()
    ec2, iam = client(aws, "ec2", plan.region), client(aws, "iam", plan.region)
    vpc = plan.vpc.id
    for block in plan.pods.blocks:
        if not block.associated:
            made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=str(block.cidr))
            created["AWS::EC2::VPCCidrBlock", str(block.cidr)] = made["CidrBlockAssociation"]["AssociationId"]
    tables = {
        table.name: ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        for table in plan.pods.route_tables
        if isinstance(table.origin, Created)
    }
    subnets = {}
    for planned in plan.pods.subnets:
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=str(planned.cidr), AvailabilityZone=planned.zone)["Subnet"]
        ec2.create_tags(Resources=[made["SubnetId"]], Tags=_tags(planned.tags))
        ec2.associate_route_table(RouteTableId=tables[planned.zone], SubnetId=made["SubnetId"])
        subnets[str(planned.cidr)] = made["SubnetId"]
        reserve(aws, made["SubnetId"], *planned.reservations, region=plan.region)
    group = ec2.create_security_group(GroupName=plan.stack_name, Description="pods", VpcId=vpc)["GroupId"]
    ec2.create_tags(Resources=[group], Tags=_tags(plan.pods.selector))
    iam.create_role(RoleName=plan.node_role.name, AssumeRolePolicyDocument=_TRUST)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{plan.node_role.name}"
    aws.entries[plan.cluster_name, arn] = ("EC2", (AUTO_NODE_POLICY,))
    created |= {("AWS::EC2::RouteTable", zone): id for zone, id in tables.items()}
    created |= {("AWS::EC2::Subnet", cidr): id for cidr, id in subnets.items()}
    created["AWS::EC2::SecurityGroup", ""] = group
    created["AWS::IAM::Role", ""] = plan.node_role.name
    created["AWS::EKS::AccessEntry", "of the nodes"] = f"{plan.cluster_name}|{arn}"
    logical_ids = {(each.type, each.name): each.logical_id for each in plan.resources()}
    aws.stacks[plan.stack_name] = ("CREATE_COMPLETE", {logical_ids[key]: id for key, id in created.items()})
    return subnets


def reserve(aws: AwsServer, subnet: str, *cidrs: IPv4Network, region: str = "eu-west-1", kind: str = "prefix") -> None:
    """Reserve ranges of a subnet."""
    ec2 = client(aws, "ec2", region)
    for cidr in cidrs:
        ec2.create_subnet_cidr_reservation(SubnetId=subnet, Cidr=str(cidr), ReservationType=kind)


def run_nodes(aws: AwsServer, file: NetworkFile, shape: Shape, subnets: Mapping[str, str]) -> list[str]:
    """Nodes of the first NodePool, a pod interface of theirs in each pod subnet, and leftovers; the nodes' ids."""
    nodes = list[str]()
    ec2, iam = client(aws, "ec2", file.plan.region), client(aws, "iam", file.plan.region)
    tags = {CLUSTER_TAG: file.plan.cluster_name, POOL_TAG: file.plan.node_pools[0].metadata.name}
    zones = {str(planned.cidr): planned.zone for planned in file.plan.pods.subnets}
    for cidr, subnet in subnets.items():
        node = ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=shape.node_subnets[zones[cidr]],
            TagSpecifications=[{"ResourceType": "instance", "Tags": _tags(tags)}],
        )["Instances"][0]["InstanceId"]  # fmt: skip
        made = ec2.create_network_interface(SubnetId=subnet, Description="pods", SecondaryPrivateIpAddressCount=3)
        interface = made["NetworkInterface"]["NetworkInterfaceId"]
        ec2.create_tags(Resources=[interface], Tags=_tags({CLUSTER_TAG: file.plan.cluster_name, NODE_TAG: node}))
        ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=node, DeviceIndex=1)
        nodes.append(node)
    iam.create_instance_profile(InstanceProfileName="eks-0123456789")
    iam.add_role_to_instance_profile(InstanceProfileName="eks-0123456789", RoleName=file.plan.node_role.name)
    return nodes


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
