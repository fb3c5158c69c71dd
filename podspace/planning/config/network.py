"""A config file as a whole."""

from __future__ import annotations

from pydantic import Field

from podspace.api import ListOf, NodeClassSettings, NodePoolSettings, ResourceName
from podspace.planning.config.cluster import ClusterConfig
from podspace.planning.config.egress import EgressConfig
from podspace.planning.config.pods import PodsConfig
from podspace.planning.config.section import Account, NetworkName, PolicyRef, Region, Section, StackName, TagMap
from podspace.planning.config.vpc import VpcConfig


class EnvironmentConfig(Section):
    """The account and region of the stack; without an account the template is account-agnostic."""

    region: Region
    account: Account | None = None


class StackConfig(Section):
    """How CloudFormation treats the stack. `tags` go on every taggable resource, never into a NodeClass."""

    name: StackName | None = None
    termination_protection: bool = False
    tags: TagMap = Field(default_factory=dict)
    permissions_boundary: PolicyRef | None = None
    """Name or ARN of the IAM policy that bounds every role of the stack."""


class NodeClassConfig(NodeClassSettings):
    """A NodeClass; its role, subnets and groups follow from the rest of the config."""

    name: ResourceName


class NodePoolConfig(NodePoolSettings):
    """A NodePool; `node_class` may be left out where there is one NodeClass."""

    name: ResourceName
    node_class: ResourceName | None = None


class Config(Section):
    """One pod network of one cluster."""

    name: NetworkName
    environment: EnvironmentConfig
    stack: StackConfig = StackConfig()
    vpc: VpcConfig
    cluster: ClusterConfig
    pods: PodsConfig
    egress: ListOf[EgressConfig] = ()
    node_classes: ListOf[NodeClassConfig] = Field(min_length=1)
    node_pools: ListOf[NodePoolConfig] = ()
