"""The network that these tests verify: that of `tests.mother`, with changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError
from podspace.verification import AccountSubnets, SubnetUse, Verification, verify
from tests.mother import Changes, a_network_file
from tests.podspace.cluster_objects import GivenCluster, cluster_objects


def verified(
    changes: Changes | None = None,
    *,
    subnets: Sequence[SubnetUse] = (),
    broken: Mapping[str, LiveError] | None = None,
    **objects: Sequence[Any],
) -> Verification:
    """What comes of a network in a cluster in order, with other objects of some kinds."""
    cluster = GivenCluster(cluster_objects(**objects), **(broken or {}))
    file = a_network_file(changes)
    return verify([file], cluster, subnets={file.plan.name: AccountSubnets(uses=tuple(subnets))})


def found(verification: Verification, check: str) -> list[Diagnostic]:
    """The diagnostics of one check."""
    return [diagnostic for diagnostic in verification.diagnostics if diagnostic.id == check]


def not_ok(verification: Verification) -> set[tuple[str, str]]:
    """The checks that are not in order, with their severity."""
    return {(each.id, each.severity) for each in verification.diagnostics if each.severity != "ok"}
