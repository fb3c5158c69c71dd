"""What applying changed manifests does to the Kubernetes objects in the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from podspace.api.update import Manifest, changes
from podspace.diff.change import Advice, Change
from podspace.planning import Plan, manifests

_SUBNETS: Final = ("subnetSelectorTerms", "podSubnetSelectorTerms")
_STAY: Final = Advice(
    cause="running nodes stay in the subnets that were selected before",
    source="https://karpenter.sh/docs/concepts/disruption/#drift",
    inferred=True,
)


def manifest_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """Effects of changed manifests on the Kubernetes objects in the cluster."""
    before, after = _by_identity(old), _by_identity(new)
    for key, manifest in before.items():
        if key not in after:
            yield Change(kind=key[0], name=key[1], effect="removed", advice=_on_removal(key[0], old, new))
        elif manifest != after[key]:
            yield from _changed(*key, manifest, after[key])
    for kind, name in after:
        if (kind, name) not in before:
            yield Change(kind=kind, name=name, effect="added")


def _by_identity(plan: Plan) -> dict[tuple[str, str], Manifest]:
    found: dict[tuple[str, str], Manifest] = {}
    for manifest in manifests(plan):
        metadata = manifest["metadata"]
        assert isinstance(metadata, dict)
        found[str(manifest["kind"]), str(metadata["name"])] = manifest
    return found


def _on_removal(kind: str, old: Plan, new: Plan) -> Advice:
    if kind == "ConfigMap":
        return Advice(
            cause="it stays in the cluster, and network policies stay on",
            keep="keep cluster.enable_network_policy",
            steps=("change the ConfigMap amazon-vpc-cni in the cluster",),
        )
    keep = "keep the entry of node_classes" if kind == "NodeClass" else "keep the entry of node_pools"
    moved = "move the workloads to nodes of another NodePool"
    if not old.apply:
        cause = "it stays in the cluster until you delete it there, and its nodes stay with it"
        return Advice(cause=cause, keep=keep, steps=(moved, f"delete the {kind} with kubectl"))
    deletes = "the deployment deletes it, and its nodes with it"
    cause = deletes if new.apply else "the deployment deletes it, because it applied it"
    return Advice(cause=cause, keep=keep, steps=(moved, "deploy the stack"))


def _changed(kind: str, name: str, old: Manifest, new: Manifest) -> Iterator[Change]:
    before, after = _spec(old), _spec(new)
    widened = [field for field in _SUBNETS if _widened(before.get(field), after.get(field))]
    effects = [
        change for change in changes(old, new) if change.problem.location.path.removeprefix("spec.") not in widened
    ]
    for change in effects:
        problem = change.problem
        yield Change(
            kind=kind,
            name=name,
            effect="refused" if change.effect == "refused" else "replaces-nodes",
            text=f"{problem.location.path} {problem.subject}",
            loses=change.effect == "refused",
            advice=Advice(cause=problem.message, keep=problem.fix, source=problem.source, inferred=problem.inferred),
        )
    elsewhere = {change.problem.location.path.split(".")[1] for change in effects}
    fields = [
        field
        for field in dict.fromkeys((*before, *after))
        if before.get(field) != after.get(field) and field not in elsewhere
    ]
    if fields:
        advice = _STAY if set(fields) & set(widened) else Advice()
        yield Change(kind=kind, name=name, effect="updated", text=f"spec.{', spec.'.join(fields)}", advice=advice)


def _spec(manifest: Manifest) -> Mapping[str, JsonValue]:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def _widened(old: JsonValue, new: JsonValue) -> bool:
    """Whether every term is still there: terms are alternatives, so that more is selected and nothing is lost."""
    return isinstance(old, list) and isinstance(new, list) and all(term in new for term in old)
