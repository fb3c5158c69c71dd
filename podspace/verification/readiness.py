"""Whether the NodeClasses and NodePools of a plan exist and are ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import Condition, NodeClass, NodePool
from podspace.planning import Plan
from podspace.reporting.wording import plain
from podspace.verification.known_symptoms import symptom_of

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_NODE_POOL_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html"


def node_class_diagnostics(plan: Plan, found: Iterable[NodeClass]) -> Iterator[Diagnostic]:
    """Each NodeClass of the plan, by its conditions."""
    by_name = {each.name: each for each in found}
    for planned in plan.node_classes:
        name = planned.metadata.name
        yield _diagnostic(plan, "NodeClass", name, by_name)


def node_pool_diagnostics(plan: Plan, found: Iterable[NodePool]) -> Iterator[Diagnostic]:
    """Each NodePool of the plan, by its conditions, and whether it refers to the NodeClass of the plan."""
    by_name = {each.name: each for each in found}
    for planned in plan.node_pools:
        name, wanted = planned.metadata.name, planned.spec.template.spec.node_class_ref.name
        yield _diagnostic(plan, "NodePool", name, by_name)
        if name in by_name and by_name[name].node_class != wanted:
            yield Diagnostic(
                id="node-pool-node-class",
                severity="error",
                subject=name,
                message=f"refers to the NodeClass {plain(by_name[name].node_class) or 'none'}; must be {wanted}",
                cause="the NodePool was changed after it was applied, or is another one with this name",
                fix=_apply(plan),
                source=_NODE_POOL_PAGE,
            )


def _apply(plan: Plan) -> str:
    return "deploy the stack" if plan.apply else f"run `kubectl apply --server-side -f dist/{plan.name}/`"


def _diagnostic(plan: Plan, kind: str, name: str, found: Mapping[str, NodeClass | NodePool]) -> Diagnostic:
    check = "node-class-ready" if kind == "NodeClass" else "node-pool-ready"
    source = _NODE_CLASS_PAGE if kind == "NodeClass" else _NODE_POOL_PAGE
    here = found.get(name)
    if here is None:
        text, fix = f"must be in the cluster, which has no {kind} with this name", _apply(plan)
        return Diagnostic(id=check, severity="error", subject=name, message=text, fix=fix, source=source)
    diagnostic = Diagnostic(id=check, severity="ok", subject=name, message="is ready", source=source)
    ready = next((condition for condition in here.conditions if condition.type == "Ready"), None)
    if ready is None:
        text = "must be ready, but has no Ready condition yet"
        return replace(
            diagnostic, severity="error", message=text, fix="wait; if it stays so, check that EKS Auto Mode is on"
        )
    unmet = [each for each in here.conditions if each.type != "Ready" and each.status != "True"]
    unmet.sort(key=lambda each: each.status)  # False before Unknown
    if ready.status != "True":
        return _explained(replace(diagnostic, severity="error", message="must be ready, but "), kind, unmet or [ready])
    if failed := [each for each in unmet if each.status == "False"]:
        return _explained(replace(diagnostic, severity="warning", message="is ready, but "), kind, failed)
    if 0 < ready.observed_generation < here.generation:
        text = f"is ready as of generation {ready.observed_generation}; its generation is {here.generation}"
        cause = "the last change is not observed yet"
        return replace(diagnostic, severity="warning", message=text, cause=cause, fix="wait")
    return diagnostic


def _explained(diagnostic: Diagnostic, kind: str, conditions: Sequence[Condition]) -> Diagnostic:
    """The diagnostic with the conditions, and the cause and fix of a known one."""
    said = [plain(str(condition)) for condition in conditions]
    extended = replace(diagnostic, message=diagnostic.message + ", ".join(said))
    symptom = next(filter(None, (symptom_of(each, kind=kind) for each in said)), None)
    if symptom is None:
        return replace(extended, fix=f"run `kubectl describe {kind.lower()} {diagnostic.subject}`")
    return replace(extended, cause=symptom.cause, fix=symptom.fix, source=symptom.source, inferred=symptom.inferred)
