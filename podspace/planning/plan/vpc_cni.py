"""The plan of managed node groups: how the VPC CNI finds the pod subnets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class EniConfigPlan:
    """One ENIConfig: a pod subnet for the nodes of its zone.

    Attributes:
        name: the zone, so that nodes find it by their label; further subnets of the zone have a number behind it.
        zone: the zone's name or id.
        index: which of the zone's pod subnets, from 0.
    """

    name: str
    zone: str
    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcCniPlan:
    """Custom networking of the VPC CNI on the pod network.

    Attributes:
        zone_label: the label of nodes that names their ENIConfig.
        snat_policy: as a NodeClass has it.
        prefix_delegation: whether nodes take /28 prefixes.
        version: of the add-on that is made here; empty for EKS's default.
        add_on: whether the add-on is made here, together with the cluster.
        tags: of the add-on.
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
