"""Mutants change one expression each, and are killed by a test that fails with it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.mutation.edits import Mutant, mutants_of, mutated
from tools.mutation.report import report


def edits(source: str) -> set[str]:
    return {f"{mutant.before} => {mutant.after}" for mutant in mutants_of(source, "a.py")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"a < b => a <= b"}),
        ("x = a is not b", {"a is not b => a is b"}),
        ("x = a in b == c", {"a in b == c => a not in b == c", "a in b == c => a in b != c"}),
        ("x = a and b", {"a and b => a or b"}),
        ("x = not a", {"not a => a"}),
        ("x = 1", {"1 => 2"}),
        ("x = f(True, None)", {"True => False", "None => True"}),
        ("x = a is None", {"a is None => a is not None"}),
        ("x = a if b else c", {"a if b else c => c if b else a"}),
        ("x = any(a)", {"any(a) => all(a)"}),
        ("x = f('VpcId')", {"'VpcId' => 'VpcId_'"}),
        ("def f(): return a", {"return a => return None"}),
        ("def f() -> bool: return a", {"return a => return not a"}),
        ("def f() -> list[int]: return a", {"return a => return []"}),
        ("for x in y: continue", {"continue => (removed)"}),
        ("f(a)", {"f(a) => (removed)"}),
        ("def f():\n  yield a", {"yield a => (removed)"}),
    ],
)
def test_an_expression_or_a_statement_is_changed(source: str, expected: set[str]) -> None:
    assert edits(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring: not 1."""',
        "x: Literal['a'] | None",
        "def f(x: Literal['a']) -> None: ...",
        "x = f'{not a} and 1'",
        "x = 'a sentence'",
        "x = 'https://docs.aws.amazon.com/vpc'",
        "rule(why='word', fix='word', source=not a)",
        "def f():\n  must = 1 if a else 2\n  return f'{must}'",
        "def f():\n  where = not a\n  g(must=f'{where}')",
        "@dataclass(frozen=True)\nclass A: ...",
        "class A:\n  def __repr__(self): return 'a'",
        "import a",
    ],
)
def test_texts_types_and_imports_stay_as_they_are(source: str) -> None:
    assert {edit for edit in edits(source) if not edit.endswith("(removed)") and "return" not in edit} == set()


@pytest.mark.parametrize(
    "source",
    [
        "def f() -> list[int]: return []",
        "def f() -> Sequence[int] | None: return ()",
        "def f() -> set[int]: return set()",
        "def f() -> Mapping[str, int]: return {}",
        "x = a if b else a",
    ],
)
def test_what_is_of_the_same_value_is_no_mutant(source: str) -> None:
    assert edits(source) == set()


def test_an_empty_collection_where_none_is_possible_becomes_none() -> None:
    assert edits("def f() -> A | None: return []") == {"return [] => return None"}


def test_a_variable_that_is_used_in_a_message_and_elsewhere_is_changed() -> None:
    assert "not a => a" in edits("def f():\n  where = not a\n  g(where, must=f'{where}')")


def test_a_mutated_tree_has_one_edit_and_the_lines_of_the_source() -> None:
    source = "def f():\n\n    return a and 1\n\n\ndef g(): return 2\n"
    for mutant in mutants_of(source, "a.py"):
        tree = mutated(source, mutant.number)
        compile(tree, "a.py", "exec")
        assert sum(one != other for one, other in zip(ast.unparse(tree), ast.unparse(ast.parse(source)), strict=False))
        assert [node.lineno for node in tree.body] == [1, 6]


CODE = """\
LIMIT = 5


def is_small(number: int) -> bool:
    return number < LIMIT


def is_tested(number: int) -> bool:
    return number == 1


def hangs(number: int) -> int:
    while number > 0:
        number = number - 1
    return number
"""
DEEP = """\
def never_ends(number: int) -> int:
    return never_ends(number + 1)


def depth(number: int) -> str:
    try:
        never_ends(number)
    except RecursionError:
        return str(number)
    return ""
"""
TESTS = """\
from code_under_test.deep import depth
from code_under_test.numbers import LIMIT, hangs, is_small


def test_small():
    assert is_small(3)
    assert not is_small(7)
    assert hangs(2) == 0


def test_deep():
    assert depth(5) == "5"
"""


def test_mutants_are_killed_or_survive(tmp_path: Path) -> None:
    """In a checkout that stays as it is."""
    files = {"numbers.py": CODE, "deep.py": DEEP}
    texts = {f"code_under_test/{name}": text for name, text in files.items()}
    for path, text in {**texts, "tests/code_under_test/test_numbers.py": TESTS}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    command = [sys.executable, "-m", "tools.mutation", "code_under_test", "--root", str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    outcomes = {line.partition(": ")[2]: line.split()[1:3] for line in done.stderr.splitlines() if "=>" in line}
    judged = {edit: words[0] for edit, words in outcomes.items()}
    assert judged["return number < LIMIT  =>  return not number < LIMIT"] == "killed"
    assert judged["number < LIMIT  =>  number <= LIMIT"] == "survived"
    assert judged["5  =>  6"] == "survived"
    assert judged["number == 1  =>  number != 1"] == "not"
    assert judged["return number  =>  return None"] == "killed"
    assert judged["return str(number)  =>  return ''"] == "killed"
    assert "mutants were killed" in done.stdout


def test_survivors_known_as_equivalent_are_listed_as_such_and_not_killed() -> None:
    def mutant(number: int) -> Mutant:
        return Mutant(
            path="a.py", number=number, line=number, lines=range(1), function="f", before="a", after=f"{number}"
        )

    outcomes = {mutant(1): "killed", mutant(2): "survived", mutant(3): "survived"}
    known = [{"file": "a.py", "function": "f", "edit": "a  =>  2", "reason": "of no effect"}]
    text = report(outcomes, known)  # type: ignore[arg-type]
    assert "1 of 3 mutants were killed" in text
    survivors, equivalent = text.partition("Survivors")[2].split("Equivalent")
    assert ("a.py:3" in survivors, "a.py:2" in survivors) == (True, False)
    assert "a.py:2 f: a  =>  2  (of no effect)" in equivalent
