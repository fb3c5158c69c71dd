"""Typed specs of the Kubernetes kinds that podspace writes and reads: NodeClass, NodePool and ENIConfig.

A spec can only be created if the API server would accept it, as far as the server's rules are public. `problems_of`
lists the errors of an invalid spec, and `problems_in` those of any manifest.
"""

from podspace.api.compute import AdvancedCompute
from podspace.api.disruption import Budget, Disruption
from podspace.api.doubt import doubts_of
from podspace.api.eni_config import ENIConfig, ENIConfigSpec
from podspace.api.iam_name import InstanceProfileName, RoleName
from podspace.api.kinds import (
    MANIFEST_KINDS,
    examined,
    has_no_node_class_ref,
    manifest_kind,
    names_no_provider,
    node_class_ref,
    problems_in,
    read,
)
from podspace.api.metadata import ApiObject, Metadata
from podspace.api.model import ApiModel, ListOf, Matching, ResourceName
from podspace.api.networking import AdvancedNetworking, NetworkInterface
from podspace.api.node_class import NodeClass, NodeClassSettings, NodeClassSpec, SnatPolicy
from podspace.api.node_pool import (
    NodeClassRef,
    NodeMetadata,
    NodePool,
    NodePoolSettings,
    NodePoolSpec,
    NodeSettings,
    NodeTemplate,
    NodeTemplateSpec,
    PoolSettings,
    Taint,
)
from podspace.api.refusal import problems_of, refusal
from podspace.api.requirement import Requirement
from podspace.api.security import AdvancedSecurity, CertificateBundle
from podspace.api.selector import (
    CapacityReservationSelectorTerm,
    PlacementGroupSelector,
    PodSecurityGroupSelectorTerm,
    SecurityGroupSelectorTerm,
    SubnetSelectorTerm,
)
from podspace.api.spelling import corrections, without_echoes
from podspace.api.storage import EphemeralStorage
from podspace.api.update import Change, changes

__all__ = [
    "MANIFEST_KINDS",
    "AdvancedCompute",
    "AdvancedNetworking",
    "AdvancedSecurity",
    "ApiModel",
    "ApiObject",
    "Budget",
    "CapacityReservationSelectorTerm",
    "CertificateBundle",
    "Change",
    "Disruption",
    "ENIConfig",
    "ENIConfigSpec",
    "EphemeralStorage",
    "InstanceProfileName",
    "ListOf",
    "Matching",
    "Metadata",
    "NetworkInterface",
    "NodeClass",
    "NodeClassRef",
    "NodeClassSettings",
    "NodeClassSpec",
    "NodeMetadata",
    "NodePool",
    "NodePoolSettings",
    "NodePoolSpec",
    "NodeSettings",
    "NodeTemplate",
    "NodeTemplateSpec",
    "PlacementGroupSelector",
    "PodSecurityGroupSelectorTerm",
    "PoolSettings",
    "Requirement",
    "ResourceName",
    "RoleName",
    "SecurityGroupSelectorTerm",
    "SnatPolicy",
    "SubnetSelectorTerm",
    "Taint",
    "changes",
    "corrections",
    "doubts_of",
    "examined",
    "has_no_node_class_ref",
    "manifest_kind",
    "names_no_provider",
    "node_class_ref",
    "problems_in",
    "problems_of",
    "read",
    "refusal",
    "without_echoes",
]
