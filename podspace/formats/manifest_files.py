"""Files of Kubernetes manifests: written all or none, with the same bytes for the same objects, and with a mark of
podspace.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.cdk_token import is_token
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.atomic_write import is_special

Manifest = Mapping[str, JsonValue]
"""One Kubernetes object, as plain data."""

_MARK: Final = "# Written by podspace; edits are lost at the next synth."
_ORDER: Final = ("ConfigMap", "NodeClass", "NodePool")
_ONE_LINE: Final = 1 << 30


Files = Mapping[str, str]
"""Texts by file name."""


def manifest_files(manifests: Iterable[Manifest]) -> Files:
    """Each object as a file of its own, named so that names sort in the order to apply.

    That is ConfigMaps, NodeClasses, NodePools, all else.

    Raises:
        ValueError: a string in an object is a CDK token, which only CloudFormation can resolve, or two objects
            share a kind and a name.
    """
    files: dict[str, str] = {}
    for manifest in manifests:
        name = _file_name(manifest)
        if name in files:
            raise ValueError(f"two manifests would be written to {name}: rename one of the two objects")
        files[name] = manifest_text(manifest)
    return files


def kustomization(files: Files) -> Files:
    """A kustomization.yaml that lists manifest files in the order to apply.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/.
    """
    names: list[JsonValue] = [*sorted(files)]
    manifest: Manifest = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": names}
    return {"kustomization.yaml": manifest_text(manifest)}


def write_files(folders: Mapping[Path, Files], *, stale: str = "*.k8s.yaml") -> None:
    """Write files to several folders, all or none, and remove files of an earlier call that are not written again.

    Files without the mark of podspace are not removed, nor those whose names do not match `stale`.

    Raises:
        InputError: a folder is a link, or a file without the mark of podspace has the name of a new one; then no file
            is written.
        OSError: a folder or a file in it cannot be written; then no file is written.
    """
    refuse_files_of_others(folders)
    with ExitStack() as stack:
        drafts: list[tuple[Path, Path]] = []
        for folder, files in folders.items():
            folder.mkdir(parents=True, exist_ok=True)
            draft = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix=".podspace-")))
            for name, text in files.items():
                if (folder / name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
                (draft / name).write_text(text, encoding="utf-8")
                drafts.append((draft / name, folder / name))
        for draft, final in drafts:
            draft.replace(final)
    for folder, files in folders.items():
        for old in folder.glob(stale):
            if old.name not in files and _is_ours(old):
                old.unlink(missing_ok=True)


def refuse_files_of_others(folders: Mapping[Path, Files]) -> None:
    """Check that folders and files may be written, before anything is.

    Raises:
        InputError: a folder is a link, or a file of others has the name of one that is to be written.
    """
    if found := [problem for folder, files in folders.items() for problem in _not_ours(folder, files)]:
        raise InputError(found)


def write_manifests(folder: Path, manifests: Iterable[Manifest]) -> tuple[Path, ...]:
    """Write manifests to the files of one folder, all or none, and remove files of an earlier call.

    Raises:
        ValueError: two manifests have one file name or a value is a CDK token; as InputError, the folder is a link or a
            file without the mark of podspace has the name. Then no file is written.
        OSError: the folder or a file in it cannot be written; then no file is written.
    """
    files = manifest_files(manifests)
    write_files({folder: files})
    return tuple(folder / name for name in sorted(files))


def _not_ours(folder: Path, files: Files) -> Iterator[Diagnostic]:
    """A folder that is a link, which may be to any place, and files of others that would be overwritten.

    Of a folder below the working directory its parents may not be links either.
    """
    inside = [each for each in folder.absolute().parents if Path.cwd() in each.parents]
    if link := next((each for each in (folder, *inside) if each.is_symlink()), None):
        yield Diagnostic(
            id="linked-folder",
            location=Location(file=str(folder)),
            message=f"must not be a link, nor in one: {link} links to {link.readlink()}",
            fix="remove the link; podspace then creates a folder",
        )
        return
    for name, text in files.items():
        file = folder / name
        marked = text.startswith(_MARK)  # JSON has no comments, and so no mark
        if is_special(file):
            yield Diagnostic(
                id="special-file",
                location=Location(file=str(file)),
                message="must be a regular file, and is a device, a pipe or a socket",
                fix="give the path of a file",
            )
        elif file.is_symlink() or (marked and file.is_file() and not _is_ours(file)):
            yield Diagnostic(
                id="file-of-others",
                location=Location(file=str(file)),
                message=f"must be a file that podspace wrote, with the first line `{_MARK}`, to be overwritten",
                fix="rename or delete it",
            )


def _is_ours(file: Path) -> bool:
    try:
        return file.is_file() and file.read_bytes().startswith(_MARK.encode())
    except OSError:
        return False


def manifest_text(manifest: Manifest) -> str:
    """A manifest as a YAML document, with the mark of podspace in its first line.

    Raises:
        ValueError: a string in the manifest is a CDK token.
    """
    for place, text in _strings(manifest):
        if is_token(text):
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
    return f"{_MARK}\n---\n{body}"


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
    # PyYAML takes 1e3 and y for strings, the API server's reader takes them for a number and for true.
    style = "|" if "\n" in text else '"' if re.match(r"[-+]?\.?\d|[yYnN]$", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)
