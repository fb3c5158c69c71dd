"""Kubernetes manifests as files: whole or not at all, the same bytes for the same objects, ours told from others'."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import yaml
from pydantic import JsonValue

Manifest = Mapping[str, JsonValue]
"""One Kubernetes object, as plain data."""

_MARK: Final = "# Written by podspace; edits are lost at the next synth."
_ORDER: Final = ("ConfigMap", "NodeClass", "NodePool")
_ONE_LINE: Final = 1 << 30
_TOKEN: Final = re.compile(r"[$#]\{Token\[")


def write_manifests(folder: Path, manifests: Iterable[Manifest]) -> tuple[Path, ...]:
    """Write each object to a file of its own, and remove the files an earlier call wrote that are not among them.

    File names sort in the order to apply: ConfigMaps, NodeClasses, NodePools, all else.  Files of others in the
    folder are left alone.

    Raises:
        ValueError: a string in an object is a CDK token, which only CloudFormation can resolve, or two objects
            share a kind and a name; nothing is written then.
    """
    texts: dict[str, str] = {}
    for manifest in manifests:
        name = _file_name(manifest)
        if name in texts:
            raise ValueError(f"two manifests would be written to {name}: rename one of the two objects")
        texts[name] = manifest_text(manifest)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".") as draft:
        for name, text in texts.items():
            (Path(draft) / name).write_text(text, encoding="utf-8")
        for name in texts:
            os.replace(Path(draft) / name, folder / name)  # noqa: PTH105 Path.replace says less
    for file in folder.glob("*.k8s.yaml"):
        if file.name not in texts and file.read_text(encoding="utf-8").startswith(_MARK):
            file.unlink()
    return tuple(folder / name for name in sorted(texts))


def manifest_text(manifest: Manifest) -> str:
    """One object as a YAML document, with our mark in its first line.

    Raises:
        ValueError: a string in it is a CDK token.
    """
    for place, text in _strings(manifest):
        if _TOKEN.search(text):
            raise ValueError(
                f"{place} of {' '.join(identity(manifest))} is a CDK token, {text}: "
                "manifests are static text, so give the literal value, or select by tag"
            )
    body = yaml.dump(
        dict(manifest),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        width=_ONE_LINE,
        allow_unicode=True,
    )
    return f"{_MARK}\n{body}"


def identity(manifest: Manifest) -> tuple[str, str]:
    """Kind and name of an object.

    Raises:
        ValueError: it lacks one of them.
    """
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not manifest.get("kind") or not isinstance(name, str):
        raise ValueError("a manifest must have a kind and a metadata.name")
    return str(manifest["kind"]), name


def _file_name(manifest: Manifest) -> str:
    kind, name = identity(manifest)
    rank = _ORDER.index(kind) + 1 if kind in _ORDER else len(_ORDER) + 1
    return f"{rank}-{kind.lower()}-{name}.k8s.yaml"


def _strings(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"a key of {place or 'the object'}", str(key)
            yield from _strings(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _strings(inner, f"{place}[{index}]")


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Quotes strings in which any YAML reader might see a number."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML takes 1e3 for a string, the API server's reader takes it for a number.
    style = '"' if re.match(r"[-+.]?\d", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)
