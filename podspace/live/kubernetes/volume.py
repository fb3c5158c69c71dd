"""Volumes, and the claims that pods use them by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, inner, text
from podspace.live.kubernetes.placement import Term, node_terms

_EBS_DRIVER = "ebs.csi.aws.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeClaim:
    """A PersistentVolumeClaim; `volume` is the name of its PersistentVolume, empty until it has one."""

    namespace: str
    name: str
    volume: str

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it."""
        metadata = inner(data, "metadata")
        return cls(
            namespace=text(metadata, "namespace"),
            name=text(metadata, "name"),
            volume=text(inner(data, "spec"), "volumeName"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """A PersistentVolume.

    Attributes:
        driver: its CSI driver; empty for a volume of another kind.
        terms: the terms of its node affinity, of which a node must meet one; None if it can be used on any node.
    """

    name: str
    driver: str
    terms: tuple[Term, ...] | None

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it; volumes of the former kind of EBS have the EBS CSI driver."""
        spec = inner(data, "spec")
        return cls(
            name=text(inner(data, "metadata"), "name"),
            driver=text(inner(spec, "csi"), "driver") or (_EBS_DRIVER if "awsElasticBlockStore" in spec else ""),
            terms=node_terms(inner(spec, "nodeAffinity"), "required"),
        )
