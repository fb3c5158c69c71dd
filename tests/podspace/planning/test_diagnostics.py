"""Ids and places of the diagnostics in the source of planning: on the page of rules, and in the config model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from podspace.planning.consequences import CAUSES, TO_BE_REMOVED, WRONG_RANGES, Cause
from podspace.planning.egress.config import EgressConfig
from podspace.planning.egress.kinds import EGRESS_KINDS
from tests.config_paths import ANY, config_paths, exists
from tests.template import REPOSITORY

PLANNING = REPOSITORY / "podspace" / "planning"
SOURCES = sorted(PLANNING.rglob("*.py"))
SECTIONS = (
    "apply|cluster|egress|endpoints|environment|flow_logs|name|node_classes|node_pools|pods|prices|stack|vpc_cni|vpc"
)
OF_OTHER_FILES = {"--ipv6-subnet", "--subnet", "CIDR"}
"""Options and arguments of a command, which is in a growth request as places."""
UNKNOWN = "\0"
"""A part of a path that the source computes."""
STEP = r"(\\.[^.\\[]+|\\[[^\\]]+\\])"
"""A key or an index behind another key, as a replacement of `re.sub`."""


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of functions or methods with one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def texts(value: ast.expr, tree: ast.Module) -> set[str]:
    """The strings that an expression can be; those of a table of the module, if it is looked up there."""
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        tables = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        named = {
            ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target): node.value for node in tables
        }
        table = named.get(value.value.id)
        return {str(each.value) for each in table.values if isinstance(each, ast.Constant)} if isinstance(table, ast.Dict) else set()  # fmt: skip
    if isinstance(value, ast.JoinedStr):
        return {"".join(str(part.value) if isinstance(part, ast.Constant) else UNKNOWN for part in value.values)}
    if isinstance(value, ast.BoolOp):
        return {text for each in value.values for text in texts(each, tree)}
    if isinstance(value, ast.IfExp):
        return texts(value.body, tree) | texts(value.orelse, tree)
    if isinstance(value, ast.Constant):
        return {value.value} if isinstance(value.value, str) else set()
    return set()


def ids(source: str) -> Iterator[str]:
    """The id of every diagnostic; one that is computed fails the test."""
    tree = ast.parse(source)
    for call in calls(tree, "Diagnostic"):
        value = keyword(call, "id")
        assert value is not None, ast.unparse(call)
        found = texts(value, tree)
        assert found, ast.unparse(value)
        yield from found
    for call in calls(tree, "replace"):
        if (value := keyword(call, "id")) is not None:
            yield from texts(value, tree)


def of_planning() -> list[str]:
    sources = [*SOURCES, REPOSITORY / "podspace" / "cidr.py"]
    return sorted({id for path in sources for id in ids(path.read_text())})


@pytest.mark.parametrize("id", of_planning())
def test_every_id_is_in_kebab_case_and_on_the_page_of_rules(id: str) -> None:
    page = (REPOSITORY / "docs" / "rules.md").read_text()
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)
    assert re.search(rf"^\| `{id}` \|", page, re.MULTILINE), "add it to docs/rules.md"


def test_every_id_on_the_page_of_rules_is_in_planning() -> None:
    page = (REPOSITORY / "docs" / "rules.md").read_text()
    listed = re.findall(r"^\| `([a-z0-9]+(?:-[a-z0-9]+)+)` \|", page, re.MULTILINE)
    assert len(listed) > 100
    elsewhere = (
        REPOSITORY / "podspace" / "api" / "node_class.py",
        REPOSITORY / "podspace" / "api" / "requirement.py",
        *(REPOSITORY / "podspace" / "formats").glob("*.py"),
    )
    source = "".join(path.read_text() for path in elsewhere) + (REPOSITORY / "podspace" / "diagnostic.py").read_text()
    assert [id for id in sorted(set(listed) - set(of_planning())) if f'"{id}"' not in source] == []


def test_every_place_that_the_page_of_rules_names_is_in_the_config_model() -> None:
    page = (REPOSITORY / "docs" / "rules.md").read_text()
    rows = re.findall(r"^\| `[a-z0-9-]+` \| ((?:`[\w.]+`(?:, )?)+) \|", page, re.MULTILINE)
    places = {place for row in rows for place in re.findall(r"`([\w.]+)`", row)}
    known = {re.sub(r"\[\*\]", "", path) for path in config_paths()}
    assert len(places) > 30
    assert sorted(places - known) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Diagnostic(id="a-b", message="")', ["a-b"]),
        ('Diagnostic(id="a" if x else "b", message="")', ["a", "b"]),
        ('IDS = {"x": "a-b"}\nDiagnostic(id=IDS[key], message="")', ["a-b"]),
        ('replace(problem, id=problem.id or "a-b")', ["a-b"]),
    ],
)
def test_ids_are_read_from_the_source(source: str, expected: list[str]) -> None:
    assert sorted(ids(source)) == expected


@pytest.mark.parametrize("source", ['Diagnostic(message="")', 'Diagnostic(id=name, message="")'])
def test_a_diagnostic_without_a_literal_id_is_found(source: str) -> None:
    with pytest.raises(AssertionError):
        list(ids(source))


def joined(value: ast.expr, tree: ast.Module) -> set[str]:
    """The paths that an expression can be, also by `place_of((…))`; without those that are computed as a whole."""
    if isinstance(value, ast.Call) and next(calls(value, "place_of"), None) is value and value.args:
        (argument,) = value.args
        if not isinstance(argument, ast.Tuple):
            return set()
        parts = [
            f".{each.value!s}" if isinstance(each, ast.Constant) else UNKNOWN  # a key or an index
            for each in argument.elts
            if not isinstance(each, ast.Starred)
        ]
        return {"".join(parts).removeprefix(".")}
    if isinstance(value, ast.JoinedStr):
        options = [""]
        for part in value.values:
            inner = joined(part.value, tree) if isinstance(part, ast.FormattedValue) else texts(part, tree)
            options = [before + text for before in options for text in inner or {UNKNOWN}]
        return set(options)
    if isinstance(value, ast.IfExp):
        return joined(value.body, tree) | joined(value.orelse, tree)
    return texts(value, tree) if isinstance(value, ast.Constant) else set()


def literal_paths(source: str) -> Iterator[str]:
    """Paths that the source writes out, with `UNKNOWN` for computed parts.

    These are the arguments of `Location(path=…)`, `Claim(place=…)`, `ZoneMap(key=…)`, `within(…)` and `at(…)`, and
    every string that looks like a path of a config.
    """
    tree = ast.parse(source)
    for names, argument in (({"Location"}, "path"), ({"Claim", "Share"}, "place"), ({"ZoneMap"}, "key")):
        for call in calls(tree, *names):
            if (value := keyword(call, argument)) is not None:
                yield from joined(value, tree)
    for call in calls(tree, "within", "at"):
        yield from joined(call.args[0], tree) if call.args else ()
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(rf"({SECTIONS})(\.[a-z_0-9]+)+", text):
            yield text


def bases(source: str) -> set[str]:
    """Where the paths of a module may begin: at the config, inside what it passes to `within`, or at an entry."""
    tree = ast.parse(source)
    found = {text for call in calls(tree, "within") if call.args for text in joined(call.args[0], tree)}
    if "EgressKind" in source or "ZoneMap" in source or "EgressConfig" in source:
        found.add(f"egress[{UNKNOWN}]")
    nested = {f"{outer}.{inner}" for outer in found for inner in found if outer != inner}
    return {"", *found, *nested}


def is_known(path: str, begins: set[str]) -> bool:
    """Whether a path, or it inside one of the places where it may begin, is one of the config model."""
    for base in begins:
        whole = f"{base}.{path}" if base else path
        pattern = re.sub(rf"(?<=\w){UNKNOWN}", STEP, re.escape(whole).replace("\\" + UNKNOWN, UNKNOWN))
        pattern = pattern.replace(UNKNOWN, ".+")
        if any(re.fullmatch(pattern, known) or re.fullmatch(pattern, concrete(known)) for known in config_paths()):
            return True
    return False


def concrete(path: str) -> str:
    """A path with an index and a key for its wildcards."""
    return path.replace(f"[{ANY}]", "[0]").replace(f".{ANY}", ".shared")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PLANNING)))
def test_every_place_in_the_source_is_in_the_config_model(path: Path) -> None:
    """So that renaming a key of the config cannot leave a wrong place behind."""
    source = path.read_text()
    places = {place for place in literal_paths(source) if place.strip(UNKNOWN + ".[]")} - OF_OTHER_FILES
    assert sorted(place for place in places if not is_known(place, bases(source))) == []


def test_places_are_read_from_the_source() -> None:
    found = {place for path in SOURCES for place in literal_paths(path.read_text())}
    assert len(found) > 90
    assert {"vpc.cidrs", "pods.cidrs[\0]", "allocation_ids", "interfaces.subnets", "transit_gateway"} <= found


@pytest.mark.parametrize(
    "source",
    [
        'Location(path="pods.cidr")',
        'Location(path=f"pods.cidr[{index}]")',
        'Location(path=f"pods.cidrs[{index}].others[{number}]")',
        'Location(path=place_of(("pods", "ipv6_subnet", zone)))',
        'ZoneMap(key="nat_gateway", given={})',
        'for place in ("vpc.identifier", "pods.zones"): ...',
        'problem.within("endpoint")',
    ],
)
def test_a_place_that_no_config_has_is_found(source: str) -> None:
    assert [place for place in literal_paths(source) if not is_known(place, bases(source) - {"endpoint"})]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("pods.cidrs[3].cidr", True),
        ("vpc.node_subnets.eu-west-1a[0]", True),
        ('stack.tags["a.b/c"]', True),
        ("egress[1].nat_gateways.shared", True),
        ("egress[1].nat_gateways.ids", True),
        ("pods.cidrs.cidr", False),
        ("pods.subnet", False),
        ("vpc.node_subnets.eu-west-1a.x", False),
        ("egress[1].nat_gateways.shared.x", False),
    ],
)
def test_a_path_exists_if_the_model_has_its_keys(path: str, known: bool) -> None:
    assert exists(path) == known


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: min(cause.ids))
def test_every_cause_has_ids_of_planning_and_places_of_the_config_model(cause: Cause) -> None:
    assert (cause.ids | cause.hides) - set(of_planning()) == set()
    for pattern in (cause.place, cause.within):
        assert any(re.fullmatch(pattern, concrete(path)) for path in config_paths()), pattern


def test_every_id_of_a_key_to_be_removed_is_one_of_planning() -> None:
    assert (TO_BE_REMOVED | WRONG_RANGES) - set(of_planning()) == set()


def test_every_kind_of_gateway_has_its_keys_in_the_config() -> None:
    for kind in EGRESS_KINDS:
        assert {kind.key, *kind.settings} <= set(EgressConfig.model_fields)
