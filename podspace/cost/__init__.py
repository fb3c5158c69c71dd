"""What the ways out of a plan cost in a month."""

from podspace.cost.cost import HOURS, Cost, cost
from podspace.cost.hourly import Hourly
from podspace.cost.price import Price, PriceTable, price_table
from podspace.cost.traffic import Traffic

__all__ = ["HOURS", "Cost", "Hourly", "Price", "PriceTable", "Traffic", "cost", "price_table"]
