"""Folders are compared network by network."""

from __future__ import annotations

from podspace.diff.network_comparison import compare_sides
from podspace.diff.side import Side
from podspace.planning import NetworkFile
from tests.mother import Changes, a_network_file

A: Changes = {"name": "a"}
B: Changes = {"name": "b", "vpc.id": "vpc-00000002"}


def folder(**files: Changes) -> Side:
    return Side(
        files=tuple(a_network_file(changes, path=f"config/{name}.yaml") for name, changes in files.items()), folder=True
    )


def alone(file: NetworkFile) -> Side:
    return Side(files=(file,), folder=False)


def test_two_files_are_compared_whatever_their_names() -> None:
    (only,) = compare_sides(alone(a_network_file(A, path="old.yaml")), alone(a_network_file(A, path="new.yaml")))
    assert (only.name, only.old, only.new, only.changes) == ("a", "old.yaml", "new.yaml", ())


def test_files_of_folders_are_compared_by_name() -> None:
    comparisons = compare_sides(folder(a=A, b=B), folder(a=A, b={**B, "pods.subnet_prefix": 19}))
    assert [(each.name, each.loses) for each in comparisons] == [("a", False), ("b", True)]


def test_a_network_whose_file_is_removed_is_lost() -> None:
    gone = compare_sides(folder(a=A, b=B), folder(a=A))[1]
    assert (gone.name, gone.new, gone.loses) == ("b", "", True)
    assert {change.effect for change in gone.changes} == {"removed"}


def test_a_network_with_a_new_file_is_added() -> None:
    made = compare_sides(folder(a=A), folder(a=A, b=B))[1]
    assert (made.name, made.old, made.loses) == ("b", "", False)
    assert [(change.kind, change.effect) for change in made.changes] == [("stack", "added")]


def test_a_file_that_is_renamed_is_the_same_network() -> None:
    (only,) = compare_sides(folder(a=A), folder(b=A))
    assert (only.old, only.new, only.changes) == ("config/a.yaml", "config/b.yaml", ())


def test_a_file_with_another_network_in_it_replaces_the_stack() -> None:
    (only,) = compare_sides(folder(a=A), folder(a=B))
    assert [(change.kind, change.effect) for change in only.changes] == [("stack", "replaced")]


def test_files_that_change_places_are_the_same_networks() -> None:
    comparisons = compare_sides(folder(a=A, b=B), folder(a=B, b=A))
    assert [(each.name, each.changes) for each in comparisons] == [("a", ()), ("b", ())]
