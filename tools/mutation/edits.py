"""What a mutant is: one edit of an expression or a statement of a source file, never of text for people."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

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
    """Every mutant of a file, in the order of its nodes, without those of the same value."""
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
                if _is_same(child, new):
                    continue
                yield _Edit(child, new, inner, lambda new=new, apply=apply: apply(new))  # type: ignore[misc]
            yield from _edits(child, inner)


def _is_same(node: ast.AST, new: ast.AST) -> bool:
    """Whether two nodes have one source, or both return an empty collection, such as `()` and `[]`."""
    if isinstance(node, ast.Return) and isinstance(new, ast.Return):
        return ast.unparse(node) == ast.unparse(new) or (_is_empty(node.value) and _is_empty(new.value))
    return ast.unparse(node) == ast.unparse(new)


def _is_empty(node: ast.expr | None) -> bool:
    """Whether an expression is an empty collection; a test that tells `()` from `[]` would be one of the type alone."""
    match node:
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name in _EMPTY
    return False


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
