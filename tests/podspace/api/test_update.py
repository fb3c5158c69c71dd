"""A change to an object that is applied is refused, replaces nodes, or takes effect in place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from podspace.api import Change, changes
from tests.podspace.manifests import (
    Manifest,
    a_full_eni_config,
    a_full_node_pool,
    a_node_class,
    a_node_pool,
    an_eni_config,
    the_full_ones,
)

REFUSED, REPLACES = "refused", "replaces nodes"
POD_TERMS: Manifest = {
    "podSubnetSelectorTerms": [{"id": "subnet-1"}],
    "podSecurityGroupSelectorTerms": [{"id": "sg-1"}],
}


def changed(manifest: Manifest, place: str, value: Any) -> Manifest:
    """The manifest with another value at a place; None removes."""
    copy = deepcopy(manifest)
    *outer, key = place.split("/")
    holder = copy
    for each in outer:
        holder = holder.setdefault(each, {})
    if value is None:
        holder.pop(key, None)
    else:
        holder[key] = value
    return copy


def told(old: Manifest, new: Manifest) -> tuple[Change, ...]:
    return changes(old, new)


@pytest.mark.parametrize("manifest", the_full_ones(), ids=lambda manifest: manifest["kind"])
def test_no_change_is_none(manifest: Manifest) -> None:
    """Nor what only the server writes."""
    served = {**manifest, "metadata": {**manifest["metadata"], "uid": "a"}, "status": {"nodes": 1}}
    assert told(manifest, manifest) == ()
    assert told(served, manifest) == ()


@pytest.mark.parametrize("key", ["group", "kind"])
def test_whose_node_class_a_pool_has_is_immutable(key: str) -> None:
    """As when a pool of self-managed Karpenter is to become one of EKS Auto Mode."""
    (change,) = told(a_node_pool(), changed(a_node_pool(), f"spec/template/spec/nodeClassRef/{key}", "other"))
    assert (change.effect, change.problem.location.path) == (REFUSED, f"spec.template.spec.nodeClassRef.{key}")
    assert change.problem.subject.endswith('to "other"')
    assert change.problem.message == "must not change: it is immutable"
    assert change.problem.fix == "create a new NodePool"
    assert change.problem.source.startswith("https://")
    assert not change.problem.inferred


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [(None, 3, "null to 3"), (3, None, "3 to null"), (None, 0, "null to 0"), (0, None, "0 to null")],
)
def test_a_pool_cannot_change_between_static_and_dynamic(old: int | None, new: int | None, value: str) -> None:
    """Replicas neither come nor go, even if they are none."""
    (change,) = told(a_node_pool(replicas=old), a_node_pool(replicas=new))
    assert (change.effect, change.problem.location.path, change.problem.subject) == (REFUSED, "spec.replicas", value)
    assert "static and dynamic" in change.problem.message
    assert change.problem.fix == "create a new NodePool"
    assert change.problem.source.startswith("https://")
    assert not change.problem.inferred


def test_text_that_looks_like_a_time_is_no_time() -> None:
    """Only where a time stands are units all the same."""
    (change,) = told(a_node_class(tags={"window": "1h"}), a_node_class(tags={"window": "60m"}))
    assert change.problem.location.path == "spec.tags.window"


def test_a_static_pool_may_grow_and_shrink() -> None:
    """In place."""
    assert told(a_node_pool(replicas=3), a_node_pool(replicas=0)) == ()


def test_other_requirements_replace_the_nodes_that_do_not_meet_them() -> None:
    """They are one value, told once."""
    requirements = [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]
    (change,) = told(a_node_pool(), a_node_pool(template={"requirements": requirements}))
    assert (change.effect, change.problem.location.path) == (REPLACES, "spec.template.spec.requirements")
    assert change.problem.message == "replaces nodes whose labels no longer meet the requirements"
    assert change.problem.subject.startswith('[{"key": "kubernetes.io/arch"')
    assert change.problem.source.startswith("https://")
    assert not change.problem.inferred


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("spec/template/metadata/labels/team", "b"),
        ("spec/template/metadata/labels/other", "b"),
        ("spec/template/metadata/annotations/note", "b"),
        ("spec/template/spec/nodeClassRef/name", "other"),
        ("spec/template/spec/taints", None),
        ("spec/template/spec/startupTaints", []),
        ("spec/template/spec/expireAfter", "100h"),
        ("spec/template/spec/terminationGracePeriod", "1h"),
    ],
)
def test_anything_else_of_its_nodes_replaces_them(place: str, value: Any) -> None:
    """Each at its own place."""
    (change,) = told(a_full_node_pool(), changed(a_full_node_pool(), place, value))
    assert (change.effect, change.problem.location.path) == (REPLACES, place.replace("/", "."))
    assert change.problem.message == "replaces every node of the pool: they drift from the template"
    assert change.problem.source.startswith("https://")
    assert not change.problem.inferred


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("spec/weight", 20),
        ("spec/weight", None),
        ("spec/limits", None),
        ("spec/limits/cpu", 1),
        ("spec/disruption", None),
        ("spec/disruption/consolidateAfter", "1h"),
        ("spec/disruption/consolidationPolicy", "WhenEmpty"),
        ("spec/disruption/budgets", []),
        ("metadata/labels", {"a": "b"}),
        ("metadata/annotations", {"a": "b"}),
    ],
)
def test_how_a_pool_as_a_whole_behaves_changes_in_place(place: str, value: Any) -> None:
    """And so does what is said about it."""
    assert told(a_full_node_pool(), changed(a_full_node_pool(), place, value)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"terminationGracePeriod": "24h"}),
        ({"terminationGracePeriod": "24h"}, {}),
        ({}, {"expireAfter": "336h"}),
        ({"expireAfter": "336h"}, {}),
        ({"expireAfter": "1h30m"}, {"expireAfter": "5400s"}),
        ({"terminationGracePeriod": "1h"}, {"terminationGracePeriod": "60m"}),
    ],
)
def test_a_default_that_is_written_out_is_no_change_of_a_pool(old: Manifest, new: Manifest) -> None:
    """Auto Mode's, not Karpenter's; nor is the same time in other units."""
    assert told(a_node_pool(template=old), a_node_pool(template=new)) == ()


def test_a_node_class_keeps_its_role() -> None:
    """Whether a cluster refuses another is not known, so it is inferred."""
    (change,) = told(a_node_class(), a_node_class(role="other"))
    assert (change.effect, change.problem.location.path) == (REFUSED, "spec.role")
    assert change.problem.subject == '"nodes" to "other"'
    assert "must not change" in change.problem.message
    assert "with an access entry for its role" in change.problem.fix
    assert change.problem.source.startswith("https://")
    assert change.problem.inferred


def test_a_node_class_keeps_its_instance_profile() -> None:
    """And does not go from one to the other."""
    profile: Manifest = {"role": None, "instanceProfile": "eks-a"}
    (change,) = told(a_node_class(**profile), a_node_class(**{**profile, "instanceProfile": "eks-b"}))
    assert (change.effect, change.problem.location.path) == (REFUSED, "spec.instanceProfile")
    (change,) = told(a_node_class(), a_node_class(**profile))
    assert (change.effect, change.problem.location.path) == (REFUSED, "spec.role"), "which is told once"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (a_node_pool(template={"expireAfter": "336h"}), a_node_pool(template={"expireAfter": "20160m"})),
        (a_node_pool(template={"terminationGracePeriod": "24h"}), a_node_pool()),
        (
            a_node_class(subnetSelectorTerms=[{"id": "subnet-1"}, {"id": "subnet-2"}]),
            a_node_class(subnetSelectorTerms=[{"id": "subnet-2"}, {"id": "subnet-1"}]),
        ),
        (
            a_node_pool(
                template={
                    "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]}]
                }
            ),
            a_node_pool(
                template={
                    "requirements": [{"values": ["arm64", "amd64"], "operator": "In", "key": "kubernetes.io/arch"}]
                }
            ),
        ),
        (a_node_pool(template={"taints": []}), a_node_pool()),
        (a_node_class(advancedNetworking={}), a_node_class()),
    ],
)
def test_another_spelling_of_the_same_is_no_change(old: Manifest, new: Manifest) -> None:
    """The unit of a duration, the order of terms and of values, and what is empty or left out."""
    assert told(old, new) == told(new, old) == ()


def test_of_a_list_only_what_differs_is_shown() -> None:
    """Or the same beginning would stand there twice, cut short."""
    same = [{"key": f"example.com/{number}", "operator": "Exists"} for number in range(9)]
    arch = {"key": "kubernetes.io/arch", "operator": "Exists"}
    (change,) = told(
        a_node_pool(template={"requirements": same}), a_node_pool(template={"requirements": [*same, arch]})
    )
    assert change.problem.subject == '[] to [{"key": "kubernetes.io/arch", "operator": "Exists"}]'


def test_what_is_wrong_elsewhere_hides_no_change() -> None:
    """The lint is stricter than the API server, so what is applied may not pass it."""
    odd = a_node_pool(template={"requirements": [{"key": "kubernetes.io/os", "operator": "Exists"}]})
    assert [change.effect for change in told(odd, {**odd, "spec": {**odd["spec"], "replicas": 3}})] == [REFUSED]


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"subnetSelectorTerms": [{"id": "subnet-1"}]}, ["spec.subnetSelectorTerms"]),
        ({"securityGroupSelectorTerms": [{"id": "sg-1"}]}, ["spec.securityGroupSelectorTerms"]),
        (POD_TERMS, ["spec.podSubnetSelectorTerms", "spec.podSecurityGroupSelectorTerms"]),
        ({"capacityReservationSelectorTerms": [{"id": "cr-1"}]}, ["spec.capacityReservationSelectorTerms"]),
        ({"placementGroupSelector": {"name": "a"}}, ["spec.placementGroupSelector.name"]),
    ],
)
def test_another_selection_replaces_the_nodes_that_are_not_in_it(given: Manifest, places: list[str]) -> None:
    """Which is inferred from Karpenter's own kind."""
    found = told(a_node_class(), a_node_class(**given))
    assert sorted(change.problem.location.path for change in found) == sorted(places)
    for change in found:
        assert change.effect == REPLACES
        assert change.problem.message == "replaces nodes that the new terms no longer select"
        assert change.problem.source.startswith("https://")
        assert change.problem.inferred


@pytest.mark.parametrize(
    ("given", "place", "inferred"),
    [
        ({"snatPolicy": "Disabled"}, "spec.snatPolicy", True),
        ({"networkPolicy": "DefaultDeny"}, "spec.networkPolicy", True),
        ({"networkPolicyEventLogs": "Enabled"}, "spec.networkPolicyEventLogs", True),
        ({"ephemeralStorage": {"size": "81Gi"}}, "spec.ephemeralStorage.size", True),
        ({"ephemeralStorage": {"iops": 3001}}, "spec.ephemeralStorage.iops", True),
        ({"ephemeralStorage": {"throughput": 126}}, "spec.ephemeralStorage.throughput", True),
        ({"ephemeralStorage": {"kmsKeyID": "a"}}, "spec.ephemeralStorage.kmsKeyID", True),
        ({"advancedNetworking": {"ipv4PrefixSize": "32"}}, "spec.advancedNetworking.ipv4PrefixSize", True),
        ({"advancedNetworking": {"enableV4Egress": False}}, "spec.advancedNetworking.enableV4Egress", True),
        ({"advancedNetworking": {"associatePublicIPAddress": False}}, "spec.advancedNetworking.associatePublicIPAddress", True),
        ({"advancedSecurity": {"fips": True}}, "spec.advancedSecurity.fips", True),
        ({"tags": {"example.com/a": "b"}}, 'spec.tags["example.com/a"]', True),
        ({"advancedCompute": {"kubelet": {"maxPods": 60}}}, "spec.advancedCompute.kubelet.maxPods", False),
        ({"advancedCompute": {"kernel": {"sysctl": {"vm.swappiness": 1}}}}, 'spec.advancedCompute.kernel.sysctl["vm.swappiness"]', False),
        ({"advancedCompute": {"hugepages": {"pages": [{"size": "2Mi", "count": 1}]}}}, "spec.advancedCompute.hugepages.pages", False),
    ],
)  # fmt: skip
def test_anything_else_of_a_node_class_replaces_its_nodes(given: Manifest, place: str, inferred: bool) -> None:
    """AWS says so of kubelet, kernel and huge pages, and the rest is inferred; there and back."""
    for old, new in ((a_node_class(), a_node_class(**given)), (a_node_class(**given), a_node_class())):
        (change,) = told(old, new)
        assert (change.effect, change.problem.location.path) == (REPLACES, place)
        assert change.problem.message == "replaces every node of the NodeClass: they drift from it"
        assert change.problem.source.startswith("https://")
        assert change.problem.inferred is inferred


@pytest.mark.parametrize(
    "given",
    [
        {"snatPolicy": "Random"},
        {"networkPolicy": "DefaultAllow"},
        {"networkPolicyEventLogs": "Disabled"},
        {"ephemeralStorage": {}},
        {"ephemeralStorage": {"size": "80Gi", "iops": 3000, "throughput": 125}},
        {"advancedNetworking": {"ipv4PrefixSize": "Auto", "enableV4Egress": True}},
        {"advancedSecurity": {"fips": False}},
        {"advancedCompute": {"kernel": {}}},
    ],
)
def test_a_default_that_is_written_out_is_no_change_of_a_node_class(given: Manifest) -> None:
    """Nor is an empty section; there and back."""
    assert told(a_node_class(), a_node_class(**given)) == ()
    assert told(a_node_class(**given), a_node_class()) == ()


def test_what_is_said_about_a_node_class_changes_in_place() -> None:
    """Its labels are its own."""
    assert told(a_node_class(), changed(a_node_class(), "metadata/labels", {"a": "b"})) == ()


def test_an_eni_config_changes_in_place() -> None:
    """Nodes that are there keep what they have."""
    assert told(an_eni_config(), an_eni_config(subnet="subnet-0b")) == ()
    assert told(an_eni_config(), a_full_eni_config()) == ()


def test_every_change_is_reported() -> None:
    """Whatever the order of the object."""
    new = a_node_pool(replicas=3, template={"expireAfter": "1h", "requirements": [{"key": "a", "operator": "Exists"}]})
    assert {(change.effect, change.problem.location.path) for change in told(a_node_pool(), new)} == {
        (REPLACES, "spec.template.spec.requirements"),
        (REPLACES, "spec.template.spec.expireAfter"),
        (REFUSED, "spec.replicas"),
    }
