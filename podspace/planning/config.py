"""A config file as a whole, as typed models with every default.

The models are read from a YAML file, or created in Python.  A file names existing resources by their ids; a CDK app
that has them as objects leaves the ids out and passes the objects to the constructs.
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
    """Region of the VPC, the cluster and the stack."""
    account: Account | None = None
    """Account of the stack, in quotes; without it the template is for any account."""


class StackConfig(Section):
    """Properties of the CloudFormation stack."""

    name: StackName | None = None
    """Name of the stack; by default `podspace-<cluster>-<name>`, with `-` for each `_`."""
    termination_protection: bool = False
    """Whether CloudFormation refuses to delete the stack."""
    tags: TagMap = Field(default_factory=dict)
    """Tags for the stack and for every taggable resource of it, at most 40; never for NodeClasses, whose tags need a
    policy on the cluster's role."""
    permissions_boundary: PolicyRef | None = None
    """Name or ARN of the permissions boundary for every role of the stack."""


class Config(Section):
    """One pod network of one cluster."""

    name: NetworkName
    """Name of the network, in the construct's id, the folder `dist/<name>/`, tags and names of resources. A renamed
    network leaves the folder of its old name in place."""
    environment: EnvironmentConfig
    """Account and region of the stack."""
    stack: StackConfig = StackConfig()
    """Properties of the CloudFormation stack."""
    vpc: VpcConfig
    """The VPC before this file is deployed."""
    cluster: ClusterConfig
    """The EKS Auto Mode cluster."""
    pods: PodsConfig
    """Addresses and security group of the pods."""
    egress: ListOf[EgressConfig] = ()
    """Routes out of the pod subnets: an entry for each gateway."""
    endpoints: EndpointsConfig = EndpointsConfig()
    """VPC endpoints for the pods."""
    flow_logs: FlowLogsConfig | None = None
    """Flow logs of the pod subnets or of the VPC; none by default."""
    monitoring: MonitoringConfig | None = None
    """Alarms in CloudWatch, and the IPAM logs of EKS Auto Mode; none by default."""
    node_classes: ListOf[NodeClassConfig] = ()
    """NodeClasses: at least one; none in the network account's config of a shared VPC."""
    node_pools: ListOf[NodePoolConfig] = ()
    """NodePools of the NodeClasses."""
    vpc_cni: VpcCniConfig | None = None
    """Managed node groups on the same pod network; `{}` for all defaults, none if it is left out."""
    apply: bool = False
    """Whether `cdk deploy` applies the manifests too."""
    prices: PricesConfig = PricesConfig()
    """Prices that `podspace plan` uses instead of its own."""
