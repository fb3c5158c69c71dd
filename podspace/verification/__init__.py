"""What was deployed and applied, held against what is there: addresses, readiness, space, and known messages."""

from podspace.verification.subnet_space import SubnetUse
from podspace.verification.verification import Verification, verify
from podspace.verification.watch import watched

__all__ = ["SubnetUse", "Verification", "verify", "watched"]
