"""A plan compared with its deployed cluster: addresses, readiness, space in subnets, and known messages."""

from podspace.verification.subnet_space import SubnetUse
from podspace.verification.verification import Verification, verify
from podspace.verification.watch import watched

__all__ = ["SubnetUse", "Verification", "verify", "watched"]
