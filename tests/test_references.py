"""Whatever the pages refer to exists: files, headings, keys, commands, targets, names; no placeholder is left.

Each check takes the text of a page and yields what is wrong in it.
"""

from __future__ import annotations

import builtins
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from podspace.cli import app
from tests.checkout import source_files
from tests.config_paths import config_paths
from tests.template import REPOSITORY
from tools.site.sources import anchors

PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]
SOURCES = ("podspace", "constructs_lib", "k8s", "stacks", "tools", "ci")

CONFLICT = re.compile(r"^(?:<{7} |>{7} |\|{7} )", re.MULTILINE)
"""A line of seven equals signs alone is no marker: in Markdown it underlines a heading."""
PLACEHOLDER = re.compile(
    r"OWNER/REPOSITORY|\bTODO\b|\bFIXME\b|\bXXX\b|\bTBD\b|lorem ipsum|<your-[\w-]*>|\bYOUR_\w+"
    r"|\]\((?:https?://|mailto:)[^)\s]*\bexample\.(?:com|net|org)",
    re.IGNORECASE,
)
LINK = re.compile(r"(?:\]\(|^\[[^]]+\]: )([^):\s#]*)(?:#([\w-]+))?(?=[)\s]|$)", re.MULTILINE)
FILE = re.compile(r"`([\w./-]*\w\.(?:py|md|yaml|json|toml|svg))`")
FOLDER = re.compile(r"`((?:podspace|constructs_lib|k8s|stacks|tools|tests|docs|benchmarks|examples|ci)(?:/[\w-]+)+)/?`")
NAME = re.compile(r"`((?:podspace|constructs_lib|tools|benchmarks|tests)(?:\.\w+)+)`")
CLASS = re.compile(r"`(?!\w+(?:Exceeded|Violation|AlreadyExists)`)([A-Z][a-z]+(?:[A-Z][A-Za-z]*)+)(?:\([^`]*\))?`")
"""A name in camel case that is no error code of AWS."""
KEY = re.compile(r"`([a-z_]+(?:\[[\w*]*\])*(?:\.[\w*-]+(?:\[[\w*]*\])*)+)`")
CODE = re.compile(r"^ *```(?:sh|console|bash)\n(.*?)^ *```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)

ELSEWHERE = frozenset(
    {
        *("cdk.context.json", "manifest.json", "tree.json", "cdk.out/manifest.json", "kustomization.yaml"),
        *(".podspace.yaml", ".pre-commit-config.yaml", "podspace-config.schema.json"),
        *(
            "pyproject.toml",
            "CHANGELOG.md",
            "cdk.out/validation-report.json",
            "validation-report.json",
            "template.json",
        ),
    }
)
"""Names of files that CDK, Kustomize and others write, or that a reader's own repository has."""
OTHER_OBJECTS = frozenset({"vpc.private_subnets", "egress.resources"})
"""Dotted names that begin like a key of a config: an attribute of `ec2.Vpc`, a module of podspace."""
OTHER_NAMES = frozenset(
    {
        *("AmazonEKSAutoNodePolicy", "AdministratorAccess", "SecurityGroupPolicy", "PolicyValidationPluginReport"),
        *("PutMetricAlarm", "NodeNotHealthy", "CriticalAddonsOnly", "KubectlReadyBarrier", "DeprecationWarning"),
    }
)
"""Names of AWS, Kubernetes and CDK that the source does not have."""


def conflict_markers(text: str, _: Path) -> Iterator[str]:
    yield from CONFLICT.findall(text)


def placeholders(text: str, _: Path) -> Iterator[str]:
    yield from PLACEHOLDER.findall(text)


def dead_links(text: str, page: Path) -> Iterator[str]:
    """Links to files that do not exist, and to headings that a page does not have."""
    for path, anchor in LINK.findall(text):
        target = page.parent / path if path else page
        if path and not target.exists():
            yield path
        elif anchor and target.suffix == ".md":
            there = text if not path else target.read_text(encoding="utf-8")
            if anchor not in set(anchors(there)):
                yield f"{path}#{anchor}"


def missing_files(text: str, page: Path) -> Iterator[str]:
    if page.name == "public-templates.md":  # paths of other repositories
        return
    for name in FILE.findall(text):
        theirs = name in ELSEWHERE or name.startswith(("cdk.out/", "dist/"))
        a_contributor_adds = re.search("KIND|PART", name)
        if not (theirs or a_contributor_adds or any(file == name or file.endswith(f"/{name}") for file in files())):
            yield name
    for name in FOLDER.findall(text):
        if not re.search("KIND|PART|NAME", name) and not (REPOSITORY / _installed(name)).exists():
            yield name


def missing_names(text: str, _: Path) -> Iterator[str]:
    yield from (name for name in NAME.findall(text) if not is_there(name))
    yield from (name for name in CLASS.findall(text) if name not in names_of_source() and not hasattr(builtins, name))


def missing_keys(text: str, _: Path) -> Iterator[str]:
    known = {_without_indexes(path) for path in config_paths()}
    sections = {path.partition(".")[0] for path in known}
    for key in KEY.findall(text):
        plain = _without_indexes(key)
        is_file = key.endswith((".py", ".yaml", ".json", ".md"))
        if plain.partition(".")[0] in sections and not is_file and plain not in known | OTHER_OBJECTS:
            yield key


def missing_commands(text: str, _: Path) -> Iterator[str]:
    """Commands of podspace and their options, and targets of make."""
    for words in commands(text):
        if words[0] == "make":
            yield from (
                f"make {word}" for word in words[1:2] if re.fullmatch(r"[a-z-]+", word) and word not in targets()
            )
        elif len(words) > 1 and re.fullmatch(r"[a-z][a-z-]*", words[1]):
            options = options_of(words[1])
            given = [word.partition("=")[0] for word in words[2:] if re.match(r"--[a-z]", word)]
            if options is None:
                yield f"podspace {words[1]}"
            else:
                yield from (f"podspace {words[1]} {option}" for option in given if option not in options)


CHECKS: list[Callable[[str, Path], Iterator[str]]] = [
    conflict_markers,
    placeholders,
    dead_links,
    missing_files,
    missing_names,
    missing_keys,
    missing_commands,
]


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command of podspace or make, in shell blocks and in backticks."""
    for block, inline in CODE.findall(text):
        for line in (block.replace("\\\n", " ") or inline).splitlines():
            for part in re.split(r"\||;|&&|#|\$\(|>", line):
                words = part.replace(")", " ").split()
                if words[:1] in (["podspace"], ["make"]):
                    yield [word.strip("[]…,") for word in words]


@cache
def files() -> tuple[str, ...]:
    return tuple(map(str, source_files()))


@cache
def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@cache
def options_of(command: str) -> frozenset[str] | None:
    """The options of a command of podspace; None if there is no such command."""
    found = typer.main.get_group(app).commands.get(command)
    if found is None:
        return None
    return frozenset({"--help", *(name for each in found.params for name in (*each.opts, *each.secondary_opts))})


@cache
def names_of_source() -> frozenset[str]:
    """Every name in camel case that the source has, as the name of a class or in a text such as a property of AWS."""
    sources = [file for folder in SOURCES for file in (REPOSITORY / folder).rglob("*.py")]
    sources += (REPOSITORY / "examples").rglob("*.yaml")  # names of alerts
    found = (re.findall(r"\b[A-Z][A-Za-z]+\b", file.read_text(encoding="utf-8")) for file in sources)
    return OTHER_NAMES.union(*found)


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def _installed(folder: str) -> str:
    """The folder of a package that is installed under another name."""
    return re.sub(r"^podspace/(k8s|stacks)\b", r"\1", folder)


def _without_indexes(path: str) -> str:
    return re.sub(r"\[[^]]*\]|\.\*", "", path)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_what_a_page_refers_to_exists(page: Path, check: Callable[[str, Path], Iterator[str]]) -> None:
    assert [*check(page.read_text(encoding="utf-8"), page)] == []


def test_no_file_has_merge_conflict_markers() -> None:
    texts = {file: (REPOSITORY / file).read_bytes().decode("utf-8", "replace") for file in source_files()}
    assert [str(file) for file, text in texts.items() if CONFLICT.search(text)] == []


def test_pages_in_messages_and_docstrings_exist() -> None:
    """With their headings, if a message names one."""
    missing = []
    for folder in SOURCES:
        for file in sorted((REPOSITORY / folder).rglob("*.py")):
            for path, anchor in re.findall(r"\b(docs/[\w/-]+\.md)(?:#([\w-]+))?", file.read_text(encoding="utf-8")):
                there = REPOSITORY / path
                if not there.is_file() or (anchor and anchor not in set(anchors(there.read_text(encoding="utf-8")))):
                    missing.append(f"{file.relative_to(REPOSITORY)}: {path}#{anchor}")
    assert missing == []


HERE = REPOSITORY / "docs" / "lint.md"


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (conflict_markers, "# Title\n\n<<<<<<< HEAD\n"),
        (conflict_markers, ">>>>>>> branch\n"),
        (placeholders, "This is TODO."),
        (placeholders, "podspace init --cluster <your-cluster>"),
        (placeholders, "See [the page](https://www.example.com/page)."),
        (dead_links, "[one](no-page.md)"),
        (dead_links, "[one](lint.md#no-heading)"),
        (dead_links, "[one](#no-heading)"),
        (dead_links, "[one]\n\n[one]: no-page.md#heading"),
        (missing_files, "`podspace/no_module.py`"),
        (missing_files, "`podspace/no_folder/`"),
        (missing_names, "`podspace.lint.nothing`"),
        (missing_names, "the class `NoSuchClass`"),
        (missing_names, "`NoSuchClass(manifests=[])`"),
        (missing_keys, "`cluster.create.no_key`"),
        (missing_keys, "`egress[0].no_key`"),
        (missing_commands, "`podspace no-command`"),
        (missing_commands, "`podspace plan --no-option 3`"),
        (missing_commands, "```sh\npodspace plan config/article.yaml \\\n  --no-option\n```\n"),
        (missing_commands, "```sh\ncat x | podspace lnt -\n```\n"),
        (missing_commands, "`make no-target`"),
    ],
)
def test_a_wrong_reference_is_found(check: Callable[[str, Path], Iterator[str]], text: str) -> None:
    assert len([*check(text, HERE)]) == 1


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (conflict_markers, "Title\n=======\n"),
        (placeholders, "`example.com/team` is the key of a label."),
        (dead_links, "[one](checks.md), [two](https://example.com/no-page.md#x), [three](#here)\n\n## Here\n"),
        (missing_files, "`podspace/lint/linter.py`, `linter.py`, `podspace/lint/`, `podspace/k8s`, `cdk.out/any.json`"),
        (missing_names, "`podspace.lint.linter.lint`, `AutoModePods(vpc=vpc)`, `ValueError`, `NodePool`"),
        (missing_keys, "`cluster.create.version`, `pods.cidrs[0]`, `egress[*].to`, `spec.role`, `cluster.py`"),
        (missing_commands, "`podspace plan config/a.yaml --pods 3 --format=json`, `make test`, podspace nothing"),
    ],
)
def test_a_right_reference_is_not_found(check: Callable[[str, Path], Iterator[str]], text: str) -> None:
    assert [*check(text, HERE)] == []
