"""What becomes of a change to an object that is applied already: refused, or nodes are replaced, or neither.

Which fields of a NodePool replace nodes is told by https://karpenter.sh/docs/concepts/disruption/#drift; for a
NodeClass AWS says it of kubelet and kernel settings, and the rest is inferred from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import JsonValue

from podspace.api.duration import DISRUPTION
from podspace.api.metadata import ApiObject
from podspace.api.node_class import NodeClass
from podspace.api.node_pool import STATIC_CAPACITY, NodePool
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS
from podspace.problem import Problem, place_of

Effect = Literal["refused", "replaces nodes"]

_ONE_NODE_CLASS_PAGE: Final = ("spec.advancedCompute",)
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
    "spec.template.spec.terminationGracePeriod": "24h",
}
"""What the API server writes into an object that leaves it out, or what leaving it out means."""
_WHOSE: Final = ("spec.role", "spec.instanceProfile")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change between an object that is applied and what shall be applied in its place.

    Attributes:
        effect: what the cluster makes of it.
        problem: where it is, what it is changed to, and why the effect.
    """

    effect: Effect
    problem: Problem


def changes(old: ApiObject, new: ApiObject) -> tuple[Change, ...]:
    """The changes that are refused or replace nodes; all others take effect in place.

    Raises:
        ValueError: the two are not the same object.
    """
    if (type(old), old.name) != (type(new), new.name):
        raise ValueError(f"{type(old).__name__} {old.name} and {type(new).__name__} {new.name} are two objects")
    before = {**_DEFAULTS, **dict(_leaves(old.manifest()))}
    after = {**_DEFAULTS, **dict(_leaves(new.manifest()))}
    differing = [place for place in dict.fromkeys((*before, *after)) if before.get(place) != after.get(place)]
    told = _node_pool_changes if isinstance(old, NodePool) else _node_class_changes
    if not isinstance(old, NodePool | NodeClass):
        return ()
    return tuple(change for place in differing for change in told(place, before.get(place), after.get(place)))


def _leaves(value: JsonValue, loc: tuple[str, ...] = ()) -> Iterator[tuple[str, JsonValue]]:
    """Each value by its place; a list is one value, since its order and length are part of it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*loc, key))
    else:
        yield place_of(loc), value


def _node_pool_changes(place: str, old: JsonValue, new: JsonValue) -> Iterator[Change]:
    value = f"{shown(old)} to {shown(new)}"
    if place in {"spec.template.spec.nodeClassRef.group", "spec.template.spec.nodeClassRef.kind"}:
        must = "must not change: it is immutable"
        yield _change("refused", place, value, must, "make a new NodePool", source=DISRUPTION)
    elif place == "spec.replicas" and (old is None) != (new is None):
        must = "must not come or go: a NodePool is static or dynamic for good"
        yield _change("refused", place, value, must, "make a new NodePool", source=STATIC_CAPACITY)
    elif place == "spec.template.spec.requirements":
        must = "replaces the nodes whose labels no longer meet the requirements"
        yield _change("replaces nodes", place, value, must, "", source=DISRUPTION)
    elif place.startswith("spec.template."):
        must = "replaces every node of the pool: they drift from the template"
        yield _change("replaces nodes", place, value, must, "", source=DISRUPTION)


def _node_class_changes(place: str, old: JsonValue, new: JsonValue) -> Iterator[Change]:
    value = f"{shown(old)} to {shown(new)}"
    if place in _WHOSE:
        yield _change(
            "refused",
            place,
            value,
            "must not change: the public schema, of 2024, has role immutable; AWS's page of 2026 speaks of changing "
            "it, so whether a cluster refuses it today is not known",
            "make a new NodeClass, with an access entry for its role, and move the NodePools to it",
            source=NODE_CLASS,
            inferred=True,
        )
    elif place.startswith(_BY_WHAT_IT_FINDS):
        must = "replaces the nodes that are not in what is selected now"
        yield _change("replaces nodes", place, value, must, "", source=DISRUPTION, inferred=True)
    elif place.startswith("spec."):
        must = "replaces every node of the NodeClass: they drift from it"
        stated = place.startswith(_ONE_NODE_CLASS_PAGE)
        yield _change("replaces nodes", place, value, must, "", source=NODE_CLASS, inferred=not stated)


def _change(
    effect: Effect, place: str, value: str, must: str, fix: str, *, source: str, inferred: bool = False
) -> Change:
    problem = Problem(place=place, value=value, must=must, fix=fix, source=source, inferred=inferred)
    return Change(effect=effect, problem=problem)
