"""What every Kubernetes object has: its API version, kind and metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field, JsonValue

from podspace.api.label import AnnotationKey, LabelValue, QualifiedName
from podspace.api.model import ApiModel, ListOf, ResourceName
from podspace.diagnostic import Diagnostic, invalid

_ANNOTATIONS: Final = "https://github.com/kubernetes/apimachinery/blob/master/pkg/api/validation/objectmeta.go"
_FINALIZERS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/"
_MOST_ANNOTATED: Final = 256 * 1024
_OWN_FINALIZERS: Final = ("foregroundDeletion", "orphan", "kubernetes")
"""Names that Kubernetes itself gives."""
_SERVER = "Written by the API server or a tool; ignored."


class Metadata(ApiModel):
    """The metadata of an object without a namespace."""

    name: ResourceName = Field(description="Name of the object, unique among objects of its kind.")
    labels: Mapping[QualifiedName, LabelValue] | None = Field(default=None, description="Labels of the object.")
    annotations: Mapping[AnnotationKey, str] | None = Field(default=None, description="Annotations of the object.")
    namespace: str | None = Field(default=None, description="These kinds have none: the API server drops it.")
    generate_name: str | None = Field(default=None, description=_SERVER)
    uid: str | None = Field(default=None, description=_SERVER)
    resource_version: str | None = Field(default=None, description=_SERVER)
    generation: int | None = Field(default=None, description=_SERVER)
    creation_timestamp: str | None = Field(default=None, description=_SERVER)
    deletion_timestamp: str | None = Field(default=None, description=_SERVER)
    deletion_grace_period_seconds: int | None = Field(default=None, description=_SERVER)
    finalizers: ListOf[QualifiedName] | None = Field(default=None, description=_SERVER)
    owner_references: ListOf[Mapping[str, JsonValue]] | None = Field(default=None, description=_SERVER)
    managed_fields: ListOf[Mapping[str, JsonValue]] | None = Field(default=None, description=_SERVER)
    self_link: str | None = Field(default=None, description=_SERVER)

    def rules(self) -> Iterator[Diagnostic]:
        """Keys and values of annotations have at most 262144 bytes in total (documented)."""
        yield from super().rules()
        size = sum(len(f"{key}{value}".encode()) for key, value in (self.annotations or {}).items())
        if size > _MOST_ANNOTATED:
            must = f"must have at most {_MOST_ANNOTATED} bytes in total, keys and values, and have {size}"
            yield invalid("annotations", must, fix="shorten or remove annotations", source=_ANNOTATIONS)

    def doubts(self) -> Iterator[Diagnostic]:
        """A finalizer without a domain causes a warning of the API server."""
        for index, name in enumerate(self.finalizers or ()):
            if "/" not in name and name not in _OWN_FINALIZERS:
                must = "should have a domain and a slash before its name: without them, the API server shows a warning"
                yield invalid(f"finalizers[{index}]", must, subject=name, source=_FINALIZERS)


class ApiObject(ApiModel):
    """A whole Kubernetes object: the base class of NodeClass, NodePool and ENIConfig."""

    metadata: Metadata
    status: Annotated[Mapping[str, JsonValue] | None, Field(description="Written by the controller; ignored.")] = None

    @property
    def name(self) -> str:
        """`metadata.name`, unique among objects of the kind."""
        return self.metadata.name

    def manifest(self) -> dict[str, JsonValue]:
        """The manifest to apply, as plain data, without fields that were not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"status"})
