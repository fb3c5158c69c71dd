"""Rules about one Kubernetes object, and about a change to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from podspace.reporting.report import ReportedRule

_NODE_CLASS: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_NODE_POOL: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html"
_DRIFT: Final = "https://karpenter.sh/docs/concepts/disruption/#drift"

_RULES: Final = (
    ReportedRule(
        id="refused-by-api-server",
        severity="error",
        what="The API server refuses the object, or no node or pod would start.",
        cause="The object cannot be applied, or has no effect.",
        fix="correct the field in the finding; each finding has the source of its rule",
        source=_NODE_CLASS,
    ),
    ReportedRule(
        id="duplicate-key",
        severity="error",
        what="A mapping has a key twice.",
        cause="Some tools refuse the file, others use the last value. The object or template is not checked further.",
        fix="merge the two, or remove one",
        source="https://yaml.org/spec/1.2.2/#mapping",
    ),
    ReportedRule(
        id="may-not-work",
        severity="warning",
        what="The API server may accept the object, but it may not work.",
        cause="The sources disagree, or the result depends on something outside of the file.",
        fix="compare it with the source in the finding",
        source=_NODE_CLASS,
    ),
    ReportedRule(
        id="update-refused",
        severity="error",
        what="The API server refuses this change to an existing object.",
        cause="The field is immutable, so the object is not changed.",
        fix="create another object with this value, and move the workloads to its nodes",
        source=_NODE_POOL,
    ),
    ReportedRule(
        id="update-replaces-nodes",
        severity="warning",
        what="This change to an existing object replaces nodes.",
        cause="Nodes that no longer match their NodePool or NodeClass drift, and pods on them are evicted.",
        fix="apply it when nodes may be replaced, and limit how many at once with disruption budgets",
        source=_DRIFT,
    ),
    ReportedRule(
        id="render-first",
        severity="note",
        what="A Kustomize patch, or an object with placeholders, is not checked.",
        cause="The values are not known before the object is rendered.",
        fix="render it first, and check the output",
        source="https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/",
    ),
)
API_RULES: Final[Mapping[str, ReportedRule]] = {rule.id: rule for rule in _RULES}
"""Rules by their ids."""
