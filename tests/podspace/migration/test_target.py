"""Whether a node of a NodePool can be what a pod asks for, compared with every value that its label could have."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from podspace.live.kubernetes import Node, NodePool, NodeRequirement
from podspace.migration.target import Target, conditions_of, targets_of
from tests.mother import a_network_file
from tests.podspace.cluster_objects import a_node, a_node_pool

KEY = "example.com/team"
NAMES, NUMBERS = ("a", "b", "c"), ("1", "2", "3")
NAMED = st.builds(
    NodeRequirement,
    key=st.just(KEY),
    operator=st.sampled_from(["In", "NotIn"]),
    values=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple),
)
PRESENT = st.builds(NodeRequirement, key=st.just(KEY), operator=st.sampled_from(["Exists", "DoesNotExist"]))
COUNTED = st.builds(
    NodeRequirement,
    key=st.just(KEY),
    operator=st.sampled_from(["Gt", "Lt"]),
    values=st.sampled_from(NUMBERS).map(lambda value: (value,)),
)
REQUIREMENTS = st.lists(NAMED | PRESENT, max_size=3) | st.lists(COUNTED | PRESENT, max_size=3)
WANTED = st.lists(NAMED | PRESENT, min_size=1, max_size=3) | st.lists(COUNTED | PRESENT, min_size=1, max_size=3)


def target(requirements: Sequence[NodeRequirement]) -> Target:
    """A NodePool of the cluster with these requirements, on the NodeClass of the config."""
    data = a_node_pool("theirs")
    data["spec"]["template"]["spec"]["requirements"] = [
        {"key": each.key, "operator": each.operator, "values": list(each.values)} for each in requirements
    ]
    found = targets_of([a_network_file()], pools=[NodePool.of(data)], nodes=[])
    return {each.name: each for each in found}["theirs"]


def allows(requirement: NodeRequirement, value: str | None) -> bool:
    """As Kubernetes compares a node with a requirement; None is a node without the label."""
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    bound = int(requirement.values[0])
    return (
        value is not None
        and value.isdecimal()
        and (int(value) > bound) is (requirement.operator == "Gt")
        and int(value) != bound
    )


@given(of_pool=REQUIREMENTS, of_pod=WANTED)
def test_a_label_that_a_node_can_have_is_met(of_pool: list[NodeRequirement], of_pod: list[NodeRequirement]) -> None:
    """A label that the NodePool does not name is on none of its nodes; any other value is one that neither names."""
    values: list[str | None] = [None]
    if of_pool:
        values += [*NAMES, *NUMBERS, "0", "4", "other"]
    possible = any(all(allows(each, value) for each in (*of_pool, *of_pod)) for value in values)
    wanted = conditions_of(of_pod)
    assert wanted is not None
    assert (not target(of_pool).unmet(wanted)) is possible


@given(requirements=REQUIREMENTS)
def test_a_pod_that_asks_for_nothing_fits_every_node_pool(requirements: list[NodeRequirement]) -> None:
    assert target(requirements).unmet(()) == ()


def test_zones_by_id_are_compared_by_the_names_that_nodes_show() -> None:
    """Without a node in a zone, its name is not known, and any zone may be it."""
    by_id = {
        "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"], "euw1-az2": ["subnet-0000000b"]},
        "pods.zones": ["euw1-az1", "euw1-az2"],
        "egress.0.nat_gateways": {"euw1-az1": "nat-0000000a", "euw1-az2": "nat-0000000b"},
    }
    file = a_network_file(by_id)
    nodes = [
        Node.of(a_node(f"i-{id}", zone=zone, labels={"topology.k8s.aws/zone-id": id}))
        for zone, id in (("eu-west-1a", "euw1-az1"), ("eu-west-1b", "euw1-az2"))
    ]
    for key, inside, outside in (
        ("topology.kubernetes.io/zone", "eu-west-1a", "eu-west-1c"),
        ("topology.k8s.aws/zone-id", "euw1-az2", "euw1-az3"),
    ):
        (known,) = targets_of([file], pools=[], nodes=nodes)
        for value, fits in ((inside, True), (outside, False)):
            wanted = conditions_of([NodeRequirement(key=key, operator="In", values=(value,))])
            assert wanted is not None
            assert (not known.unmet(wanted)) is fits
    (unknown,) = targets_of([file], pools=[], nodes=[])
    wanted = conditions_of([NodeRequirement(key="topology.kubernetes.io/zone", operator="In", values=("eu-west-1c",))])
    assert wanted is not None
    assert not unknown.unmet(wanted)
