"""A side is a path, or what git has at a revision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podspace.diagnostic import InputError
from podspace.diff.described import STACK
from podspace.diff.network_comparison import compare_sides
from podspace.diff.side import Side, read_sides
from tests.mother import Changes
from tests.podspace.diff.repository import Repository

WIDER: Changes = {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """With one block in `main`, and two in the file as it stands."""
    repository = Repository(tmp_path)
    repository.commit("config/prod.yaml")
    repository.write("config/prod.yaml", WIDER)
    monkeypatch.chdir(tmp_path)
    return repository


def blocks(side: Side) -> list[int]:
    return [len(file.plan.pods.blocks) for file in side.files]


@pytest.mark.parametrize("old", ["main", "HEAD", "main:config/prod.yaml", "main:./config/prod.yaml"])
@pytest.mark.parametrize("new", ["config/prod.yaml", "./config/../config/prod.yaml"])
@pytest.mark.usefixtures("repository")
def test_the_old_side_is_a_revision_of_the_new_one(old: str, new: str) -> None:
    before, after = read_sides(old, new)
    assert (blocks(before), blocks(after)) == ([1], [2])
    assert not before.folder
    assert before.files[0].path.name == "prod.yaml"


def test_paths_are_those_of_the_folder_one_is_in(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.folder / "config")
    for old, new in (("main", "prod.yaml"), ("main:./prod.yaml", "prod.yaml"), ("main", "../config")):
        before, after = read_sides(old, new)
        assert (blocks(before), blocks(after)) == ([1], [2])


def test_the_new_side_may_be_in_another_repository(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    before, after = read_sides("main", str(repository.folder / "config" / "prod.yaml"))
    assert (blocks(before), blocks(after)) == ([1], [2])


def test_both_sides_may_be_revisions(repository: Repository) -> None:
    repository.commit("config/prod.yaml", WIDER)
    for old, new in (("HEAD~1", "HEAD:config/prod.yaml"), ("HEAD~1:config", "HEAD:config/")):
        before, after = read_sides(old, new)
        assert (blocks(before), blocks(after)) == ([1], [2])


def test_what_is_staged_has_an_empty_revision(repository: Repository) -> None:
    repository.git("add", "--all")
    before, _ = read_sides(":config/prod.yaml", "config/prod.yaml")
    assert blocks(before) == [2]


def test_an_existing_path_is_read_as_a_path(repository: Repository) -> None:
    repository.write("main", {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 67)]})
    before, _ = read_sides("main", "config/prod.yaml")
    assert blocks(before) == [3]


def test_a_symbolic_link_is_followed(repository: Repository) -> None:
    (repository.folder / "link.yaml").symlink_to("config/prod.yaml")
    before, after = read_sides("main", "link.yaml")
    assert (blocks(before), blocks(after)) == ([1], [2])


def test_folders_are_read_whole(repository: Repository) -> None:
    repository.write("config/notes.txt")
    before, after = read_sides("main", "config")
    assert (before.folder, after.folder) == (True, True)
    assert (blocks(before), blocks(after)) == ([1], [2])


def test_a_file_that_is_renamed_is_compared_with_its_stack_of_before(repository: Repository) -> None:
    (repository.folder / "config" / "prod.yaml").rename(repository.folder / "config" / "renamed.yaml")
    before, after = read_sides("main", "config/renamed.yaml")
    assert (blocks(before), blocks(after)) == ([1], [2])
    (comparison,) = compare_sides(before, after)
    assert STACK not in {change.kind for change in comparison.changes}


def test_what_is_wrong_in_a_renamed_file_is_reported_once(repository: Repository) -> None:
    repository.write("config/renamed.yaml", {"pods.cidrs": ["100.64.0.0/10"]})
    with pytest.raises(InputError) as refusal:
        read_sides("main", "config/renamed.yaml")
    assert [each.id for each in refusal.value.diagnostics] == ["cidr-size"]


@pytest.mark.parametrize(("new", "folder"), [("new.yaml", False), ("new/prod.yaml", False), ("new", True)])
def test_the_revision_may_not_have_the_file_yet(repository: Repository, new: str, folder: bool) -> None:
    """Then the whole network is added."""
    repository.write(new if not folder else f"{new}/prod.yaml")
    before, after = read_sides("main", new)
    assert (before.files, before.folder, after.folder) == ((), folder, folder)
    (comparison,) = compare_sides(before, after)
    assert [(change.kind, change.effect) for change in comparison.changes] == [(STACK, "added")]
    assert (comparison.old, comparison.new, comparison.loses) == ("", str(after.files[0].path), False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("nothing", "config/prod.yaml", "Not a valid object name nothing"),
        ("main:nothing.yaml", "config/prod.yaml", "path 'nothing.yaml' does not exist in 'main'"),
        ("main", "config/nothing.yaml", "config/nothing.yaml\n    must be an existing file or folder"),
        ("config/nothing.yaml", "config/prod.yaml", "Not a valid object name config/nothing.yaml"),
        ("--output=stolen", "config/prod.yaml", "none of which begins with a hyphen"),
        ("--output=stolen:x", "config/prod.yaml", "none of which begins with a hyphen"),
        ("main:config", "config/prod.yaml", "must be two files, or two folders"),
        ("HEAD^{/a: b}", "config/prod.yaml", "must be an existing file or folder, or one that git has"),
        ("main:text", "config/prod.yaml", "main:text:1"),
        ("main:binary", "config/prod.yaml", "must be a text file in UTF-8"),
        ("main:empty", "config", "with at least one"),
        ("main:linked", "config", "git stores only the path of a symbolic link"),
        ("x" * 5000, "config/prod.yaml", "Not a valid object name"),
    ],
)
def test_a_side_that_cannot_be_read_is_reported(repository: Repository, old: str, new: str, said: str) -> None:
    (repository.folder / "binary").write_bytes(b"\xff\xfe")
    for folder in ("empty", "linked"):
        (repository.folder / folder).mkdir()
    (repository.folder / "empty" / "notes.txt").write_text("")
    (repository.folder / "linked" / "prod.yaml").symlink_to("../config/prod.yaml")
    (repository.folder / "text").write_text("a: b: c")
    repository.commit("config/prod.yaml", WIDER)
    repository.git("commit", "--quiet", "--allow-empty", "--message", "a: b")
    with pytest.raises(InputError) as refusal:
        read_sides(old, new)
    assert said in str(refusal.value)
    assert len(refusal.value.diagnostics) == 1
    assert not (repository.folder / "stolen").exists()


POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "%s", "Resource": "*"}]}'
)
GUARDED: Changes = {"endpoints": {"interfaces": {"services": ["sts"]}, "policies": {"sts": {"file": "../policies/sts.json"}}}}  # fmt: skip


def actions(side: Side) -> list[object]:
    """The action that the policy of the endpoint admits, in each file."""
    policies = [policy for file in side.files if file.plan.endpoints for policy in file.plan.endpoints.policies.values()]  # fmt: skip
    return [json.loads(json.dumps(policy))["Statement"][0]["Action"] for policy in policies]


@pytest.fixture
def guarded(repository: Repository) -> Repository:
    """With one policy in `main`, and another one on the disk."""
    policy = repository.folder / "policies" / "sts.json"
    policy.parent.mkdir()
    policy.write_text(POLICY % "sts:GetCallerIdentity")
    repository.commit("config/prod.yaml", GUARDED)
    policy.write_text(POLICY % "sts:*")
    return repository


@pytest.mark.parametrize(
    ("folder", "old", "new"),
    [
        (".", "main", "config/prod.yaml"),
        (".", "main", "config"),
        (".", "main:config/prod.yaml", "config/prod.yaml"),
        (".", "main:./config/prod.yaml", "config/prod.yaml"),
        (".", "main:config", "config"),
        ("config", "main", "prod.yaml"),
        ("config", "main:./prod.yaml", "prod.yaml"),
        ("config", "main", "../config"),
        ("policies", "main:../config/prod.yaml", "../config/prod.yaml"),
    ],
)
def test_a_policy_file_is_that_of_the_revision(
    guarded: Repository, monkeypatch: pytest.MonkeyPatch, folder: str, old: str, new: str
) -> None:
    monkeypatch.chdir(guarded.folder / folder)
    before, after = read_sides(old, new)
    assert (actions(before), actions(after)) == (["sts:GetCallerIdentity"], ["sts:*"])


@pytest.mark.parametrize("name", ["missing.json", "../policies", "{folder}/policies/sts.json"])
def test_a_policy_file_that_the_revision_does_not_have_is_an_error(guarded: Repository, name: str) -> None:
    file = name.format(folder=guarded.folder)
    missing = {"endpoints": {"interfaces": {"services": ["sts"]}, "policies": {"sts": {"file": file}}}}
    guarded.commit("config/prod.yaml", missing)
    guarded.write("config/prod.yaml")
    with pytest.raises(InputError) as refusal:
        read_sides("main", "config/prod.yaml")
    (problem,) = refusal.value.diagnostics
    assert (problem.id, problem.location.path) == ("endpoint-policy-file", "endpoints.policies.sts.file")
    assert problem.location.file == "main:config/prod.yaml"


def test_errors_of_both_sides_are_reported_at_once(repository: Repository) -> None:
    repository.commit("config/prod.yaml", {"pods.subnet_prefix": 15})
    with pytest.raises(InputError) as refusal:
        read_sides("main", "config/prod.yaml")
    places = [str(problem.location).partition(":")[0] for problem in refusal.value.diagnostics]
    assert {"main", "config/prod.yaml"} <= set(places)


def test_outside_of_a_repository_there_are_no_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "prod.yaml").write_text("{}")
    with pytest.raises(InputError, match="not a git repository"):
        read_sides("main", "prod.yaml")


@pytest.mark.usefixtures("repository")
def test_without_git_there_are_no_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git is not installed"):
        read_sides("main", "config/prod.yaml")
