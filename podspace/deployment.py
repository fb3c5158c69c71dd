"""A plan and the account that it is deployed to, before or after the deployment; whether it is the right account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from podspace.diagnostic import Diagnostic, error, ok
from podspace.live.aws.account import Account
from podspace.live.aws.call import GET_CALLER_IDENTITY
from podspace.live.aws.cluster import LiveCluster
from podspace.live.aws.model import Ec2Model, tagged
from podspace.live.aws.network import Network
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet
from podspace.live.failure import UnreadError
from podspace.planning import Existing, Plan, Resource
from podspace.planning.addresses.plan import VPC_PATH
from podspace.planning.inventory import logical_id


@dataclass(frozen=True)
class Deployment:
    """A plan and the account that it is deployed to.

    Every attribute that is read from the account may raise `UnreadError`, and `LiveError`.

    Attributes:
        plan: plan of the pod network.
        account: account and region of the deployment.
        others: plans of other config files, such as those of the same folder.
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


class _Identity(Ec2Model):
    account: str


def caller_account(deployment: Deployment) -> str:
    """The id of the account that the credentials are for."""
    return next((each.account for each in deployment.account.read(GET_CALLER_IDENTITY, _Identity)), "")


def account(deployment: Deployment) -> Iterator[Diagnostic]:
    """The credentials are for the account that `environment.account` names; if not, no other check runs."""
    found = caller_account(deployment)
    wanted = deployment.plan.stack.account
    if wanted and found != wanted:
        text = f"the credentials are for account {found}; environment.account is {wanted}"
        fix = f"use credentials for account {wanted}, or change environment.account"
        yield error("account", found, text, fix=fix)
    else:
        yield ok("account", found, f"account {found}, region {deployment.account.region}")


def region(deployment: Deployment) -> Iterator[Diagnostic]:
    """The region has the existing VPC or cluster; if it has neither, no other check runs."""
    plan, network, cluster = deployment.plan, deployment.named_vpc, deployment.cluster
    try:
        existing: dict[str, object] = {f"VPC {network.vpc_id}": network.vpc} if network else {}
        if cluster and isinstance(plan.cluster.origin, Existing):
            existing[f"cluster {cluster.name}"] = cluster.cluster
    except UnreadError:
        return  # the checks that need them report it
    if existing and not any(existing.values()):
        here = deployment.account.region
        text = f"{' and '.join(existing)} {'are' if len(existing) > 1 else 'is'} not in {here} of this account"
        fix = "correct environment.region or these names in the config, or use the credentials of their account"
        yield error("region", here, text, fix=fix)
