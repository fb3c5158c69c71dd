"""Cloud assemblies, which `cdk synth` writes: their stacks, and what was acknowledged in the app."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from podspace.checks.stack import Origin, Stack
from podspace.checks.template import SECTIONS, template_document
from podspace.document import text_of, unreadable
from podspace.json_document import json_document
from podspace.problem import PlanError, Problem

_STACK: Final = "aws:cloudformation:stack"
_NESTED: Final = "cdk:cloud-assembly"
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"

Acknowledged = dict[str, dict[str, str]]
"""Reasons by the construct's path, and by the rule's id as it was written there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """What was read of assemblies.

    Attributes:
        stacks: in the order of their manifests.
        acknowledged: findings that the app accepts.
        unreadable: what could not be read; the rest is read all the same.
    """

    stacks: list[Stack] = field(default_factory=list)
    acknowledged: Acknowledged = field(default_factory=dict)
    unreadable: list[Problem] = field(default_factory=list)


def read_assembly(folder: Path, assembly: Assembly, *, inside: tuple[Path, ...] = ()) -> None:
    """Add the stacks of a cloud assembly, and of the assemblies of its stages, to those that were read."""
    here = folder.resolve()
    try:
        if here in inside:
            raise unreadable(folder, "must not contain itself", fix="synthesise again")
        artifacts = _object(folder / "manifest.json").get("artifacts")
        if not isinstance(artifacts, dict):
            raise unreadable(
                folder / "manifest.json", "must list the artifacts of the assembly", fix="synthesise again"
            )
    except PlanError as error:
        assembly.unreadable.extend(error.problems)
        return
    for id, body in artifacts.items():
        if not isinstance(body, dict):
            continue
        try:
            if body.get("type") == _STACK:
                stack, acknowledged = _stack(folder, id, body)
                assembly.stacks.append(stack)
                for path, reasons in acknowledged.items():
                    assembly.acknowledged.setdefault(path, {}).update(reasons)
            elif body.get("type") == _NESTED:
                read_assembly(folder / _text(_properties(body), "directoryName"), assembly, inside=(*inside, here))
        except PlanError as error:
            assembly.unreadable.extend(error.problems)


def _object(path: Path) -> Mapping[str, JsonValue]:
    try:
        data: JsonValue = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, PlanError):
            raise
        raise unreadable(path, f"must be JSON: {error}", fix="synthesise again") from None
    if not isinstance(data, dict):
        raise unreadable(path, "must be a JSON object", fix="synthesise again")
    return data


def _stack(folder: Path, id: str, body: Mapping[str, JsonValue]) -> tuple[Stack, Acknowledged]:
    properties = _properties(body)
    path = folder / _text(properties, "templateFile")
    text = text_of(path)
    document = template_document(text, path) or json_document(text, path)  # a stack may have no resources
    if not isinstance(document.data, dict) or not document.data.keys() <= SECTIONS:
        raise unreadable(path, "must be a template of CloudFormation", fix="synthesise again")
    account, _, region = _text(body, "environment").removeprefix("aws://").partition("/")
    waits_for, tags = body.get("dependencies"), properties.get("tags")
    metadata: Acknowledged = {}
    for path_, reasons in _metadata(folder, body):
        metadata.setdefault(path_, {}).update(reasons)
    origin = Origin(
        key=str(folder / id),
        name=_text(properties, "stackName") or id,
        folder=str(folder),
        construct_path=_text(body, "displayName").partition(" (")[0],
        region="" if region.startswith("unknown") else region,
        account="" if account.startswith("unknown") else account,
        tags={key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {},
        waits_for=frozenset(str(folder / str(other)) for other in waits_for if other)
        if isinstance(waits_for, list)
        else frozenset(),
    )
    return Stack(origin=origin, document=document), metadata


def _metadata(folder: Path, body: Mapping[str, JsonValue]) -> Iterator[tuple[str, dict[str, str]]]:
    """What was acknowledged, by construct path without the leading slash."""
    file = _text(body, "additionalMetadataFile")
    written = _object(folder / file) if file else body.get("metadata")
    for path, entries in (written if isinstance(written, dict) else {}).items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("type") == _ACKNOWLEDGED and isinstance(entry.get("data"), dict):
                data = entry["data"]
                yield path.removeprefix("/"), {id: str(reason) for id, reason in data.items()}


def _properties(body: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    properties = body.get("properties")
    return properties if isinstance(properties, dict) else {}


def _text(body: Mapping[str, JsonValue], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
