"""The probe pods of a plan: one in each zone of each NodePool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from podspace.api import NodePool, Taint
from podspace.api.node_class import SnatPolicy
from podspace.api.vpc_cni import ZONE_LABEL
from podspace.planning import Plan, is_zone_id
from podspace.planning.names import shortened

SERVICE: Final = "probes"
"""The headless Service that gives each probe pod a DNS name."""
_ZONE_ID_LABEL: Final = "topology.k8s.aws/zone-id"
_LONGEST_NAME: Final = 50
"""A Job adds 6 characters to the names of its pods, and a label has 63 at most; the rest is for a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A probe pod.

    Attributes:
        name: of its Job, and its host name.
        pool: the NodePool that its node is of.
        zone: the zone that its node is in, by the name or id that the config has.
        snat_policy: that of the NodeClass of the NodePool.
        taints: those of the NodePool, which it tolerates.
    """

    name: str
    pool: str
    zone: str
    snat_policy: SnatPolicy
    taints: tuple[Taint, ...] = field(default=())

    @property
    def zone_label(self) -> str:
        """The label of nodes that has the zone."""
        return _zone_label(self.zone)

    def __str__(self) -> str:
        return f"{self.pool} in {self.zone}"


def namespace_of(plan: Plan) -> str:
    """The namespace of the probe pods of a plan, and of nothing else."""
    return f"podspace-smoke-{plan.name}"


def probes(plan: Plan) -> tuple[Probe, ...]:
    """One probe for each NodePool and zone in which it starts nodes; none without NodePools."""
    policies = {each.metadata.name: each.spec.snat_policy or "Random" for each in plan.node_classes}
    found = [(pool, zone) for pool in plan.node_pools for zone in _zones(pool, plan)]
    names = [_name(pool, zone) for pool, zone in found]
    alike = Counter(names)
    return tuple(
        Probe(
            name=name if alike[name] == 1 else f"{name}-{number}",
            pool=pool.metadata.name,
            zone=zone,
            snat_policy=policies[pool.spec.template.spec.node_class_ref.name],
            taints=tuple(pool.spec.template.spec.taints or ()),
        )
        for number, ((pool, zone), name) in enumerate(zip(found, names, strict=True), start=1)
    )


def peers(probe: Probe, others: Iterable[Probe]) -> Mapping[str, Probe]:
    """A probe in each other zone, by zone: of the same NodePool if it has one there."""
    ranked: Sequence[Probe] = sorted(others, key=lambda each: each.pool != probe.pool)
    found: dict[str, Probe] = {}
    for each in ranked:
        if each.zone != probe.zone:
            found.setdefault(each.zone, each)
    return dict(sorted(found.items()))


def _name(pool: NodePool, zone: str) -> str:
    return shortened(f"{pool.metadata.name}-{zone}".replace(".", "-"), most=_LONGEST_NAME)


def _zone_label(zone: str) -> str:
    return _ZONE_ID_LABEL if is_zone_id(zone) else ZONE_LABEL


def _zones(pool: NodePool, plan: Plan) -> Iterable[str]:
    """The zones with pod subnets and node subnets that no requirement and no label of a NodePool excludes."""
    conditions = pool.spec.template.conditions()
    for zone in plan.pods.zones:
        admitted = all(each.allows(zone) for each in conditions if each.label == _zone_label(zone))
        if admitted and (not plan.vpc.node_zones or zone in plan.vpc.node_zones):
            yield zone
