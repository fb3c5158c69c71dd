"""Every object has metadata, and is written as it is applied."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.api import doubts_of, problems_in, read
from tests.podspace.manifests import Manifest, a_node_class, a_node_pool, an_eni_config, the_full_ones

BY_THE_SERVER: Manifest = {
    "uid": "c7a3",
    "resourceVersion": "12",
    "generation": 3,
    "creationTimestamp": "2026-11-24T10:00:00Z",
    "deletionTimestamp": "2026-11-24T11:00:00Z",
    "deletionGracePeriodSeconds": 0,
    "generateName": "pool-",
    "finalizers": ["karpenter.sh/termination"],
    "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "b", "controller": True}],
    "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:spec": {}}}],
    "selfLink": "/apis/x",
    "namespace": "default",
    "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}\n"},
    "labels": {"app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "a-1.0"},
}


@pytest.mark.parametrize("manifest", the_full_ones(), ids=lambda manifest: manifest["kind"])
def test_an_object_is_written_as_it_was_given(manifest: Manifest) -> None:
    """Every field of every kind, in the order in which people write them."""
    made = read(manifest)
    assert made.manifest() == manifest
    assert list(made.manifest()) == ["apiVersion", "kind", "metadata", "spec"]
    turned_around = dict(reversed(manifest.items()))
    assert str(read(turned_around).manifest()) == str(made.manifest())
    assert made.name == manifest["metadata"]["name"]


@pytest.mark.parametrize("manifest", the_full_ones(), ids=lambda manifest: manifest["kind"])
def test_what_the_server_writes_is_read_over(manifest: Manifest) -> None:
    """As `kubectl get` prints it; the status is never written."""
    manifest["metadata"] |= BY_THE_SERVER
    manifest["status"] = {"conditions": [{"type": "Ready", "status": "True"}], "nodes": 3}
    assert not problems_in(manifest)
    made = read(manifest)
    assert "status" not in made.manifest()
    assert made.status


@pytest.mark.parametrize("key", BY_THE_SERVER)
def test_what_the_server_writes_has_its_type(key: str) -> None:
    """The problem stands at the key."""
    manifest = a_node_class()
    manifest["metadata"][key] = [1] if isinstance(BY_THE_SERVER[key], str) else "x"
    (problem,) = problems_in(manifest)
    assert problem.location.path.startswith(f"metadata.{key}")


@pytest.mark.parametrize(
    "name", ["a", "0", "a-b.c", "a" * 253, "a.b", "default-2"]
)  # fmt: skip
def test_an_object_has_a_resource_name(name: str) -> None:
    """1 to 253 small letters, digits, dashes and dots."""
    assert not problems_in({**a_node_pool(), "metadata": {"name": name}})


@pytest.mark.parametrize("name", ["", "A", "MyNodeClass", "a_b", "-a", "a-", "a..b", "a" * 254])
def test_an_object_has_no_other_name(name: str) -> None:
    """Above all no capitals."""
    (problem,) = problems_in({**a_node_pool(), "metadata": {"name": name}})
    assert problem.location.path == "metadata.name"
    assert "small letters, digits" in problem.message
    assert problem.source.startswith("https://")
    assert not problem.inferred


@pytest.mark.parametrize(
    ("metadata", "place", "gist"),
    [
        ({}, "metadata.name", "must be given"),
        ([], "metadata", "a mapping of keys to values"),
        ({"name": 5}, "metadata.name", "text"),
        ({"name": "a", "label": {}}, "metadata.label", "no such key"),
        ({"name": "a", "labels": {"a b": "x"}}, 'metadata.labels["a b"]', "at most 63"),
        ({"name": "a", "labels": {"a": "x y"}}, "metadata.labels.a", "at most 63"),
        ({"name": "a", "labels": {"Example.com/a": "x"}}, 'metadata.labels["Example.com/a"]', "at most 63"),
        ({"name": "a", "labels": {"a": True}}, "metadata.labels.a", "text"),
        ({"name": "a", "annotations": {"a b": "x"}}, 'metadata.annotations["a b"]', "at most 63"),
        ({"name": "a", "annotations": {"a/b/c": "x"}}, 'metadata.annotations["a/b/c"]', "at most 63"),
        ({"name": "a", "annotations": {"a": 1}}, "metadata.annotations.a", "text"),
    ],
)
def test_metadata_of_another_form_is_refused(metadata: Any, place: str, gist: str) -> None:
    """Each at its own place."""
    (problem,) = problems_in({**a_node_pool(), "metadata": metadata})
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize("key", ["a", "Example.com/a", "a" * 63, f"{'x.' * 126}x/a"])
def test_an_annotation_may_have_a_domain_in_capitals(key: str) -> None:
    """As the API server reads the keys of annotations in small letters."""
    manifest = a_node_pool()
    manifest["metadata"]["annotations"] = {key: "any text\n"}
    manifest["spec"]["template"]["metadata"] = {"annotations": {key: ""}}
    assert not problems_in(manifest)


def test_metadata_is_required() -> None:
    """And so is a spec."""
    for missing in ("metadata", "spec"):
        manifest = {key: value for key, value in a_node_pool().items() if key != missing}
        (problem,) = problems_in(manifest)
        assert (problem.location.path, problem.message) == (missing, "must be given")


@pytest.mark.parametrize("manifest", the_full_ones(), ids=lambda manifest: manifest["kind"])
def test_a_null_in_metadata_or_status_is_a_key_left_out(manifest: Manifest) -> None:
    """Tools write `creationTimestamp: null`, and the API server takes it; a key that there is not is reported."""
    metadata = {**manifest["metadata"], "labels": None, "annotations": None, "creationTimestamp": None}
    spoiled = {**manifest, "status": None, "metadata": metadata}
    assert not problems_in(spoiled)
    assert read(spoiled) == read(manifest)
    assert read(spoiled).manifest() == manifest
    (problem,) = problems_in({**spoiled, "spec": {**manifest["spec"], "nothing": None}})
    assert (problem.location.path, problem.message) == ("spec.nothing", "must not be given: no such key")


TAINT = {"key": "team", "effect": "NoSchedule"}


def with_null(manifest: Manifest, *place: str | int) -> Manifest:
    """The manifest with a null at a place."""
    holder: Any = manifest
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = None
    return manifest


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (with_null(a_node_pool(), "spec", "weight"), "spec.weight"),
        (with_null(a_node_pool(), "spec", "replicas"), "spec.replicas"),
        (with_null(a_node_pool(), "spec", "limits"), "spec.limits"),
        (with_null(a_node_pool(limits={}), "spec", "limits", "cpu"), "spec.limits.cpu"),
        (with_null(a_node_pool(), "spec", "template", "metadata"), "spec.template.metadata"),
        (with_null(a_node_pool(), "spec", "template", "spec", "taints"), "spec.template.spec.taints"),
        (
            with_null(a_node_pool(template={"taints": [TAINT]}), "spec", "template", "spec", "taints", 0, "value"),
            "spec.template.spec.taints[0].value",
        ),
        (
            with_null(a_node_class(subnetSelectorTerms=[{"tags": {"a": "b"}}]), "spec", "subnetSelectorTerms", 0, "id"),
            "spec.subnetSelectorTerms[0].id",
        ),
        (with_null(a_node_class(), "spec", "instanceProfile"), "spec.instanceProfile"),
        (with_null(an_eni_config(), "spec", "securityGroups"), "spec.securityGroups"),
        (with_null(an_eni_config() | {"metadata": {"name": "a", "labels": {}}}, "metadata", "labels", "a"), "metadata.labels.a"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_a_null_is_refused_once_by_what_server_side_apply_says(manifest: Manifest, path: str) -> None:
    (problem,) = problems_in(manifest)
    assert (problem.location.path, problem.subject) == (path, "null")
    assert "--server-side" in problem.message
    assert problem.fix
    assert problem.source.startswith("https://")


def test_a_null_of_a_required_key_is_a_missing_one() -> None:
    (problem,) = problems_in(with_null(a_node_pool(), "spec", "template", "spec", "requirements"))
    assert (problem.location.path, problem.message) == ("spec.template.spec.requirements", "must be given")


def test_annotations_have_a_limit_in_total() -> None:
    """In bytes of keys and values, as UTF-8."""
    manifest = a_node_pool()
    manifest["metadata"]["annotations"] = {"a": "x" * 131_071, "b": "é" * 65_535 + "x"}
    assert not problems_in(manifest)
    manifest["metadata"]["annotations"]["b"] += "x"
    (problem,) = problems_in(manifest)
    assert problem.location.path == "metadata.annotations"


def test_a_finalizer_is_a_qualified_name() -> None:
    """One without a domain is taken with a warning of the API server, but for those of Kubernetes itself."""
    manifest = a_node_pool()
    manifest["metadata"]["finalizers"] = ["example.com/keep", "orphan", "foregroundDeletion"]
    assert not problems_in(manifest)
    assert not list(doubts_of(read(manifest)))
    manifest["metadata"]["finalizers"] = ["keep"]
    (doubt,) = doubts_of(read(manifest))
    assert doubt.location.path == "metadata.finalizers[0]"
    manifest["metadata"]["finalizers"] = ["keep it", "example.com/"]
    assert [problem.location.path for problem in problems_in(manifest)] == [
        "metadata.finalizers[0]",
        "metadata.finalizers[1]",
    ]


def test_a_number_without_a_fraction_is_a_whole_one() -> None:
    """As JSON does not tell them apart; one with a fraction is not."""
    without_fraction = a_node_class(ephemeralStorage={"iops": 4000.0, "throughput": 1e3})
    assert not problems_in(without_fraction)
    assert str(read(without_fraction).manifest()) == str(
        a_node_class(ephemeralStorage={"iops": 4000, "throughput": 1000})
    )
    page = {"size": "2Mi", "count": 2.0}
    assert not problems_in(a_node_class(advancedCompute={"hugepages": {"pages": [page]}}))
    (problem,) = problems_in(a_node_class(ephemeralStorage={"iops": 4000.5}))
    assert (problem.location.path, problem.message) == ("spec.ephemeralStorage.iops", "must be a whole number")
