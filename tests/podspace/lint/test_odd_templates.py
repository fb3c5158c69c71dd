"""No template is too odd: whatever is in it, it is judged, or told to be unreadable."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.defects.corpus import good_cases
from podspace.lint.linter import Linted, lint
from podspace.lint.report import lint_report
from podspace.lint.template import template_document
from podspace.reporting import Format, written

FOLDERS = [*dict.fromkeys(case.folder for case in good_cases())]  # each once: many cases are changes to one folder
NAMES = [
    "Ref",
    "Condition",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::If",
    "Fn::Select",
    "Fn::Join",
    "Fn::Cidr",
    "Fn::ImportValue",
    "Fn::Equals",
    "Fn::GetAZs",
    "Type",
    "Properties",
    "Tags",
    "Key",
    "Value",
    "DependsOn",
    "CidrBlock",
    "Resources",
    "Name",
    "Transform",
    "Parameters",
    "Default",
]
TEXTS = [
    "10.0.0.0/16",
    "100.64.0.0/33",
    "::/0",
    "AWS::EC2::Subnet",
    "AWS::CloudFormation::Stack",
    "AWS::NoValue",
    "true",
    "-1",
    "${Vpc}",
    "${",
    "{{resolve:ssm:a}}",
    "*",
    "network.yaml",
    "root.yaml",
    "arn:aws:iam::aws:policy/A",
    "sg-0a",
    "eu-west-1a",
]
KEYS = st.sampled_from(NAMES) | st.text("abZ09 .:/-_$\u00fc", max_size=5)
WORDS = st.sampled_from(TEXTS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=5,
)
"""Values of any form."""


@cache
def templates() -> list[tuple[Path, Path, Any]]:
    """Every template of the corpus: its folder, its place in that, and what it says."""
    found = []
    for folder in FOLDERS:
        for path in sorted(file for file in folder.rglob("*") if file.is_file() and file.name != "manifest.json"):
            document = template_document(path.read_text(), path)
            if document:
                found.append((folder, path.relative_to(folder), document.data))
    return found


@cache
def manifests() -> list[tuple[Path, Path, Any]]:
    """Every file of manifests of the corpus, the same way."""
    named = {(folder, name) for folder, name, _ in templates()}
    files = [(folder, path.relative_to(folder)) for folder in FOLDERS for path in sorted(folder.rglob("*.y*ml"))]
    return [(*file, list(yaml.safe_load_all((file[0] / file[1]).read_text()))) for file in files if file not in named]


def holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from holders(inner)


def mutate(draw: st.DrawFn, data: Any) -> Any:
    """What was right, with values dropped, replaced or inserted anywhere."""
    data = deepcopy(data)
    for _ in range(draw(st.integers(1, 4))):
        holder = draw(st.sampled_from([*holders(data)]))
        keys = [*holder] if isinstance(holder, dict) else [*range(len(holder))]
        action = draw(st.sampled_from(["drop", "replace", "insert", "refer"]))
        if action == "insert" or not keys:
            if isinstance(holder, dict):
                holder[draw(KEYS)] = draw(JSON)
            else:
                holder.insert(draw(st.integers(0, len(holder))), draw(JSON))
        elif action == "drop":
            del holder[draw(st.sampled_from(keys))]
        elif action == "replace":
            holder[draw(st.sampled_from(keys))] = draw(JSON)
        else:
            ids = ["Ref", *(key for one in holders(data) if isinstance(one, dict) for key in one)]
            holder[draw(st.sampled_from(keys))] = {
                draw(st.sampled_from(["Ref", "Condition"])): draw(st.sampled_from(ids))
            }
    return data


def linted(folder: Path, name: Path, text: str) -> Linted:
    """What comes of a deployment of the corpus with another text in one of its files."""
    with TemporaryDirectory() as directory:
        target = Path(directory) / "case"
        shutil.copytree(folder, target)
        (target / name).write_text(text, encoding="utf-8")
        return lint([target])


@pytest.mark.parametrize(
    ("type_", "property_"),
    [("AWS::EC2::NatGateway", "ConnectivityType"), ("AWS::EC2::VPCEndpoint", "VpcEndpointType")],
)
@pytest.mark.parametrize("value", [[], ["a"], {"a": "b"}])
def test_a_kind_that_is_no_text_is_judged(type_: str, property_: str, value: object) -> None:
    seen = 0
    for folder, name, template in templates():
        changed = deepcopy(template)
        for each in holders(changed):
            if isinstance(each, dict) and each.get("Type") == type_ and "Properties" in each:
                each["Properties"][property_] = value
                seen += 1
        if changed != template:
            assert isinstance(linted(folder, name, json.dumps(changed)), Linted)
    assert seen


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_template_with_anything_in_it_is_judged_or_unreadable(data: st.DataObject) -> None:
    """And never fails otherwise; what is found can be told."""
    folder, name, template = data.draw(st.sampled_from(templates()))
    result = linted(folder, name, json.dumps(data.draw(st.composite(mutate)(template))))
    assert isinstance(result, Linted)
    errors = [finding for finding in result.findings if finding.severity == "error"]
    assert result.exit_status == (1 if errors else 2 if result.unreadable else 0)
    assert written(lint_report(result), format_=Format.TEXT)
    assert all(finding.location.line > 0 and finding.message for finding in result.findings)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_manifest_with_anything_in_it_is_judged_next_to_templates(data: st.DataObject) -> None:
    """By all rules."""
    folder, name, documents = data.draw(st.sampled_from(manifests()))
    mutated = data.draw(st.composite(mutate)(documents))
    result = linted(folder, name, yaml.safe_dump_all(mutated, default_flow_style=True))
    assert isinstance(result, Linted)
    assert all(finding.location.line > 0 and finding.message for finding in result.findings)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_template_that_is_cut_off_is_unreadable(data: st.DataObject) -> None:
    """Wherever it is: it never passes for one with nothing wrong in it."""
    folder, name, template = data.draw(st.sampled_from(templates()))
    text = json.dumps(template, indent=data.draw(st.sampled_from([None, 1])))
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    result = linted(folder, name, cut)
    assert result.unreadable
    assert result.exit_status == (1 if any(each.severity == "error" for each in result.findings) else 2)
