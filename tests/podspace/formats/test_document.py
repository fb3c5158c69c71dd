"""A YAML file is read as data that knows its lines, and a file that cannot be read says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import Bounded, Document, composed, document_of, read_document
from podspace.formats.text_file import text_of

FILE = Path("file.yaml")


def read(text: str, *, as_kubectl: bool = False) -> Document:
    (node,) = list(composed(text, FILE))
    return document_of(node, FILE, as_kubectl=as_kubectl)


def data(text: str, *, as_kubectl: bool = False) -> Any:
    return read(text, as_kubectl=as_kubectl).data


def refusals(text: str, *, as_kubectl: bool = False) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as caught:
        read(text, as_kubectl=as_kubectl)
    return caught.value.diagnostics


def file_refusal(path: Path) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        read_document(path)
    (problem,) = caught.value.diagnostics
    return problem


@pytest.mark.parametrize("as_kubectl", [True, False])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b", {"a": "b"}),
        ("a: 1\nb: -1\nc: 1.5", {"a": 1, "b": -1, "c": 1.5}),
        ("a: true\nb: False\nc: yes\nd: off", {"a": True, "b": False, "c": True, "d": False}),
        ("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}),
        ("a: '1'\nb: \"true\"\nc: 'null'", {"a": "1", "b": "true", "c": "null"}),
        ("a: 2026-11-24\nb: 1:30", {"a": "2026-11-24", "b": "1:30"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("[1, [2, {a: b}], []]", [1, [2, {"a": "b"}], []]),
        ("1: a\ntrue: b", {"1": "a", "true": "b"}),
        ("a: &x {b: c}\nd: *x", {"a": {"b": "c"}, "d": {"b": "c"}}),
        ('{"a": "b", "c": [1, true, null]}', {"a": "b", "c": [1, True, None]}),
        ("text", "text"),
        ("a: !Ref b", {"a": "b"}),
        ("? [a]\n: b", {"?": "b"}),
    ],
)
def test_yaml_is_read_as_plain_data(text: str, expected: object, as_kubectl: bool) -> None:
    """For us and for kubectl; dates and times of day stay text, and so do keys."""
    read_as = data(text, as_kubectl=as_kubectl)
    assert read_as == expected
    assert str(read_as) == str(expected)


@pytest.mark.parametrize("text", ["012", "0o12", "0x12", "1_000", "012345678901", "+1"])
def test_a_number_that_is_no_plain_one_is_text_to_us(text: str) -> None:
    """An account id keeps its zero."""
    assert data(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-7", -7),
        ("112345678901", 112345678901),
        ("1.5", 1.5),
        ("0.5", 0.5),
        ("1.", 1),
        ("012", 10),
        ("-012", -10),
        ("012345670123", 1402433619),
        ("012345678901", 12345678901),
        ("08", 8),
        ("+1", 1),
        ("1e3", 1000),
    ],
)
def test_a_bare_number_is_read_as_kubectl_reads_it(text: str, number: float) -> None:
    """A leading zero makes it octal, if it can be, and no text in any case; quotes make it text."""
    assert data(f"a: {text}", as_kubectl=True) == {"a": number}
    assert data(f"a: '{text}'", as_kubectl=True) == {"a": text}
    assert data(f'{{"a": "{text}"}}', as_kubectl=True) == {"a": text}


@pytest.mark.parametrize(("text", "value"), [("y", True), ("Y", True), ("n", False), ("N", False)])
def test_a_bare_letter_is_read_as_kubectl_reads_it(text: str, value: bool) -> None:
    """As yes and no."""
    assert data(f"a: {text}", as_kubectl=True) == {"a": value}


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, b: 3}", {"b": 3, "c": 2}),
        ("a: &x {b: 1, c: 2}\nd: {b: 3, <<: *x}", {"b": 1, "c": 2}),
        ("a: [&x {b: 1}, &y {b: 2, c: 3}]\nd: {<<: [*x, *y]}", {"b": 1, "c": 3}),
        ("a: &x {b: 1}\nd: {<<: [*x, {b: 2, e: 4}], f: 5}", {"f": 5, "b": 1, "e": 4}),
        ("a: &x {<<: {b: 1}, c: 2}\nd: {<<: *x}", {"c": 2, "b": 1}),
        ("d: {'<<': {b: 1}}", {"<<": {"b": 1}}),
    ],
)
def test_merge_keys_are_read_as_kubectl_reads_them(text: str, merged: dict[str, object]) -> None:
    """What a mapping has itself counts, then what comes first; in quotes it is a key like any other."""
    assert data(text, as_kubectl=True)["d"] == merged


def test_merge_keys_are_none_to_us() -> None:
    """Our own files are written by hand, and have no such key."""
    assert data("a: {<<: {b: 1}}") == {"a": {"<<": {"b": 1}}}


@pytest.mark.parametrize("as_kubectl", [True, False])
def test_a_key_that_comes_twice_is_reported_with_both_lines(as_kubectl: bool) -> None:
    """Each of them, at any depth."""
    found = refusals("a: 1\nb:\n  c: 1\n  d: [{e: 1, e: 2}]\n  c: 2\na: 3\n", as_kubectl=as_kubectl)
    assert [(str(problem.location), problem.message) for problem in found] == [
        ("file.yaml:4: b.d[0].e", "must be listed once, but is also on line 4"),
        ("file.yaml:5: b.c", "must be listed once, but is also on line 3"),
        ("file.yaml:6: a", "must be listed once, but is also on line 1"),
    ]
    assert {problem.fix for problem in found} == {"merge the two, or remove one"}


def test_each_value_knows_its_line() -> None:
    """By its place, as problems have it; keys that are no words are in quotes."""
    document = read("# a comment\na:\n  - b: 1\n    c.d/e: 2\n  - x\n\nf: |\n  text\n  text\ng: h\n")
    assert dict(document.lines) == {
        "": 2,
        "a": 2,
        "a[0]": 3,
        "a[0].b": 3,
        'a[0]["c.d/e"]': 4,
        "a[1]": 5,
        "f": 7,
        "g": 10,
    }


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("a[0].b", 3),
        ("a[0].missing", 3),
        ("a[0].missing.more[3].still", 3),
        ('a[0]["c.d/e"]', 4),
        ('a[0]["c.d/e"].more', 4),
        ('a[0]["x.y/z"]', 3),
        ("a[7].b", 2),
        ("missing", 2),
        ("", 2),
    ],
)
def test_a_place_that_is_not_there_has_the_line_of_the_nearest_around_it(place: str, line: int) -> None:
    """Up to the document's own."""
    document = read("# a comment\na:\n  - b: 1\n    c.d/e: 2\n")
    assert document.line_of(place) == line
    located = document.located(Diagnostic(location=Location(path=place), subject="v", message="must be right"))
    assert located == Diagnostic(
        location=Location(file="file.yaml", line=line, path=place), subject="v", message="must be right"
    )


def test_each_document_of_a_file_is_read() -> None:
    """Each knows its own lines."""
    nodes = list(composed("a: 1\n---\nb: 2\n--- \n# nothing\nc: 3\n", FILE))
    documents = [document_of(node, FILE) for node in nodes]
    assert [document.data for document in documents] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert [document.line_of("") for document in documents] == [1, 3, 6]
    assert list(composed("", FILE)) == []
    assert list(composed("# nothing\n", FILE)) == []


@pytest.mark.parametrize(
    ("text", "place", "gist"),
    [
        ("a: b\nc\n", "file.yaml:3", "could not find expected ':'"),
        ("a: [b\nc: d", "file.yaml:2", ""),
        ("a: b: c", "file.yaml:1", "mapping values are not allowed"),
        ("a:\n\tb: c", "file.yaml:2", "cannot start any token"),
        ("{{ .Values.a }}: {{ .b }}\n- c", "file.yaml:2", ""),
        ("{{- if .Values.a }}\na: b\n{{- end }}", "file.yaml:1", "did not find expected node content"),
        ("a: *nothing", "file.yaml:1", "undefined alias"),
        ("a: b\x00", "file.yaml", "'\\x00', which"),
        ("a: b\x07", "file.yaml", "'\\x07', which"),
        ("a: \ufffe", "file.yaml", "must not contain"),
    ],
)
def test_what_is_no_yaml_is_reported_with_its_line(text: str, place: str, gist: str) -> None:
    """Templates among it, and characters that YAML does not take."""
    with pytest.raises(InputError) as caught:
        list(composed(text, FILE))
    (problem,) = caught.value.diagnostics
    assert str(problem.location) == place
    assert gist in problem.message


@pytest.mark.parametrize("as_kubectl", [True, False])
@pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x {b: *x}", "&x [*x]", "&x {a: {b: [*x]}}"])
def test_what_contains_itself_is_refused(text: str, as_kubectl: bool) -> None:
    """YAML can say it, and no data can be it."""
    (problem,) = refusals(text, as_kubectl=as_kubectl)
    assert (str(problem.location), problem.message) == (
        "file.yaml",
        "must not be nested this deeply, nor contain itself",
    )


@pytest.mark.parametrize("text", ["a: &x {<<: *x}", "a: &x {<<: [{b: c}, *x]}", "&x {<<: {<<: *x}}"])
def test_what_merges_itself_is_refused(text: str) -> None:
    """However it is wrapped."""
    (problem,) = refusals(text, as_kubectl=True)
    assert "contain itself" in problem.message


@pytest.mark.parametrize(("left", "right"), [("[", "]"), ("{a: ", "}")])
def test_nesting_has_an_end(left: str, right: str) -> None:
    """50 levels are enough for anybody, and a thousand no trouble."""
    assert read(f"{left * 50}1{right * 50}")
    for depth in (51, 5000):
        with pytest.raises(InputError, match="must not be nested this deeply"):
            list(composed(f"{left * depth}1{right * depth}", FILE))


@pytest.mark.parametrize("as_kubectl", [True, False])
def test_a_few_lines_with_a_billion_values_are_refused(as_kubectl: bool) -> None:
    """Before memory is full."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (problem,) = refusals("\n".join(rows), as_kubectl=as_kubectl)
    assert (str(problem.location), problem.message) == ("file.yaml", "must hold at most 100,000 values")


def test_a_file_is_one_document(tmp_path: Path) -> None:
    """With its path and its lines."""
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: 012\n")
    document = read_document(file)
    assert (document.path, document.data, document.line_of("b")) == (file, {"a": 1, "b": "012"}, 2)
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(file).data == {"a": 1}


@pytest.mark.parametrize(
    ("content", "place", "gist"),
    [
        (b"", "", "must not be empty"),
        (b"# nothing\n", "", "must not be empty"),
        (b"a: 1\n---\nb: 2\n", ":3", "expected a single document"),
        (b"\xff\xfea", ":1", "a text file in UTF-8"),
        (b"a: \xe9", ":1", "a text file in UTF-8"),
        (b"a: [", ":2", "must be one YAML document"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: bytes, place: str, gist: str) -> None:
    """Each with what it should be."""
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    problem = file_refusal(file)
    assert str(problem.location) == f"{file}{place}"
    assert gist in problem.message


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """A folder, one that is not there, and a name that no file can have."""
    assert file_refusal(tmp_path) == Diagnostic(
        id="unreadable", severity="unknown", location=Location(file=str(tmp_path)), message="must be a file"
    )
    assert "No such file" in file_refusal(tmp_path / "a.yaml").message
    assert "name too long" in file_refusal(tmp_path / ("a" * 300)).message
    assert "null byte" in file_refusal(Path("a\0b")).message
    with pytest.raises(InputError):
        text_of(tmp_path / "a.yaml")


def test_the_keys_and_values_of_each_document_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podspace.formats.document._MOST_NODES", 5)
    within = "a: 1\nb: 2\n"
    assert len(list(composed(f"{within}---\n{within}", Path("a.yaml")))) == 2
    with pytest.raises(InputError) as refused:
        list(composed(f"{within}---\n{within}c: 3\n", Path("a.yaml")))
    assert [each.id for each in refused.value.diagnostics] == ["unreadable"]


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is only faster with it."""
    monkeypatch.setattr("podspace.formats.document._Loader", type("Loader", (Bounded, yaml.SafeLoader), {}))
    assert data("a: 012\nb: '012'\nc: {<<: {d: 08}}", as_kubectl=True) == {"a": 10, "b": "012", "c": {"d": 8}}
    assert data("a: 012") == {"a": "012"}
