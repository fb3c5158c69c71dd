"""Objects that are not judged: patches, what is not rendered yet, and NodePools of another provider."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from podspace.api import (
    NodeClass,
    NodePool,
    corrections,
    has_no_node_class_ref,
    names_no_provider,
    node_class_ref,
    problems_in,
)
from podspace.cdk_token import is_token
from podspace.diagnostic import Diagnostic, Location, joined
from podspace.formats.manifest_reader import FoundObject, Reading

_PLACEHOLDER: Final = re.compile(r"\$\{[^{}]+\}|\$[A-Za-z_]\w*|<<[^<>]+>>|\{\{(?:(?!\{\{).)*\}\}", re.DOTALL)
_NO_SCALAR: Final = "?"
"""The key that a reader gives to a mapping whose key is a mapping itself, as in `{{ .Values.name }}`."""
_REFERENCE: Final = "spec.template.spec.nodeClassRef"
_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """Kubernetes objects by how they are handled.

    Attributes:
        judged: objects that are checked.
        unrendered: objects with template expressions, and the message that they must be rendered first.
        unclear: NodePools without a provider in their reference, and the message about them.
        of_karpenter: NodePools of self-managed Karpenter.
        unreadable: errors of files that could not be read, without patches.
    """

    judged: list[FoundObject] = field(default_factory=list)
    unrendered: list[tuple[FoundObject, Diagnostic]] = field(default_factory=list)
    unclear: list[tuple[FoundObject, Diagnostic]] = field(default_factory=list)
    of_karpenter: list[FoundObject] = field(default_factory=list)
    unreadable: list[Diagnostic] = field(default_factory=list)


def sorted_objects(reading: Reading) -> Sorted:
    """The objects of a reading by what becomes of them; a patch that cannot be read is no problem."""
    result = Sorted()
    result.unreadable.extend(one for one in reading.unreadable if not _is_patch(one.location.file, reading))
    names = {one.name for one in reading.objects if one.kind is NodeClass}
    for found in reading.objects:
        if message := _render_first(found, reading.patches):
            result.unrendered.append((found, message))
        elif found.kind is NodePool and _has_no_reference(found):
            result.unclear.append((found, _without_reference()))
        elif found.kind is NodePool and names_no_provider(found.data):
            name = str(node_class_ref(found.data).get("name"))
            ours, theirs = name in names, name in reading.of_karpenter
            if ours and not theirs:
                result.judged.append(found)
            elif theirs and not ours:
                result.of_karpenter.append(found)
            else:
                result.unclear.append((found, _unclear(name)))
        else:
            result.judged.append(found)
    return result


def related(result: Sorted) -> list[FoundObject]:
    """The judged objects that can be judged together: a NodePool waits for its NodeClass to be rendered."""
    if not any(found.kind is NodeClass for found, _ in result.unrendered):
        return result.judged
    names = {found.name for found in result.judged if found.kind is NodeClass}
    return [
        found
        for found in result.judged
        if found.kind is not NodePool or node_class_ref(found.data).get("name") in names
    ]


def _is_patch(file: str, reading: Reading) -> bool:
    return bool(file and reading.patches and "\0" not in file) and Path(file).resolve() in reading.patches


def _has_no_reference(found: FoundObject) -> bool:
    """Whether a NodePool has no reference, also none that is misspelt or in the wrong place."""
    if not has_no_node_class_ref(found.data):
        return False
    return not any(_REFERENCE.startswith(meant) for meant in corrections(problems_in(found.data)).values())


def _without_reference() -> Diagnostic:
    return Diagnostic(
        id="refused-by-api-server",
        location=Location(path=_REFERENCE),
        message="must be given: a NodePool refers to a NodeClass of EKS Auto Mode, or of another provider",
        fix="for EKS Auto Mode write group: eks.amazonaws.com, kind: NodeClass and the name of a NodeClass",
        source=_PAGE,
    )


def _unclear(name: str) -> Diagnostic:
    return Diagnostic(
        id="may-not-work",
        location=Location(path=_REFERENCE),
        subject=name,
        message="must have a group and a kind, which show whether EKS Auto Mode or self-managed Karpenter creates the "
        "nodes",
        fix="for EKS Auto Mode write group: eks.amazonaws.com and kind: NodeClass",
        source=_PAGE,
    )


def _render_first(found: FoundObject, patches: Mapping[Path, Path]) -> Diagnostic | None:
    """What to do before an object can be judged, if it is a patch or has placeholders in it."""
    kustomization = patches.get(found.document.path.resolve()) if patches else None
    if kustomization:
        must = f"must be rendered first: {kustomization} lists this file as a patch"
        fix = f"check the output of kustomize: kustomize build {kustomization.parent} | podspace lint -"
        return Diagnostic(message=must, fix=fix)
    place, text = next(_placeholders(dict(found.data), ""), ("", ""))
    if not place:
        return None
    must = "must be rendered first: this is a placeholder"
    return Diagnostic(location=Location(path=place), subject=text, message=must, fix="check the rendered output")


def _placeholders(value: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    """Values that a template language fills in, with their places; annotations may have anything in them."""
    if isinstance(value, dict):
        if _NO_SCALAR in value:
            yield place, "{{ }}"
        for name, inner in value.items():
            if (place, name) not in {("metadata", "annotations"), ("", "status"), ("metadata", "managedFields")}:
                here = joined(place, name) if place else name
                yield from ((here, name),) if _PLACEHOLDER.search(name) else ()
                yield from _placeholders(inner, here)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _placeholders(item, f"{place}[{index}]")
    elif isinstance(value, str) and _PLACEHOLDER.search(value) and not is_token(value):
        yield place, value
