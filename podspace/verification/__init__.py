"""Plans compared with their deployed cluster: addresses, readiness, space in subnets, and known messages."""

from podspace.verification.days_left import EarlierReading, earlier_reading
from podspace.verification.subnet_space import AccountSubnets, SubnetUse
from podspace.verification.verification import Verification, verify
from podspace.verification.watch import watched

__all__ = [
    "AccountSubnets",
    "EarlierReading",
    "SubnetUse",
    "Verification",
    "earlier_reading",
    "verify",
    "watched",
]
