"""Kubernetes objects out of files, folders and standard input: those of our kinds in full, the others counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.api import ApiObject, manifest_kind
from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.document import Document, composed, document_of
from podspace.formats.kubectl_yaml import merged_pairs, yaml_of
from podspace.formats.other_kinds import EC2_NODE_CLASS, SWITCH, WITHOUT_KIND, without_other_kinds
from podspace.formats.source_files import each_source
from podspace.formats.text_file import unreadable

_MOST_OBJECTS: Final = 100_000
_NULL: Final = "tag:yaml.org,2002:null"
_KUSTOMIZATION: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_PATCHES: Final = ("patches", "patchesStrategicMerge", "patchesJson6902")
"""Fields of a kustomization.yaml that list patches, each the path of a file or a mapping with `path`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundObject:
    """An object of a known kind, with its file and line.

    Attributes:
        document: data of the object, with line numbers.
        number: number of the YAML document in its file, from 1.
    """

    document: Document
    number: int
    data: Mapping[str, JsonValue]
    kind: type[ApiObject]

    @property
    def name(self) -> str:
        """Name of the object; empty if it has none."""
        metadata = self.data.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Kubernetes objects of the input files.

    Attributes:
        objects: objects of known kinds, in the order of files and lines.
        unreadable: errors of files and documents that could not be read.
        switches: the ConfigMaps named amazon-vpc-cni, which switch network policies on.
        passed_over: number of skipped objects of other kinds.
        patches: files that a kustomization.yaml lists as patches, each with the path of the kustomization.yaml.
        of_karpenter: names of EC2NodeClasses, of self-managed Karpenter.
    """

    objects: list[FoundObject] = field(default_factory=list)
    switches: list[Document] = field(default_factory=list)
    unreadable: list[Diagnostic] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    patches: dict[Path, Path] = field(default_factory=dict)
    of_karpenter: set[str] = field(default_factory=set)


def read_manifests(paths: Iterable[Path], *, of_any_provider: bool = False) -> Reading:
    """The objects in files, in every YAML and JSON file of folders, and in standard input (`-`).

    `of_any_provider` takes NodePools of another provider than EKS Auto Mode too.
    """
    reading = Reading()
    for source in each_source(paths, reading.unreadable):
        try:
            text = source.text()
            manifests_in(text, source.path, reading, of_any_provider=of_any_provider, strict=not source.found)
        except InputError as error:
            reading.unreadable.extend(error.diagnostics)
    return reading


def manifests_in(
    text: str, path: Path, reading: Reading, *, of_any_provider: bool = False, strict: bool = True
) -> None:
    """Add the objects in a YAML or JSON text to a reading.

    With `strict` a bare list of objects is refused, as kubectl does; a file that is only found may be anything.

    Raises:
        InputError: it is neither; the objects before the place where it is not are added.
    """
    text = yaml_of(text)
    if path.name not in _KUSTOMIZATION:
        text = without_other_kinds(text, reading.passed_over, found=not strict)
    for number, document in enumerate(composed(text, path), start=1):
        for node in _objects_in(document, path):
            if number == 1 and path.name in _KUSTOMIZATION:
                reading.patches.update(dict.fromkeys(_patches_in(node, path), path))
            if isinstance(node, yaml.SequenceNode) and not (strict and _has_objects(node)):
                reading.passed_over[WITHOUT_KIND] += 1
            else:
                _read(node, path, number, reading, of_any_provider=of_any_provider)


def _has_objects(node: yaml.SequenceNode) -> bool:
    """Whether a list has Kubernetes objects in it, rather than other data."""
    return any(_value(item, "kind") for item in node.value)


def _patches_in(node: yaml.Node, path: Path) -> Iterator[Path]:
    """The files that a kustomization.yaml lists as patches."""
    for name in _PATCHES:
        listed = _value(node, name)
        for item in listed.value if isinstance(listed, yaml.SequenceNode) else ():
            file = _text(_value(item, "path") or item)
            if file and not {"\n", "\0"} & set(file):  # a patch may be written there itself
                yield (path.parent / file).resolve()


def _objects_in(document: yaml.Node, path: Path) -> Iterator[yaml.Node]:
    """The objects of a document, of which a List has several, in their order."""
    waiting, seen = [document], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > _MOST_OBJECTS:
            raise unreadable(path, f"must hold at most {_MOST_OBJECTS:,} objects, and no list may contain itself")
        items = _value(node, "items") if _text(_value(node, "kind")).endswith("List") else None
        if isinstance(items, yaml.SequenceNode):
            waiting += reversed(items.value)
        elif node is not document or node.tag != _NULL:
            yield node


def _read(node: yaml.Node, path: Path, number: int, reading: Reading, *, of_any_provider: bool) -> None:
    """Read an object in full if it is of a kind that is known, else count it."""
    if isinstance(node, yaml.SequenceNode):
        must = "must be an object, or an object of kind List: kubectl does not accept a plain list"
        reading.unreadable.extend(unreadable(path, must, line=node.start_mark.line + 1).diagnostics)
        return
    head = {key: _text(_value(node, key)) for key in ("apiVersion", "kind") if _value(node, key)}
    if (head.get("kind"), _text(_value(_value(node, "metadata"), "name"))) == SWITCH:
        try:
            reading.switches.append(document_of(node, path, as_kubectl=True))
        except InputError as error:
            reading.unreadable.extend(error.diagnostics)
    if head.get("kind") == EC2_NODE_CLASS:
        reading.of_karpenter.add(_text(_value(_value(node, "metadata"), "name")))
    if manifest_kind(head, of_any_provider=True) is None:
        reading.passed_over[head.get("kind") or WITHOUT_KIND] += 1
        return
    try:
        document = document_of(node, path, as_kubectl=True)
    except InputError as error:
        reading.unreadable.extend(error.diagnostics)
        return
    data = document.data if isinstance(document.data, dict) else {}
    if kind := manifest_kind(data, of_any_provider=of_any_provider):
        reading.objects.append(FoundObject(document=document, number=number, data=data, kind=kind))
    else:
        reading.passed_over[f"{head['kind']} of another provider"] += 1


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What a mapping has at a key, itself or by a merge; its own value alone where it merges itself in."""
    if not isinstance(node, yaml.MappingNode):
        return None
    try:
        pairs = merged_pairs(node)
    except RecursionError:
        pairs = node.value
    return next((value for name, value in pairs if isinstance(name, yaml.ScalarNode) and name.value == key), None)
