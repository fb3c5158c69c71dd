"""A manifest of any origin is known for its kind, and everything wrong with it is told at once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from podspace.api import MANIFEST_KINDS, ApiObject, ENIConfig, NodeClass, NodePool, manifest_kind, problems_in, read
from tests.podspace.manifests import Manifest, a_node_class, a_node_pool, an_eni_config, the_full_ones


def of(reference: object) -> Manifest:
    return a_node_pool(template={"nodeClassRef": reference})


def places(manifest: Manifest) -> list[str]:
    return [problem.location.path for problem in problems_in(manifest)]


def test_three_kinds_are_known() -> None:
    """By the names that manifests give them."""
    assert dict(MANIFEST_KINDS) == {"NodeClass": NodeClass, "NodePool": NodePool, "ENIConfig": ENIConfig}
    for manifest in the_full_ones():
        assert manifest_kind(manifest) is MANIFEST_KINDS[manifest["kind"]]
        assert type(read(manifest)) is MANIFEST_KINDS[manifest["kind"]]
        assert not problems_in(manifest)


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        ({"apiVersion": "eks.amazonaws.com/v1", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": "eks.amazonaws.com/v1alpha1", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": "karpenter.sh/v1", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": "karpenter.k8s.aws/v1", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": "v1", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": "", "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": 1, "kind": "NodeClass"}, NodeClass),
        ({"apiVersion": None, "kind": "NodeClass"}, NodeClass),
        ({"kind": "NodeClass"}, NodeClass),
        ({"kind": "nodeclass"}, NodeClass),
        ({"kind": "Nodepool", "apiVersion": "karpenter.sh/v1"}, NodePool),
        ({"kind": "NODEPOOL", "apiVersion": "karpenter.sh/v1"}, NodePool),
        ({"kind": "NodePool", "apiVersion": "eks.amazonaws.com/v1"}, NodePool),
        ({"kind": "EniConfig", "apiVersion": "crd.k8s.amazonaws.com/v1alpha1"}, ENIConfig),
        ({"kind": "ENIConfig", "apiVersion": "eks.amazonaws.com/v1"}, ENIConfig),
        ({"apiVersion": "example.com/v1", "kind": "NodeClass"}, None),
        ({"apiVersion": "karpenter.azure.com/v1", "kind": "NodeClass"}, None),
        ({"apiVersion": "x.eks.amazonaws.com/v1", "kind": "NodeClass"}, None),
        ({"apiVersion": "cloud.example.com/v1", "kind": "NodePool"}, None),
        ({"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass"}, None),
        ({"apiVersion": "karpenter.sh/v1", "kind": "NodeClaim"}, None),
        ({"apiVersion": "karpenter.sh/v1beta1", "kind": "NodePool"}, None),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, None),
        ({"apiVersion": "v1", "kind": "NodeClasses"}, None),
        ({"apiVersion": "v1", "kind": ["NodeClass"]}, None),
        ({"apiVersion": "v1", "kind": None}, None),
        ({"apiVersion": "v1"}, None),
        ({}, None),
    ],
)
def test_a_kind_is_known_by_its_name_in_a_group_that_has_it_or_has_it_by_mistake(
    manifest: Manifest, kind: type[ApiObject] | None
) -> None:
    """In any case; a kind of the same name elsewhere is another one."""
    assert manifest_kind(manifest) is kind


@pytest.mark.parametrize(
    "reference",
    [
        {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
        {"group": "karpenter.azure.com", "kind": "AKSNodeClass", "name": "default"},
        {"kind": "EC2NodeClass", "name": "default"},
    ],
)
def test_a_node_pool_of_another_provider_is_passed_over(reference: object) -> None:
    """Its rules are that provider's."""
    assert manifest_kind(of(reference)) is None
    assert problems_in(of(reference)) == []
    with pytest.raises(KeyError, match="NodePool"):
        read(of(reference))


def test_a_node_pool_of_another_provider_is_known_if_requested() -> None:
    """As what is applied, it may be about to become one of ours."""
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    assert manifest_kind(of(reference), of_any_provider=True) is NodePool
    assert manifest_kind({"kind": "ConfigMap"}, of_any_provider=True) is None


def test_a_node_pool_before_karpenter_1_is_known_by_the_version_of_its_reference() -> None:
    """It had no group yet."""
    other = {"apiVersion": "karpenter.k8s.aws/v1beta1", "kind": "EC2NodeClass", "name": "default"}
    assert manifest_kind(of(other)) is None
    ours = {"apiVersion": "eks.amazonaws.com/v1", "kind": "NodeClass", "name": "default"}
    found = {problem.location.path: problem.fix for problem in problems_in(of(ours))}
    assert found["spec.template.spec.nodeClassRef.apiVersion"] == "write group: eks.amazonaws.com"


@pytest.mark.parametrize(
    ("reference", "wrong"),
    [
        ({"group": "karpenter.k8s.aws", "kind": "NodeClass", "name": "c"}, ["group"]),
        ({"group": "eks.amazonaws.com", "kind": "EC2NodeClass", "name": "c"}, ["kind"]),
        ({"group": "EKS.amazonaws.com", "kind": "EC2NodeClass", "name": "c"}, ["group", "kind"]),
        ({"group": "karpenter.k8s.aws", "kind": "nodeclass", "name": "c"}, ["group", "kind"]),
        ({"group": "karpenter.k8s.aws", "kind": "NodeClasses", "name": "c"}, ["group", "kind"]),
        ({"group": "karpenter.k8s.aws", "kind": "", "name": "c"}, ["group", "kind"]),
    ],
)
def test_a_slip_in_a_reference_is_reported(reference: object, wrong: list[str]) -> None:
    """One that is half of ours."""
    assert manifest_kind(of(reference)) is NodePool
    assert sorted(places(of(reference))) == [f"spec.template.spec.nodeClassRef.{key}" for key in wrong]


@pytest.mark.parametrize("reference", [None, "c", ["c"], {"name": 5}])
def test_a_reference_of_another_form_is_reported(reference: object) -> None:
    """It is no reference to another provider."""
    assert places(of(reference))
    assert all(place.startswith("spec.template.spec.node") for place in places(of(reference)))


def test_a_kind_that_is_not_known_has_no_problems_and_is_not_read() -> None:
    """Nothing is said of it."""
    manifests: list[Manifest] = [{"kind": "ConfigMap", "spec": 1}, {}]
    for manifest in manifests:
        assert problems_in(manifest) == []
        with pytest.raises(KeyError):
            read(manifest)


def test_what_is_wrong_is_not_read() -> None:
    """An object that exists is right."""
    with pytest.raises(ValidationError):
        read(a_node_class(snatPolicy="random"))


@pytest.mark.parametrize(
    ("manifest", "version"),
    [(a_node_class(), "eks.amazonaws.com/v1"), (a_node_pool(), "karpenter.sh/v1"), (an_eni_config(), "crd.k8s.amazonaws.com/v1alpha1")],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_a_missing_version_is_reported_with_the_one_to_write(manifest: Manifest, version: str) -> None:
    """And nothing else, as it is no other kind; a null is missing, and a wrong one is shown."""
    without = {key: value for key, value in manifest.items() if key != "apiVersion"}
    for given in (without, {**without, "apiVersion": None}):
        (problem,) = problems_in(given)
        assert (problem.location.path, problem.message, problem.fix) == (
            "apiVersion",
            "must be given",
            f"write {version}",
        )
    (wrong,) = problems_in({**manifest, "apiVersion": "v1"})
    assert (wrong.location.path, wrong.subject, wrong.message) == ("apiVersion", '"v1"', f"must be '{version}'")


@pytest.mark.parametrize("manifest", [a_node_class(), a_node_pool(), an_eni_config()], ids=lambda given: given["kind"])
def test_a_missing_version_is_reported_with_its_source(manifest: Manifest) -> None:
    """As one is that is wrong."""
    (problem,) = problems_in({**manifest, "apiVersion": None})
    assert problem.source.startswith("https://")


@pytest.mark.parametrize("kind", ["nodepool", "Nodepool", "NODEPOOL"])
def test_the_case_of_a_kind_is_reported(kind: str) -> None:
    """And what else is wrong."""
    (problem,) = problems_in({**a_node_pool(), "kind": kind})
    assert (problem.location.path, problem.subject, problem.message) == ("kind", f'"{kind}"', "must be 'NodePool'")
    assert places({**a_node_pool(weight=0), "kind": kind}) == ["kind", "spec.weight"]


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (a_node_class(snatPolicy="random", instanceProfile="eks-a"), {"snatPolicy", "role"}),
        (a_node_class(instanceProfile="eks-a", advancedSecurity={"fips": 1}), {"advancedSecurity.fips", "role"}),
        (a_node_pool(weight=0, replicas=1, limits={"cpu": 1}), {"weight", "limits"}),
        (a_node_pool(weight=0, template={"expireAfter": "720h"}), {"weight", "template.spec.expireAfter"}),
    ],
)
def test_errors_between_fields_are_reported_with_errors_of_fields(manifest: Manifest, expected: set[str]) -> None:
    """Rules that compare do not wait until each value is right."""
    assert set(places(manifest)) == {f"spec.{place}" for place in expected}


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (a_node_pool(replicas=1, limits={"cpu": 1}, template={"expireAfter": "720h"}), "spec.limits"),
        (
            a_node_class(snatPolicy="x", podSubnetSelectorTerms=[{"id": "subnet-0"}]),
            "spec.podSecurityGroupSelectorTerms",
        ),
    ],
)
def test_no_rule_waits_for_another(manifest: Manifest, place: str) -> None:
    """Nothing wrong is left for a second run."""
    assert place in places(manifest)


def test_an_unknown_key_next_to_the_spec_is_reported() -> None:
    """At the top as anywhere else."""
    (problem,) = problems_in({**a_node_pool(), "data": {}})
    assert (problem.location.path, problem.subject, problem.message) == ("data", "{}", "must not be given: no such key")


def test_a_misspelt_key_is_reported_once() -> None:
    """Not as missing as well, and what is inside it is looked at."""
    manifest = a_node_class(subnetSelectorTerms=None, subnetSelectorTerm=[{"id": "subnet-0a"}])
    (problem,) = problems_in(manifest)
    assert (problem.location.path, problem.fix) == ("spec.subnetSelectorTerm", "did you mean subnetSelectorTerms?")
    manifest["spec"]["subnetSelectorTerm"] = [{"id": "sg-0a"}]
    assert places(manifest) == ["spec.subnetSelectorTerm", "spec.subnetSelectorTerms[0].id"]


def test_a_misspelt_key_at_the_top_is_reported_once() -> None:
    """Where there is nothing around it."""
    manifest = {("sepc" if key == "spec" else key): value for key, value in a_node_pool(weight=0).items()}
    assert places(manifest) == ["sepc", "spec.weight"]


def test_a_misspelt_key_next_to_the_right_one_is_reported() -> None:
    """The right one counts."""
    (problem,) = problems_in(a_node_class(roles="a"))
    assert (problem.location.path, problem.fix) == ("spec.roles", "did you mean role?")


def test_a_misplaced_key_is_reported_with_its_place() -> None:
    """Not as missing there as well, and what is inside it is looked at."""
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "C"}
    manifest = a_node_pool(template={"nodeClassRef": None, "expireAfter": "1h"}, nodeClassRef=reference)
    outer, inner = problems_in(manifest)
    assert (outer.location.path, outer.fix) == ("spec.nodeClassRef", "it belongs at spec.template.spec.nodeClassRef")
    assert (inner.location.path, inner.subject) == ("spec.template.spec.nodeClassRef.name", '"C"')


@pytest.mark.parametrize(
    ("spec", "place", "belongs"),
    [
        ({"expireAfter": "336h"}, "spec.expireAfter", "spec.template.spec.expireAfter"),
        ({"taints": []}, "spec.taints", "spec.template.spec.taints"),
        ({"consolidateAfter": "1m"}, "spec.consolidateAfter", "spec.disruption.consolidateAfter"),
    ],
)
def test_each_misplaced_key_has_one_place(spec: Manifest, place: str, belongs: str) -> None:
    """It is made where it is not there yet."""
    (problem,) = problems_in(a_node_pool(**spec))
    assert (problem.location.path, problem.fix) == (place, f"it belongs at {belongs}")


def test_a_misplaced_key_is_never_written_over_another() -> None:
    """What stands in the right place is judged, and the input is left as it was."""
    manifest = a_node_pool(expireAfter="1h")
    manifest["spec"]["template"]["spec"]["expireAfter"] = "720h"
    before = str(manifest)
    assert set(places(manifest)) == {"spec.expireAfter", "spec.template.spec.expireAfter"}
    assert str(manifest) == before


def test_every_fault_of_a_node_pool_as_an_article_has_it_is_reported() -> None:
    """A wrong version, a misplaced reference with only a name, and no requirements."""
    manifest: Manifest = {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodePool",
        "metadata": {"name": "workers"},
        "spec": {"nodeClassRef": {"name": "split"}, "disruption": {"consolidationPolicy": "WhenEmpty"}},
    }
    told = {problem.location.path: (problem.message, problem.fix) for problem in problems_in(manifest)}
    assert told == {
        "apiVersion": ("must be 'karpenter.sh/v1'", ""),
        "spec.template": ("must be given", ""),
        "spec.nodeClassRef": ("must not be given: no such key", "it belongs at spec.template.spec.nodeClassRef"),
        "spec.template.spec.nodeClassRef.group": ("must be given", "write eks.amazonaws.com"),
        "spec.template.spec.nodeClassRef.kind": ("must be given", "write NodeClass"),
        "spec.template.spec.requirements": ("must be given", ""),
    }


@pytest.mark.parametrize(
    ("manifest", "key"),
    [
        (a_node_class(snat_policy="Random"), "snat_policy"),
        (a_node_pool(template={"expire_after": "1h"}), "template.spec.expire_after"),
    ],
)
def test_a_manifest_is_not_read_as_our_own_files_are(manifest: Manifest, key: str) -> None:
    """The API has no key in snake case."""
    problem = problems_in(manifest)[0]
    assert (problem.location.path, problem.message) == (f"spec.{key}", "must not be given: no such key")
    assert problem.fix == f"did you mean {key.rpartition('.')[2].replace('_p', 'P').replace('_a', 'A')}?"


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (a_node_class(subnetSelectorTerms=None, securityGroupSelectorTerms=None), "spec.subnetSelectorTerms"),
        (a_node_pool(template={"nodeClassRef": None}), "spec.template.spec.nodeClassRef"),
    ],
)
def test_a_missing_key_is_spelled_as_the_api_spells_it(manifest: Manifest, place: str) -> None:
    """Whatever stands around it."""
    assert place in places(manifest)


def test_a_misplaced_key_is_no_missing_one_whatever_stands_around_it() -> None:
    """Not under another spelling either."""
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "c"}
    assert places(a_node_pool(template={"nodeClassRef": None}, nodeClassRef=reference)) == ["spec.nodeClassRef"]


@pytest.mark.parametrize(
    ("spec", "fix"),
    [
        ({"xyz": 1}, "the keys here are snatPolicy, networkPolicy, "),
        ({"snat_polic": "Random"}, "did you mean snatPolicy?"),
    ],
)
def test_an_egress_key_is_spelled_as_the_api_spells_it(spec: Manifest, fix: str) -> None:
    """Or following it would be refused."""
    (problem,) = problems_in(a_node_class(**spec))
    assert problem.fix.startswith(fix)
    (beside_the_spec,) = problems_in({**a_node_class(), "xyz": {}})
    assert beside_the_spec.fix == "the keys here are metadata, status, apiVersion, kind, spec"


def test_no_key_belongs_into_a_list_as_such() -> None:
    """Only into one of its items, and into which is not known."""
    (problem,) = problems_in(a_node_pool(operator="In"))
    assert not problem.fix.startswith("it belongs at")


def test_a_misspelt_sysctl_is_reported_once() -> None:
    """It is no key that can be moved."""
    compute = {"kernel": {"sysctl": {"vm.swapiness": 30}}}
    assert places(a_node_class(advancedCompute=compute)) == ['spec.advancedCompute.kernel.sysctl["vm.swapiness"]']


EKS = "https://docs.aws.amazon.com/eks/latest/userguide"
KARPENTER = "https://karpenter.sh/docs/concepts"


@pytest.mark.parametrize(
    ("manifest", "page"),
    [
        (a_node_class(snatPolicy="random"), f"{EKS}/create-node-class.html"),
        (a_node_class(nothing=1), f"{EKS}/create-node-class.html"),
        (a_node_class(ephemeralStorage={"iops": 1}), f"{EKS}/create-node-class.html"),
        (a_node_class(subnetSelectorTerms=[{"tags": {}}]), f"{EKS}/create-node-class.html"),
        (a_node_class(advancedSecurity={"fips": 1}), f"{EKS}/auto-advanced-security.html"),
        (a_node_class(capacityReservationSelectorTerms=[{"tags": {}}]), f"{EKS}/auto-odcr.html"),
        (a_node_class() | {"apiVersion": "v1"}, f"{EKS}/create-node-class.html"),
        (a_node_pool() | {"apiVersion": "v1"}, f"{EKS}/create-node-pool.html"),
        (a_node_pool(weight=0), f"{KARPENTER}/nodepools/"),
        (a_node_pool(template={"requirements": []}), f"{KARPENTER}/nodepools/"),
        (a_node_pool(template={"taints": [{}]}), f"{KARPENTER}/nodepools/"),
        (a_node_pool(disruption={"consolidationPolicy": "x"}), f"{KARPENTER}/disruption/"),
        (a_node_pool(disruption={"consolidateAfter": "0s", "budgets": [{"reasons": []}]}), f"{KARPENTER}/disruption/"),
        (an_eni_config(zone="a"), f"{EKS}/cni-custom-network-tutorial.html"),
    ],
)
def test_a_problem_says_where_its_rule_is_from(manifest: Manifest, page: str) -> None:
    """If no rule of its own does, then the page of the innermost part that has one."""
    for problem in problems_in(manifest):
        assert (problem.source, problem.inferred) == (page, False)


@pytest.mark.parametrize("given", [None, 1, "x", [], [{}], True])
@pytest.mark.parametrize("key", ["metadata", "spec", "apiVersion", "status"])
def test_any_value_in_any_place_is_reported_and_never_fails(key: str, given: Any) -> None:
    """Wherever a mapping is expected."""
    manifest = {**a_node_pool(), key: given}
    assert bool(problems_in(manifest)) is not (key == "status" and given is None)
