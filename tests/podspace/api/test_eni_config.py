"""An ENIConfig names the subnet and the groups of the pods of a zone."""

from __future__ import annotations

import pytest

from podspace.api import problems_in, read
from tests.podspace.manifests import Manifest, a_full_eni_config, an_eni_config


@pytest.mark.parametrize(
    "spec", [{}, {"securityGroups": []}, {"securityGroups": ["sg-0a"]}, {"securityGroups": [f"sg-{n}" for n in range(16)]}]
)  # fmt: skip
def test_a_subnet_is_enough(spec: Manifest) -> None:
    """Without groups pods have those of their node; EC2 takes 16 for an interface."""
    manifest = an_eni_config(**spec)
    assert not problems_in(manifest)
    assert read(manifest).manifest() == manifest


@pytest.mark.parametrize(
    ("spec", "place", "gist"),
    [
        ({"subnet": None}, "spec.subnet", "must be given"),
        ({"subnet": "eu-west-1a"}, "spec.subnet", "must be a subnet ID"),
        ({"subnet": ["subnet-0a"]}, "spec.subnet", "must be text"),
        ({"securityGroups": ["sg-0a", "default"]}, "spec.securityGroups[1]", "must be a security group ID"),
        ({"securityGroups": "sg-0a"}, "spec.securityGroups", "must be a list"),
        ({"securityGroups": [f"sg-{n}" for n in range(17)]}, "spec.securityGroups", "at most 16 items"),
        ({"securityGroupIds": ["sg-0a"]}, "spec.securityGroupIds", "no such key"),
    ],
)
def test_anything_else_is_refused(spec: Manifest, place: str, gist: str) -> None:
    """Each at its own place."""
    (problem,) = problems_in(an_eni_config(**spec))
    assert problem.location.path == place
    assert gist in problem.message
    assert problem.source.startswith("https://")
    assert not problem.inferred


@pytest.mark.parametrize("version", ["crd.k8s.amazonaws.com/v1", "eks.amazonaws.com/v1", "v1"])
def test_it_has_a_version_of_its_own(version: str) -> None:
    """An alpha one."""
    (problem,) = problems_in({**a_full_eni_config(), "apiVersion": version})
    assert (problem.location.path, problem.subject) == ("apiVersion", f'"{version}"')
    assert "'crd.k8s.amazonaws.com/v1alpha1'" in problem.message


def test_it_is_named_after_its_zone() -> None:
    """A zone is a name that Kubernetes takes."""
    assert read(a_full_eni_config()).name == "eu-west-1a"
