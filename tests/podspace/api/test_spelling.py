"""A key that a model does not have comes with what was meant, and the input can be looked at as it was meant."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pytest
from pydantic import Field

from podspace.api import ApiModel, ListOf, corrections, without_echoes
from podspace.api.spelling import aliased, nearest, only_word, page_of, with_corrections
from podspace.diagnostic import Diagnostic, Location

NO_SUCH_KEY = "must not be given: no such key"


class Leaf(ApiModel):
    """The innermost."""

    not_here: ClassVar[dict[str, str]] = {"colour": "leaves are green"}

    leaf_size: int = 1
    key_id: str | None = Field(default=None, alias="keyID")
    shape: Literal["round"]
    green: Literal[True] = True


class Branch(ApiModel):
    """What is between."""

    page: ClassVar[str] = "https://branch"

    only_leaf: Leaf | None = None
    leaf_list: ListOf[Leaf] = ()
    twin: str | None = None


class Tree(ApiModel):
    """The outermost."""

    page: ClassVar[str] = "https://tree"

    big_branch: Branch | None = None
    twin: str | None = None


@pytest.mark.parametrize(
    ("place", "spelled"),
    [
        ("big_branch", "bigBranch"),
        ("big_branch.only_leaf.key_id", "bigBranch.onlyLeaf.keyID"),
        ("big_branch.leaf_list[0].leaf_size", "bigBranch.leafList[0].leafSize"),
        ('big_branch.leaf_list["key_id"]', 'bigBranch.leafList["key_id"]'),
        ("big_branch.made_up", "bigBranch.made_up"),
        ("", ""),
    ],
)
def test_a_place_is_spelled_by_aliases(place: str, spelled: str) -> None:
    """Part by part; a key in quotes is no name of a field."""
    assert aliased(place, Tree) == spelled


@pytest.mark.parametrize(
    ("loc", "fix"),
    [
        (("bigBranc",), "did you mean bigBranch?"),
        (("big_branc",), "did you mean big_branch?"),
        (("bigBranch", "onlyLeaf", "leafSiz"), "did you mean leafSize?"),
        (("bigBranch", "leafList", 0, "colour"), "leaves are green"),
        (("bigBranch", "onlyLeaf", "keyId"), "did you mean keyID?"),
        (("big_branch",), "it is written bigBranch here, and only once"),
        (("bigBranch",), "it is written big_branch here, and only once"),
        (("onlyLeaf",), "it belongs at bigBranch.onlyLeaf"),
        (("bigBranch", "leafList", 0, "onlyLeaf"), "it belongs at bigBranch.onlyLeaf"),
        (("bigBranch", "onlyLeaf", "twin"), "the keys here are leafSize, keyID, shape, green"),
        (("zzz",), "the keys here are big_branch, twin"),
        (("bigBranch", "zzz"), "the keys here are onlyLeaf, leafList, twin"),
        (("big_branch", "zzz"), "the keys here are only_leaf, leaf_list, twin"),
    ],
)
def test_an_unknown_key_comes_with_what_was_meant(loc: tuple[int | str, ...], fix: str) -> None:
    """The model's own word, the other spelling, the one place that has it, the nearest key, or all of them."""
    assert nearest(loc, Tree) == fix


def test_a_key_in_a_list_is_no_other_place_for_it() -> None:
    """Since which item is not known."""
    assert nearest(("keyID",), Tree) == "it belongs at bigBranch.onlyLeaf.keyID"


def test_without_a_model_there_is_little_to_say() -> None:
    """Nothing is known of its keys."""
    assert nearest(("zzz",), None) == "remove it, or correct its spelling"
    assert only_word(("zzz",), None) == ""


@pytest.mark.parametrize(
    ("loc", "fix"),
    [
        (("bigBranch", "onlyLeaf", "shape"), "write round"),
        (("bigBranch", "leafList", 0, "shape"), "write round"),
        (("bigBranch", "onlyLeaf", "green"), "write true"),
        (("bigBranch", "onlyLeaf", "leafSize"), ""),
        (("bigBranch",), ""),
    ],
)
def test_a_missing_key_of_one_word_comes_with_it(loc: tuple[int | str, ...], fix: str) -> None:
    """Any other is for a person to choose."""
    assert only_word(loc, Tree) == fix


@pytest.mark.parametrize(
    ("loc", "page"),
    [
        (("twin",), "https://tree"),
        (("bigBranch",), "https://tree"),
        (("big_branch", "twin"), "https://branch"),
        (("bigBranch", "onlyLeaf", "leafSize"), "https://branch"),
        (("bigBranch", "leafList", 0, "leafSize"), "https://branch"),
        (("zzz",), "https://tree"),
        ((), ""),
    ],
)
def test_a_place_has_the_page_of_the_innermost_object_around_it(loc: tuple[int | str, ...], page: str) -> None:
    """That has one; the place's own is not around it."""
    assert page_of(loc, Tree) == page
    assert page_of(loc, None) == ""


@pytest.mark.parametrize(
    ("place", "fix", "meant"),
    [
        ("bigBranc", "did you mean bigBranch?", {"bigBranc": "bigBranch"}),
        ("a.bigBranc", "did you mean bigBranch?", {"a.bigBranc": "a.bigBranch"}),
        ("a.onlyLeaf", "it belongs at a.b.onlyLeaf", {"a.onlyLeaf": "a.b.onlyLeaf"}),
        ("a.onlyLeaf", "it belongs at a.b.onlyLeaf or elsewhere", {}),
        ("a.x", "remove it", {}),
        ("a.x", "the keys here are a, b", {}),
        ("a.x", "", {}),
    ],
)
def test_a_correction_is_read_from_an_egress_entry(place: str, fix: str, meant: dict[str, str]) -> None:
    """A misspelt key stays where it is, and a misplaced one goes elsewhere."""
    assert corrections([Diagnostic(location=Location(path=place), message=NO_SUCH_KEY, fix=fix)]) == meant


def test_what_is_missing_only_because_it_is_misspelt_is_an_echo() -> None:
    """And nothing else is."""
    misspelt = Diagnostic(location=Location(path="a.nam"), message=NO_SUCH_KEY, fix="did you mean name?")
    echo = Diagnostic(location=Location(path="a.name"), message="must be given")
    others = [
        Diagnostic(location=Location(path="a.name"), message="must be text"),
        Diagnostic(location=Location(path="name"), message="must be given"),
        Diagnostic(location=Location(path="a.name.b"), message="must be given"),
        Diagnostic(location=Location(path="a.nam"), message="must be given"),
    ]
    assert without_echoes([echo, misspelt, *others]) == [misspelt, *others]
    assert without_echoes([echo, *others]) == [echo, *others]


@pytest.mark.parametrize(
    ("data", "meant", "corrected"),
    [
        ({"nam": 1}, {"nam": "name"}, {"name": 1}),
        ({"a": {"nam": 1, "b": 2}}, {"a.nam": "a.name"}, {"a": {"b": 2, "name": 1}}),
        ({"x": 1}, {"x": "a.b.x"}, {"a": {"b": {"x": 1}}}),
        ({"x": 1, "a": None}, {"x": "a.x"}, {"a": {"x": 1}}),
        ({"x": 1, "a": {"x": 2}}, {"x": "a.x"}, {"x": 1, "a": {"x": 2}}),
        ({"x": 1, "a": 5}, {"x": "a.x"}, {"x": 1, "a": 5}),
        ({"x": 1, "a": [5]}, {"x": "a.b.x"}, {"x": 1, "a": [5]}),
        ({"a": [{"x": 1}]}, {"a[0].x": "b"}, {"a": [{"x": 1}]}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_the_input_is_looked_at_as_it_was_meant(data: dict[str, Any], meant: dict[str, str], corrected: object) -> None:
    """A key is moved only where there is room for it, and the input stays as it is."""
    before = str(data)
    assert with_corrections(data, meant) == corrected
    assert str(data) == before
