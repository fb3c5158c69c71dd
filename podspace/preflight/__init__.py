"""A plan compared with the live VPC, cluster and account, before it is deployed."""

from podspace.preflight.preflight import CHECKS, VPC_CHECKS, preflight

__all__ = ["CHECKS", "VPC_CHECKS", "preflight"]
