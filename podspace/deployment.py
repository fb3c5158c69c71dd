"""A plan and the account that it is deployed to, before or after the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from podspace.live.aws.account import Account
from podspace.live.aws.cluster import LiveCluster
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet
from podspace.planning import Plan, Resource
from podspace.planning.addresses.plan import VPC_PATH
from podspace.planning.inventory import logical_id


@dataclass(frozen=True)
class Deployment:
    """A plan and the account that it is deployed to.

    Every attribute that is read from the account may raise `UnreadError`, and `LiveError`.

    Attributes:
        plan: what is deployed.
        account: where it is deployed to.
        others: plans of further config files, such as of the same folder.
    """

    plan: Plan
    account: Account
    others: tuple[Plan, ...] = ()

    @cached_property
    def stack(self) -> LiveStack:
        """The stack of the plan, deployed or not."""
        return LiveStack(self.account, self.plan.stack_name)

    @cached_property
    def cluster(self) -> LiveCluster | None:
        """The cluster of the plan, existing or not; None for the account that owns a shared VPC."""
        return None if self.plan.network_half else LiveCluster(self.account, self.plan.cluster_name)

    @cached_property
    def named_vpc(self) -> Network | None:
        """The VPC that the config names by its id; None if the plan creates the VPC."""
        return Network(self.account, self.plan.vpc.id) if self.plan.vpc.id else None

    @cached_property
    def neighbours(self) -> tuple[Plan, ...]:
        """The further plans that are about the VPC that the config names."""
        return tuple(each for each in self.others if self.plan.vpc.id and each.vpc.id == self.plan.vpc.id)

    @cached_property
    def vpc(self) -> Network | None:
        """The VPC that the config names, or that the stack created; None if it is not created yet."""
        created = "" if self.named_vpc else self.stack.physical_id(logical_id(VPC_PATH))
        return Network(self.account, created) if created else self.named_vpc

    def new_resources(self, resource_type: str) -> tuple[Resource, ...]:
        """The resources of a type, such as `AWS::EC2::EIP`, that the plan has and the stack has not created yet."""
        planned = (each for each in self.plan.resources() if each.type == resource_type)
        return tuple(each for each in planned if self.stack.physical_id(each.logical_id) is None)

    @cached_property
    def pod_subnets(self) -> Mapping[str, Subnet]:
        """The pod subnets in the VPC by id: those that the config names, and those with the selector tag."""
        if self.vpc is None:
            return {}
        subnets = self.vpc.subnets
        named = [id for ids in self.plan.pods.subnet_ids.values() for id in ids if id in subnets]
        selected = tagged(subnets.values(), self.plan.pods.selector)
        return {subnet.subnet_id: subnet for subnet in (*(subnets[id] for id in named), *selected)}
