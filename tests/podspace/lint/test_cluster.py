"""Clusters, roles and access entries are found, and told which belongs to which."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.lint.cluster import (
    Cluster,
    Clusters,
    allowed_actions,
    allows,
    allows_parts_of,
    is_role,
    is_told_of,
    own_policies,
    policy_names,
)
from podspace.lint.value import UNKNOWN, Reference, Text, Value
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, att, made, of, ref, resource_of

PARAMETERS: Body = {"P": {"Type": "String"}, "Team": {"Type": "String"}}
P = Reference("stack", "P")
ARN = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/nodes"}


def clusters(resources: Body) -> Clusters:
    return Clusters(a_deployment(resources, Parameters=PARAMETERS))


def the_cluster(**properties: Any) -> Cluster:
    (cluster,) = clusters({"Cluster": of("EKS::Cluster", **properties)}).all
    return cluster


@pytest.mark.parametrize(
    ("name", "known"), [("shop", "shop"), (ref("P"), P), ({"Fn::Sub": "${P}-a"}, made("Cluster")), (UNTOLD, made("Cluster")), (None, made("Cluster"))]
)  # fmt: skip
def test_a_cluster_is_known_by_its_name_or_reference(name: Any, known: Value) -> None:
    cluster = the_cluster(Name=name)
    assert (cluster.name, cluster.group) == (known, made("Cluster", "ClusterSecurityGroupId"))


@pytest.mark.parametrize(
    ("config", "auto_mode", "pools", "role"),
    [
        ({"Enabled": True, "NodePools": ["system"], "NodeRoleArn": "arn"}, True, ("system",), "arn"),
        ({"Enabled": "true", "NodePools": "system"}, True, ("system",), None),
        ({"Enabled": False}, False, (), None),
        ({"Enabled": ref("P"), "NodePools": [ref("P"), "system"]}, None, ("system",), None),
        ({"Enabled": UNTOLD}, None, (), None),
        ({}, False, (), None),
        (None, False, (), None),
        (UNTOLD, None, (), UNKNOWN),
        (ref("P"), None, (), P),
    ],
)
def test_auto_mode_is_on_or_off_or_it_is_unknown(
    config: Any, auto_mode: bool | None, pools: tuple[str, ...], role: Value
) -> None:
    """With its built-in node pools and their role."""
    cluster = the_cluster(ComputeConfig=config)
    assert (cluster.auto_mode, cluster.built_in_pools, cluster.node_role) == (auto_mode, pools, role)


def test_a_cluster_is_found_by_its_name() -> None:
    """By Ref as well; not by one that may be another."""
    found = clusters({"Cluster": of("EKS::Cluster", Name="shop"), "Bare": of("EKS::Cluster")})
    names: list[Value] = ["shop", made("Bare"), "other", UNKNOWN, Text((P, "-a"))]
    ids = [cluster.resource.id if (cluster := found.named(name)) else None for name in names]
    assert ids == ["Cluster", "Bare", None, None, None]


def test_an_access_entry_is_of_a_cluster_and_a_role() -> None:
    """However either is written."""
    resources = {
        "Cluster": of("EKS::Cluster", Name="shop"),
        "Role": of("IAM::Role", RoleName="nodes"),
        "Other": of("IAM::Role"),
        "A": of("EKS::AccessEntry", ClusterName=ref("Cluster"), PrincipalArn=att("Role", "Arn")),
        "B": of("EKS::AccessEntry", ClusterName="shop", PrincipalArn=ARN),
        "C": of("EKS::AccessEntry", ClusterName=ref("P"), PrincipalArn=att("Other", "Arn")),
        "D": of("EKS::AccessEntry", ClusterName={"Fn::Sub": "${P}-a"}, PrincipalArn=UNTOLD),
        "E": of("EKS::AccessEntry"),
    }
    found = clusters(resources)
    assert [entry.cluster for entry in found.entries] == ["shop", "shop", P, None, None]
    of_role = {role.id: [entry.resource.id for entry in found.entries_of(role)] for role in found.roles}
    assert of_role == {"Role": ["A", "B"], "Other": ["C"]}
    role = found.role_of("arn:aws:iam::111122223333:role/nodes")
    assert role
    assert (role.id, found.role_of(UNKNOWN)) == ("Role", None)


@pytest.mark.parametrize(
    ("arn", "name", "expected"),
    [
        (att("Role", "Arn"), "nodes", True),
        (att("Role", "Arn"), None, True),
        (att("Other", "Arn"), "nodes", False),
        ("arn:aws:iam::111122223333:role/nodes", "nodes", True),
        ("arn:aws:iam::111122223333:role/eks/shop/nodes", "nodes", True),
        ("arn:aws:iam::111122223333:role/nodes-2", "nodes", False),
        ("arn:aws:iam::111122223333:role/my-nodes", "nodes", False),
        ("arn:aws:iam::111122223333:user/nodes", "nodes", False),
        ("arn:aws:iam::111122223333:role/nodes", None, False),
        (ARN, "nodes", True),
        (ARN, "other", False),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/eks/nodes"}, "nodes", True),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Role}"}, None, True),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Role}"}, "nodes", True),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Other}"}, None, False),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${P}"}, "nodes", False),
        (UNTOLD, "nodes", False),
        (ref("P"), "nodes", False),
        (["a"], "nodes", False),
        (5, "nodes", False),
        (None, None, False),
    ],
)
def test_an_arn_is_that_of_a_role(arn: Any, name: Any, expected: bool) -> None:
    """By attribute, by a literal one, or by its end."""
    resources = {"Role": of("IAM::Role", RoleName=name), "Other": of("IAM::Role"), "Holder": of("A::B", Arn=arn)}
    deployment = a_deployment(resources, Parameters=PARAMETERS)
    role, holder = resource_of(deployment, "Role"), resource_of(deployment, "Holder")
    assert is_role(holder.get("Arn"), role) is expected


@pytest.mark.parametrize("name", [ref("P"), {"Fn::Sub": "${P}-nodes"}, {"Fn::Sub": "nodes-${P}"}])
def test_an_arn_is_that_of_a_role_that_is_named_by_a_parameter(name: Body) -> None:
    """By its Ref, which gives back the name."""
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}"}
    deployment = a_deployment(
        {"Role": of("IAM::Role", RoleName=name), "Holder": of("A::B", Arn=arn)}, Parameters=PARAMETERS
    )
    assert is_role(resource_of(deployment, "Holder").get("Arn"), resource_of(deployment, "Role"))


@pytest.mark.parametrize(
    ("policies", "names"),
    [
        (None, []),
        ([], []),
        (["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/service-role/B"], ["A", "B"]),
        ([{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/A"}], ["A"]),
        ([{"Fn::Join": ["", ["arn:", ref("AWS::Partition"), ":iam::aws:policy/A"]]}], ["A"]),
        (["arn:aws:iam::aws:policy/A", ref("P")], None),
        ([UNTOLD], None),
        ([{"Fn::Sub": "arn:aws:iam::aws:policy/${P}"}], None),
        ([5], None),
        (ref("P"), None),
        ("arn:aws:iam::aws:policy/A", None),
    ],
)
def test_the_policies_of_a_role_are_known_by_name_or_not(policies: Any, names: list[str] | None) -> None:
    """Whatever the partition."""
    deployment = a_deployment({"Role": of("IAM::Role", ManagedPolicyArns=policies)}, Parameters=PARAMETERS)
    found = policy_names(resource_of(deployment, "Role"))
    assert (None if found is None else [*found]) == names


def test_the_own_policies_of_a_role_are_inline_or_separate_resources() -> None:
    """By its name or by Ref, and an empty one for each that nobody knows."""
    resources = {
        "Role": of("IAM::Role", RoleName="nodes", Policies=[{"PolicyDocument": {"in": 1}}, UNTOLD], ManagedPolicyArns=[ref("Own"), ref("P"), "arn:aws:iam::aws:policy/A"]),
        "Policy": of("IAM::Policy", Roles=[ref("Role")], PolicyDocument={"by": "ref"}),
        "Named": of("IAM::ManagedPolicy", Roles=["other", "nodes"], PolicyDocument={"by": "name"}),
        "Beside": of("IAM::RolePolicy", RoleName="nodes", PolicyDocument={"by": "type"}),
        "Elsewhere": of("IAM::Policy", Roles=["other"], PolicyDocument={"of": "another"}),
        "Own": of("IAM::ManagedPolicy", PolicyDocument={"by": "arn"}),
    }  # fmt: skip
    deployment = a_deployment(resources, Parameters=PARAMETERS)
    found = [dict(document) for document in own_policies(deployment, resource_of(deployment, "Role"))]
    assert found[:2] == [{"in": 1}, {}]
    for document in ({"by": "ref"}, {"by": "name"}, {"by": "type"}):
        assert document in found


def test_a_policy_that_the_role_names_is_one_of_its_own() -> None:
    resources = {
        "Role": of("IAM::Role", ManagedPolicyArns=[ref("Own")]),
        "Own": of("IAM::ManagedPolicy", PolicyDocument={"by": "arn"}),
    }
    deployment = a_deployment(resources)
    assert {"by": "arn"} in [dict(one) for one in own_policies(deployment, resource_of(deployment, "Role"))]


def test_a_policy_of_another_role_is_none_of_its_own() -> None:
    """Where both names are written out."""
    resources = {
        "Role": of("IAM::Role", RoleName="nodes"),
        "Elsewhere": of("IAM::Policy", Roles=["other"], PolicyDocument={"of": "another"}),
    }
    deployment = a_deployment(resources)
    assert list(own_policies(deployment, resource_of(deployment, "Role"))) == []


@pytest.mark.parametrize(
    ("name", "told", "is_told"),
    [
        (None, ref("Role"), True),
        (None, att("Role", "Arn"), True),
        (None, {"Fn::Sub": "arn:aws:iam::111122223333:role/${Role}"}, True),
        (None, [{"Roles": [ref("Role")]}], True),
        (None, ref("Other"), False),
        (None, "nodes", False),
        ("nodes", ref("Role"), True),
        ("nodes", "nodes", True),
        ("nodes", att("Role", "Arn"), True),
        ("nodes", {"Fn::Sub": '{"principalArn":"arn:aws:iam::${AWS::AccountId}:role/${Role}"}'}, True),
        ("nodes", '{"principalArn":"arn:aws:iam::111122223333:role/eks/nodes"}', True),
        ("nodes", '{"RoleName":"nodes","PolicyArn":"arn:aws:iam::aws:policy/A"}', True),
        ("nodes", '{"RoleName":"shop-nodes"}', False),
        ("nodes", '{"RoleName":"nodes-old"}', False),
        ("nodes", ref("Other"), False),
        (ref("P"), ref("Role"), True),
        (ref("P"), ref("Team"), False),
        ({"Fn::Sub": "${P}-nodes"}, ref("Role"), True),
        ({"Fn::Sub": "${P}-nodes"}, {"Fn::Sub": "arn:aws:iam::111122223333:role/${Role}"}, True),
        ({"Fn::Sub": "${P}-nodes"}, {"Fn::Sub": "${P}-pods"}, False),
        (UNTOLD, ref("Role"), True),
        (UNTOLD, "pods", False),
    ],
)
def test_a_custom_resource_refers_to_a_role_by_reference_or_name(name: Any, told: Any, is_told: bool) -> None:
    """By a reference, which is the name itself where that is written out, by its ARN, and inside of longer text."""
    resources = {
        "Role": of("IAM::Role", **({} if name is None else {"RoleName": name})),
        "Other": of("IAM::Role"),
        "Custom": {"Type": "Custom::Entry", "Properties": {"ServiceToken": "arn", "For": told}},
    }
    deployment = a_deployment(resources, Parameters=PARAMETERS)
    assert is_told_of(deployment, resource_of(deployment, "Role")) is is_told


@pytest.mark.parametrize(
    ("documents", "actions"),
    [
        ([], []),
        (
            [{"Statement": [{"Effect": "Allow", "Action": ["ec2:CreateTags", "EC2:Run*"]}]}],
            ["ec2:createtags", "ec2:run*"],
        ),
        ([{"Statement": {"Effect": "Allow", "Action": "a:B"}}, {"Statement": []}], ["a:b"]),
        ([{"Statement": [{"Effect": "Deny", "Action": "a:B"}]}], []),
        ([{"Statement": [{"Effect": "Allow", "NotAction": "a:B"}]}], ["*"]),
        ([{"Statement": [{"Effect": "Allow", "Action": UNKNOWN}]}], None),
        ([{"Statement": UNKNOWN}], None),
        ([{}], None),
    ],
)
def test_what_policies_allow_is_known_or_not(documents: list[dict[str, Value]], actions: list[str] | None) -> None:
    """As a whole."""
    assert allowed_actions(documents) == actions


@pytest.mark.parametrize(
    ("allowed", "action", "expected"),
    [
        ("ec2:createtags", "ec2:CreateTags", True),
        ("ec2:create*", "ec2:CreateTags", True),
        ("ec2:createtag?", "ec2:CreateTags", True),
        ("*", "ec2:CreateTags", True),
        ("ec2:deletetags", "ec2:CreateTags", False),
        ("s3:*", "ec2:CreateTags", False),
    ],
)
def test_an_action_is_among_those_that_are_allowed(allowed: str, action: str, expected: bool) -> None:
    """With wildcards as IAM takes them."""
    assert allows([allowed], action) is expected
    assert allows_parts_of([allowed], "ec2:") is (allowed == "*" or allowed.startswith("ec2:"))


PROFILE = of("IAM::InstanceProfile", InstanceProfileName="eks-nodes", Roles=[ref("Role")])


@pytest.mark.parametrize(
    ("resources", "name", "role"),
    [
        ({"Profile": PROFILE}, "eks-nodes", "Role"),
        ({"Profile": PROFILE}, "eks-others", None),
        ({"Profile": PROFILE}, None, None),
        ({"Profile": PROFILE}, UNKNOWN, None),
        ({"Profile": of("IAM::InstanceProfile", Roles=[ref("Role")])}, made("Profile"), "Role"),
        ({"Profile": of("IAM::InstanceProfile", InstanceProfileName="eks-nodes", Roles=["other"])}, "eks-nodes", "Other"),
        ({"Profile": of("IAM::InstanceProfile", InstanceProfileName="eks-nodes", Roles=["x"])}, "eks-nodes", None),
        ({"Profile": of("IAM::InstanceProfile", InstanceProfileName="eks-nodes", Roles=ref("P"))}, "eks-nodes", None),
        ({"Profile": {**PROFILE, "Condition": "Perhaps"}}, "eks-nodes", None),
    ],
)  # fmt: skip
def test_an_instance_profile_has_a_role(resources: Body, name: Value, role: str | None) -> None:
    roles = {"Role": of("IAM::Role"), "Other": of("IAM::Role", RoleName="other")}
    conditions = {"Perhaps": {"Fn::Equals": [ref("P"), "a"]}}
    deployment = a_deployment({**roles, **resources}, Parameters={"P": {"Type": "String"}}, Conditions=conditions)
    found = Clusters(deployment).role_of_profile(name)
    assert (found.id if found else None) == role
