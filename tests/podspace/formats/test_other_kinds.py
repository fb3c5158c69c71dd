"""Objects of other kinds are counted and not parsed; what is read keeps its lines, numbers and findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podspace.formats.document import composed
from podspace.formats.manifest_reader import Reading, manifests_in
from podspace.formats.other_kinds import without_other_kinds
from tests.podspace.manifests import a_node_class

Body = dict[str, Any]

SECRET: Body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"kind": "NodeClass"}}
LIST: Body = {"apiVersion": "v1", "kind": "List"}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[yaml.Node]:
    """The documents that are parsed."""
    nodes: list[yaml.Node] = []

    def recorded(text: str, path: Path) -> Iterator[yaml.Node]:
        for node in composed(text, path):
            nodes.append(node)
            yield node

    monkeypatch.setattr("podspace.formats.manifest_reader.composed", recorded)
    return nodes


def read(text: str, name: str = "a.yaml", *, strict: bool = True) -> Reading:
    reading = Reading()
    manifests_in(text, Path(name), reading, strict=strict)
    return reading


def scalars(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value)
    for item in node.value if isinstance(node.value, list) else ():
        for inner in item if isinstance(item, tuple) else (item,):
            yield from scalars(inner)


def in_yaml(*items: Body, indent: str = "") -> str:
    """A List as kubectl writes it."""
    lines = [line for item in items for line in yaml.safe_dump([item], sort_keys=False).splitlines()]
    return "apiVersion: v1\nitems:\n" + "".join(f"{indent}{line}\n" for line in lines) + "kind: List\n"


LISTS = json.dumps({**LIST, "items": [{"a": 1}, 2, {**LIST, "items": [SECRET, a_node_class()]}]}) + "\n"
"""A List in a List, which is parsed."""
PIECES = [
    "",
    "# a comment\n",
    yaml.safe_dump(SECRET),
    yaml.safe_dump(a_node_class()),
    "# a comment\nkind: Secret # another\na: |\n  kind: NodeClass\n",
    "kind: ConfigMap\nmetadata: {name: amazon-vpc-cni}\n",
    "kind: ConfigMap\nmetadata: {name: other}\n",
    "kind: EC2NodeClass\nmetadata: {name: a}\n",
    "a: 1\n",
    "- a\n",
    "[1, 2]\n",
    in_yaml(SECRET, a_node_class(), SECRET),
    in_yaml(SECRET, SECRET),
    in_yaml(SECRET, a_node_class(), indent="  "),
    *(
        json.dumps({**LIST, "items": [SECRET, a_node_class(), SECRET, a_node_class()]}, indent=indent) + "\n"
        for indent in (None, 1)
    ),
    json.dumps({"items": [SECRET, SECRET], **LIST}) + "\n",
    json.dumps([a_node_class(), SECRET, a_node_class()], indent=1) + "\n",
    LISTS,
    json.dumps(SECRET) + "\n",
    json.dumps(a_node_class()) + "\n",
    '{"a": 1}\n',
]


@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=5), first=st.sampled_from(["", "---\n"]))
@pytest.mark.parametrize("strict", [True, False])
def test_the_same_is_read_as_if_everything_were_parsed(strict: bool, pieces: list[str], first: str) -> None:
    """With the same lines, numbers and counts."""
    text = first + "---\n".join(pieces)
    reading, whole = read(text, strict=strict), Reading()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("podspace.formats.manifest_reader.without_other_kinds", lambda text, *_, **__: text)
        manifests_in(text, Path("a.yaml"), whole, strict=strict)
    assert reading == whole
    lines = [[dict(found.document.lines) for found in each.objects] for each in (reading, whole)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("text", [piece for piece in PIECES if "Secret" in piece and piece != LISTS])
def test_objects_of_other_kinds_are_not_parsed(text: str, parsed: list[yaml.Node]) -> None:
    read(text)
    assert not any("Secret" in set(scalars(node)) for node in parsed)


@pytest.mark.parametrize(
    "text",
    [
        "kind: ConfigMap\nmetadata: {name: amazon-vpc-cni}\n",
        "kind: EC2NodeClass\nmetadata: {name: a}\n",
        "kind: nodeclass\n",
        "kind: Secret\nkind: Secret\n",
        "%YAML 1.1\n---\nkind: Secret\n...\n",
        "kind: Secret\na: \x00\n",
        "kind: Secret\n{{- if .Values.on }}\na: 1\n{{- end }}\n",
        "kind: Secret\na: {{ .Values.a }}\n",
        "kind: List\nitems: [{kind: Secret}]\n",
        "kind: List\nitems:\n- kind: Secret\n# a comment\n- kind: NodeClass\n",
        "kind: List\nitems:\n- kind: Secret\n  a: &a b\n- kind: NodeClass\n  a: *a\n",
        '{"kind": "List", "items": [{"kind": "Secret"}]} {}',
        '{"kind": "Secret"',
        '{"kind": 1}',
    ],
)
def test_a_text_that_is_not_clear_without_parsing_stays(text: str) -> None:
    passed_over = Counter[str]()
    assert (without_other_kinds(text, passed_over), passed_over) == (text, Counter())


def test_a_kustomization_is_read_whatever_its_kind(tmp_path: Path) -> None:
    text = "kind: Kustomization\npatches:\n- path: a.yaml\n"
    assert read(text, str(tmp_path / "kustomization.yaml")).patches


@pytest.mark.parametrize(("strict", "left"), [(True, "a: ["), (False, "")])
def test_a_file_without_a_kind_is_parsed_where_it_is_named(strict: bool, left: str) -> None:
    """In a folder it may be anything."""
    passed_over = Counter[str]()
    assert without_other_kinds("a: [", passed_over, found=not strict).strip(" ~\n") == left
    assert passed_over.total() == (not strict)
