"""Looks at a deployment with every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from podspace.checks.catalogue import RULES
from podspace.checks.deployment import Manifest
from podspace.checks.picture import Picture
from podspace.checks.rule import Fault, Rule
from podspace.checks.stack import Resource
from podspace.checks.value import Value, mapping
from podspace.finding import PLUGIN, Finding
from podspace.problem import Problem

_ANNOTATION: Final = "podspace/acknowledge-"
"""What the annotation begins with by which a manifest does so."""


def check(pictures: Iterable[Picture]) -> Iterator[Finding]:
    """Everything wrong with a deployment, by its rules; nothing that cannot be told.

    Raises:
        PlanError: a value of a template refers to itself.
    """
    told = set()
    for picture in pictures:
        for rule in RULES.values():
            for fault in rule.look(picture):
                found = _finding(rule, fault, picture)
                what = found.rule, found.file, found.document, found.name, found.problem.place, found.problem.value
                if what not in told:  # one NodeClass, or one account, may say what another said
                    told.add(what)
                    yield found


def _finding(rule: Rule, fault: Fault, picture: Picture) -> Finding:
    problem = Problem(
        place=fault.place,
        value=fault.value,
        must=f"{fault.must}, unless {fault.depends_on}" if fault.depends_on else fault.must,
        why=rule.why,
        fix=fault.fix or rule.fix,
        source=rule.source,
        inferred=rule.inferred,
    )
    at = fault.at
    if isinstance(at, Resource):
        found = _at_resource(at, rule, problem, fault.place)
    elif at.applied_by:
        accepted = accepted_by(at.data, rule.id)
        found = replace(_at_resource(at.applied_by, rule, problem, "Properties.Manifest"), accepted=accepted)
    else:
        found = _at_manifest(at, rule, problem, picture)
    return replace(found, level="warning") if fault.depends_on else found


def _at_resource(resource: Resource, rule: Rule, problem: Problem, place: str) -> Finding:
    document = resource.stack.document
    return Finding(
        file=str(document.path),
        line=document.line_of(f"Resources.{resource.id}.{place}".rstrip(".")),
        kind=resource.type,
        name=resource.id,
        rule=rule.id,
        level=rule.level,
        problem=problem,
        construct_path=resource.construct_path or resource.stack.origin.construct_path,
        accepted=_text(mapping(resource.metadata.get(PLUGIN)).get(rule.id)),
    )


def _at_manifest(manifest: Manifest, rule: Rule, problem: Problem, picture: Picture) -> Finding:
    assert manifest.found, "a manifest is found in a file, or applied by a resource"
    document = manifest.found.document
    return Finding(
        file=str(document.path),
        line=document.line_of(problem.place),
        document=manifest.found.number,
        kind=manifest.kind,
        name=manifest.name,
        rule=rule.id,
        level=rule.level,
        problem=problem,
        construct_path=picture.stack_of(manifest),
        accepted=accepted_by(manifest.data, rule.id),
    )


def accepted_by(manifest: Mapping[str, object], rule: str) -> str:
    """The reason for which an object accepts the findings of a rule; empty if it gives none."""
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    reason = annotations.get(f"{_ANNOTATION}{rule}") if isinstance(annotations, dict) else None
    return reason if isinstance(reason, str) else ""


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
