"""Managed prefix lists that an account can use."""

from __future__ import annotations

from podspace.live.aws.account import Account
from podspace.live.aws.call import DESCRIBE_PREFIX_LISTS
from podspace.live.aws.model import Ec2Model


class PrefixList(Ec2Model):
    """A managed prefix list; AWS reports no maximum number of entries of its own ones."""

    max_entries: int | None = None
    address_family: str = ""


def prefix_list(account: Account, list_id: str) -> PrefixList | None:
    """A prefix list of the account, of AWS, or that another account shares.

    Raises:
        UnreadError: it cannot be read.
    """
    return next(iter(account.read(DESCRIBE_PREFIX_LISTS, PrefixList, PrefixListIds=[list_id])), None)
