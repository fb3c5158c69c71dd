"""A quantity is a whole number or text that Kubernetes reads as one, and is as much as it says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from podspace.api.quantity import Quantity, amount_of
from tests.podspace.api.verdict import the_ruled_problem, written

QUANTITY: TypeAdapter[int | str] = TypeAdapter(Quantity)


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [
        ("0", "0"),
        ("7", "7"),
        ("+7", "7"),
        ("-7", "-7"),
        ("1.5", "1.5"),
        ("1.", "1"),
        (".5", "0.5"),
        ("2n", "0.000000002"),
        ("2u", "0.000002"),
        ("2m", "0.002"),
        ("2k", "2000"),
        ("2M", "2000000"),
        ("2G", "2000000000"),
        ("2T", "2000000000000"),
        ("2P", "2000000000000000"),
        ("2E", "2000000000000000000"),
        ("2Ki", "2048"),
        ("2Mi", "2097152"),
        ("2Gi", "2147483648"),
        ("2Ti", "2199023255552"),
        ("2Pi", "2251799813685248"),
        ("2Ei", "2305843009213693952"),
        ("1.5Ki", "1536"),
        ("2e3", "2000"),
        ("2E3", "2000"),
        ("2e+3", "2000"),
        ("2e-3", "0.002"),
    ],
)
def test_a_quantity_is_as_much_as_its_unit_says(quantity: str, amount: str) -> None:
    """Decimal and binary units, exponents, fractions and signs."""
    assert written(QUANTITY, quantity) == quantity
    assert amount_of(quantity) == Decimal(amount)


@pytest.mark.parametrize("number", [0, 1, -1, 2**53 - 1, -(2**53) + 1])
def test_a_whole_number_is_a_quantity(number: int) -> None:
    """Up to the largest that every reader of JSON holds exactly."""
    assert written(QUANTITY, number) == number


@pytest.mark.parametrize(
    "given",
    [
        2**53,
        -(2**53),
        1.5,
        True,
        None,
        [],
        "",
        " ",
        "Gi",
        "1 Gi",
        "1Gi ",
        "1Gi\n",
        "1GiB",
        "1GB",
        "1ki",
        "1K",
        "1g",
        "1e",
        "1e3Gi",
        "--1",
        "1.5.1",
        ".",
        "1,5",
        "0x1",
        "٣",
    ],
)
def test_nothing_else_is_a_quantity(given: object) -> None:
    """Among them a unit of another case, and numbers that are no whole ones."""
    problem = the_ruled_problem(QUANTITY, given)
    assert problem.location.path == ""
    assert "a whole number or a Kubernetes quantity in quotes" in problem.message


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]))
def test_a_larger_number_of_a_unit_is_more(number: int, unit: str) -> None:
    """Whatever the unit."""
    assert amount_of(f"{number}{unit}") < amount_of(f"{number + 1}{unit}")
