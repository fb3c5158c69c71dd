"""What becomes of Kubernetes objects when changed manifests are applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from podspace.api.update import Manifest, changes
from podspace.growth.change import Advice, Change
from podspace.planning import Plan, manifests

_SUBNETS: Final = ("subnetSelectorTerms", "podSubnetSelectorTerms")
_STAY: Final = Advice(
    why="nodes stay in the subnets that were named before",
    source="https://karpenter.sh/docs/concepts/disruption/#drift",
    inferred=True,
)


def manifest_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """The objects that come, go and change."""
    before, after = _by_identity(old), _by_identity(new)
    for key, manifest in before.items():
        if key not in after:
            yield Change(what=key[0], name=key[1], effect="removed", advice=_on_removal(key[0], old, new))
        elif manifest != after[key]:
            yield from _changed(*key, manifest, after[key])
    for what, name in after:
        if (what, name) not in before:
            yield Change(what=what, name=name, effect="added")


def _by_identity(plan: Plan) -> dict[tuple[str, str], Manifest]:
    found: dict[tuple[str, str], Manifest] = {}
    for manifest in manifests(plan):
        metadata = manifest["metadata"]
        assert isinstance(metadata, dict)
        found[str(manifest["kind"]), str(metadata["name"])] = manifest
    return found


def _on_removal(kind: str, old: Plan, new: Plan) -> Advice:
    if kind == "ConfigMap":
        return Advice(why="it stays in the cluster, and network policies stay on, until you change it there")
    if old.apply and new.apply:
        return Advice(why="the deployment deletes it, and its nodes with it")
    if old.apply:
        return Advice(why="the deployment deletes it, as it applied it")
    return Advice(why="it stays in the cluster until you delete it there, and its nodes stay with it")


def _changed(kind: str, name: str, old: Manifest, new: Manifest) -> Iterator[Change]:
    before, after = _spec(old), _spec(new)
    widened = [field for field in _SUBNETS if _widened(before.get(field), after.get(field))]
    told = [change for change in changes(old, new) if change.problem.location.path.removeprefix("spec.") not in widened]
    for change in told:
        problem = change.problem
        yield Change(
            what=kind,
            name=name,
            effect="refused" if change.effect == "refused" else "replaces-nodes",
            text=f"{problem.location.path} {problem.subject}",
            advice=Advice(why=problem.message, instead=problem.fix, source=problem.source, inferred=problem.inferred),
        )
    elsewhere = {change.problem.location.path.split(".")[1] for change in told}
    fields = [
        field
        for field in dict.fromkeys((*before, *after))
        if before.get(field) != after.get(field) and field not in elsewhere
    ]
    if fields:
        advice = _STAY if set(fields) & set(widened) else None
        yield Change(what=kind, name=name, effect="updated", text=f"spec.{', spec.'.join(fields)}", advice=advice)


def _spec(manifest: Manifest) -> Mapping[str, JsonValue]:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def _widened(old: JsonValue, new: JsonValue) -> bool:
    """Whether every term is still there: terms are alternatives, so that more is selected and nothing less."""
    return isinstance(old, list) and isinstance(new, list) and all(term in new for term in old)
