"""Label keys and values keep Kubernetes' form and stay out of reserved domains."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from podspace.api.label import Labels, LabelValue, QualifiedName, RequirementKey
from podspace.api.refusal import problems_of
from podspace.diagnostic import Diagnostic

NAME: TypeAdapter[str] = TypeAdapter(QualifiedName)
KEY: TypeAdapter[str] = TypeAdapter(RequirementKey)
VALUE: TypeAdapter[str] = TypeAdapter(LabelValue)
LABELS: TypeAdapter[Mapping[str, str]] = TypeAdapter(Labels)


def problem_of(adapter: TypeAdapter[str], given: object) -> Diagnostic:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(given)
    (problem,) = problems_of(caught.value)
    return problem


def label_problem(key: str, value: str = "x") -> Diagnostic:
    with pytest.raises(ValidationError) as caught:
        LABELS.validate_python({key: value})
    (problem,) = problems_of(caught.value)
    return problem


@pytest.mark.parametrize("name", ["a", "Team", "a.b_c-D", "example.com/team", "a" * 63, "x." * 126 + "x/" + "a" * 63])
def test_a_qualified_name_is_a_short_name_after_an_optional_domain(name: str) -> None:
    """At most 63 characters, after a DNS domain of at most 253."""
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-a",
        "a-",
        "a b",
        "a/",
        "/a",
        "a/b/c",
        "Example.com/a",
        "x..y/a",
        "a" * 64,
        "a\n",
        "é",
        "x." * 127 + "x/a",
        "x/" + "a" * 64,
    ],
)
def test_no_other_qualified_name_is_accepted(name: str) -> None:
    """Too long, empty on a side of the slash, or with other signs."""
    assert re.search("at most (63|253)", problem_of(NAME, name).message)


@pytest.mark.parametrize("value", ["", "a", "m5.large", "A_b-C", "1", "a" * 63])
def test_a_label_value_may_be_empty_or_a_short_name(value: str) -> None:
    """At most 63 characters."""
    assert VALUE.validate_python(value) == value


@pytest.mark.parametrize("value", ["-", "a/b", "a b", "a.", "a" * 64, "a\n"])
def test_no_other_label_value_is_accepted(value: str) -> None:
    """Other signs, or more than 63 characters."""
    assert "at most 63" in problem_of(VALUE, value).message


OPEN_TO_BOTH = [
    "team",
    "example.com/team",
    "karpenter.sh/capacity-type",
    "topology.kubernetes.io/zone",
    "kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "my.node.kubernetes.io/x",
    "node-restriction.kubernetes.io/x",
    "kops.k8s.io/x",
    "eks.amazonaws.com/compute-type",
    "eks.amazonaws.com/instance-category",
    "eks.amazonaws.com/instance-cpu-sustained-clock-speed-mhz",
]
OPEN_TO_REQUIREMENTS = [
    "eks.amazonaws.com/capacity-reservation-id",
    "eks.amazonaws.com/capacity-reservation-interruptible",
    "eks.amazonaws.com/placement-group-id",
]
RESERVED = [
    ("kubernetes.io/hostname", "label domain kubernetes.io"),
    ("kubernetes.io/role", "label domain kubernetes.io"),
    ("app.kubernetes.io/name", "label domain kubernetes.io"),
    ("x.k8s.io/y", "label domain k8s.io"),
    ("karpenter.sh/nodepool", "label domain karpenter.sh"),
    ("karpenter.sh/capacity-typ", "label domain karpenter.sh"),
    ("eks.amazonaws.com/team", "label domain eks.amazonaws.com"),
    ("ai.eks.amazonaws.com/x", "label domain eks.amazonaws.com"),
    ("node.kubernetes.io/windows-build", "Linux only"),
    ("karpenter.k8s.aws/instance-family", "label of EKS Auto Mode"),
    ("x.karpenter.k8s.aws/y", "label of EKS Auto Mode"),
]


@pytest.mark.parametrize("key", OPEN_TO_BOTH)
def test_a_key_in_an_open_domain_is_a_label_and_a_requirement(key: str) -> None:
    """Domains of one's own, and the keys of reserved domains that the schema leaves open."""
    assert LABELS.validate_python({key: "x"}) == {key: "x"}
    assert KEY.validate_python(key) == key


@pytest.mark.parametrize("key", OPEN_TO_REQUIREMENTS)
def test_newer_auto_mode_labels_may_be_requested_and_not_set(key: str) -> None:
    """They tell a node's capacity, which a label does not change."""
    assert KEY.validate_python(key) == key
    assert "label domain eks.amazonaws.com" in label_problem(key).message


@pytest.mark.parametrize(("key", "gist"), RESERVED)
def test_a_key_in_a_reserved_domain_is_neither(key: str, gist: str) -> None:
    """The problem stands at the key."""
    labelled, required = label_problem(key), problem_of(KEY, key)
    assert labelled.location.path == f'["{key}"]'
    assert not labelled.subject, "which is in the place already"
    assert gist in labelled.message
    assert gist in required.message
    assert labelled.fix


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("karpenter.k8s.aws/instance-family", "write eks.amazonaws.com/instance-family"),
        ("karpenter.k8s.aws/ec2nodeclass", "write eks.amazonaws.com/nodeclass"),
        ("karpenter.k8s.aws/made-up", "see the page"),
        ("eks.amazonaws.com/instance-famly", "did you mean eks.amazonaws.com/instance-family?"),
        ("eks.amazonaws.com/team", "use a label domain of your own"),
    ],
)
def test_a_refused_key_comes_with_the_label_to_use(key: str, fix: str) -> None:
    """Karpenter's own label has a namesake in Auto Mode, and a typing error a near neighbour."""
    assert fix in problem_of(KEY, key).fix


def test_a_label_has_a_label_value() -> None:
    """The problem stands at the label."""
    problem = label_problem("example.com/team", "a b")
    assert (problem.location.path, problem.subject) == ('["example.com/team"]', '"a b"')


def test_there_are_at_most_100_labels() -> None:
    """As in the schema."""
    assert len(LABELS.validate_python({f"k{n}": "" for n in range(100)})) == 100
    with pytest.raises(ValidationError, match="at most 100"):
        LABELS.validate_python({f"k{n}": "" for n in range(101)})


@given(st.from_regex(r"\A[a-z]{1,5}(\.[a-z]{1,5}){0,2}\Z"), st.from_regex(r"\A[a-z]{1,8}\Z"))
def test_any_key_in_a_domain_of_ones_own_is_open(domain: str, name: str) -> None:
    """Only the reserved endings are closed."""
    key = f"{domain}.example/{name}"
    assert LABELS.validate_python({key: ""}) == {key: ""}
    assert KEY.validate_python(key) == key


@given(st.from_regex(r"\A([a-z]{1,5}\.)?\Z"), st.from_regex(r"\A[a-z]{9,20}\Z"))
def test_no_made_up_key_in_auto_modes_domain_is_open(subdomain: str, name: str) -> None:
    """Nor in a domain below it."""
    key = f"{subdomain}eks.amazonaws.com/{name}x"
    assert "eks.amazonaws.com" in label_problem(key).message
    assert "eks.amazonaws.com" in problem_of(KEY, key).message
