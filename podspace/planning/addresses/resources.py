"""CloudFormation resources of addresses: a new VPC, CIDR blocks, pod subnets, and their resource share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from podspace.planning.addresses.plan import VPC_PATH, PodSubnet, VpcSubnet, pod_subnet_path, subnet_path, table_path
from podspace.planning.addresses.zone import zone_key
from podspace.planning.egress.routes import node_table
from podspace.planning.inventory import ConstructPath, Ref, Resource, Value, construct_id

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.plan import Plan

_GATEWAY_PATH: ConstructPath = ("Vpc", "InternetGateway")


def address_resources(plan: Plan) -> Iterator[Resource]:
    """Every resource of a new VPC, and of the pod network without its routes and gateways."""
    yield from _vpc(plan)
    yield from _vpc_subnets(plan)
    for index, block in enumerate(plan.pods.blocks):
        if not block.associated:
            yield Resource(
                type="AWS::EC2::VPCCidrBlock",
                path=("PodNetwork", f"Block-{construct_id(block.cidr)}"),
                kind="CIDR block",
                name=str(block.cidr),
                keys=(f"pods.cidrs[{index}]",),
                create_only={"VpcId": plan.vpc.value, "CidrBlock": str(block.cidr)},
                addresses=block.cidr,
                vital=True,
            )
    keys = {share.cidr: share.place for share in plan.pods.layout.shares()}
    for subnet in plan.pods.subnets:
        yield from _pod_subnet(plan, subnet, key=keys[subnet.cidr])
    if plan.pods.shared_with:
        yield _share(plan)


def _vpc(plan: Plan) -> Iterator[Resource]:
    new = plan.vpc.new
    if new is None:
        return
    yield Resource(
        type="AWS::EC2::VPC",
        path=VPC_PATH,
        kind="VPC",
        keys=("vpc.create",),
        create_only={"CidrBlock": str(new.cidr)},
        properties={"EnableDnsHostnames": True, "EnableDnsSupport": True, "Tags": dict(new.tags)},
        vital=True,
    )
    for name, tags in new.table_tags.items():
        yield Resource(
            type="AWS::EC2::RouteTable",
            path=table_path(name, of="vpc"),
            kind="route table",
            name=name,
            keys=("vpc.create",),
            create_only={"VpcId": plan.vpc.value},
            properties={"Tags": dict(tags)},
        )
    if new.internet:
        yield from _internet_gateway(plan)


def _internet_gateway(plan: Plan) -> Iterator[Resource]:
    new = plan.vpc.new
    assert new, "the caller has a new VPC"
    keys = ("vpc.create.public",) if "public" in new.table_tags else ("egress",)
    yield Resource(
        type="AWS::EC2::InternetGateway",
        path=_GATEWAY_PATH,
        kind="internet gateway",
        keys=keys,
        properties={"Tags": dict(new.tags)},
        vital=True,
    )
    yield Resource(
        type="AWS::EC2::VPCGatewayAttachment",
        path=("Vpc", "InternetGatewayAttachment"),
        kind="attachment of the internet gateway",
        keys=keys,
        create_only={"VpcId": plan.vpc.value},
        properties={"InternetGatewayId": Ref(_GATEWAY_PATH)},
        part_of=_GATEWAY_PATH,
    )
    if "public" in new.table_tags:
        yield Resource(
            type="AWS::EC2::Route",
            path=("Vpc", "Route-public-0.0.0.0-0"),
            kind="route",
            name="0.0.0.0/0 of public",
            note="to the internet gateway",
            keys=keys,
            create_only={"RouteTableId": Ref(table_path("public", of="vpc")), "DestinationCidrBlock": "0.0.0.0/0"},
            properties={"GatewayId": Ref(_GATEWAY_PATH)},
            vital=True,
        )


def _vpc_subnets(plan: Plan) -> Iterator[Resource]:
    new = plan.vpc.new
    if new is None:
        return
    keys = {share.cidr: share.place for layout in new.layouts for share in layout.shares()}
    for subnet in new.subnets:
        path = subnet_path(subnet.cidr)
        yield Resource(
            type="AWS::EC2::Subnet",
            path=path,
            kind="VPC subnet",
            name=str(subnet.cidr),
            note=f"for nodes in {subnet.zone}" if subnet.role == "nodes" else f"public, in {subnet.zone}",
            keys=(keys[subnet.cidr],),
            create_only=_subnet_properties(plan, subnet),
            properties={"Tags": dict(subnet.tags)},
            addresses=subnet.cidr,
            vital=True,
        )
        table = table_path("public" if subnet.role == "public" else node_table(subnet.zone), of="vpc")
        yield _association(path, table, scope="Vpc", subnet=subnet, key=keys[subnet.cidr])


def _pod_subnet(plan: Plan, subnet: PodSubnet, *, key: str) -> Iterator[Resource]:
    path = pod_subnet_path(subnet.cidr)
    ipv6: dict[str, Value] = {"Ipv6CidrBlock": str(subnet.ipv6_cidr)} if subnet.ipv6_cidr else {}
    assigned: dict[str, Value] = {"AssignIpv6AddressOnCreation": True} if ipv6 else {}
    yield Resource(
        type="AWS::EC2::Subnet",
        path=path,
        kind="pod subnet",
        name=str(subnet.cidr),
        note=f"in {subnet.zone}",
        keys=(key,),
        create_only=_subnet_properties(plan, subnet),
        properties={**ipv6, **assigned, "Tags": dict(subnet.tags)},
        refused=ipv6,
        addresses=subnet.cidr,
        vital=True,
    )
    yield _association(path, table_path(subnet.zone, of="pods"), scope="PodNetwork", subnet=subnet, key=key)
    for part in subnet.reservations:
        yield Resource(
            type="AWS::EC2::SubnetCidrReservation",
            path=("PodNetwork", f"Reservation-{construct_id(part)}"),
            kind="prefix reservation",
            name=str(part),
            note=f"in {subnet.cidr}",
            keys=("pods.prefix_reservation",),
            create_only={
                "SubnetId": Ref(path),
                "Cidr": str(part),
                "ReservationType": "prefix",
                "Description": "Kept for the prefixes of pod interfaces",
            },
            properties={"Tags": dict(subnet.reservation_tags(part))},
        )


def _subnet_properties(plan: Plan, subnet: PodSubnet | VpcSubnet) -> dict[str, Value]:
    return {"VpcId": plan.vpc.value, "CidrBlock": str(subnet.cidr), zone_key(subnet.zone): subnet.zone}


def _association(
    path: ConstructPath, table: ConstructPath, *, scope: str, subnet: PodSubnet | VpcSubnet, key: str
) -> Resource:
    return Resource(
        type="AWS::EC2::SubnetRouteTableAssociation",
        path=(scope, f"RouteTableOf-{construct_id(subnet.cidr)}"),
        kind="route table association",
        name=f"of {subnet.cidr}",
        keys=(key,),
        create_only={"SubnetId": Ref(path), "RouteTableId": Ref(table)},
        part_of=path,
        vital=True,
    )


def _share(plan: Plan) -> Resource:
    by_zone = [subnet for zone in plan.pods.zones for subnet in plan.pods.subnets if subnet.zone == zone]
    return Resource(
        type="AWS::RAM::ResourceShare",
        path=("PodNetwork", "Share"),
        kind="share",
        name="of the pod subnets",
        keys=("vpc.shared_with",),
        properties={
            "Name": f"{plan.stack.name}-pod-subnets",
            "Principals": plan.pods.shared_with,
            "ResourceArns": tuple(Ref(pod_subnet_path(subnet.cidr)) for subnet in by_zone),
            "AllowExternalPrincipals": False,
        },
        vital=True,
        vital_values=plan.pods.shared_with,
    )
