"""Prices: those of a dated table, or those that the config gives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from podspace.formats.document import SafeLoader
from podspace.planning import Plan


class Price(BaseModel):
    """A price in US dollars, for an hour or a GB, with its source."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: float
    source: str
    inferred: bool = False
    given: bool = False
    """Whether the config gives it."""


class PriceTable(BaseModel):
    """Prices by the keys of the config's `prices` section.

    Attributes:
        region: region of podspace's own prices.
        date: date of podspace's own prices.
        as_of: when and where the prices of the config were read, in words; may be empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    region: str
    date: str
    as_of: str = ""
    prices: Mapping[str, Price]

    def of(self, key: str) -> Price:
        """The price under a key, such as `nat_gateway_hour`."""
        return self.prices[key]


_FILE: Final = "prices.yaml"


@cache
def _table() -> PriceTable:
    text = files("podspace.cost").joinpath(_FILE).read_text(encoding="utf-8")
    return PriceTable.model_validate(yaml.load(text, Loader=SafeLoader))


def price_table(plan: Plan) -> PriceTable:
    """The prices to count with: those of the config, and for other keys those of `prices.yaml`."""
    table = _table()
    given = {key: Price(amount=each, source="the config", given=True) for key, each in plan.prices.given.items()}
    return table.model_copy(update={"as_of": plan.prices.as_of, "prices": {**table.prices, **given}})
