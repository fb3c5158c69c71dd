"""Costs of the gateways and endpoints of a plan in a month."""

from podspace.cost.cost import HOURS, Cost, cost
from podspace.cost.price import Price, PriceTable, price_table

__all__ = ["HOURS", "Cost", "Price", "PriceTable", "cost", "price_table"]
