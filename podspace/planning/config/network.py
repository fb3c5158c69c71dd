"""A config file as a whole."""

from __future__ import annotations

from pydantic import Field

from podspace.api import ListOf, NodeClassSettings, NodePoolSettings, ResourceName
from podspace.planning.config.aws_id import Account, PolicyRef, Region
from podspace.planning.config.cluster import ClusterConfig
from podspace.planning.config.egress import EgressConfig
from podspace.planning.config.endpoints import EndpointsConfig
from podspace.planning.config.flow_logs import FlowLogsConfig
from podspace.planning.config.pods import PodsConfig
from podspace.planning.config.prices import PricesConfig
from podspace.planning.config.section import NetworkName, Section, StackName, TagMap
from podspace.planning.config.vpc import VpcConfig
from podspace.planning.config.vpc_cni import VpcCniConfig


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
    endpoints: EndpointsConfig = EndpointsConfig()
    flow_logs: FlowLogsConfig | None = None
    node_classes: ListOf[NodeClassConfig] = ()
    """At least one, but for the network's half of a shared VPC, which has none."""
    node_pools: ListOf[NodePoolConfig] = ()
    vpc_cni: VpcCniConfig | None = None
    """Managed node groups on the same pod network."""
    apply: bool = False
    """Whether `cdk deploy` applies the manifests too."""
    prices: PricesConfig = PricesConfig()
    """What `podspace plan` counts with in place of its own prices."""

    @property
    def network_half(self) -> bool:
        """Whether this is for the account that owns a shared VPC, where there is no cluster."""
        return bool(self.vpc.shared_with)
