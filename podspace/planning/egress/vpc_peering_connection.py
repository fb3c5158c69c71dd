"""VPC peering connections: routes to one other VPC, not to networks behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import VpcPeeringConnectionId
from podspace.planning.egress.fields import EgressFields
from podspace.planning.egress.gateway import Gateway, RouteProperty
from podspace.planning.egress.kind import not_in_new_vpc
from podspace.planning.egress.single import GIVEN, SingleKind

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network

PEERING_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html"
_ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html"
DNS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html"


class VpcPeeringConnectionFields(EgressFields):
    """Keys of `egress` entries for a VPC peering connection."""

    vpc_peering_connection: VpcPeeringConnectionId | None = None
    """An active VPC peering connection of the VPC; `vpc.peers` has the CIDR blocks of the other VPC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcPeeringConnection(Gateway):
    """An existing VPC peering connection as target of routes."""

    kind: ClassVar[str] = "vpc_peering_connection"
    title: ClassVar[str] = "VPC peering connection"
    named_by_several: ClassVar[bool] = True
    target: ClassVar[RouteProperty] = "VpcPeeringConnectionId"

    @property
    def address_units(self) -> int:
        """0: a VPC peering connection has no address."""
        return 0

    @property
    def paid(self) -> bool:
        """False: only traffic between zones and regions has a price."""
        return False


class VpcPeeringConnections(SingleKind):
    """The gateway kind `vpc_peering_connection`: the CIDR blocks of the other VPC; pods keep their addresses."""

    key = "vpc_peering_connection"
    families = frozenset({"ipv4", "ipv6"})
    from_here = False
    title = VpcPeeringConnection.title
    id_form = "pcx-…"
    default_name = "peering"

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The connection of an entry; entries that name the same one have the same connection."""
        name = self.gateway_of(network, entry, "")
        yield VpcPeeringConnection(name=name, place=f"{place}.{self.key}", origin=self.origin(name, entry))

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Id of the connection, because a VPC can have many; a name if a CDK app passes it in."""
        id = self.given(entry)
        return super().gateway_of(network, entry, zone) if id == GIVEN else id

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors: a connection routes only to the other VPC, not to the internet or to networks behind that VPC."""
        yield from not_in_new_vpc(network, self.key, self.title)
        if "internet" in entry.to:
            yield Diagnostic(
                id="peering-to-internet",
                location=Location(path="to"),
                subject="internet",
                message="must not be the internet: traffic of a VPC peering connection cannot use the internet "
                "gateway or NAT gateways of the other VPC",
                fix="use a NAT gateway, or a transit gateway to a VPC with internet access",
                source=PEERING_PAGE,
            )
        peers = _of_family(network)
        for to in entry.to if peers else ():
            if isinstance(to, IPv4Network) and to.prefixlen and not any(to.overlaps(peer) for peer in peers):
                yield Diagnostic(
                    id="peering-beyond-peer",
                    location=Location(path="to"),
                    subject=str(to),
                    message=f"must be in a CIDR block of a peered VPC ({', '.join(map(str, peers))}, from vpc.peers): "
                    "peering is not transitive, so networks behind the other VPC are not reached",
                    fix="correct `to`, add the CIDR block to vpc.peers, or use a transit gateway",
                    source=PEERING_PAGE,
                )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: what the other VPC needs, and what is unknown about it."""
        for index, entry in enumerate(network.config.egress):
            if not self.chosen(entry):
                continue
            where = Location(path=f"egress[{index}].{self.key}")
            pods = network.pod_addresses
            yield Diagnostic(
                id="peering-other-side",
                severity="note",
                location=where,
                subject=", ".join(pods),
                message=f"the route tables of the other VPC need routes to {', '.join(pods)} by this connection, and "
                "its security groups and network ACLs must allow these addresses; public DNS names of the other VPC "
                "resolve to private addresses only if DNS resolution is switched on for the connection",
                source=f"{_ROUTES_PAGE}, {DNS_PAGE}",
            )
            peers = _of_family(network)
            wider = [
                str(to)
                for to in entry.to
                if isinstance(to, IPv4Network) and any(to.supernet_of(p) and to != p for p in peers)
            ]
            if wider:
                yield Diagnostic(
                    id="peering-wider-than-peer",
                    severity="note",
                    location=Location(path=f"egress[{index}].to"),
                    subject=", ".join(wider),
                    message=f"{', '.join(wider)} is more than the other VPC has (vpc.peers): the rest of it is not "
                    "reached by this connection, and has no other route unless one is more specific",
                    source=PEERING_PAGE,
                )
            if not peers:
                yield Diagnostic(
                    id="other-side-unknown",
                    severity="note",
                    location=where,
                    subject=", ".join(map(str, entry.to)),
                    message="the CIDR blocks of the other VPC are not in this file (vpc.peers): whether it has "
                    f"{', '.join(map(str, entry.to))} is not checked here; `podspace preflight` checks it",
                )


def _of_family(network: Network) -> tuple[IPv4Network, ...]:
    """The CIDR blocks of peered VPCs; those of their IPv6 addresses are not in a config."""
    return () if network.ipv6 else network.config.vpc.peers
