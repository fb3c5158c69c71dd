"""A deployed CloudFormation stack, and the resources that it created."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from podspace.live.aws.account import Account
from podspace.live.aws.call import DESCRIBE_STACKS, LIST_STACK_RESOURCES
from podspace.live.aws.model import Ec2Model


class StackState(Ec2Model):
    """The state of a stack."""

    stack_status: str
    stack_status_reason: str = ""
    enable_termination_protection: bool = False


class StackResource(Ec2Model):
    """A resource of a stack."""

    logical_resource_id: str
    physical_resource_id: str = ""
    resource_type: str
    resource_status: str = ""

    @property
    def service_id(self) -> str:
        """The id in the service, without the VPC id that CloudFormation adds to the id of a CIDR block association.

        The primary identifier of AWS::EC2::VPCCidrBlock is the association and the VPC, which are written `id|vpc`:
        https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html.
        """
        if self.resource_type != "AWS::EC2::VPCCidrBlock":
            return self.physical_resource_id
        return self.physical_resource_id.partition("|")[0]


@dataclass(frozen=True)
class LiveStack:
    """A stack of an account, deployed or not; every property may raise `UnreadError`, and `LiveError`."""

    account: Account
    name: str

    @cached_property
    def state(self) -> StackState | None:
        """Status of the stack; None if it is not deployed."""
        return next(iter(self.account.read(DESCRIBE_STACKS, StackState, StackName=self.name)), None)

    @cached_property
    def resources(self) -> tuple[StackResource, ...]:
        """Resources of the stack, without deleted ones."""
        if self.state is None:
            return ()
        found = self.account.read(LIST_STACK_RESOURCES, StackResource, StackName=self.name)
        return tuple(each for each in found if each.resource_status != "DELETE_COMPLETE")

    def physical_id(self, logical_id: str) -> str | None:
        """The id in its service, such as `subnet-…`, of the resource with a logical id; None if there is none."""
        return self._physical_ids.get(logical_id)

    def created(self, physical_id: str) -> bool:
        """Whether a resource is one of its own, by the id in its service, such as `vpc-cidr-assoc-…`."""
        return physical_id in self._physical_ids.values()

    def created_of(self, ids: Collection[str], names: Mapping[str, str]) -> tuple[StackResource, ...]:
        """Resources of the stack that something names as existing: the next deployment of that deletes them.

        Args:
            ids: ids of EC2, such as `nat-…`.
            names: names by type, such as `{"AWS::EKS::Cluster": "prod"}`.
        """
        return tuple(
            each
            for each in self.resources
            if names.get(each.resource_type) == each.service_id
            or (each.resource_type.startswith("AWS::EC2::") and each.service_id in ids)
        )

    def of_type(self, resource_type: str) -> tuple[str, ...]:
        """The ids of its resources of a type, such as `AWS::EC2::NatGateway`."""
        return tuple(each.service_id for each in self.resources if each.resource_type == resource_type)

    @cached_property
    def _physical_ids(self) -> dict[str, str]:
        return {each.logical_resource_id: each.service_id for each in self.resources}
