"""The instance types to count with satisfy the requirements of their NodePool."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from podspace.api import NodePool, NodePoolSettings
from podspace.api.contradiction import Condition
from podspace.api.metadata import Metadata
from podspace.api.node_pool import NodeMetadata
from podspace.capacity import (
    COMMON,
    InstanceType,
    admits,
    admits_zone,
    admitted,
    counted_types,
    ignored_requirements,
    listed,
    satisfies,
    types_of,
)
from tests.mother import a_plan

Requirement = tuple[str, str, list[str]]
EKS = "eks.amazonaws.com/instance-"


def a_pool(*requirements: Requirement) -> NodePool:
    settings = NodePoolSettings.model_validate(
        {
            "requirements": [
                {"key": key, "operator": operator, "values": values} for key, operator, values in requirements
            ]
        }
    )
    return NodePool(metadata=Metadata(name="pool"), spec=settings.spec(node_class="class"))


def described() -> dict[str, list[str]]:
    """The architectures of each instance type, by EC2."""
    dump = json.loads(gzip.decompress(files("moto").joinpath("ec2/resources/instance_types.json.gz").read_bytes()))
    return {name: each["ProcessorInfo"]["SupportedArchitectures"] for name, each in dump.items()}


def test_the_architecture_that_follows_from_the_name_is_that_of_ec2() -> None:
    """EKS Auto Mode has no macOS instances."""
    for name, architectures in described().items():
        if not name.startswith("mac"):
            expected = "arm64" if "arm64" in architectures else "amd64"
            assert listed()[name].arch == expected, name


@pytest.mark.parametrize(
    ("name", "category", "family", "generation", "size"),
    [
        ("m7i.large", "m", "m7i", "7", "large"),
        ("c8gn.metal-24xl", "c", "c8gn", "8", "metal-24xl"),
        ("m7i-flex.2xlarge", "m", "m7i-flex", "7", "2xlarge"),
        ("u-6tb1.112xlarge", "u", "u-6tb1", "1", "112xlarge"),
        ("is4gen.large", "is", "is4gen", "4", "large"),
        ("mac-m4.metal", "", "mac-m4", "", "metal"),
    ],
)
def test_a_name_has_a_category_family_generation_and_size(
    name: str, category: str, family: str, generation: str, size: str
) -> None:
    found = InstanceType(name=name, interfaces=1, addresses=1)
    assert (found.category, found.family, found.generation, found.size) == (category, family, generation, size)


@pytest.mark.parametrize(
    ("requirement", "admitted", "excluded"),
    [
        (("kubernetes.io/arch", "In", ["arm64"]), "m7g.large", "m7i.large"),
        (("kubernetes.io/arch", "NotIn", ["arm64"]), "m7i.large", "c8gn.large"),
        (("beta.kubernetes.io/arch", "In", ["amd64"]), "m7i.large", "m7g.large"),
        ((f"{EKS}category", "In", ["c", "r"]), "r7i.large", "m7i.large"),
        ((f"{EKS}family", "NotIn", ["m7i"]), "m7i-flex.large", "m7i.large"),
        ((f"{EKS}generation", "Gt", ["6"]), "m7i.large", "m6i.large"),
        ((f"{EKS}generation", "Lt", ["7"]), "m6i.large", "m7i.large"),
        ((f"{EKS}generation", "Gte", ["7"]), "m7i.large", "m6i.large"),
        ((f"{EKS}generation", "Lte", ["7"]), "m7i.large", "m8g.large"),
        ((f"{EKS}generation", "Exists", []), "m7i.large", "mac-m4.metal"),
        ((f"{EKS}generation", "DoesNotExist", []), "mac-m4.metal", "m7i.large"),
        ((f"{EKS}generation", "Gt", ["1"]), "m7i.large", "mac-m4.metal"),
        ((f"{EKS}size", "In", ["xlarge"]), "m7i.xlarge", "m7i.large"),
        ((f"{EKS}cpu", "Gt", ["4"]), "m7i.2xlarge", "m7i.xlarge"),
        ((f"{EKS}memory", "Lte", ["8192"]), "m7i.large", "m7i.xlarge"),
        (("node.kubernetes.io/instance-type", "NotIn", ["m7i.large"]), "m7i.xlarge", "m7i.large"),
    ],
)
def test_a_requirement_on_the_instance_type_is_evaluated(
    requirement: Requirement, admitted: str, excluded: str
) -> None:
    pool = a_pool(requirement)
    assert admits(pool, listed()[admitted])
    assert not admits(pool, listed()[excluded])
    assert not ignored_requirements(pool)


@pytest.mark.parametrize(
    ("requirement", "ignored"),
    [
        ((f"{EKS}gpu-count", "Gt", ["1"]), True),
        ((f"{EKS}hypervisor", "In", ["nitro"]), True),
        (("karpenter.sh/capacity-type", "In", ["spot"]), False),
        (("example.com/team", "In", ["a"]), False),
    ],
)
def test_a_requirement_that_cannot_be_evaluated_excludes_no_instance_type(
    requirement: Requirement, ignored: bool
) -> None:
    pool = a_pool(requirement)
    assert types_of(pool) == COMMON
    assert ignored_requirements(pool) == ((requirement[0],) if ignored else ())


def test_a_label_excludes_instance_types_and_zones_as_a_requirement_does() -> None:
    zone = "topology.kubernetes.io/zone"
    labels = {"kubernetes.io/arch": "arm64", zone: "eu-west-1a"}
    pool = a_pool(("karpenter.sh/capacity-type", "In", ["spot"]))
    template = pool.spec.template.model_copy(update={"metadata": NodeMetadata(labels=labels)})
    labeled = pool.model_copy(update={"spec": pool.spec.model_copy(update={"template": template})})
    assert admits(pool, listed()["m7i.large"])
    assert not admits(labeled, listed()["m7i.large"])
    assert admits(labeled, listed()["m7g.large"])
    assert admits_zone(pool, "eu-west-1b", label=zone)
    assert [each for each in ("eu-west-1a", "eu-west-1b") if admits_zone(labeled, each, label=zone)] == ["eu-west-1a"]


def test_requirements_on_cpu_and_memory_do_not_exclude_a_type_outside_the_table() -> None:
    new = InstanceType(name="m99.large", interfaces=3, addresses=10)
    assert admits(a_pool((f"{EKS}cpu", "Gt", ["4"]), (f"{EKS}memory", "Gt", ["4"])), new)
    assert not admits(a_pool((f"{EKS}generation", "Lt", ["9"])), new)


@pytest.mark.parametrize(
    ("requirements", "types"),
    [
        ([("kubernetes.io/arch", "In", ["amd64"])], COMMON),
        ([(f"{EKS}cpu", "Gt", ["4"]), ("kubernetes.io/arch", "In", ["amd64"])], COMMON[2:]),
        (
            [("kubernetes.io/arch", "In", ["arm64"]), (f"{EKS}generation", "Lt", ["9"])],
            ("m8g.large", "m8g.xlarge", "m8g.2xlarge", "m8g.4xlarge"),
        ),
        (
            [
                (f"{EKS}category", "In", ["r", "c"]),
                (f"{EKS}generation", "In", ["6", "7"]),
                (f"{EKS}size", "In", ["xlarge"]),
            ],
            ("c7a.xlarge",),
        ),
        ([(f"{EKS}family", "In", ["p5"])], ("p5.4xlarge",)),
        ([(f"{EKS}family", "In", ["p5en"])], ("p5en.48xlarge",)),
        ([("node.kubernetes.io/instance-type", "In", ["m5.large", "m99.large"])], ("m5.large", "m99.large")),
        (
            [
                ("node.kubernetes.io/instance-type", "In", ["m5.large", "m7g.large"]),
                ("kubernetes.io/arch", "In", ["arm64"]),
            ],
            ("m7g.large",),
        ),
        ([("kubernetes.io/arch", "In", ["aarch64"])], ()),
    ],
)
def test_a_few_admitted_types_represent_a_pool(requirements: list[Requirement], types: tuple[str, ...]) -> None:
    """Common ones, else the newest generation of category m, c or r, else another one."""
    assert types_of(a_pool(*requirements)) == types


def values_of(key: str) -> st.SearchStrategy[list[str]]:
    labels = {
        f"{EKS}category": ["c", "m", "r", "g", "t", "hpc"],
        f"{EKS}family": ["m7i", "c7g", "r8g", "t3", "p5"],
        f"{EKS}generation": [str(number) for number in range(1, 10)],
        f"{EKS}size": ["large", "xlarge", "8xlarge", "metal"],
        f"{EKS}cpu": ["2", "4", "8", "96"],
        f"{EKS}memory": ["4096", "16384"],
        "kubernetes.io/arch": ["amd64", "arm64"],
        "node.kubernetes.io/instance-type": ["m7i.large", "m5.large", "c7g.xlarge"],
    }
    return st.lists(st.sampled_from(labels[key]), min_size=1, max_size=3, unique=True)


TEXT_KEYS = ("category", "family", "generation", "size")
REQUIREMENTS = st.one_of(
    st.sampled_from(
        [*(f"{EKS}{key}" for key in TEXT_KEYS), "kubernetes.io/arch", "node.kubernetes.io/instance-type"]
    ).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(["In", "NotIn"]), values_of(key))),
    st.sampled_from([f"{EKS}generation", f"{EKS}cpu", f"{EKS}memory"]).flatmap(
        lambda key: st.tuples(
            st.just(key),
            st.sampled_from(["Gt", "Lt", "Gte", "Lte"]),
            values_of(key).map(lambda values: values[:1]),
        )
    ),
)


@given(requirements=st.lists(REQUIREMENTS, min_size=1, max_size=4))
def test_every_counted_type_satisfies_every_requirement_and_there_is_one_if_any_is_admitted(
    requirements: list[Requirement],
) -> None:
    """A pool whose requirements contradict each other is refused: no instance type satisfies all of them."""
    try:
        pool = a_pool(*requirements)
    except ValidationError:
        conditions = [
            Condition(path="", key=key, operator=operator, values=tuple(values))
            for key, operator, values in requirements
        ]
        assert not any(all(satisfies(each, condition) for condition in conditions) for each in listed().values())
        return
    types = types_of(pool)
    for name in types:
        assert all(satisfies(listed()[name], each) for each in pool.spec.template.conditions())
    assert bool(types) is bool(admitted(pool))
    assert len(types) <= 4 or any(key == "node.kubernetes.io/instance-type" for key, _, _ in requirements)


def test_the_types_of_a_plan_are_those_of_its_pools_each_once() -> None:
    requirement = {"key": "node.kubernetes.io/instance-type", "operator": "In"}
    pools = [
        {"name": "a", "node_class": "one", "requirements": [{**requirement, "values": ["m5.large", "c5.large"]}]},
        {"name": "b", "node_class": "two", "requirements": [{**requirement, "values": ["c5.large", "r5.large"]}]},
    ]
    plan = a_plan({"node_classes": [{"name": "one"}, {"name": "two"}], "node_pools": pools})
    assert counted_types(plan.node_pools) == ("m5.large", "c5.large", "r5.large")
    assert counted_types(plan.node_pools[1:]) == ("c5.large", "r5.large")
