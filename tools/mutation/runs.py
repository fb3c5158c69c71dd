"""Runs the tests that execute a mutant, in a process of its own that is forked from one pytest session."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
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
from _pytest.runner import runtestprotocol

from tools.mutation.edits import Mutant, mutants_of, mutated

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


Outcome = Literal["killed", "survived", "not executed", "failed"]
Line = tuple[str, int]


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
            complete = sys.gettrace() is not None  # Python stops tracing where the tracer itself exceeds the depth
            _trace("", set())
            seconds = time.process_time() - began
            lines: dict[str, list[int]] = {}
            for path, line in seen:
                lines.setdefault(os.path.relpath(path, self.root), []).append(line)
            if not complete:
                lines = {path: [*range(1, len((self.root / path).read_bytes().splitlines()) + 1)] for path in lines}
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
            """Loads the mutated code in place of the file's."""

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
