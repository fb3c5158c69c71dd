"""Quotas of an account in a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from podspace.live.aws.account import Account
from podspace.live.aws.call import GET_SERVICE_QUOTA
from podspace.live.aws.model import Ec2Model

PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A quota of AWS: its code in Service Quotas, and what it is for accounts that never asked for more."""

    service: str
    code: str
    what: str
    default: int


BLOCKS: Final = Quota(service="vpc", code="L-83CA0A9D", what="IPv4 blocks of a VPC", default=5)
SUBNETS: Final = Quota(service="vpc", code="L-407747CB", what="subnets of a VPC", default=200)
NAT_GATEWAYS: Final = Quota(service="vpc", code="L-FE5A380F", what="NAT gateways of a zone", default=5)
ROUTES: Final = Quota(service="vpc", code="L-93826ACB", what="routes of a route table", default=500)
ADDRESSES: Final = Quota(service="ec2", code="L-0263D0A3", what="Elastic IP addresses of a region", default=5)


class _Value(Ec2Model):
    value: float


def quota(account: Account, wanted: Quota) -> int:
    """What the account has; the default where Service Quotas does not know it.

    Raises:
        UnreadError: it cannot be read.
    """
    found = account.read(GET_SERVICE_QUOTA, _Value, ServiceCode=wanted.service, QuotaCode=wanted.code)
    return next((int(each.value) for each in found), wanted.default)
