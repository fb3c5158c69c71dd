"""The corpus: right deployments, and deployments with one planted fault each, as files that any tool reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from podspace.lint.template import template_document

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A deployment.

    Attributes:
        name: in words.
        rule: that finds the planted fault; empty for a right deployment.
        folder: of the deployment it is made of.
        change: the edits that plant the fault, or that make it another right deployment.
    """

    name: str
    rule: str
    folder: Path
    change: Sequence[dict[str, Any]] = ()

    def write(self, folder: Path) -> Path:
        """Write its files to a folder of its own in another one."""
        target = folder / self.name
        shutil.copytree(self.folder, target)
        for edit in self.change:
            path = target / edit["file"]
            path.write_text(_edited(path, edit), encoding="utf-8")
        return target


def good_cases() -> Iterator[Case]:
    """Right deployments: whatever a tool finds in them is a false alarm."""
    for folder in sorted([*(HERE / "bases").iterdir(), *(HERE / "good").iterdir()]):
        yield Case(name=folder.name, rule="", folder=folder)

    for case in _cases(HERE / "variations.yaml"):
        yield Case(name=case["case"], rule="", folder=HERE / "bases" / case["base"], change=case["change"])


def fault_cases() -> Iterator[Case]:
    """Deployments with one planted fault."""
    for file in sorted((HERE / "faults").glob("*.yaml")):
        for case in _cases(file):
            folder = HERE / "bases" / case["base"]
            yield Case(name=case["case"], rule=case["rule"], folder=folder, change=case["change"])


@cache
def _cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a file, by the loader in C where there is one: there are thousands of lines."""
    cases: list[dict[str, Any]] = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return cases


def _edited(path: Path, edit: dict[str, Any]) -> str:
    text = path.read_text(encoding="utf-8")
    if "object" in edit:
        documents = list(yaml.safe_load_all(text))
        kind, _, name = edit["object"].partition("/")
        (target,) = (one for one in documents if one["kind"] == kind and one["metadata"]["name"] == name)
        _edit(target, edit)
        return yaml.safe_dump_all(documents, sort_keys=False)
    template = template_document(text, path)
    data = template.data if template else yaml.safe_load(text)
    _edit(data, edit)
    return json.dumps(data, indent=2)


def _edit(data: Any, edit: dict[str, Any]) -> None:  # noqa: ANN401  as deep as the edit goes
    if not edit["at"]:
        data.update(edit["add"])
        return
    *way, last = edit["at"]
    for step in way:
        data = data[step]
    if edit.get("remove"):
        del data[last]
    elif "add" in edit and isinstance(data[last], list):
        data[last].append(edit["add"])
    elif "add" in edit:
        data[last].update(edit["add"])
    else:
        data[last] = edit["to"]
