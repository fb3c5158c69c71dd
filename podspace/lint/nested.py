"""Nested stacks: the templates that other templates name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.text_file import text_of, unreadable
from podspace.lint.for_each import expanded
from podspace.lint.stack import NESTED, Stack
from podspace.lint.template import template_document

_MOST_NESTED: Final = 1_000
_ASSET_PATH: Final = "aws:asset:path"
_HASH: Final = re.compile(r"/([0-9a-f]{64})\.json$")


def with_nested(stacks: list[Stack], unreadable_files: list[Diagnostic]) -> list[Stack]:
    """Stacks and their nested stacks; a template that is nested in another one is not listed twice.

    A nested template at a URL is skipped; a missing file of an assembly is reported.
    Loops by Fn::ForEach over known values are expanded.
    """
    stacks = [expanded(stack) for stack in stacks]
    every = list(_all_nested(stacks, unreadable_files))
    inside = {stack.document.path.resolve() for stack in every}
    roots = [stack for stack in stacks if stack.document.path.resolve() not in inside]
    nested = every if len(roots) == len(stacks) else list(_all_nested(roots, []))
    if len(nested) > _MOST_NESTED:
        must = f"must nest at most {_MOST_NESTED:,} stacks"
        unreadable_files.extend(unreadable(stacks[0].document.path, must).diagnostics)
    return roots + nested


def _all_nested(stacks: list[Stack], unreadable_files: list[Diagnostic]) -> Iterator[Stack]:
    every = (found for stack in stacks for found in _nested(stack, (), unreadable_files))
    return islice(every, _MOST_NESTED + 1)


def _nested(stack: Stack, above: tuple[Stack, ...], unreadable_files: list[Diagnostic]) -> Iterator[Stack]:
    above = (*above, stack)
    for id, body in stack.bodies():
        if body["Type"] != NESTED:
            continue
        try:
            path = _path(stack, id, body)
            if path is None:
                continue
            if path.resolve() in {one.document.path.resolve() for one in above}:
                line = stack.document.line_of(f"Resources.{id}")
                raise unreadable(stack.document.path, f"must not contain itself: {id} is {path}", line=line)
            document = template_document(text_of(path), path)
            if document is None:
                raise unreadable(path, "must be a template of CloudFormation")
        except InputError as error:
            unreadable_files.extend(error.diagnostics)
            continue
        except ValueError as error:  # a name that no file can have
            line = stack.document.line_of(f"Resources.{id}")
            unreadable_files.extend(
                unreadable(stack.document.path, f"must be the path of a readable file: {error}", line=line).diagnostics
            )
            continue
        key = f"{stack.key}/{id}"
        origin = replace(stack.origin, name=key, key=key, waits_for=frozenset(), parent=stack.key, nested_as=id)
        child = expanded(Stack(origin=origin, document=document, construct_paths=stack.construct_paths), above)
        yield child
        yield from _nested(child, above, unreadable_files)


def _path(stack: Stack, id: str, body: Mapping[str, JsonValue]) -> Path | None:
    """Where a nested template stands on this disk; None if it is said to be elsewhere."""
    folder = stack.document.path.parent
    metadata = body.get("Metadata")
    asset = metadata.get(_ASSET_PATH) if isinstance(metadata, dict) else None
    if isinstance(asset, str):
        return folder / asset
    url = stack.property(id, "TemplateURL")
    if isinstance(url, str) and "://" not in url:
        return folder / url
    return _asset(folder, json.dumps(url)) if isinstance(url, dict) else None


def _asset(folder: Path, url: str) -> Path | None:
    """The file of an asset, whose URL ends with its hash."""
    match = _HASH.search(url.rstrip(']}"'))
    if match is None:
        return None
    for manifest in sorted(folder.glob("*.assets.json")):
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            return folder / str(json.loads(text_of(manifest))["files"][match[1]]["source"]["path"])
    return None
