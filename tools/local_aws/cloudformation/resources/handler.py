"""What the engine knows of a resource type: how it is created, updated, deleted and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:  # it is made of what is here
    from tools.local_aws.services.eks import Objects

Properties = Mapping[str, Any]
"""Properties of a resource without functions."""


class Aws(Protocol):
    """The services of an account in a region."""

    @property
    def account(self) -> str:
        """Its number."""

    @property
    def region(self) -> str:
        """Its name."""

    def __call__(self, service: str) -> Any:  # noqa: ANN401  boto3 makes its clients while it runs
        """A client of boto3."""

    def objects(self, cluster: str) -> Objects:
        """The Kubernetes objects of a cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """A created resource: the value of its Ref, and those of Fn::GetAtt."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Handler:
    """How the engine deals with one resource type; a subclass for each.

    Attributes:
        type: the type.
        properties: the names of the properties that are emulated; others are refused.
        in_place: those of them that `update` changes; create-only ones come from the schema of the type.
        tags: the property with the tags, to which the tags of the stack are added; empty if it has none.
        custom: whether no schema knows it.
        create_only: of a custom type, the properties whose change replaces it.
    """

    type: ClassVar[str]
    properties: ClassVar[frozenset[str]]
    in_place: ClassVar[frozenset[str]] = frozenset()
    tags: ClassVar[str] = "Tags"
    custom: ClassVar[bool] = False
    create_only: ClassVar[frozenset[str]] = frozenset()

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        """Create it; `name` is for a resource that needs one and has none."""
        raise NotImplementedError

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        """Change it in place, and return the attributes that change with it."""
        raise NotImplementedError

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        """Delete it; that it is not there is no error."""
        raise NotImplementedError

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        """Its properties as they are now, for drift; None if it does not exist.

        Only properties that can be read are in the answer. `properties` are those of the template. An error of the
        service says as well that it does not exist; `current` understands it.
        """
        raise NotImplementedError

    def current(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        """What `read` says; None also if the service says that it, or what it is in, does not exist."""
        try:
            return self.read(aws, physical_id, properties)
        except ClientError as error:
            if is_absent(error):
                return None
            raise

    def tagged(self, properties: Properties, tags: Mapping[str, str]) -> Properties:
        """The properties with the tags of the stack."""
        if not tags or self.tags not in self.properties:
            return properties
        own = {tag["Key"]: tag["Value"] for tag in properties.get(self.tags, [])}
        return {**properties, self.tags: tag_list({**tags, **own})}


_ABSENT: Final = (
    "NotFound",
    "Malformed",
    "NoSuchEntity",
    "ResourceNotFoundException",
    "NoSuchBucket",
    "ParameterNotFound",
    "UnknownResource",
)
"""What the codes of errors contain that say a thing does not exist."""


def is_absent(error: ClientError) -> bool:
    """Whether an error says that a thing does not exist."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return any(part in code for part in _ABSENT)


def names(text: str) -> frozenset[str]:
    """Names that are separated by spaces."""
    return frozenset(text.split())


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services have them."""
    return [{"Key": key, "Value": str(value)} for key, value in tags.items()]


def tag_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags by their keys, without those of CloudFormation itself."""
    return {tag["Key"]: tag["Value"] for tag in tags or () if not tag["Key"].startswith("aws:")}


def tag_changes(before: Properties, after: Properties) -> tuple[list[str], dict[str, str]]:
    """The keys of the tags that are to go, and all tags that are to be there; the latter empty if none is new."""
    old, new = tag_map(before.get("Tags")), tag_map(after.get("Tags"))
    return sorted(old.keys() - new.keys()), new if new != old else {}


def list_changes(before: Properties, after: Properties, key: str) -> tuple[list[str], list[str]]:
    """Which items of a list are new, and which are to go."""
    old, new = set(before.get(key, [])), set(after.get(key, []))
    return sorted(new - old), sorted(old - new)


def only(mapping: Mapping[str, Any], keys: str) -> dict[str, Any]:
    """Some keys of a mapping, those that it has."""
    return {key: mapping[key] for key in keys.split() if key in mapping}


def boolean(value: object) -> bool:
    """A boolean of a template, which may be a text."""
    return value if isinstance(value, bool) else str(value).lower() == "true"
