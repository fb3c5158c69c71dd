"""Appliances: existing network interfaces and instances that forward traffic, such as NAT instances and firewalls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import ApplianceId
from podspace.planning.egress.fields import EgressFields, Gateways
from podspace.planning.egress.gateway import Gateway, RouteProperty
from podspace.planning.egress.kind import not_in_new_vpc
from podspace.planning.egress.zonal import ZonalKind
from podspace.planning.origin import Existing, PassedIn, id_of

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network

APPLIANCE_PAGE: Final = (
    "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html#route-tables-appliance-routing"
)
CREATE_ROUTE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
ROUTE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html"
_NAT_INSTANCE_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html"
_INSTANCE: Final = "i-"


class ApplianceFields(EgressFields):
    """Keys of `egress` entries for appliances."""

    appliances: Gateways[ApplianceId] | None = None
    """Existing network interfaces, or instances with one network interface, that forward traffic: one in each pod zone,
    or one id that all zones share."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Appliance(Gateway):
    """A network interface, or an instance with one network interface, as target of routes; its price is unknown."""

    kind: ClassVar[str] = "appliance"
    title: ClassVar[str] = "appliance"
    target: ClassVar[RouteProperty] = "NetworkInterfaceId"

    @property
    def route_property(self) -> RouteProperty:
        """Property of AWS::EC2::Route: NetworkInterfaceId or InstanceId; a construct decides for one that is passed
        in.
        """
        return "InstanceId" if id_of(self.origin).startswith(_INSTANCE) else self.target

    @property
    def address_units(self) -> int:
        """1, its address, in units of https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html."""
        return 1


class Appliances(ZonalKind):
    """The gateway kind `appliances`: any destination that the instance forwards traffic to."""

    key = "appliances"
    families = frozenset({"ipv4", "ipv6"})
    plural = "appliances"
    needs = "an appliance"
    ids = "the ids of network interfaces or instances"
    example = "eni-…"
    in_subnets = False
    prefix = "appliance-"
    price_per_gb = ""

    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """The appliance of an entry, by its id or passed in by a CDK app."""
        ids = self.given(entry).ids or {}
        origin = Existing(ids[zone]) if zone in ids else PassedIn(name)
        return Appliance(name=name, place=place, origin=origin, zones=zones, tags=network.tags(name))

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:  # noqa: ARG002
        """An error if the VPC is new, because it has no appliance yet."""
        yield from not_in_new_vpc(network, self.key, Appliance.title)

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: settings and address translation that an appliance needs, and what happens if it fails."""
        for index, entry in enumerate(network.config.egress):
            if not self.chosen(entry):
                continue
            where = Location(path=f"egress[{index}].{self.key}")
            ids = tuple(dict.fromkeys((self.given(entry).ids or {}).values()))
            yield _forwarding(network, where, ids)
            yield from _translation(network, entry, where)
            yield _failure(where, ids)
            if zones := self.sharing(network, entry):
                yield _shared(where, zones)
            if instances := [id for id in ids if id.startswith(_INSTANCE)]:
                yield Diagnostic(
                    id="appliance-interfaces",
                    severity="note",
                    subject=", ".join(instances),
                    location=where,
                    message="an instance must have exactly one network interface, or EC2 refuses the route: name one "
                    "of its network interfaces if it has several",
                    source=CREATE_ROUTE_PAGE,
                )


def _forwarding(network: Network, where: Location, ids: tuple[str, ...]) -> Diagnostic:
    ipv6 = ", and it must forward IPv6" if network.ipv6 else ""
    return Diagnostic(
        id="appliance-forwarding",
        severity="note",
        subject=", ".join(ids),
        location=where,
        message="the source/destination check of an appliance must be off, it must be in another subnet than the pods, "
        f"and its security groups must admit the addresses of the pods{ipv6}; `podspace preflight` reads check and "
        "subnet",
        source=APPLIANCE_PAGE,
    )


def _translation(network: Network, entry: EgressConfig, where: Location) -> Iterator[Diagnostic]:
    public = "internet" in entry.to and not network.ipv6
    others = [str(to) for to in entry.to if not (public and to == "internet")]
    if public:
        yield Diagnostic(
            id="appliance-translation",
            severity="note",
            subject="internet",
            location=where,
            message="an appliance must translate the addresses of pods to one with a public address, or forward their "
            "traffic to a gateway that does: an internet gateway has no public address for a pod",
            source=_NAT_INSTANCE_PAGE,
            inferred=True,
        )
    if others:
        yield Diagnostic(
            id="appliance-translation",
            severity="note",
            subject=", ".join(others),
            location=where,
            message=f"unless the appliance translates addresses, {', '.join(others)} sees those of the pods, and the "
            "answers must come back through the same appliance",
            source=APPLIANCE_PAGE,
            inferred=True,
        )


def _failure(where: Location, ids: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        id="appliance-failure",
        severity="note",
        subject=", ".join(ids),
        location=where,
        message="an appliance is a single point of failure for the pods that use it: if it stops or is deleted, the "
        "route stays and drops their traffic (blackhole), until this file names another one",
        source=ROUTE_PAGE,
    )


def _shared(where: Location, zones: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        id="shared-appliance",
        severity="note",
        subject=", ".join(zones),
        location=where,
        message=f"{', '.join(zones)} share an appliance: when it or its zone fails, pods of all of them lose their "
        "egress, and traffic from the other zones is charged as cross-zone traffic",
    )
