"""The `vpc_cni` section: managed node groups that place their pods in the same pod network."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from podspace.api import Matching, SnatPolicy
from podspace.planning.config.section import Section

_VERSION_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html"


class VpcCniConfig(Section):
    """Custom networking of the Amazon VPC CNI, for nodes that EKS Auto Mode does not run."""

    snat_policy: SnatPolicy = "Random"
    """As a NodeClass's: Random translates traffic that leaves the VPC to the node's address, Disabled does not."""
    prefix_delegation: bool = True
    """Whether nodes take /28 prefixes, as those of EKS Auto Mode do; else single addresses."""
    version: (
        Annotated[
            str,
            Matching(
                r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+",
                must="must be the version of an EKS add-on, such as v1.20.1-eksbuild.1",
                source=_VERSION_PAGE,
            ),
        ]
        | None
    ) = Field(default=None)
    """Version of the add-on, where the cluster is made here; EKS's default for the cluster where left out."""
