"""Typed specs of the Kubernetes kinds that podspace writes: NodeClass and NodePool of EKS Auto Mode.

A spec that exists is one the API server takes, as far as its rules are public; what is wrong with one that
does not is told by `problems_of`.
"""

from podspace.api.model import ApiModel, ListOf, ResourceName
from podspace.api.node_class import (
    AdvancedNetworking,
    EphemeralStorage,
    NodeClass,
    NodeClassSettings,
    NodeClassSpec,
    RoleName,
    SnatPolicy,
)
from podspace.api.node_pool import (
    Budget,
    Disruption,
    NodeClassRef,
    NodePool,
    NodePoolSettings,
    Requirement,
    Taint,
)
from podspace.api.refusal import problems_of, refusal
from podspace.api.selector import (
    PodSecurityGroupSelectorTerm,
    SecurityGroupSelectorTerm,
    SubnetSelectorTerm,
)

__all__ = [
    "AdvancedNetworking",
    "ApiModel",
    "Budget",
    "Disruption",
    "EphemeralStorage",
    "ListOf",
    "NodeClass",
    "NodeClassRef",
    "NodeClassSettings",
    "NodeClassSpec",
    "NodePool",
    "NodePoolSettings",
    "PodSecurityGroupSelectorTerm",
    "Requirement",
    "ResourceName",
    "RoleName",
    "SecurityGroupSelectorTerm",
    "SnatPolicy",
    "SubnetSelectorTerm",
    "Taint",
    "problems_of",
    "refusal",
]
