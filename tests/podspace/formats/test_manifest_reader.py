"""ConfigMaps that switch network policies on are read whole, and all others are counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from podspace.formats.document import composed
from podspace.formats.manifest_reader import Reading, manifests_in, read_manifests
from podspace.lint.linter import lint
from tests.podspace.manifests import a_node_class

FILE = Path("file.yaml")
SWITCH = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: amazon-vpc-cni, namespace: kube-system}
data: {enable-network-policy-controller: "true"}
"""
NODE_CLASS = yaml.safe_dump(a_node_class(snatPolicy="random"))


def reading(*documents: str) -> Reading:
    result = Reading()
    manifests_in("\n---\n".join(documents), FILE, result)
    return result


def test_the_switch_is_read_and_counted() -> None:
    """With its line, wherever it stands in the file."""
    result = reading(NODE_CLASS, SWITCH)
    (switch,) = result.switches
    assert switch.data == yaml.safe_load(SWITCH)
    assert switch.line_of("") == len(NODE_CLASS.splitlines()) + 3
    assert (len(result.objects), dict(result.passed_over)) == (1, {"ConfigMap": 1})


@pytest.mark.parametrize(
    ("text", "switches"),
    [
        (SWITCH, 1),
        (SWITCH.replace("amazon-vpc-cni", "aws-node"), 0),
        (SWITCH.replace("ConfigMap", "Secret"), 0),
        (SWITCH.replace("{name: amazon-vpc-cni, namespace: kube-system}", "amazon-vpc-cni"), 0),
        (SWITCH.replace("name: amazon-vpc-cni, ", ""), 0),
        (f"{SWITCH}---\n{SWITCH}", 2),
        ("kind: List\nitems:\n- {kind: ConfigMap, metadata: {name: amazon-vpc-cni}}\n- {kind: ConfigMap}\n", 1),
        ("a: &a {name: amazon-vpc-cni}\nkind: ConfigMap\nmetadata: {<<: *a}\n", 1),
    ],
)
def test_a_config_map_is_the_switch_by_its_name(text: str, switches: int) -> None:
    """In a List and by a merge as well."""
    result = reading(text)
    assert (len(result.switches), result.unreadable) == (switches, [])
    assert result.objects == []


def test_what_is_in_a_config_map_is_not_looked_at(tmp_path: Path) -> None:
    """A template that one carries is no template of this deployment."""
    template = "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  A: {Type: AWS::EC2::Subnet}\n"
    carrier = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a.yaml": template}}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(carrier, default_style="|"))
    linted = lint([tmp_path])
    assert (dict(linted.checked), dict(linted.passed_over), linted.exit_status) == ({}, {"ConfigMap": 1}, 0)


def test_a_config_map_with_resources_may_be_written_as_it_likes(tmp_path: Path) -> None:
    """As every other object that is not read."""
    text = "kind: ConfigMap\ndata: {a: 1, a: 2}\nmore: |\n  Resources: none\n"
    (tmp_path / "a.yaml").write_text(text)
    assert lint([tmp_path]).passed_over == {"ConfigMap": 1}


def test_a_switch_that_cannot_be_read_leaves_the_rest_to_be_judged(tmp_path: Path) -> None:
    """As any object does."""
    (tmp_path / "a.yaml").write_text(f"{SWITCH}data: {{}}\n---\n{NODE_CLASS}")
    linted = lint([tmp_path])
    assert linted.exit_status == 1
    assert linted.checked == {"NodeClass": 1}


def test_several_paths_are_one_reading(tmp_path: Path) -> None:
    """Of files and folders; what cannot be read leaves the rest."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.yaml").write_text(SWITCH)
    (tmp_path / "b.yaml").write_text(NODE_CLASS)
    result = read_manifests([tmp_path / "in", tmp_path / "b.yaml", tmp_path / "c.yaml"])
    assert (len(result.switches), len(result.objects)) == (1, 1)
    assert [str(problem.location) for problem in result.unreadable] == [str(tmp_path / "c.yaml")]


def test_documents_of_other_kinds_are_counted_and_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and lines of the other documents are those of the file."""
    other = "apiVersion: v1\nkind: Secret # a comment\ndata:\n  a: |\n    kind: NodeClass\n"
    ours = "apiVersion: eks.amazonaws.com/v1\nkind: NodeClass\nmetadata: {name: a}\n"
    path = tmp_path / "a.yaml"
    path.write_text(f"{other}---\n{other}---\n{ours}---\n{other}")
    parsed: list[yaml.Node] = []

    def recorded(text: str, at: Path) -> Iterator[yaml.Node]:
        for node in composed(text, at):
            parsed.append(node)
            yield node

    monkeypatch.setattr("podspace.formats.manifest_reader.composed", recorded)
    reading = read_manifests([path])
    (found,) = reading.objects
    assert (found.name, found.number, found.document.lines[""]) == ("a", 3, 13)
    assert dict(reading.passed_over) == {"Secret": 3}
    assert sum(isinstance(node, yaml.MappingNode) for node in parsed) == 1
