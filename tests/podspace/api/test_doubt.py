"""A doubt is found wherever it is in an object, and its place is spelled as the object's origin spells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from podspace.api import ApiModel, ListOf, doubts_of, read
from podspace.diagnostic import Diagnostic, Location
from tests.podspace.manifests import Manifest, a_full_node_class, a_full_node_pool, a_node_pool, an_eni_config


class Leaf(ApiModel):
    """Doubts itself if it is large."""

    leaf_size: int = 0

    def doubts(self) -> Iterator[Diagnostic]:
        if self.leaf_size > 1:
            yield Diagnostic(
                location=Location(path="leaf_size"), subject=str(self.leaf_size), message="should be small", fix="cut it", source="https://x", inferred=True
            )  # fmt: skip


class Tree(ApiModel):
    """Has leaves in every way there is."""

    one_leaf: Leaf | None = None
    leaf_list: ListOf[Leaf] = ()
    leaf_map: Mapping[str, Leaf] | None = None
    leaf_lists: ListOf[ListOf[Leaf]] = ()
    name: str = "a"

    def doubts(self) -> Iterator[Diagnostic]:
        if self.name == "both":
            yield Diagnostic(location=Location(path="one_leaf.leaf_size"), message="should be given")
            yield Diagnostic(message="should be simpler")


LARGE = {"leaf_size": 2}


@pytest.mark.parametrize(
    ("given", "by_alias", "by_name"),
    [
        ({"one_leaf": LARGE}, "oneLeaf.leafSize", "one_leaf.leaf_size"),
        ({"leaf_list": [{}, LARGE]}, "leafList[1].leafSize", "leaf_list[1].leaf_size"),
        ({"leaf_lists": [[], [{}, LARGE]]}, "leafLists[1][1].leafSize", "leaf_lists[1][1].leaf_size"),
    ],
)
def test_a_doubt_is_reported_with_its_place(given: object, by_alias: str, by_name: str) -> None:
    """In a manifest and in our own files, and with all that it says."""
    tree = Tree.model_validate(given)
    (doubt,) = doubts_of(tree)
    assert doubt == Diagnostic(
        location=Location(path=by_alias),
        subject="2",
        message="should be small",
        fix="cut it",
        source="https://x",
        inferred=True,
    )
    assert [doubt.location.path for doubt in doubts_of(tree, by_alias=False)] == [by_name]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"leaf_map": {"x": LARGE}}, "leafMap.x.leafSize"),
        ({"leaf_map": {"a.b/c": LARGE}}, 'leafMap["a.b/c"].leafSize'),
    ],
)
def test_a_doubt_in_a_mapping_is_reported_with_its_place(given: object, place: str) -> None:
    """By the key."""
    (doubt,) = doubts_of(Tree.model_validate(given))
    assert doubt.location.path == place


def test_an_objects_own_doubts_come_first() -> None:
    """Then those of its parts, in their order."""
    tree = Tree(name="both", leaf_list=(Leaf(leaf_size=3),), one_leaf=Leaf(leaf_size=2))
    assert [doubt.location.path for doubt in doubts_of(tree)] == [
        "oneLeaf.leafSize",
        "",
        "oneLeaf.leafSize",
        "leafList[0].leafSize",
    ]


def test_an_object_without_doubts_has_none() -> None:
    """However many parts it has."""
    assert not list(doubts_of(Tree(one_leaf=Leaf(leaf_size=1), leaf_list=(Leaf(),) * 3)))


@pytest.mark.parametrize(
    ("manifest", "places"),
    [
        (a_full_node_class(), ["spec.advancedSecurity.kernelLockdown"]),
        (a_full_node_pool(), []),
        (an_eni_config(), []),
        (a_node_pool(replicas=1, limits={"nodes": 1}), ["spec.limits.nodes"]),
        (a_node_pool(template={"requirements": [{"key": "a", "operator": "Gte", "values": ["1"]}]}), ["spec.template.spec.requirements[0].operator"]),
    ],
)  # fmt: skip
def test_the_doubts_about_a_manifest_are_reported_with_their_places_in_it(
    manifest: Manifest, places: list[str]
) -> None:
    """From the top."""
    assert [doubt.location.path for doubt in doubts_of(read(manifest))] == places
