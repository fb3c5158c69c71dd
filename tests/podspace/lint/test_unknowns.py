"""What cannot be known never becomes a finding: each property of each right deployment, made unknown in turn."""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.defects.corpus import Case, good_cases
from podspace.lint.linter import lint
from podspace.lint.template import template_document

EVERY = int(os.environ.get("EVERY", "40"))
"""How many are passed over between one that is tried and the next; 1 tries all."""

UNKNOWN = {"Ref": "Unknown"}
CONDITION = {"Fn::Equals": [UNKNOWN, "yes"]}
EXCUSED = {"api-server-closed-to-pods", "group-selector-matches-nothing"}
"""Rules that warn where one thing is not in hand; they say which, and are no errors then."""
BY_ITS_FORM = {"subnet-without-block-dependency", "address-without-attachment-dependency"}
"""A reference that is taken out is missing, whatever its value was."""

CASES = [case for case in good_cases() if EVERY == 1 or not case.change]

Way = tuple[str | int, ...]


def ways(node: Any, way: Way = ()) -> Iterator[Way]:
    """Every place in a value."""
    yield way
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from ways(value, (*way, key))


def places(data: Any) -> Iterator[Way]:
    for id, body in data["Resources"].items():
        kind = str(body.get("Type", "")) if isinstance(body, dict) else ""
        if kind and not kind.startswith("Custom::"):  # what that may change is seen by what it is told of
            inside = ways(body.get("Properties", {}), ("Resources", id, "Properties"))
            yield from (way for way in inside if len(way) > 3)


def at(data: Any, way: Way) -> Any:
    for step in way:
        data = data[step]
    return data


def by_a_parameter(data: Any, way: Way) -> None:
    at(data, way[:-1])[way[-1]] = UNKNOWN


def under_a_condition(data: Any, way: Way) -> None:
    given = at(data, way)
    at(data, way[:-1])[way[-1]] = {"Fn::If": ["Perhaps", given, {"Ref": "AWS::NoValue"}]}


def of_a_resource_that_may_not_be_there(data: Any, way: Way) -> None:
    at(data, way[:2]).setdefault("Condition", "Perhaps")


CHANGES = [by_a_parameter, under_a_condition, of_a_resource_that_may_not_be_there]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_unknown_is_no_finding(case: Case, change: Any, tmp_path: Path) -> None:
    folder = case.write(tmp_path)
    wrong = []
    for path in sorted(folder.rglob("*")):
        document = (
            template_document(path.read_text(), path) if path.is_file() and path.name != "manifest.json" else None
        )
        if not document or not isinstance(document.data, dict) or "Resources" not in document.data:
            continue
        kept = path.read_text()
        for way in list(places(document.data))[::EVERY]:
            data: Any = copy.deepcopy(document.data)
            change(data, way)
            data.setdefault("Parameters", {})["Unknown"] = {"Type": "String"}
            data.setdefault("Conditions", {})["Perhaps"] = CONDITION
            path.write_text(json.dumps(data))
            linted = lint([folder])
            assert not linted.unreadable
            wrong += [
                (one.id, way, one.location.name, one.message)
                for one in linted.findings
                if one.id not in BY_ITS_FORM and (one.severity == "error" or one.id not in EXCUSED)
            ]
        path.write_text(kept)
    shutil.rmtree(folder)
    assert wrong == [], "\n".join(map(str, wrong))
