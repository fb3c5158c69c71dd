"""A NodeClass is one the API server takes, and is written as a person would write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from podspace.api import EphemeralStorage, NodeClass, NodeClassSettings, NodeClassSpec, problems_of
from podspace.diagnostic import Diagnostic

NODES: dict[str, object] = {
    "role": "MyNodeRole",
    "subnetSelectorTerms": [{"id": "subnet-1"}],
    "securityGroupSelectorTerms": [{"name": "eks-cluster-sg"}],
}
PODS: dict[str, object] = {
    "podSubnetSelectorTerms": [{"id": "subnet-2"}, {"id": "subnet-3"}],
    "podSecurityGroupSelectorTerms": [{"tags": {"Name": "pods"}}],
}


def problems(spec: object, name: str = "split") -> list[Diagnostic]:
    with pytest.raises(ValidationError) as caught:
        NodeClass.model_validate({"metadata": {"name": name}, "spec": spec})
    return problems_of(caught.value, model=NodeClass)


@pytest.mark.parametrize(
    "settings",
    [
        {"snatPolicy": "Random"},
        {"snatPolicy": "Disabled"},
        {"networkPolicy": "DefaultAllow"},
        {"networkPolicy": "DefaultDeny"},
        {"networkPolicyEventLogs": "Enabled"},
        {"networkPolicyEventLogs": "Disabled"},
        {"ephemeralStorage": {"size": "80Gi", "iops": 3000, "throughput": 125, "kmsKeyID": "alias/a"}},
        {"ephemeralStorage": {"iops": 16000, "throughput": 1000}},
        {"advancedNetworking": {"ipv4PrefixSize": "Auto"}},
        {"advancedNetworking": {"ipv4PrefixSize": "32"}},
        {"tags": {"team": "a", "empty": ""}},
        {},
    ],
)
def test_what_was_set_is_written_and_nothing_else(settings: dict[str, object]) -> None:
    """A default of the API is written only if a person set it, and there are no nulls."""
    spec = {**NODES, **settings}
    assert NodeClassSpec.model_validate(spec)
    assert NodeClass.model_validate({"metadata": {"name": "a"}, "spec": spec}).manifest()["spec"] == spec


def test_a_manifest_names_who_and_where_before_the_settings() -> None:
    """The order is the same whatever order the spec was given in."""
    settings = {"tags": {"a": "b"}, "ephemeralStorage": {"kmsKeyID": "k"}, "snatPolicy": "Disabled"}
    manifest = NodeClass.model_validate(
        {"spec": {**settings, **PODS, **NODES}, "metadata": {"name": "split"}}
    ).manifest()
    assert list(manifest) == ["apiVersion", "kind", "metadata", "spec"]
    assert manifest["apiVersion"] == "eks.amazonaws.com/v1"
    assert manifest["kind"] == "NodeClass"
    assert manifest["metadata"] == {"name": "split"}
    assert isinstance(manifest["spec"], dict)
    order = [*NODES, *PODS, "snatPolicy", "ephemeralStorage", "tags"]
    assert list(manifest["spec"]) == order


def test_a_manifest_holds_plain_lists_and_dicts() -> None:
    """So that any YAML or JSON writer takes it."""
    spec = NodeClass.model_validate({"metadata": {"name": "a"}, "spec": {**NODES, **PODS}}).manifest()["spec"]
    assert spec == {**NODES, **PODS}


def test_settings_stand_alone_for_a_config_file() -> None:
    """They are the same fields under the same rules, and all of them optional."""
    settings = NodeClassSettings.model_validate({"snat_policy": "Disabled"})
    spec = NodeClassSpec.model_validate({**NODES, **dict(settings)})
    assert spec.snat_policy == "Disabled"
    with pytest.raises(ValidationError) as caught:
        NodeClassSettings.model_validate({"role": "a"})
    assert problems_of(caught.value)[0].location.path == "role"


@pytest.mark.parametrize("name", ["pods", "default-2", "split.ip"])
def test_any_resource_name_will_do_for_a_node_class(name: str) -> None:
    """Except one."""
    assert NodeClass.model_validate({"metadata": {"name": name}, "spec": NODES}).name == name


@pytest.mark.parametrize(("name", "gist"), [("default", "must not be default"), ("MyClass", "small letters")])
def test_a_node_class_is_never_named_default(name: str, gist: str) -> None:
    """EKS has one of that name."""
    (problem,) = problems(NODES, name)
    assert problem.location.path == "metadata.name"
    assert gist in problem.message


@pytest.mark.parametrize("role", ["a", "My_Role+=,.@-1", "a" * 64])
def test_a_role_is_given_by_its_name(role: str) -> None:
    """1 to 64 of the characters IAM takes."""
    assert NodeClassSpec.model_validate({**NODES, "role": role}).role == role


@pytest.mark.parametrize(
    ("role", "fix"),
    [
        ("arn:aws:iam::111122223333:role/MyNodeRole", "not its ARN or path: MyNodeRole"),
        ("arn:aws:iam::111122223333:role/a/b/MyNodeRole", "not its ARN or path: MyNodeRole"),
        ("/service/MyNodeRole", "not its ARN or path: MyNodeRole"),
        ("", ""),
        ("a" * 65, ""),
        ("my role", ""),
        ("rôle", ""),
        ("role\n", ""),
    ],
)
def test_a_role_given_otherwise_is_refused(role: str, fix: str) -> None:
    """An ARN or a path comes with the name to write instead."""
    (problem,) = problems({**NODES, "role": role})
    assert (problem.location.path, "name of an IAM role" in problem.message) == ("spec.role", True)
    assert problem.fix.endswith(fix)
    assert bool(fix) == bool(problem.fix)


@pytest.mark.parametrize("missing", list(NODES))
def test_role_subnets_and_groups_of_nodes_are_required(missing: str) -> None:
    """A NodeClass cannot make a node without them."""
    (problem,) = problems({key: value for key, value in NODES.items() if key != missing})
    assert problem.location.path == f"spec.{missing}"
    assert problem.message.startswith("must be given")


@pytest.mark.parametrize("given", list(PODS))
def test_pod_subnets_and_pod_groups_are_given_together(given: str) -> None:
    """The problem stands where the other one is missing; both or neither are accepted."""
    assert NodeClassSpec.model_validate({**NODES, **PODS}).pod_subnet_selector_terms
    (missing,) = set(PODS) - {given}
    (problem,) = problems({**NODES, given: PODS[given]})
    assert problem.location.path == f"spec.{missing}"
    assert "pod subnets and pod security groups" in problem.message


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"podSubnetSelectorTerms": [{"id": "sg-1"}]}, "podSubnetSelectorTerms[0].id", "subnet ID"),
        (
            {"podSecurityGroupSelectorTerms": [{"name": "a"}]},
            "podSecurityGroupSelectorTerms[0].name",
            "no such key",
        ),
        ({"podSubnetSelectorTerms": []}, "podSubnetSelectorTerms", "at least 1 item"),
        ({"snatPolicy": "random"}, "snatPolicy", "'Random' or 'Disabled'"),
        ({"networkPolicy": "Deny"}, "networkPolicy", "'DefaultAllow' or 'DefaultDeny'"),
        ({"networkPolicyEventLogs": True}, "networkPolicyEventLogs", "'Enabled' or 'Disabled'"),
        ({"ephemeralStorage": {"iops": 2999}}, "ephemeralStorage.iops", "3000"),
        ({"ephemeralStorage": {"iops": 16001}}, "ephemeralStorage.iops", "16000"),
        ({"ephemeralStorage": {"throughput": 124}}, "ephemeralStorage.throughput", "125"),
        ({"ephemeralStorage": {"throughput": 1001}}, "ephemeralStorage.throughput", "1000"),
        ({"ephemeralStorage": {"iops": "3000"}}, "ephemeralStorage.iops", "whole number"),
        ({"ephemeralStorage": {"kmsKeyID": ""}}, "ephemeralStorage.kmsKeyID", "at least 1 character"),
        (
            {"advancedNetworking": {"ipv4PrefixSize": "28"}},
            "advancedNetworking.ipv4PrefixSize",
            "'Auto' or '32'",
        ),
        ({"advancedNetworking": {"httpProxy": "x"}}, "advancedNetworking.httpProxy", "no such key"),
        ({"tags": {"": "x"}}, 'tags[""]', "1 to 128"),
        ({"tags": {"aws:x": "x"}}, 'tags["aws:x"]', "AWS writes itself"),
        ({"tags": {"AWS:x": "x"}}, 'tags["AWS:x"]', "AWS writes itself"),
        ({"tags": {"$jsii.byref": "x"}}, 'tags["$jsii.byref"]', "1 to 128"),
        ({"tags": {"k" * 129: "x"}}, f"tags.{'k' * 129}", "1 to 128"),
        ({"tags": {"k": "x" * 257}}, "tags.k", "at most 256"),
        ({"tags": {"a": 1}}, "tags.a", "text"),
        ({"tags": {"kubernetes.io/cluster/c": "x"}}, 'tags["kubernetes.io/cluster/c"]', "writes itself"),
        (
            {"tags": {"karpenter.sh/provisioner-name": "x"}},
            'tags["karpenter.sh/provisioner-name"]',
            "writes itself",
        ),
        ({"tags": {"karpenter.sh/nodepool": "x"}}, 'tags["karpenter.sh/nodepool"]', "writes itself"),
        ({"tags": {"karpenter.sh/nodeclaim": "x"}}, 'tags["karpenter.sh/nodeclaim"]', "writes itself"),
        ({"tags": {"karpenter.sh/managed-by": "x"}}, 'tags["karpenter.sh/managed-by"]', "writes itself"),
        (
            {"tags": {"eks.amazonaws.com/nodeclass": "x"}},
            'tags["eks.amazonaws.com/nodeclass"]',
            "writes itself",
        ),
        ({"tags": {"eks:eks-cluster-name": "x"}}, 'tags["eks:eks-cluster-name"]', "writes itself"),
    ],
)
def test_a_setting_that_the_api_refuses_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """Each at its own place."""
    (problem,) = problems({**NODES, **PODS, **given})
    assert problem.location.path == f"spec.{place}"
    assert gist in problem.message


def test_a_prefix_size_that_yaml_reads_as_a_number_must_be_quoted() -> None:
    """The API takes text here, and nothing is converted."""
    (problem,) = problems({**NODES, "advancedNetworking": {"ipv4PrefixSize": 32}})
    assert (problem.subject, problem.fix) == ("32", 'put it in quotes: "32"')


SCHEMA_SIZE = re.compile(
    "^((?:[1-9][0-9]{0,3}|[1-4][0-9]{4}|[5][0-8][0-9]{3}|59000)Gi"
    "|(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|[6][0-3][0-9]{3}|64000)G"
    "|([1-9]||[1-5][0-7]|58)Ti|([1-9]||[1-5][0-9]|6[0-3]|64)T)$"
)


def accepted(size: str) -> bool:
    try:
        return EphemeralStorage(size=size).size == size
    except ValidationError:
        return False


@pytest.mark.parametrize("size", ["1Gi", "80Gi", "59000Gi", "1G", "64000G", "1Ti", "17Ti", "58Ti", "1T", "64T"])
def test_a_storage_size_within_the_limits_is_accepted(size: str) -> None:
    """Both ends of each unit."""
    assert accepted(size)


@pytest.mark.parametrize(
    "size",
    [
        "Ti",
        "T",
        "",
        "0Gi",
        "01Gi",
        "59001Gi",
        "64001G",
        "59Ti",
        "65T",
        "80",
        "80Mi",
        "1.5Ti",
        "80Gi\n",
        "-1T",
    ],
)
def test_any_other_storage_size_is_refused(size: str) -> None:
    """Among them a bare unit, which the schema's own pattern lets pass."""
    (problem,) = problems({**NODES, "ephemeralStorage": {"size": size}})
    assert problem.location.path == "spec.ephemeralStorage.size"
    assert "1-59000Gi" in problem.message


@pytest.mark.parametrize(("size", "instead"), [("18Ti", "18432Gi"), ("29Ti", "29696Gi"), ("49Ti", "50176Gi")])
def test_a_size_in_ti_that_the_schema_leaves_out_comes_with_the_same_size_in_gi(size: str, instead: str) -> None:
    """The schema takes no Ti number that ends in 8 or 9, but for 8, 9 and 58."""
    (problem,) = problems({**NODES, "ephemeralStorage": {"size": size}})
    assert problem.fix.endswith(f"write {instead}")
    assert accepted(instead)


@given(st.integers(min_value=0, max_value=70000), st.sampled_from(["Gi", "G", "Ti", "T", "Mi", ""]))
def test_every_size_is_judged_as_the_schema_judges_it(number: int, unit: str) -> None:
    """Whatever the number and the unit."""
    size = f"{number}{unit}"
    assert accepted(size) == bool(SCHEMA_SIZE.fullmatch(size))


@given(st.integers(min_value=0, max_value=70), st.sampled_from(["Ti", "T"]))
def test_every_small_size_is_judged_as_the_schema_judges_it(number: int, unit: str) -> None:
    """Where the pattern is at its oddest."""
    size = f"{number}{unit}"
    assert accepted(size) == bool(SCHEMA_SIZE.fullmatch(size))
