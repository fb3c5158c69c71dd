"""The NodePools that pods move to, and whether one of their nodes can be what a pod asks for.

The rules are those of Karpenter (https://karpenter.sh/docs/concepts/scheduling/): conditions on one label are taken
together; a label that the NodePool does not name is on its nodes only if Karpenter knows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from podspace.api import NodePool as PlannedPool
from podspace.api.contradiction import Condition, can_be_met
from podspace.api.label_domain import KNOWN_LABELS, ZONE_ID_LABEL, ZONE_LABEL
from podspace.api.quantity import whole_number
from podspace.capacity import satisfies
from podspace.capacity.instance_type import InstanceType, listed
from podspace.live.kubernetes import Node, NodePool, NodeRequirement, Taint, Term
from podspace.planning import NetworkFile, Plan, is_zone_id

_TYPE: Final = "node.kubernetes.io/instance-type"
_ALIASES: Final = {"topology.ebs.csi.aws.com/zone": ZONE_LABEL, "topology.ebs.csi.eks.amazonaws.com/zone": ZONE_LABEL}
"""Labels of CSI drivers that have the value of another one."""
_NUMBERS: Final = ("Gt", "Lt", "Gte", "Lte")
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", *_NUMBERS)
_NEEDS_NO_LABEL: Final = ("NotIn", "DoesNotExist")
_KEPT_OFF: Final = ("NoSchedule", "NoExecute")
"""Effects of taints that keep pods off; PreferNoSchedule does not."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A NodePool that pods move to.

    Attributes:
        conditions: on the labels of its nodes, by label.
        taints: that keep pods off its nodes.
        types: the instance types that it admits; None if it names types that are not in the table.
    """

    name: str
    conditions: Mapping[str, tuple[Condition, ...]]
    taints: tuple[Taint, ...]
    types: tuple[InstanceType, ...] | None

    def unmet(self, wanted: Sequence[Condition]) -> tuple[Condition, ...]:
        """The conditions that no node of this NodePool meets; none if one node can meet all."""
        by_label = _by_label(wanted)
        missing = [each for label, group in by_label.items() if not self._can_meet(label, group) for each in group]
        if missing or self.types is None:
            return tuple(missing)
        about_type = [each for each in wanted if satisfies(_ANY_TYPE, each) is not None]
        if about_type and not any(all(satisfies(each, one) is not False for one in about_type) for each in self.types):
            return tuple(about_type)
        return ()

    def _can_meet(self, label: str, wanted: Sequence[Condition]) -> bool:
        own = self.conditions.get(label, ())
        if not own and label not in KNOWN_LABELS:
            return all(each.operator in _NEEDS_NO_LABEL for each in wanted)
        return can_be_met([*own, *wanted])


_ANY_TYPE: Final = InstanceType(name="m5.large", interfaces=0, addresses=0, cpu=0, memory=0)


def conditions_of(term: Iterable[NodeRequirement]) -> tuple[Condition, ...] | None:
    """The conditions of a term; None if one of them is none that the API server accepts, so that no node meets it."""
    found = []
    for each in term:
        if each.operator not in _OPERATORS or (
            each.operator in _NUMBERS and not (len(each.values) == 1 and whole_number(each.values[0]) is not None)
        ):
            return None
        found.append(
            Condition(path="", key=_ALIASES.get(each.key, each.key), operator=each.operator, values=each.values)
        )
    return tuple(found)


def targets_of(files: Iterable[NetworkFile], *, pools: Sequence[NodePool], nodes: Iterable[Node]) -> tuple[Target, ...]:
    """The NodePools of the plans as the plans have them, and others of the cluster on NodeClasses of the plans.

    Args:
        files: the plans.
        pools: the NodePools of the cluster.
        nodes: the nodes of the cluster, which have both the name and the id of their zone.
    """
    names = {node.zone_id: node.zone for node in nodes if node.zone_id and node.zone}
    targets: dict[str, Target] = {}
    for file in files:
        zones = tuple(_zone_conditions(file.plan, names))
        classes = {each.metadata.name for each in file.plan.node_classes}
        for planned in file.plan.node_pools:
            targets[planned.metadata.name] = _planned(planned, file.plan, zones)
        for pool in pools:
            if pool.node_class in classes and pool.name not in targets:
                own = conditions_of(pool.labels)
                if own is not None:
                    implied = _implied(pool.name, pool.node_class, file.plan)
                    targets[pool.name] = _target(pool.name, [*own, *implied, *zones], pool.taints)
    return tuple(targets.values())


def _planned(pool: PlannedPool, plan: Plan, zones: Iterable[Condition]) -> Target:
    name, template = pool.metadata.name, pool.spec.template
    taints = [Taint(key=each.key, value=each.value or "", effect=each.effect) for each in template.spec.taints or ()]
    implied = _implied(name, template.spec.node_class_ref.name, plan)
    return _target(name, [*template.conditions(), *implied, *zones], taints)


def _target(name: str, conditions: Sequence[Condition], taints: Iterable[Taint]) -> Target:
    return Target(
        name=name,
        conditions={label: tuple(group) for label, group in _by_label(conditions).items()},
        taints=tuple(each for each in taints if each.effect in _KEPT_OFF),
        types=_types(conditions),
    )


def _implied(pool: str, node_class: str, plan: Plan) -> Iterator[Condition]:
    """The labels that every node of a NodePool of EKS Auto Mode has.

    https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
    """
    labels = {
        "karpenter.sh/nodepool": pool,
        "eks.amazonaws.com/nodeclass": node_class,
        "eks.amazonaws.com/compute-type": "auto",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": plan.region,
    }
    for key, value in labels.items():
        yield Condition(path="", key=key, operator="In", values=(value,))


def _zone_conditions(plan: Plan, names: Mapping[str, str]) -> Iterator[Condition]:
    """The zones of the pod subnets, by name and by id; if one of them is not known, those that are not theirs."""
    ids = {name: id for id, name in names.items()}
    zones = plan.pods.zones
    others = [(id, name) for id, name in names.items() if id not in zones and name not in zones]
    for key, known, excluded in (
        (ZONE_LABEL, [names.get(zone) if is_zone_id(zone) else zone for zone in zones], [name for _, name in others]),
        (ZONE_ID_LABEL, [zone if is_zone_id(zone) else ids.get(zone) for zone in zones], [id for id, _ in others]),
    ):
        if all(known):
            yield Condition(path="", key=key, operator="In", values=tuple(filter(None, known)))
        elif excluded:
            yield Condition(path="", key=key, operator="NotIn", values=tuple(excluded))


def _types(conditions: Sequence[Condition]) -> tuple[InstanceType, ...] | None:
    named = {value for each in conditions if each.label == _TYPE and each.operator == "In" for value in each.values}
    if named - set(listed()):
        return None
    admitted = (each for each in listed().values() if all(satisfies(each, one) is not False for one in conditions))
    return tuple(admitted)


def _by_label(conditions: Iterable[Condition]) -> Mapping[str, list[Condition]]:
    by_label: dict[str, list[Condition]] = defaultdict(list)
    for each in conditions:
        by_label[each.label].append(each)
    return by_label


def fitting_terms(selector: Term, terms: Sequence[Term] | None) -> list[tuple[Condition, ...]]:
    """The conditions of a nodeSelector together with each term of a node affinity, of which a node must meet one."""
    found = [conditions_of([*selector, *term]) for term in (((),) if terms is None else terms)]
    return [each for each in found if each is not None]
