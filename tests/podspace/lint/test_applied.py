"""Objects that a template applies are read out of it, with references to what it makes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podspace.lint.applied import applied_objects
from podspace.lint.value import UNKNOWN, Reference, Text, Value
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, made, of, ref, resource_of
from tests.podspace.manifests import a_node_class, a_node_pool, an_eni_config

KIND = "Custom::AWSCDK-EKS-KubernetesResource"
NAME = Reference("stack", "Name")


def applied(manifest: Any, *, kind: str = KIND) -> list[dict[str, Value]]:
    resources: Body = {"A": {"Type": kind, "Properties": {"Manifest": manifest}}, "Subnet": of("EC2::Subnet")}
    deployment = a_deployment(resources, Parameters={"Name": {"Type": "String"}})
    return [dict(data) for data in applied_objects(resource_of(deployment, "A"))]


def text_with(spec: Body) -> Body:
    """The manifest of a NodeClass as CDK writes it, with a function wherever its text has one."""
    text = json.dumps([a_node_class(**spec)])
    parts: list[object] = []
    while "<<" in text:
        before, _, text = text.partition("<<")
        function, _, text = text.partition(">>")
        parts += [before, {"Name": ref("Name"), "Subnet": ref("Subnet"), "Untold": UNTOLD}[function]]
    return {"Fn::Join": ["", [*parts, text]]}


def test_an_object_is_read_as_it_will_be_applied() -> None:
    """Of each of our kinds, and no other."""
    manifests = [a_node_class(), a_node_pool(), an_eni_config(), {"kind": "ConfigMap"}, {"kind": "Pod"}, {}, 5]
    assert applied(json.dumps(manifests)) == manifests[:4]
    assert applied(json.dumps(a_node_class())) == [a_node_class()]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<<Name>>", NAME),
        ("<<Name>>-nodes", Text((NAME, "-nodes"))),
        ("a-<<Name>>-<<Name>>", Text(("a-", NAME, "-", NAME))),
        ("<<Subnet>>", made("Subnet")),
        ("<<Untold>>", UNKNOWN),
        ("a<<Untold>>", Text(("a", UNKNOWN))),
        ("plain", "plain"),
    ],
)
def test_a_function_in_the_text_is_replaced_by_its_value(written: str, value: Value) -> None:
    """As a whole value, or as a part of one."""
    (data,) = applied(text_with({"role": written}))
    spec = data["spec"]
    assert isinstance(spec, dict)
    assert spec["role"] == value
    assert spec["subnetSelectorTerms"] == [{"id": "subnet-0a"}]


def test_a_function_may_stand_at_any_depth() -> None:
    (data,) = applied(text_with({"podSubnetSelectorTerms": [{"id": "<<Subnet>>"}, {"tags": {"a": "<<Name>>"}}]}))
    spec = data["spec"]
    assert isinstance(spec, dict)
    assert spec["podSubnetSelectorTerms"] == [{"id": made("Subnet")}, {"tags": {"a": NAME}}]


@pytest.mark.parametrize("text", ["\ue0007\ue001", "\ue000a\ue001", "\ue000", "\ue001", "\ue000\ue001"])
def test_text_that_looks_like_ours_inside_does_no_harm(text: str) -> None:
    """What stands for no function is not known, or is what it is."""
    (data,) = applied(json.dumps(a_node_class(role=text), ensure_ascii=False))
    spec = data["spec"]
    assert isinstance(spec, dict)
    assert spec["role"] in (text, UNKNOWN)


@pytest.mark.parametrize(
    "manifest",
    [None, "", "text", "{", "5", "null", '{"kind": "Pod"}', 5, [a_node_class()], a_node_class(), UNTOLD, ref("Name"), ref("Subnet"), "[" * 100_000],
)  # fmt: skip
def test_what_is_no_text_of_an_object_applies_none(manifest: Any) -> None:
    """Or none that anybody can know."""
    assert applied(manifest) == []


def test_only_the_kubectl_provider_applies() -> None:
    """A resource of another type may have such a property too."""
    assert applied(json.dumps(a_node_class()), kind="Custom::Other") == []
