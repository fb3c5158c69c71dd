"""Mutation tests: changes one expression of the source at a time and runs the tests that execute it.

`python -m tools.mutants podspace/lint --count 220 --seed 1` draws 220 mutants of a folder at random and prints how many
of them the tests kill, by module, and every survivor with its line and its edit.  The source is copied to a temporary
folder and mutated in memory, so the checkout stays as it is and may be edited meanwhile.  Tests that start a process of
their own run the source without the mutation there.

A survivor that no test can kill is recorded in `tools/equivalent_mutants.yaml` with the reason.  It still counts as
survived, and the report marks it.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final, Literal

import pytest
import yaml
from _pytest.runner import runtestprotocol

from tools import REPOSITORY

EQUIVALENT: Final = REPOSITORY / "tools" / "equivalent_mutants.yaml"
NOT_COPIED: Final = frozenset({".git", ".venv", "node_modules", "cdk.out", "dist", "build", ".hypothesis"})
"""Folders at the root of a checkout."""
OPTIONS: Final = (
    *("-qq", "-s", "--no-header", "--no-summary", "--import-mode=importlib", "--hypothesis-seed=0"),
    *("-p", "no:cacheprovider", "-p", "no:xdist"),
)
MEMORY: Final = 4 << 30
"""How many bytes a run of tests may use: a mutant may remove a limit."""
SECONDS: Final = 20
"""How much processor time a run of tests may take in addition to five times that of the same tests before."""

TEXTS: Final = frozenset(
    {"cause", "fix", "hint", "inferred", "message", "must", "reason", "source", "what", "why", "description", "help"}
)
"""Keywords and variables with text for people, which no test asserts, and what is printed of its source."""
_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_NAME: Final = re.compile(r"(?!https?://)(?=.*[A-Za-z])[\w:.*/$-]+")
"""A string that is a name, such as of a property, a type or a value; not a sentence, and not a source."""
_EMPTY: Final = {"str": "''", "list": "[]", "dict": "{}", "set": "set()", "frozenset": "frozenset()", "tuple": "()"}
_ANNOTATIONS: Final = frozenset({"annotation", "returns", "type_params", "bases"})
_LOGGERS: Final = frozenset({"log", "logger", "logging"})
_TYPES: Final = frozenset({"Annotated", "Literal", "NewType", "TypeVar", "cast"})

Function = ast.FunctionDef | ast.AsyncFunctionDef
Outcome = Literal["killed", "survived", "not executed", "failed"]
Line = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One edit of a source file.

    Attributes:
        path: of the file, relative to the root of the checkout.
        number: of the edit among all edits of the file.
        line: of the edited node.
        lines: of its statement; of a statement with a body, those before the body.
        function: the qualified name of the outermost function it is in; empty where it is in none.
        before: the source of the node.
        after: the source it is replaced by.
    """

    path: str
    number: int
    line: int
    lines: range
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function or '<module>'}: {self.before}  =>  {self.after}"


@dataclass(frozen=True)
class _Place:
    """Where a node is: the function, the statement, its annotation, and the variables that only messages use."""

    function: str = ""
    prefix: str = ""
    lines: range = range(0)
    returns: ast.expr | None = None
    texts: frozenset[str] = TEXTS


@dataclass(frozen=True)
class _Edit:
    node: ast.AST
    new: ast.AST
    place: _Place
    apply: Callable[[], None]


def mutants_of(source: str, path: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its nodes."""
    for number, edit in enumerate(_edits(ast.parse(source), _Place())):
        yield Mutant(
            path=path,
            number=number,
            line=getattr(edit.node, "lineno", 0),
            lines=edit.place.lines,
            function=edit.place.function,
            before=_short(edit.node),
            after=_short(edit.new),
        )


def mutated(source: str, number: int) -> ast.Module:
    """The syntax tree of a file with one of its edits; every line keeps its number."""
    tree = ast.parse(source)
    edits = _edits(tree, _Place())
    edit = next(edit for edit_number, edit in enumerate(edits) if edit_number == number)
    for node in ast.walk(edit.new):
        ast.copy_location(node, edit.node) if "lineno" in node._attributes and not hasattr(node, "lineno") else None
    edit.apply()
    return ast.fix_missing_locations(tree)


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return "(removed)"
    return "(removed)" if isinstance(node, ast.Pass) else " ".join(ast.unparse(node).split())


def _edits(parent: ast.AST, place: _Place) -> Iterator[_Edit]:
    """The edits of all nodes below a node, without texts, annotations and docstrings."""
    for name, value in ast.iter_fields(parent):
        if name in _ANNOTATIONS:
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_text(child, place.texts) or _is_docstring(child):
                continue
            if name == "decorator_list" and "dataclass" in ast.unparse(child):
                continue
            inner = _inner(child, place)

            def apply(new: ast.AST, name: str = name, index: int = index, value: object = value) -> None:
                if isinstance(value, list):
                    value[index] = new
                else:
                    setattr(parent, name, new)

            for new in _mutations(child, parent, place):
                yield _Edit(child, new, inner, lambda new=new, apply=apply: apply(new))  # type: ignore[misc]
            yield from _edits(child, inner)


def _inner(node: ast.AST, place: _Place) -> _Place:
    """The place of a node and of what is below it."""
    lines, function, prefix, returns, texts = place.lines, place.function, place.prefix, place.returns, place.texts
    if isinstance(node, ast.stmt):
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        first = min(getattr(child, "lineno", 0) or child.pattern.lineno for child in body) if body else 0
        lines = range(node.lineno, max(node.lineno + 1, first if first else (node.end_lineno or node.lineno) + 1))
    if isinstance(node, Function):
        texts = frozenset({*texts, *_only_in_texts(node)})
        returns = node.returns
        function = function or f"{prefix}{node.name}"
    elif isinstance(node, ast.ClassDef):
        prefix = f"{prefix}{node.name}."
    return _Place(function, prefix, lines, returns, texts)


def _is_text(node: ast.AST, texts: frozenset[str]) -> bool:
    """Whether a node is text for people, a type, or an import."""
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.FunctionDef(name="__repr__" | "__str__"):
            return True
        case ast.keyword(arg=name) if name in texts:
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in texts or name == "__all__"
        case ast.Subscript(value=ast.Name(id=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _TYPES
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in _LOGGERS
    return False


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _only_in_texts(function: Function) -> set[str]:
    """The variables of a function that are used only in texts."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    assigned = {
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    found: set[str] = set()
    while True:
        outside = {*_loads(function, frozenset(TEXTS | found))}
        more = (assigned & names) - outside - {"_"}
        if more <= found:
            return found
        found |= more


def _loads(node: ast.AST, texts: frozenset[str]) -> Iterator[str]:
    """The variables that are read outside of texts."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            yield child.id
        elif not _is_text(child, texts) and not isinstance(child, ast.Raise):
            yield from _loads(child, texts)


def _mutations(node: ast.AST, parent: ast.AST, place: _Place) -> Iterator[ast.AST]:
    """What a node is replaced by, one at a time."""
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                new = copy.deepcopy(node)
                new.ops[index] = _COMPARISONS[type(operator)]()
                yield new
        case ast.BoolOp():
            yield ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.IfExp():
            yield ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)
        case ast.Call(func=ast.Name(id="any" | "all" as name)):
            other = ast.Name(id="all" if name == "any" else "any", ctx=ast.Load())
            yield ast.Call(func=other, args=node.args, keywords=node.keywords)
        case ast.Constant():
            yield from _other_constants(node, parent)
        case ast.stmt():
            yield from _other_statements(node, place.returns)


def _other_statements(node: ast.stmt, returns: ast.expr | None) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant | ast.JoinedStr):
            yield ast.Return(value=_other_result(value, returns))
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield ast.If(test=ast.Constant(value=False), body=[node], orelse=[])  # the function stays a generator
        case ast.Continue() | ast.Expr(value=ast.Call()):
            yield ast.Pass()


def _other_constants(node: ast.Constant, parent: ast.AST) -> Iterator[ast.Constant]:
    match node.value:
        case bool() as value:
            yield ast.Constant(value=not value)
        case int() | float() as value:
            yield ast.Constant(value=value + 1)
        case None if not isinstance(parent, ast.Compare):
            yield ast.Constant(value=True)
        case str() as value if _NAME.fullmatch(value):
            yield ast.Constant(value=f"{value}_")


def _other_result(value: ast.expr, returns: ast.expr | None) -> ast.expr:
    """What a function returns instead: the contrary, or what is empty, as its annotation has it; else None."""
    annotation = ast.unparse(returns) if returns else ""
    if annotation == "bool":
        return ast.UnaryOp(op=ast.Not(), operand=value)
    base = annotation.partition("[")[0]
    empty = _EMPTY.get(base, "[]" if base in {"Sequence", "Iterable"} else "{}" if base == "Mapping" else "None")
    return ast.parse(empty, mode="eval").body


# Running the tests


@dataclass(frozen=True)
class _Measured:
    """What the tests executed before any mutation.

    Attributes:
        lines: by test.
        seconds: of processor time, by test.
        failed: tests that fail without a mutation.
    """

    lines: dict[str, frozenset[Line]]
    seconds: dict[str, float]
    failed: list[str]


@dataclass(kw_only=True)
class _Loop:
    """A plugin of pytest that, instead of running the tests once, runs them for each mutant in a process of its own."""

    root: Path
    folder: str
    tests: Sequence[str]
    jobs: int
    mutants: Sequence[Mutant]
    measurements: Path | None
    at_import: set[Line] = field(default_factory=set)
    outcomes: dict[Mutant, Outcome] = field(default_factory=dict)
    measured: _Measured = field(default_factory=lambda: _Measured({}, {}, []))

    def start(self) -> None:
        """Record the lines that are executed when modules are imported."""
        _trace(f"{self.root / self.folder}{os.sep}", self.at_import)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        _trace("", set())
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        self._measure(session.items)
        if self.measured.failed:
            raise pytest.UsageError("without a mutation these tests fail: " + ", ".join(self.measured.failed))
        self._judge({item.nodeid: item for item in session.items})
        return True

    def _measure(self, items: Sequence[pytest.Item]) -> None:
        """Run every test once, and record the lines and the time of each, as far as an earlier run has not."""
        known = self._measured_before()
        digests = {item.path: self._digest(item.path) for item in items}
        new = [item for item in items if known.get(item.nodeid, {}).get("digest") != digests[item.path]]
        files = [self.root / f"measured-{job}.json" for job in range(self.jobs)]
        running = []
        for job, file in enumerate(files):
            if not (pid := os.fork()):
                _silenced()
                rows = [*self._measurements(new[job :: self.jobs], digests)]
                file.write_text(json.dumps(rows), encoding="utf-8")
                os._exit(0)
            running.append(pid)
        for pid in running:
            os.waitpid(pid, 0)
        known |= {row["id"]: row for file in files for row in json.loads(file.read_text(encoding="utf-8"))}
        rows = [known[item.nodeid] for item in items]
        if self.measurements:
            self.measurements.write_text(json.dumps(rows), encoding="utf-8")
        self.measured = _Measured(
            {
                row["id"]: frozenset((path, line) for path, lines in row["lines"].items() for line in lines)
                for row in rows
            },
            {row["id"]: row["seconds"] for row in rows},
            [row["id"] for row in rows if not row["passed"]],
        )

    def _measured_before(self) -> dict[str, dict[str, Any]]:
        if not self.measurements or not self.measurements.is_file():
            return {}
        return {row["id"]: row for row in json.loads(self.measurements.read_text(encoding="utf-8")) if row["passed"]}

    def _digest(self, test: Path) -> str:
        """Of the file of a test, and of the source that is mutated."""
        files = [test, *sorted((self.root / self.folder).rglob("*.py"))]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def _measurements(self, items: Sequence[pytest.Item], digests: dict[Path, str]) -> Iterator[dict[str, Any]]:
        for item, following in zip(items, [*items[1:], None], strict=False):
            seen: set[Line] = set()
            began = time.process_time()
            _trace(f"{self.root / self.folder}{os.sep}", seen)
            passed = _passes(item, following)
            _trace("", set())
            seconds = time.process_time() - began
            lines: dict[str, list[int]] = {}
            for path, line in seen:
                lines.setdefault(os.path.relpath(path, self.root), []).append(line)
            yield {
                "id": item.nodeid,
                "digest": digests[item.path],
                "lines": lines,
                "seconds": seconds,
                "passed": passed,
            }

    def _judge(self, items: dict[str, pytest.Item]) -> None:
        waiting, running = [*self.mutants], dict[int, tuple[Mutant, float]]()
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop(0)
                fresh, ids = self._tests_of(mutant)
                if not ids:
                    self._record(mutant, "not executed")
                    continue
                seconds = SECONDS + 5 * sum(self.measured.seconds[id] for id in ids)
                pid = os.fork() or self._run(mutant, [items[id] for id in ids], fresh=fresh, seconds=seconds)
                running[pid] = mutant, time.monotonic() + 6 * seconds
            for pid, (mutant, deadline) in [*running.items()]:
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    del running[pid]
                    self._record(mutant, _outcome(status))
                elif time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def _record(self, mutant: Mutant, outcome: Outcome) -> None:
        self.outcomes[mutant] = outcome
        print(f"{len(self.outcomes):>4}/{len(self.mutants)} {outcome:<12} {mutant}", file=sys.stderr, flush=True)

    def _tests_of(self, mutant: Mutant) -> tuple[bool, list[str]]:
        """Whether modules must be imported anew for a mutant, and the tests that execute it, the shortest first."""
        path = mutant.path
        lines = {(path, line) for line in mutant.lines}
        fresh = not mutant.function or bool({(str(self.root / path), line) for line in mutant.lines} & self.at_import)
        measured = self.measured
        if fresh:
            of_module = {id for id, seen in measured.lines.items() if any(file == path for file, _ in seen)}
            return True, sorted(measured.seconds, key=lambda id: (id not in of_module, measured.seconds[id]))
        ids = [id for id, seen in measured.lines.items() if lines & seen]
        return False, sorted(ids, key=measured.seconds.__getitem__)

    def _run(self, mutant: Mutant, items: Sequence[pytest.Item], *, fresh: bool, seconds: float) -> int:
        """Run tests with a mutant; the process ends with 0 if they pass, 1 if one fails, 2 if they cannot be run."""
        _silenced()
        _limit(int(seconds))
        path = self.root / mutant.path
        code = compile(mutated(path.read_text(encoding="utf-8"), mutant.number), str(path), "exec")
        status = 2
        try:
            if not fresh and _swapped(code, mutant.function, str(path)):
                following = [*items[1:], None]
                status = int(not all(map(_passes, items, following)))
            else:
                status = self._run_fresh(code, path, [item.nodeid for item in items])
        finally:
            os._exit(status)

    def _run_fresh(self, code: CodeType, path: Path, order: Sequence[str]) -> int:
        """Import the modules of the checkout anew, one of them mutated, and run the tests in this order."""
        for name in [name for name, module in sys.modules.items() if self._is_of_checkout(module)]:
            del sys.modules[name]
        sys.meta_path.insert(0, _Finder(path, code))
        status = pytest.main([*OPTIONS, "-x", *self.tests], plugins=[_Order(order)])
        return {pytest.ExitCode.OK: 0, pytest.ExitCode.INTERNAL_ERROR: 2}.get(pytest.ExitCode(status), 1)

    def _is_of_checkout(self, module: ModuleType) -> bool:
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
        return any(Path(place).is_relative_to(self.root) for place in places if place)


@dataclass(frozen=True)
class _Order:
    """A plugin of pytest that runs tests in a given order."""

    ids: Sequence[str]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        place = {id: index for index, id in enumerate(self.ids)}
        items.sort(key=lambda item: place.get(item.nodeid, len(place)))


@dataclass(frozen=True)
class _Finder(MetaPathFinder):
    """Imports one file as other code."""

    path: Path
    code: CodeType

    def find_spec(self, fullname: str, path: Sequence[str] | None, _: object = None) -> ModuleSpec | None:
        *_, name = fullname.split(".")
        stem = self.path.parent.name if self.path.stem == "__init__" else self.path.stem
        folder = self.path.parent.parent if self.path.stem == "__init__" else self.path.parent
        if name != stem or str(folder) not in (path or ()):
            return None
        code = self.code

        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
                return code

        return spec_from_file_location(fullname, self.path, loader=Loader(fullname, str(self.path)))


def _trace(prefix: str, seen: set[Line]) -> None:
    """Add the lines executed from here on, of files whose path begins so, to a set; without a prefix, stop that."""

    left: dict[CodeType, set[int | None]] = {}

    def of_line(frame: FrameType, event: str, _: object) -> object:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            left[frame.f_code].discard(frame.f_lineno)
        return of_line

    def of_call(frame: FrameType, event: str, _: object) -> object:  # noqa: ARG001
        code = frame.f_code
        if not code.co_filename.startswith(prefix):
            return None
        if code not in left:
            seen.add((code.co_filename, frame.f_lineno))
            left[code] = {line for _, _, line in code.co_lines()} - {code.co_firstlineno, None}
        return of_line if left[code] else None

    sys.settrace(of_call if prefix else None)  # type: ignore[arg-type]
    threading.settrace(of_call if prefix else None)  # type: ignore[arg-type]


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def _silenced() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _swapped(code: CodeType, function: str, path: str) -> bool:
    """Give the functions of a name the code they have in a mutated module; False if they must be imported anew."""
    new = {(each.co_qualname, each.co_firstlineno): each for each in _codes(code) if each.co_qualname == function}
    changed = 0
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == path:
            old = each.__code__
            if other := new.get((old.co_qualname, old.co_firstlineno)):
                with suppress(ValueError):  # it has other variables of an outer function
                    each.__code__ = other
                    changed += 1
    return bool(changed)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _outcome(status: int) -> Outcome:
    """The outcome of a run: killed by a signal is killed, as it took too long."""
    if os.WIFSIGNALED(status):
        return "killed"
    outcomes: dict[int, Outcome] = {0: "survived", 1: "killed"}
    return outcomes.get(os.WEXITSTATUS(status), "failed")


# The command


def all_mutants(root: Path, folder: str) -> list[Mutant]:
    """Every mutant of the Python files of a folder."""
    found: list[Mutant] = []
    for file in sorted((root / folder).rglob("*.py")):
        found += mutants_of(file.read_text(encoding="utf-8"), file.relative_to(root).as_posix())
    return found


def judged(
    root: Path,
    folder: str,
    *,
    tests: Sequence[str],
    choose: Callable[[list[Mutant]], Sequence[Mutant]],
    jobs: int,
    measurements: Path | None = None,
) -> dict[Mutant, Outcome]:
    """Run the tests for some mutants of a folder, in a copy of the checkout in `root`.

    Raises:
        RuntimeError: the tests fail without a mutation, or cannot be collected.
    """
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copied = Path(name).resolve() / "checkout"
        shutil.copytree(root, copied, symlinks=True, ignore=_left_out(root))
        for tool in (".venv", "node_modules"):
            if (root / tool).exists():
                (copied / tool).symlink_to((root / tool).resolve())
        os.chdir(copied)
        sys.path[:] = [str(copied), *(each for each in sys.path if Path(each or ".").resolve() != root)]
        os.environ["PYTHONPATH"] = str(copied)
        mutants = choose(all_mutants(copied, folder))
        loop = _Loop(root=copied, folder=folder, tests=tests, jobs=jobs, mutants=mutants, measurements=measurements)
        loop.start()
        status = pytest.main([*OPTIONS, *tests], plugins=[loop])
        os.chdir(root)
        if len(loop.outcomes) < len(mutants):
            raise RuntimeError(f"pytest ended with {status} before every mutant was judged")
        return loop.outcomes


def _left_out(root: Path) -> Callable[[str, list[str]], set[str]]:
    caches = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
    return lambda folder, names: {*names} & (caches | NOT_COPIED if Path(folder) == root else caches)


def report(outcomes: dict[Mutant, Outcome], equivalent: Sequence[dict[str, str]]) -> str:
    """How many mutants were killed, by module, and those that were not."""
    reasons = {(each["file"], each["function"], each["edit"]): each["reason"] for each in equivalent}
    known = {
        mutant: reason
        for mutant in outcomes
        if (reason := reasons.get((mutant.path, mutant.function, f"{mutant.before}  =>  {mutant.after}")))
    }
    counts = Counter((mutant.path, outcome == "killed") for mutant, outcome in outcomes.items())
    width = max(len(path) for path, _ in counts) if counts else 0
    lines = [f"{'module':<{width}}  killed  survived"]
    lines += [
        f"{path:<{width}}  {counts[path, True]:>6}  {counts[path, False]:>8}" for path in sorted({p for p, _ in counts})
    ]
    killed = sum(outcome == "killed" for outcome in outcomes.values())
    lines.append(f"{'all':<{width}}  {killed:>6}  {len(outcomes) - killed:>8}")
    lines.append(f"{killed} of {len(outcomes)} mutants were killed ({killed / max(len(outcomes), 1):.1%})")
    survivors = sorted((m for m, outcome in outcomes.items() if outcome != "killed"), key=lambda m: (m.path, m.line))
    for title, some in (
        ("Survivors", [m for m in survivors if m not in known]),
        ("Equivalent", [m for m in survivors if m in known]),
    ):
        if some:
            lines += ["", f"{title}: {len(some)}"]
        for mutant in some:
            outcome = outcomes[mutant]
            note = known.get(
                mutant, {"not executed": "no test executes it", "failed": "the run failed"}.get(outcome, "")
            )
            lines.append(f"  {mutant}" + (f"  ({note})" if note else ""))
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Mutate the source in a folder, and count the mutants that tests kill."
    )
    parser.add_argument("folder", help="a folder of the repository, such as podspace/lint")
    parser.add_argument("--count", type=int, default=220, help="how many mutants to draw (default 220)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (default 1)")
    parser.add_argument("--tests", nargs="+", help="files or folders; by default the folder's own under tests/")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--at", nargs="+", help="all mutants of these lines instead, such as podspace/lint/vpc.py:12")
    parser.add_argument("--measurements", type=Path, help="a file that keeps which test executes which line")
    parser.add_argument("--list", action="store_true", help="list the mutants, and run nothing")
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="a checkout; this repository by default")
    return parser.parse_args()


def main() -> None:
    """Draw mutants, run the tests, and print the report."""
    arguments = _arguments()
    folder = str(arguments.folder).rstrip("/")

    def choose(mutants: list[Mutant]) -> Sequence[Mutant]:
        if arguments.at:
            return [mutant for mutant in mutants if f"{mutant.path}:{mutant.line}" in arguments.at]
        return random.Random(arguments.seed).sample(mutants, min(arguments.count, len(mutants)))

    root = arguments.root.resolve()
    if arguments.list:
        print(*choose(all_mutants(root, folder)), sep="\n")
        return
    tests = arguments.tests or [f"tests/{folder}"]
    kept = arguments.measurements.resolve() if arguments.measurements else None
    outcomes = judged(root, folder, tests=tests, choose=choose, jobs=arguments.jobs, measurements=kept)
    equivalent = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    print(report(outcomes, equivalent))


if __name__ == "__main__":
    main()
