"""A plan compared with the live VPC, cluster and account, before it is deployed."""

from podspace.preflight.closed_groups import ClosedGroup, reaches_yaml
from podspace.preflight.preflight import CHECKS, VPC_CHECKS, groups_to_open, preflight

__all__ = ["CHECKS", "VPC_CHECKS", "ClosedGroup", "groups_to_open", "preflight", "reaches_yaml"]
