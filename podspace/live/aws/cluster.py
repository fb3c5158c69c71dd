"""An EKS cluster as it stands, and the role of its nodes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network

from pydantic import Field

from podspace.live.aws.account import Account
from podspace.live.aws.call import (
    DESCRIBE_ACCESS_ENTRY,
    DESCRIBE_CLUSTER,
    GET_ROLE,
    GET_USER,
    LIST_ACCESS_POLICIES,
    LIST_ADDONS,
    LIST_NODEGROUPS,
    LIST_PROFILES,
)
from podspace.live.aws.model import Ec2Model, EksModel


class ClusterVpc(EksModel):
    """Where the control plane is."""

    vpc_id: str = ""
    subnet_ids: tuple[str, ...] = ()
    cluster_security_group_id: str = ""
    security_group_ids: tuple[str, ...] = ()
    """Further groups of the control plane's interfaces."""


class Compute(EksModel):
    """EKS Auto Mode."""

    enabled: bool = False
    node_pools: tuple[str, ...] = ()
    node_role_arn: str = ""


class Services(EksModel):
    """Addresses of services."""

    service_ipv4_cidr: IPv4Network | None = None
    ip_family: str = "ipv4"


class Access(EksModel):
    """How the cluster knows who may do what."""

    authentication_mode: str = ""


class Cluster(EksModel):
    """The cluster itself."""

    name: str
    arn: str = ""
    version: str = ""
    status: str = ""
    deletion_protection: bool = False
    vpc: ClusterVpc = Field(alias="resourcesVpcConfig")
    compute: Compute = Field(default=Compute(), alias="computeConfig")
    services: Services = Field(default=Services(), alias="kubernetesNetworkConfig")
    access: Access = Field(default=Access(), alias="accessConfig")

    @property
    def account_id(self) -> str:
        """Account id of the cluster; empty if unknown."""
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004  arn:partition:eks:region:account:…


class AccessEntry(EksModel):
    """An access entry: the Kubernetes groups and type of an IAM principal in the cluster."""

    type: str = ""


class AccessPolicy(EksModel):
    """An access policy that is associated with an access entry."""

    policy_arn: str


class Role(Ec2Model):
    """An IAM role."""

    arn: str


class User(Ec2Model):
    """An IAM user."""

    arn: str


class InstanceProfile(Ec2Model):
    """An instance profile, which holds a role for instances."""

    name: str = Field(alias="InstanceProfileName")


class _Named(Ec2Model):
    name: str


@dataclass(frozen=True)
class LiveCluster:
    """A cluster of an account; every property may raise `UnreadError`, and `LiveError`."""

    account: Account
    name: str

    @cached_property
    def cluster(self) -> Cluster | None:
        """The cluster; None where the region has none of that name."""
        return next(iter(self.account.read(DESCRIBE_CLUSTER, Cluster, name=self.name)), None)

    def access_entry(self, principal_arn: str) -> AccessEntry | None:
        """The access entry of a role."""
        found = self.account.read(DESCRIBE_ACCESS_ENTRY, AccessEntry, clusterName=self.name, principalArn=principal_arn)
        return next(iter(found), None)

    def access_policies(self, principal_arn: str) -> tuple[str, ...]:
        """ARNs of the policies that an access entry has."""
        found = self.account.read(LIST_ACCESS_POLICIES, AccessPolicy, clusterName=self.name, principalArn=principal_arn)
        return tuple(policy.policy_arn for policy in found)

    @cached_property
    def node_groups(self) -> tuple[str, ...]:
        """Names of its managed node groups."""
        return tuple(each.name for each in self.account.read(LIST_NODEGROUPS, _Named, clusterName=self.name))

    @cached_property
    def add_ons(self) -> tuple[str, ...]:
        """Names of the EKS add-ons of the cluster."""
        return tuple(each.name for each in self.account.read(LIST_ADDONS, _Named, clusterName=self.name))

    def instance_profiles(self, role: str) -> tuple[InstanceProfile, ...]:
        """The instance profiles that hold a role, by its name."""
        return self.account.read(LIST_PROFILES, InstanceProfile, RoleName=role)

    def role(self, name: str) -> Role | None:
        """An IAM role, by name."""
        return next(iter(self.account.read(GET_ROLE, Role, RoleName=name)), None)

    def user(self, name: str) -> User | None:
        """An IAM user, by name."""
        return next(iter(self.account.read(GET_USER, User, UserName=name)), None)
