"""Instance types have as many pods as their interfaces and addresses allow."""

from __future__ import annotations

import pytest

from podspace.capacity import COMMON, InstanceType, instance_types, listed
from podspace.capacity.instance_type import AUTO_MODE_FAMILIES, MOST_PODS
from podspace.diagnostic import InputError
from tools.instance_limits import TABLE, table


@pytest.mark.parametrize(
    ("name", "pods"),
    [("m5.large", 18), ("t3.medium", 10), ("m7g.medium", 3), ("m8i.large", 38), ("m5.4xlarge", 110)],
)
def test_the_primary_interface_has_no_pods_and_a_node_runs_110_at_most(name: str, pods: int) -> None:
    assert listed()[name].pods() == pods


def test_a_node_class_lowers_the_pods_and_never_raises_them() -> None:
    assert listed()["m5.large"].pods(most=5) == 5
    assert listed()["m5.large"].pods(most=100) == listed()["m5.large"].pods()


@pytest.mark.parametrize(("interfaces", "addresses"), [(1, 10), (2, 1), (0, 0)])
def test_a_type_without_a_place_for_pods_has_none(interfaces: int, addresses: int) -> None:
    """With its primary interface alone, or with no address but each interface's own."""
    assert InstanceType(name="x", interfaces=interfaces, addresses=addresses).pods() == 0


def test_the_table_is_what_its_generator_writes() -> None:
    """`python -m tools.instance_limits` writes it."""
    assert TABLE.read_text(encoding="utf-8") == table()


def test_the_interfaces_of_several_network_cards_are_those_of_the_default_one() -> None:
    """A p5.48xlarge has 64 in all, 2 of them on its first card."""
    assert listed()["p5.48xlarge"].interfaces == 2


def test_every_type_of_the_table_is_plausible() -> None:
    """Names are unique, and no type has more than 110 pods."""
    assert all(each.name == name and 0 <= each.pods() <= MOST_PODS for name, each in listed().items())
    assert set(COMMON) <= set(listed())


def test_all_unknown_types_are_reported_at_once_with_similar_names() -> None:
    with pytest.raises(InputError) as refusal:
        instance_types(["m5.lrge", "m5.large", "M5.XLARGE", "nothing"], limits=listed())
    fixes = {problem.subject: problem.fix for problem in refusal.value.diagnostics}
    assert list(fixes) == ["m5.lrge", "M5.XLARGE", "nothing"]
    assert "did you mean m5.large" in fixes["m5.lrge"]
    assert "m5.xlarge" in fixes["M5.XLARGE"]
    assert "did you mean" not in fixes["nothing"]
    assert all("--describe-instance-types" in fix for fix in fixes.values())


def test_the_fix_for_a_type_that_ec2_does_not_have_is_not_to_ask_ec2() -> None:
    with pytest.raises(InputError) as refusal:
        instance_types(["m5.large"], limits={})
    (problem,) = refusal.value.diagnostics
    assert "--describe-instance-types" not in problem.fix


def test_a_type_that_is_named_twice_is_counted_once() -> None:
    assert [each.name for each in instance_types(["m5.large", "t3.medium", "m5.large"], limits=listed())] == [
        "m5.large",
        "t3.medium",
    ]


@pytest.mark.parametrize(
    ("name", "created"),
    [
        ("m5.large", True),
        ("m8i-flex.xlarge", True),
        ("t3.medium", True),
        ("t3.small", False),
        ("t3.micro", False),
        ("t3.nano", False),
        ("m7g.medium", False),  # 1 vCPU
        ("m1.large", False),
        ("mac2.metal", False),
    ],
)
def test_auto_mode_creates_some_families_with_more_than_one_vcpu(name: str, created: bool) -> None:
    assert listed()[name].in_auto_mode is created


def test_most_families_of_auto_mode_are_in_the_table() -> None:
    """A few are older or newer than it."""
    families = {each.family for each in listed().values()}
    assert len(AUTO_MODE_FAMILIES - families) <= 3
