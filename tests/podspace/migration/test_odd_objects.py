"""Objects that no API server would have, as files may: the report is written, and nothing is raised."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podspace.migration import migrate, text_report
from tests.mother import a_network_file
from tests.podspace.cluster_objects import GivenCluster
from tests.podspace.migration.moving import a_budget, a_claim, a_volume, an_old_pod, old_cluster, with_claim

KEYS = st.sampled_from(
    [
        "name",
        "namespace",
        "labels",
        "nodeSelector",
        "nodeName",
        "affinity",
        "nodeAffinity",
        "required",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
        "matchExpressions",
        "matchLabels",
        "key",
        "operator",
        "values",
        "tolerations",
        "effect",
        "volumes",
        "persistentVolumeClaim",
        "claimName",
        "ownerReferences",
        "controller",
        "selector",
        "disruptionsAllowed",
        "template",
        "spec",
        "requirements",
        "taints",
    ]
)
VALUES = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["In", "Gt", "Exists", "a", "", "-1", "²", "\x1b"])
)
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
ODD = st.dictionaries(KEYS, JSON, max_size=5)


def merged(data: Any, odd: Any) -> Any:
    return {**data, **odd} if isinstance(odd, dict) else odd


@given(
    plural=st.sampled_from(
        ["pods", "nodes", "nodepools", "poddisruptionbudgets", "persistentvolumeclaims", "persistentvolumes"]
    ),
    part=st.sampled_from(["metadata", "spec", "status"]),
    odd=ODD | JSON,
)
def test_any_object_is_reported_or_left_out(plural: str, part: str, odd: Any) -> None:
    objects = {
        "pods": [an_old_pod(spec=with_claim())],
        "poddisruptionbudgets": [a_budget(allowed=0)],
        "persistentvolumeclaims": [a_claim()],
        "persistentvolumes": [a_volume(zones=["eu-west-1a"])],
    }
    cluster = GivenCluster(old_cluster(**objects))
    for data in cluster.objects[plural]:
        data[part] = merged(data.get(part, {}), odd)
    migration = migrate([a_network_file()], cluster)
    assert text_report(migration)
    assert migration.diagnostics
