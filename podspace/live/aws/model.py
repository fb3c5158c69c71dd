"""Answers of AWS as types with the fields that podspace uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Protocol, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal


class Ec2Model(BaseModel):
    """Part of an answer whose keys begin with capitals, as those of EC2, IAM and CloudFormation do."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal)


class EksModel(BaseModel):
    """Part of an answer whose keys begin with small letters, as those of EKS do."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


def _by_key(given: object) -> object:
    if isinstance(given, list):
        return {each.get("Key", ""): each.get("Value", "") for each in given if isinstance(each, Mapping)}
    return given


Tags = Annotated[Mapping[str, str], BeforeValidator(_by_key)]
"""Tags by key, which EC2 answers as a list."""


class _Tagged(Protocol):
    @property
    def tags(self) -> Mapping[str, str]: ...


TaggedT = TypeVar("TaggedT", bound=_Tagged)


def tagged(found: Iterable[TaggedT], selector: Mapping[str, str]) -> tuple[TaggedT, ...]:
    """The items that have all of the tags."""
    return tuple(each for each in found if selector.items() <= each.tags.items())
