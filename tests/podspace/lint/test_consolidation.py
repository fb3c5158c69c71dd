"""A NodePool whose disruption has no consolidateAfter: refused before Kubernetes 1.37, and taken from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from podspace.api import changes
from podspace.lint.linter import lint
from tests.podspace.lint.stacks import a_template, of, write
from tests.podspace.manifests import a_node_class, a_node_pool

RULE = "consolidate-after-missing"
POOL = a_node_pool(disruption={"consolidationPolicy": "WhenEmptyOrUnderutilized"})
NODE_CLASS = a_node_class()


def severities(folder: Path, *, kubernetes: int | None = None, **files: object) -> list[str]:
    named = {f"{name}.json": file for name, file in files.items()}
    found = lint([write(folder, named)], kubernetes=kubernetes).findings
    return [one.severity for one in found if one.id == RULE]


@pytest.mark.parametrize(("kubernetes", "found"), [(None, ["warning"]), (36, ["error"]), (37, []), (38, [])])
def test_the_given_version_decides(kubernetes: int | None, found: list[str], tmp_path: Path) -> None:
    """Without one, a warning names both behaviours."""
    assert severities(tmp_path, kubernetes=kubernetes, pool=POOL) == found


def test_no_version_is_given_by_default(tmp_path: Path) -> None:
    (finding,) = lint([write(tmp_path, {"pool.json": POOL})]).findings
    assert (finding.id, finding.severity) == (RULE, "warning")


@pytest.mark.parametrize("version", ["1.36", "1.37", None, {"Ref": "Version"}])
def test_the_version_of_the_cluster_in_the_template_decides(version: object, tmp_path: Path) -> None:
    settings = {"Enabled": True, "NodePools": []}
    cluster = of("EKS::Cluster", Name="shop", ComputeConfig=settings, **({"Version": version} if version else {}))
    template = a_template({"Cluster": cluster}, Parameters={"Version": {"Type": "String"}})
    found = severities(tmp_path, template=template, node_class=NODE_CLASS, pool=POOL)
    assert found == {"1.36": ["error"], "1.37": []}.get(str(version), ["warning"])


def test_the_given_version_goes_before_that_of_a_template(tmp_path: Path) -> None:
    cluster = of("EKS::Cluster", Name="shop", Version="1.36", ComputeConfig={"Enabled": True, "NodePools": []})
    files = {"template": a_template({"Cluster": cluster}), "node_class": NODE_CLASS, "pool": POOL}
    assert severities(tmp_path, kubernetes=37, **files) == []


def test_two_clusters_of_two_versions_leave_the_version_open(tmp_path: Path) -> None:
    clusters = {
        name: of("EKS::Cluster", Name=name, Version=version, ComputeConfig={"Enabled": True, "NodePools": []})
        for name, version in (("Shop", "1.36"), ("Bank", "1.37"))
    }
    assert severities(tmp_path, template=a_template(clusters), node_class=NODE_CLASS, pool=POOL) == ["warning"]


def test_a_node_pool_without_disruption_has_the_default_of_its_version(tmp_path: Path) -> None:
    assert severities(tmp_path, kubernetes=36, pool=a_node_pool()) == []


@pytest.mark.parametrize("applied", ["Balanced", "WhenEmptyOrUnderutilized"])
def test_a_default_that_the_api_server_wrote_is_no_change(applied: str) -> None:
    """The applied object has what the manifest leaves out."""
    old = a_node_pool(
        disruption={"consolidationPolicy": applied, "consolidateAfter": "0s", "budgets": [{"nodes": "10%"}]}
    )
    assert changes(old, a_node_pool()) == changes(old, POOL) == ()
