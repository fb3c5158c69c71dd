"""Managed node groups on the same pod network: the VPC CNI's ENIConfigs and its configuration.

EKS Auto Mode reads neither; its nodes follow their NodeClass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from podspace.api import ENIConfig, ENIConfigSpec, Metadata
from podspace.api.vpc_cni import ZONE_LABEL, ENIConfigs, Environment, VpcCniConfiguration, ZoneSubnet
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.config import Config
from podspace.planning.config.aws_id import is_zone_id
from podspace.planning.naming import tags_named
from podspace.planning.plan import EniConfigPlan, VpcCniPlan
from podspace.planning.subnets import pod_layout, zones

CUSTOM_NETWORKING: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html"
_ZONE_ID_LABEL: Final = "topology.k8s.aws/zone-id"


def vpc_cni(config: Config) -> VpcCniPlan | None:
    """What managed node groups need, where they are asked for."""
    asked = config.vpc_cni
    if asked is None:
        return None
    return VpcCniPlan(
        cluster_name=config.cluster.name,
        region=config.environment.region,
        zone_label=_ZONE_ID_LABEL if any(map(is_zone_id, zones(config))) else ZONE_LABEL,
        snat_policy=asked.snat_policy,
        prefix_delegation=asked.prefix_delegation,
        version=asked.version or "",
        add_on=config.cluster.create is not None,
        eni_configs=tuple(_eni_configs(config)),
        tags=tags_named(config, f"{config.cluster.name}-vpc-cni"),
    )


def _eni_configs(config: Config) -> Iterator[EniConfigPlan]:
    for zone in zones(config):
        for index in range(_subnet_count(config, zone)):
            yield EniConfigPlan(name=zone if index == 0 else f"{zone}-{index + 1}", zone=zone, index=index)


def _subnet_count(config: Config, zone: str) -> int:
    if config.pods.subnet_ids is not None:
        return len(config.pods.subnet_ids.get(zone, ()))
    return sum(share.zone == zone for share in pod_layout(config).shares())


def vpc_cni_problems(config: Config) -> Iterator[Diagnostic]:
    """What custom networking of the VPC CNI does not go with."""
    if config.vpc_cni is None:
        return
    if config.cluster.ip_family == "ipv6":
        yield Diagnostic(
            location=Location(path="vpc_cni"),
            message="must be left out: the VPC CNI has no custom networking in IPv6 clusters",
            fix="remove it; pods of managed node groups then stay in the node subnets",
            source=CUSTOM_NETWORKING,
        )
    if config.network_half:
        yield Diagnostic(
            location=Location(path="vpc_cni"),
            message="must be left out: this file is the network's half, and the cluster is in another account",
            fix="move it to the file of the cluster's half",
        )
    if config.vpc_cni.version and config.cluster.create is None:
        yield Diagnostic(
            location=Location(path="vpc_cni.version"),
            subject=config.vpc_cni.version,
            message="must be left out: the add-on of a cluster that exists is not made here",
            fix="give the version to `aws eks update-addon`",
        )


def vpc_cni_remarks(config: Config) -> Iterator[Diagnostic]:
    """What is left to do by hand for managed node groups."""
    if config.vpc_cni is None:
        return
    if config.cluster.create is None:
        yield Diagnostic(
            id="eni-configs",
            severity="note",
            message="`podspace eni-configs` writes the ENIConfigs, and the configuration of the VPC CNI add-on: after "
            "the deployment, unless the config names subnets and group by id",
        )
    else:
        yield Diagnostic(
            id="managed-node-group-add-ons",
            severity="note",
            message="the VPC CNI add-on is made before any node group, as only new nodes follow it; node groups need "
            "the add-ons kube-proxy and coredns too, which are yours to make",
        )
    policies = {entry.snat_policy or "Random" for entry in config.node_classes}
    if policies - {config.vpc_cni.snat_policy}:
        yield Diagnostic(
            id="snat-policies-differ",
            severity="note",
            message=f"pods of managed node groups leave the VPC under {config.vpc_cni.snat_policy}, those of a "
            "NodeClass otherwise: other networks see them by different addresses",
        )
    several = [zone for zone in zones(config) if _subnet_count(config, zone) > 1]
    if several:
        yield Diagnostic(
            id="further-eni-configs",
            severity="note",
            message=f"nodes of managed node groups in {', '.join(several)} use the first pod subnet of their zone; "
            "those annotated `k8s.amazonaws.com/eniConfig: ZONE-2` use the second",
        )


SubnetIds = Mapping[str, Sequence[str]]
"""The pod subnets of each zone, in the order of the plan."""


def eni_configs(plan: VpcCniPlan, *, subnet_ids: SubnetIds, security_group_id: str) -> tuple[ENIConfig, ...]:
    """The ENIConfigs, on subnets and a group given by literal ids.

    Raises:
        ValidationError: an id is no id of AWS.
        KeyError: a zone of the plan has no ids.
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
    """The add-on's configuration; with ids, which may be references, the add-on makes the ENIConfigs too."""
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
