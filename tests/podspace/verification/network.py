"""The network that these tests verify: that of `tests.mother`, with changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError
from podspace.verification import AccountSubnets, EarlierReading, SubnetUse, Verification, verify
from tests.mother import Changes, a_network_file
from tests.podspace.cluster_objects import GivenCluster, cluster_objects

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)


def verified(
    changes: Changes | None = None,
    *,
    subnets: Sequence[SubnetUse] = (),
    broken: Mapping[str, LiveError] | None = None,
    earlier: EarlierReading | None = None,
    **objects: Sequence[Any],
) -> Verification:
    """What comes of a network in a cluster in order, with other objects of some kinds."""
    cluster = GivenCluster(cluster_objects(**objects), **(broken or {}))
    file = a_network_file(changes)
    in_account = {file.plan.name: AccountSubnets(uses=tuple(subnets))}
    return verify([file], cluster, at=NOW, subnets=in_account, earlier=earlier)


def found(verification: Verification, check: str) -> list[Diagnostic]:
    """The diagnostics of one check."""
    return [diagnostic for diagnostic in verification.diagnostics if diagnostic.id == check]


def facts(verification: Verification) -> Any:
    """The facts, of which a test knows the types."""
    return verification.facts


def not_ok(verification: Verification) -> set[tuple[str, str]]:
    """The checks that are not in order, with their severity."""
    return {(each.id, each.severity) for each in verification.diagnostics if each.severity != "ok"}
