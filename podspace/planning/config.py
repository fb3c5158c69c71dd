"""A config file as a whole: what a person asks for, typed, with every default in one place.

The same types are read from a YAML file and made in Python.  A file names existing things by their ids; a CDK app that
has them as objects leaves the ids out and passes the objects to the constructs.
"""

from __future__ import annotations

from pydantic import Field

from podspace.api import ListOf
from podspace.planning.addresses.config import PodsConfig, VpcConfig
from podspace.planning.aws_id import Account, PolicyRef, Region
from podspace.planning.cluster.config import ClusterConfig
from podspace.planning.egress.config import EgressConfig
from podspace.planning.nodes.config import NodeClassConfig, NodePoolConfig
from podspace.planning.nodes.vpc_cni import VpcCniConfig
from podspace.planning.section import NetworkName, Section, StackName, TagMap
from podspace.planning.services.endpoints import EndpointsConfig
from podspace.planning.services.flow_logs import FlowLogsConfig
from podspace.planning.services.monitoring import MonitoringConfig
from podspace.planning.services.prices import PricesConfig


class EnvironmentConfig(Section):
    """The account and region of the stack; without an account the template is for any account."""

    region: Region
    account: Account | None = None


class StackConfig(Section):
    """How CloudFormation treats the stack. `tags` go on every taggable resource, never into a NodeClass."""

    name: StackName | None = None
    termination_protection: bool = False
    tags: TagMap = Field(default_factory=dict)
    permissions_boundary: PolicyRef | None = None
    """Name or ARN of the permissions boundary for every role of the stack."""


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
    monitoring: MonitoringConfig | None = None
    """Alarms in CloudWatch, and the IPAM logs of EKS Auto Mode."""
    node_classes: ListOf[NodeClassConfig] = ()
    """At least one; none in the network account's config of a shared VPC."""
    node_pools: ListOf[NodePoolConfig] = ()
    vpc_cni: VpcCniConfig | None = None
    """Managed node groups on the same pod network."""
    apply: bool = False
    """Whether `cdk deploy` applies the manifests too."""
    prices: PricesConfig = PricesConfig()
    """Prices that `podspace plan` uses instead of its own."""
