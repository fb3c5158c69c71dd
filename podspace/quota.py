"""AWS quotas that a pod network can reach, with their default values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

QUOTA_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
"""The page with the quotas here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """An AWS quota.

    Attributes:
        service: code of the service in Service Quotas.
        code: code of the quota in Service Quotas.
        what: what is counted, in words.
        default: value for an account without an increase.
    """

    service: str
    code: str
    what: str
    default: int


BLOCKS: Final = Quota(service="vpc", code="L-83CA0A9D", what="IPv4 CIDR blocks of a VPC", default=5)
SUBNETS: Final = Quota(service="vpc", code="L-407747CB", what="subnets of a VPC", default=200)
NAT_GATEWAYS: Final = Quota(service="vpc", code="L-FE5A380F", what="NAT gateways of a zone", default=5)
ROUTES: Final = Quota(service="vpc", code="L-93826ACB", what="routes of a route table", default=500)
GROUP_RULES: Final = Quota(service="vpc", code="L-0EA8095F", what="rules of a security group", default=60)
"""Rules of a security group, for each direction and address family."""
NETWORK_ADDRESS_USAGE: Final = Quota(
    service="vpc", code="L-BB24F6E5", what="units of Network Address Usage of a VPC", default=64_000
)
MOST_NETWORK_ADDRESS_USAGE: Final = 256_000
"""Units of a VPC, with the quota raised to its maximum."""
ADDRESSES: Final = Quota(service="ec2", code="L-0263D0A3", what="Elastic IP addresses of a region", default=5)
