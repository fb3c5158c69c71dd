"""Gateway kinds with one gateway for all zones, which several entries can name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final, cast

from podspace.cidr import SHARED_SPACE
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.egress.kind import EgressKind
from podspace.planning.origin import Existing, Origin, PassedIn

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network

GIVEN: Final = "given"
"""The word in place of an id, if a CDK app passes the object in."""


class SingleKind(EgressKind):
    """A gateway kind with one existing gateway for all zones."""

    title: ClassVar[str]
    """The gateway in words, such as `transit gateway`."""
    id_form: ClassVar[str]
    """Format of its id, such as `tgw-…`."""
    default_name: ClassVar[str]
    """Name of the gateway in the plan, if the entry has none."""

    def given(self, entry: EgressConfig) -> str:
        """The id of the gateway, or the word `given`."""
        return cast("str", getattr(entry, self.key))

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Name of the gateway in the plan, the same for every zone and every entry with this gateway."""
        first = next(other for other in network.config.egress if self.same(other, entry))
        return f"{first.name}-{self.default_name}" if first.name else self.default_name

    def same(self, other: EgressConfig, entry: EgressConfig) -> bool:
        """Whether two entries name the same gateway; gateways that a CDK app passes in differ by the names of the
        entries.
        """
        id = self.given(entry)
        return self.given(other) == id and (id != GIVEN or other.name == entry.name)

    def origin(self, name: str, entry: EgressConfig) -> Origin:
        """Where the gateway comes from: its id, or a CDK app."""
        id = self.given(entry)
        return PassedIn(name) if id == GIVEN else Existing(id)

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Keys whose ids a CDK app passes in: the gateway."""
        if self.given(entry) == GIVEN:
            yield self.key, f"the id of the {self.title}, {self.id_form}"

    def words(self, entry: EgressConfig) -> str:  # noqa: ARG002
        """The gateway in words."""
        return self.title

    def unique_rules(self, network: Network, *, fix: str, source: str) -> Iterator[Diagnostic]:
        """Errors: pods keep their addresses, so no other network behind the gateway can have them."""
        for index, block in enumerate(network.config.pods.cidrs if not network.ipv6 else ()):
            if not block.unique:
                yield Diagnostic(
                    id="pods-not-unique",
                    location=Location(path=self.key),
                    subject=str(block.cidr),
                    message=f"must not have pods.cidrs[{index}] as source addresses unless it is declared unique: if "
                    f"another network behind the {self.title} uses the same addresses, as is common for "
                    f"{SHARED_SPACE}, answers are routed to that network",
                    fix=f"{fix}, or write `{{cidr: {block.cidr}, unique: true}}` if no other network uses it",
                    source=source,
                )
