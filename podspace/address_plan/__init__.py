"""Contents of `podspace plan`: addresses, capacity, routes and costs of a config."""

from podspace.address_plan.address_plan import AddressPlan, address_plan
from podspace.address_plan.plan_facts import plan_facts
from podspace.address_plan.ranking import ranked_pools
from podspace.address_plan.text_report import text_report

__all__ = ["AddressPlan", "address_plan", "plan_facts", "ranked_pools", "text_report"]
