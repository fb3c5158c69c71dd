"""Local Zones: what AWS does not offer there, or only in some of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.zone import is_local_zone, network_border_group

if TYPE_CHECKING:
    from podspace.planning.egress.gateway import Gateway
    from podspace.planning.network import Network

VPC_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/local-zone.html"
WORKING_PAGE: Final = "https://docs.aws.amazon.com/local-zones/latest/ug/how-local-zones-work.html"
NAT_PAGE: Final = "https://docs.aws.amazon.com/local-zones/latest/ug/local-zones-connectivity-nat.html"
FEATURES_PAGE: Final = "https://aws.amazon.com/about-aws/global-infrastructure/localzones/features/"
TRANSIT_PAGE: Final = (
    "https://docs.aws.amazon.com/local-zones/latest/ug/local-zones-connectivity-transit-gateway-lzs.html"
)
EKS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/local-zones.html"
AUTO_MODE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-change.html"
_REGIONAL_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html"

_NAT: Final = frozenset({"NatGatewayId"})
_ATTACHED: Final = frozenset({"TransitGatewayId", "CoreNetworkArn"})
_ENDPOINT: Final = frozenset({"VpcEndpointId"})
"""Targets of routes, by the property of AWS::EC2::Route that names them."""
_REGIONAL: Final = "regional_nat_gateway"
_IPV6: Final = frozenset({"atl-2", "chi-2", "dfw-2", "iah-2", "lax-1", "mia-2", "nyc-2", "phx-2"})
"""The Local Zones with IPv6, of us-east-1 and us-west-2, see WORKING_PAGE."""


def local_zones(network: Network) -> tuple[str, ...]:
    """The pod zones that are Local Zones."""
    return tuple(zone for zone in network.zones if is_local_zone(zone))


def local_zone_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: what AWS refuses in Local Zones, and what podspace does not create there."""
    yield from _new_vpc_problems(network)
    yield from _control_plane_problems(network)
    yield from _endpoint_problems(network)
    for gateway in network.gateways:
        yield from _gateway_problems(network, gateway)
    yield from _route_problems(network)


def _new_vpc_problems(network: Network) -> Iterator[Diagnostic]:
    for zone in local_zones(network) if network.config.vpc.create else ():
        yield Diagnostic(
            id="local-zone-in-new-vpc",
            location=Location(path="vpc.create"),
            subject=zone,
            message="must be removed if pods are in a Local Zone: the subnets of a new VPC are tagged for load "
            "balancers of every type, and the EKS User Guide names only Application Load Balancers in Local Zones",
            fix="create the VPC first and give its id, or remove the zone",
            source=EKS_PAGE,
            inferred=True,
        )


def _control_plane_problems(network: Network) -> Iterator[Diagnostic]:
    created = network.config.cluster.create
    for index, zone in enumerate(created.zones if created else ()):
        if is_local_zone(zone):
            yield Diagnostic(
                id="local-zone-control-plane",
                location=Location(path=f"cluster.create.zones[{index}]"),
                subject=zone,
                message="must be an availability zone: EKS places no interface of the control plane in a Local Zone, "
                "and refuses such a subnet",
                fix="use an availability zone with node subnets",
                source=EKS_PAGE,
            )


def _endpoint_problems(network: Network) -> Iterator[Diagnostic]:
    interfaces = network.config.endpoints.interfaces
    for zone, subnet in ((interfaces.subnets if interfaces else None) or {}).items():
        if is_local_zone(zone):
            yield Diagnostic(
                id="local-zone-endpoint",
                location=Location(path=place_of(("endpoints", "interfaces", "subnets", zone))),
                subject=subnet,
                message="must be in an availability zone: AWS creates no VPC endpoint in a subnet of a Local Zone; "
                "pods there use the endpoint's interfaces in the availability zones",
                fix="remove the zone, or list a subnet of its parent zone under the parent zone",
                source=VPC_PAGE,
            )


def _gateway_problems(network: Network, gateway: Gateway) -> Iterator[Diagnostic]:
    """New gateways in subnets of Local Zones, and addresses of a regional NAT gateway there."""
    for subnet in gateway.subnets:
        if is_local_zone(subnet.zone) and gateway.route_property in _ATTACHED | _ENDPOINT:
            yield Diagnostic(
                id="local-zone-attachment",
                location=Location(path=subnet.place),
                subject=subnet.zone,
                message=f"must not be in a Local Zone: AWS refuses a subnet there for a {gateway.title}",
                fix=f"remove {subnet.zone}; the subnet of its parent zone is enough",
                source=WORKING_PAGE if gateway.route_property in _ATTACHED else VPC_PAGE,
            )
    for zone in gateway.zones if gateway.route_property in _ENDPOINT else ():
        if is_local_zone(zone):
            yield Diagnostic(
                id="local-zone-endpoint",
                location=Location(path=gateway.place),
                subject=zone,
                message=f"must not be a Local Zone: AWS creates no VPC endpoint there, and the {gateway.title} must be "
                "in the zone of the pods",
                fix="remove the zone, or use another kind of gateway",
                source=VPC_PAGE,
            )
    for zone in gateway.zones if gateway.kind == _REGIONAL else ():
        if is_local_zone(zone):
            yield Diagnostic(
                id="local-zone-regional-nat-gateway",
                location=Location(path=gateway.place),
                subject=zone,
                message="must not have addresses in a Local Zone: a regional NAT gateway covers availability zones",
                fix="use nat_gateways or new_nat_gateways",
                source=_REGIONAL_PAGE,
                inferred=True,
            )
    if (
        gateway.route_property in _ATTACHED
        and not gateway.new
        and all(map(is_local_zone, network.zones))
        and any(entry.attachment_subnets is not None for entry in network.config.egress)
    ):
        yield Diagnostic(
            id="local-zone-attachment",
            location=Location(path=gateway.place),
            message="must be attached in an availability zone: every pod zone is a Local Zone",
            fix="attach the VPC in the parent zone first, and remove attachment_subnets",
            source=WORKING_PAGE,
        )


def _route_problems(network: Network) -> Iterator[Diagnostic]:
    """A route of a Local Zone to a transit gateway, directly or through a private NAT gateway that is there too."""
    by_name = {gateway.name: gateway for gateway in network.gateways}
    reported = set[tuple[str, str]]()
    for table in network.route_tables:
        for route in table.routes if is_local_zone(table.zone) else ():
            gateway = by_name[route.gateway]
            onward = by_name.get(gateway.onward)
            here = any(is_local_zone(subnet.zone) for subnet in gateway.subnets)
            target = gateway if gateway.route_property in _ATTACHED else onward if here else None
            if target is None or (table.zone, target.name) in reported:
                continue
            reported.add((table.zone, target.name))
            yield Diagnostic(
                id="local-zone-transit-route",
                location=Location(path=gateway.place),
                subject=table.zone,
                message=f"must not be the egress of a Local Zone: a {target.title} serves subnets only in zones that "
                "it has an attachment in; AWS routes Local Zones to the network interface of the attachment in the "
                "parent zone, which podspace does not",
                fix="use one private NAT gateway in an availability zone for all zones (private_nat_gateways: "
                f"subnet-…, in the same entry as the {target.title}), or remove the zone",
                source=VPC_PAGE,
            )


def local_zone_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: what only some Local Zones have, and what is different there."""
    zones = local_zones(network)
    if not zones:
        return
    yield Diagnostic(
        id="local-zone",
        severity="note",
        subject=", ".join(zones),
        message="Local Zones must be enabled in the account, which `podspace preflight` checks, and have few instance "
        "types, of which a NodePool must admit one (inferred)",
        source=AUTO_MODE_PAGE,
    )
    yield from _nat_remarks(network)
    groups = {network_border_group(zone, network.region) for zone in zones}
    if len(groups) > 1:
        yield Diagnostic(
            id="several-local-zones",
            severity="warning",
            subject=", ".join(zones),
            message="pods and nodes in Local Zones of different groups do not reach each other inside the VPC: AWS "
            "connects such zones through a transit gateway between two VPCs",
            fix="keep workloads that talk to each other out of one of them",
            source=TRANSIT_PAGE,
            inferred=True,
        )
    for zone in zones if network.ipv6 else ():
        if network_border_group(zone, "") not in {f"-{group}" for group in _IPV6}:
            yield Diagnostic(
                id="local-zone-ipv6",
                severity="warning",
                subject=zone,
                message=f"AWS does not list {zone} among the Local Zones that support IPv6: no pod subnet with an IPv6 "
                "CIDR block can be created there",
                fix="use a Local Zone of that list",
                source=WORKING_PAGE,
            )


def _nat_remarks(network: Network) -> Iterator[Diagnostic]:
    for gateway in network.gateways:
        in_local = [subnet for subnet in gateway.subnets if is_local_zone(subnet.zone)]
        for subnet in in_local if gateway.route_property in _NAT else ():
            yield Diagnostic(
                id="local-zone-nat-gateway",
                severity="warning",
                subject=subnet.zone,
                location=Location(path=subnet.place),
                message=f"AWS has NAT gateways in some Local Zones only; elsewhere the deployment fails with "
                f"NotAvailableInZone: check that {subnet.zone} is one of them ({FEATURES_PAGE})",
                fix="otherwise use an existing NAT gateway of the parent zone (nat_gateways), or one for all zones",
                source=NAT_PAGE,
            )
        if gateway.kind == _REGIONAL and not gateway.zones:
            yield Diagnostic(
                id="local-zone-regional-nat-gateway",
                severity="warning",
                location=Location(path=gateway.place),
                message="no AWS page says that a regional NAT gateway covers Local Zones: traffic of pods there may be "
                "dropped, or go through another zone",
                fix="use nat_gateways or new_nat_gateways",
                source=_REGIONAL_PAGE,
                inferred=True,
            )
