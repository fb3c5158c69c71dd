"""A plan, and the account it is to be deployed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network

from podspace.live.aws.account import Account
from podspace.live.aws.cluster import LiveCluster
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Block, Subnet
from podspace.planning import Config, NetworkFile, Plan
from podspace.planning.naming import selector


@dataclass(frozen=True)
class Scene:
    """What is held against what; every property of what is live may raise `UnreadError`, and `LiveError`.

    Attributes:
        network: the VPC that exists; None where it is made by the plan.
        cluster: the cluster that exists; None where the plan is for another account, without one.
        stack: the plan's stack, whether it is deployed or not.
    """

    config: Config
    plan: Plan
    account: Account
    network: Network | None
    cluster: LiveCluster | None
    stack: LiveStack

    @cached_property
    def deployed(self) -> Mapping[IPv4Network, Subnet]:
        """The pod subnets that this stack made, by CIDR: they have the plan's own selector tag too."""
        if self.network is None:
            return {}
        found = tagged(self.network.subnets.values(), selector(self.config, "pods"))
        return {subnet.cidr: subnet for subnet in found if subnet.cidr and self.is_ours(subnet.subnet_id)}

    def is_ours(self, physical_id: str) -> bool:
        """Whether the plan's stack made it."""
        return physical_id in self.stack.ids

    def is_our_block(self, block: Block) -> bool:
        """Whether the plan's stack made the association."""
        return self.is_ours(block.association_id)

    @cached_property
    def new_blocks(self) -> tuple[IPv4Network, ...]:
        """The blocks that the deployment will associate."""
        vpc = self.network.vpc if self.network else None
        present = set(vpc.cidrs) if vpc else set()
        return tuple(
            block.cidr for block in self.plan.pods.blocks if not block.associated and block.cidr not in present
        )


def scene(file: NetworkFile, account: Account) -> Scene:
    """The plan of a config file before an account."""
    config, plan = file.config, file.plan
    return Scene(
        config=config,
        plan=plan,
        account=account,
        network=Network(account, config.vpc.id) if config.vpc.id else None,
        cluster=None if plan.network_half else LiveCluster(account, plan.cluster_name),
        stack=LiveStack(account, plan.stack_name),
    )
