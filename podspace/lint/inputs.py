"""Reads templates and manifests out of files, folders, cloud assemblies and standard input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podspace.api import MANIFEST_KINDS
from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.manifest_reader import Reading, manifests_in
from podspace.formats.other_kinds import WITHOUT_KIND
from podspace.formats.source_files import STDIN, each_source
from podspace.lint.assembly import Acknowledged, Assembly, read_assembly
from podspace.lint.nested import with_nested
from podspace.lint.rule import PLUGIN
from podspace.lint.stack import Origin, Stack
from podspace.lint.template import REQUIRED, template_document


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """The contents of the input files.

    Attributes:
        stacks: stacks of single templates and of assemblies.
        manifests: the Kubernetes objects.
        acknowledged: findings that apps accept.
        unreadable: errors of files that could not be read; the other files are in the other attributes.
    """

    stacks: list[Stack] = field(default_factory=list)
    manifests: Reading = field(default_factory=Reading)
    acknowledged: Acknowledged = field(default_factory=dict)

    @property
    def unreadable(self) -> list[Diagnostic]:
        """Errors of files that could not be read."""
        return self.manifests.unreadable


def read_inputs(
    paths: Iterable[Path], *, unwritten: Mapping[Path, str] | None = None, any_file: bool = False
) -> Inputs:
    """The contents of files, of all YAML and JSON files and assemblies in folders, and of standard input (`-`).

    `unwritten` are texts of files that are not written yet.  With `any_file`, files that are neither templates nor
    manifests are skipped, as those in folders are.
    """
    inputs = Inputs()
    assembly = Assembly(stacks=inputs.stacks, acknowledged=inputs.acknowledged, unreadable=inputs.unreadable)
    seen: set[Path] = set()
    for source in each_source(paths, inputs.unreadable, may_be_empty=any_file):
        place = source.path.resolve() if source.path.exists() else source.path
        if place in seen:
            continue
        seen.add(place)
        if source.assembly:
            read_assembly(source.path, assembly)
        else:
            passing = any_file and source.path != STDIN
            _read_text(source.path, source.text, inputs, strict=not (source.found or passing), any_file=passing)
    for path, text in (unwritten or {}).items():
        _read_text(path, lambda text=text: text, inputs, strict=True)  # type: ignore[misc]
    inputs.stacks[:] = with_nested(inputs.stacks, inputs.unreadable)
    return inputs


def read_assemblies(templates: Iterable[Path], inputs: Inputs) -> None:
    """Add the assemblies that contain the given templates; for an assembly in another one, the inner one."""
    folders = sorted({template.parent for template in templates})
    outer = [folder for folder in folders if not any(other in folder.parents for other in folders)]
    assembly = Assembly(stacks=inputs.stacks, acknowledged=inputs.acknowledged, unreadable=inputs.unreadable)
    for folder in outer:
        read_assembly(folder, assembly)
    inputs.stacks[:] = with_nested(inputs.stacks, inputs.unreadable)


def _read_text(path: Path, text_of: Callable[[], str], inputs: Inputs, *, strict: bool, any_file: bool = False) -> None:
    text = None
    try:
        text = text_of()
        template = template_document(text, path)
        if template:
            inputs.stacks.append(Stack(origin=Origin(name=str(path)), document=template))
        else:
            manifests_in(text, path, inputs.manifests, strict=strict)
    except InputError as error:
        if any_file and text is not None and not any(word in text for word in (*MANIFEST_KINDS, *REQUIRED)):
            inputs.manifests.passed_over[WITHOUT_KIND] += 1  # such as JSON with comments, or a template of Helm
        else:
            inputs.unreadable.extend(error.diagnostics)


def reason_for(finding: Diagnostic, acknowledged: Acknowledged) -> str:
    """The reason with which a finding is accepted, on its construct or on one around it; empty if it is not."""
    path, id = finding.location.construct_path, f"{PLUGIN}::{finding.id}"
    if not path and finding.location.in_template:  # a template that is of no app
        return ""
    while True:
        reasons = acknowledged.get(path, {})
        if id in reasons:
            return reasons[id] or "without a reason"
        if not path:
            return ""
        path = path.rpartition("/")[0]
