"""Prices: those of a dated table, and what a config puts in their place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from podspace.planning import Config


class Price(BaseModel):
    """A price in US dollars, for an hour or a GB, and where it is from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: float
    source: str
    inferred: bool = False
    given: bool = False
    """Whether the config gives it."""


class PriceTable(BaseModel):
    """Prices by the keys of the config's `prices` section.

    `region` and `date` are those of the prices that the config leaves as they are, `as_of` is what it says of its own.
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
    return PriceTable.model_validate(yaml.safe_load(files("podspace.cost").joinpath(_FILE).read_text(encoding="utf-8")))


def price_table(config: Config) -> PriceTable:
    """The prices to count with: the config's, and for the others those of `prices.yaml`."""
    table = _table()
    given = config.prices.model_dump(exclude_none=True, exclude={"as_of"})
    prices = {key: Price(amount=amount, source="the config", given=True) for key, amount in given.items()}
    return table.model_copy(update={"as_of": config.prices.as_of or "", "prices": {**table.prices, **prices}})
