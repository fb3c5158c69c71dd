"""What `podspace plan` tells of a config: its addresses, what they hold, where they lead and what that costs."""

from podspace.address_plan.address_plan import AddressPlan, address_plan
from podspace.address_plan.json_report import json_report
from podspace.address_plan.text_report import text_report

__all__ = ["AddressPlan", "address_plan", "json_report", "text_report"]
