"""Effects of a change to an applied object: the API server refuses it, nodes are replaced, or neither.

https://karpenter.sh/docs/concepts/disruption/#drift lists the fields of a NodePool that replace nodes. For a NodeClass,
AWS documents it for kubelet and kernel settings, and the rest is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import JsonValue

from podspace.api.duration import DISRUPTION, seconds_of
from podspace.api.node_pool import STATIC_CAPACITY
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS
from podspace.diagnostic import Diagnostic, Location, place_of

Effect = Literal["refused", "replaces nodes"]
Manifest = Mapping[str, JsonValue]

_REQUIREMENTS: Final = "spec.template.spec.requirements"
_REFERENCE: Final = ("spec.template.spec.nodeClassRef.group", "spec.template.spec.nodeClassRef.kind")
_WHOSE: Final = ("spec.role", "spec.instanceProfile")
_DOCUMENTED: Final = "spec.advancedCompute"
_BY_WHAT_IT_FINDS: Final = (
    "spec.subnetSelectorTerms",
    "spec.securityGroupSelectorTerms",
    "spec.podSubnetSelectorTerms",
    "spec.podSecurityGroupSelectorTerms",
    "spec.capacityReservationSelectorTerms",
    "spec.placementGroupSelector",
)
_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "spec.snatPolicy": "Random",
    "spec.networkPolicy": "DefaultAllow",
    "spec.networkPolicyEventLogs": "Disabled",
    "spec.ephemeralStorage.size": "80Gi",
    "spec.ephemeralStorage.iops": 3000,
    "spec.ephemeralStorage.throughput": 125,
    "spec.advancedNetworking.ipv4PrefixSize": "Auto",
    "spec.advancedNetworking.enableV4Egress": True,
    "spec.advancedSecurity.fips": False,
    "spec.template.spec.expireAfter": "336h",
    "spec.template.spec.terminationGracePeriod": "24h",
}
"""What the API server writes into an object that leaves it out, or what leaving it out means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change between an applied object and its new version.

    Attributes:
        effect: whether the change is refused, or nodes are replaced.
        problem: path of the change, the new value, and the reason for the effect.
    """

    effect: Effect
    problem: Diagnostic


def changes(old: Manifest, new: Manifest) -> tuple[Change, ...]:
    """The changes that are refused or replace nodes; all others take effect in place.

    Both are manifests of a NodePool or a NodeClass, which may have other errors.
    """
    before, after = ({**_DEFAULTS, **dict(_leaves(each.get("spec"), ("spec",)))} for each in (old, new))
    told = {"NodePool": _node_pool_changes, "NodeClass": _node_class_changes}.get(str(new.get("kind")))
    if told is None:
        return ()
    found: list[Change] = []
    for place in dict.fromkeys((*before, *after)):
        one, other = before.get(place), after.get(place)
        if _meaning(place, one) != _meaning(place, other):
            found += told(place, one, other)
    whose = [change for change in found if change.problem.location.path in _WHOSE]
    return tuple(change for change in found if change not in whose[1:])


def _leaves(value: JsonValue, loc: tuple[str, ...] = ()) -> Iterator[tuple[str, JsonValue]]:
    """Each value by its place; a list is one value, and an empty mapping or a null none."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*loc, key))
    elif value is not None and value != []:
        yield place_of(loc), value


def _meaning(place: str, value: JsonValue) -> JsonValue:
    """A value, but for how it is spelled: the unit of a duration, the order of terms and of what they list."""
    if isinstance(value, str) and place.endswith(("expireAfter", "terminationGracePeriod")):
        return seconds_of(value) or value
    if isinstance(value, list):
        return sorted((_meaning("", item) for item in value), key=_text)
    if isinstance(value, dict):
        return {key: _meaning("", inner) for key, inner in value.items() if inner not in (None, [])}
    return value


def _text(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)


def _change_text(old: JsonValue, new: JsonValue) -> str:
    """What it was and what it is; of lists only the items that differ."""
    if isinstance(old, list) and isinstance(new, list):
        kept = [_text(_meaning("", item)) for item in old], [_text(_meaning("", item)) for item in new]
        old = [item for item, text in zip(old, kept[0], strict=True) if text not in kept[1]]
        new = [item for item, text in zip(new, kept[1], strict=True) if text not in kept[0]]
    return f"{shown(old)} to {shown(new)}"


def _node_pool_changes(place: str, old: JsonValue, new: JsonValue) -> Iterator[Change]:
    value = _change_text(old, new)
    if place in _REFERENCE:
        must = "must not change: it is immutable"
        yield _change("refused", place, value, must, "create a new NodePool", source=DISRUPTION)
    elif place == "spec.replicas" and (old is None) != (new is None):
        must = "must not be added or removed: a NodePool cannot change between static and dynamic"
        yield _change("refused", place, value, must, "create a new NodePool", source=STATIC_CAPACITY)
    elif place == _REQUIREMENTS:
        must = "replaces nodes whose labels no longer meet the requirements"
        yield _change("replaces nodes", place, value, must, source=DISRUPTION)
    elif place.startswith("spec.template."):
        must = "replaces every node of the pool: they drift from the template"
        yield _change("replaces nodes", place, value, must, source=DISRUPTION)


def _node_class_changes(place: str, old: JsonValue, new: JsonValue) -> Iterator[Change]:
    value = _change_text(old, new)
    if place in _WHOSE:
        yield _change(
            "refused",
            place,
            value,
            "must not change: role is immutable in the public schema of 2024, but AWS's page of 2026 describes a "
            "change of it, so it is not known whether a cluster refuses the change",
            "create a new NodeClass, with an access entry for its role, and move the NodePools to it",
            source=NODE_CLASS,
            inferred=True,
        )
    elif place.startswith(_BY_WHAT_IT_FINDS):
        must = "replaces nodes that the new terms no longer select"
        yield _change("replaces nodes", place, value, must, source=DISRUPTION, inferred=True)
    else:
        must = "replaces every node of the NodeClass: they drift from it"
        stated = place.startswith(_DOCUMENTED)
        yield _change("replaces nodes", place, value, must, source=NODE_CLASS, inferred=not stated)


def _change(
    effect: Effect, place: str, value: str, must: str, fix: str = "", *, source: str, inferred: bool = False
) -> Change:
    problem = Diagnostic(
        location=Location(path=place), subject=value, message=must, fix=fix, source=source, inferred=inferred
    )
    return Change(effect=effect, problem=problem)
