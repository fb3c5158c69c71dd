"""Files with policy documents, which a config names by their paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location, place_of
from podspace.formats.document import Document
from podspace.formats.json_document import json_document
from podspace.planning.services.endpoint_policies import MOST_CHARACTERS, document_problems, too_large

ReadText = Callable[[Path], str]
"""A function that returns the text of a file, from the disk or from a git revision; it raises InputError."""


def with_policy_files(config: Document, read: ReadText) -> tuple[Document, list[Diagnostic]]:
    """A config file with its policy files replaced by their documents, and the errors of these files.

    A policy whose file has an error is left out, so that the rest of the config is checked too.
    """
    data = config.data
    endpoints = data.get("endpoints") if isinstance(data, dict) else None
    policies = endpoints.get("policies") if isinstance(endpoints, dict) else None
    if not isinstance(data, dict) or not isinstance(endpoints, dict) or not isinstance(policies, dict):
        return config, []
    found: dict[str, JsonValue] = {}
    problems: list[Diagnostic] = []
    for service, entry in policies.items():
        file = entry.get("file") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(file, str) or not file or "document" in entry:
            found[service] = entry
            continue
        others = {key: value for key, value in entry.items() if key != "file"}
        place = place_of(("endpoints", "policies", service, "file"))
        try:
            text = _text(config, file, place, read)
            found[service] = {**others, "document": _policy(text, config.path.parent / file)}
        except InputError as error:
            problems += error.diagnostics
    return replace(config, data={**data, "endpoints": {**endpoints, "policies": found}}), problems


def _text(config: Document, file: str, place: str, read: ReadText) -> str:
    try:
        return read(config.path.parent / file)
    except InputError as error:
        where = Location(path=place)
        raise InputError(
            config.located(replace(each, id="endpoint-policy-file", location=where, subject=file))
            for each in error.diagnostics
        ) from None


def _policy(text: str, path: Path) -> JsonValue:
    if len(text) > MOST_CHARACTERS:
        problem = too_large(len(text))
        raise InputError([replace(problem, location=Location(file=str(path)))])
    document = json_document(text, path, unique=True)
    if problems := [document.located(problem) for problem in document_problems(document.data)]:
        raise InputError(problems)
    return document.data
