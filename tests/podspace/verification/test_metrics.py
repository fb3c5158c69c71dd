"""The metrics of `podspace verify`: what was counted, and nothing of what could not be read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, unknown
from podspace.live.failure import KindMissingError, UnreadError
from podspace.reporting import Format, Report, written
from podspace.verification import READ, AccountSubnets, EarlierReading, SubnetUse, Verification, verify
from podspace.verification.subnet_space import ZoneSpace
from tests.mother import AN_IPV6_CLUSTER, a_network_file
from tests.podspace.cluster_objects import GivenCluster, a_node, a_pod, cluster_objects
from tests.podspace.verification.network import NOW, facts, found, verified
from tests.podspace.verification.test_subnet_space import a_use
from tests.prometheus_text import Series, series_of, value, values

SUBNET_METRICS = (
    "podspace_subnet_addresses",
    "podspace_subnet_addresses_free",
    "podspace_subnet_prefixes",
    "podspace_subnet_prefixes_free",
    "podspace_subnet_fragmentation_ratio",
)
SUBNETS = (a_use("100.64.0.0/24", "100.64.0.16/28", "100.64.0.40/32"),)
SINGLE = {"node_classes": [{"name": "class", "advanced_networking": {"ipv4_prefix_size": "32"}}]}


def series(verification: Verification) -> Mapping[Series, float]:
    report = Report(
        command="verify",
        diagnostics=verification.diagnostics,
        facts=verification.facts,
        metrics=verification.metrics,
    )
    return series_of(written(report, format_=Format.PROMETHEUS) + "\n")


def unread(kind: str) -> UnreadError:
    return UnreadError(Diagnostic(subject=kind, message="403 Forbidden"))


def of_account(account: AccountSubnets | None, *, changes: Mapping[str, Any] | None = None) -> Verification:
    file = a_network_file(changes)
    subnets = {} if account is None else {"net": account}
    return verify([file], GivenCluster(cluster_objects()), at=NOW, subnets=subnets)


def names(read: Mapping[Series, float]) -> set[str]:
    return {name for name, _ in read}


def test_a_subnet_has_its_free_addresses_and_prefixes_by_zone() -> None:
    read = series(verified(subnets=SUBNETS))
    labels = {"network": "net", "zone": "eu-west-1a", "subnet": "subnet-1", "cidr": "100.64.0.0/24"}
    assert [value(read, name, **labels) for name in SUBNET_METRICS] == [251, 234, 14, 12, pytest.approx(1 - 192 / 234)]
    assert value(read, "podspace_readable", source="subnets", network="net") == 1


def test_metrics_and_facts_have_the_same_numbers() -> None:
    verification = verified(subnets=[a_use(free=251, reserved=["100.64.0.128/25"])])
    read = series(verification)
    (fact,) = facts(verification)["subnets"]
    assert [fact[key] for key in ("addresses", "free_addresses", "prefixes", "free_prefixes")] == [
        value(read, name) for name in SUBNET_METRICS[:4]
    ]


def test_a_full_subnet_has_a_zero_that_was_counted() -> None:
    read = series(verified(subnets=[a_use(free=0)]))
    assert value(read, "podspace_subnet_addresses_free") == 0
    assert value(read, "podspace_exit_status") == 1


@pytest.mark.parametrize("uses", [(), SUBNETS])
def test_what_of_the_account_cannot_be_read_has_no_metrics(uses: Sequence[SubnetUse]) -> None:
    """Also if only the reservations cannot be read, as the counts depend on them."""
    not_read = unknown("subnet-space", "ec2:DescribeSubnets", "not allowed")
    verification = of_account(AccountSubnets(uses=tuple(uses), diagnostics=(not_read,)))
    read = series(verification)
    assert names(read).isdisjoint(SUBNET_METRICS)
    assert value(read, "podspace_readable", source="subnets") == 0
    assert value(read, "podspace_exit_status") == 2
    (network,) = facts(verification)["networks"]
    assert network["zones"] == []


def test_an_account_that_is_not_read_has_no_metrics_at_all() -> None:
    read = series(of_account(None))
    assert names(read).isdisjoint(SUBNET_METRICS)
    assert values(read, "podspace_readable", source="subnets") == []


@pytest.mark.parametrize("changes", [SINGLE, AN_IPV6_CLUSTER])
def test_networks_whose_nodes_take_no_ipv4_prefix_have_no_metric_of_them(changes: Mapping[str, Any]) -> None:
    verification = of_account(AccountSubnets(uses=SUBNETS), changes=changes)
    assert names(series(verification)) & set(SUBNET_METRICS) == set(SUBNET_METRICS[:2])
    assert found(verification, "broken-prefixes") == []
    assert "/28" not in found(verification, "subnet-space")[0].message


def test_nodes_and_pods_are_counted_by_pool_zone_and_state() -> None:
    group = {"eks.amazonaws.com/nodegroup": "managed"}
    nodes = [a_node(), a_node("i-b", zone="eu-west-1b"), a_node("i-c"), a_node("i-g", labels=group)]
    pods = [
        a_pod(),
        a_pod("b", node="i-c", address=None),
        a_pod("c", node="i-b", address="100.64.64.9"),
        a_pod("d", node="i-g", address="10.0.0.99"),
        a_pod("e", node="", address=None),
        a_pod("f", node="i-gone", address=None),
    ]
    read = series(verified(nodes=nodes, pods=pods))
    assert value(read, "podspace_nodes", network="net", node_pool="pool", zone="eu-west-1a") == 2
    assert value(read, "podspace_nodes", node_group="managed") == 1
    assert sum(values(read, "podspace_nodes")) == len(nodes)
    assert value(read, "podspace_pods", node_pool="pool", zone="eu-west-1a", state="right") == 1
    assert value(read, "podspace_pods", node_pool="pool", zone="eu-west-1a", state="waiting") == 1
    assert value(read, "podspace_pods", node_group="managed", state="elsewhere") == 1
    assert value(read, "podspace_pods", state="unscheduled") == 1
    assert value(read, "podspace_pods", state="unknown_node") == 1
    assert sum(values(read, "podspace_pods")) == len(pods)


@pytest.mark.parametrize(
    ("zones", "zone"), [(["eu-west-1a", "eu-west-1b"], "eu-west-1a"), (["euw1-az1", "euw1-az2"], "euw1-az1")]
)
def test_nodes_have_their_zone_as_the_config_names_it(zones: list[str], zone: str) -> None:
    """So that it is the zone of the pod subnets."""
    gateways = dict(zip(zones, ("nat-0000000a", "nat-0000000b"), strict=True))
    subnets = dict(zip(zones, (["subnet-0000000a"], ["subnet-0000000b"]), strict=True))
    changes = {"pods.zones": zones, "egress.0.nat_gateways": gateways, "vpc.node_subnets": subnets}
    labels = {"karpenter.sh/nodepool": "pool", "topology.k8s.aws/zone-id": "euw1-az1"}
    read = series(verified(changes, nodes=[a_node(labels=labels)], pods=[]))
    assert value(read, "podspace_nodes", zone=zone) == 1


def test_pools_are_facts_too() -> None:
    first, second = facts(verified())["pools"]
    assert (first["node_pool"], first["zone"], first["nodes"], first["pods"]) == ("pool", "eu-west-1a", 1, {"right": 1})
    assert second["zone"] == "eu-west-1b"


def test_a_cluster_without_nodes_and_pods_has_no_series_of_them_and_was_read() -> None:
    read = series(verified(nodes=[], pods=[]))
    assert names(read).isdisjoint({"podspace_nodes", "podspace_pods"})
    assert value(read, "podspace_readable", source="pods") == 1


@pytest.mark.parametrize(
    ("kind", "gone"), [("nodes", {"podspace_nodes", "podspace_pods"}), ("pods", {"podspace_pods"})]
)
def test_what_of_the_cluster_cannot_be_read_has_no_metrics(kind: str, gone: set[str]) -> None:
    """Part of the pods or nodes would be a wrong number."""
    read = series(verified(broken={kind: unread(kind)}, subnets=SUBNETS))
    assert names(read).isdisjoint(gone)
    assert {"podspace_nodes", "podspace_pods"} - gone <= names(read)
    assert {source.plural: value(read, "podspace_readable", source=source.plural) for source in READ} == {
        source.plural: source.plural != kind for source in READ
    }


def test_a_kind_that_the_cluster_has_not_is_read() -> None:
    missing = KindMissingError(Diagnostic(subject="nodeclaims", message="no such kind"))
    assert value(series(verified(broken={"nodeclaims": missing})), "podspace_readable", source="nodeclaims") == 1


def test_the_time_of_the_reading_is_a_metric_and_a_fact() -> None:
    verification = verified()
    assert value(series(verification), "podspace_read_timestamp_seconds") == NOW.timestamp()
    assert verification.facts["read_at"] == "2026-11-20T12:00:00Z"


def earlier(**zones: ZoneSpace) -> EarlierReading:
    return EarlierReading(
        path=Path("e.json"),
        at=NOW - timedelta(days=2),
        zones={"net": {"eu-west-1a": zones["a"]}},
        subnets={"net": {"subnet-1"}},
    )


def test_the_time_that_is_left_needs_two_readings() -> None:
    """In seconds: 12 prefixes are free, and 2 more are in use than two days ago."""
    assert values(series(verified(subnets=SUBNETS)), "podspace_zone_left_seconds") == []
    then = ZoneSpace(zone="eu-west-1a", addresses=251, free_addresses=234, prefixes=14, free_prefixes=14)
    read = series(verified(subnets=SUBNETS, earlier=earlier(a=then)))
    labels = {"network": "net", "zone": "eu-west-1a"}
    assert value(read, "podspace_zone_left_seconds", resource="prefixes", **labels) == 12 * 86_400
    assert math.isinf(value(read, "podspace_zone_left_seconds", resource="addresses", **labels))


def test_names_of_strangers_are_cleaned() -> None:
    pool = {"karpenter.sh/nodepool": 'a\x1b[2J"b\\c\n'}
    read = series(verified(nodes=[a_node(labels=pool)], pods=[a_pod()]))
    assert value(read, "podspace_nodes", node_pool='a [2J"b\\c') == 1


def test_every_metric_is_a_gauge_with_a_prefix_and_no_metric_is_there_twice() -> None:
    metrics = [metric.name for metric in verified(subnets=SUBNETS).metrics]
    assert len(set(metrics)) == len(metrics)
    assert all(name.startswith("podspace_") for name in metrics)
    assert set(SUBNET_METRICS) <= set(metrics)
