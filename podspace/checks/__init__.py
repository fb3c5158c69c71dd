"""Checks over both halves of a deployment: its templates, and its manifests."""

from podspace.checks.assembly import Acknowledged
from podspace.checks.catalogue import RULES
from podspace.checks.checker import accepted_by, check
from podspace.checks.environment import construct_paths, pictures
from podspace.checks.inputs import Inputs, read_assemblies, read_inputs, reason_for
from podspace.checks.order import circular

__all__ = [
    "RULES",
    "Acknowledged",
    "Inputs",
    "accepted_by",
    "check",
    "circular",
    "construct_paths",
    "pictures",
    "read_assemblies",
    "read_inputs",
    "reason_for",
]
