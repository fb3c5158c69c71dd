"""A JSON file is read as data, and knows its lines when asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.json_document import json_document

FILE = Path("file.json")


def refusal(text: str) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        json_document(text, FILE)
    (problem,) = caught.value.diagnostics
    return problem


@pytest.mark.parametrize(
    "data", [{}, [], "a", 5, 1.5, True, None, {"a": [1, {"b": None}], "": {"c.d/e": "\u00fc\N{GRINNING FACE}\n\t"}}]
)
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_read_as_it_is(data: Any, indent: int | str | None) -> None:
    """Whoever wrote it."""
    document = json_document(json.dumps(data, indent=indent), FILE)
    assert (document.path, document.data) == (FILE, data)
    assert document.line_of("anything[3].at.all") == 1


@pytest.mark.parametrize(
    ("text", "place", "gist"),
    [
        ("", "file.json:1", "must be JSON: Expecting value"),
        ('{"a": 1,\nb}', "file.json:2", "must be JSON: "),
        ('{\n"a": 1\n} {', "file.json:3", "must be JSON: Extra data"),
        ("{'a': 1}", "file.json:1", "must be JSON: "),
        ('{"a": 1} // why', "file.json:1", "must be JSON: "),
        ('{"a": NaN}', "file.json", "NaN is no number of JSON"),
        ("[Infinity]", "file.json", "Infinity is no number of JSON"),
        ("[-Infinity]", "file.json", "-Infinity is no number of JSON"),
        ("9" * 5000, "file.json", "must be JSON: "),
        ("[" * 100_000, "file.json", "must not be nested this deeply"),
        ("\ufeff{}", "file.json:1", "must be JSON: "),
    ],
)
def test_what_is_no_json_is_reported(text: str, place: str, gist: str) -> None:
    """With its line, where there is one."""
    problem = refusal(text)
    assert str(problem.location) == place
    assert gist in problem.message


TEXT = """\

{
\t"a": 1, "b":
    [
        "x", {"c.d": "\u00fc \\" \\\\ \\/ \\n \\u00e9"},
\t\ttrue, "{", "}"
    ],
    "e": {
        "f": null}}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("", 2),
        ("a", 3),
        ("b", 3),
        ("b[0]", 5),
        ('b[1]["c.d"]', 5),
        ('b[1]["e.f"].more', 5),
        ("b[2]", 6),
        ("b[4]", 6),
        ("b[9]", 3),
        ("e.f", 9),
        ("e.missing", 8),
        ("missing", 2),
    ],
)
def test_each_value_knows_its_line(place: str, line: int) -> None:
    """With tabs, empty lines and escapes; what is not there has that of the nearest around it."""
    assert json_document(TEXT, FILE).line_of(place) == line


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,\n"a": 2}',
        "\n".join(["[" * 60, "]" * 60]),
        json.dumps(["x"] * 100_001, indent=0),
    ],
)
def test_all_lines_are_the_first_where_they_cannot_be_found(text: str) -> None:
    """The data is read all the same."""
    document = json_document(text, FILE)
    assert document.data == json.loads(text)
    assert document.line_of("a[5].b") == document.line_of("") == 1
    assert (dict(document.lines), len(document.lines)) == ({"": 1}, 1)


def test_a_character_beyond_16_bits_hides_no_line() -> None:
    """As Python and others escape it by default."""
    text = json.dumps({"a": "\N{GRINNING FACE}", "b": 1}, indent=1)
    assert json_document(text, FILE).line_of("b") == 3


def test_lines_are_looked_up_once_and_only_when_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large template without a finding costs nothing more."""
    asked: list[Path] = []

    def composed(text: str, path: Path) -> Any:
        asked.append(path)
        return original(text, path)

    original = json_document.__globals__["composed"]
    monkeypatch.setattr("podspace.formats.json_document.composed", composed)
    document = json_document(TEXT, FILE)
    assert asked == []
    assert [document.line_of("a"), document.line_of("e.f")] == [3, 9]
    assert asked == [FILE]
