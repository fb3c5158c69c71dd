"""Plans compared with their deployed cluster: addresses, readiness, space in subnets, and known messages."""

from podspace.verification.days_left import EarlierReading, earlier_reading
from podspace.verification.subnet_space import AccountSubnets, SubnetUse
from podspace.verification.verification import READ, Verification, verify

__all__ = [
    "READ",
    "AccountSubnets",
    "EarlierReading",
    "SubnetUse",
    "Verification",
    "earlier_reading",
    "verify",
]
