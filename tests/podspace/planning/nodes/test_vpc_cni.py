"""Managed node groups on the same pod network: ENIConfigs and the VPC CNI's configuration follow from the plan."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podspace.planning import VpcCniPlan
from podspace.planning.nodes.vpc_cni import add_on_configuration, eni_configs
from tests.mother import A_NEW_CLUSTER, AN_IPV6_CLUSTER, Changes, a_config, a_plan
from tests.planning_errors import Error, errors

IDS = {"eu-west-1a": ["subnet-0a", "subnet-1a"], "eu-west-1b": ["subnet-0b", "subnet-1b"]}
EXISTING = {
    "eu-west-1a": ["subnet-000000aa", "subnet-000000ab"],
    "eu-west-1b": ["subnet-000000ba", "subnet-000000bb"],
}


def planned(changes: Changes | None = None) -> VpcCniPlan:
    plan = a_plan({"vpc_cni": {}, **(changes or {})}).vpc_cni
    assert plan
    return plan


def environment(changes: Changes | None = None) -> Any:
    return add_on_configuration(planned(changes)).values()["env"]


def remarks(changes: Changes) -> dict[str, str]:
    return {remark.id: remark.message for remark in a_plan(changes).remarks}


def test_without_the_section_nothing_is_planned() -> None:
    assert a_plan().vpc_cni is None
    assert not {id for id in remarks({}) if "eni-config" in id}


def test_each_zone_has_an_eni_config_of_its_name_on_its_own_subnet() -> None:
    made = eni_configs(planned(), subnet_ids=IDS, security_group_id="sg-1")
    assert [each.manifest() for each in made] == [
        {
            "apiVersion": "crd.k8s.amazonaws.com/v1alpha1",
            "kind": "ENIConfig",
            "metadata": {"name": zone},
            "spec": {"subnet": IDS[zone][0], "securityGroups": ["sg-1"]},
        }
        for zone in ("eu-west-1a", "eu-west-1b")
    ]


@pytest.mark.parametrize(
    "pods",
    [
        {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]},
        {"pods": {"subnet_ids": EXISTING}, "egress": []},
        {
            "pods.zones": None,
            "pods.subnet_prefix": None,
            "pods.subnets": {
                "eu-west-1a": ["100.64.0.0/20", "100.64.16.0/20"],
                "eu-west-1b": ["100.64.32.0/20", "100.64.48.0/20"],
            },
        },
    ],
)
def test_further_subnets_of_a_zone_have_eni_configs_with_a_number(pods: Changes) -> None:
    """The first keeps the zone's name, so a block that is appended changes nothing for nodes that are there."""
    plan = planned(pods)
    assert [(each.name, each.zone, each.index) for each in plan.eni_configs] == [
        ("eu-west-1a", "eu-west-1a", 0),
        ("eu-west-1a-2", "eu-west-1a", 1),
        ("eu-west-1b", "eu-west-1b", 0),
        ("eu-west-1b-2", "eu-west-1b", 1),
    ]
    made = eni_configs(plan, subnet_ids=IDS, security_group_id="sg-1")
    assert [each.spec.subnet for each in made] == ["subnet-0a", "subnet-1a", "subnet-0b", "subnet-1b"]
    assert "further-eni-configs" in remarks({"vpc_cni": {}, **pods})


def test_one_subnet_a_zone_needs_no_word_about_further_ones() -> None:
    assert "further-eni-configs" not in remarks({"vpc_cni": {}})


def test_custom_networking_is_on_and_nodes_find_their_config_by_their_zone() -> None:
    assert environment() == {
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
        "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
        "AWS_VPC_K8S_CNI_EXTERNALSNAT": "false",
        "ENABLE_PREFIX_DELEGATION": "true",
        "WARM_PREFIX_TARGET": "1",
    }


def test_zones_given_by_id_are_found_by_the_label_of_ids() -> None:
    ids = {"euw1-az1": ["subnet-0000000a"], "euw1-az2": ["subnet-0000000b"]}
    changes = {"vpc.node_subnets": ids, "pods.zones": list(ids), "egress": []}
    assert environment(changes)["ENI_CONFIG_LABEL_DEF"] == "topology.k8s.aws/zone-id"
    assert [each.name for each in planned(changes).eni_configs] == list(ids)


def test_single_addresses_have_no_prefix_to_keep_warm() -> None:
    single = environment({"vpc_cni": {"prefix_delegation": False}})
    assert single["ENABLE_PREFIX_DELEGATION"] == "false"
    assert "WARM_PREFIX_TARGET" not in single


@pytest.mark.parametrize(("policy", "external"), [("Random", "false"), ("Disabled", "true")])
def test_pods_keep_their_addresses_under_the_same_word_as_in_a_node_class(policy: str, external: str) -> None:
    """Pods then use the routes of the pod subnets under every snatPolicy of a NodeClass."""
    assert environment({"vpc_cni": {"snat_policy": policy}})["AWS_VPC_K8S_CNI_EXTERNALSNAT"] == external
    plan = a_plan({"vpc_cni": {"snat_policy": policy}})
    routes = [route for table in plan.pods.route_tables for route in table.routes]
    assert routes
    assert all(route.used is (policy == "Disabled") for route in routes)


def test_pods_of_node_groups_with_snat_policy_disabled_need_routes_too() -> None:
    assert "no-egress" in remarks({"vpc_cni": {"snat_policy": "Disabled"}, "egress": []})
    assert "no-egress" not in remarks({"vpc_cni": {"snat_policy": "Random"}, "egress": []})


def test_with_references_the_add_on_makes_the_eni_configs() -> None:
    values = add_on_configuration(planned(), subnet_ids=IDS, security_group_id="sg-1").values()
    assert json.loads(json.dumps(values))["eniConfig"] == {
        "create": True,
        "region": "eu-west-1",
        "subnets": {
            "eu-west-1a": {"id": "subnet-0a", "securityGroups": ["sg-1"]},
            "eu-west-1b": {"id": "subnet-0b", "securityGroups": ["sg-1"]},
        },
    }
    assert "eniConfig" not in add_on_configuration(planned()).values()


def test_the_add_on_is_created_only_with_a_new_cluster() -> None:
    made = planned({**A_NEW_CLUSTER, "vpc_cni": {"version": "v1.20.1-eksbuild.1"}})
    assert (made.add_on, made.version) == (True, "v1.20.1-eksbuild.1")
    assert "managed-node-group-add-ons" in remarks({**A_NEW_CLUSTER, "vpc_cni": {}})
    assert (planned().add_on, planned().version) == (False, "")
    assert "eni-configs" in remarks({"vpc_cni": {}})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({**AN_IPV6_CLUSTER, "vpc_cni": {}}, ("vpc-cni-in-ipv6-cluster", "vpc_cni", "")),
        (
            {"vpc_cni": {"version": "v1.20.1-eksbuild.1"}},
            ("add-on-of-existing-cluster", "vpc_cni.version", "v1.20.1-eksbuild.1"),
        ),
    ],
)
def test_what_does_not_fit_custom_networking_is_an_error(changes: Changes, expected: Error) -> None:
    assert errors(changes) == [expected]


def test_the_network_account_of_a_shared_vpc_has_no_node_groups() -> None:
    changes: Changes = {
        "vpc_cni": {},
        "vpc.shared_with": ["444455556666"],
        "environment.account": "111122223333",
        "cluster.security_group_id": None,
        "node_classes": [],
        "node_pools": [],
    }
    assert errors(changes) == [("not-in-network-half", "vpc_cni", "")]


@pytest.mark.parametrize("version", ["1.20.1", "v1.20.1", "latest", "v1.20.1-eksbuild"])
def test_a_version_is_one_of_an_add_on(version: str) -> None:
    with pytest.raises(ValueError, match="version of an EKS add-on"):
        a_config({"vpc_cni": {"version": version}})


def test_that_both_kinds_of_nodes_leave_differently_is_said() -> None:
    assert "snat-policies-differ" in remarks({"vpc_cni": {"snat_policy": "Disabled"}})
    assert "snat-policies-differ" not in remarks({"vpc_cni": {"snat_policy": "Random"}})
    both = {"vpc_cni": {"snat_policy": "Disabled"}, "node_classes.0.snat_policy": "Disabled"}
    assert "snat-policies-differ" not in remarks(both)
