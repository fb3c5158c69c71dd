"""Label keys and values, and whose label domains a NodePool may write.

Form: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. Domains: the rules of the
NodePool schema that EKS installs in a cluster, and the labels of
https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, Field

from podspace.api.model import matching
from podspace.api.refusal import refusal
from podspace.problem import Problem

NODE_POOL = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html"
_SYNTAX = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"

_AUTO_MODE = frozenset(
    f"eks.amazonaws.com/{name}"
    for name in (
        "nodeclass",
        "compute-type",
        "instance-encryption-in-transit-supported",
        "instance-category",
        "instance-hypervisor",
        "instance-family",
        "instance-generation",
        "instance-local-nvme",
        "instance-size",
        "instance-cpu",
        "instance-cpu-manufacturer",
        "instance-cpu-sustained-clock-speed-mhz",
        "instance-memory",
        "instance-ebs-bandwidth",
        "instance-network-bandwidth",
        "instance-gpu-name",
        "instance-gpu-manufacturer",
        "instance-gpu-count",
        "instance-gpu-memory",
        "instance-accelerator-name",
        "instance-accelerator-manufacturer",
        "instance-accelerator-count",
    )
)

# What a NodePool may ask for by pages newer than the only public schema. That these are no labels to put on a
# node is inferred, and so is the last as a whole: nodes carry it, no page names it.
_AUTO_MODE_SINCE = frozenset(
    f"eks.amazonaws.com/{name}"
    for name in (
        "capacity-reservation-id",
        "capacity-reservation-type",
        "capacity-reservation-interruptible",
        "placement-group-id",
        "instance-capability-flex",
    )
)

_KUBERNETES = frozenset(
    (
        "beta.kubernetes.io/arch",
        "beta.kubernetes.io/instance-type",
        "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
    )
)

_NOT_IN_AUTO_MODE = frozenset({"kubernetes.io/os", "node.kubernetes.io/windows-build"})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Domain:
    """A reserved label domain, and the keys and domain endings in it that are open all the same.

    Domains are compared by their endings, as the schema does: `ai.eks.amazonaws.com` is refused too.
    """

    ending: str
    keys: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()

    def refuses(self, key: str) -> bool:
        domain = key.partition("/")[0]
        return domain.endswith(self.ending) and key not in self.keys and not domain.endswith(self.endings)


_DOMAINS = (
    # Karpenter 1.9 gave up its rules for the first two. Whether Auto Mode did is not known, so they stay.
    _Domain(
        ending="kubernetes.io",
        keys=_KUBERNETES,
        endings=("node.kubernetes.io", "node-restriction.kubernetes.io"),
    ),
    _Domain(ending="k8s.io", endings=("kops.k8s.io",)),
    _Domain(ending="karpenter.sh", keys=frozenset({"karpenter.sh/capacity-type"})),
)
_LABEL_DOMAINS = (*_DOMAINS, _Domain(ending="eks.amazonaws.com", keys=_AUTO_MODE))
_REQUIREMENT_DOMAINS = (*_DOMAINS, _Domain(ending="eks.amazonaws.com", keys=_AUTO_MODE | _AUTO_MODE_SINCE))


def _check(key: str, domains: tuple[_Domain, ...]) -> str:
    if key in _NOT_IN_AUTO_MODE:
        must, fix = "must not be used: EKS Auto Mode runs Linux only", "remove it"
    elif key.partition("/")[0].endswith("karpenter.k8s.aws"):
        must = "must be EKS Auto Mode's own label: its nodes do not carry those of karpenter.k8s.aws"
        fix = _auto_mode_label(key)
    elif owner := next((domain for domain in domains if domain.refuses(key)), None):
        must = f"must not be in the label domain {owner.ending}, which is reserved"
        near = get_close_matches(key, owner.keys, n=1, cutoff=0.85)
        fix = f"did you mean {near[0]}?" if near else "use a label domain of your own"
    else:
        return key
    raise refusal(Problem(place="", must=must, fix=fix, source=NODE_POOL))


def _auto_mode_label(key: str) -> str:
    label = "eks.amazonaws.com/" + key.partition("/")[2]
    if label == "eks.amazonaws.com/ec2nodeclass":
        label = "eks.amazonaws.com/nodeclass"
    return f"write {label}" if label in _AUTO_MODE | _AUTO_MODE_SINCE else "see the page for the labels there are"


def _label_key(key: str) -> str:
    return _check(key, _LABEL_DOMAINS)


def _requirement_key(key: str) -> str:
    return _check(key, _REQUIREMENT_DOMAINS)


QualifiedName = Annotated[
    str,
    matching(
        r"((?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
        r"(?=[^/]{1,63}$)([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
        must="must be a name of at most 63 letters, digits and -_. with a letter or digit at both ends,"
        " and before it, if anything, a DNS domain and a slash",
        source=_SYNTAX,
    ),
]
"""The key of a label, an annotation or a taint, such as `example.com/team` (documented)."""

_VALUE = matching(
    r"(?=.{0,63}$)(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
    must="must be at most 63 letters, digits and -_. with a letter or digit at both ends",
    source=_SYNTAX,
)

LabelValue = Annotated[str, _VALUE]
"""A label's value; it may be empty (documented)."""

TaintValue = Annotated[str, Field(min_length=1), _VALUE]
"""A taint's value: as a label's, but not empty (in the schema), which is to leave it out."""

Labels = Annotated[Mapping[Annotated[QualifiedName, AfterValidator(_label_key)], LabelValue], Field(max_length=100)]
"""Labels for a node, in domains that are open to all (in the schema)."""

RequirementKey = Annotated[QualifiedName, AfterValidator(_requirement_key)]
"""A label that a NodePool may ask for (in the schema, and documented)."""
