"""What a NodeClass says in one place goes with what it says in another."""

from __future__ import annotations

import pytest

from podspace.api import NodeClassSettings, doubts_of, problems_in, read
from podspace.diagnostic import Diagnostic
from tests.podspace.api.verdict import the_ruled_problem, written
from tests.podspace.certificate import CERTIFICATE, encoded
from tests.podspace.manifests import Manifest, a_node_class

PRIMARY: Manifest = {"networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface"}
SECOND: Manifest = {"networkCardIndex": 0, "deviceIndex": 1, "interfaceType": "interface"}
EFA: Manifest = {"networkCardIndex": 1, "deviceIndex": 0, "interfaceType": "efa-only"}
PODS: Manifest = {
    "podSubnetSelectorTerms": [{"id": "subnet-0b"}],
    "podSecurityGroupSelectorTerms": [{"id": "sg-0b"}],
}
HUGE = {"hugepages": {"pages": [{"size": "2Mi", "count": 512}]}}


def interfaces(*given: Manifest) -> Manifest:
    return {"networkInterfaces": list(given)}


def the_ruled_problem_in(manifest: Manifest) -> Diagnostic:
    (problem,) = problems_in(manifest)
    assert problem.source.startswith("https://")
    return problem


@pytest.mark.parametrize("given", [{"role": "nodes"}, {"role": None, "instanceProfile": "eks-nodes"}])
def test_nodes_have_a_role_or_an_instance_profile(given: Manifest) -> None:
    """Either will do."""
    assert not problems_in(a_node_class(**given))


@pytest.mark.parametrize(
    ("given", "gist"),
    [
        ({"role": None}, "must be given, or instanceProfile"),
        ({"instanceProfile": "eks-nodes"}, "must not be given together with instanceProfile"),
    ],
)
def test_nodes_have_not_both_nor_neither(given: Manifest, gist: str) -> None:
    """The problem stands at the role."""
    problem = the_ruled_problem_in(a_node_class(**given))
    assert problem.location.path == "spec.role"
    assert problem.message == gist
    assert problem.fix == "give exactly one of the two"
    assert not problem.inferred


@pytest.mark.parametrize("given", list(PODS))
def test_pod_subnets_and_pod_groups_go_together(given: str) -> None:
    """Both, or neither."""
    (missing,) = set(PODS) - {given}
    assert not problems_in(a_node_class(**PODS))
    problem = the_ruled_problem_in(a_node_class(**{given: PODS[given]}))
    assert problem.location.path == f"spec.{missing}"
    assert "must be given: pod subnets and pod security groups are only valid together" in problem.message
    assert problem.fix == "give both, or neither"
    assert not problem.inferred


def test_efa_and_huge_pages_exclude_each_other() -> None:
    """The problem stands at the pages."""
    problem = the_ruled_problem_in(a_node_class(advancedCompute=HUGE, advancedNetworking=interfaces(PRIMARY, EFA)))
    assert problem.location.path == "spec.advancedCompute.hugepages.pages"
    assert problem.message == "must be removed if an interface is efa-only"
    assert problem.fix == "create a separate NodeClass for EFA"
    assert not problem.inferred


@pytest.mark.parametrize(
    "compute", [{}, {"hugepages": {}}, {"hugepages": {"pages": []}}, {"hugepages": {"transparent": {"enabled": "always"}}}]
)  # fmt: skip
def test_efa_leaves_the_kernel_its_policy_for_huge_pages(compute: Manifest) -> None:
    """Only pages that are set aside are meant."""
    assert not problems_in(a_node_class(advancedCompute=compute, advancedNetworking=interfaces(PRIMARY, EFA)))


def test_huge_pages_go_with_interfaces_of_ip() -> None:
    """However many."""
    assert not problems_in(a_node_class(advancedCompute=HUGE, advancedNetworking=interfaces(PRIMARY, SECOND)))


@pytest.mark.parametrize("key", ["secondaryIPv4Count", "secondaryIPv4PrefixCount"])
def test_with_pod_subnets_the_primary_interface_has_no_addresses_for_pods(key: str) -> None:
    """The problem stands at the interface, wherever it is in the list."""
    given = interfaces({**SECOND, key: 10}, {**PRIMARY, key: 1})
    assert not list(doubts_of(read(a_node_class(advancedNetworking=given))))
    (problem,) = doubts_of(read(a_node_class(advancedNetworking=given, **PODS)))
    assert problem.location.path == f"spec.advancedNetworking.networkInterfaces[1].{key}"
    assert problem.subject == "1"
    assert (problem.id, problem.severity) == ("primary-interface-addresses", "warning")
    assert problem.fix == "set it on another interface"
    assert not problem.inferred


@pytest.mark.parametrize("addresses", [{}, {"secondaryIPv4Count": 0}, {"secondaryIPv4PrefixCount": 0}])
def test_it_may_say_so(addresses: Manifest) -> None:
    """Nothing, and none."""
    given = interfaces({**PRIMARY, **addresses}, {**SECOND, "secondaryIPv4Count": 10})
    assert not list(doubts_of(read(a_node_class(advancedNetworking=given, **PODS))))


def test_bundles_of_certificates_have_names_of_their_own() -> None:
    """One at least, and no two alike, which is inferred."""
    bundle = {"name": "proxy", "data": encoded(CERTIFICATE)}
    two = {"certificateBundles": [bundle, {**bundle, "name": "other"}]}
    assert written(NodeClassSettings, two) == two
    problem = the_ruled_problem(NodeClassSettings, {"certificateBundles": [bundle, bundle]})
    assert (problem.location.path, problem.subject) == ("certificateBundles", '["proxy", "proxy"]')
    assert problem.message == "must not have two bundles with the same name"
    assert problem.inferred
    (empty,) = problems_in(a_node_class(certificateBundles=[]))
    assert (empty.location.path, "at least 1 item" in empty.message) == ("spec.certificateBundles", True)


@pytest.mark.parametrize(
    ("labels", "taken"),
    [
        ({"app.kubernetes.io/managed-by": "eks"}, True),
        ({"app.kubernetes.io/managed-by": "Helm"}, False),
        ({"team": "eks"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_eks_names_a_node_class_default(labels: dict[str, str] | None, taken: bool) -> None:
    """Its own says whose it is."""
    manifest = a_node_class()
    manifest["metadata"] = {"name": "default", "labels": labels}
    if taken:
        assert not problems_in(manifest)
    else:
        problem = the_ruled_problem_in(manifest)
        assert (problem.location.path, problem.subject, problem.fix) == (
            "metadata.name",
            '"default"',
            "choose another name",
        )
        assert "must not be default" in problem.message
        assert not problem.inferred


def test_every_problem_between_places_is_reported() -> None:
    """One does not hide another."""
    manifest = a_node_class(role=None, advancedCompute=HUGE, advancedNetworking=interfaces(PRIMARY, EFA))
    manifest["spec"]["podSubnetSelectorTerms"] = PODS["podSubnetSelectorTerms"]
    assert [problem.location.path for problem in problems_in(manifest)] == [
        "spec.advancedCompute.hugepages.pages",
        "spec.role",
        "spec.podSecurityGroupSelectorTerms",
    ]
