"""Rules for the source: what each folder may import, how long a function may be, and what no file may contain."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import source_files
from tests.template import REPOSITORY

OURS = {"podspace", "constructs_lib", "k8s", "stacks", "app", "tests", "tools"}
MAY_IMPORT = {
    "podspace": {"podspace"},
    "constructs_lib": {"podspace", "constructs_lib"},
    "k8s": {"podspace"},
    "stacks": {"podspace", "constructs_lib"},
    "app.py": {"podspace", "constructs_lib", "k8s", "stacks"},
    "tools": {"podspace", "constructs_lib", "k8s", "stacks", "tests", "tools"},
}
TWO_NAMES = {"k8s", "stacks"}
"""Folders that are also installed as `podspace.k8s` and `podspace.stacks`; they import their own modules relatively."""
INSIDE_PODSPACE = {
    "podspace/problem.py": set[str](),
    "podspace/cidr.py": {"podspace.diagnostic"},
    "podspace/slot.py": {"podspace.cidr"},
    "podspace/cdk_token.py": set[str](),
    "podspace/manifest_files.py": {"podspace.cdk_token"},
    "podspace/api": {"podspace.api", "podspace.diagnostic"},
    "podspace/kubectl_yaml.py": set[str](),
    "podspace/document.py": {"podspace.formats.kubectl_yaml", "podspace.diagnostic"},
    "podspace/json_document.py": {"podspace.formats.document", "podspace.formats.kubectl_yaml", "podspace.diagnostic"},
    "podspace/source_files.py": {"podspace.formats.document", "podspace.diagnostic"},
    "podspace/manifest_reader.py": {
        "podspace.api",
        "podspace.formats.document",
        "podspace.formats.kubectl_yaml",
        "podspace.diagnostic",
        "podspace.formats.source_files",
    },
    "podspace/finding.py": {"podspace.diagnostic"},
    "podspace/lint": {
        "podspace.api",
        "podspace.cdk_token",
        "podspace.lint",
        "podspace.cidr",
        "podspace.formats.document",
        "podspace.lint.finding",
        "podspace.formats.json_document",
        "podspace.formats.manifest_reader",
        "podspace.diagnostic",
        "podspace.formats.source_files",
    },
    "podspace/lint.py": {
        "podspace.api",
        "podspace.lint",
        "podspace.lint.finding",
        "podspace.formats.manifest_reader",
        "podspace.diagnostic",
        "podspace.formats.source_files",
    },
    "podspace/wording.py": set[str](),
    "podspace/report.py": {
        "podspace.lint.finding",
        "podspace.lint.linter",
        "podspace.diagnostic",
        "podspace.reporting.wording",
    },
    "podspace/sarif.py": {"podspace.lint", "podspace.lint.finding", "podspace.lint.linter"},
    "podspace/junit.py": {
        "podspace.lint.finding",
        "podspace.lint.linter",
        "podspace.reporting.lint_report",
        "podspace.reporting.xml_text",
    },
    "podspace/xml_text.py": set[str](),
    "podspace/verdict.py": set[str](),
    "podspace/verdict_report.py": {"podspace.diagnostic", "podspace.reporting.wording", "podspace.reporting.xml_text"},
    "podspace/capacity": {
        "podspace.api",
        "podspace.capacity",
        "podspace.cidr",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.slot",
    },
    "podspace/cost": {"podspace.cost", "podspace.planning", "podspace.diagnostic"},
    "podspace/drawing": {
        "podspace.capacity",
        "podspace.cidr",
        "podspace.drawing",
        "podspace.planning",
        "podspace.slot",
        "podspace.reporting.xml_text",
    },
    "podspace/address_plan": {
        "podspace.address_plan",
        "podspace.capacity",
        "podspace.cidr",
        "podspace.cost",
        "podspace.planning",
    },
    "podspace/whole_file.py": set[str](),
    "podspace/growth": {
        "podspace.api",
        "podspace.cidr",
        "podspace.formats.document",
        "podspace.growth",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.slot",
        "podspace.formats.atomic_write",
    },
    "podspace/live": {
        "podspace.formats.document",
        "podspace.live",
        "podspace.diagnostic",
        "podspace.formats.source_files",
    },
    "podspace/proposal": {
        "podspace.cidr",
        "podspace.live",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.proposal",
        "podspace.slot",
        "podspace.formats.atomic_write",
    },
    "podspace/deployment.py": {"podspace.live", "podspace.planning"},
    "podspace/preflight": {
        "podspace.cidr",
        "podspace.deployment",
        "podspace.live",
        "podspace.planning",
        "podspace.preflight",
        "podspace.diagnostic",
    },
    "podspace/verification": {
        "podspace.cidr",
        "podspace.deployment",
        "podspace.live",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.slot",
        "podspace.verification",
        "podspace.reporting.wording",
    },
    "podspace/teardown": {
        "podspace.deployment",
        "podspace.live",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.teardown",
        "podspace.reporting.wording",
    },
    "podspace/testing.py": {"podspace.lint", "podspace.lint.linter", "podspace.reporting.lint_report"},
    "podspace/planning": {
        "podspace.api",
        "podspace.cdk_token",
        "podspace.cidr",
        "podspace.formats.document",
        "podspace.formats.manifest_files",
        "podspace.planning",
        "podspace.diagnostic",
        "podspace.slot",
    },
}


def sources(part: str) -> list[Path]:
    path = REPOSITORY / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                assert node.level == 1, f"{file} imports from a parent folder"
                assert file.parent.name in TWO_NAMES, f"{file} imports relatively"
            else:
                yield node.module or ""


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_one_way(part: str) -> None:
    for file in sources(part):
        ours = {name.partition(".")[0] for name in imports(file)} & OURS
        assert ours <= MAY_IMPORT[part], file


@pytest.mark.parametrize("part", INSIDE_PODSPACE)
def test_imports_inside_the_core_point_one_way(part: str) -> None:
    for file in sources(part):
        for name in imports(file):
            if name.startswith("podspace"):
                assert any(name == a or name.startswith(f"{a}.") for a in INSIDE_PODSPACE[part]), (file, name)


def test_the_core_loads_neither_cdk_nor_cdk8s_nor_jsii() -> None:
    script = (
        "import sys, podspace.api, podspace.cidr, podspace.cli, podspace.planning, podspace.testing\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules} & {'aws_cdk', 'cdk8s', 'jsii', 'constructs'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert not loaded.stdout.strip()


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_no_function_is_longer_than_45_lines(part: str) -> None:
    for file in sources(part):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                assert lines <= 45, f"{file}:{node.lineno} {node.name}"


def test_every_public_thing_says_what_it_is() -> None:
    for part in MAY_IMPORT:
        for file in sources(part):
            tree = ast.parse(file.read_text())
            assert ast.get_docstring(tree), file
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    assert ast.get_docstring(node), f"{file}:{node.lineno} {node.name}"


def test_the_project_speaks_of_itself_alone() -> None:
    outside = "../" + "shared"
    for file in source_files():
        assert outside not in (REPOSITORY / file).read_text(encoding="utf-8"), file


def test_no_file_has_merge_conflict_markers() -> None:
    """A line of seven equals signs alone is no marker: in Markdown it underlines a heading."""
    marker = re.compile(rb"^(?:<{7} |>{7} )", re.MULTILINE)
    assert [str(file) for file in source_files() if marker.search((REPOSITORY / file).read_bytes())] == []
