"""Which stacks are deployed to one account and region: selectors, names and groups reach no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from podspace.formats.document import Document
from podspace.formats.manifest_reader import FoundObject
from podspace.lint.deployment import Deployment
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.resolver import Resolver
from podspace.lint.stack import Stack


def pictures(
    stacks: Sequence[Stack],
    objects: Iterable[FoundObject] = (),
    switches: Iterable[Document] = (),
    *,
    kubernetes: int | None = None,
) -> list[Picture]:
    """A `Picture` for each account and region, with its stacks and manifests.

    A NodeClass belongs to the accounts and regions in which it selects a resource or names a role; if there are none,
    to all.

    Raises:
        InputError: a value of a template refers to itself.
    """
    resolver = Resolver(stacks)
    objects, switches = tuple(objects), tuple(switches)
    every = [
        Picture(Deployment(group, objects, switches, resolver=resolver), kubernetes=kubernetes)
        for group in environments(stacks) or [[]]
    ]
    if len(every) == 1:
        return every
    return [
        Picture(
            Deployment(one.deployment.stacks, _of(one, every, objects), switches, resolver=resolver),
            kubernetes=kubernetes,
        )
        for one in every
    ]


def construct_paths(pictures: Iterable[Picture]) -> dict[int, str]:
    """The construct path of the stack that each manifest belongs to, by the identity of what was read."""
    return {
        id(manifest.found): path
        for picture in pictures
        for manifest in picture.deployment.manifests
        if manifest.found and (path := picture.stack_of(manifest))
    }


def environments(stacks: Sequence[Stack]) -> list[list[Stack]]:
    """Stacks that may be deployed to one account and region, together."""
    origins = {(o.folder, o.account, o.region): o for o in (stack.origin for stack in stacks)}
    groups: list[set[tuple[str, str, str]]] = []
    for one in origins.values():
        group = {key for key, other in origins.items() if one.may_share(other)}
        if not any(group <= known for known in groups):
            groups = [known for known in groups if not known <= group] + [group]
    return [
        [one for one in stacks if (one.origin.folder, one.origin.account, one.origin.region) in group]
        for group in groups
    ]


def _of(picture: Picture, every: list[Picture], objects: tuple[FoundObject, ...]) -> list[FoundObject]:
    """The manifests that belong to a picture rather than only to others."""
    elsewhere = {id(one.manifest.found) for other in every for one in other.node_classes if _is_here(other, one)}
    here = {id(one.manifest.found) for one in picture.node_classes if _is_here(picture, one)}
    gone = {one.name for one in picture.node_classes if id(one.manifest.found) in elsewhere - here}
    names = {one.name for one in picture.node_classes if id(one.manifest.found) not in elsewhere - here}
    return [
        found
        for found in objects
        if id(found) not in elsewhere - here
        and (found.kind.__name__ != "NodePool" or _refers_to(found) not in gone - names)
    ]


def _is_here(picture: Picture, node_class: NodeClassInUse) -> bool:
    return any(terms.chosen for terms in node_class.selections) or picture.role_of(node_class) is not None


def _refers_to(pool: FoundObject) -> str:
    """The NodeClass that a NodePool names."""
    value = pool.data.get("spec")
    for key in ("template", "spec", "nodeClassRef", "name"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
