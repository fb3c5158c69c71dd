"""Cloud assemblies, which `cdk synth` writes: their stacks, and what was acknowledged in the app."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.json_document import json_document
from podspace.formats.text_file import text_of, unreadable
from podspace.lint.rule import PLUGIN
from podspace.lint.stack import Origin, Stack
from podspace.lint.template import SECTIONS, template_document

_STACK: Final = "aws:cloudformation:stack"
_NESTED: Final = "cdk:cloud-assembly"
_REPORT: Final = "validation-report.json"
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"

Acknowledged = dict[str, dict[str, str]]
"""Reasons by the construct's path, and by the rule's id as it was written there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """The contents of cloud assemblies.

    Attributes:
        stacks: stacks in the order of the assembly's manifest.
        acknowledged: findings that the app accepts.
        unreadable: errors of files that could not be read; the other files are in `stacks`.
    """

    stacks: list[Stack] = field(default_factory=list)
    acknowledged: Acknowledged = field(default_factory=dict)
    unreadable: list[Diagnostic] = field(default_factory=list)


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
        _of_the_app(folder, assembly)
    except InputError as error:
        assembly.unreadable.extend(error.diagnostics)
        return
    for id, body in artifacts.items():
        kind = _text(body, "type") if isinstance(body, dict) else ""
        if isinstance(body, dict) and kind == _STACK:
            _add_stack(folder, id, body, assembly)
        elif isinstance(body, dict) and kind == _NESTED:
            read_assembly(folder / _text(_properties(body), "directoryName"), assembly, inside=(*inside, here))


def _add_stack(folder: Path, id: str, body: Mapping[str, JsonValue], assembly: Assembly) -> None:
    try:
        metadata = list(_metadata(folder, body))
        paths = {str(data): path for path, kind, data in metadata if kind == "aws:cdk:logicalId"}
        assembly.stacks.append(_stack(folder, id, body, paths))
    except InputError as error:
        assembly.unreadable.extend(error.diagnostics)
        return
    for path, kind, data in metadata:
        if kind == _ACKNOWLEDGED and isinstance(data, dict):
            reasons = {rule: str(reason) for rule, reason in data.items()}
            assembly.acknowledged.setdefault(path, {}).update(reasons)


def _object(path: Path) -> Mapping[str, JsonValue]:
    try:
        data: JsonValue = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise unreadable(path, f"must be JSON: {error}", fix="synthesise again") from None
    if not isinstance(data, dict):
        raise unreadable(path, "must be a JSON object", fix="synthesise again")
    return data


def _stack(folder: Path, id: str, body: Mapping[str, JsonValue], paths: Mapping[str, str]) -> Stack:
    properties = _properties(body)
    path = folder / _text(properties, "templateFile")
    text = text_of(path)
    document = template_document(text, path) or json_document(text, path, unique=True)  # a stack may have no resources
    if not isinstance(document.data, dict) or not document.data.keys() <= SECTIONS:
        raise unreadable(path, "must be a template of CloudFormation", fix="synthesise again")
    account, _, region = _text(body, "environment").removeprefix("aws://").partition("/")
    waits_for, tags = body.get("dependencies"), properties.get("tags")
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
    return Stack(origin=origin, document=document, construct_paths=paths)


def _metadata(folder: Path, body: Mapping[str, JsonValue]) -> Iterator[tuple[str, str, JsonValue]]:
    """What a stack's metadata says of constructs: the path, without the leading slash, the type and the data."""
    file = _text(body, "additionalMetadataFile")
    written = _object(folder / file) if file else body.get("metadata")
    for path, entries in (written if isinstance(written, dict) else {}).items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield path.removeprefix("/"), _text(entry, "type"), entry.get("data")


def _of_the_app(folder: Path, assembly: Assembly) -> None:
    """Add what is acknowledged at the app or at a stage, which CDK writes into its validation report alone."""
    if not (folder / _REPORT).is_file():
        return
    plugins = _object(folder / _REPORT).get("pluginReports")
    for plugin in plugins if isinstance(plugins, list) else ():
        suppressed = plugin.get("suppressedViolations") if isinstance(plugin, dict) else None
        for one in suppressed if isinstance(suppressed, list) else ():
            if isinstance(one, dict) and isinstance(plugin, dict) and plugin.get("pluginName") == PLUGIN:
                reasons = assembly.acknowledged.setdefault(_text(one, "acknowledgedAt"), {})
                reasons.setdefault(f"{PLUGIN}::{_text(one, 'ruleName')}", _text(one, "reason"))


def _properties(body: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    properties = body.get("properties")
    return properties if isinstance(properties, dict) else {}


def _text(body: Mapping[str, JsonValue], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
