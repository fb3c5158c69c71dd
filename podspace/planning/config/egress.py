"""The entries of the `egress` section: ways out of the pod subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Generic, Literal, Self, TypeVar

from pydantic import model_validator

from podspace.planning.config.section import NatGatewayId, Section, SubnetId, Zone

IdT = TypeVar("IdT")
SHARED: Final = "shared"
"""Stands in place of a zone where one gateway serves every zone."""


class Gateways(Section, Generic[IdT]):
    """A gateway for each zone, or one that every zone shares.

    In a file: a mapping from zone to id, or one id.  In Python, where what exists may be handed to the
    construct instead of being named here, also `per_zone` or `shared`.
    """

    shared: bool
    ids: Mapping[Zone | Literal["shared"], IdT] | None = None
    """By zone, or under `shared`; None where the construct is handed them."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, str):
            # The id of the one gateway is checked as such; these two words stand for ids handed to a construct.
            return {"shared": data != "per_zone"} | ({} if data in {"per_zone", SHARED} else {"ids": {SHARED: data}})
        return {"shared": False, "ids": data} if isinstance(data, Mapping) else data


class EgressConfig(Section):
    """One way out: what it leads `to`, and exactly one kind of gateway."""

    to: Literal["internet"]
    nat_gateways: Gateways[NatGatewayId] | None = None
    """NAT gateways that exist."""
    new_nat_gateways: Gateways[SubnetId] | None = None
    """Zonal NAT gateways to be made, each in the public subnet named."""

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> Self:
        if (self.nat_gateways is None) == (self.new_nat_gateways is None):
            raise ValueError("must have exactly one kind of way out: nat_gateways or new_nat_gateways")
        return self

    @property
    def kind(self) -> Literal["nat_gateways", "new_nat_gateways"]:
        """The key of the one kind of gateway that is given."""
        return "nat_gateways" if self.nat_gateways else "new_nat_gateways"

    @property
    def gateways(self) -> Gateways[str]:
        """The gateways of that kind."""
        given = self.nat_gateways or self.new_nat_gateways
        assert given, "one kind is given"
        return given
