"""Errors that follow from another error of the same config, which are not reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from podspace.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Errors that cause other errors.

    Attributes:
        ids: ids of the errors that are the cause.
        place: regular expression of the paths of these errors.
        hides: ids of the errors that follow, and are not reported.
        within: regular expression of the paths of the errors that follow.
    """

    ids: frozenset[str]
    place: str = ".*"
    hides: frozenset[str]
    within: str = ".*"

    def explains(self, cause: Diagnostic, problem: Diagnostic) -> bool:
        """Whether an error follows from the cause."""
        return (
            cause.id in self.ids
            and problem.id in self.hides
            and re.fullmatch(self.place, cause.location.path) is not None
            and re.fullmatch(self.within, problem.location.path) is not None
        )


TO_BE_REMOVED: Final = frozenset(
    {
        "egress-of-existing-subnets",
        "endpoint-of-existing-subnets",
        "group-of-new-cluster",
        "ipv6-in-ipv4-cluster",
        "ipv6-in-new-vpc",
        "nat-gateway-in-new-vpc",
        "not-in-cluster-half",
        "not-in-network-half",
        "not-with-new-vpc",
        "pod-addresses-given-twice",
        "setting-of-other-kind",
        "vpc-cni-in-ipv6-cluster",
    }
)
"""The cause that a key must be removed: other errors about it and its contents are not reported."""
WRONG_RANGES: Final = frozenset({"block-twice", "cidr-not-usable", "cidr-size"})
"""The cause that no VPC can have a range: other errors about it are not reported."""
_OF_NODE_ZONES: Final = frozenset(
    {"control-plane-zone", "endpoint-without-subnet", "no-node-subnet-in-pod-zone", "node-class-selection"}
    | {"too-few-control-plane-zones"}
)
_OF_POD_ZONES: Final = _OF_NODE_ZONES | {
    "control-plane-zones-missing",
    "ipv6-subnet-count",
    "limits-capacity-unknown",
    "limits-zones-lost",
    "new-vpc-subnet-map",
    "node-pool-zone",
    "zone-missing",
    "zone-without-pods",
    "zone-without-slot",
    "zone-without-subnet",
}
"""Comparisons with the pod zones."""
CAUSES: Final = (
    Cause(
        ids=frozenset({"region-without-zones"}),
        hides=frozenset(
            {"endpoint-region", "fips-region", "ipam-logs-not-supported", "key-of-other-region", "reservation-region"}
            | {"topic-of-other-region", "zone-of-other-region"}
        ),
    ),
    Cause(ids=frozenset({"zone-of-other-region"}), place=r"pods\..*", hides=_OF_POD_ZONES),
    Cause(ids=frozenset({"zone-of-other-region"}), place=r"vpc\.node_subnets\..*", hides=_OF_NODE_ZONES),
    Cause(ids=frozenset({"zones-by-name-and-id", "zones-differ-from-map"}), hides=_OF_POD_ZONES),
    Cause(ids=frozenset({"zone-twice"}), hides=frozenset({"ipv6-subnet-count", "zone-without-slot"})),
    Cause(
        ids=frozenset({"pod-addresses-given-twice", "pod-addresses-missing"}),
        place=r"pods|pods\.zones",
        hides=_OF_POD_ZONES,
    ),
    Cause(
        ids=frozenset({"pod-addresses-given-twice", "pod-addresses-missing"}),
        hides=frozenset({"ipv6-subnet-count", "zone-without-subnet"}),
    ),
    Cause(
        ids=frozenset({"no-node-subnet-in-pod-zone", "no-subnet", "subnet-twice", "too-many-subnet-terms"}),
        hides=frozenset({"node-class-selection"}),
    ),
    Cause(ids=frozenset({"shared-subnets-by-id"}), hides=frozenset({"pod-addresses-missing"})),
    Cause(
        ids=WRONG_RANGES
        | {"associated-block-without-map", "block-smaller-than-subnet", "cidr-association", "cidr-covers-route"}
        | {"cidr-overlap"},
        place=r"pods\.cidrs\[\d+\]",
        hides=frozenset({"ipv6-subnet-count", "zone-without-slot"}),
        within=r"pods\..*",
    ),
    Cause(ids=WRONG_RANGES, place=r"pods\.cidrs\[\d+\]", hides=frozenset({"subnet-outside-blocks"})),
    Cause(
        ids=frozenset({"ipv6-in-new-vpc"}),
        hides=frozenset({"new-vpc-subnet-map", "not-with-new-vpc", "private-vpc-without-endpoints"}),
    ),
    Cause(
        ids=frozenset({"not-with-new-vpc"}),
        place=r"vpc\.owner",
        hides=frozenset({"not-in-cluster-half", "shared-subnets-by-id"}),
    ),
    Cause(ids=frozenset({"not-with-new-vpc"}), place=r"pods\.subnet_ids", hides=frozenset({"new-vpc-subnet-map"})),
)


def without_consequences(problems: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Errors that do not follow from another one, each once."""
    distinct = tuple(dict.fromkeys(problems))
    return tuple(
        problem
        for number, problem in enumerate(distinct)
        if not any(
            _explains(cause, problem, earlier=other < number)
            for other, cause in enumerate(distinct)
            if cause is not problem
        )
    )


def _explains(cause: Diagnostic, problem: Diagnostic, *, earlier: bool) -> bool:
    if cause.id in TO_BE_REMOVED and _is_at(problem, cause.location.path):
        return earlier or problem.id not in TO_BE_REMOVED or problem.location.path != cause.location.path
    if cause.id in WRONG_RANGES and problem.location.path == cause.location.path:
        return problem.id not in WRONG_RANGES
    return any(each.explains(cause, problem) for each in CAUSES)


def _is_at(problem: Diagnostic, place: str) -> bool:
    """Whether an error is reported at a place, or inside it."""
    path = problem.location.path
    return path == place or path.startswith((f"{place}.", f"{place}["))
