"""The `cluster.create` section: an EKS Auto Mode cluster to be made."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from podspace.planning.config.aws_id import KeyArn, PrincipalArn, Zone
from podspace.planning.config.section import Cidr, Section, SetOf

FIRST_VERSION: Final = 29
"""The first minor version with Auto Mode, https://docs.aws.amazon.com/eks/latest/userguide/create-auto.html."""

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
LOG_TYPES: Final[tuple[LogType, ...]] = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _version(version: str) -> str:
    found = re.fullmatch(r"1\.([0-9]{2})", version)
    if not found or int(found[1]) < FIRST_VERSION:
        raise ValueError(f'must be a Kubernetes version that EKS Auto Mode has, "1.{FIRST_VERSION}" or later')
    return version


def _not_everybody(cidr: Cidr) -> Cidr:
    if not cidr.prefixlen:
        raise ValueError("must not be 0.0.0.0/0: name the networks from which people reach the API server")
    return cidr


class NewClusterConfig(Section):
    """An EKS Auto Mode cluster to be made, and who reaches its API server."""

    version: Annotated[str, AfterValidator(_version)]
    """Kubernetes version, in quotes: "1.36"."""
    zones: SetOf[Zone] = Field(default=(), max_length=26)
    """The zones of the control plane's interfaces, two at least, which can never change; the first two where left
    out."""
    public_access_cidrs: SetOf[Annotated[Cidr, AfterValidator(_not_everybody)]] = Field(default=(), max_length=40)
    """Where the API server is reached from over the internet; where empty, from inside the VPC only."""
    admins: SetOf[PrincipalArn] = Field(default=(), max_length=50)
    """Roles and users with all rights in the cluster, each by an access entry with AmazonEKSClusterAdminPolicy."""
    built_in_node_pools: SetOf[Literal["system", "general-purpose"]] = Field(default=(), max_length=2)
    """EKS's own node pools; their pods stay in the node subnets."""
    logs: SetOf[LogType] = Field(default=LOG_TYPES, max_length=5)
    """Control-plane logs to send to CloudWatch Logs."""
    secrets_key_arn: KeyArn | None = None
    """The KMS key that encrypts Kubernetes secrets, beside the encryption EKS does by itself."""
    deletion_protection: bool = True
