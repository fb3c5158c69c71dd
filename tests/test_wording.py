"""Words that may not return to messages, help texts, docstrings, names of tests and pages, with what to write instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
CODE = ("podspace", "constructs_lib", "k8s", "stacks")

# A regular expression, without regard to case, and what to write instead.
WORDS = {
    r"\bways? out\b": "egress, egress route",
    r"\b(?:leads?|led) (?:to|into|there|pods|it|them|each)\b": "routes to, routed to, has a route to",
    r"\b(?:made|created|known) here\b": "created by this stack; of the templates; known",
    r"\bof ours\b": "created by podspace",
    r"\b(?:that|which) exists?\b": "existing",
    r"\bbeside\b": "next to, in addition to, together with",
    r"\b(?:stands|stand|stood) (?:in|for|before|beside)\b": "is in; is used for; represents",
    r"\b(?:two|both) halves\b|\b(?:cluster|network)(?:'s)? half\b": (
        "the template and the manifests; the network account's config, the cluster account's config"
    ),
    r"\b(?:held|hold|holds) (?:\S+ ){0,6}against\b": "checked against, compared with",
    r"\b(?:told|tells)\b": "reported, shows, listed",
    r"\bin hand\b": "available, in the input",
    r"\bmend(?:s|ed|ing)?\b": "correct, fix",
    r"\bnobody\b|\bwhoever\b": "say which person, object or resource",
    r"\bfor good\b": "cannot be changed, permanently",
    r"\bby (?:itself|themselves)\b": "automatically, directly, or nothing",
    r"\ball the same\b": "leave it out",
    r"\basked for\b": "requested",
    r"\b(?:comes?|came) of\b": "results from, or say the result",
    r"\blets? (?:\S+ ){0,3}in\b|\blet into\b": "admits, is admitted to",
    r"\bcarr(?:y|ies) (?:traffic|nothing)\b": "is used by pods, is not used by pods",
    r"\bis worth\b": "say the value",
    r"\bhanded (?:over|it|in)\b": "passed in",
    r"\bwithout a word\b": "without an error",
    r"\bmust come with\b|\bmust go with\b": "needs; is only valid with",
    r"\btakes? back\b": "reverts",
    r"\b(?:no|any|not?) more\b(?= *(?:$|[.;,]))": "no longer",
    r"(?<!CIDR )(?<!capacity )\bblocks? of (?:a|the|its) VPC\b": "CIDR block of the VPC",
    r"\bIPv[46] blocks?\b": "IPv4 CIDR block",
}

NEIGHBOUR = re.compile(r"(?:The same|Its|Their|Such as|Also|As for|Of|Whose)\b")
"""How a docstring begins that is not understood without the one before it, or without the name."""
# What is quoted from elsewhere, or an id that is not changed.
EXCEPTIONS = re.compile(r"nat-gateway-beside-firewall|does not have enough free cidr blocks")


def literal(node: ast.AST) -> str | None:
    """The text of a string literal, with … for each value of an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(value) or "…" for value in node.values)
    return None


def is_shown(node: ast.AST, path: Path) -> bool:
    """Whether docstrings of a function, and those of a class and its fields, are on a page or in a help text."""
    if isinstance(node, ast.FunctionDef):
        of_rule = any(isinstance(each, ast.Call) and ast.unparse(each.func) == "rule" for each in node.decorator_list)
        return of_rule or (path.parent.name == "commands" and not node.name.startswith("_"))
    return isinstance(node, ast.ClassDef) and (path.parent.name == "api" or node.name.endswith("Config"))


def shown_texts(node: ast.AST, path: Path, *, shown: bool = False) -> Iterator[tuple[int, str]]:
    """Lines and texts of the string literals of a file that can reach a user."""
    for child in ast.iter_child_nodes(node):
        text = literal(child)
        if text is not None:
            yield getattr(child, "lineno", 0), " ".join(text.split())
        elif shown or not isinstance(child, ast.Expr) or literal(child.value) is None:
            yield from shown_texts(child, path, shown=is_shown(child, path))


def public_docstrings(node: ast.Module | ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Lines and docstrings of a module or class, of its public classes and functions at any depth, and of fields."""
    for child, below in zip([None, *node.body], [*node.body, None], strict=True):
        is_public = not isinstance(child, ast.ClassDef | ast.FunctionDef) or not child.name.startswith("_")
        if child is None or isinstance(child, ast.AnnAssign | ast.Assign):
            text = literal(below.value) if isinstance(below, ast.Expr) else None
            if text is not None and below is not None:
                yield below.lineno, " ".join(text.split())
        elif isinstance(child, ast.ClassDef) and is_public:
            yield from public_docstrings(child)
        elif isinstance(child, ast.FunctionDef) and (is_public or child.name == "__init__"):
            yield child.lineno, " ".join((ast.get_docstring(child) or "").split())


def faults(text: str) -> list[str]:
    """The words of a text that may not return, each with what to write instead."""
    plain = EXCEPTIONS.sub("", text)
    found = [(re.search(pattern, plain, re.IGNORECASE), instead) for pattern, instead in WORDS.items()]
    return [f"{match.group()!r}: write {instead}" for match, instead in found if match]


def pages() -> list[Path]:
    """README.md, the pages of docs, and decision records."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@pytest.mark.parametrize("folder", CODE)
def test_messages_use_plain_words(folder: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {fault}"
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        for line, text in shown_texts(ast.parse(path.read_text("utf-8")), path)
        for fault in faults(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", CODE)
def test_docstrings_use_plain_words_and_do_not_need_the_docstring_before(folder: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {fault}"
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        for line, text in public_docstrings(ast.parse(path.read_text("utf-8")))
        for fault in [*faults(text), *([f"{text[:20]!r}: name the thing"] if NEIGHBOUR.match(text) else [])]
    ]
    assert not found, "\n".join(found)


def test_names_of_tests_use_plain_words() -> None:
    tests = REPOSITORY / "tests"
    found = [
        f"{path.relative_to(REPOSITORY)}: {name}: {fault}"
        for path in sorted(tests.rglob("test_*.py"))
        for name in re.findall(r"^ *def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
        for fault in faults(name.replace("_", " "))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_pages_use_plain_words(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    found = [f"{page.name}:{number}: {fault}" for number, line in enumerate(lines, 1) for fault in faults(line)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "no way out of the VPC",
        "a group that exists",
        "next to the group, beside it",
        "made here",
        "an IPv4 block",
        "no more",
    ],
)
def test_a_word_of_the_list_is_found(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize(
    "text", ["a route to the egress", "an existing group", "CIDR block of the VPC", "no more than 5"]
)
def test_plain_words_are_not_found(text: str) -> None:
    assert not faults(text)


DOCSTRINGS = '"""A module."""\nclass Subnet:\n    """A subnet."""\n    id: str\n    """The same of a subnet."""\n'


def test_docstrings_of_modules_classes_and_fields_are_read() -> None:
    assert [text for _, text in public_docstrings(ast.parse(DOCSTRINGS))] == [
        "A module.",
        "A subnet.",
        "The same of a subnet.",
    ]
    assert not [*public_docstrings(ast.parse(DOCSTRINGS.replace("Subnet", "_Subnet").replace("module", "package")))][1:]


@pytest.mark.parametrize("text", ["The same of a peering.", "Its id.", "Of the zone."])
def test_a_docstring_that_needs_another_one_is_found(text: str) -> None:
    assert NEIGHBOUR.match(text)


@pytest.mark.parametrize("text", ["Status of a peering connection.", "Ids of all rules.", "Offered zones."])
def test_a_docstring_that_is_understood_alone_is_not_found(text: str) -> None:
    assert not NEIGHBOUR.match(text)
