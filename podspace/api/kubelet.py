"""Kubelet settings of a NodeClass.

Settings and limits: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#kubelet-config; a change of
any of them replaces the nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.json_rule import together
from podspace.api.model import ApiModel, ListOf, Matching
from podspace.api.quantity import amount_of
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS
from podspace.diagnostic import Diagnostic, Location, place_of

KUBELET = f"{NODE_CLASS}#kubelet-config-considerations"

_FEWEST_PIDS = 100
_IDS_STEP, _MOST_IDS = 65536, 4294967295

Signal = Literal[
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "pid.available",
]
_PERCENT = r"([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)%"

Threshold = Annotated[
    str,
    Matching(
        rf"{_PERCENT}|([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{{1,2}})?",
        longest=32,
        must="must be a quantity or a percentage, such as 100Mi or 10%",
        fix=lambda text: "a threshold is not negative" if text.startswith("-") else "",
        source=KUBELET,
        inferred=True,
        title="quantity or percentage",
        example="10%",
    ),
]
"""A quantity or a percentage of a resource, such as `100Mi` or `10%`; the format is inferred from Karpenter's
EC2NodeClass."""

GracePeriod = Annotated[
    str,
    Matching(
        r"([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+",
        longest=64,
        must="must be a duration, such as 1m30s",
        fix=lambda text: f"add the unit, such as {text}s" if text.isdecimal() else "",
        source=KUBELET,
        inferred=True,
        title="duration",
        example="1m30s",
    ),
]
"""A Go duration such as `1m30s`; the format is inferred from the kubelet."""

LogSize = Annotated[
    str,
    Matching(
        r"[0-9]*[1-9][0-9]*([KMGTPE]i|[kMGTPE])?",
        longest=32,
        must="must be a quantity above zero, such as 10Mi",
        source="https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
        inferred=True,
        title="quantity",
        example="10Mi",
    ),
]

UnsafeSysctl = Annotated[
    str,
    Matching(
        r"kernel\.shm[a-z_]*\*?|kernel\.msg[a-z_]*\*?|kernel\.sem|fs\.mqueue\.([a-z_]+\*?|\*)"
        r"|net\.([A-Za-z0-9_/-][A-Za-z0-9_./-]*\*?|\*)",
        must="must be a sysctl of kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.* or net.*, which may end in *",
        source=KUBELET,
        title="sysctl, or a pattern that ends in *",
        example="net.core.*",
    ),
]


class Eviction(ApiModel):
    """When the kubelet evicts pods, by its signals, such as `memory.available`."""

    json_rules: ClassVar[JsonDict] = together("soft", "softGracePeriod")

    hard: Mapping[Signal, Threshold] | None = Field(
        default=None,
        description=("Immediate eviction, below this remaining amount."),
        examples=[{"memory.available": "100Mi"}],
    )
    soft: Mapping[Signal, Threshold] | None = Field(
        default=None,
        description=("Eviction after a grace period, at a higher remaining amount."),
        examples=[{"memory.available": "10%"}],
    )
    soft_grace_period: Mapping[Signal, GracePeriod] | None = Field(
        default=None, description="Grace period of each soft threshold.", examples=[{"memory.available": "1m30s"}]
    )
    max_pod_grace_period: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Seconds; 0 is the pod's own terminationGracePeriodSeconds."
    )

    def rules(self) -> Iterator[Diagnostic]:
        """Each soft threshold has a grace period (documented), each grace period a soft threshold (inferred), and a
        soft threshold is above the hard one.
        """
        soft, grace, hard = self.soft or {}, self.soft_grace_period or {}, self.hard or {}
        for signal in soft:
            if signal not in grace:
                must = "must be given: a soft threshold needs its grace period"
                yield Diagnostic(
                    location=Location(path=f"soft_grace_period{_in(signal)}"), message=must, source=KUBELET
                )
            if signal in hard and (left := _comparable(soft[signal], hard[signal])) and left[0] <= left[1]:
                must = f"must be more than the hard threshold, {hard[signal]}, so that it triggers earlier"
                yield Diagnostic(
                    location=Location(path=f"soft{_in(signal)}"),
                    subject=shown(soft[signal]),
                    message=must,
                    source=KUBELET,
                )
        for signal in grace:
            if signal not in soft:
                must = "must be removed: this signal has no soft threshold"
                yield Diagnostic(
                    location=Location(path=f"soft_grace_period{_in(signal)}"),
                    message=must,
                    source=KUBELET,
                    inferred=True,
                )

    def doubts(self) -> Iterator[Diagnostic]:
        """A percentage and an amount are compared for each instance type."""
        for signal, soft in (self.soft or {}).items():
            hard = (self.hard or {}).get(signal)
            if hard is not None and _comparable(soft, hard) is None:
                must = (
                    f"is compared with the hard threshold, {hard}, for each instance type: instance types for "
                    "which it is lower are not used"
                )
                yield Diagnostic(
                    location=Location(path=f"soft{_in(signal)}"), subject=shown(soft), message=must, source=KUBELET
                )


def _in(signal: str) -> str:
    return place_of((signal,))


def _comparable(soft: str, hard: str) -> tuple[Decimal, Decimal] | None:
    """Both as numbers, if they are of one unit."""
    if soft.endswith("%") != hard.endswith("%"):
        return None
    if soft.endswith("%"):
        return Decimal(soft[:-1]), Decimal(hard[:-1])
    return amount_of(soft), amount_of(hard)


class Logging(ApiModel):
    """How the kubelet rotates the logs of containers."""

    container_log_max_size: LogSize | None = Field(
        default=None, description="Size at which the log of a container is rotated."
    )
    container_log_max_files: Annotated[int, Field(ge=2)] | None = Field(
        default=None, description="Maximum number of log files of a container, at least 2."
    )


class Kubelet(ApiModel):
    """Kubelet settings that a NodeClass can change."""

    not_here: ClassVar[Mapping[str, str]] = {
        "evictionHard": "write eviction.hard",
        "evictionSoft": "write eviction.soft",
        "evictionSoftGracePeriod": "write eviction.softGracePeriod",
        "evictionMaxPodGracePeriod": "write eviction.maxPodGracePeriod",
        "containerLogMaxSize": "write logging.containerLogMaxSize",
        "containerLogMaxFiles": "write logging.containerLogMaxFiles",
        "podsPerCore": "that is Karpenter's EC2NodeClass: EKS Auto Mode has no such setting",
        "clusterDNS": "that is Karpenter's EC2NodeClass: each node of EKS Auto Mode runs its own DNS server",
        "systemReserved": "that is Karpenter's EC2NodeClass: EKS Auto Mode has no such setting",
        "kubeReserved": "that is Karpenter's EC2NodeClass: EKS Auto Mode has no such setting",
    }

    max_pods: Annotated[int, Field(ge=1, le=110)] | None = Field(
        default=None, description="The maximum number of pods on a node; its addresses may allow fewer.", examples=[50]
    )
    pod_pids_limit: (
        Annotated[int, Field(json_schema_extra={"anyOf": [{"const": -1}, {"minimum": _FEWEST_PIDS}]})] | None
    ) = Field(
        default=None, examples=[1024], description="Process ids for each pod; -1 is no limit, otherwise at least 100."
    )
    ids_per_pod: Annotated[int, Field(ge=_IDS_STEP, le=_MOST_IDS, multiple_of=_IDS_STEP)] | None = Field(
        default=None, description="User ids of a pod's user namespace; needs sysctl user.max_user_namespaces above 0."
    )
    single_process_oom_kill: bool | None = Field(
        default=None,
        alias="singleProcessOOMKill",
        description="Whether only one process of a container that is out of memory ends; no effect before Kubernetes "
        "1.32.",
    )
    eviction: Eviction | None = None
    logging: Logging | None = None
    allowed_unsafe_sysctls: Annotated[ListOf[UnsafeSysctl], Field(max_length=64)] | None = Field(
        default=None, description="Sysctls that pods may set: at most 64 names, or patterns that end in *."
    )

    def rules(self) -> Iterator[Diagnostic]:
        """`pod_pids_limit` is -1, or at least 100 (documented; values below -1 are inferred)."""
        limit = self.pod_pids_limit
        if limit is not None and limit != -1 and limit < _FEWEST_PIDS:
            must = f"must be -1 (no limit), or at least {_FEWEST_PIDS}"
            yield Diagnostic(
                location=Location(path="pod_pids_limit"), subject=shown(limit), message=must, source=KUBELET
            )
