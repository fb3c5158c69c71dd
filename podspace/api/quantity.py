"""Kubernetes quantities, such as 500m, 100Mi or 2e3."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

QUANTITIES = "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"
QUANTITY = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?"
"""Regular expression of a quantity in the schemas."""

_EXACT = 2**53 - 1  # what JSON readers hold exactly; larger numbers go in quotes
_UNITS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def amount_of(quantity: str) -> Decimal:
    """The number that a quantity such as `100Mi` means."""
    if binary := re.fullmatch("(.*)([KMGTPE])i", quantity):
        return Decimal(binary[1]) * (1 << 10 * (1 + "KMGTPE".index(binary[2])))
    if unit := re.fullmatch("(.*)([numkMGTPE])", quantity):
        return Decimal(unit[1]).scaleb(_UNITS[unit[2]])
    return Decimal(quantity)


def whole_number(text: str) -> int | None:
    """The whole number of 64 bits that Kubernetes reads in the value of a label or requirement; None if it has none.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#NodeAffinity
    """
    number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,63}", text) else None  # a value has at most 63 characters
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _quantity(given: object) -> object:
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) <= _EXACT:
        return given
    if isinstance(given, str) and re.fullmatch(QUANTITY, given):
        return given
    must = "must be a whole number or a Kubernetes quantity in quotes, such as 1000 or 1000Gi"
    raise refusal(Diagnostic(message=must, source=QUANTITIES))


Quantity = Annotated[
    int | Annotated[str, Field(json_schema_extra={"pattern": f"^({QUANTITY})$"})],
    BeforeValidator(_quantity),
    Field(title="quantity", examples=["100Gi"]),
]
"""A whole number, or text such as `100Gi` or `500m`."""
