"""Selector terms select what is made here for certain, perhaps, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.lint.deployment import Manifest
from podspace.lint.selection import Selection, selection, tag_keys, written
from podspace.lint.stack import Origin
from podspace.lint.value import UNKNOWN, Reference, Value
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, made, of, ref

FIELD = "podSubnetSelectorTerms"
NAME = Reference("stack", "Name")
SHOP = {"Key": "cluster", "Value": "shop"}
PODS = {"Key": "use", "Value": "pods"}


def tagged(*tags: Any, **properties: Any) -> Body:
    return of("EC2::Subnet", Tags=[*tags], **properties)


def selected(terms: Any, resources: Body, *, tags: dict[str, str] | None = None) -> Selection:
    deployment = a_deployment(
        resources,
        origin=Origin(name="stack", tags=tags or {}),
        Parameters={"Name": {"Type": "String"}},
        Conditions={"Perhaps": {"Fn::Equals": [ref("Name"), "a"]}},
    )
    manifest = Manifest(kind="NodeClass", data={"spec": {FIELD: terms}})
    return selection(manifest, FIELD, deployment.resources)


def answer(term: dict[str, Value], resource: Body, *, tags: dict[str, str] | None = None) -> bool | None:
    """Whether a term selects a resource."""
    result = selected([term], {"A": resource}, tags=tags)
    assert len(result.chosen) + len(result.perhaps) <= 1
    return True if result.chosen else None if result.perhaps else False


@pytest.mark.parametrize(
    ("term", "resource", "expected"),
    [
        ({"tags": {"use": "pods"}}, tagged(PODS), True),
        ({"tags": {"use": "pods"}}, tagged(PODS, SHOP), True),
        ({"tags": {"use": "pods"}}, tagged(SHOP), False),
        ({"tags": {"use": "nodes"}}, tagged(PODS), False),
        ({"tags": {"use": "pods", "cluster": "shop"}}, tagged(PODS, SHOP), True),
        ({"tags": {"use": "pods", "cluster": "shop"}}, tagged(PODS), False),
        ({"tags": {"use": "*"}}, tagged(PODS), True),
        ({"tags": {"use": "*"}}, tagged({"Key": "use", "Value": UNTOLD}), True),
        ({"tags": {"use": "*"}}, tagged(SHOP), False),
        ({"tags": {"use": "po*"}}, tagged(PODS), None),
        ({"tags": {"use": "p?ds"}}, tagged(PODS), None),
        ({"tags": {"use": "n*"}}, tagged(PODS), False),
        ({"tags": {"use": "p*"}}, tagged({"Key": "use", "Value": "p*"}), True),
        ({"tags": {"use": "*-pods"}}, tagged({"Key": "use", "Value": {"Fn::Sub": "shop-${Name}"}}), None),
        ({"tags": {"use": "?hop-pods"}}, tagged({"Key": "use", "Value": {"Fn::Sub": "shop-${Name}"}}), None),
        ({"tags": {"use": "shop-pods"}}, tagged({"Key": "use", "Value": {"Fn::Sub": "shop-${Name}"}}), None),
        ({"tags": {"use": "work-pods"}}, tagged({"Key": "use", "Value": {"Fn::Sub": "shop-${Name}"}}), False),
        ({"tags": {"aws:cloudformation:logical-id": "A"}}, tagged(PODS), True),
        ({"tags": {"aws:cloudformation:logical-id": "B"}}, tagged(PODS), False),
        ({"tags": {"aws:cloudformation:stack-name": "net"}}, tagged(PODS), None),
        ({"tags": {"use": "pods"}}, tagged({"Key": "use", "Value": ref("Name")}), None),
        ({"tags": {"use": "pods", "cluster": "blue"}}, tagged({"Key": "use", "Value": ref("Name")}, SHOP), False),
        ({"tags": {"use": "pods"}}, tagged({"Key": "use", "Value": 5}), False),
        ({"tags": {"use": "5"}}, tagged({"Key": "use", "Value": 5}), True),
        ({"tags": {"use": "pods"}}, tagged(UNTOLD), None),
        ({"tags": {"use": "pods"}}, of("EC2::Subnet", Tags=ref("Name")), None),
        ({"tags": {"use": "pods"}}, of("EC2::Subnet"), False),
        ({"tags": {"use": "pods"}}, {**tagged(PODS), "Condition": "Perhaps"}, None),
        ({"tags": {"use": "nodes"}}, {**tagged(PODS), "Condition": "Perhaps"}, False),
        ({"tags": {}}, tagged(PODS), False),
        ({"tags": "use"}, tagged(PODS), False),
        ({}, tagged(PODS), False),
        ({"id": made("A")}, tagged(), True),
        ({"id": made("B")}, tagged(), False),
        ({"id": "subnet-0a"}, tagged(), False),
        ({"id": UNKNOWN}, tagged(), False),
        ({"id": made("A"), "tags": {"use": "nodes"}}, tagged(PODS), True),
        ({"name": "pods"}, of("EC2::SecurityGroup", GroupName="pods"), True),
        ({"name": "pods"}, of("EC2::SecurityGroup", GroupName="nodes"), False),
        ({"name": "pods"}, of("EC2::SecurityGroup", GroupName=ref("Name")), None),
        ({"name": "pods"}, of("EC2::SecurityGroup", GroupName={"Fn::Sub": "${Name}-nodes"}), False),
        ({"name": "shop-*"}, of("EC2::SecurityGroup", GroupName={"Fn::Sub": "${Name}-nodes"}), None),
        ({"name": "*-pods"}, of("EC2::SecurityGroup", GroupName="shop-pods"), None),
        ({"name": "*-pods"}, of("EC2::SecurityGroup", GroupName="shop-nodes"), False),
        ({"name": "pods"}, of("EC2::SecurityGroup"), False),
        ({"name": NAME}, of("EC2::SecurityGroup", GroupName=ref("Name")), True),
        ({"name": "pods", "tags": {"use": "pods"}}, of("EC2::SecurityGroup", GroupName="pods", Tags=[PODS]), True),
        ({"name": "pods", "tags": {"use": "pods"}}, of("EC2::SecurityGroup", GroupName="nodes", Tags=[PODS]), False),
    ],
)
def test_a_term_selects_a_resource_or_not_or_it_is_unknown(
    term: dict[str, Value], resource: Body, expected: bool | None
) -> None:
    """All that it asks for has to be there."""
    assert answer(term, resource) is expected


def test_a_tag_with_a_key_that_is_not_known_may_be_the_one() -> None:
    """As the tag that names the cluster is, where its name is a parameter."""
    tag = {"Key": {"Fn::Sub": "kubernetes.io/cluster/${Name}"}, "Value": "owned"}
    assert answer({"tags": {"kubernetes.io/cluster/shop": "owned"}}, tagged(tag)) is None


def test_the_tags_of_the_stack_count() -> None:
    assert answer({"tags": {"team": "net", "use": "pods"}}, tagged(PODS), tags={"team": "net"}) is True


def test_terms_add_up() -> None:
    """What two of them select is there once, and what one selects for certain is certain."""
    resources = {
        "A": tagged(PODS, SHOP),
        "B": tagged(SHOP),
        "C": tagged({"Key": "use", "Value": ref("Name")}),
        "D": tagged({"Key": "use", "Value": ref("Name")}, SHOP),
    }
    terms = [{"tags": {"use": "pods"}}, {"tags": {"cluster": "shop"}}, "text"]
    result = selected(terms, resources)
    assert [resource.id for resource in result.chosen] == ["A", "B", "D"]
    assert [resource.id for resource in result.perhaps] == ["C"]
    assert [[resource.id for resource in chosen] for _, chosen in result.terms] == [["A"], ["A", "B", "D"]]
    assert not result.certain
    assert list(tag_keys(result)) == [("use", "pods"), ("cluster", "shop")]


@pytest.mark.parametrize(
    ("terms", "outside", "certain"),
    [
        ([{"id": made("A")}], False, True),
        ([{"tags": {"use": "pods"}}], False, True),
        ([{"id": made("A")}, {"id": "subnet-0b"}], True, False),
        ([{"id": "subnet-0b"}], True, False),
        ([{"tags": {"use": "nodes"}}], False, False),
        ([], False, False),
        (None, False, False),
        ({"id": made("A")}, False, True),
        ("text", False, False),
    ],
)
def test_a_selection_is_certain_if_the_templates_create_all_of_it(terms: Any, outside: bool, certain: bool) -> None:
    """And something at all."""
    result = selected(terms, {"A": tagged(PODS)})
    assert (result.field, result.outside, result.certain) == (FIELD, outside, certain)


def test_terms_are_shown_as_they_are_written() -> None:
    """In short."""
    terms = [{"tags": {"a": "b", "c": NAME}}, {"name": "pods"}, {"id": made("A")}]
    assert written(selected(terms, {})) == "a=b, c=Name or name pods or id A"
