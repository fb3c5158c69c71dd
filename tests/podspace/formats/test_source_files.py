"""What a command is given to read is found: files, folders, assemblies and standard input, none of them too large."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from subprocess import Popen

import pytest

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import read_document
from podspace.formats.source_files import STDIN, Source, each_source, is_assembly, sources
from podspace.formats.text_file import text_of
from podspace.lint.linter import lint
from tests.podspace.lint.stacks import an_assembly, artifact, write

TEMPLATE = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}
MEGABYTE = 2**20


def found(path: Path) -> list[tuple[str, bool]]:
    """What there is to read, by its path inside of a folder, and whether it is an assembly."""
    return [(str(source.path.relative_to(path)), source.assembly) for source in sources(path)]


def refusal(path: Path) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        sources(path)
    (problem,) = caught.value.diagnostics
    return problem


def test_a_folder_is_every_file_of_a_kind_that_is_read(tmp_path: Path) -> None:
    """At any depth and in order, whatever the case of its suffix, but for hidden ones."""
    seen = ["a.yaml", "b.YML", "c/d.json", "c/e/f.template", "g.template.json"]
    unseen = ["a.txt", ".a.yaml", ".git/a.yaml", "c/.d/a.yaml", "template", "a.yaml.orig", "json"]
    write(tmp_path, dict.fromkeys([*seen, *unseen], ""))
    assert found(tmp_path) == [(name, False) for name in sorted(seen, key=Path)]


@pytest.mark.parametrize("name", ["a.txt", ".hidden", "a.yaml", "missing"])
def test_a_file_is_read_whatever_its_name_is(tmp_path: Path, name: str) -> None:
    """That it is not there is told when it is read."""
    write(tmp_path, {"a.txt": "", ".hidden": "", "a.yaml": ""})
    assert sources(tmp_path / name) == [Source(path=tmp_path / name)]
    assert sources(STDIN) == [Source(path=STDIN)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["manifest.json", "cdk.out"], True),
        (["manifest.json", "a.template.json"], True),
        (["manifest.json", "a.json"], False),
        (["manifest.json"], False),
        (["cdk.out", "a.template.json"], False),
        (["manifest.json/a.yaml", "cdk.out"], False),
        (["manifest.json", "cdk.out/a.yaml"], False),
    ],
)
def test_a_folder_is_an_assembly_if_cdk_wrote_it(tmp_path: Path, files: list[str], expected: bool) -> None:
    """And any other one holds whatever it holds."""
    write(tmp_path, dict.fromkeys(files, ""))
    assert is_assembly(tmp_path) is expected


def test_an_assembly_is_one_thing_to_read(tmp_path: Path) -> None:
    """With all that is in it, and beside the other files of the folder around it."""
    assembly = an_assembly({"Net": artifact("net.template.json")}, net=TEMPLATE)
    inside = {**assembly, "net.assets.json": "{}", "asset.0/a.yaml": "", "assembly-Prod/manifest.json": "{}"}
    write(tmp_path, {"k8s/pods.yaml": "", **{f"app/cdk.out/{name}": text for name, text in inside.items()}})
    assert found(tmp_path) == [("app/cdk.out", True), ("k8s/pods.yaml", False)]
    assert found(tmp_path / "app" / "cdk.out") == [(".", True)]


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    """It is likely not the one that was meant."""
    write(tmp_path, {"a.txt": "", ".b.yaml": ""})
    assert refusal(tmp_path) == Diagnostic(
        id="unreadable",
        severity="unknown",
        location=Location(file=str(tmp_path)),
        message="must have at least one YAML or JSON file in it",
    )


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason that the system gives, and the others are read."""
    write(tmp_path, {"good/a.yaml": "", "bad/b.yaml": ""})
    original = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "bad":
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert refusal(tmp_path / "bad").message == "must be a file or folder that can be read: Permission denied"
    problems: list[Diagnostic] = []
    read = [source.path.name for source in each_source([tmp_path / "bad", tmp_path / "good"], problems)]
    assert (read, [str(problem.location) for problem in problems]) == (["a.yaml"], [str(tmp_path / "bad")])


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """One is left out; what comes after it is the file's."""
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf\xef\xbb\xbf{}")
    assert Source(path=tmp_path / "a.json").text() == "\ufeff{}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Files may have so many bytes."""
    monkeypatch.setattr("podspace.formats.text_file.MOST_BYTES", MEGABYTE)
    return MEGABYTE


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, small: int) -> None:
    """Before it is read, and with what to do; one byte less is read."""
    path = tmp_path / "a.yaml"
    path.write_text("#" * small)
    assert len(text_of(path)) == small
    assert lint([path]).exit_status == 0
    path.write_text("#" * (small + 1))
    with pytest.raises(InputError) as caught:
        text_of(path)
    (problem,) = caught.value.diagnostics
    assert (str(problem.location), problem.message) == (
        str(path),
        "must have at most 1 MB (a CloudFormation template: 1 MB)",
    )
    assert "split the file" in problem.fix
    for read in (read_document, lambda file: Source(path=file).text()):
        with pytest.raises(InputError, match="must have at most 1 MB"):
            read(path)


def test_a_file_that_is_too_large_leaves_the_rest_to_be_judged(tmp_path: Path, small: int) -> None:
    """And the run fails."""
    write(tmp_path, {"large.json": " " * (small + 1), "small.json": TEMPLATE})
    linted = lint([tmp_path])
    assert (linted.exit_status, dict(linted.checked)) == (2, {"stack": 1})
    assert [str(problem.location) for problem in linted.unreadable] == [str(tmp_path / "large.json")]


@pytest.mark.parametrize(("more", "code"), [(0, 0), (1, 2)])
def test_standard_input_may_be_as_large_as_a_file(
    monkeypatch: pytest.MonkeyPatch, small: int, more: int, code: int
) -> None:
    """And is not read beyond that."""
    stream = io.BytesIO(b"#" * (small + more) + b"#" * 5 * more)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream, encoding="utf-8"))
    linted = lint([STDIN])
    assert linted.exit_status == code
    assert stream.tell() == small + more
    assert [problem.message for problem in linted.unreadable] == [
        "must have at most 1 MB (a CloudFormation template: 1 MB)"
    ] * more


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_standard_input_that_is_empty_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """As of a command before it that failed."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with pytest.raises(InputError, match="must not be empty"):
        Source(path=STDIN).text()


def test_standard_input_that_is_closed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than taken for an empty one."""
    stream = io.TextIOWrapper(io.BytesIO(b"a: 1"))
    stream.close()
    for closed in (stream, None):
        monkeypatch.setattr(sys, "stdin", closed)
        with pytest.raises(InputError, match="must be open"):
            Source(path=STDIN).text()


def test_standard_input_may_be_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a byte-order mark or without."""
    text = '{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}'
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert lint([STDIN]).checked == {"stack": 1}


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, {"a.yaml": ""})
    assert found(tmp_path) == [("a.yaml", False)]


def test_a_device_without_end_is_too_large() -> None:
    (problem,) = lint([Path("/dev/zero")]).unreadable
    assert (problem.location.file, problem.location.line) == ("/dev/zero", 0)
    assert "16 MB" in problem.message


def test_a_pipe_that_is_too_large_ends_with_a_message(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with Popen(["/bin/sh", "-c", f"cat /dev/zero > {pipe}"]) as writer:
        (problem,) = lint([pipe]).unreadable
        writer.wait()
    assert "16 MB" in problem.message


def test_a_byte_that_is_no_text_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: b\r\nc: d\n# \xff\n")
    with pytest.raises(InputError) as caught:
        text_of(tmp_path / "a.yaml")
    assert caught.value.diagnostics[0].location == Location(file=str(tmp_path / "a.yaml"), line=3)


def test_the_manifest_of_an_assembly_is_the_assembly(tmp_path: Path) -> None:
    write(tmp_path, an_assembly({"Net": artifact("net.template.json")}, net=TEMPLATE))
    assert sources(tmp_path / "manifest.json") == [Source(path=tmp_path, assembly=True)]
