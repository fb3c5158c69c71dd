"""Names and CIDR blocks that are parameters without defaults hide only faults that depend on their values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from benchmarks.defects.corpus import Case, fault_cases, good_cases
from podspace.lint.linter import lint
from tests.podspace.lint.parameters import parameterize
from tests.podspace.lint.stacks import Body, a_template, of, ref, write

FAULTS: Final = list(fault_cases())
GOOD: Final = list(good_cases())

_LITERAL: Final = "a range is written out, and whether it meets the parameter's depends on the value"
_NAME: Final = "a cluster's name is written out in a manifest or a tag, and may be the parameter's value"
_STACKS: Final = "another template has a parameter of its own, or the range written out"
HIDDEN: Final = {
    "route-to-a-part-of-the-pod-block": _LITERAL,
    "pod-subnet-larger-than-its-block": _LITERAL,
    "service-range-inside-the-vpc": _LITERAL,
    "benchmark-range-beside-ten": _LITERAL,
    "network-acl-of-nodes-for-the-primary-block": _LITERAL,
    "network-acl-of-nodes-that-denies-shared-address-space": _LITERAL,
    "pod-egress-to-other-ranges-than-the-control-plane": _LITERAL,
    "route-for-part-of-the-block-of-the-pods": _LITERAL,
    "subnet-of-a-neighbour-range": _LITERAL,
    "other-private-range-beside-ten": _LITERAL,
    "pod-subnet-in-no-block": _LITERAL,
    "route-to-just-the-pod-block": _LITERAL,
    "route-for-the-block-of-the-vpc": _LITERAL,
    "second-pod-subnet-beyond-its-block": _LITERAL,
    "built-in-pools-of-the-cluster-of-the-tag": _NAME,
    "nodes-group-by-the-name-of-another-cluster": _NAME,
    "node-class-of-a-cluster-with-auto-mode-off": _NAME,
    "nodes-group-of-another-cluster": _NAME,
    "restricted-block-in-another-stack": _STACKS,
    "one-block-in-two-stacks": _STACKS,
    "pod-subnet-tag-in-other-case": _STACKS,
    "subnet-outside-of-a-block-in-another-stack": _STACKS,
    "stack-does-not-wait-for-the-stack-of-the-block": _STACKS,
    "nodes-admitted-to-the-api-server-on-another-port": _STACKS,
    "nodes-in-a-group-that-the-cluster-does-not-admit": _STACKS,
    "api-server-open-to-one-zone-of-pods": _STACKS,
    "kubelet-rule-missing-in-the-nodes-group": _STACKS,
    "pod-group-without-the-pod-range": _STACKS,
}
"""The faults that are not found, and what the value of a parameter decides."""


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_a_fault_is_found_whatever_the_parameters_are(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path)
    parameterize(folder, case.folder)
    linted = lint([folder])
    assert not linted.unreadable
    assert {one.id for one in linted.findings} == (set() if case.name in HIDDEN else {case.rule})


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_nothing_is_found_that_the_parameters_may_make_right(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path)
    parameterize(folder, case.folder)
    assert [str(one) for one in lint([folder]).diagnostics] == []


def test_the_hidden_faults_are_cases_of_the_corpus() -> None:
    assert {case.name for case in FAULTS} >= HIDDEN.keys()


def subnet(index: int, tag: Body) -> Body:
    cidr = {"Fn::Select": [index, {"Fn::Cidr": [ref("Block"), 4, 8]}]}
    return of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=cidr, AvailabilityZone="eu-west-1a", Tags=[tag])


@pytest.mark.parametrize(("pods", "found"), [("Name", True), ("Other", False)])
def test_tags_by_one_parameter_are_the_same_tags(tmp_path: Path, pods: str, found: bool) -> None:
    """The template applies a NodeClass that selects subnets by the parameter that they are tagged with."""
    terms = '{"kind":"NodeClass","apiVersion":"eks.amazonaws.com/v1","metadata":{"name":"a"},"spec":{"role":"r",'
    nodes, of_pods = '"subnetSelectorTerms":[{"tags":{"of":"', '"}}],"podSubnetSelectorTerms":[{"tags":{"of":"'
    manifest = {"Fn::Join": ["", [terms, nodes, ref("Name"), of_pods, ref(pods), '"}}]}}']]}
    resources = {
        "Vpc": of("EC2::VPC", CidrBlock=ref("Block")),
        "Subnet": subnet(0, {"Key": "of", "Value": ref("Name")}),
        "Apply": {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": {"Manifest": manifest}},
    }
    parameters = {name: {"Type": "String"} for name in ("Block", "Name", "Other")}
    folder = write(tmp_path, {"t.json": a_template(resources, Parameters=parameters)})
    assert ("pods-and-nodes-in-one-subnet" in {one.id for one in lint([folder]).findings}) is found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [(0, 0, True), (0, 1, False)],
)
def test_subnets_of_one_parameter_overlap_if_they_are_one_part(
    tmp_path: Path, one: int, other: int, found: bool
) -> None:
    tag = {"Key": "a", "Value": "b"}
    resources = {"Vpc": of("EC2::VPC", CidrBlock=ref("Block")), "A": subnet(one, tag), "B": subnet(other, tag)}
    folder = write(tmp_path, {"t.json": a_template(resources, Parameters={"Block": {"Type": "String"}})})
    assert ("subnets-overlap" in {each.id for each in lint([folder]).findings}) is found


@pytest.mark.parametrize(("condition", "found"), [("Perhaps", False), (None, True)])
def test_alternatives_may_be_one_part(tmp_path: Path, condition: str | None, found: bool) -> None:
    """A subnet under a condition, and another without it, are never there at once."""
    tag = {"Key": "a", "Value": "b"}
    chosen = {} if condition is None else {"Condition": condition}
    negated = {} if condition is None else {"Condition": "Otherwise"}
    resources = {
        "Vpc": of("EC2::VPC", CidrBlock=ref("Block")),
        "A": {**subnet(0, tag), **chosen},
        "B": {**subnet(0, tag), **negated},
    }
    perhaps = {"Fn::Equals": [ref("Block"), "10.0.0.0/16"]}
    conditions = {"Perhaps": perhaps, "Otherwise": {"Fn::Not": [{"Condition": "Perhaps"}]}}
    template = a_template(resources, Parameters={"Block": {"Type": "String"}}, Conditions=conditions)
    folder = write(tmp_path, {"t.json": template})
    assert ("subnets-overlap" in {each.id for each in lint([folder]).findings}) is found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (ref("First"), True),
        ("10.0.0.0/16", False),
        (ref("Second"), False),
        (ref("Other"), False),
        ({"Fn::Select": [0, {"Fn::Cidr": [ref("Second"), 2, 15]}]}, True),
    ],
)
def test_blocks_of_one_vpc_are_apart(tmp_path: Path, source: object, found: bool) -> None:
    """Pods have addresses of the second block: whether a rule admits them depends on the parameter in it."""
    variation = next(case for case in GOOD if case.name == "blocks-and-subnets-by-parameters")
    folder = variation.write(tmp_path)
    text = json.loads((folder / "network.yaml").read_text().replace("VpcCidr", "First").replace("PodCidr", "Second"))
    text["Parameters"]["Other"] = {"Type": "String"}
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": source}
    text["Resources"]["EndpointSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [rule]
    (folder / "network.yaml").write_text(json.dumps(text))
    assert {each.id for each in lint([folder]).findings} == ({"endpoint-closed-to-pods"} if found else set())
