"""Prices are those of the table, unless the config gives others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pydantic import ValidationError

from podspace.cost import price_table
from podspace.planning.services.prices import PricesConfig
from tests.mother import a_config, a_plan

KEYS = set(PricesConfig.model_fields) - {"as_of"}


def test_the_table_has_every_price_of_the_config_with_its_source() -> None:
    table = price_table(a_plan())
    assert set(table.prices) == KEYS
    assert all(price.source and price.amount > 0 and not price.given for price in table.prices.values())
    assert re.search(r"\d{4}", table.date)


def test_prices_that_were_not_found_are_inferred() -> None:
    inferred = {key for key, price in price_table(a_plan()).prices.items() if price.inferred}
    assert inferred == {
        "regional_nat_gateway_hour",
        "regional_nat_gateway_gb",
        "firewall_endpoint_hour",
        "firewall_endpoint_gb",
    }


@pytest.mark.parametrize("key", sorted(KEYS))
def test_the_config_replaces_each_price_and_no_other(key: str) -> None:
    """A price of 0 is for what is free by contract."""
    before = price_table(a_plan())
    after = price_table(a_plan({"prices": {key: 0, "as_of": "our contract, 2026"}}))
    assert after.of(key).amount == 0
    assert after.of(key).given
    assert after.as_of == "our contract, 2026"
    assert {other: after.of(other) for other in KEYS - {key}} == {other: before.of(other) for other in KEYS - {key}}


@pytest.mark.parametrize("amount", [-0.1, "0.1", float("nan"), float("inf"), True])
def test_a_price_is_a_number_from_zero(amount: object) -> None:
    with pytest.raises(ValidationError):
        a_config({"prices": {"nat_gateway_hour": amount}})


def test_prices_change_nothing_else_of_a_plan() -> None:
    plan = a_plan({"prices": {"nat_gateway_hour": 1.5}})
    assert replace(plan, prices=a_plan().prices) == a_plan()
