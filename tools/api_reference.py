"""The reference of the Python API, made from the docstrings and signatures of the names that the packages export."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import Final

from pydantic import BaseModel

from tools.contract import MODULES, exported

_HEAD: Final = """# Python API

This page lists the names that each package exports, with their signatures and fields.
`make pages` generates it from the docstrings; [stability](stability.md) says what stays between versions.
[CDK apps](cdk-apps.md) shows how the constructs are used, [the config file](configuration.md) lists the keys of `Config`,
and [every field](fields.md) has the limits and rules of the Kubernetes kinds.

| package | contents | needs |
|---|---|---|
"""
_PACKAGES: Final[Mapping[str, tuple[str, str]]] = {
    "constructs_lib": ("CDK constructs", "`eks-podspace[cdk]`"),
    "podspace.stacks": ("the CDK stack of a config", "`eks-podspace[cdk]`"),
    "podspace.testing": ("checks in the tests of a CDK app", "nothing else"),
    "podspace.planning": ("configs and plans", "nothing else"),
    "podspace.api": ("the Kubernetes kinds NodeClass, NodePool and ENIConfig", "nothing else"),
    "podspace.k8s": ("cdk8s constructs of these kinds", "`eks-podspace[k8s]`"),
    "podspace.formats.manifest_files": ("files of manifests", "nothing else"),
}
"""The packages in the order of the page: what they contain, and which extra of the distribution they need."""
_PARTS: Final = re.compile(r"^(Args|Attributes|Returns|Yields|Raises):\n", re.MULTILINE)
_WIDTH: Final = 100
_OWN: Final = frozenset({"podspace", "constructs_lib", "k8s", "stacks"})
"""Top-level packages of this repository."""
_PYDANTIC: Final = frozenset({"as_written", "doubts", "rules"})
"""Methods of models that pydantic or the checks call; their results are on other pages."""


def api_page() -> str:
    """The text of docs/api.md."""
    assert {*_PACKAGES} == {*MODULES}, "each documented package has a row"
    table = [
        f"| [`{package}`](#{_anchor(package)}) | {about} | {needs} |" for package, (about, needs) in _PACKAGES.items()
    ]
    return _HEAD + "\n".join([*table, "", *(part for package in _PACKAGES for part in _package(package))])


def documentation(package: str, name: str) -> str:
    """The docstring of an exported name: of the object, or below its assignment; empty for none."""
    found = getattr(importlib.import_module(package), name)
    if isinstance(found, type | FunctionType):
        return inspect.cleandoc(found.__doc__ or "")
    return _assignment(package, name)[1]


def _package(package: str) -> Iterator[str]:
    yield f"## `{package}`\n"
    names = sorted(exported(package), key=str.lower)
    yield " · ".join(f"[{name}](#{_anchor(f'{package}.{name}')})" for name in names) + "\n"
    for name in names:
        yield f"### `{package}.{name}`\n"
        yield from _name(package, name)


def _name(package: str, name: str) -> Iterator[str]:
    found = getattr(importlib.import_module(package), name)
    if isinstance(found, FunctionType):
        yield _code(_signature(f"def {name}", _definition(found), without=0))
        yield from _docstring(found.__doc__ or "")
    elif isinstance(found, type):
        yield class_text(found)
    else:
        value, about = _assignment(package, name)
        yield _code(f"{name} = {value}")
        yield from _docstring(about)


def class_text(found: type) -> str:
    """The Markdown about a class: its signature, docstring, fields and public methods."""
    return "\n".join(_class(found.__name__, found))


def _class(name: str, found: type) -> Iterator[str]:
    bases = [each.__name__ for each in found.__bases__ if each not in {object, BaseModel, dict}]
    is_model, is_record = issubclass(found, BaseModel), dataclasses.is_dataclass(found)
    constructor = inspect.getattr_static(found, "__init__")
    if is_model or is_record or not isinstance(constructor, FunctionType):
        yield _code(f"class {name}({', '.join(bases)})" if bases else f"class {name}")
    else:
        yield _code(_signature(f"class {name}", _definition(constructor), without=1))
    text, attributes = _without_attributes(found.__doc__ or "")
    yield from _docstring(text)
    fields = [*_fields(found)]
    if fields:
        yield "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *fields]) + "\n"
    elif attributes:
        yield "Attributes:\n\n" + "\n".join(f"- `{each}`: {about}" for each, about in attributes.items()) + "\n"
    if not (is_model or is_record) and isinstance(constructor, FunctionType):
        yield from _docstring(constructor.__doc__ or "")
    members = [*_members(found)]
    if members:
        yield "\n".join(members) + "\n"


def _fields(found: type) -> Iterator[str]:
    declarations = _declarations(found)
    descriptions = found.model_fields if issubclass(found, BaseModel) else {}
    for name, default in _defaults(found):
        declared = declarations[name]
        about = (descriptions[name].description if name in descriptions else "") or declared.about
        kind = _cell(f"`{declared.type}`")
        yield f"| `{name}` | {kind} | {_cell(default)} | {_cell(about or declared.about_type)} |"


def _defaults(found: type) -> Iterator[tuple[str, str]]:
    """The public fields of a model, a dataclass or a TypedDict, each with its default in words."""
    if issubclass(found, BaseModel):
        for name, field in found.model_fields.items():
            yield name, "required" if field.is_required() else _default(field.default, field.default_factory)
    elif dataclasses.is_dataclass(found):
        for each in dataclasses.fields(found):
            no_default = each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            if not each.name.startswith("_"):
                yield each.name, "required" if no_default else _default(each.default, each.default_factory)
    elif "__total__" in vars(found):  # a TypedDict
        yield from ((name, "optional") for name in found.__annotations__)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Declaration:
    """The declaration of a field.

    Attributes:
        type: its type as the source has it, without metadata.
        about: its docstring, or its line in the docstring of the class; empty for none.
        about_type: the first paragraph of the docstring of the class that it is of; empty for another type.
    """

    type: str
    about: str
    about_type: str


def _declarations(found: type) -> Mapping[str, _Declaration]:
    """The public fields that a class and its base classes declare, by name."""
    declared: dict[str, _Declaration] = {}
    for base in (each for each in reversed(found.__mro__) if each.__module__.partition(".")[0] in _OWN):
        _, attributes = _without_attributes(base.__doc__ or "")
        for field, below in _statements(base):
            name = field.target.id if isinstance(field.target, ast.Name) else "_"
            if name.startswith("_"):
                continue
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            about = attributes.get(name) or " ".join(str(text).split())
            kind = _plain(field.annotation)
            declared[name] = _Declaration(type=kind, about=about, about_type=_about_type(kind, base))
    return declared


def _statements(base: type) -> Iterator[tuple[ast.AnnAssign, ast.stmt]]:
    """The annotated fields in the source of a class, each with the statement below it."""
    try:
        (statement,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
    except OSError:  # a generic class with its parameters has no source
        return
    assert isinstance(statement, ast.ClassDef)
    for field, below in zip(statement.body, [*statement.body[1:], ast.Pass()], strict=True):
        if isinstance(field, ast.AnnAssign):
            yield field, below


def _about_type(kind: str, base: type) -> str:
    names = vars(sys.modules[base.__module__])
    classes = [names[word] for word in re.findall(r"\w+", kind) if isinstance(names.get(word), type)]
    own = next((each for each in classes if each.__module__.partition(".")[0] in _OWN), None)
    return inspect.cleandoc(own.__doc__ or "").partition("\n\n")[0] if own else ""


def _default(value: object, factory: object) -> str:
    if isinstance(factory, type):
        return f"`{factory.__name__}()`"
    if isinstance(value, BaseModel) or dataclasses.is_dataclass(value):
        return f"`{type(value).__name__}()`"
    return f"`{value!r}`" if isinstance(value, str | int | float | tuple | frozenset | None) else "a function"


def _members(found: type) -> Iterator[str]:
    skipped = _PYDANTIC if issubclass(found, BaseModel) else frozenset()
    for name, member in vars(found).items():
        if name.startswith("_") or name in skipped:
            continue
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if (
            isinstance(function, FunctionType)
            and function.__doc__
            and function.__module__.partition(".")[0] != "pydantic"
        ):
            about = inspect.cleandoc(function.__doc__).partition("\n\n")[0]
            definition = _definition(function)
            returns = f" → `{_plain(definition.returns)}`" if definition.returns else ""
            shown = name if isinstance(member, property) else _signature(name, definition, without=1, returns=False)
            yield f"- `{' '.join(shown.split())}`{returns}: {' '.join(about.split())}"


class _WithoutMetadata(ast.NodeTransformer):
    """`Annotated[X, …]` as `X`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


def _plain(expression: ast.expr) -> str:
    """The source of an expression with double quotes, as in the formatted source."""
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', ast.unparse(_WithoutMetadata().visit(expression)))


def _definition(function: FunctionType) -> ast.FunctionDef:
    (statement,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(statement, ast.FunctionDef)
    return statement


def _signature(name: str, definition: ast.FunctionDef, *, without: int, returns: bool = True) -> str:
    """The signature, without its first `without` parameters: in one line, or a line for each parameter."""
    given = definition.args
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + [*given.defaults]
    parameters = [_parameter(each, default) for each, default in zip(positional, defaults, strict=True)][without:]
    if given.vararg or given.kwonlyargs:
        parameters.append(f"*{_parameter(given.vararg, None) if given.vararg else ''}")
    parameters += [_parameter(each, value) for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg:
        parameters.append(f"**{_parameter(given.kwarg, None)}")
    end = f" -> {_plain(definition.returns)}" if returns and definition.returns and name.startswith("def") else ""
    line = f"{name}({', '.join(parameters)}){end}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {each}," for each in parameters), f"){end}"])


def _parameter(each: ast.arg, default: ast.expr | None) -> str:
    text = f"{each.arg}: {_plain(each.annotation)}" if each.annotation else each.arg
    if default is None:
        return text
    return f"{text} = {_plain(default)}" if each.annotation else f"{text}={_plain(default)}"


def _assignment(package: str, name: str) -> tuple[str, str]:
    """The value of an exported constant as its source has it, and the docstring below it; of the defining module."""
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and name in {each.name for each in statement.names}:
            inner = f"{'.' * statement.level}{statement.module or ''}"
            return _assignment(importlib.import_module(inner, module.__package__).__name__, name)
    for statement, below in zip(tree.body, [*tree.body[1:], ast.Pass()], strict=True):
        target = getattr(statement, "target", None) or next(iter(getattr(statement, "targets", ())), None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
            value = _plain(statement.value) if statement.value else ""
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            return value if len(value) <= _WIDTH else "…", inspect.cleandoc(str(text))
    return "…", ""


def _without_attributes(text: str) -> tuple[str, Mapping[str, str]]:
    """A docstring without its attributes, and these by name."""
    plain = inspect.cleandoc(text)
    before, marker, after = plain.partition("Attributes:\n")
    if not marker:
        return plain, {}
    lines = after.splitlines(keepends=True)
    end = next((index for index, line in enumerate(lines) if line.strip() and not line.startswith(" ")), len(lines))
    return before + "".join(lines[end:]), dict(_items("".join(lines[:end])))


def _items(text: str) -> Iterator[tuple[str, str]]:
    """The items `name: text` of a part of a docstring."""
    for item in re.split(r"\n(?=\S)", textwrap.dedent(text).strip()):
        name, _, about = item.partition(":")
        yield name.strip(), " ".join(about.split())


def _docstring(text: str) -> Iterator[str]:
    """The paragraphs of a docstring, its arguments and errors as lists."""
    before, *parts = _PARTS.split(inspect.cleandoc(text))
    for paragraph in before.split("\n\n"):
        if paragraph.strip():
            yield (paragraph if re.match(r"\s*[-*|]", paragraph) else " ".join(paragraph.split())) + "\n"
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        if title in {"Returns", "Yields"}:
            yield f"{title}: {' '.join(body.split())}\n"
        else:
            yield f"{title}:\n\n" + "\n".join(f"- `{name}`: {about}" for name, about in _items(body)) + "\n"


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(heading: str) -> str:
    """The anchor that GitHub and the site give a heading in backticks."""
    return re.sub(r"[^\w-]", "", heading.lower())
