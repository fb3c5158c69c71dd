"""Managed node groups on the same pod network: ENIConfigs and configuration of the VPC CNI.

Nodes of EKS Auto Mode use neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from podspace.api import (
    ENIConfig,
    ENIConfigSpec,
    Matching,
    Metadata,
    SnatPolicy,
)
from podspace.api.label_domain import ZONE_ID_LABEL, ZONE_LABEL
from podspace.api.vpc_cni import ENIConfigs, Environment, VpcCniConfiguration, ZoneSubnet
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.section import Section

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

CUSTOM_NETWORKING: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html"


_VERSION_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html"


class VpcCniConfig(Section):
    """Custom networking of the Amazon VPC CNI, for nodes that EKS Auto Mode does not run."""

    snat_policy: SnatPolicy = "Random"
    """Source address of traffic that leaves the VPC, as in a NodeClass: the node's (Random) or the pod's (Disabled)."""
    prefix_delegation: bool = True
    """Whether nodes take /28 prefixes, as nodes of EKS Auto Mode do, instead of single addresses."""
    version: (
        Annotated[
            str,
            Matching(
                r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+",
                must="must be the version of an EKS add-on, such as v1.20.1-eksbuild.1",
                source=_VERSION_PAGE,
                title="version of the add-on",
                example="v1.20.1-eksbuild.1",
            ),
        ]
        | None
    ) = Field(default=None)
    """Version of the add-on, for a cluster that this stack creates; EKS chooses it by default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EniConfigPlan:
    """One ENIConfig: a pod subnet for the nodes of its zone.

    Attributes:
        name: the zone, by which nodes select it; for other subnets of the zone, the zone and a number.
        zone: zone name or zone id.
        index: number of the pod subnet in the zone, from 0.
    """

    name: str
    zone: str
    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcCniPlan:
    """Custom networking of the VPC CNI on the pod network.

    Attributes:
        cluster_name: name of the cluster.
        region: region of the cluster.
        zone_label: label of nodes whose value is the name of their ENIConfig.
        snat_policy: as in a NodeClass.
        prefix_delegation: whether nodes take /28 prefixes.
        version: version of a new add-on; empty for EKS's default.
        add_on: whether the stack creates the add-on, together with the cluster.
        tags: tags of the add-on.
    """

    cluster_name: str
    region: str
    zone_label: str
    snat_policy: Literal["Random", "Disabled"]
    prefix_delegation: bool
    version: str
    add_on: bool
    eni_configs: tuple[EniConfigPlan, ...]
    tags: Mapping[str, str]


def vpc_cni(network: Network) -> VpcCniPlan | None:
    """Custom networking for managed node groups; None without a `vpc_cni` section."""
    asked = network.config.vpc_cni
    if asked is None:
        return None
    return VpcCniPlan(
        cluster_name=network.config.cluster.name,
        region=network.region,
        zone_label=ZONE_ID_LABEL if network.by_zone_id else ZONE_LABEL,
        snat_policy=asked.snat_policy,
        prefix_delegation=asked.prefix_delegation,
        version=asked.version or "",
        add_on=network.config.cluster.create is not None,
        eni_configs=tuple(_eni_configs(network)),
        tags=network.tags("vpc-cni"),
    )


def _eni_configs(network: Network) -> Iterator[EniConfigPlan]:
    for zone in network.zones:
        for index in range(_subnet_count(network, zone)):
            yield EniConfigPlan(name=zone if index == 0 else f"{zone}-{index + 1}", zone=zone, index=index)


def _subnet_count(network: Network, zone: str) -> int:
    if network.config.pods.subnet_ids is not None:
        return len(network.config.pods.subnet_ids.get(zone, ()))
    return sum(share.zone == zone for share in network.pod_layout.shares())


def vpc_cni_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: clusters in which the VPC CNI has no custom networking, and keys that do not apply."""
    if network.config.vpc_cni is None:
        return
    if network.ipv6:
        yield Diagnostic(
            id="vpc-cni-in-ipv6-cluster",
            location=Location(path="vpc_cni"),
            message="must be removed: the VPC CNI has no custom networking in IPv6 clusters",
            fix="remove it; pods of managed node groups then use the node subnets",
            source=CUSTOM_NETWORKING,
        )
    if network.network_half:
        yield Diagnostic(
            id="not-in-network-half",
            location=Location(path="vpc_cni"),
            message="must be removed from the network account's config: the cluster is in another account",
            fix="move it to the cluster account's config",
        )
    if network.config.vpc_cni.version and network.config.cluster.create is None:
        yield Diagnostic(
            id="add-on-of-existing-cluster",
            location=Location(path="vpc_cni.version"),
            subject=network.config.vpc_cni.version,
            message="must be removed: this stack does not create the add-on of an existing cluster",
            fix="give the version to `aws eks update-addon`",
        )


def vpc_cni_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: steps that remain for managed node groups."""
    if network.config.vpc_cni is None:
        return
    if network.config.cluster.create is None:
        yield Diagnostic(
            id="eni-configs",
            severity="note",
            message="`podspace eni-configs` writes the ENIConfigs, and the configuration of the VPC CNI add-on; run "
            "it after the deployment, unless the config has subnets and security group by id",
        )
    else:
        yield Diagnostic(
            id="managed-node-group-add-ons",
            severity="note",
            message="this stack creates the VPC CNI add-on; create node groups after it, because only new nodes use "
            "its configuration, and create the add-ons kube-proxy and coredns, which node groups need too",
        )
    policies = {entry.snat_policy or "Random" for entry in network.config.node_classes}
    if policies - {network.config.vpc_cni.snat_policy}:
        yield Diagnostic(
            id="snat-policies-differ",
            severity="note",
            message=f"vpc_cni has snat_policy {network.config.vpc_cni.snat_policy}, a NodeClass has another one: "
            "other networks see their pods with different source addresses",
        )
    several = [zone for zone in network.zones if _subnet_count(network, zone) > 1]
    if several:
        yield Diagnostic(
            id="further-eni-configs",
            severity="note",
            message=f"nodes of managed node groups in {', '.join(several)} use the first pod subnet of their zone; "
            "those annotated `k8s.amazonaws.com/eniConfig: ZONE-2` use the second",
        )


SubnetIds = Mapping[str, Sequence[str]]
"""Ids of the pod subnets of each zone, in the order of the plan."""


def eni_configs(plan: VpcCniPlan, *, subnet_ids: SubnetIds, security_group_id: str) -> tuple[ENIConfig, ...]:
    """ENIConfigs of a plan, with literal ids of subnets and security group.

    Raises:
        ValidationError: an id is not one of AWS.
        KeyError: a zone of the plan has no subnet ids.
    """
    return tuple(
        ENIConfig(
            metadata=Metadata(name=each.name),
            spec=ENIConfigSpec(subnet=subnet_ids[each.zone][each.index], security_groups=(security_group_id,)),
        )
        for each in plan.eni_configs
    )


def add_on_configuration(
    plan: VpcCniPlan, *, subnet_ids: SubnetIds | None = None, security_group_id: str = ""
) -> VpcCniConfiguration:
    """Configuration of the VPC CNI add-on; with ids, which may be references, the add-on creates the ENIConfigs too."""
    environment = Environment(
        eni_config_label_def=plan.zone_label,
        external_snat="true" if plan.snat_policy == "Disabled" else "false",
        prefix_delegation="true" if plan.prefix_delegation else "false",
        warm_prefix_target="1" if plan.prefix_delegation else None,
    )
    if subnet_ids is None:
        return VpcCniConfiguration(env=environment)
    subnets = {
        each.name: ZoneSubnet(id=subnet_ids[each.zone][each.index], security_groups=(security_group_id,))
        for each in plan.eni_configs
    }
    return VpcCniConfiguration(env=environment, eni_config=ENIConfigs(region=plan.region, subnets=subnets))
