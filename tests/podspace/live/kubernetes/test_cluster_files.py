"""What kubectl printed stands for a cluster: JSON and YAML, files and folders, and standard input."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError, UnreadError
from podspace.live.kubernetes import EVENTS, NODE_CLAIMS, NODE_CLASSES, NODE_POOLS, NODES, PODS, RESOURCE_TYPES
from podspace.live.kubernetes.cluster_files import open_files
from tests.podspace.cluster_objects import a_node, a_pod, an_event, cluster_objects


def a_list(objects: Sequence[Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "items": list(objects), "kind": "List", "metadata": {"resourceVersion": ""}}


def everything() -> list[Any]:
    return [each for objects in cluster_objects(events=[an_event("no")]).values() for each in objects]


def written(path: Path, data: Any, dump: Callable[[Any], str] = json.dumps) -> Path:
    path.write_text(dump(data), encoding="utf-8")
    return path


def until_it_fails(records: Iterator[Any]) -> tuple[list[Any], Diagnostic]:
    """What comes before the error, and what that says."""
    before = []
    try:
        for each in records:
            before.append(each)
    except UnreadError as error:
        return before, error.diagnostic
    raise AssertionError


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump])
def test_a_list_of_all_kinds_is_a_cluster(tmp_path: Path, dump: Callable[[Any], str]) -> None:
    """In JSON and in YAML; every kind may be asked for again."""
    path = written(tmp_path / "all", a_list(everything()), dump)
    with open_files([path]) as cluster:
        for _ in range(2):
            for kind in RESOURCE_TYPES:
                right = [kind.record(each) for each in everything() if each["kind"] == kind.name]
                assert list(cluster.records(kind)) == right
    assert cluster.name == str(path)


def test_several_files_and_folders_are_one_cluster(tmp_path: Path) -> None:
    """Each file once, whatever else lies in a folder; hidden files are passed over."""
    folder = tmp_path / "folder"
    folder.mkdir()
    written(folder / "nodes.json", a_list([a_node()]))
    written(folder / "network.yaml", {"kind": "ConfigMap", "data": {}}, yaml.safe_dump)
    (folder / ".hidden.json").write_text("{")
    pods = written(tmp_path / "pods.json", a_list([a_pod()]))
    with open_files([folder, pods, pods, folder / "nodes.json"]) as cluster:
        assert [node.name for node in cluster.records(NODES)] == ["i-a"]
        assert [str(pod) for pod in cluster.records(PODS)] == ["shop/web-1"]


def test_objects_of_another_group_with_a_known_kind_are_skipped(tmp_path: Path) -> None:
    """Other makers of clusters have NodePools too."""
    other = {"apiVersion": "hypershift.openshift.io/v1beta1", "kind": "NodePool", "metadata": {"name": "theirs"}}
    with open_files([written(tmp_path / "pools.json", a_list([other]))]) as cluster, pytest.raises(UnreadError):
        list(cluster.records(NODE_POOLS))


def test_the_servers_own_list_is_read(tmp_path: Path) -> None:
    """As `kubectl get --raw /api/v1/pods` prints it: its items say neither kind nor version."""
    pod = {key: value for key, value in a_pod().items() if key not in {"kind", "apiVersion"}}
    path = written(tmp_path / "raw.json", {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]})
    with open_files([path]) as cluster:
        assert [str(pod) for pod in cluster.records(PODS)] == ["shop/web-1"]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than once, though it can be read but once."""
    data = json.dumps(a_list(everything())).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    with open_files([Path("-")]) as cluster:
        assert cluster.name == "-"
        assert len(list(cluster.records(PODS))) == len(list(cluster.records(PODS))) == 2


def test_a_pipe_is_read(tmp_path: Path) -> None:
    """As a shell makes of `<(kubectl …)`."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(json.dumps(a_list([a_pod()])),))
    writer.start()
    with open_files([path]) as cluster:
        assert len(list(cluster.records(PODS))) == len(list(cluster.records(PODS))) == 1
    writer.join()


def test_kinds_that_are_not_given_are_named(tmp_path: Path) -> None:
    """With the command that gives them; events and NodeClaims may be none."""
    with open_files([written(tmp_path / "pods.json", a_list([a_pod()]))]) as cluster:
        for kind in (NODES, NODE_CLASSES, NODE_POOLS):
            with pytest.raises(UnreadError) as missing:
                list(cluster.records(kind))
            assert missing.value.diagnostic.subject == kind.plural
            assert "kubectl get pods,nodes" in missing.value.diagnostic.fix
        assert not [*cluster.records(EVENTS), *cluster.records(NODE_CLAIMS)]


def test_only_the_kinds_that_are_needed_are_read(tmp_path: Path) -> None:
    """The command that messages name is about them."""
    with open_files([written(tmp_path / "pods.json", a_list([a_pod()]))], kinds=(PODS, NODES)) as cluster:
        with pytest.raises(UnreadError) as missing:
            list(cluster.records(NODES))
        assert "kubectl get pods,nodes -A" in missing.value.diagnostic.fix
        assert len(list(cluster.records(PODS))) == 1


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """And named, with every kind, as any of them may have been in the rest; other files are read whole."""
    text = json.dumps(a_list([a_pod("a"), a_pod("b"), a_pod("c")]))
    (tmp_path / "pods.json").write_text(text[: text.index('"name": "c"')])
    nodes = written(tmp_path / "nodes.json", a_list([a_node()]))
    with open_files([tmp_path / "pods.json", nodes]) as cluster:
        pods, broken = until_it_fails(cluster.records(PODS))
        assert [str(pod) for pod in pods] == ["shop/a", "shop/b"]
        assert "breaks off after 2 objects" in broken.message
        assert broken.subject == str(tmp_path / "pods.json")
        found, told_again = until_it_fails(cluster.records(NODES))
        assert len(found) == 1
        assert told_again == broken


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("NAMESPACE   NAME   READY\nshop        web-1  1/1\n", "is a table"),
        ("NAME    STATUS\ni-a     Ready\n", "is a table"),
        ("pod/web-1\npod/web-2\n", "must be an object with a kind"),
        ("- kind: Pod\n", "must be an object with a kind"),
        ("kind: [a, b\n", "must be one YAML document"),
        ("a: " + "[" * 1000, "nested"),
        ("kind: Pod\nwhen: 2026-13-45\n", "must be YAML"),
        ('{"kind": "Pod"', "breaks off"),
        ('{"items": [1], "kind": "PodList"}', "an item that is no object"),
    ],
)
def test_what_is_not_what_kubectl_prints_is_named(tmp_path: Path, text: str, says: str) -> None:
    """With what to do about it."""
    (tmp_path / "file").write_text(text)
    with pytest.raises(UnreadError) as refusal, open_files([tmp_path / "file"]) as cluster:
        list(cluster.records(NODES))
    assert says in refusal.value.diagnostic.message
    assert str(tmp_path / "file") in f"{refusal.value.diagnostic.location}{refusal.value.diagnostic.subject}"


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    """As some shells write it."""
    (tmp_path / "file").write_text('{"kind": "List"}', encoding="utf-16")
    with pytest.raises(UnreadError, match="UTF-8"), open_files([tmp_path / "file"]) as cluster:
        list(cluster.records(NODES))


def test_yaml_may_not_be_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is read at once; JSON may."""
    monkeypatch.setattr("podspace.live.kubernetes.object_file.MOST_BYTES", 100)
    path = written(tmp_path / "all.yaml", a_list(everything()), yaml.safe_dump)
    with pytest.raises(UnreadError, match="-o json"), open_files([path]) as cluster:
        list(cluster.records(NODES))


@pytest.mark.parametrize(
    ("name", "says"), [("gone.json", "No such file"), ("empty.json", "must not be empty"), (".", "at least one")]
)
def test_without_a_file_nothing_is_read(tmp_path: Path, name: str, says: str) -> None:
    """That is told before anything else."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "empty.json").write_text("\n")
    path = folder if name == "." else tmp_path / name
    with pytest.raises(LiveError, match=says), open_files([path]):
        raise AssertionError


def test_closed_standard_input_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be none."""
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(LiveError, match="must be open"), open_files([Path("-")]):
        raise AssertionError
