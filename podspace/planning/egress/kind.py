"""Base class of the gateway kinds: keys, rules, gateways, routes and prices of an `egress` entry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.egress.gateway import Gateway, NamedRoute

if TYPE_CHECKING:  # a config has entries of these kinds, and a network is made of a config
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneMap:
    """A key of an entry that maps zones to ids, so that each zone needs one.

    Attributes:
        key: key of the entry, such as `nat_gateways`.
        given: ids by zone, or under `shared`.
        what: what each zone must have, such as `a NAT gateway`.
        example: format of an id, such as `nat-…`.
        several: whether a zone has a list of ids.
        shared: whether one value is for all zones.
        subnets: whether the ids are those of subnets, each in its zone.
        otherwise: what to write instead of the map, as part of a fix.
        local_zones: whether a Local Zone needs one too.
    """

    key: str
    given: Mapping[str, object]
    what: str
    example: str
    several: bool = False
    shared: bool = False
    subnets: bool = False
    otherwise: str = ""
    local_zones: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A resource or name that only one network of an account can have.

    Attributes:
        reason: why only one network can have it.
        account: None if the file names no account, or if the key is unique over all accounts.
        key: what is claimed, for comparison.
        place: path in the file where it is claimed.
        value: value of the config at the path.
        fix: what to do if two networks claim it.
    """

    reason: str
    account: str | None
    key: tuple[str | None, ...]
    place: str
    value: str
    fix: str

    def excludes(self, other: Claim) -> bool:
        """Whether only one of two claims is possible."""
        same = (self.reason, self.key) == (other.reason, other.key)
        return same and (None in (self.account, other.account) or self.account == other.account)


def not_in_new_vpc(network: Network, key: str, what: str) -> Iterator[Diagnostic]:
    """An error: an existing gateway belongs to a VPC, so a new VPC cannot have it."""
    if network.config.vpc.create is not None:
        yield Diagnostic(
            id="gateway-of-new-vpc",
            location=Location(path=key),
            message=f"must be removed: a new VPC has no {what} yet",
            fix="use a gateway that this file creates, or create the VPC in another stack and name it as vpc.id",
        )


class EgressKind(ABC):
    """A kind of gateway: its key in an entry, its rules and remarks, and the gateways of the plan.

    Paths of the diagnostics of `rules` start at the entry; those of `remarks` have none.
    """

    key: ClassVar[str]
    """The key of an entry that selects this kind."""
    settings: ClassVar[frozenset[str]] = frozenset()
    """Other keys of an entry that are valid for this kind."""
    families: ClassVar[frozenset[Literal["ipv4", "ipv6"]]] = frozenset({"ipv4"})
    """Address families of destinations that the kind supports."""
    onward: ClassVar[tuple[str, ...]] = ()
    """Keys of other kinds that an entry can have too, because traffic is routed to that gateway next."""
    not_onward: ClassVar[tuple[str, ...]] = ()
    """Keys of other kinds that an entry cannot have too, with the reason in `rules`."""
    from_here: ClassVar[bool] = True
    """Whether internet traffic leaves from this VPC, where it is charged."""
    public: ClassVar[bool] = False
    """Whether a new gateway needs an internet gateway, but no public subnet."""

    def chosen(self, entry: EgressConfig) -> bool:
        """Whether an entry has the key of this kind."""
        return getattr(entry, self.key) is not None

    @abstractmethod
    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateways of an entry; `place` is the entry's path, such as `egress[0]`."""

    @abstractmethod
    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Name of the gateway that an entry routes the pods of a zone to."""

    def gateway_of_nodes(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Name of the gateway that an entry routes the nodes of a zone of a new VPC to."""
        return self.gateway_of(network, entry, zone)

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:  # noqa: ARG002
        """Routes in the route tables that an entry names; `place` is the path of the entry."""
        yield from ()

    def propagates(self, entry: EgressConfig) -> bool:  # noqa: ARG002  for those that can
        """Whether the gateway of an entry propagates its routes to the pod route tables."""
        return False

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:  # noqa: ARG002  for those that have some
        """Errors of an entry of this kind."""
        yield from ()

    def remarks(self, network: Network) -> Iterator[Diagnostic]:  # noqa: ARG002  for those that have some
        """Notes and warnings about all gateways of this kind."""
        yield from ()

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:  # noqa: ARG002  for those that have some
        """The keys of an entry that map zones to ids."""
        yield from ()

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Keys of an entry whose ids a CDK app passes in, each with what a file needs there."""
        yield from ()

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:  # noqa: ARG002
        """Claims of an entry, which no other network can have."""
        yield from ()

    @abstractmethod
    def words(self, entry: EgressConfig) -> str:
        """The gateways of an entry, in words."""

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:  # noqa: ARG002
        """Keys of the prices of a GB for an entry, and how many times each is paid."""
        yield from ()
