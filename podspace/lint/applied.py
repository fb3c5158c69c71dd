"""Kubernetes objects inside of templates, which CDK's kubectl provider applies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from podspace.api import manifest_kind
from podspace.lint.intrinsics import joined_text
from podspace.lint.stack import Resource
from podspace.lint.value import UNKNOWN, Reference, Text, Unknown, Value

_APPLIED: Final = "Custom::AWSCDK-EKS-KubernetesResource"
_HOLE: Final = re.compile("\ue000([0-9]+)\ue001")


def applied_objects(resource: Resource) -> Iterator[Mapping[str, Value]]:
    """The objects of our kinds that a resource applies, with references where they come from other resources."""
    if resource.type != _APPLIED:
        return
    objects = parsed(resource.properties.get("Manifest"))
    for data in objects if isinstance(objects, list) else [objects]:
        if isinstance(data, dict) and (manifest_kind(data) or data.get("kind") == "ConfigMap"):  # type: ignore[arg-type]
            yield data


def parsed(written: Value) -> Value:
    """The data that a JSON text is of, with references where other resources' ids are in it; unknown for other text."""
    holes: list[Reference | Unknown] = []
    text = ""
    for part in written.parts if isinstance(written, Text) else [written]:
        if isinstance(part, Reference | Unknown):
            text += f"\ue000{len(holes)}\ue001"
            holes.append(part)
        else:
            text += str(part)
    try:
        data: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return UNKNOWN
    return _filled(data, holes)


def _filled(node: JsonValue, holes: list[Reference | Unknown]) -> Value:
    if isinstance(node, dict):
        return {key: _filled(value, holes) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, holes) for item in node]
    if not isinstance(node, str) or "\ue000" not in node:
        return node
    parts = _HOLE.split(node)  # text and numbers of holes, in turns
    return joined_text(
        (holes[int(part)] if int(part) < len(holes) else UNKNOWN) if odd else part
        for part, odd in zip(parts, [False, True] * len(parts), strict=False)
    )
