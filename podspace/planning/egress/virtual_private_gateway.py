"""Virtual private gateways, the VPC's end of VPN and Direct Connect, and the routes that they propagate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import VirtualPrivateGatewayId
from podspace.planning.egress.fields import EgressFields
from podspace.planning.egress.gateway import Gateway, RouteProperty
from podspace.planning.egress.kind import not_in_new_vpc
from podspace.planning.egress.single import GIVEN, SingleKind
from podspace.planning.inventory import ConstructPath, Resource
from podspace.quota import QUOTA_PAGE

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

ROUTING_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html"
_QUOTAS_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html"
_IPV6_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html"
_PRIORITY_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html"
_ADVERTISED_PAGE: Final = "https://repost.aws/knowledge-center/direct-connect-vpc-bgp"
_PROPAGATED: Final = 100
_PATH: Final[ConstructPath] = ("PodNetwork", "RoutePropagation")


class VirtualPrivateGatewayFields(EgressFields):
    """Keys of `egress` entries for a virtual private gateway."""

    virtual_private_gateway: VirtualPrivateGatewayId | None = None
    """The virtual private gateway that is attached to the VPC."""
    propagate_routes: bool = False
    """Your consent that the virtual private gateway adds the routes that it learns to the pod route tables;
    `to` is then optional."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualPrivateGateway(Gateway):
    """An existing virtual private gateway as target of routes."""

    kind: ClassVar[str] = "virtual_private_gateway"
    title: ClassVar[str] = "virtual private gateway"
    named_by_several: ClassVar[bool] = True
    target: ClassVar[RouteProperty] = "GatewayId"

    @property
    def address_units(self) -> int:
        """0: a virtual private gateway has no address in the VPC."""
        return 0

    @property
    def paid(self) -> bool:
        """False: VPN connections and Direct Connect have prices, the gateway has none."""
        return False

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The resource that propagates its routes, if the config consents."""
        tables = [
            table for table in plan.pods.route_tables if any(route.gateway == self.name for route in table.propagated)
        ]
        if tables:
            yield Resource(
                type="AWS::EC2::VPNGatewayRoutePropagation",
                path=_PATH,
                kind="route propagation",
                note=f"to the route tables {', '.join(table.name for table in tables)}",
                properties={"RouteTableIds": tuple(table.value for table in tables), "VpnGatewayId": self.value},
                vital_values=(self.value,),
            )


class VirtualPrivateGateways(SingleKind):
    """The gateway kind `virtual_private_gateway`: pods keep their addresses, and the other network needs routes to
    them.
    """

    key = "virtual_private_gateway"
    settings = frozenset({"propagate_routes"})
    families = frozenset({"ipv4", "ipv6"})
    from_here = False
    title = VirtualPrivateGateway.title
    id_form = "vgw-…"
    default_name = "vpn-gateway"

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateway of an entry; entries that name the same one have the same gateway."""
        name = self.gateway_of(network, entry, "")
        yield VirtualPrivateGateway(name=name, place=f"{place}.{self.key}", origin=self.origin(name, entry))

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Id of the gateway; a name if a CDK app passes it in."""
        id = self.given(entry)
        return super().gateway_of(network, entry, zone) if id == GIVEN else id

    def propagates(self, entry: EgressConfig) -> bool:
        """Whether the config consents to propagated routes."""
        return entry.propagate_routes

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors: a VPC has one such gateway, and pods need addresses that are unique behind it."""
        yield from not_in_new_vpc(network, self.key, self.title)
        fix = "use private_nat_gateways instead, in subnets whose route tables have routes to it"
        yield from self.unique_rules(network, fix=fix, source=ROUTING_PAGE)
        first = next(self.given(other) for other in network.config.egress if self.chosen(other))
        if self.given(entry) != first:
            yield Diagnostic(
                id="second-virtual-private-gateway",
                location=Location(path=self.key),
                subject=self.given(entry),
                message=f"must be {first}, as in the entry before: a VPC has one virtual private gateway at a time",
                fix="give the virtual private gateway that is attached to the VPC in both entries",
                source=_QUOTAS_PAGE,
            )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: routes that the other side learns and needs, what is unknown about it, and effects of propagation."""
        entries = [(index, each) for index, each in enumerate(network.config.egress) if self.chosen(each)]
        if not entries:
            return
        where = Location(path=f"egress[{entries[0][0]}].{self.key}")
        pods = ", ".join(network.pod_addresses)
        yield Diagnostic(
            id="virtual-private-gateway-other-side",
            severity="note",
            location=where,
            subject=pods,
            message=f"the virtual private gateway advertises every CIDR block of the VPC by BGP, including {pods}: the "
            "network behind it must have routes back to them, and its firewalls must allow them; the device of a VPN "
            "connection with static routing needs these routes in its own configuration",
            source=_ADVERTISED_PAGE,
        )
        yield from _unknown_prefixes(where, [str(to) for _, entry in entries for to in entry.to])
        if network.ipv6:
            yield Diagnostic(
                id="virtual-private-gateway-ipv6",
                severity="note",
                location=where,
                message="VPN connections of a virtual private gateway do not support IPv6; only Direct Connect does",
                source=_IPV6_PAGE,
            )
        for index, entry in entries:
            if entry.propagate_routes:
                yield _propagation(Location(path=f"egress[{index}].propagate_routes"))


def _unknown_prefixes(where: Location, destinations: list[str]) -> Iterator[Diagnostic]:
    to = ", ".join(destinations)
    if to:
        yield Diagnostic(
            id="other-side-unknown",
            severity="note",
            location=where,
            subject=to,
            message="a virtual private gateway forwards only to CIDR blocks that it has learned by BGP or that its VPN "
            f"connections have as static routes, which this file does not show: `podspace preflight` compares {to} "
            "with the routes that it propagates",
            source=ROUTING_PAGE,
        )


def _propagation(where: Location) -> Diagnostic:
    return Diagnostic(
        id="route-propagation",
        severity="note",
        location=where,
        message="the network behind the virtual private gateway decides which routes the pod route tables get, at most "
        f"{_PROPAGATED} each; a route of this file to the same destination has priority",
        source=f"{QUOTA_PAGE}, {_PRIORITY_PAGE}",
    )
