"""Gateways of a plan: a module for each kind, and the construct that creates them."""

from constructs_lib.egress.egress import Egress, needs_of
from constructs_lib.egress.inputs import EgressInputs

__all__ = ["Egress", "EgressInputs", "needs_of"]
