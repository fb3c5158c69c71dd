"""NodePools of self-managed Karpenter, patches and placeholders are recognised, and not judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.lint.linter import Linted, lint
from tests.podspace.lint.stacks import write
from tests.podspace.manifests import a_node_class, a_node_pool

Body = dict[str, Any]

BY_NAME: Body = {"name": "workers"}
CATEGORY: Body = {"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": ["m"]}
OF_KARPENTER: Body = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "workers"},
    "spec": {},
}


def lint_files(folder: Path, **files: Any) -> Linted:
    texts = {
        f"{name.replace('__', '/')}.yaml": text if isinstance(text, str) else yaml.safe_dump(text)
        for name, text in files.items()
    }
    return lint([write(folder, texts)])


def ids(linted: Linted) -> list[str]:
    return [finding.id for finding in linted.findings]


def a_pool(reference: Body = BY_NAME, *, version: str = "v1", **template: Any) -> Body:
    return {**a_node_pool(template={"nodeClassRef": reference, **template}), "apiVersion": f"karpenter.sh/{version}"}


@pytest.mark.parametrize(
    "files",
    [
        {"a": a_pool(version="v1beta1")},
        {"a": a_pool(version="v1alpha5")},
        {"a": {"apiVersion": "karpenter.sh/v1beta1", "kind": "NodePool", "spec": {"disruption": {}}}},
        {"a": a_pool(), "z": OF_KARPENTER},
        {"a": a_pool(requirements=[CATEGORY])},
        {"a": a_pool({"kind": "EC2NodeClass", "name": "workers"})},
        {"a": a_pool(), "z": OF_KARPENTER, "other": a_node_class()},
    ],
)
def test_node_pools_of_self_managed_karpenter_are_passed_over(tmp_path: Path, files: Body) -> None:
    linted = lint_files(tmp_path, **files)
    assert (ids(linted), linted.passed_over["NodePool of another provider"]) == ([], 1)


@pytest.mark.parametrize("files", [{}, {"other": a_node_class()}])
def test_a_node_pool_that_does_not_say_whose_it_is_gets_one_warning(tmp_path: Path, files: Body) -> None:
    """Whatever else is in it."""
    linted = lint_files(tmp_path, a=a_pool(expireAfter="for ever"), **files)
    (finding,) = linted.findings
    assert (finding.id, finding.severity, finding.location.kind) == ("may-not-work", "warning", "NodePool")
    assert linted.checked["NodePool"] == 1
    assert finding.location.path == "spec.template.spec.nodeClassRef"


@pytest.mark.parametrize(
    "files",
    [
        {"pool": a_pool({"name": "pods"}), "c": a_node_class()},
        {"pool": a_pool({"group": "eks.amazonaws.com", "name": "pods"}, version="v1beta1")},
        {"pool": a_pool({"kind": "NodeClass", "name": "pods"}, requirements=[CATEGORY])},
        {"pool": a_pool({"group": "karpenter.k8s.aws", "kind": "NodeClass", "name": "pods"}), "z": OF_KARPENTER},
    ],
)
def test_a_node_pool_of_auto_mode_is_judged(tmp_path: Path, files: Body) -> None:
    """As its group, its kind or a NodeClass of that name says."""
    assert set(ids(lint_files(tmp_path, **files))) == {"refused-by-api-server"}


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {},
        {"weight": "high"},
        {"template": None},
        {"template": {"spec": {"expireAfter": "for ever", "requirements": [CATEGORY]}}},
        {"template": {"spec": {"nodeClassRef": None, "requirements": []}}},
        {"template": {"spec": {"nodeClassRef": {}}}},
    ],
)
def test_a_node_pool_without_a_reference_gets_one_error(tmp_path: Path, spec: Body | None) -> None:
    """Whatever else is in it, and whatever NodeClass is next to it."""
    pool = {**a_node_pool(), "spec": spec}
    (finding,) = lint_files(tmp_path, pool=pool, other=a_node_class()).findings
    assert (finding.id, finding.severity, finding.location.kind) == ("refused-by-api-server", "error", "NodePool")
    assert finding.location.path == "spec.template.spec.nodeClassRef"


def test_a_reference_that_is_no_mapping_is_judged_with_the_rest(tmp_path: Path) -> None:
    pool = a_pool("workers", expireAfter="for ever")  # type: ignore[arg-type]
    places = {finding.location.path for finding in lint_files(tmp_path, pool=pool).findings}
    assert places == {"spec.template.spec.nodeClassRef", "spec.template.spec.expireAfter"}


@pytest.mark.parametrize(
    "spec", [{"nodeClassRef": {"name": "a"}}, {"template": {"spec": {"nodeClasRef": {"name": "a"}}}}, {"templates": {}}]
)
def test_a_reference_that_is_misspelt_or_in_the_wrong_place_is_judged_with_the_rest(tmp_path: Path, spec: Body) -> None:
    pool = {**a_node_pool(), "spec": {"weight": "high", **spec}}
    assert "spec.weight" in {finding.location.path for finding in lint_files(tmp_path, pool=pool).findings}


PATCH: Body = {
    "apiVersion": "eks.amazonaws.com/v1",
    "kind": "NodeClass",
    "metadata": {"name": "pods"},
    "spec": {"role": "b"},
}


@pytest.mark.parametrize(
    "listed",
    [
        {"patches": [{"path": "pods.yaml"}]},
        {"patches": [{"path": "./pods.yaml", "target": {"kind": "NodeClass"}}]},
        {"patchesStrategicMerge": ["pods.yaml"]},
        {"patchesJson6902": [{"path": "pods.yaml", "target": {"kind": "NodeClass"}}]},
    ],
)
def test_a_patch_is_to_be_rendered_first(tmp_path: Path, listed: Body) -> None:
    linted = lint_files(tmp_path, over__kustomization=listed, over__pods=PATCH, base__pods=a_node_class())
    (finding,) = linted.findings
    assert (finding.id, finding.severity, Path(finding.location.file).parent.name) == ("render-first", "note", "over")
    assert (linted.exit_status, linted.checked["NodeClass"]) == (0, 1)


@pytest.mark.parametrize("listed", [{"resources": ["pods.yaml"]}, {"patches": [{"path": "other.yaml"}]}])
def test_what_is_listed_as_something_else_is_judged(tmp_path: Path, listed: Body) -> None:
    linted = lint_files(tmp_path, over__kustomization=listed, over__pods=PATCH)
    assert set(ids(linted)) == {"refused-by-api-server"}


def test_a_patch_may_be_a_list_of_operations(tmp_path: Path) -> None:
    """As kustomize takes it, and kubectl does not."""
    patch = [{"op": "replace", "path": "/spec/role", "value": "b"}]
    folder = write(tmp_path, {"pods.yaml": yaml.safe_dump(patch), "data.json": [1, {"a": 2}], "c.json": a_node_class()})
    named = lint(sorted(folder.iterdir()))
    assert (named.unreadable, named.passed_over) == ([], {"without a kind": 2})
    objects = write(tmp_path / "objects", {"a.json": [a_node_class()]})
    assert [one.severity for one in lint([objects / "a.json"]).unreadable] == ["unknown"]


@pytest.mark.parametrize(
    "value", ["${ROLE}", "<<ROLE>>", '"{{ .Values.role }}"', "{{ .Values.role }}", "a-${ROLE:=b}", "$ROLE"]
)
def test_placeholders_are_to_be_rendered_first(tmp_path: Path, value: str) -> None:
    """The rest of the object is not judged, and its NodePools wait for it."""
    text = yaml.safe_dump(a_node_class(role="ROLE", snatPolicy="random")).replace("role: ROLE", f"role: {value}")
    text = text.replace("name: pods", 'name: "${NAME}"')
    linted = lint_files(tmp_path, a=text, b=a_node_pool(), c=a_node_class() | {"metadata": {"name": "other"}})
    (finding,) = linted.findings
    assert (finding.id, finding.severity) == ("render-first", "note")
    assert (linted.exit_status, linted.unreadable) == (0, [])


@pytest.mark.parametrize("section", ["status", "metadata"])
def test_what_the_cluster_writes_into_an_object_is_no_placeholder(tmp_path: Path, section: str) -> None:
    """As `kubectl get --output yaml` prints it."""
    node_class = a_node_class()
    written = {
        "status": {"message": "${NAME}"},
        "metadata": {"name": "pods", "managedFields": [{"manager": "${NAME}"}]},
    }
    node_class[section] = written[section]
    assert ids(lint_files(tmp_path, a=node_class)) == []


@pytest.mark.parametrize("annotations", [{}, {"about": "${NAME} is filled in by Flux"}, {"about": "{{ }}"}])
def test_an_annotation_may_have_a_placeholder_in_it(tmp_path: Path, annotations: Body) -> None:
    node_class = a_node_class(snatPolicy="random")
    node_class["metadata"]["annotations"] = annotations
    assert ids(lint_files(tmp_path, a=node_class)) == ["refused-by-api-server"]
