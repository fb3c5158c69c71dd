"""NodeClass of eks.amazonaws.com/v1: role, subnets, security groups and storage of nodes of EKS Auto Mode.

Fields and rules: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html, and the schema
that EKS installs in a cluster, of which https://github.com/datreeio/CRDs-catalog keeps an early copy.
A rule that neither states says that it is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.compute import HUGEPAGES, AdvancedCompute
from podspace.api.iam_name import InstanceProfileName, RoleName
from podspace.api.json_rule import all_of, exactly_one, together
from podspace.api.metadata import ApiObject, Metadata
from podspace.api.model import ApiModel, ListOf
from podspace.api.networking import INTERFACES, AdvancedNetworking
from podspace.api.refusal import shown
from podspace.api.security import AdvancedSecurity, CertificateBundle
from podspace.api.selector import (
    NODE_CLASS,
    CapacityReservationSelectorTerms,
    PlacementGroupSelector,
    PodSecurityGroupSelectorTerms,
    SecurityGroupSelectorTerms,
    SubnetSelectorTerms,
)
from podspace.api.storage import EphemeralStorage
from podspace.api.tag import Tags
from podspace.diagnostic import Diagnostic, Location

SnatPolicy = Literal["Random", "Disabled"]
"""`snatPolicy` of a NodeClass: the source address of traffic that leaves the VPC, the node's (Random) or the pod's.

https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
"""

_POD_TERMS = ("pod_subnet_selector_terms", "pod_security_group_selector_terms")


class NodeClassSettings(ApiModel):
    """Settings of a NodeClass that a config can have; None is the API's default."""

    page: ClassVar[str] = NODE_CLASS

    snat_policy: SnatPolicy | None = Field(
        default=None,
        description="Random (the default) translates traffic that leaves the VPC to the node's address.",
    )
    network_policy: Literal["DefaultAllow", "DefaultDeny"] | None = Field(
        default=None,
        description="Traffic of a new pod before its network policies are active; DefaultAllow by default.",
    )
    network_policy_event_logs: Literal["Enabled", "Disabled"] | None = Field(
        default=None,
        description="Whether the node logs policy decisions to a file of its own, never to CloudWatch; Disabled by "
        "default.",
    )
    ephemeral_storage: EphemeralStorage | None = None
    advanced_networking: AdvancedNetworking | None = None
    advanced_security: AdvancedSecurity | None = None
    advanced_compute: AdvancedCompute | None = None
    certificate_bundles: Annotated[ListOf[CertificateBundle], Field(min_length=1)] | None = Field(
        default=None, description="Certificates that nodes trust in addition to the default ones."
    )
    capacity_reservation_selector_terms: CapacityReservationSelectorTerms | None = Field(
        default=None, description="On-demand capacity reservations and capacity blocks to use first."
    )
    placement_group_selector: PlacementGroupSelector | None = None
    tags: Tags | None = Field(
        default=None,
        description="Tags for the EC2 resources; they need a cluster role that allows them,"
        " https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html. Values may be empty.",
    )

    def rules(self) -> Iterator[Diagnostic]:
        """Huge pages and EFA-only interfaces exclude each other (documented); names of certificate bundles are unique
        (inferred).
        """
        interfaces = (self.advanced_networking and self.advanced_networking.network_interfaces) or ()
        huge = self.advanced_compute and self.advanced_compute.hugepages and self.advanced_compute.hugepages.pages
        if huge and any(each.interface_type == "efa-only" for each in interfaces):
            must = "must be removed if an interface is efa-only"
            fix = "create a separate NodeClass for EFA"
            yield Diagnostic(
                location=Location(path="advanced_compute.hugepages.pages"), message=must, fix=fix, source=HUGEPAGES
            )
        names = [bundle.name for bundle in self.certificate_bundles or ()]
        if len(set(names)) < len(names):
            must = "must not have two bundles with the same name"
            yield Diagnostic(
                location=Location(path="certificate_bundles"),
                subject=shown(names),
                message=must,
                source=NODE_CLASS,
                inferred=True,
            )


class NodeClassSpec(NodeClassSettings):
    """The spec of a NodeClass: its settings, the role of the nodes, and selectors of subnets and security groups."""

    json_rules: ClassVar[JsonDict] = all_of(
        exactly_one("role", "instanceProfile"),
        together("podSubnetSelectorTerms", "podSecurityGroupSelectorTerms"),
    )
    not_here: ClassVar[Mapping[str, str]] = {
        "kubelet": "that is Karpenter's EC2NodeClass: write advancedCompute.kubelet",
        "blockDeviceMappings": "that is Karpenter's EC2NodeClass: write ephemeralStorage",
        "userData": "that is Karpenter's EC2NodeClass: nodes of EKS Auto Mode have no such setting",
        "amiFamily": "that is Karpenter's EC2NodeClass: EKS Auto Mode chooses the image",
        "amiSelectorTerms": "that is Karpenter's EC2NodeClass: EKS Auto Mode chooses the image",
        "metadataOptions": "that is Karpenter's EC2NodeClass: EKS Auto Mode fixes IMDSv2 with a hop limit of 1",
        "instanceStorePolicy": "that is Karpenter's EC2NodeClass: EKS Auto Mode has no such setting",
        "detailedMonitoring": "that is Karpenter's EC2NodeClass: EKS Auto Mode has no such setting",
    }

    role: RoleName | None = Field(default=None, description="The name, not the ARN, of the IAM role of the nodes.")
    instance_profile: InstanceProfileName | None = Field(
        default=None, description="Instead of role: the name of an instance profile, which begins with eks."
    )
    subnet_selector_terms: SubnetSelectorTerms = Field(description="Subnets of the nodes.")
    security_group_selector_terms: SecurityGroupSelectorTerms = Field(description="Security groups of the nodes.")
    pod_subnet_selector_terms: SubnetSelectorTerms | None = Field(
        default=None, description="Subnets of the pods; by default, those of the nodes."
    )
    pod_security_group_selector_terms: PodSecurityGroupSelectorTerms | None = Field(
        default=None, description="Security groups of the pods; by default, those of the nodes."
    )

    def rules(self) -> Iterator[Diagnostic]:
        """There is either a role or an instance profile, and both or neither of pod subnets and pod security groups
        (documented).
        """
        yield from super().rules()
        if (self.role is None) == (self.instance_profile is None):
            must = (
                "must be given, or instanceProfile"
                if self.role is None
                else ("must not be given together with instanceProfile")
            )
            yield Diagnostic(
                location=Location(path="role"), message=must, fix="give exactly one of the two", source=NODE_CLASS
            )
        given = [name for name in _POD_TERMS if getattr(self, name) is not None]
        if len(given) == 1:
            (missing,) = set(_POD_TERMS) - set(given)
            must = "must be given: pod subnets and pod security groups are only valid together"
            yield Diagnostic(
                location=Location(path=missing), message=must, fix="give both, or neither", source=NODE_CLASS
            )

    def doubts(self) -> Iterator[Diagnostic]:
        """With pod subnets, pods use no addresses of the primary interface (documented, although AWS's example has
        some).
        """
        yield from super().doubts()
        if self.pod_subnet_selector_terms is None:
            return
        interfaces = (self.advanced_networking and self.advanced_networking.network_interfaces) or ()
        for index, each in enumerate(interfaces):
            for name in ("secondary_ipv4_count", "secondary_ipv4_prefix_count"):
                if each.is_primary and getattr(each, name):
                    yield Diagnostic(
                        id="primary-interface-addresses",
                        severity="warning",
                        location=Location(path=f"advanced_networking.network_interfaces[{index}].{name}"),
                        subject=shown(getattr(each, name)),
                        message="should be 0 on the primary interface: pods have pod subnets, so they do not use "
                        "addresses of this interface",
                        fix="set it on another interface",
                        source=INTERFACES,
                    )


class NodeClass(ApiObject):
    """A NodeClass, which has no namespace."""

    page: ClassVar[str] = NODE_CLASS

    api_version: Literal["eks.amazonaws.com/v1"] = "eks.amazonaws.com/v1"
    kind: Literal["NodeClass"] = "NodeClass"
    metadata: Metadata
    spec: NodeClassSpec

    def rules(self) -> Iterator[Diagnostic]:
        """The name `default` is that of the NodeClass of the built-in NodePools (documented), which has a label
        (inferred).
        """
        if self.name == "default" and (self.metadata.labels or {}).get("app.kubernetes.io/managed-by") != "eks":
            must = "must not be default: the NodeClass of the built-in node pools has that name"
            yield Diagnostic(
                location=Location(path="metadata.name"),
                subject=shown(self.name),
                message=must,
                fix="choose another name",
                source=NODE_CLASS,
            )
