"""The report on the source counts what it says, in a made-up source tree and without importing podspace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.structure import Place, report, structure


def lines_of(places: tuple[Place, ...]) -> list[str]:
    return [f"{place.path}:{place.line}" for place in places]


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_modules_directly_in_podspace_are_counted(tmp_path: Path) -> None:
    for path in ("podspace/a.py", "podspace/b.py", "podspace/inner/c.py", "podspace/data.json", "stacks/d.py"):
        write(tmp_path, path, "")
    assert structure(tmp_path).top_modules == ("podspace/a.py", "podspace/b.py")


@pytest.mark.parametrize(
    ("path", "source", "takes", "reads"),
    [
        ("stacks/a.py", "from podspace.planning import Config\ndef f(c: Config): ...", 1, 0),
        (
            "stacks/a.py",
            "from podspace.planning import Config\nclass A:\n    def f(self, *, c: Config | None): ...",
            1,
            0,
        ),
        ("stacks/a.py", "from podspace.planning import Config as C\ndef f(c: C): ...", 1, 0),
        ("stacks/a.py", "from podspace.planning import Config\ndef f(c: 'list[Config]'): ...", 1, 0),
        ("stacks/a.py", "from podspace.planning import Config\ndef f() -> Config: ...", 0, 0),
        ("stacks/a.py", "from botocore.config import Config\ndef f(c: Config): ...", 0, 0),
        ("podspace/planning/a.py", "from podspace.planning import Config\ndef f(c: Config): return c.config", 0, 0),
        ("app.py", "def f(file): return file.config.vpc", 0, 1),
        ("podspace/a.py", "def f(file):\n    def g(): return file.config\n    return g, file.config", 0, 1),
        ("podspace/a.py", "f = lambda file: file.config", 0, 1),
        ("podspace/a.py", "def f(self, config): self.config = config", 0, 0),
        ("podspace/a.py", "from lightkube.config.models import User\ndef f(): return User", 0, 0),
        ("podspace/a.py", "import lightkube.config.models\ndef f(): return lightkube.config.models.User", 0, 0),
        ("tests/a.py", "def f(file): return file.config", 0, 0),
    ],
)
def test_users_of_a_config_outside_planning_are_counted(
    tmp_path: Path, path: str, source: str, takes: int, reads: int
) -> None:
    write(tmp_path, path, source)
    found = structure(tmp_path)
    assert (len(found.takes_config), len(found.reads_config)) == (takes, reads)


def test_a_function_that_takes_and_reads_a_config_is_one_user(tmp_path: Path) -> None:
    write(tmp_path, "podspace/a.py", "class Config: ...\nclass A:\n    def f(self, c: Config): return self.config")
    assert structure(tmp_path).config_users == (Place("podspace/a.py", 3, "A.f"),)


@pytest.mark.parametrize(
    ("path", "source", "tables", "comparisons"),
    [
        ("podspace/a.py", "x = {'nat_gateway': 1, 'transit_gateway': 2}", 1, 0),
        ("podspace/a.py", "x = {'nat_gateway': 1, 'other': 2}", 0, 0),
        ("podspace/a.py", "x = dict(nat_gateway=1, transit_gateway=2)", 1, 0),
        ("podspace/a.py", "x = (('nat_gateway', 1), ('transit_gateway', 2))", 1, 0),
        ("podspace/a.py", "x = kind in ('nat_gateway', 'transit_gateway')", 1, 0),
        ("podspace/a.py", "x = kind in ('nat_gateway',)", 0, 1),
        ("podspace/a.py", "x = kind != 'new_nat_gateways'", 0, 1),
        ("podspace/a.py", "x = kind.endswith('nat_gateway')", 0, 1),
        ("podspace/a.py", "x = kind == 'subnet'", 0, 0),
        ("podspace/a.py", "Kind = Literal['nat_gateway', 'transit_gateway']", 0, 0),
        ("podspace/a.py", "match kind:\n    case 'nat_gateway' | 'transit_gateway': ...", 1, 0),
        ("podspace/a.py", "match kind:\n    case 'nat_gateway': ...\n    case _: ...", 0, 1),
        ("podspace/planning/nat_gateway.py", "x = {'nat_gateways', 'new_nat_gateways'}\ny = k == 'nat_gateway'", 0, 0),
        ("podspace/planning/nat_gateway.py", "x = {'nat_gateways', 'transit_gateway'}", 1, 0),
        ("podspace/planning/transit/rules.py", "x = kind == 'transit_gateway'", 0, 0),
        ("podspace/planning/transit/rules.py", "x = kind == 'egress_only_gateway'", 0, 1),
    ],
)
def test_tables_and_comparisons_outside_the_module_of_the_kind_are_counted(
    tmp_path: Path, path: str, source: str, tables: int, comparisons: int
) -> None:
    write(tmp_path, path, source)
    found = structure(tmp_path)
    assert (len(found.kind_tables), len(found.kind_comparisons)) == (tables, comparisons)


def test_report_writers_are_counted_by_format(tmp_path: Path) -> None:
    write(tmp_path, "podspace/report.py", "def json_report(): ...\ndef _finding_json(): ...\ndef json_schema(): ...")
    write(tmp_path, "podspace/commands/a.py", "def _text() -> str: ...\ndef _json() -> dict: ...")
    write(tmp_path, "podspace/reports/sarif.py", "def written(): ...\ndef _report(): ...")
    found = structure(tmp_path).writers
    assert {format_: lines_of(places) for format_, places in found.items() if places} == {
        "text": ["podspace/commands/a.py:1"],
        "json": ["podspace/report.py:1"],
        "sarif": ["podspace/reports/sarif.py:1"],
    }


def test_the_report_lists_every_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        "podspace/a.py",
        "def json_report(file):\n    return {'nat_gateway': file.config, 'transit_gateway': 0}",
    )
    text = report(structure(tmp_path))
    assert "  podspace/a.py:1 json_report (reads)" in text
    assert "  podspace/a.py:2 nat_gateway, transit_gateway" in text
    assert "  json   podspace/a.py:1 json_report" in text


def test_the_command_runs_without_the_packages_of_the_project(tmp_path: Path) -> None:
    """It may run on a checkout whose source does not import."""
    write(tmp_path, "podspace/a.py", "import missing_module")
    command = [sys.executable, "-S", "-m", "tools.structure", str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert "podspace/a.py" in done.stdout
