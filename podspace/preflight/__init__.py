"""A plan held against the live VPC, cluster and account, just before it is deployed."""

from podspace.preflight.preflight import CHECKS, VPC_CHECKS, preflight
from podspace.preflight.scene import Scene, scene

__all__ = ["CHECKS", "VPC_CHECKS", "Scene", "preflight", "scene"]
