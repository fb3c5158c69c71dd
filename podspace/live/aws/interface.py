"""Network interfaces, instances and volumes, those of EKS Auto Mode among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from pydantic import Field

from podspace.live.aws.account import Account
from podspace.live.aws.call import DESCRIBE_INSTANCES, DESCRIBE_INTERFACES, DESCRIBE_VOLUMES, Value
from podspace.live.aws.group import GroupRef
from podspace.live.aws.model import Ec2Model, Tags

CLUSTER_TAG = "eks:eks-cluster-name"
POOL_TAG = "eks:kubernetes-node-pool-name"
NODE_TAG = "eks:kubernetes-cni-node-name"
"""Tags of what EKS Auto Mode makes, as AmazonEKSComputePolicy and AmazonEKSNetworkingPolicy require them,
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSComputePolicy.html."""


class Attachment(Ec2Model):
    """The attachment of a network interface."""

    instance_id: str = ""


class PrivateAddress(Ec2Model):
    """An address of an interface."""

    address: IPv4Address = Field(alias="PrivateIpAddress")


class Prefix(Ec2Model):
    """A /28 prefix of an interface."""

    cidr: IPv4Network = Field(alias="Ipv4Prefix")


class InstanceInterface(Ec2Model):
    """A network interface, as its instance shows it."""

    interface_id: str = Field(alias="NetworkInterfaceId")
    subnet_id: str
    source_dest_check: bool = True


class Interface(InstanceInterface):
    """A network interface."""

    status: str = ""
    interface_type: str = "interface"
    description: str = ""
    requester_id: str = ""
    groups: tuple[GroupRef, ...] = ()
    attachment: Attachment = Attachment()
    addresses: tuple[PrivateAddress, ...] = Field(default=(), alias="PrivateIpAddresses")
    prefixes: tuple[Prefix, ...] = Field(default=(), alias="Ipv4Prefixes")
    tags: Tags = Field(default_factory=dict, alias="TagSet")


class InstanceState(Ec2Model):
    """How far an instance has come."""

    name: str = ""


class Instance(Ec2Model):
    """An instance."""

    instance_id: str
    state: InstanceState = InstanceState()
    interfaces: tuple[InstanceInterface, ...] = Field(default=(), alias="NetworkInterfaces")
    tags: Tags = Field(default_factory=dict)


class Reservation(Ec2Model):
    """Instances that were started together."""

    instances: tuple[Instance, ...] = ()


class Volume(Ec2Model):
    """A volume."""

    volume_id: str
    state: str = ""
    size: int = 0


@dataclass(frozen=True)
class Leftovers:
    """Network interfaces in some subnets, and resources that the nodes of some NodePools leave; each may raise
    `UnreadError`.
    """

    account: Account
    cluster_name: str
    subnet_ids: tuple[str, ...]
    node_pools: tuple[str, ...]

    @cached_property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces in the subnets."""
        if not self.subnet_ids:
            return ()
        filters = [{"Name": "subnet-id", "Values": self.subnet_ids}]
        return self.account.read(DESCRIBE_INTERFACES, Interface, Filters=filters)

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The nodes of the NodePools, but for those that are gone."""
        found = self.account.read(DESCRIBE_INSTANCES, Reservation, Filters=self._of_nodes())
        alive = [instance for each in found for instance in each.instances if instance.state.name != "terminated"]
        return tuple(alive)

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The volumes of those nodes."""
        return self.account.read(DESCRIBE_VOLUMES, Volume, Filters=self._of_nodes())

    def _of_nodes(self) -> Value:
        return [
            {"Name": f"tag:{CLUSTER_TAG}", "Values": [self.cluster_name]},
            {"Name": f"tag:{POOL_TAG}", "Values": self.node_pools},
        ]
