"""Looks at a deployment with every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from podspace.diagnostic import Diagnostic, Location
from podspace.lint.catalogue import RULES
from podspace.lint.deployment import Manifest
from podspace.lint.picture import Picture
from podspace.lint.rule import PLUGIN, Fault, Rule
from podspace.lint.stack import Resource
from podspace.lint.value import Value, mapping

ACKNOWLEDGE: Final = "podspace/acknowledge-"
"""Beginning of the key of the annotation by which a manifest accepts the findings of a rule."""


def check(pictures: Iterable[Picture]) -> Iterator[Diagnostic]:
    """The findings of all rules in a deployment, without those that depend on unknown values.

    Raises:
        InputError: a value of a template refers to itself.
    """
    found = set()
    for picture in pictures:
        for rule in RULES.values():
            for fault in rule.look(picture):
                diagnostic = _diagnostic(rule, fault, picture)
                at = diagnostic.location
                key = diagnostic.id, at.file, at.document, at.name, at.path, diagnostic.subject
                if key not in found:  # two NodeClasses, or two accounts, may find the same
                    found.add(key)
                    yield diagnostic


def _diagnostic(rule: Rule, fault: Fault, picture: Picture) -> Diagnostic:
    at = fault.at
    if isinstance(at, Resource):
        location, accepted = _in_template(at, fault.place, fault.place), _accepted_by_resource(at, rule)
    elif at.applied_by:
        location = _in_template(at.applied_by, fault.place, "Properties.Manifest")
        accepted = accepted_by(at.data, rule.id)
    else:
        location, accepted = _in_manifest(at, fault.place, picture), accepted_by(at.data, rule.id)
    return Diagnostic(
        id=rule.id,
        severity="warning" if fault.depends_on else rule.level,
        subject=fault.value,
        location=location,
        message=f"{fault.must}, unless {fault.depends_on}" if fault.depends_on else fault.must,
        cause=rule.why,
        fix=fault.fix or rule.fix,
        source=rule.source,
        inferred=rule.inferred,
        accepted=accepted,
    )


def _in_template(resource: Resource, path: str, written: str) -> Location:
    """The location of a path of a resource, on the line of what is written in the template."""
    document = resource.stack.document
    return Location(
        file=str(document.path),
        line=document.line_of(f"Resources.{resource.id}.{written}".rstrip(".")),
        kind=resource.type,
        name=resource.id,
        path=path,
        construct_path=resource.construct_path or resource.stack.origin.construct_path,
    )


def _accepted_by_resource(resource: Resource, rule: Rule) -> str:
    return _text(mapping(resource.metadata.get(PLUGIN)).get(rule.id))


def _in_manifest(manifest: Manifest, path: str, picture: Picture) -> Location:
    assert manifest.found, "a manifest is found in a file, or applied by a resource"
    document = manifest.found.document
    return Location(
        file=str(document.path),
        line=document.line_of(path),
        document=manifest.found.number,
        kind=manifest.kind,
        name=manifest.name,
        path=path,
        construct_path=picture.stack_of(manifest),
    )


def accepted_by(manifest: Mapping[str, object], rule: str) -> str:
    """The reason for which an object accepts the findings of a rule; empty if it gives none."""
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    reason = annotations.get(f"{ACKNOWLEDGE}{rule}") if isinstance(annotations, dict) else None
    return reason if isinstance(reason, str) else ""


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
