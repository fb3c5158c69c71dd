"""The `Name` tags of everything that a plan creates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.planning import Config, Plan, plan_network, read_network_file
from podspace.planning.names import name_tag
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.stacks.configs import configs
from tests.template import CONFIGS

SHOP: Changes = {"cluster.name": "shop", "name": "wide"}


def names(plan: Plan) -> Iterator[tuple[str, str]]:
    """The type and the `Name` tag of every resource that has one."""
    for resource in plan.resources():
        tags = resource.properties.get("Tags")
        if isinstance(tags, Mapping):
            yield resource.type, str(tags["Name"])


def times(word: str, name: str) -> int:
    """How often a name is in another one, as whole words."""
    return sum(f"-{name}-".startswith(f"-{word}-", at) for at in range(len(name)))


def check(plan: Plan) -> None:
    found = list(names(plan))
    for _, name in found:
        assert times(plan.cluster_name, name) == times(plan.name, name) == 1, name
        assert len(name) <= 256
    assert max(Counter(found).values(), default=1) == 1


@given(configs())
@settings(max_examples=100, deadline=None)
def test_names_contain_cluster_and_network_once_and_differ(config: Config) -> None:
    check(plan_network(config))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_names_of_every_example_differ(path: Path) -> None:
    found = Counter(names(read_network_file(path).plan))
    assert max(found.values(), default=1) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"], "flow_logs": {}},
        {"environment.region": "us-east-1", "pods.zones": ["us-east-1a"], "pods.prefix_reservation": True, "vpc.node_subnets": {"us-east-1a": ["subnet-0000000a"]}, "egress": []},
        {"egress": [{"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-00000001", "eu-west-1b": "subnet-00000002"}, "addresses": 3}]},
        {**A_NEW_VPC, **A_NEW_CLUSTER, "vpc.create.nodes": {"cidrs": ["10.0.8.0/22", "10.0.12.0/22"], "subnet_prefix": 24}, "cluster.create.admins": [f"arn:aws:iam::111122223333:role/{name}" for name in ("A", "B")]},
        AN_IPV6_CLUSTER,
        {"endpoints": {"gateways": ["s3", "dynamodb"], "interfaces": {}}},
        {"cluster.node_role": {"name": "nodes", "access_entry": True}},
    ],
)  # fmt: skip
def test_several_resources_of_one_type_have_names_of_their_own(changes: Changes) -> None:
    check(a_plan({**changes, **SHOP}))


@pytest.mark.parametrize(
    ("cluster", "network", "whose"),
    [
        ("shop", "wide", "shop-wide"),
        ("shop", "shop", "shop"),
        ("shop", "shop-pods", "shop-pods"),
        ("shop", "pods-of-shop", "pods-of-shop"),
        ("shop-prod", "prod", "shop-prod"),
        ("shop", "shopping", "shop-shopping"),
    ],
)
def test_a_network_that_is_named_after_its_cluster_repeats_no_name(cluster: str, network: str, whose: str) -> None:
    assert name_tag(cluster=cluster, network=network) == whose
    assert name_tag("pods", "eu-west-1a", cluster=cluster, network=network) == f"{whose}-pods-eu-west-1a"


@given(cluster=st.from_regex(r"[a-z]{1,3}([-_][a-z]{1,3}){0,2}", fullmatch=True), network=st.from_regex(r"[a-z]{1,3}(-[a-z]{1,3}){0,2}", fullmatch=True))  # fmt: skip
def test_both_names_are_in_every_name(cluster: str, network: str) -> None:
    name = name_tag("1", cluster=cluster, network=network)
    assert times(cluster, name)
    assert times(network, name)


def test_a_name_given_in_the_config_stays() -> None:
    plan = a_plan({**SHOP, "pods.security_group": {"kind": "dedicated", "name": "pods of the shop"}})
    assert plan.pod_group.tags["Name"] == "pods of the shop"


def test_an_appended_block_changes_no_name() -> None:
    before, after = (dict.fromkeys(names(a_plan({**SHOP, "pods.cidrs": blocks}))) for blocks in (["100.64.0.0/16"], ["100.64.0.0/16", "100.65.0.0/16"]))  # fmt: skip
    assert before.keys() < after.keys()
