"""What hinders the move of one pod."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from podspace.api.contradiction import Condition
from podspace.live.kubernetes import DisruptionBudget, Node, Placement, Pod, Volume, VolumeClaim
from podspace.migration import hindrance
from podspace.migration.hindrance import Hindrance
from podspace.migration.target import Target, fitting_terms

_DURATION: Final = re.compile(r"([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+")
_EBS_DRIVER: Final = "ebs.csi.aws.com"
_AUTO: Final = "auto"
_NO_TERM: Final = "node affinity without a term that a node can meet"
_NO_LABEL: Final = ("", "")
_MOST_VERDICTS: Final = 10_000


class Obstacle(NamedTuple):
    """A hindrance, and what it is about: a PodDisruptionBudget, a label, a port."""

    hindrance: Hindrance
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Verdict:
    """What a placement asks for and no target has; `candidates` are the targets that have all of it, or all targets."""

    unmet: tuple[str, ...]
    taints: tuple[str, ...]
    candidates: tuple[Target, ...]


class Obstacles:
    """Finds what hinders the move of a pod to one of some NodePools."""

    def __init__(
        self,
        *,
        targets: Sequence[Target],
        budgets: Iterable[DisruptionBudget],
        claims: Iterable[VolumeClaim],
        volumes: Iterable[Volume],
    ) -> None:
        self._targets = tuple(targets)
        self._budgets = _by_rarest_label(list(budgets))
        self._volume_of = {(claim.namespace, claim.name): claim.volume for claim in claims}
        self._volumes = {volume.name: volume for volume in volumes}
        self._verdicts: dict[Placement, _Verdict] = {}

    def of(self, pod: Pod, *, node: Node) -> Iterator[Obstacle]:
        """What hinders the move of a pod that is on a node."""
        yield from self._evictions(pod)
        verdict = self._verdict(pod.placement)
        if verdict.unmet:
            yield Obstacle(hindrance.NODE_SELECTION, " and ".join(verdict.unmet))
        if verdict.taints:
            yield Obstacle(hindrance.TOLERATIONS, " or ".join(verdict.taints))
        yield from self._volume_obstacles(pod, verdict, node=node)
        for port in dict.fromkeys(pod.host_ports):
            yield Obstacle(hindrance.HOST_PORTS, port)
        if pod.local_data:
            yield Obstacle(hindrance.LOCAL_DATA, "emptyDir volumes")

    def _evictions(self, pod: Pod) -> Iterator[Obstacle]:
        """Why the pod cannot be evicted, or should not be; pods that have not started may always be evicted.

        https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
        """
        if pod.phase != "Pending":
            budgets = list(self._budgets_of(pod))
            if len(budgets) > 1:
                names = " and ".join(sorted(map(str, budgets)))
                yield Obstacle(hindrance.BUDGETS_OVERLAP, f"PodDisruptionBudgets {names}")
            elif budgets and budgets[0].refuses(ready=pod.ready):
                yield Obstacle(hindrance.BUDGET, f"PodDisruptionBudget {budgets[0]}")
        if pod.do_not_disrupt == "true" or _DURATION.fullmatch(pod.do_not_disrupt):
            yield Obstacle(hindrance.DO_NOT_DISRUPT, f"karpenter.sh/do-not-disrupt: {pod.do_not_disrupt}")
        if pod.owner is None:
            yield Obstacle(hindrance.NO_CONTROLLER, "pods without a controller")

    def _budgets_of(self, pod: Pod) -> Iterator[DisruptionBudget]:
        for label in {_NO_LABEL: None, **dict.fromkeys(pod.labels.items())}:
            for budget in self._budgets.get((pod.namespace, *label), ()):
                if budget.selects(pod.namespace, pod.labels):
                    yield budget

    def _verdict(self, placement: Placement) -> _Verdict:
        if placement not in self._verdicts:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts.clear()
            self._verdicts[placement] = self._judged(placement)
        return self._verdicts[placement]

    def _judged(self, placement: Placement) -> _Verdict:
        if not self._targets:  # which is an error of its own
            return _Verdict(unmet=(), taints=(), candidates=())
        wanted = fitting_terms(placement.selector, placement.terms)
        fitting = tuple(target for target in self._targets if any(not target.unmet(term) for term in wanted))
        admitting = fitting or self._targets
        tolerated = tuple(target for target in admitting if not _kept_off(placement, target))
        unmet = _fewest(target.unmet(term) for target in self._targets for term in wanted) or (_NO_TERM,)
        return _Verdict(
            unmet=() if fitting else unmet,
            taints=() if tolerated else _fewest(_kept_off(placement, target) for target in admitting),
            candidates=tolerated or admitting,
        )

    def _volume_obstacles(self, pod: Pod, verdict: _Verdict, *, node: Node) -> Iterator[Obstacle]:
        placement = Placement(selector=(), terms=None, tolerations=()) if verdict.unmet else pod.placement
        wanted = fitting_terms(placement.selector, placement.terms)
        for claim in pod.claims:
            name = self._volume_of.get((pod.namespace, claim))
            volume = self._volumes.get(name) if name else None
            if volume is None:
                if name != "":  # a claim without a volume gets one where its pod starts
                    yield Obstacle(hindrance.VOLUME_UNKNOWN, "volumes")
                continue
            if volume.driver == _EBS_DRIVER and node.compute_type != _AUTO:
                yield Obstacle(hindrance.VOLUME_DRIVER, volume.driver)
            if unmet := _unmet_volume(volume, wanted, verdict.candidates):
                yield Obstacle(hindrance.ZONAL_VOLUME, " and ".join(unmet))


def _by_rarest_label(
    budgets: Sequence[DisruptionBudget],
) -> Mapping[tuple[str, str, str], Sequence[DisruptionBudget]]:
    """Budgets by namespace and one label of their pods, so that a pod is compared with few of them."""
    numbers = Counter(label for budget in budgets for label in budget.labels)
    found: dict[tuple[str, str, str], list[DisruptionBudget]] = defaultdict(list)
    for budget in budgets:
        label = min(budget.labels, key=lambda label: numbers[label], default=_NO_LABEL)
        found[(budget.namespace, *label)].append(budget)
    return found


def _unmet_volume(
    volume: Volume, wanted: Sequence[tuple[Condition, ...]], targets: Sequence[Target]
) -> tuple[str, ...]:
    """The conditions of a volume that no target meets together with those of its pod."""
    if volume.terms is None or not targets:
        return ()
    needed = fitting_terms((), volume.terms)
    if any(not target.unmet((*one, *term)) for target in targets for one in wanted for term in needed):
        return ()
    alone = _fewest(target.unmet(term) for target in targets for term in needed)
    return alone or tuple(str(each) for term in needed[:1] for each in term) or (f"volume {volume.name}",)


def _kept_off(placement: Placement, target: Target) -> tuple[str, ...]:
    """The taints of a target that a pod does not tolerate."""
    return tuple(
        str(taint) for taint in target.taints if not any(each.tolerates(taint) for each in placement.tolerations)
    )


def _fewest(groups: Iterable[Sequence[object]]) -> tuple[str, ...]:
    """The smallest of some groups that are not empty, each item once and as text."""
    found = [tuple(dict.fromkeys(map(str, group))) for group in groups if group]
    return min(found, key=len, default=())
