"""What is wrong with an input is told all at once, where it stands, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from podspace.api.model import ApiModel, ListOf, ResourceName
from podspace.api.refusal import problems_of, refusal, shown
from podspace.diagnostic import Diagnostic, Location


class Leaf(ApiModel):
    first_size: int = 1
    second_size: int = 1
    key_id: str | None = Field(default=None, alias="keyID")

    def rules(self) -> Iterator[Diagnostic]:
        if self.first_size > self.second_size:
            yield Diagnostic(location=Location(path="first_size"), message="must be at most second_size")
        if self.key_id == "both":
            yield Diagnostic(location=Location(path="key_id"), message="must not be both")
            yield Diagnostic(message="must be simpler")


class Twig(ApiModel):
    only_name: str


class Tree(ApiModel):
    twig_list: ListOf[Twig] = ()
    leaf_list: Annotated[ListOf[Leaf], Field(max_length=2)] = ()
    leaf_map: Mapping[str, Leaf] | None = None
    needed_name: ResourceName
    mode: Literal["on", "32"] | None = None
    is_open: bool | None = None
    always: Literal[True] | None = None


class File(BaseModel):
    """A plain pydantic model, as a config file has."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ipv4_pool: str
    tree: Tree | None = None

    @field_validator("ipv4_pool")
    @classmethod
    def _pool(cls, pool: str) -> str:
        if pool == "odd":
            raise ValueError("Pools should be even")
        if pool == "refused":
            raise refusal(Diagnostic(message="must be accepted", fix="give another", source="https://x"))
        return pool


def problems(given: object, model: type[BaseModel] = Tree) -> list[Diagnostic]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return problems_of(caught.value, model=model)


def places(given: object, model: type[BaseModel] = Tree) -> list[str]:
    return [problem.location.path for problem in problems(given, model)]


def test_either_spelling_of_a_key_is_read() -> None:
    """The API's spelling, and Python's."""
    assert Tree.model_validate({"leafList": [], "neededName": "a"}) == Tree(leaf_list=(), needed_name="a")


def test_a_spec_cannot_be_changed() -> None:
    """A spec is a value: its fields are set once."""
    with pytest.raises(ValidationError, match="frozen"):
        Tree(needed_name="a").needed_name = "b"  # type: ignore[misc]


def test_a_spec_does_not_follow_the_mapping_it_was_made_from() -> None:
    """Whoever changes the mapping that was given changes no spec."""
    given = {"a": Leaf()}
    tree = Tree(needed_name="a", leaf_map=given)
    given["b"] = Leaf()
    assert tree.leaf_map == {"a": Leaf()}


def test_every_problem_is_reported_with_its_own_place() -> None:
    """One bad field does not hide another."""
    given = {"neededName": "A", "leafList": [{}, {"firstSize": "1"}], "mode": "off", "nothing": 1}
    assert places(given) == ["leafList[1].firstSize", "neededName", "mode", "nothing"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"leafList": [{"firstSize": 2}], "neededName": "a"}, ["leafList[0].firstSize"]),
        ({"leaf_list": [{"first_size": 2}], "needed_name": "a"}, ["leaf_list[0].first_size"]),
        ({"leafList": [{"keyID": "both"}], "neededName": "a"}, ["leafList[0].keyID", "leafList[0]"]),
        ({"leaf_list": [{"key_id": "both"}], "needed_name": "a"}, ["leaf_list[0].key_id", "leaf_list[0]"]),
        ({"leafMap": {}}, ["neededName"]),
        ({"leaf_map": {}}, ["needed_name"]),
        ({}, ["needed_name"]),
        ({"twigList": [{}], "neededName": "a"}, ["twigList[0].onlyName"]),
        ({"twig_list": [{}], "needed_name": "a"}, ["twig_list[0].only_name"]),
        (
            {"leafMap": {"x": 1, "a/b": {"keyID": 1}}, "neededName": "a"},
            ["leafMap.x", 'leafMap["a/b"].keyID'],
        ),
        ({"leafMap": {"": 1}, "neededName": "a"}, ['leafMap[""]']),
    ],
)
def test_a_place_is_spelled_as_the_input_spells_its_keys(given: object, expected: list[str]) -> None:
    """Camel case in a manifest, snake case in our files, and list indices and odd keys in brackets."""
    assert places(given) == expected


def test_a_rule_between_fields_at_the_top_has_no_leading_dot() -> None:
    """The outermost object has an empty place of its own."""
    assert places({"first_size": 2}, Leaf) == ["first_size"]


def test_a_rule_about_a_whole_object_shows_the_object() -> None:
    """Which object was meant can be seen without counting list entries."""
    last = problems({"leafList": [{"keyID": "both"}], "neededName": "a"})[-1]
    assert (last.subject, last.message) == ('{"keyID": "both"}', "must be simpler")


@pytest.mark.parametrize(
    ("given", "value", "must", "fix"),
    [
        ({"needed_name": 3}, "3", "must be text", 'put it in quotes: "3"'),
        ({"needed_name": True}, "true", "must be text", "YAML reads the bare word as true or false"),
        ({"mode": 32}, "32", "must be 'on' or '32'", 'put it in quotes: "32"'),
        ({"mode": 33}, "33", "must be 'on' or '32'", ""),
        ({"mode": "off"}, '"off"', "must be 'on' or '32'", ""),
        ({"is_open": "yes"}, '"yes"', "must be true or false", ""),
        ({"always": False}, "false", "must be true", ""),
        ({"always": "yes"}, '"yes"', "must be true", ""),
        ({"leaf_list": "a"}, '"a"', "must be a list", ""),
        ({"leaf_list": {"a": 1}}, '{"a": 1}', "must be a list", ""),
        ({"leaf_list": [4]}, "4", "must be a mapping of keys to values", ""),
        ({"leaf_map": [4]}, "[4]", "must be a mapping of keys to values", ""),
        ({"leaf_list": [{}, {}, {}]}, "[{}, {}, {}]", "must have at most 2 items, not 3", ""),
        ({"leaf_list": [{"first_size": "4"}]}, '"4"', "must be a whole number", "write it without quotes"),
        ({"leaf_list": [{"first_size": 4.0}]}, "4.0", "must be a whole number", ""),
        ({"leaf_list": [{"first_size": True}]}, "true", "must be a whole number", ""),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_and_never_converted(
    given: dict[str, object], value: str, must: str, fix: str
) -> None:
    """The problem shows the value as YAML writes it, what must hold and, where it is known, the way out."""
    (problem,) = problems({"needed_name": "a", **given})
    assert (problem.subject, problem.message) == (value, must)
    assert fix in problem.fix
    assert bool(fix) == bool(problem.fix)


@pytest.mark.parametrize(
    ("given", "place", "fix"),
    [
        ({"neededNam": 1}, "neededNam", "did you mean neededName?"),
        ({"leafs_map": 1}, "leafs_map", "did you mean leaf_map?"),
        ({"leafList": [{"firstSizes": 1}]}, "leafList[0].firstSizes", "did you mean firstSize?"),
        ({"leaf_list": [{"first_sizes": 1}]}, "leaf_list[0].first_sizes", "did you mean first_size?"),
        (
            {"leafMap": {"x": {"xyz": 1}}},
            "leafMap.x.xyz",
            "the keys here are firstSize, secondSize, keyID",
        ),
        ({"leafList": [], "leaf_list": []}, "leaf_list", "written leafList here, and only once"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(given: dict[str, object], place: str, fix: str) -> None:
    """A typing error names the key that was meant, or else all the keys there are."""
    (problem,) = problems({"neededName": "a", **given})
    assert (problem.location.path, problem.message) == (place, "must not be given: no such key")
    assert fix in problem.fix


def test_an_unknown_key_is_reported_without_knowing_the_model() -> None:
    """An error alone is enough to tell where the key stands."""
    with pytest.raises(ValidationError) as caught:
        Leaf.model_validate({"foo": 1})
    (problem,) = problems_of(caught.value)
    assert (problem.location.path, problem.subject) == ("foo", "1")


def test_a_missing_key_is_reported_without_a_value() -> None:
    """Nothing was given, so nothing is shown."""
    assert problems({}) == [Diagnostic(location=Location(path="needed_name"), message="must be given")]


def test_the_problems_of_a_plain_model_are_reported_in_the_same_way() -> None:
    """A config file is a tree of plain models with specs in it, and its field names stay as they are."""
    assert places({"treeHouse": 1, "tree": {"needed_name": "A"}}, File) == [
        "ipv4_pool",
        "tree.needed_name",
        "treeHouse",
    ]


def test_the_words_of_a_validator_are_kept() -> None:
    """A ValueError's own sentence is its problem, and a refusal brings the whole problem."""
    (said,) = problems({"ipv4_pool": "odd"}, File)
    assert said == Diagnostic(location=Location(path="ipv4_pool"), subject='"odd"', message="Pools should be even")
    (refused,) = problems({"ipv4_pool": "refused"}, File)
    assert refused == Diagnostic(
        location=Location(path="ipv4_pool"),
        subject='"refused"',
        message="must be accepted",
        fix="give another",
        source="https://x",
    )


def test_a_long_value_is_shortened() -> None:
    """80 characters are enough to recognise a value by."""
    assert shown("x" * 78) == f'"{"x" * 78}"'
    assert shown("x" * 79) == f'"{"x" * 78}…'
    assert len(shown(["x" * 300])) == 80


def test_a_value_that_json_cannot_write_is_shown() -> None:
    """YAML makes keys, dates and loops that JSON has no text for."""
    loop: list[object] = []
    loop.append(loop)
    assert shown({(1, 2): 3}) == "{(1, 2): 3}"
    assert shown(loop) == "[[...]]"


@pytest.mark.parametrize("name", ["a", "0", "a-b", "a.b-c.d", "a" * 253])
def test_a_resource_name_is_an_rfc_1123_subdomain(name: str) -> None:
    """Small letters, digits and - in parts between dots."""
    assert Tree(needed_name=name).needed_name == name


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a.", "a.-b", "a/b", "a\n", "a" * 254])
def test_no_other_resource_name_is_accepted(name: str) -> None:
    """Capitals, other signs, empty parts, and more than 253 characters."""
    (problem,) = problems({"needed_name": name})
    assert problem.location.path == "needed_name"
    assert "small letters, digits" in problem.message
