"""Rules of EC2 that stacks of pod networks can break and moto does not enforce.

Each names the page of AWS that states it, or says that it is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

_SHORTEST, _LONGEST = 16, 28
_RESTRICTED: Final = {
    "10.0.0.0/8": ("172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"),
    "172.16.0.0/12": ("10.0.0.0/8", "192.168.0.0/16", "198.19.0.0/16"),
    "192.168.0.0/16": ("10.0.0.0/8", "172.16.0.0/12", "198.19.0.0/16"),
    "198.19.0.0/16": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    "100.64.0.0/10": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"),
}
"""https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions"""


class Ec2Error(Exception):
    """An error of EC2."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Ec2:
    """A request to EC2, and what moto keeps.

    Attributes:
        backend: of moto.
        form: the parameters of the request.
        core_network: whether a VPC is attached to a core network.
    """

    backend: Any
    form: Mapping[str, str]
    account: str
    region: str
    core_network: Callable[[str], bool]

    def listed(self, name: str) -> list[str]:
        """The values of a list."""
        found: list[str] = []
        while (value := self.form.get(f"{name}.{len(found) + 1}")) is not None:
            found.append(value)
        return found

    @property
    def subnets(self) -> Iterator[Any]:
        """Every subnet."""
        for by_id in self.backend.subnets.values():
            yield from by_id.values()

    @property
    def groups(self) -> Iterator[Any]:
        """Every security group."""
        for by_id in self.backend.groups.values():
            yield from by_id.values()

    def vpc_of(self, route_table: str) -> str:
        """The VPC of a route table."""
        return str(self.backend.get_route_table(route_table).vpc_id)


def _associated(vpc: Any) -> list[Any]:  # noqa: ANN401  moto has no types for it
    """The CIDR blocks of a VPC; moto keeps those that were."""
    blocks = vpc.get_cidr_block_association_set()
    return [block for block in blocks if block["cidr_block_state"]["state"] == "associated"]


def _cidr_block_is_allowed(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html."""
    text = ec2.form.get("CidrBlock")
    if text is None:
        return
    try:
        wanted = IPv4Network(text)
    except ValueError:
        raise Ec2Error("InvalidParameterValue", f"The CIDR '{text}' is invalid.") from None
    if not _SHORTEST <= wanted.prefixlen <= _LONGEST:
        raise Ec2Error("InvalidVpc.Range", f"The CIDR '{text}' is invalid.")
    vpc = ec2.backend.get_vpc(ec2.form["VpcId"])
    for block in _associated(vpc):
        other = IPv4Network(block["cidr_block"])
        if other.overlaps(wanted):
            raise Ec2Error("InvalidVpc.Range", f"The CIDR '{text}' conflicts with {other}.")


def _cidr_block_goes_with_the_vpc(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions."""
    if "CidrBlock" not in ec2.form:
        return
    vpc, wanted = ec2.backend.get_vpc(ec2.form["VpcId"]), IPv4Network(ec2.form["CidrBlock"])
    primary = IPv4Network(vpc.cidr_block)
    for range_, refused in _RESTRICTED.items():
        if primary.subnet_of(IPv4Network(range_)) and any(wanted.subnet_of(IPv4Network(each)) for each in refused):
            raise Ec2Error("InvalidVpc.Range", f"The CIDR '{wanted}' is restricted in a VPC with {primary}.")
    for table in ec2.backend.route_tables.values():
        for route in table.routes if table.vpc_id == vpc.id else ():
            to = route.destination_cidr_block
            if to and not route.local and wanted.supernet_of(ip_network(to)):  # type: ignore[arg-type]
                text = f"The CIDR '{wanted}' is the same as, or larger than, the destination {to} of a route."
                raise Ec2Error("InvalidVpc.Range", text)


def _allow_more_blocks(ec2: Ec2) -> None:
    """Moto has the default quota of five hard-wired: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html."""
    vpc = ec2.backend.get_vpc(ec2.form["VpcId"])
    vpc.get_cidr_block_association_set = _Uncounted(vpc)


class _Uncounted:
    """The CIDR blocks of a VPC, of which the next count finds none."""

    def __init__(self, vpc: Any) -> None:  # noqa: ANN401  moto has no types for it
        self._vpc = vpc

    def __call__(self, ipv6: bool = False) -> list[Any]:
        del self._vpc.get_cidr_block_association_set
        return []


def _block_is_not_in_use(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html."""
    association = ec2.form["AssociationId"]
    for vpc in ec2.backend.vpcs.values():
        for block in _associated(vpc):
            if block["association_id"] == association:
                cidr = IPv4Network(block["cidr_block"])
                inside = [each.id for each in ec2.subnets if each.vpc_id == vpc.id and each.cidr.subnet_of(cidr)]
                if inside:
                    text = f"The vpc {vpc.id} currently has subnets {inside} within CIDR block {cidr}."
                    raise Ec2Error("DependencyViolation", text)


def _subnet_is_aligned(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html."""
    text = ec2.form.get("CidrBlock", "")
    try:
        cidr = IPv4Network(text)
    except ValueError:
        raise Ec2Error("InvalidSubnet.Range", f"The CIDR '{text}' is invalid.") from None
    if not _SHORTEST <= cidr.prefixlen <= _LONGEST:
        raise Ec2Error("InvalidSubnet.Range", f"The CIDR '{text}' is invalid.")
    six = ec2.form.get("Ipv6CidrBlock")
    used = {
        block["ipv6CidrBlock"]
        for each in ec2.subnets
        if each.vpc_id == ec2.form["VpcId"]
        for block in each.ipv6_cidr_block_associations.values()
    }
    if six and six in used:
        raise Ec2Error("InvalidSubnet.Conflict", f"The CIDR '{six}' conflicts with another subnet")


def _subnet_is_not_in_use(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html."""
    subnet = ec2.form["SubnetId"]
    holders = [each.id for each in ec2.backend.enis.values() if each.subnet.id == subnet]
    if holders:
        text = f"The subnet '{subnet}' has dependencies and cannot be deleted: {holders}"
        raise Ec2Error("DependencyViolation", text)


def _forget_the_subnet(ec2: Ec2) -> None:
    """Moto keeps the route tables of a deleted subnet."""
    for table in ec2.backend.route_tables.values():
        for association in [key for key, subnet in table._associations.items() if subnet == ec2.form["SubnetId"]]:
            table._associations.pop(association)


def _addresses_are_free_of_the_gateway(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html."""
    vpc = ec2.form["VpcId"]
    backend = ec2.backend
    mapped = [
        each.allocation_id for each in backend.addresses if each.eni is not None and each.eni.subnet.vpc_id == vpc
    ]
    public = [
        each.id
        for each in backend.nat_gateways.values()
        if (each.vpc_id, each.connectivity_type, each.state) == (vpc, "public", "available")
    ]
    if mapped or public:
        text = (
            f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching."
        )
        raise Ec2Error("DependencyViolation", text)


def _address_is_free(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html."""
    for each in ec2.backend.addresses:
        if each.allocation_id == ec2.form.get("AllocationId") and each.association_id:
            raise Ec2Error("InvalidIPAddress.InUse", f"Address {each.public_ip} is in use.")


def _group_is_not_in_use(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html."""
    group = ec2.form["GroupId"]
    named = [
        each.id
        for each in ec2.groups
        if each.id != group
        and any(rule.source_group.get("GroupId") == group for rule in (*each.ingress_rules, *each.egress_rules))
    ]
    holders = [each.id for each in ec2.backend.enis.values() if group in {one.id for one in each.group_set}]
    if named or holders:
        raise Ec2Error("DependencyViolation", f"resource {group} has a dependent object: {[*named, *holders]}")


def _route_is_possible(ec2: Ec2) -> None:
    """The target of a route exists, and the VPC is attached to it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    form, backend, vpc = ec2.form, ec2.backend, ec2.vpc_of(ec2.form["RouteTableId"])
    if (gateway := form.get("TransitGatewayId")) and not any(
        each.transit_gateway_id == gateway and each.vpc_id == vpc and each.state == "available"
        for each in backend.transit_gateway_attachments.values()
        if each.resource_type == "vpc"
    ):
        raise Ec2Error("InvalidTransitGatewayID.NotFound", f"transitGateway ID '{gateway}' does not exist.")
    if (nat := form.get("NatGatewayId")) and getattr(backend.nat_gateways.get(nat), "state", "") != "available":
        raise Ec2Error("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")
    if form.get("CoreNetworkArn") and not ec2.core_network(vpc):
        raise Ec2Error("InvalidCoreNetworkArn.NotFound", f"The VPC {vpc} is not attached to the core network.")
    if peering := form.get("VpcPeeringConnectionId"):
        found = backend.vpc_pcxs.get(peering)
        if found is None or found._status.code != "active":
            raise Ec2Error("InvalidVpcPeeringConnectionID.NotFound", f"The ID '{peering}' does not exist")
    if (endpoint := form.get("VpcEndpointId")) and endpoint not in backend.vpc_end_points:
        raise Ec2Error("InvalidVpcEndpointId.NotFound", f"The endpoint {endpoint} does not exist")
    if (list_ := form.get("DestinationPrefixListId")) and list_ not in backend.managed_prefix_lists:
        raise Ec2Error("InvalidPrefixListID.NotFound", f"The prefix list {list_} does not exist")


def _gateway_is_of_the_vpc(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html."""
    backend, vpc, gateway = ec2.backend, ec2.vpc_of(ec2.form["RouteTableId"]), ec2.form.get("GatewayId", "")
    if gateway.startswith("igw-") and gateway not in backend.internet_gateways:
        raise Ec2Error("InvalidGatewayID.NotFound", f"The gateway ID '{gateway}' does not exist")
    if gateway.startswith("igw-") and getattr(backend.internet_gateways[gateway].vpc, "id", "") != vpc:
        raise Ec2Error(
            "InvalidParameterValue", f"route table and network gateway {gateway} belong to different networks"
        )
    if gateway.startswith("vgw-") and vpc not in backend.get_vpn_gateway(gateway).attachments:
        raise Ec2Error(
            "InvalidParameterValue", f"route table and network gateway {gateway} belong to different networks"
        )


def _attachment_exists(ec2: Ec2) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTransitGatewayVpcAttachment.html."""
    id_ = ec2.form["TransitGatewayAttachmentId"]
    if id_ not in ec2.backend.transit_gateway_attachments:
        raise Ec2Error("InvalidTransitGatewayAttachmentID.NotFound", f"The attachment {id_} does not exist")


def _route_inside_the_vpc_is_of_a_subnet(ec2: Ec2) -> None:
    """A route for a part of the VPC has the whole CIDR block of a subnet as destination.

    https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html#route-tables-appliance-routing
    """
    text, vpc = ec2.form.get("DestinationCidrBlock", ""), ec2.vpc_of(ec2.form["RouteTableId"])
    if not text:
        return
    to = IPv4Network(text)
    blocks = [IPv4Network(each["cidr_block"]) for each in _associated(ec2.backend.get_vpc(vpc))]
    if any(to.subnet_of(block) for block in blocks) and to not in {
        each.cidr for each in ec2.subnets if each.vpc_id == vpc
    }:
        raise Ec2Error(
            "InvalidParameterValue",
            f"The destination CIDR block {to} is equal to or more specific than one of this VPC's CIDR blocks, and of no subnet.",
        )


def _log_group_exists(ec2: Ec2) -> None:
    """A log group under exactly this name; with an ARN that ends in :* nothing is delivered (inferred)."""
    from moto.logs.models import logs_backends  # noqa: PLC0415  only this rule needs it

    name = ec2.form.get("LogGroupName")
    arn = ec2.form.get("LogDestination", "")
    if arn.endswith(":*"):
        raise Ec2Error("InvalidParameter", f"LogDestination: {arn} is no log group")
    if name and name not in logs_backends[ec2.account][ec2.region].groups:
        raise Ec2Error("InvalidParameter", f"the log group {name} does not exist")


def _folder_of_a_bucket(form: Mapping[str, str]) -> dict[str, str]:
    """The parameters without the folder of a bucket, which moto takes for a part of its name."""
    arn = form.get("LogDestination", "")
    return {**form, "LogDestination": arn.partition("/")[0]} if arn.startswith("arn:aws:s3:::") else dict(form)


REWRITTEN: Final[Mapping[str, Callable[[Mapping[str, str]], dict[str, str]]]] = {"CreateFlowLogs": _folder_of_a_bucket}
"""How the parameters of an action are given to moto."""

RULES: Final[Mapping[str, tuple[Callable[[Ec2], None], ...]]] = {
    "AssociateVpcCidrBlock": (_cidr_block_is_allowed, _cidr_block_goes_with_the_vpc, _allow_more_blocks),
    "DisassociateVpcCidrBlock": (_block_is_not_in_use,),
    "CreateSubnet": (_subnet_is_aligned,),
    "DeleteSubnet": (_subnet_is_not_in_use,),
    "DetachInternetGateway": (_addresses_are_free_of_the_gateway,),
    "ReleaseAddress": (_address_is_free,),
    "DeleteSecurityGroup": (_group_is_not_in_use,),
    "CreateRoute": (_route_is_possible, _gateway_is_of_the_vpc, _route_inside_the_vpc_is_of_a_subnet),
    "ReplaceRoute": (_route_is_possible, _gateway_is_of_the_vpc),
    "CreateFlowLogs": (_log_group_exists,),
    "DeleteTransitGatewayVpcAttachment": (_attachment_exists,),
    "ModifyTransitGatewayVpcAttachment": (_attachment_exists,),
}
"""What is checked before an action."""

AFTER: Final[Mapping[str, Callable[[Ec2], None]]] = {"DeleteSubnet": _forget_the_subnet}
"""What is done after an action."""
