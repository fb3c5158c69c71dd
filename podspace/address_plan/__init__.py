"""What `podspace plan` shows of a config: its addresses, the nodes and pods that fit, its routes and their cost."""

from podspace.address_plan.address_plan import AddressPlan, address_plan
from podspace.address_plan.plan_facts import plan_facts
from podspace.address_plan.ranking import ranked_pools
from podspace.address_plan.text_report import text_report

__all__ = ["AddressPlan", "address_plan", "plan_facts", "ranked_pools", "text_report"]
