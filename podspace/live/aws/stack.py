"""A CloudFormation stack as it stands, and what it made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from podspace.live.aws.account import Account
from podspace.live.aws.call import DESCRIBE_STACKS, LIST_STACK_RESOURCES
from podspace.live.aws.model import Ec2Model


class StackState(Ec2Model):
    """A stack's own state."""

    stack_name: str
    stack_status: str
    stack_status_reason: str = ""
    enable_termination_protection: bool = False


class StackResource(Ec2Model):
    """A resource of a stack."""

    logical_resource_id: str
    physical_resource_id: str = ""
    resource_type: str
    resource_status: str = ""


@dataclass(frozen=True)
class LiveStack:
    """A stack of an account; every property may raise `UnreadError`, and `LiveError`."""

    account: Account
    name: str

    @cached_property
    def state(self) -> StackState | None:
        """Its state; None where it is not deployed."""
        return next(iter(self.account.read(DESCRIBE_STACKS, StackState, StackName=self.name)), None)

    @cached_property
    def resources(self) -> tuple[StackResource, ...]:
        """What it made, but for what is gone again."""
        if self.state is None:
            return ()
        found = self.account.read(LIST_STACK_RESOURCES, StackResource, StackName=self.name)
        return tuple(each for each in found if each.resource_status != "DELETE_COMPLETE")

    def made(self, resource_type: str) -> tuple[str, ...]:
        """The physical ids of what it made of a type, such as `AWS::EC2::NatGateway`."""
        return tuple(each.physical_resource_id for each in self.resources if each.resource_type == resource_type)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The physical ids of what it made, such as `subnet-…` and `vpc-cidr-assoc-…`."""
        return frozenset(each.physical_resource_id for each in self.resources)
