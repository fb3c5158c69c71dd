"""Label domains that a NodePool may use.

The rules are those of the NodePool schema that EKS installs in a cluster, and the labels of
https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from pydantic.config import JsonDict, JsonValue

from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

NODE_POOL = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html"
_LONGEST_REQUIREMENT_KEY = 316  # of the schema, one less than a key can have

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

ZONE_LABEL = "topology.kubernetes.io/zone"
"""The label of a node with the name of its zone."""
ZONE_ID_LABEL = "topology.k8s.aws/zone-id"
"""The label of a node with the id of its zone."""
_KUBERNETES = frozenset(
    (
        "beta.kubernetes.io/arch",
        "beta.kubernetes.io/instance-type",
        "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch",
        "topology.kubernetes.io/region",
        ZONE_LABEL,
    )
)

OS_LABEL = "kubernetes.io/os"
_NOT_IN_AUTO_MODE = frozenset({OS_LABEL, "node.kubernetes.io/windows-build"})

KNOWN_LABELS = (
    _AUTO_MODE
    | _AUTO_MODE_SINCE
    | _KUBERNETES
    | {OS_LABEL, "karpenter.sh/capacity-type", "node.kubernetes.io/instance-type", ZONE_ID_LABEL}
)
"""Labels that Karpenter gives nodes without a NodePool that names them.

A pod that requires another label gets a node only of a NodePool with that label: https://karpenter.sh/docs/concepts/scheduling/.
That EKS Auto Mode knows all of its own labels in this way is inferred.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """A reserved label domain, and the keys and domain endings in it that are allowed.

    Domains are compared by their endings, as the schema does: `ai.eks.amazonaws.com` is refused too.
    """

    ending: str
    keys: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()

    def refuses(self, key: str) -> bool:
        domain = key.partition("/")[0]
        return domain.endswith(self.ending) and key not in self.keys and not domain.endswith(self.endings)

    def json_rule(self) -> JsonDict:
        """A JSON Schema of the keys that the domain forbids, except for the allowed ones."""
        still_open: list[JsonValue] = [{"pattern": _ends_with(ending)} for ending in self.endings]
        if self.keys:
            still_open.append({"enum": list[JsonValue](sorted(self.keys))})
        reserved: JsonDict = {"pattern": _ends_with(self.ending)}
        return {"not": reserved | ({"not": {"anyOf": still_open}} if still_open else {})}


def _ends_with(ending: str) -> str:
    return f"^[^/]*{ending.replace('.', '[.]')}(/|$)"


_DOMAINS = (
    # Karpenter 1.9 gave up its rules for the first two. Whether Auto Mode did is not known, so they stay.
    Domain(
        ending="kubernetes.io",
        keys=_KUBERNETES,
        endings=("node.kubernetes.io", "node-restriction.kubernetes.io"),
    ),
    Domain(ending="k8s.io", endings=("kops.k8s.io",)),
    Domain(ending="karpenter.sh", keys=frozenset({"karpenter.sh/capacity-type"})),
)
LABEL_DOMAINS = (*_DOMAINS, Domain(ending="eks.amazonaws.com", keys=_AUTO_MODE))
REQUIREMENT_DOMAINS = (*_DOMAINS, Domain(ending="eks.amazonaws.com", keys=_AUTO_MODE | _AUTO_MODE_SINCE))


def json_rules(domains: tuple[Domain, ...], *, but_for: str = "") -> JsonDict:
    """A JSON Schema of the keys that no domain forbids, and of one more key."""
    others: JsonDict = {"not": {"enum": list[JsonValue](sorted(_NOT_IN_AUTO_MODE))}}
    karpenter: JsonDict = {"not": {"pattern": _ends_with("karpenter.k8s.aws")}}
    rules: JsonDict = {"allOf": [others, karpenter, *(domain.json_rule() for domain in domains)]}
    return {"anyOf": [{"const": but_for}, rules]} if but_for else rules


def _check(key: str, domains: tuple[Domain, ...]) -> str:
    if key in _NOT_IN_AUTO_MODE:
        must, fix = "must not be used: EKS Auto Mode runs Linux only", "remove it"
    elif key.partition("/")[0].endswith("karpenter.k8s.aws"):
        must = "must be a label of EKS Auto Mode: its nodes do not have labels of karpenter.k8s.aws"
        fix = _auto_mode_label(key)
    elif owner := next((domain for domain in domains if domain.refuses(key)), None):
        must = f"must not be in the label domain {owner.ending}, which is reserved"
        names = {known.rpartition("/")[2]: known for known in owner.keys}
        near = [names[name] for name in get_close_matches(key.rpartition("/")[2], names, n=1, cutoff=0.8)]
        fix = f"did you mean {near[0]}?" if near else "use a label domain of your own"
    else:
        return key
    raise refusal(Diagnostic(message=must, fix=fix, source=NODE_POOL))


def _auto_mode_label(key: str) -> str:
    label = "eks.amazonaws.com/" + key.partition("/")[2]
    if label == "eks.amazonaws.com/ec2nodeclass":
        label = "eks.amazonaws.com/nodeclass"
    return f"write {label}" if label in _AUTO_MODE | _AUTO_MODE_SINCE else "see the page for the existing labels"


def label_key(key: str) -> str:
    """The key of a node label, if its domain is not reserved; else a ValueError."""
    return _check(key, LABEL_DOMAINS)


def requirement_key(key: str) -> str:
    """The key of a requirement, if nodes can have such a label; else a ValueError."""
    if len(key) > _LONGEST_REQUIREMENT_KEY:
        must = f"must be at most {_LONGEST_REQUIREMENT_KEY} characters"
        raise refusal(Diagnostic(message=must, source=NODE_POOL))
    return key if key == OS_LABEL else _check(key, REQUIREMENT_DOMAINS)
