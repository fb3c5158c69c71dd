"""Quotas of an account in a region."""

from __future__ import annotations

from podspace.live.aws.account import Account
from podspace.live.aws.call import GET_SERVICE_QUOTA
from podspace.live.aws.model import Ec2Model
from podspace.quota import Quota


class _Value(Ec2Model):
    value: float


def quota(account: Account, wanted: Quota) -> int:
    """The account's value of a quota; the default if Service Quotas has none.

    Raises:
        UnreadError: the quota cannot be read.
    """
    found = account.read(GET_SERVICE_QUOTA, _Value, ServiceCode=wanted.service, QuotaCode=wanted.code)
    return next((int(each.value) for each in found), wanted.default)
