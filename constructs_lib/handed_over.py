"""What ways out need that is made elsewhere, and whether it fits the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from constructs import IDependable

from constructs_lib.existing import (
    EgressOnlyGatewayRef,
    NatGatewayRef,
    RouteTableRef,
    SubnetRef,
    TransitGatewayRef,
    exactly,
)
from podspace.cdk_token import is_token
from podspace.planning import Gateway
from podspace.planning.config.aws_id import is_zone_id


class HandedOver(TypedDict, total=False):
    """What ways out need that is made elsewhere, each under the name that the plan has for it.

    Keys of each mapping are names of gateways of the plan, such as a zone, `shared`, `private-<zone>`, `regional`,
    `transit-gateway` or `egress-only-gateway`; names of route tables are those of the plan's.
    """

    nat_gateways: Mapping[str, NatGatewayRef]
    """NAT gateways that exist."""
    public_subnets: Mapping[str, SubnetRef]
    """For new public NAT gateways, in the zone they serve."""
    routable_subnets: Mapping[str, SubnetRef]
    """For new private NAT gateways, in the zone they serve."""
    allocation_ids: Mapping[str, Sequence[str]]
    """Elastic IP addresses, by the gateway's name; of a regional one by its name, a hyphen and the zone."""
    transit_gateways: Mapping[str, TransitGatewayRef]
    attachment_subnets: Mapping[str, SubnetRef]
    """For a new attachment, by the transit gateway's name, a hyphen and the zone."""
    egress_only_gateways: Mapping[str, EgressOnlyGatewayRef]
    route_tables: Mapping[str, RouteTableRef]
    """Those that get routes and are not made with the pod network."""
    internet: IDependable
    """The internet gateway's attachment and route, where the same app makes them: public gateways wait for it."""


def check_handed_over(plan: tuple[Gateway, ...], handed: HandedOver) -> None:
    """Look whether what was handed over is just what the plan needs, and stands where it should.

    Raises:
        ValueError: something is missing, superfluous, or in another zone.
    """

    def names(*kinds: str, new: bool) -> list[str]:
        return [gateway.name for gateway in plan if gateway.kind in kinds and gateway.new == new]

    def by_zone(kind: str) -> list[str]:
        return [f"{g.name}-{zone}" for g in plan if g.kind == kind for zone in g.zones]

    allocations = [g.name for g in plan if g.given_addresses and g.kind == "nat_gateway"]
    wanted: dict[str, list[str]] = {
        "nat_gateways": names("nat_gateway", new=False),
        "public_subnets": names("nat_gateway", new=True),
        "routable_subnets": names("private_nat_gateway", new=True),
        "allocation_ids": allocations + by_zone("regional_nat_gateway"),
        "transit_gateways": names("transit_gateway", new=True) + names("transit_gateway", new=False),
        "attachment_subnets": by_zone("transit_gateway"),
        "egress_only_gateways": names("egress_only_gateway", new=False),
    }
    given: dict[str, Mapping[str, object]] = {key: handed.get(key) or {} for key in wanted}  # type: ignore[misc]
    for argument, needed in wanted.items():
        exactly(given[argument], needed, argument=argument)
    for gateway in plan:
        for zone in gateway.zones:
            _check_zone("public_subnets", gateway.name, zone, handed.get("public_subnets", {}))
            _check_zone("routable_subnets", gateway.name, zone, handed.get("routable_subnets", {}))
            _check_zone("attachment_subnets", f"{gateway.name}-{zone}", zone, handed.get("attachment_subnets", {}))


def _check_zone(argument: str, name: str, wanted: str, given: Mapping[str, SubnetRef]) -> None:
    subnet = given.get(name, "")
    if isinstance(subnet, str) or is_zone_id(wanted):
        return
    zone = subnet.availability_zone
    if zone != wanted and not is_token(zone):
        what = "public" if argument == "public_subnets" else "routable"
        raise ValueError(f"{argument}[{name!r}] is in {zone}: pass a {what} subnet of {wanted}")
