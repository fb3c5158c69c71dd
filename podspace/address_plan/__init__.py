"""What `podspace plan` tells of a config: its addresses, what they hold, where they lead and what that costs."""

from podspace.address_plan.address_plan import AddressPlan, address_plan
from podspace.address_plan.plan_facts import plan_facts
from podspace.address_plan.text_report import text_report

__all__ = ["AddressPlan", "address_plan", "plan_facts", "text_report"]
