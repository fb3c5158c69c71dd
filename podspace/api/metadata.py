"""What every Kubernetes object has: its API version, kind and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, JsonValue

from podspace.api.label import AnnotationKey, LabelValue, QualifiedName
from podspace.api.model import ApiModel, ListOf, ResourceName

_SERVER = "What the API server or a tool writes; read over."


class Metadata(ApiModel):
    """The metadata of an object without a namespace."""

    name: ResourceName
    labels: Mapping[QualifiedName, LabelValue] | None = None
    annotations: Mapping[AnnotationKey, str] | None = None
    namespace: str | None = Field(default=None, description="These kinds have none: the API server drops it.")
    generate_name: str | None = Field(default=None, description=_SERVER)
    uid: str | None = Field(default=None, description=_SERVER)
    resource_version: str | None = Field(default=None, description=_SERVER)
    generation: int | None = Field(default=None, description=_SERVER)
    creation_timestamp: str | None = Field(default=None, description=_SERVER)
    deletion_timestamp: str | None = Field(default=None, description=_SERVER)
    deletion_grace_period_seconds: int | None = Field(default=None, description=_SERVER)
    finalizers: ListOf[str] | None = Field(default=None, description=_SERVER)
    owner_references: ListOf[Mapping[str, JsonValue]] | None = Field(default=None, description=_SERVER)
    managed_fields: ListOf[Mapping[str, JsonValue]] | None = Field(default=None, description=_SERVER)
    self_link: str | None = Field(default=None, description=_SERVER)


class ApiObject(ApiModel):
    """A whole object: the base of the kinds, whose own fields narrow these down."""

    metadata: Metadata
    status: Annotated[Mapping[str, JsonValue] | None, Field(description="What the controller writes; read over.")] = (
        None
    )

    @property
    def name(self) -> str:
        """Its name, unique among objects of its kind."""
        return self.metadata.name

    def manifest(self) -> dict[str, JsonValue]:
        """The object to apply, as plain data: what was set, and nothing that was not."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"status"})
