"""Manifests of any tool are found, read as kubectl reads them, and judged where they stand."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podspace.api import problems_in, read
from podspace.api.kinds import names_no_provider
from podspace.lint.linter import Linted, lint
from tests.podspace.manifests import (
    Manifest,
    a_node_class,
    a_node_pool,
    an_eni_config,
    the_full_ones,
)

NODE_CLASS = """\
apiVersion: eks.amazonaws.com/v1
kind: NodeClass
metadata: {name: pods}
spec:
  role: nodes
  subnetSelectorTerms: [{id: subnet-0a}]
  securityGroupSelectorTerms: [{id: sg-0a}]
"""
TEMPLATE = """\
{{- if .Values.enabled }}
apiVersion: eks.amazonaws.com/v1
kind: NodeClass
metadata: {name: {{ .Values.name }}}
{{- end }}
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

Write = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    """Writes a file and says where."""

    def write(content: object, name: str = "file.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return path

    return write


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | str], Path]:
    """Fills standard input."""

    def fill(content: bytes | str) -> Path:
        raw = content if isinstance(content, bytes) else content.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        return Path("-")

    return fill


def places(linted: Linted) -> list[str]:
    return [finding.location.path for finding in linted.findings]


def unreadable(linted: Linted) -> list[str]:
    return [problem.message for problem in linted.unreadable]


def the_unreadable(linted: Linted, gist: str) -> str:
    """The one place that could not be read, for a reason of that gist."""
    (problem,) = linted.unreadable
    assert gist in problem.message
    assert linted.exit_status == 2
    return str(problem.location)


def counted(linted: Linted) -> tuple[dict[str, int], dict[str, int]]:
    return dict(linted.checked), dict(linted.passed_over)


def test_manifests_that_are_right_are_counted(file: Write) -> None:
    """And nothing is said of them but doubts."""
    linted = lint([file(manifest, f"{number}.yaml") for number, manifest in enumerate(the_full_ones())])
    assert counted(linted) == ({"NodeClass": 1, "NodePool": 1, "ENIConfig": 1}, {})
    assert [(finding.id, finding.severity) for finding in linted.findings] == [("may-not-work", "warning")]
    assert (linted.unreadable, linted.exit_status) == ([], 0)


def test_a_finding_says_what_and_where(file: Write) -> None:
    """The file, the line, the document in it, the object, the rule and the problem."""
    path = file(f"{CONFIG_MAP}---\n{NODE_CLASS}  snatPolicy: random\n")
    linted = lint([path])
    (finding,) = linted.findings
    assert (finding.location.file, finding.location.line, finding.location.document) == (str(path), 12, 2)
    assert (finding.location.kind, finding.location.name) == ("NodeClass", "pods")
    assert (finding.id, finding.severity) == ("refused-by-api-server", "error")
    assert finding.location.path == "spec.snatPolicy"
    assert linted.exit_status == 1


@pytest.mark.parametrize(
    ("lines", "place", "line"),
    [
        ("  snatPolicy: random", "spec.snatPolicy", 8),
        ("  # why\n\n  snatPolicy: random", "spec.snatPolicy", 10),
        ("  tags:\n    a: b\n    aws:c: d", 'spec.tags["aws:c"]', 10),
        ("  ephemeralStorage:\n    iops:\n      1", "spec.ephemeralStorage.iops", 9),
        ("  podSubnetSelectorTerms: [{id: subnet-0b}]", "spec.podSecurityGroupSelectorTerms", 4),
        ("  advancedNetworking:\n    noProxy:\n      - a\n      - ''", "spec.advancedNetworking.noProxy[1]", 11),
        ("  certificateBundles:\n    - name: a", "spec.certificateBundles[0].data", 9),
        ("nothing: 1", "nothing", 8),
    ],
)
def test_a_finding_stands_on_the_line_of_its_place(file: Write, lines: str, place: str, line: int) -> None:
    """Or, where something is missing, of what it is missing in."""
    (finding,) = lint([file(f"{NODE_CLASS}{lines}\n")]).findings
    assert (finding.location.path, finding.location.line) == (place, line)


def test_findings_are_in_the_order_of_files_and_lines(file: Write) -> None:
    """Whatever rule they are of."""
    wrong = f"{NODE_CLASS.replace('role: nodes', 'role: a b')}  tags: {{'aws:x': z}}\n  snatPolicy: random\n"
    linted = lint([file(f"{wrong}---\n{wrong}", "b.yaml"), file(wrong, "a.yaml")])
    found = [
        (Path(finding.location.file).name, finding.location.document, finding.location.line)
        for finding in linted.findings
    ]
    assert found == [
        ("b.yaml", 1, 5),
        ("b.yaml", 1, 8),
        ("b.yaml", 1, 9),
        ("b.yaml", 2, 15),
        ("b.yaml", 2, 18),
        ("b.yaml", 2, 19),
        ("a.yaml", 1, 5),
        ("a.yaml", 1, 8),
        ("a.yaml", 1, 9),
    ]
    assert linted.checked == {"NodeClass": 3}


def test_an_object_without_a_name_has_none(file: Write) -> None:
    """Nor one whose name is no text."""
    for metadata in ("{}", "{name: 5}", "5"):
        linted = lint([file(NODE_CLASS.replace("{name: pods}", metadata))])
        assert [finding.location.name for finding in linted.findings] == [""]


def test_a_list_is_the_objects_in_it(file: Write) -> None:
    """As `kubectl get -o yaml` prints them, with what the server writes, at any depth."""
    served = deepcopy(the_full_ones())
    for manifest in served:
        manifest["metadata"] |= {"uid": "a", "resourceVersion": "1", "creationTimestamp": "2026-11-24T10:00:00Z"}
        manifest["status"] = {"conditions": []}
    served[1]["spec"]["weight"] = 0
    inner = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": served[1:]}
    config_map = {"apiVersion": "v1", "kind": "ConfigMap"}
    outer = {"apiVersion": "v1", "kind": "List", "items": [served[0], config_map, inner]}
    path = file(outer)
    linted = lint([path])
    assert counted(linted) == ({"NodeClass": 1, "NodePool": 1, "ENIConfig": 1}, {"ConfigMap": 1})
    finding = linted.findings[-1]
    assert (finding.location.kind, finding.location.document, finding.location.path) == ("NodePool", 1, "spec.weight")
    assert path.read_text().splitlines()[finding.location.line - 1].strip() == "weight: 0"


@pytest.mark.parametrize(
    ("kind", "items", "counts"),
    [
        ("NodePoolList", [a_node_pool(), a_node_pool()], ({"NodePool": 2}, {})),
        ("List", [], ({}, {})),
        ("List", None, ({}, {"List": 1})),
        ("List", {"a": 1}, ({}, {"List": 1})),
        ("List", [1, "a", None, {}], ({}, {"without a kind": 4})),
        ("Playlist", [a_node_pool()], ({}, {"Playlist": 1})),
    ],
)
def test_a_list_is_known_by_its_name_and_its_items(file: Write, kind: str, items: object, counts: Any) -> None:
    """Of one kind or of any; nothing in it is no object."""
    assert counted(lint([file({"apiVersion": "v1", "kind": kind, "items": items})])) == counts


def test_objects_of_other_kinds_are_counted(file: Write) -> None:
    """By kind, and NodePools of another provider, and what is no object."""
    other = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"}
    documents = [
        CONFIG_MAP,
        CONFIG_MAP,
        "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\n",
        "apiVersion: example.com/v1\nkind: NodeClass\n",
        yaml.safe_dump(a_node_pool(template={"nodeClassRef": other})),
        "text",
        "a: b",
        "kind: [NodeClass]",
    ]
    linted = lint([file("\n---\n".join(documents))])
    assert counted(linted) == (
        {},
        {"ConfigMap": 2, "EC2NodeClass": 1, "NodeClass": 1, "NodePool of another provider": 1, "without a kind": 3},
    )
    assert linted.exit_status == 0


def test_a_bare_list_of_objects_is_unreadable(file: Write) -> None:
    """As it is to kubectl, which takes a List."""
    the_unreadable(lint([file([a_node_class()])]), "kind List")


def test_the_documents_before_a_broken_one_are_judged(file: Write) -> None:
    linted = lint([file(f"{NODE_CLASS}  snatPolicy: x\n---\na: [b\n")])
    assert (places(linted), len(linted.unreadable), linted.exit_status) == (["spec.snatPolicy"], 1, 1)


def test_links_that_lead_nowhere_and_capital_suffixes_are_seen(file: Write, tmp_path: Path) -> None:
    """What is in a folder and cannot be read is not taken for clean."""
    file(a_node_class(snatPolicy="x"), "in/UPPER.YAML")
    (tmp_path / "in" / "gone.yaml").symlink_to("nowhere.yaml")
    linted = lint([tmp_path / "in"])
    assert (places(linted), len(linted.unreadable)) == (["spec.snatPolicy"], 1)


def test_merges_of_merges_take_no_time(file: Write) -> None:
    """Ten levels of ten would be ten billion pairs."""
    levels = ["l0: &l0 {a: b}"] + [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 10)}]}}" for n in range(1, 11)]
    text = NODE_CLASS + "  tags: {<<: *l10}\n"
    assert lint([file("kind: ConfigMap\n" + "\n".join(levels) + "\n")]).passed_over == {"ConfigMap": 1}
    assert lint([file(text, "unknown.yaml")]).exit_status == 2


def test_standard_input_that_is_empty_or_no_text_is_unreadable(stdin: Callable[[bytes | str], Path]) -> None:
    """As of a command before it that failed."""
    the_unreadable(lint([stdin("")]), "not be empty")
    the_unreadable(lint([stdin(b"\x80\x81")]), "UTF-8")


def test_a_pipe_is_read(tmp_path: Path) -> None:
    """Such as `<(helm template chart)`."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(f"{NODE_CLASS}  snatPolicy: x\n",))
    writer.start()
    assert places(lint([tmp_path / "pipe"])) == ["spec.snatPolicy"]
    writer.join()


def test_an_object_of_another_kind_may_be_written_as_it_likes(file: Write) -> None:
    """It is not read."""
    text = "kind: ConfigMap\ndata: {a: 1, a: 2}\n---\nkind: ConfigMap\na: &a [*a]\n---\n" + NODE_CLASS
    assert counted(lint([file(text)])) == ({"NodeClass": 1}, {"ConfigMap": 2})


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_file_may_be_empty(file: Write, text: str) -> None:
    """It has nothing wrong in it."""
    linted = lint([file(text)])
    assert counted(linted) == ({}, {})
    assert linted.exit_status == 0


@pytest.mark.parametrize(
    "text", [f"{NODE_CLASS}---\n", f"---\n---\n{NODE_CLASS}", f"{NODE_CLASS}---\n# Source: a.yaml\n---\n"]
)
def test_an_empty_document_is_no_object(file: Write, text: str) -> None:
    """As helm writes one for a template with nothing in it."""
    assert counted(lint([file(text)])) == ({"NodeClass": 1}, {})


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_read(file: Write, indent: int | str | None) -> None:
    """On one line, with spaces or with tabs, as an object or in an array's place."""
    manifest = a_node_class(snatPolicy="random", tags={"a": "ü\n\"'#: {"})
    path = file(json.dumps(manifest, indent=indent, ensure_ascii=False), "file.json")
    (finding,) = lint([path]).findings
    assert finding.location.path == "spec.snatPolicy"
    text = path.read_text().splitlines()
    assert ("snatPolicy" in text[finding.location.line - 1]) is True
    listed = file(json.dumps({"kind": "List", "items": [manifest]}, indent=indent), "list.json")
    assert places(lint([listed])) == ["spec.snatPolicy"]


def test_json_that_is_all_ascii_is_read(file: Write) -> None:
    """As Python and others write it by default."""
    path = file(json.dumps(a_node_class(tags={"a": "\N{GRINNING FACE}"})), "file.json")
    assert lint([path]).exit_status == 0


def test_standard_input_is_read(stdin: Callable[[str], Path]) -> None:
    """By the name `-`."""
    linted = lint([stdin(f"{NODE_CLASS}  snatPolicy: random\n")])
    assert [(finding.location.file, finding.location.line) for finding in linted.findings] == [("-", 8)]


def test_standard_input_that_is_no_text_is_unreadable(stdin: Callable[[bytes], Path]) -> None:
    """As a file is."""
    assert the_unreadable(lint([stdin(b"a: \xff")]), "a text file in UTF-8") == "-:1"


def test_a_folder_is_read_at_any_depth(file: Write, tmp_path: Path) -> None:
    """Every YAML and JSON file, in order, but for hidden ones; a file is read whatever its name is."""
    for name in (
        "b.yaml",
        "a/c.yml",
        "a/b/d.json",
        "a.txt",
        ".hidden.yaml",
        ".git/e.yaml",
        "a/.f/g.yaml",
        "h.yaml.orig",
    ):
        file(json.dumps(a_node_class(snatPolicy="random")), name)
    found = [str(Path(finding.location.file).relative_to(tmp_path)) for finding in lint([tmp_path]).findings]
    assert found == ["a/b/d.json", "a/c.yml", "b.yaml"]
    assert len(lint([tmp_path / "a.txt", tmp_path / ".hidden.yaml", tmp_path / ".git"]).findings) == 3


def test_a_folder_without_manifests_is_unreadable(file: Write, tmp_path: Path) -> None:
    """It is likely not the one that was meant."""
    file("a", "sub/a.txt")
    assert the_unreadable(lint([tmp_path / "sub"]), "at least one YAML or JSON file") == str(tmp_path / "sub")


@pytest.mark.parametrize(
    ("name", "gist"), [("nothing.yaml", "No such file or directory"), ("a\0b", "null byte"), ("nothing/a.yaml", "No such file")]
)  # fmt: skip
def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path, name: str, gist: str) -> None:
    """And named."""
    assert the_unreadable(lint([tmp_path / name]), gist) == str(tmp_path / name)


def test_a_name_that_no_file_can_have_is_unreadable(tmp_path: Path) -> None:
    """Like one that no file has."""
    the_unreadable(lint([tmp_path / ("a" * 300)]), "name too long")


def test_what_cannot_be_read_leaves_the_rest_to_be_judged(file: Write, tmp_path: Path) -> None:
    """Templates among it; in the end that counts."""
    file(TEMPLATE, "a.yaml")
    file(f"{NODE_CLASS}  snatPolicy: random\n", "b.yaml")
    file(f"{NODE_CLASS}  role: other\n---\n{NODE_CLASS}  snatPolicy: off\n", "c.yaml")
    linted = lint([tmp_path, tmp_path / "nothing.yaml"])
    assert sorted(places(linted)) == ["spec.role", "spec.snatPolicy", "spec.snatPolicy"]
    assert [str(problem.location).removeprefix(f"{tmp_path}/") for problem in linted.unreadable] == [
        "a.yaml:1",
        "nothing.yaml",
    ]
    assert linted.exit_status == 1


@pytest.mark.parametrize(
    "template", [TEMPLATE, "a: {{ .b }}\n  c: d\n", "{{- range .a }}\n---\nkind: NodeClass\n{{- end }}\n"]
)
def test_a_template_is_unreadable(file: Write, template: str) -> None:
    """Before it is rendered it is no YAML."""
    assert the_unreadable(lint([file(template)]), "must be one YAML document").startswith(str(file(template)))


@pytest.mark.parametrize(
    ("lines", "place"),
    [("  role: other", "8: spec.role"), ("kind: NodePool", "8: kind"), ("  tags: {a: b, a: c}", "8: spec.tags.a")],
)
def test_a_key_that_is_written_twice_is_a_finding(file: Write, lines: str, place: str) -> None:
    path = file(f"{NODE_CLASS}{lines}\n")
    linted = lint([path])
    (finding,) = linted.findings
    assert (finding.id, str(finding.location)) == ("duplicate-key", f"{path}:{place}")
    assert (linted.exit_status, linted.unreadable) == (1, [])


@pytest.mark.parametrize(
    ("lines", "place", "gist"),
    [
        ("  tags: &a {b: *a}", "", "contain itself"),
        ("  tags: &a {<<: *a}", "", "contain itself"),
        (f"  tags: {'[' * 60}{']' * 60}", "", "nested this deeply"),
        (f"  tags: {'[' * 3000}{']' * 3000}", "", "nested this deeply"),
        ("  tags: *nothing", "8", "undefined alias"),
        ("  tags: \x07", "", "'\\x07'"),
    ],
)
def test_what_has_no_one_meaning_is_unreadable(file: Write, lines: str, place: str, gist: str) -> None:
    """Told with its line, and never with a traceback."""
    path = file(f"{NODE_CLASS}{lines}\n")
    assert the_unreadable(lint([path]), gist) == (f"{path}:{place}" if place else str(path))


def billions(rows: int) -> str:
    lines = ["    a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    return "\n".join(lines + [f"    a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, rows)])


def test_a_few_lines_with_a_billion_values_are_unreadable(file: Write) -> None:
    """And of another kind they do no harm."""
    path = file(f"{NODE_CLASS}  tags:\n{billions(9)}\n")
    assert the_unreadable(lint([path]), "at most 100,000 values") == str(path)
    assert counted(lint([file(f"kind: ConfigMap\ndata:\n{billions(9)}\n")])) == ({}, {"ConfigMap": 1})


def test_a_list_that_contains_itself_is_unreadable(file: Write) -> None:
    """As an object is that does."""
    the_unreadable(lint([file("&a\nkind: List\nitems: [*a]\n")]), "contain itself")


def test_a_list_of_a_billion_objects_is_unreadable(file: Write) -> None:
    """As an object of a billion values is; here are a hundred thousand and more, which is bad enough."""
    rows = ["- &a0 {kind: ConfigMap}"]
    rows += [f"- &a{n} {{kind: List, items: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 6)]
    assert lint([file("\n".join(["kind: List", "items:", *rows]))]).exit_status == 2


def test_merge_keys_are_read(file: Write) -> None:
    """As kubectl reads them; a finding stands where the value does."""
    text = (
        f"{NODE_CLASS}  ephemeralStorage: &a {{iops: 1, size: 1Gi}}\n"
        "---\n"
        f"{NODE_CLASS.replace('name: pods', 'name: others')}  tags: &b\n    aws:a: b\n  advancedNetworking:\n    <<: {{enableV4Egress: 1}}\n"
    )
    found = [(finding.location.path, finding.location.line) for finding in lint([file(text)]).findings]
    assert found == [
        ("spec.ephemeralStorage.iops", 8),
        ('spec.tags["aws:a"]', 18),
        ("spec.advancedNetworking.enableV4Egress", 20),
    ]


MERGED = f"kind: List\nitems:\n- &a {json.dumps(a_node_class())}\n- <<: *a\n  metadata: {{name: other}}\n  data: 1\n"


def test_a_kind_may_be_merged_in(file: Write) -> None:
    """Like anything else."""
    assert counted(lint([file(MERGED)])) == ({"NodeClass": 2}, {})


@pytest.mark.parametrize(
    "number",
    [
        "112345678901",
        "012345670123",
        "012345678901",
    ],
)
def test_an_account_id_without_quotes_is_a_number(file: Write, number: str) -> None:
    """It is to kubectl, with or without a zero in front, and the API server refuses it; in quotes it is text."""
    terms = "  capacityReservationSelectorTerms: [{tags: {a: b}, owner: %s}]\n"
    assert lint([file(NODE_CLASS + terms % f'"{number}"')]).exit_status == 0
    (finding,) = lint([file(NODE_CLASS + terms % number)]).findings
    assert finding.location.path == "spec.capacityReservationSelectorTerms[0].owner"
    assert "must be text" in finding.message
    assert "quotes" in finding.fix


@pytest.mark.parametrize(
    "iops",
    [
        "3000",
        "3000.0",
        "3e3",
        "05670",
    ],
)
def test_a_number_is_what_it_is_to_kubectl(file: Write, iops: str) -> None:
    """However it is written: the last one is octal."""
    assert lint([file(f"{NODE_CLASS}  ephemeralStorage: {{iops: {iops}}}\n")]).exit_status == 0


@pytest.mark.parametrize("word", ["yes", "on", "true", "No"])
def test_a_word_that_yaml_reads_as_true_or_false_must_be_quoted(file: Write, word: str) -> None:
    """Where text is meant."""
    (finding,) = lint([file(f"{NODE_CLASS}  tags: {{a: {word}}}\n")]).findings
    assert "put it in quotes" in finding.fix


OLD = [a_node_class(), a_node_pool(), an_eni_config()]


def test_a_change_that_is_refused_is_an_error(file: Write) -> None:
    """It stands where the new value does."""
    new = file(yaml.safe_dump_all([a_node_class(role="other"), a_node_pool(replicas=3)]), "new.yaml")
    linted = lint([new], against=[file(yaml.safe_dump_all(OLD), "old.yaml")])
    assert [(finding.id, finding.severity, finding.location.path) for finding in linted.findings] == [
        ("update-refused", "error", "spec.role"),
        ("update-refused", "error", "spec.replicas"),
    ]
    lines = new.read_text().splitlines()
    assert [lines[finding.location.line - 1].strip() for finding in linted.findings] == ["role: other", "replicas: 3"]
    assert {finding.location.file for finding in linted.findings} == {str(new)}
    assert linted.exit_status == 1


def test_a_change_that_replaces_nodes_is_a_warning(file: Write) -> None:
    """It is a person's to weigh."""
    new = [
        a_node_class(snatPolicy="Disabled"),
        a_node_pool(template={"expireAfter": "1h"}),
        an_eni_config(subnet="subnet-0"),
    ]
    linted = lint([file(yaml.safe_dump_all(new), "new.yaml")], against=[file(yaml.safe_dump_all(OLD), "old.yaml")])
    assert [(finding.id, finding.severity, finding.location.path) for finding in linted.findings] == [
        ("update-replaces-nodes", "warning", "spec.snatPolicy"),
        ("update-replaces-nodes", "warning", "spec.template.spec.expireAfter"),
    ]
    assert linted.exit_status == 0
    assert linted.checked == {"NodeClass": 1, "NodePool": 1, "ENIConfig": 1}


def test_what_is_applied_is_looked_up_by_kind_and_name(file: Write) -> None:
    """Another object is not touched, one that is gone or new is no change, and what is applied is not judged."""
    old = [{**a_node_class(), "metadata": {"name": "pool"}}, {**a_node_pool(), "metadata": {"name": "pods"}}]
    old += [{**a_node_pool(weight=0), "metadata": {"name": "third"}}, {"kind": "ConfigMap"}]
    linted = lint(
        [file(yaml.safe_dump_all(OLD), "new.yaml")], against=[file({"kind": "List", "items": old}, "old.yaml")]
    )
    assert (linted.findings, linted.unreadable) == ([], [])
    assert counted(linted) == ({"NodeClass": 1, "NodePool": 1, "ENIConfig": 1}, {})


def test_what_is_wrong_hides_no_change(file: Write) -> None:
    """Neither in what is new nor in what is applied, which may be older than a rule."""
    new = file(a_node_class(role="a b"), "new.yaml")
    linted = lint([new], against=[file(a_node_class(aFieldOfTomorrow=1), "old.yaml")])
    assert [finding.id for finding in linted.findings].count("update-refused") == 1
    assert "refused-by-api-server" in [finding.id for finding in linted.findings]


def test_a_pool_of_self_managed_karpenter_does_not_become_one_of_auto_mode(file: Write) -> None:
    """Its reference is immutable, so what is applied is read whatever its provider."""
    old = a_node_pool()
    old["spec"]["template"]["spec"]["nodeClassRef"] = {
        "group": "karpenter.k8s.aws",
        "kind": "EC2NodeClass",
        "name": "pods",
    }
    linted = lint([file(a_node_pool(), "new.yaml")], against=[file(old, "old.yaml")])
    refused = [finding.location.path for finding in linted.findings if finding.id == "update-refused"]
    assert refused == ["spec.template.spec.nodeClassRef.group", "spec.template.spec.nodeClassRef.kind"]
    assert linted.exit_status == 1


def test_a_doubt_and_a_change_are_both_reported(file: Write) -> None:
    """In the order of their lines."""
    new = a_node_class(snatPolicy="Disabled", advancedSecurity={"kernelLockdown": "none"})
    linted = lint([file(new, "new.yaml")], against=[file(a_node_class(), "old.yaml")])
    assert [(finding.id, finding.location.path) for finding in linted.findings] == [
        ("may-not-work", "spec.advancedSecurity.kernelLockdown"),
        ("update-replaces-nodes", "spec.advancedSecurity.kernelLockdown"),
        ("update-replaces-nodes", "spec.snatPolicy"),
    ]


def test_what_is_applied_may_come_from_a_folder_or_standard_input(
    file: Write, stdin: Callable[[str], Path], tmp_path: Path
) -> None:
    """And be unreadable."""
    new = file(a_node_class(role="other"), "new.yaml")
    file(a_node_class(), "old/a.yaml")
    for against in (tmp_path / "old", stdin(yaml.safe_dump(a_node_class()))):
        assert [finding.id for finding in lint([new], against=[against]).findings] == ["update-refused"]
    linted = lint([new], against=[tmp_path / "nothing"])
    assert the_unreadable(linted, "No such file") == str(tmp_path / "nothing")
    assert linted.checked == {"NodeClass": 1}


def test_standard_input_is_not_both(stdin: Callable[[str], Path]) -> None:
    """It can be read once."""
    dash = stdin(f"{NODE_CLASS}  snatPolicy: random\n")
    assert lint([dash], against=[dash]).exit_status != 0


def test_what_is_applied_and_not_understood_is_reported(file: Write) -> None:
    """Or a change that is refused would pass without a word."""
    applied = a_node_class(aFieldOfTomorrow=1)
    assert lint([file(a_node_class(role="other"), "new.yaml")], against=[file(applied, "old.yaml")]).findings


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["1Gi", "1h"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
"""Values of any form."""


KEYS = st.sampled_from(["role", "name", "tags", "spec", "expireAfter", "replicas", "snat_policy", "kind"]) | st.text()


@st.composite
def mutated(draw: st.DrawFn) -> Manifest:
    """A manifest that was right, with values replaced, dropped or inserted anywhere."""
    manifest: Manifest = deepcopy(draw(st.sampled_from(the_full_ones())))
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        holder = draw(st.sampled_from(list(_holders(manifest))))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        action = draw(st.sampled_from(["replace", "drop", "insert"]))
        if action == "insert" or not keys:
            if isinstance(holder, dict):
                holder[draw(KEYS)] = draw(JSON)
            else:
                holder.insert(draw(st.integers(min_value=0, max_value=len(holder))), draw(JSON))
        elif action == "drop":
            del holder[draw(st.sampled_from(keys))]
        else:
            holder[draw(st.sampled_from(keys))] = draw(JSON)
    return manifest


def _holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(manifest=mutated())
def test_no_manifest_is_too_odd(manifest: Manifest, tmp_path: Path) -> None:
    """Whatever is in it, it is judged without failing; and what is right is read, and written as it is read."""
    problems = problems_in(manifest)
    path = tmp_path / "file.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    linted = lint([path])
    if linted.checked and not problems:
        made = read(manifest)
        assert read(made.manifest()) == made.model_copy(update={"status": None})
        assert linted.exit_status == 0
    elif not linted.unreadable and linted.checked:
        # A NodePool that names no provider gets one warning instead, as it may be of self-managed Karpenter.
        assert [each for each in linted.findings if each.severity == "error"] or names_no_provider(manifest)
    for problem in problems:
        assert problem.message
        assert not problem.source or problem.source.startswith("https://")


def test_what_is_in_a_misplaced_key_is_reported_at_its_line(file: Write) -> None:
    """And not where it was meant to stand, as nothing stands there."""
    text = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: a}\nspec:\n  weight: 1\n  nodeClassRef:\n    name: a\n"
    lines = {finding.location.path: finding.location.line for finding in lint([file(text)]).findings}
    assert lines["spec.template.spec.nodeClassRef.group"] == 6
