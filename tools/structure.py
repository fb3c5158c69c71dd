"""Counts modules, users of `Config`, tables of gateway kinds and report writers, to compare two checkouts.

`python -m tools.structure [ROOT]` prints the counts of the checkout in ROOT, and the place of everything it counts.
ROOT is this repository by default.  The source is parsed and never imported.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from tools import REPOSITORY

SOURCES: Final = ("podspace", "constructs_lib", "stacks", "k8s", "app.py")
PLANNING: Final = "podspace/planning/"
GATEWAY_KINDS: Final = frozenset(
    {
        "core_network",
        "appliance",
        "appliances",
        "egress_only_gateway",
        "firewall_endpoint",
        "firewall_endpoints",
        "nat_gateway",
        "nat_gateways",
        "new_nat_gateways",
        "private_nat_gateway",
        "private_nat_gateways",
        "regional_nat_gateway",
        "transit_gateway",
        "virtual_private_gateway",
        "vpc_peering_connection",
    }
)
FORMATS: Final = ("text", "json", "junit", "sarif", "github")

_VERBS: Final = "print|render|report|write|written"
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A source file.

    Attributes:
        path: its path relative to the root of the checkout, with `/`.
        tree: its syntax tree.
    """

    path: str
    tree: ast.Module


@dataclass(frozen=True, order=True)
class Place:
    """A line of a source file, and the function or the gateway kinds there."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name}"


@dataclass(frozen=True)
class Structure:
    """The places in a checkout that are counted, each kind when it is first read.

    Attributes:
        modules: the parsed source files.
    """

    modules: tuple[Module, ...]

    @cached_property
    def top_modules(self) -> tuple[str, ...]:
        """The `.py` files directly in `podspace/`."""
        return tuple(module.path for module in self.modules if re.fullmatch(r"podspace/[^/]+", module.path))

    @cached_property
    def takes_config(self) -> tuple[Place, ...]:
        """Functions and methods outside planning with a parameter annotated `Config`."""
        return self._places(_takes_config, self._outside_planning)

    @cached_property
    def reads_config(self) -> tuple[Place, ...]:
        """Functions and methods outside planning that read an attribute `config`."""
        return self._places(_reads_config, self._outside_planning)

    @cached_property
    def kind_tables(self) -> tuple[Place, ...]:
        """Dict, set, tuple and list literals and match statements with two or more gateway kinds.

        One or more of the kinds is not the kind of the module. `Literal[...]` is a type and is not counted.
        """
        return self._places(_kind_tables, self.modules)

    @cached_property
    def kind_comparisons(self) -> tuple[Place, ...]:
        """Comparisons, `startswith`, `endswith` and match statements with a gateway kind.

        The kind is not the kind of the module, and the comparison is not with a counted table.
        """
        return self._places(_kind_comparisons, self.modules)

    @cached_property
    def writers(self) -> dict[str, tuple[Place, ...]]:
        """Functions that write a report, by format."""
        return {each: self._places(partial(_writers, format_=each), self.modules) for each in FORMATS}

    @property
    def config_users(self) -> tuple[Place, ...]:
        """Functions and methods that take a `Config`, read an attribute `config`, or do both, each once."""
        return tuple(sorted({*self.takes_config, *self.reads_config}))

    @property
    def _outside_planning(self) -> tuple[Module, ...]:
        return tuple(module for module in self.modules if not module.path.startswith(PLANNING))

    @staticmethod
    def _places(find: Callable[[Module], Iterable[Place]], modules: Iterable[Module]) -> tuple[Place, ...]:
        return tuple(sorted(place for module in modules for place in find(module)))


def structure(root: Path) -> Structure:
    """The structure of the checkout in `root`."""
    return Structure(tuple(_modules(root)))


def _modules(root: Path) -> Iterator[Module]:
    for source in SOURCES:
        path = root / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []:
            name = file.relative_to(root).as_posix()
            yield Module(name, ast.parse(file.read_text(encoding="utf-8"), filename=name))


def _functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions and methods with their qualified names; a function inside another one is part of it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            yield prefix + child.name, child
        else:
            inner = f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix
            yield from _functions(child, inner)


def _takes_config(module: Module) -> Iterator[Place]:
    names = _config_names(module.tree)
    for name, function in _functions(module.tree):
        parameters = [each for each in ast.walk(function) if isinstance(each, ast.arg) and each.annotation]
        if any(_mentions(each.annotation, names) for each in parameters if each.annotation):
            yield Place(module.path, function.lineno, name)


def _config_names(tree: ast.Module) -> frozenset[str]:
    """The names that refer to podspace's `Config` in a file; a `Config` of a library, as botocore's, is not meant."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "podspace"
        for alias in node.names
        if alias.name == "Config"
    }
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Config"}
    return frozenset(imported | defined)


def _mentions(annotation: ast.expr, names: frozenset[str]) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id in names:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and names & {*re.findall(r"\w+", node.value)}:
            return True
    return False


def _reads_config(module: Module) -> Iterator[Place]:
    packages = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    seen: set[ast.AST] = set()
    for name, function in _functions(module.tree):
        nodes = {*ast.walk(function)}
        seen |= nodes
        if any(_is_config(node, packages) for node in nodes):
            yield Place(module.path, function.lineno, name)
    for node in ast.walk(module.tree):
        if node not in seen and _is_config(node, packages):
            yield Place(module.path, getattr(node, "lineno", 0), "<module>")


def _is_config(node: ast.AST, packages: set[str]) -> bool:
    if not (isinstance(node, ast.Attribute) and node.attr == "config" and isinstance(node.ctx, ast.Load)):
        return False
    return not (isinstance(node.value, ast.Name) and node.value.id in packages)


def _kind_tables(module: Module) -> Iterator[Place]:
    types = {node.slice for node in ast.walk(module.tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(module.tree):
        kinds = _kinds(node)
        if len(kinds) > 1 and node not in types and _foreign(kinds, module.path):
            yield Place(module.path, getattr(node, "lineno", 0), ", ".join(kinds))


def _kind_comparisons(module: Module) -> Iterator[Place]:
    for node in ast.walk(module.tree):
        kinds: list[str] = []
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            inside = [kinds for kinds in map(_kinds, operands) if len(kinds) == 1]
            kinds = [*_strings(operands), *(kind for each in inside for kind in each)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            kinds = _strings(node.args) if node.func.attr in ("startswith", "endswith") else []
        elif isinstance(node, ast.Match):
            kinds = _kinds(node) if len(_kinds(node)) == 1 else []
        if kinds and _foreign(kinds, module.path):
            yield Place(module.path, getattr(node, "lineno", 0), ", ".join(kinds))


def _kinds(node: ast.AST) -> list[str]:
    """The gateway kinds that a literal has as keys or items, or as first items of its items, or a match as cases."""
    if isinstance(node, ast.Dict):
        return _strings(node.keys)
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        rows = [item.elts[0] for item in node.elts if isinstance(item, ast.Tuple | ast.List) and item.elts]
        return _strings([*node.elts, *rows])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [each.arg for each in node.keywords if each.arg in GATEWAY_KINDS]
    if isinstance(node, ast.Match):
        patterns = [pattern for case in node.cases for pattern in ast.walk(case.pattern)]
        return _strings([pattern.value for pattern in patterns if isinstance(pattern, ast.MatchValue)])
    return []


def _strings(nodes: Sequence[ast.expr | None]) -> list[str]:
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in GATEWAY_KINDS
    ]


def _foreign(kinds: Sequence[str], path: str) -> bool:
    """Whether one of the kinds is not the kind of the module, which its file or folder is named after."""
    own = {_family(part) for part in path.removesuffix(".py").split("/")}
    return any(_family(kind) not in own for kind in kinds)


def _family(name: str) -> str:
    """The kind without its prefix and suffix: `nat` for `nat_gateway` and for `new_nat_gateways`."""
    return re.sub(r"^(?:existing|new)_|(?:_gateway)?s?$", "", name)


def _writers(module: Module, format_: str) -> Iterator[Place]:
    """Functions such as `json_report`; `_json` in a command if it returns `str`; `written` in a module `json.py`."""
    folders, stem = module.path.split("/")[:-1], module.path.rpartition("/")[2].removesuffix(".py")
    names = [f"{format_}_(?:report|writer)", f"(?:{_VERBS})_{format_}(?:_report)?"]
    for name, function in _functions(module.tree):
        short = name.rpartition(".")[2].strip("_")
        returns_text = isinstance(function.returns, ast.Name) and function.returns.id == "str"
        in_command = "commands" in folders and short == format_ and returns_text
        in_module = stem.removesuffix("_report") == format_ and re.fullmatch(_VERBS, name.rpartition(".")[2])
        if in_command or in_module or re.fullmatch("|".join(names), short):
            yield Place(module.path, function.lineno, name)


def report(found: Structure) -> str:
    """The summary and the lists, as text."""
    tables, comparisons = _by_file(found.kind_tables), _by_file(found.kind_comparisons)
    summary = [
        ("modules directly in podspace/", len(found.top_modules)),
        ("functions outside planning that use a Config", len(found.config_users)),
        ("    that take one", len(found.takes_config)),
        ("    that read .config", len(found.reads_config)),
        ("tables of gateway kinds outside their modules", len(found.kind_tables)),
        ("    files with tables", len(tables)),
        ("comparisons with a gateway kind outside its module", len(found.kind_comparisons)),
        ("    files with comparisons", len(comparisons)),
        ("report writers", sum(map(len, found.writers.values()))),
        *((f"    {format_}", len(places)) for format_, places in found.writers.items()),
    ]
    lines = [f"{label:<52}{count:>4}" for label, count in summary]
    lines += ["", "Modules directly in podspace/:", *(f"  {path}" for path in found.top_modules)]
    lines += ["", "Functions outside planning that use a Config:"]
    for place in found.config_users:
        uses = [("takes", found.takes_config), ("reads", found.reads_config)]
        lines.append(f"  {place} ({', '.join(use for use, places in uses if place in places)})")
    lines += ["", "Gateway kinds outside their modules (tables, comparisons, file):"]
    for path in sorted({*tables, *comparisons}):
        lines.append(f"  {tables.get(path, 0):>3} {comparisons.get(path, 0):>3}  {path}")
    lines += ["", "Tables of gateway kinds:", *(f"  {place}" for place in found.kind_tables)]
    lines += ["", "Report writers:"]
    lines += [f"  {format_:<6} {place}" for format_, places in found.writers.items() for place in places]
    return "\n".join(lines)


def _by_file(places: Sequence[Place]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for place in places:
        counts[place.path] = counts.get(place.path, 0) + 1
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Count modules, users of Config, tables of gateway kinds and report writers."
    )
    parser.add_argument(
        "root", nargs="?", type=Path, default=REPOSITORY, metavar="ROOT", help="a checkout; this repository by default"
    )
    print(report(structure(parser.parse_args().root)))
