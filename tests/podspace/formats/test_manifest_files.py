"""Manifests as files: whole or not at all, ours told from others'."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from aws_cdk import Aws
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from podspace.diagnostic import InputError
from podspace.formats.manifest_files import manifest_files, manifest_text, write_files, write_manifests


def an_object(kind: str = "NodeClass", name: str = "a", **spec: JsonValue) -> dict[str, JsonValue]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_files_sort_in_the_order_to_apply(tmp_path: Path) -> None:
    kinds = ["Deployment", "NodePool", "ConfigMap", "NodeClass"]
    written = write_manifests(tmp_path, [an_object(kind) for kind in kinds])
    assert [path.name for path in written] == names(tmp_path)
    assert [yaml.safe_load(path.read_text())["kind"] for path in written] == [
        "ConfigMap",
        "NodeClass",
        "NodePool",
        "Deployment",
    ]


def test_the_same_objects_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        {path.name: path.read_bytes() for path in write_manifests(tmp_path / folder, [an_object(size="80Gi")])}
        for folder in "ab"
    )
    assert first == second


def test_files_with_the_mark_of_podspace_that_are_no_longer_written_are_removed(tmp_path: Path) -> None:
    write_manifests(tmp_path, [an_object(name="old"), an_object(name="kept")])
    write_manifests(tmp_path, [an_object(name="kept"), an_object(name="new")])
    assert names(tmp_path) == ["2-nodeclass-kept.k8s.yaml", "2-nodeclass-new.k8s.yaml"]


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: []\n")
    (tmp_path / "theirs.k8s.yaml").write_text("kind: Pod\n")
    (tmp_path / "bytes.k8s.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "folder.k8s.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.k8s.yaml")  # reading it would wait for ever
    (tmp_path / "link.k8s.yaml").symlink_to("nowhere")
    before = names(tmp_path)
    write_manifests(tmp_path, [])
    assert names(tmp_path) == before


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    files = manifest_files([an_object(name="a"), an_object(name="b")])
    (tmp_path / "second" / "2-nodeclass-b.k8s.yaml").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match="second/2-nodeclass-b"):
        write_files({tmp_path / "first": files, tmp_path / "second": files})
    assert names(tmp_path / "first") == []
    assert names(tmp_path / "second") == ["2-nodeclass-b.k8s.yaml"]


def test_a_linked_folder_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the folder nor, below the working directory, one that it is in; and nothing is written at all."""
    monkeypatch.chdir(tmp_path)
    Path("elsewhere/vpc-cni").mkdir(parents=True)
    Path("dist").mkdir()
    Path("dist/linked").symlink_to(tmp_path / "elsewhere")
    files = manifest_files([an_object()])
    for folder in (Path("dist/linked"), Path("dist/linked/vpc-cni"), Path("dist/linked/new"), tmp_path / "dist/linked"):
        with pytest.raises(InputError) as refused:
            write_files({Path("dist/own"): files, folder: files})
        assert [(each.id, each.location.file) for each in refused.value.diagnostics] == [("linked-folder", str(folder))]
    assert names(Path("dist")) == ["linked"]
    assert names(Path("elsewhere")) == ["vpc-cni"]
    assert names(Path("elsewhere/vpc-cni")) == []


@pytest.mark.parametrize("theirs", ["kind: NodeClass\n", "", "# Written by hand\n"])
def test_a_file_of_others_is_not_overwritten(theirs: str, tmp_path: Path) -> None:
    file = tmp_path / "second" / "2-nodeclass-b.k8s.yaml"
    file.parent.mkdir()
    file.write_text(theirs)
    files = manifest_files([an_object(name="a"), an_object(name="b")])
    with pytest.raises(InputError) as refused:
        write_files({tmp_path / "first": files, tmp_path / "second": files})
    assert [(each.id, each.location.file) for each in refused.value.diagnostics] == [("file-of-others", str(file))]
    assert file.read_text() == theirs
    assert names(tmp_path) == ["second"]
    assert names(tmp_path / "second") == [file.name]


def test_a_linked_file_is_not_overwritten(tmp_path: Path) -> None:
    (written,) = write_manifests(tmp_path / "own", [an_object()])
    link = tmp_path / "other" / written.name
    link.parent.mkdir()
    link.symlink_to(written)
    with pytest.raises(InputError):
        write_manifests(link.parent, [an_object(size="80Gi")])
    assert link.is_symlink()
    assert "80Gi" not in written.read_text()


def test_where_one_folder_cannot_be_made_no_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "second").write_text("a file")
    files = manifest_files([an_object()])
    with pytest.raises(FileExistsError):
        write_files({tmp_path / "first": files, tmp_path / "second": files})
    assert names(tmp_path / "first") == []


@pytest.mark.parametrize(
    "token", [Aws.ACCOUNT_ID, f"arn:{Aws.PARTITION}:x", "#{Token[TOKEN.7]}"], ids=["whole", "inside", "list"]
)
def test_a_cdk_token_is_refused_and_nothing_is_written(tmp_path: Path, token: str) -> None:
    with pytest.raises(ValueError, match=r"spec\.subnets\[1\].* is a CDK token.*static text"):
        write_manifests(tmp_path, [an_object(name="fine"), an_object(subnets=["subnet-1", token])])
    assert not names(tmp_path)


def test_a_token_in_a_key_is_refused_too() -> None:
    with pytest.raises(ValueError, match="a key of spec"):
        manifest_text(an_object(**{Aws.REGION: "x"}))


def test_two_objects_of_one_kind_and_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2-nodeclass-a"):
        write_manifests(tmp_path, [an_object(), an_object()])
    assert not names(tmp_path)


@pytest.mark.parametrize("unnamed", [{"kind": "NodeClass"}, {"metadata": {"name": "a"}}])
def test_an_object_without_kind_or_name_is_refused(tmp_path: Path, unnamed: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match=r"must have a kind and a metadata\.name"):
        write_manifests(tmp_path, [unnamed])


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20))
def test_text_reads_back_as_text(text: str) -> None:
    read = yaml.safe_load(manifest_text(an_object(value=text)))
    assert read["spec"]["value"] == text


@pytest.mark.parametrize(
    "text", ["32", "10%", "1e3", "0x10", "1_000", "0o7", "1:30", "2026-01-01", ".5", "+1", "-1e5", "+.5", "y", "N"]
)
def test_text_that_looks_like_a_number_is_quoted(text: str) -> None:
    """The API server reads YAML by other rules than PyYAML: it would take 1e3 for a number and y for true."""
    assert f'value: "{text}"' in manifest_text(an_object(value=text)).replace("'", '"')


def test_long_text_stays_on_one_line() -> None:
    assert len(manifest_text(an_object(value="word " * 100)).splitlines()) == 8
