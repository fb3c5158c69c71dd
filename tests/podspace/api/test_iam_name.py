"""A role and an instance profile are given by their names, never by an ARN or a path."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from podspace.api import InstanceProfileName, RoleName
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written

ROLE: TypeAdapter[str] = TypeAdapter(RoleName)
PROFILE: TypeAdapter[str] = TypeAdapter(InstanceProfileName)
ARN = "arn:aws:iam::111122223333:"


@pytest.mark.parametrize("name", ["a", "a" * 64, "Nodes_of+1=2,3.4@5-6"])
def test_a_role_has_a_name_of_1_to_64_characters(name: str) -> None:
    """Of those that IAM takes."""
    assert written(ROLE, name) == name


@pytest.mark.parametrize("name", ["eks", "eks-nodes", "eksnodes", "eks_+=,.@-1", "eks" + "a" * 125])
def test_an_instance_profile_has_a_name_that_begins_with_eks(name: str) -> None:
    """3 to 128 characters of those that IAM takes."""
    assert written(PROFILE, name) == name


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("", ""),
        ("a" * 65, ""),
        ("my role", ""),
        ("rôle", ""),
        ("nodes\n", ""),
        (f"{ARN}role/nodes", "give the role's name, not its ARN or path: nodes"),
        (f"{ARN}role/a/b/nodes", "give the role's name, not its ARN or path: nodes"),
        ("/a/nodes", "give the role's name, not its ARN or path: nodes"),
        ("nodes/", ""),
    ],
)
def test_no_other_role_is_taken(name: str, fix: str) -> None:
    """An ARN or a path comes with the name to write instead."""
    problem = the_ruled_problem(ROLE, name)
    assert "must be the name of an IAM role: 1 to 64" in problem.message
    assert problem.fix == fix
    assert not problem.inferred


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("", "instance profile"),
        ("ek", "instance profile"),
        ("nodes", "instance profile"),
        ("EKS-nodes", "instance profile"),
        ("my-eks", "instance profile"),
        ("eks" + "a" * 126, "instance profile"),
        ("eks nodes", "instance profile"),
        ("eks-nodes\n", "instance profile"),
        (f"{ARN}instance-profile/nodes", "instance profile"),
        (f"{ARN}instance-profile/eks-nodes", "give the profile's name, not its ARN or path: eks-nodes"),
        (f"{ARN}instance-profile/a/eks-nodes", "give the profile's name, not its ARN or path: eks-nodes"),
    ],
)
def test_no_other_instance_profile_is_taken(name: str, fix: str) -> None:
    """That EKS may use no other is inferred from its own policy."""
    problem = the_ruled_problem(PROFILE, name)
    assert "an instance profile that begins with eks: 3 to 128" in problem.message
    assert fix in problem.fix
    assert problem.inferred


@pytest.mark.parametrize("judge", [ROLE, PROFILE])
@pytest.mark.parametrize("given", [1, True, None, ["eks"]])
def test_a_name_is_text(judge: TypeAdapter[str], given: object) -> None:
    """Nothing is converted."""
    assert the_problem(judge, given).message == "must be text"
