"""Resources of the templates that the selector terms of a NodeClass select."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from podspace.lint.deployment import Manifest
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, Value, items, mapping, same, shown

ANY: Final = "*"
_OF_CLOUDFORMATION: Final = "aws:cloudformation:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Resources that selector terms select.

    Attributes:
        field: field with the terms, such as `podSubnetSelectorTerms`.
        terms: each term, with the resources that it certainly selects.
        chosen: resources that are certainly selected, each once.
        perhaps: resources that may be selected too.
        outside: whether a term has the id of a resource that the templates do not create.
    """

    field: str
    terms: tuple[tuple[Mapping[str, Value], tuple[Resource, ...]], ...]
    chosen: tuple[Resource, ...]
    perhaps: tuple[Resource, ...]
    outside: bool

    @property
    def certain(self) -> bool:
        """Whether all selected resources of the templates are known."""
        return bool(self.chosen) and not self.perhaps and not self.outside


def selection(node_class: Manifest, field: str, among: Iterable[Resource]) -> Selection:
    """Resources that the terms in a field of a NodeClass select.

    Args:
        among: subnets or security groups that the templates create.
    """
    among = tuple(among)
    terms = [mapping(term) for term in items(node_class.get("spec", field)) if isinstance(term, dict)]
    results = [[(resource, _selects(term, resource)) for resource in among] for term in terms]
    chosen = [resource for result in results for resource, selects in result if selects]
    perhaps = [resource for result in results for resource, selects in result if selects is None]
    certain = set(chosen)
    return Selection(
        field=field,
        terms=tuple(
            (term, tuple(resource for resource, selects in result if selects))
            for term, result in zip(terms, results, strict=True)
        ),
        chosen=tuple(dict.fromkeys(chosen)),
        perhaps=tuple(resource for resource in dict.fromkeys(perhaps) if resource not in certain),
        outside=any("id" in term and not isinstance(term["id"], Reference) for term in terms),
    )


def _selects(term: Mapping[str, Value], resource: Resource) -> bool | None:
    """Whether a term selects a resource; None if that cannot be told."""
    if "id" in term:  # a literal id is taken for another's
        return not isinstance(term["id"], str) and same(term["id"], resource.reference) is True
    answers: list[bool | None] = []
    if "name" in term:
        name = resource.properties.get("GroupName")
        answers.append(False if name is None else _fits(name, term["name"]))
    for tag, wanted in mapping(term.get("tags")).items():
        answers.append(_has_tag(resource, tag, wanted))
    if not answers or False in answers:
        return False
    return None if None in answers or not resource.certain else True


def _has_tag(resource: Resource, tag: str, wanted: Value) -> bool | None:
    """Whether a resource has a tag of some value."""
    if tag not in resource.tags:
        return False if resource.tags_known and not tag.startswith(_OF_CLOUDFORMATION) else None
    return True if wanted == ANY else _fits(resource.tags[tag], wanted)


def _fits(value: Value, wanted: Value) -> bool | None:
    """Whether a value is the one that a term asks for.

    There may be `*` and `?` in that, as EC2's filters take them; whether EKS Auto Mode passes them on is not said.
    """
    if isinstance(wanted, str) and value != wanted and not {"*", "?"}.isdisjoint(wanted):
        return False if isinstance(value, str) and not fnmatchcase(value, wanted) else None
    return same(value, wanted)


def tag_keys(selected: Selection) -> Iterator[tuple[str, Value]]:
    """Every tag that the terms ask for, with its value."""
    for term, _ in selected.terms:
        yield from mapping(term.get("tags")).items()


def written(terms: Selection) -> str:
    """The terms of a selection as they are written, in short."""
    parts = []
    for term, _ in terms.terms:
        tags = [f"{tag}={shown(value)}" for tag, value in mapping(term.get("tags")).items()]
        parts.append(", ".join([*tags, *(f"{name} {shown(term[name])}" for name in ("name", "id") if name in term)]))
    return " or ".join(parts)
