"""Checks of a deployment: its CloudFormation templates together with its Kubernetes manifests."""

from podspace.lint.assembly import Acknowledged
from podspace.lint.catalogue import RULES
from podspace.lint.checker import accepted_by, check
from podspace.lint.environment import construct_paths, pictures
from podspace.lint.inputs import Inputs, read_assemblies, read_inputs, reason_for
from podspace.lint.order import circular

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
