"""Instance types from EC2."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from podspace.live.aws.account import Account
from podspace.live.aws.call import DESCRIBE_INSTANCE_TYPES
from podspace.live.aws.model import Ec2Model


class NetworkInfo(Ec2Model):
    """How many interfaces an instance can have, and how many IPv4 addresses each of them."""

    interfaces: int = Field(alias="MaximumNetworkInterfaces")
    addresses: int = Field(alias="Ipv4AddressesPerInterface")


class InstanceType(Ec2Model):
    """An instance type."""

    name: str = Field(alias="InstanceType")
    network: NetworkInfo = Field(alias="NetworkInfo")


def instance_types(account: Account, names: Sequence[str]) -> dict[str, InstanceType]:
    """The instance types of these names that the region has.

    Raises:
        UnreadError: they cannot be read.
        LiveError: AWS cannot be reached.
    """
    found = account.read(DESCRIBE_INSTANCE_TYPES, InstanceType, Filters=[{"Name": "instance-type", "Values": names}])
    return {each.name: each for each in found}
