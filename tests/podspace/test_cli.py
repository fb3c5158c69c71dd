"""The command says what the library found, and its exit status what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.reporting import Format
from tests.podspace.manifests import Manifest, a_node_class, a_node_pool, an_eni_config
from tests.template import REPOSITORY

RIGHT, WRONG = a_node_class(), a_node_class(snatPolicy="random")


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def written(folder: Path, *manifests: Manifest, name: str = "file.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump_all(manifests))
    return path


def test_a_correct_input_is_reported_in_one_line(tmp_path: Path) -> None:
    """And the status is 0."""
    result = run("lint", written(tmp_path, RIGHT, a_node_pool(), an_eni_config()))
    assert result.output == "checked 1 ENIConfig, 1 NodeClass, 1 NodePool; 0 errors, 0 warnings\n"
    assert result.exit_code == 0


def test_a_warning_leaves_the_status_at_0(tmp_path: Path) -> None:
    """It is told all the same."""
    result = run("lint", written(tmp_path, a_node_class(advancedSecurity={"kernelLockdown": "none"})))
    assert "warning[may-not-work]: spec.advancedSecurity.kernelLockdown" in result.output
    assert result.exit_code == 0


def test_what_is_wrong_is_reported_with_its_line(tmp_path: Path) -> None:
    """And the status is 1."""
    path = written(tmp_path, an_eni_config(), WRONG)
    result = run("lint", path)
    line = path.read_text().splitlines().index("  snatPolicy: random") + 1
    assert (
        result.output.splitlines()[0]
        == f'{path}:{line}: NodeClass pods: error[refused-by-api-server]: spec.snatPolicy: "random"'
    )
    assert result.exit_code == 1


def test_what_cannot_be_read_is_reported(tmp_path: Path) -> None:
    """The rest is judged, and an error of it makes the status 1."""
    result = run("lint", written(tmp_path, WRONG), tmp_path / "nothing.yaml")
    assert f"unknown  unreadable: {tmp_path / 'nothing.yaml'}: " in result.output
    assert "spec.snatPolicy" in result.output
    assert result.exit_code == 1


def test_a_folder_and_several_files_are_read(tmp_path: Path) -> None:
    """In one run."""
    (tmp_path / "folder").mkdir()
    written(tmp_path / "folder", RIGHT)
    result = run("lint", tmp_path / "folder", written(tmp_path, a_node_pool()))
    assert result.output.startswith("checked 1 NodeClass, 1 NodePool;")


def test_standard_input_is_read() -> None:
    """By the name `-`, of any tool."""
    result = run("lint", "-", stdin=yaml.safe_dump({"kind": "List", "items": [WRONG, {"kind": "ConfigMap"}]}))
    assert result.output.startswith("-:")
    assert "skipped 1 ConfigMap; 1 error" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize("stdin", [b"a: \xff", b"{{ a: b"])
def test_standard_input_that_cannot_be_read_is_reported(stdin: bytes) -> None:
    """With the status 2."""
    result = run("lint", "-", stdin=stdin)
    (diagnostic,) = json.loads(run("lint", "-", "--format", "json", stdin=stdin).output)["diagnostics"]
    assert (diagnostic["id"], diagnostic["severity"], diagnostic["location"]["file"]) == ("unreadable", "unknown", "-")
    assert "unreadable" in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize(("manifest", "status"), [(RIGHT, 0), (WRONG, 1), (None, 2)])
@pytest.mark.parametrize("form", list(Format))
def test_the_format_is_chosen_and_the_status_is_the_same(
    tmp_path: Path, manifest: Manifest | None, status: int, form: Format
) -> None:
    """Text if none is."""
    path = written(tmp_path, manifest) if manifest else tmp_path / "nothing.yaml"
    result = run("lint", "--format", form, path)
    assert result.exit_code == status
    found = {0: set[str](), 1: {"refused-by-api-server"}, 2: {"unreadable"}}[status]
    match form:
        case Format.TEXT:
            assert result.output == run("lint", path).output
        case Format.JSON:
            assert {each["id"] for each in json.loads(result.output)["diagnostics"]} == found
        case Format.SARIF:
            assert {each["ruleId"] for each in json.loads(result.output)["runs"][0]["results"]} == found
        case Format.JUNIT:
            assert {
                each.get("type") for each in ElementTree.fromstring(result.output).iter() if each.get("type")
            } == found
        case Format.GITHUB:
            assert set(re.findall("podspace ([a-z-]+)", result.output)) == found


def test_changes_to_what_is_applied_are_judged(tmp_path: Path) -> None:
    """One that is refused is an error, and one that replaces nodes a warning."""
    applied = written(tmp_path, RIGHT, a_node_pool(), name="applied.yaml")
    refused = run("lint", written(tmp_path, a_node_class(role="other")), "--against", applied)
    assert 'error[update-refused]: spec.role: "nodes" to "other"' in refused.output
    assert refused.exit_code == 1
    replacing = run("lint", written(tmp_path, a_node_class(snatPolicy="Disabled")), "--against", applied)
    assert "warning[update-replaces-nodes]: spec.snatPolicy" in replacing.output
    assert replacing.exit_code == 0


def test_what_is_applied_may_come_from_several_places_and_standard_input(tmp_path: Path) -> None:
    """As kubectl prints it."""
    new = written(tmp_path, a_node_class(role="other"), a_node_pool(replicas=3))
    one = written(tmp_path, RIGHT, name="applied.yaml")
    result = run(
        "lint",
        new,
        "--against",
        one,
        "--against",
        "-",
        stdin=yaml.safe_dump({"kind": "List", "items": [a_node_pool()]}),
    )
    assert result.output.count("must not") == 2
    assert result.exit_code == 1
    missing = run("lint", new, "--against", tmp_path / "nothing.yaml")
    assert missing.exit_code == 2


def test_output_that_goes_to_no_terminal_has_no_colors(tmp_path: Path) -> None:
    """As in a file or a pipe."""
    assert "\x1b" not in run("lint", written(tmp_path, WRONG), tmp_path / "nothing").output


def on_a_terminal(*arguments: str) -> str:
    """What the command writes to a terminal of its own."""
    parent, child = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "podspace", *arguments], cwd=REPOSITORY, stdout=child, stderr=child):
        os.close(child)
        output = b""
        with contextlib.suppress(OSError):  # Linux's end of file, once nobody holds the terminal
            while read := os.read(parent, 65536):
                output += read
    os.close(parent)
    return output.decode()


def test_output_that_goes_to_a_terminal_has_colors(tmp_path: Path) -> None:
    """Where it is text."""
    assert "\x1b[31merror[refused-by-api-server]\x1b[0m" in on_a_terminal("lint", str(written(tmp_path, WRONG)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["lint"],
        ["lint", "--format", "xml", "a.yaml"],
        ["lint", "--nothing", "a.yaml"],
        ["nothing"],
        ["lint", "a", "--against"],
    ],
)
def test_a_command_that_is_written_wrongly_has_the_status_2(arguments: list[str]) -> None:
    """And says how it is written."""
    result = run(*arguments)
    assert "Error" in result.output
    assert result.exit_code == 2


def test_help_names_what_there_is() -> None:
    """Of the command, and of lint."""
    assert "lint" in run("--help").output
    shown = run("lint", "--help").output
    for word in ("--format", "--against", "Exit status", "NodeClass"):
        assert word in shown
    assert run("--help").exit_code == run("lint", "--help").exit_code == 0


@pytest.mark.parametrize(("manifest", "status"), [(RIGHT, 0), (WRONG, 1)])
def test_the_module_is_the_command(tmp_path: Path, manifest: Manifest, status: int) -> None:
    """As a person runs it, without CDK, cdk8s or jsii, which take seconds to load."""
    script = (
        "import runpy, sys\n"
        "try:\n"
        "    runpy.run_module('podspace', run_name='__main__', alter_sys=True)\n"
        "finally:\n"
        "    heavy = {name.partition('.')[0] for name in sys.modules} & {'aws_cdk', 'cdk8s', 'constructs', 'jsii'}\n"
        "    print('loaded', sorted(heavy), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, "lint", str(written(tmp_path, manifest))]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert done.stdout.splitlines()[-1].startswith("checked 1 NodeClass")
    assert done.stderr == "loaded []\n"


def test_the_module_has_the_status_2_for_what_cannot_be_read(tmp_path: Path) -> None:
    """With no traceback."""
    command = [sys.executable, "-m", "podspace", "lint", str(tmp_path / "nothing.yaml")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert "unreadable" in done.stdout
