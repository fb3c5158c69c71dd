"""NodeClass, NodePool and ENIConfig as cdk8s constructs, in charts of other apps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from aws_cdk import Stack
from aws_cdk import aws_eks as eks_v1
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct
from pydantic import ValidationError

from k8s import ENIConfig, NodeClass, NodePool
from podspace import api
from podspace.api import problems_of
from tests.template import a_stack, the

SPECS: dict[str, dict[str, Any]] = {
    "NodeClass": {
        "role": "nodes",
        "subnetSelectorTerms": [{"id": "subnet-0000000a"}],
        "securityGroupSelectorTerms": [{"tags": {"team": "shop"}}],
        "podSubnetSelectorTerms": [{"tags": {"tier": "pods"}}],
        "podSecurityGroupSelectorTerms": [{"id": "sg-0000000a"}],
        "snatPolicy": "Disabled",
    },
    "NodePool": {
        "template": {
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "pods"},
                "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}],
                "expireAfter": "336h",
            }
        },
        "disruption": {"consolidationPolicy": "Balanced", "consolidateAfter": "0s"},
        "limits": {"cpu": "100"},
        "weight": 10,
    },
    "ENIConfig": {"subnet": "subnet-0000000a", "securityGroups": ["sg-0000000a"]},
}
VERSIONS = {
    "NodeClass": "eks.amazonaws.com/v1",
    "NodePool": "karpenter.sh/v1",
    "ENIConfig": "crd.k8s.amazonaws.com/v1alpha1",
}
CONSTRUCTS: dict[str, Callable[..., cdk8s.ApiObject]] = {
    "NodeClass": NodeClass,
    "NodePool": NodePool,
    "ENIConfig": ENIConfig,
}
TYPES: dict[str, type[api.ApiModel]] = {
    "NodeClass": api.NodeClassSpec,
    "NodePool": api.NodePoolSpec,
    "ENIConfig": api.ENIConfigSpec,
}
MANIFEST_KINDS = list(SPECS)
TOKEN = "arn:aws:lambda:eu-west-1:111122223333:function:kubectl"
ROLE = "arn:aws:iam::111122223333:role/kubectl"


def a_spec(kind: str) -> api.ApiModel:
    return TYPES[kind].model_validate(SPECS[kind])


def a_chart(**changes: Any) -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.App(), "chart", **changes)


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_the_object_is_the_one_that_podspace_api_writes(kind: str) -> None:
    labels, annotations = {"team": "shop"}, {"example.com/owner": "a@example.com"}
    made = CONSTRUCTS[kind](
        a_chart(), "Id", name="pods", spec=a_spec(kind), labels=labels, annotations=annotations
    ).to_json()
    assert made == {
        "apiVersion": VERSIONS[kind],
        "kind": kind,
        "metadata": {"name": "pods", "labels": labels, "annotations": annotations},
        "spec": SPECS[kind],
    }
    metadata = {"name": "pods", "labels": labels, "annotations": annotations}
    assert made == api.MANIFEST_KINDS[kind].model_validate({"metadata": metadata, "spec": SPECS[kind]}).manifest()


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_labels_and_annotations_may_be_left_out(kind: str) -> None:
    made = CONSTRUCTS[kind](a_chart(), "Id", name="pods", spec=a_spec(kind))
    assert made.to_json()["metadata"] == {"name": "pods"}


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_the_spec_keeps_the_order_of_the_api(kind: str) -> None:
    """cdk8s sorts keys, but not those of the spec."""
    made = CONSTRUCTS[kind](a_chart(), "Id", name="pods", spec=a_spec(kind)).to_json()
    assert list(made) == ["apiVersion", "kind", "metadata", "spec"]
    assert list(made["spec"]) == list(a_spec(kind).model_dump(mode="json", by_alias=True, exclude_none=True))


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_the_construct_has_the_name_kind_and_api_version_of_the_object(kind: str) -> None:
    made = CONSTRUCTS[kind](a_chart(), "Id", name="pods", spec=a_spec(kind))
    assert (made.name, made.kind, made.api_version) == ("pods", kind, VERSIONS[kind])
    assert isinstance(made, cdk8s.ApiObject)


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "Pods"}, "name"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"labels": {"team": "a b"}}, "labels.team"),
        ({"labels": {"": "shop"}}, 'labels[""]'),
        ({"annotations": {"a b": ""}}, 'annotations["a b"]'),
        ({"annotations": {"a": 1}}, "annotations.a"),
        ({"spec": None}, "spec"),
        ({"spec": "pods"}, "spec"),
        ({"spec": object()}, "spec"),
        ({"spec": api.Metadata(name="pods")}, "spec"),
    ],
)
def test_what_the_api_server_would_refuse_fails_at_construction(kind: str, changes: dict[str, Any], place: str) -> None:
    given = {"name": "pods", "spec": a_spec(kind), **changes}
    with pytest.raises(ValidationError) as caught:
        CONSTRUCTS[kind](a_chart(), "Id", **given)
    assert {problem.location.path for problem in problems_of(caught.value)} == {place}


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_the_spec_of_another_kind_is_refused_with_the_type_that_is_expected(kind: str) -> None:
    other = MANIFEST_KINDS[MANIFEST_KINDS.index(kind) - 1]
    with pytest.raises(ValidationError) as caught:
        CONSTRUCTS[kind](a_chart(), "Id", name="pods", spec=a_spec(other))
    (error,) = caught.value.errors()
    assert error["loc"] == ("spec",)
    assert TYPES[kind].__name__ in error["msg"]


def test_rules_of_the_whole_object_hold() -> None:
    with pytest.raises(ValidationError) as caught:
        NodeClass(a_chart(), "Id", name="default", spec=api.NodeClassSpec.model_validate(SPECS["NodeClass"]))
    assert {problem.location.path for problem in problems_of(caught.value)} == {"metadata.name"}


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_a_refused_object_is_not_in_the_chart(kind: str) -> None:
    chart = a_chart()
    with pytest.raises(ValidationError):
        CONSTRUCTS[kind](chart, "Id", name="Pods", spec=a_spec(kind))
    assert chart.to_json() == []


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_labels_of_the_chart_and_later_ones_are_added(kind: str) -> None:
    chart = a_chart(labels={"team": "shop", "tier": "chart"})
    made = CONSTRUCTS[kind](chart, "Id", name="pods", spec=a_spec(kind), labels={"tier": "pods"})
    made.metadata.add_label("later", "yes")
    assert made.to_json()["metadata"]["labels"] == {"later": "yes", "team": "shop", "tier": "pods"}


@pytest.mark.parametrize("kind", MANIFEST_KINDS)
def test_json_patches_of_the_app_apply_after_the_spec(kind: str) -> None:
    made = CONSTRUCTS[kind](a_chart(), "Id", name="pods", spec=a_spec(kind))
    made.add_json_patch(cdk8s.JsonPatch.add("/spec/new", "value"))
    assert made.to_json()["spec"] == {**SPECS[kind], "new": "value"}


def test_a_chart_of_another_app_keeps_the_order_in_which_objects_are_defined() -> None:
    chart = a_chart()
    for kind in reversed(MANIFEST_KINDS):
        CONSTRUCTS[kind](chart, kind, name="pods", spec=a_spec(kind))
    assert [made["kind"] for made in chart.to_json()] == list(reversed(MANIFEST_KINDS))


def test_an_object_comes_after_those_that_it_depends_on() -> None:
    chart = a_chart()
    pool = CONSTRUCTS["NodePool"](chart, "Pool", name="pods", spec=a_spec("NodePool"))
    pool.add_dependency(CONSTRUCTS["NodeClass"](chart, "Class", name="pods", spec=a_spec("NodeClass")))
    assert [made["kind"] for made in chart.to_json()] == ["NodeClass", "NodePool"]


def test_constructs_work_inside_a_construct_of_another_app() -> None:
    chart = a_chart()
    nodes = Construct(chart, "Nodes")
    CONSTRUCTS["NodeClass"](nodes, "Class", name="pods", spec=a_spec("NodeClass"))
    assert [made["kind"] for made in chart.to_json()] == ["NodeClass"]


def a_cluster(stack: Stack, module: str) -> eks.ICluster | eks_v1.ICluster:
    """An existing cluster, and the functions of another stack that run kubectl."""
    if module == "aws_eks_v2":
        provider = eks.KubectlProvider.from_kubectl_provider_attributes(stack, "Kubectl", service_token=TOKEN)
        return eks.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="shop", kubectl_provider=provider)
    provider_v1 = eks_v1.KubectlProvider.from_kubectl_provider_attributes(
        stack,
        "Kubectl",
        function_arn=TOKEN,
        kubectl_role_arn=ROLE,
        handler_role=iam.Role.from_role_arn(stack, "Handler", ROLE),
    )
    return eks_v1.Cluster.from_cluster_attributes(
        stack, "Cluster", cluster_name="shop", kubectl_role_arn=ROLE, kubectl_provider=provider_v1
    )


@pytest.mark.parametrize("module", ["aws_eks_v2", "aws_eks"])
def test_add_cdk8s_chart_puts_the_objects_into_the_template(module: str) -> None:
    chart, stack = a_chart(), a_stack()
    for kind in MANIFEST_KINDS:
        CONSTRUCTS[kind](chart, kind, name="pods", spec=a_spec(kind))
    a_cluster(stack, module).add_cdk8s_chart("Nodes", chart, prune=False)
    applied = json.loads(the(Template.from_stack(stack), "Custom::AWSCDK-EKS-KubernetesResource")["Manifest"])
    assert applied == chart.to_json()
    assert [(made["kind"], made["metadata"], made["spec"]) for made in applied] == [
        (kind, {"name": "pods"}, SPECS[kind]) for kind in MANIFEST_KINDS
    ]
