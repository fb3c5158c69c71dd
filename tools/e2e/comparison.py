"""A stack compared with its plan, as far as AWS lists what exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from podspace.planning import Plan
from podspace.planning.inventory import Ref, logical_id
from tools.e2e.account import TYPES, Account, Resources
from tools.e2e.network import CLUSTER_GROUP

_TARGETS: Final = ("GatewayId", "NatGatewayId")


def differences(account: Account, resources: Resources, plan: Plan) -> Iterator[str]:
    """How a stack differs from its plan: types, existence, tags, subnets, CIDR blocks and routes."""
    types = {id_: type_ for id_, (type_, _) in resources.items() if id_ != CLUSTER_GROUP}
    planned = {entry.logical_id: entry.type for entry in plan.resources()}
    if types != planned:
        yield f"resources: {sorted(types.items() ^ planned.items())}"
        return
    tagged = account.tagged()
    for type_ in TYPES:
        ids = {id_ for other, id_ in resources.values() if other == type_}
        if ids != tagged.get(type_, set()):
            yield f"{type_}: the stack has {sorted(ids)}; {sorted(tagged.get(type_, set()))} exist and have the tag"
    expected = _planned(resources, plan)
    (vpc,) = (id_ for type_, id_ in resources.values() if type_ == "AWS::EC2::VPC")
    for what, actual in _actual(account, vpc).items():
        if actual != expected[what]:
            yield f"{what}: exist {sorted(actual - expected[what])}, missing {sorted(expected[what] - actual)}"


def _planned(resources: Resources, plan: Plan) -> dict[str, set[tuple[str, ...]]]:
    def of(type_: str, *keys: str) -> set[tuple[str, ...]]:
        """The values of some properties of the resources of a type; the physical id is that of `id`."""
        found = set()
        for entry in plan.resources():
            if entry.type == f"AWS::EC2::{type_}":
                values = {**entry.create_only, **entry.properties, "id": Ref(entry.path)}
                values["target"] = _target(values)
                found.add(tuple(map(physical, (values[key] for key in keys))))
        return found

    def physical(value: object) -> str:
        return resources[logical_id(value.path)][1] if isinstance(value, Ref) else str(value)

    return {
        "CIDR blocks": of("VPC", "CidrBlock") | of("VPCCidrBlock", "CidrBlock"),
        "subnets": of("Subnet", "id", "CidrBlock", "AvailabilityZone"),
        "route tables of subnets": of("SubnetRouteTableAssociation", "SubnetId", "RouteTableId"),
        "routes": of("Route", "RouteTableId", "DestinationCidrBlock", "target"),
    }


def _actual(account: Account, vpc: str) -> dict[str, set[tuple[str, ...]]]:
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    (found,) = account.pages("ec2", "describe_vpcs", "Vpcs", VpcIds=[vpc])
    subnets = account.pages("ec2", "describe_subnets", "Subnets", Filters=in_vpc)
    tables = list(account.pages("ec2", "describe_route_tables", "RouteTables", Filters=in_vpc))
    blocks = [each for each in found["CidrBlockAssociationSet"] if each["CidrBlockState"]["State"] == "associated"]
    return {
        "CIDR blocks": {(each["CidrBlock"],) for each in blocks},
        "subnets": {(each["SubnetId"], each["CidrBlock"], each["AvailabilityZone"]) for each in subnets},
        "route tables of subnets": {
            (each["SubnetId"], table["RouteTableId"])
            for table in tables
            for each in table["Associations"]
            if "SubnetId" in each  # not of the main table
        },
        "routes": {
            (table["RouteTableId"], route.get("DestinationCidrBlock", ""), _target(route))
            for table in tables
            for route in table["Routes"]
            if route.get("GatewayId") != "local"
        },
    }


def _target(route: Mapping[str, Any]) -> Any:  # noqa: ANN401  an id, or a reference of the plan
    return next((route[key] for key in _TARGETS if route.get(key)), "")
