"""Checks over both halves of a deployment: its templates, and its manifests."""

from podspace.checks.assembly import Acknowledged
from podspace.checks.catalogue import RULES
from podspace.checks.checker import check
from podspace.checks.deployment import Deployment
from podspace.checks.inputs import Inputs, read_assemblies, read_inputs, reason_for

__all__ = ["RULES", "Acknowledged", "Deployment", "Inputs", "check", "read_assemblies", "read_inputs", "reason_for"]
