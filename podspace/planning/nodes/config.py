"""The `node_classes` and `node_pools` sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic.config import JsonDict

from podspace.api import NodeClassSettings, NodePoolSettings, ResourceName
from podspace.api.label import QualifiedName
from podspace.api.quantity import Quantity
from podspace.api.refusal import refusal, shown
from podspace.diagnostic import invalid
from podspace.planning.section import Section

_WORD = "from_capacity"


class NodeClassConfig(NodeClassSettings):
    """A NodeClass; its role, subnets and security groups follow from the rest of the config.

    Values are those of the API, and keys are in snake case:
    https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html.
    Sysctls have the names of the kernel.
    """

    name: ResourceName = Field(description="Name of the NodeClass, at most 63 characters; not `default`.")


class LimitsFromCapacity(Section):
    """Limits of a NodePool that follow from the addresses of its subnets.

    In a file also the word `from_capacity` alone.
    """

    short_form: ClassVar[JsonDict] = {"const": _WORD}

    from_capacity: Literal[True]
    """Write `limits.nodes`, so that no zone outgrows its subnets while nodes are spread evenly over the zones."""
    zones_lost: int = Field(default=0, ge=0)
    """How many zones of the network can be lost while the nodes still fit into the others."""
    cpu: Quantity | None = Field(default=None, examples=["1000"])
    """A limit of vCPUs as well."""
    memory: Quantity | None = Field(default=None, examples=["4000Gi"])
    """A limit of memory as well."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, given: object) -> object:
        if given == _WORD:
            return {_WORD: True}
        if isinstance(given, str):
            raise ValueError(f'must be {_WORD}, or amounts such as {{nodes: "100"}}')
        if isinstance(given, Mapping) and "nodes" in given:
            raise refusal(
                invalid("nodes", f"must not be given with {_WORD}, which writes it", subject=shown(given["nodes"]))
            )
        return given

    @property
    def amounts(self) -> dict[str, int | str]:
        """The limits that are written as amounts, by resource."""
        given = {"cpu": self.cpu, "memory": self.memory}
        return {resource: amount for resource, amount in given.items() if amount is not None}


def _kind_of_limits(given: object) -> str:
    words = isinstance(given, Mapping) and not given.keys().isdisjoint({_WORD, "zones_lost"})
    return "capacity" if words or isinstance(given, str | LimitsFromCapacity) else "amounts"


PoolLimits = Annotated[
    Annotated[LimitsFromCapacity, Tag("capacity")] | Annotated[Mapping[QualifiedName, Quantity], Tag("amounts")],
    Discriminator(_kind_of_limits),
]
"""Amounts by resource, or limits from the capacity; an error is reported about the one that was meant."""


class NodePoolConfig(NodePoolSettings):
    """A NodePool of EKS Auto Mode.

    Values are those of the API, and keys are in snake case, without the levels `template`, `metadata` and `spec`:
    https://karpenter.sh/docs/concepts/nodepools/
    """

    name: ResourceName = Field(description="Name of the NodePool, at most 63 characters.")
    node_class: ResourceName | None = Field(
        default=None, description="Name of a NodeClass of the config; optional if there is one NodeClass."
    )
    limits: PoolLimits | None = Field(  # type: ignore[assignment]  # the API has amounts only
        default=None,
        description="Maximum amounts, such as of cpu, memory or nodes; `from_capacity` for as many nodes as fit.",
    )

    @property
    def amounts(self) -> Mapping[str, int | str]:
        """The limits that are written as amounts, by resource."""
        limits = self.limits
        return limits.amounts if isinstance(limits, LimitsFromCapacity) else limits or {}

    @property
    def from_capacity(self) -> LimitsFromCapacity | None:
        """What is asked of limits that follow from the capacity; None if all limits are amounts."""
        return self.limits if isinstance(self.limits, LimitsFromCapacity) else None
