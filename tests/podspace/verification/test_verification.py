"""A plan is held against a whole cluster, or as much of it as can be read."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from podspace.diagnostic import Diagnostic, InputError, exit_status
from podspace.live.failure import KindMissingError, LiveError, UnreadError
from podspace.verification import SubnetUse, verify
from tests.mother import Changes, a_network_file, a_plan
from tests.podspace.cluster_objects import GivenCluster, a_node, a_node_pool, a_pod, cluster_objects
from tests.podspace.verification.network import NOW, found, not_ok, verified


def test_a_cluster_in_order_is_proven() -> None:
    """Everything is ok."""
    verification = verified()
    assert not_ok(verification) == set()
    assert verification.proven
    assert exit_status(verification.diagnostics) == 0


def test_without_pods_nothing_is_proven() -> None:
    """Which is a warning, and says how to prove it."""
    verification = verified(pods=[])
    assert not_ok(verification) == {("pod-addresses", "warning")}
    assert not verification.proven
    assert "karpenter.sh/nodepool: pool" in found(verification, "pod-addresses")[0].fix


@pytest.mark.parametrize(
    ("pod", "check"),
    [
        (a_pod("x", address="10.0.0.77"), "pod-addresses"),
        (a_pod("x", address="100.64.64.77"), "pod-zones"),
        (a_pod("x", address="10.9.9.9", spec={"hostNetwork": True}), "host-network-pods"),
    ],
)
def test_a_pod_in_the_wrong_place_is_an_error(pod: dict[str, object], check: str) -> None:
    """Named with its address and its node, whatever the others do."""
    verification = verified(pods=[a_pod(), pod])
    assert not_ok(verification) == {(check, "error")}
    assert not verification.proven
    (text,) = (diagnostic.message for diagnostic in found(verification, check) if diagnostic.severity == "error")
    assert "shop/x 1" in text
    assert "on i-a in eu-west-1a" in text


def test_of_many_pods_in_the_wrong_place_a_few_are_named() -> None:
    """And the rest counted; programs get twenty."""
    verification = verified(pods=[a_pod(f"p{number}", address="10.0.0.77") for number in range(1_000)])
    (diagnostic,) = found(verification, "pod-addresses")
    assert diagnostic.message.startswith("1,000 pods have addresses of no pod subnet: shop/p0 10.0.0.77 on i-a")
    assert "and 997 more; must be of 100.64.0.0/18, 100.64.64.0/18" in diagnostic.message
    pods = verification.facts["pods"]
    assert isinstance(pods, dict)
    outside = pods["outside"]
    assert isinstance(outside, dict)
    assert outside["count"] == 1_000
    assert isinstance(outside["examples"], list)
    assert len(outside["examples"]) == 20


def test_pods_on_other_nodes_are_a_warning_by_node_pool() -> None:
    """With their namespaces, and whether they take addresses of the pod subnets."""
    nodes = [a_node(), a_node("i-x", labels={"karpenter.sh/nodepool": "general-purpose"})]
    pods = [a_pod(), a_pod("a", node="i-x", address="10.0.0.50"), a_pod("b", node="i-x", address="100.64.0.50")]
    verification = verified(nodes=nodes, pods=pods)
    assert not_ok(verification) == {("pods-elsewhere", "warning")}
    (diagnostic,) = found(verification, "pods-elsewhere")
    assert diagnostic.subject == "NodePool general-purpose"
    facts = verification.facts["elsewhere"]
    assert facts == {"NodePool general-purpose": {"count": 2, "in_pod_subnets": 1, "namespaces": {"shop": 2}}}
    assert verification.proven


def test_pods_that_are_not_checked_are_counted() -> None:
    pods = [
        a_pod(),
        a_pod("a", address="10.0.0.10", spec={"hostNetwork": True}),
        a_pod("b", status={"phase": "Succeeded"}),
        a_pod("c", node="", address=None),
    ]
    verification = verified(pods=pods)
    assert not_ok(verification) == set()
    (diagnostic,) = found(verification, "pods-apart")
    for fact in ("1 on the host network", "1 finished", "1 on no node yet"):
        assert fact in diagnostic.message


def test_pods_that_wait_for_an_address_are_a_warning() -> None:
    """They may be starting; the oldest tells."""
    verification = verified(pods=[a_pod(), a_pod("a", address=None)])
    assert not_ok(verification) == {("pods-without-address", "warning")}
    assert "oldest since 2026-11-20T10:00:00Z: shop/a on i-a" in found(verification, "pods-without-address")[0].message


BY_ID: Changes = {
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}},
    "egress": [],
}
USES = [
    SubnetUse(id="subnet-00000001", zone="eu-west-1a", cidr=IPv4Network("100.64.0.0/18"), free=9_000),
    SubnetUse(id="subnet-00000002", zone="eu-west-1b", cidr=IPv4Network("100.64.64.0/18"), free=9_000),
]


def test_subnets_known_by_id_alone_leave_it_open() -> None:
    """Which is said; nodes are held against the blocks of the VPC all the same."""
    verification = verified(BY_ID)
    assert not_ok(verification) == {("pod-addresses", "unknown")}
    assert exit_status(verification.diagnostics) == 2
    assert "none in a pod subnet" not in found(verification, "node-addresses")[0].message


def test_subnets_that_were_looked_up_decide_it() -> None:
    """Their space is judged too."""
    verification = verified(BY_ID, subnets=USES)
    assert not_ok(verification) == set()
    assert len(found(verification, "subnet-space")) == 2
    moved = verified(BY_ID, subnets=USES, pods=[a_pod(address="10.0.0.77")])
    assert ("pod-addresses", "error") in not_ok(moved)


def test_pieces_of_subnets_matter_unless_all_nodes_take_single_addresses() -> None:
    """As `ipv4_prefix_size: "32"` says."""
    single = {"node_classes": [{"name": "class", "advanced_networking": {"ipv4_prefix_size": "32"}}]}
    assert "/28" in found(verified(subnets=USES), "subnet-space")[0].message
    assert "/28" not in found(verified(single, subnets=USES), "subnet-space")[0].message


FORBIDDEN = UnreadError(Diagnostic(subject="x", message="403 Forbidden: must be allowed to be listed", fix="grant it"))


@pytest.mark.parametrize("plural", ["pods", "nodes", "events", "nodeclasses", "nodepools", "nodeclaims"])
def test_unreadable_data_is_unknown_and_the_other_checks_run(plural: str) -> None:
    """Nothing is held to be missing that was not read."""
    verification = verified(**{plural: []}, broken={plural: FORBIDDEN})  # type: ignore[arg-type]
    assert {severity for _, severity in not_ok(verification)} == {"unknown"}
    (diagnostic,) = found(verification, "readable")
    assert (diagnostic.subject, diagnostic.message) == ("x", "403 Forbidden: must be allowed to be listed")
    assert diagnostic.fix == "grant it"
    assert any(each.severity == "ok" for each in verification.diagnostics)


def test_pods_on_nodes_that_could_not_be_read_are_unknown() -> None:
    verification = verified(nodes=[], broken={"nodes": FORBIDDEN})
    assert [(each.severity, each.subject) for each in found(verification, "pod-addresses")] == [
        ("unknown", "pods on unknown nodes")
    ]


def test_a_reason_for_several_kinds_is_reported_once() -> None:
    """As of a file that breaks off."""
    verification = verified(broken={"pods": FORBIDDEN, "nodes": FORBIDDEN, "events": FORBIDDEN})
    assert len(found(verification, "readable")) == 1


def test_what_was_read_before_it_broke_off_is_counted() -> None:
    """And says how far that was."""
    verification = verified(broken={"pods": FORBIDDEN})
    assert found(verification, "readable")[0].message.endswith("; 2 Pods had been read")
    assert found(verification, "pod-addresses")[0].message.startswith("2 pods have addresses")


def test_a_kind_that_the_cluster_does_not_have_is_an_error() -> None:
    """It is known to be missing; for NodeClaims the NodePools tell it."""
    missing = {
        plural: KindMissingError(Diagnostic(subject=plural, message="must be a kind of this cluster"))
        for plural in ("nodeclasses", "nodepools", "nodeclaims")
    }
    verification = verified(nodeclasses=[], nodepools=[], nodeclaims=[], broken=missing)
    assert [diagnostic.subject for diagnostic in found(verification, "readable")] == ["nodeclasses", "nodepools"]
    assert exit_status(verification.diagnostics) == 1


def test_a_node_that_was_created_during_the_reading_is_a_warning() -> None:
    verification = verified(pods=[a_pod(), a_pod("a", node="i-new")])
    assert not_ok(verification) == {("pod-addresses", "warning")}
    assert found(verification, "pod-addresses")[1].subject == "pods on unknown nodes"


def test_without_readable_data_no_check_runs() -> None:
    """The reason is all there is."""

    gone = GivenCluster(cluster_objects(), nodes=LiveError(Diagnostic(subject="https://x", message="must answer")))
    with pytest.raises(LiveError, match="must answer"):
        verify([a_network_file()], gone, at=NOW)


def test_the_config_of_a_network_account_is_refused() -> None:
    """There is nothing to hold it against."""
    changes: Changes = {
        "vpc.shared_with": ["444455556666"],
        "vpc.node_subnets": None,
        "cluster.security_group_id": None,
        "pods.security_group": None,
        "node_classes": [],
        "node_pools": [],
    }
    assert a_plan(changes).network_half
    with pytest.raises(InputError) as refused:
        verify([a_network_file(changes)], GivenCluster(cluster_objects()), at=NOW)
    assert [each.id for each in refused.value.diagnostics] == ["network-account-config"]


def test_a_plan_without_pools_takes_those_on_its_node_classes() -> None:
    """As where NodePools are written elsewhere."""
    verification = verified(
        {"node_pools": []},
        nodepools=[a_node_pool("theirs")],
        nodes=[a_node(labels={"karpenter.sh/nodepool": "theirs"})],
        pods=[a_pod()],
    )
    assert found(verification, "pod-addresses")[0].subject == "theirs"
    assert verification.proven
