"""The egress-only internet gateway of an IPv6 cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import EgressOnlyGatewayId
from podspace.planning.egress.fields import EgressFields
from podspace.planning.egress.gateway import Gateway, RouteProperty
from podspace.planning.egress.kind import Claim, EgressKind
from podspace.planning.inventory import Resource, Value, value_of
from podspace.planning.origin import Created, Existing, Origin, PassedIn

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

EGRESS_ONLY_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html"
_NAME: Final = "egress-only-gateway"
_PATH: Final = ("PodNetwork", "Egress", "EgressOnlyGateway")


class EgressOnlyGatewayFields(EgressFields):
    """Keys of `egress` entries for an egress-only internet gateway."""

    egress_only_gateway: EgressOnlyGatewayId | None = None
    """The egress-only internet gateway of an IPv6 cluster: `new`, or the id of an existing one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EgressOnlyGateway(Gateway):
    """An egress-only internet gateway as target of routes, which is free of charge."""

    kind: ClassVar[str] = "egress_only_gateway"
    title: ClassVar[str] = "egress-only gateway"
    target: ClassVar[RouteProperty] = "EgressOnlyInternetGatewayId"

    @property
    def address_units(self) -> int:
        """0: an egress-only internet gateway has no address."""
        return 0

    @property
    def paid(self) -> bool:
        """False: an egress-only internet gateway is free of charge."""
        return False

    @property
    def value(self) -> Value:
        """Id of the gateway, as a property of a CloudFormation resource."""
        return value_of(self.origin, _PATH, "Id")

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The resource of a new gateway."""
        if self.new:
            yield Resource(
                type="AWS::EC2::EgressOnlyInternetGateway",
                path=_PATH,
                kind=self.title,
                create_only={"VpcId": plan.vpc.value},
                properties={"Tags": dict(self.tags)},
            )


class EgressOnlyGateways(EgressKind):
    """The gateway kind `egress_only_gateway`: a new or existing one, for IPv6 traffic."""

    key = "egress_only_gateway"
    families = frozenset({"ipv6"})

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The egress-only internet gateway of an entry."""
        name = self.gateway_of(network, entry, "")
        given = entry.egress_only_gateway or ""
        origins: dict[str, Origin] = {"new": Created(name), "given": PassedIn(name)}
        yield EgressOnlyGateway(
            name=name,
            place=f"{place}.{self.key}",
            origin=origins.get(given) or Existing(given),
            tags=network.tags(name),
        )

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Name of the gateway in the plan, the same for every zone."""
        return entry.name or _NAME

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors: a VPC has one such gateway, and pods of an IPv4 cluster do not use it."""
        if not network.ipv6:
            yield Diagnostic(
                id="egress-only-gateway-without-ipv6",
                location=Location(path=self.key),
                message="must be for an IPv6 cluster: it takes IPv6 traffic, and pods here have no IPv6 addresses",
                fix="use a NAT gateway, or set cluster.ip_family",
                source=EGRESS_ONLY_PAGE,
            )
            return
        new = [other for other in network.config.egress if other.egress_only_gateway == "new"]
        if entry.egress_only_gateway == "new" and entry is not new[0]:
            yield Diagnostic(
                id="second-egress-only-gateway",
                location=Location(path=self.key),
                subject="new",
                message="must be created once: one egress-only internet gateway takes all IPv6 traffic of a VPC",
                fix="write both destinations under `to` of one entry",
                source=EGRESS_ONLY_PAGE,
            )

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Keys whose ids a CDK app passes in: the gateway."""
        if entry.egress_only_gateway == "given":
            yield self.key, "the gateway's id, eigw-…, or the word new"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """The claim to be the only egress-only internet gateway of the VPC."""
        if entry.egress_only_gateway == "new":
            yield Claim(
                reason="a VPC has one egress-only gateway",
                account=None,
                key=("egress-only", network.vpc_key),
                place=f"{place}.{self.key}",
                value="new",
                fix="create it in one file, and give its id in the other",
            )

    def words(self, entry: EgressConfig) -> str:  # noqa: ARG002
        """The gateway in words."""
        return EgressOnlyGateway.title
