"""CloudFormation templates: recognition, and short forms of intrinsic functions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.formats.document import Document, composed, document_of
from podspace.formats.json_document import json_document
from podspace.formats.text_file import unreadable

SECTIONS: Final = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Hooks",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
        "Transform",
    }
)
"""Sections that a template can have."""

REQUIRED: Final = ("AWSTemplateFormatVersion", "Resources")
"""Sections of which a template has at least one."""
_IN_YAML: Final = re.compile(
    r"""^[ \t]*(?:\{[ \t]*)?["']?(AWSTemplateFormatVersion|Resources)["']?\s*:""", re.MULTILINE
)
_OF_KUBERNETES: Final = re.compile(r"^(?:[ \t]*(?:#.*)?\n|---.*\n)*apiVersion:[ \t]")
"""The first key of a manifest in the usual order; it is not parsed as a template first."""
_IN_JSON: Final = re.compile(r'"(AWSTemplateFormatVersion|Resources)"\s*:')


def template_document(text: str, path: Path) -> Document | None:
    """The template that a text is, if it is one.

    Raises:
        InputError: it is one, or JSON, and cannot be read.
    """
    if not any(name in text for name in REQUIRED):
        return None
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{") and _IN_JSON.search(text):
        document = json_document(text, path, unique=True)
        return document if is_template(document.data) else None
    if _OF_KUBERNETES.match(text) or not _IN_YAML.search(text):
        return None
    nodes = composed(text, path)
    first = next(nodes, None)
    if first is None or not _keys(first) & SECTIONS or "apiVersion" in _keys(first):
        return None
    document = document_of(first, path, tagged=long_form)
    if not is_template(document.data):
        return None
    if next(nodes, None) is not None:
        raise unreadable(path, "must be one YAML document: a template needs a file of its own")
    return document


def _keys(node: yaml.Node) -> set[str]:
    return {str(key.value) for key, _ in node.value} if isinstance(node, yaml.MappingNode) else set()


def is_template(data: JsonValue) -> bool:
    """Whether data is a template rather than a Kubernetes object or anything else."""
    if not isinstance(data, dict) or "apiVersion" in data:
        return False
    if "AWSTemplateFormatVersion" in data:
        return True
    resources = data.get("Resources")
    return isinstance(resources, dict) and any(
        (isinstance(body, dict) and isinstance(kind := body.get("Type"), str) and "::" in kind)
        or id.startswith("Fn::ForEach")
        for id, body in resources.items()
    )


def long_form(tag: str, value: JsonValue) -> JsonValue:
    """The long form of a function that is written as a YAML tag, such as `!Ref Vpc`."""
    name = tag.removeprefix("!")
    if name in {"Ref", "Condition"}:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        id, _, attribute = value.partition(".")
        return {"Fn::GetAtt": [id, attribute]}
    return {f"Fn::{name}": value}
