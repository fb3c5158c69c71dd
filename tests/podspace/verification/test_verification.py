"""A plan is held against a whole cluster, or as much of it as can be read."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.failure import KindMissingError, LiveError, UnreadError
from podspace.planning import InputError
from podspace.verification import SubnetUse, verify
from tests.mother import Changes, a_network_file, a_plan
from tests.podspace.cluster_objects import GivenCluster, a_node, a_node_pool, a_pod, cluster_objects
from tests.podspace.verification.network import found, outcomes, verified


def test_a_cluster_in_order_is_proven() -> None:
    """Everything is ok."""
    verification = verified()
    assert outcomes(verification) == set()
    assert verification.proven
    assert exit_status(verification.verdicts) == 0


def test_without_pods_nothing_is_proven() -> None:
    """Which is a warning, and says how to prove it."""
    verification = verified(pods=[])
    assert outcomes(verification) == {("pod-addresses", "warning")}
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
    assert outcomes(verification) == {(check, "error")}
    assert not verification.proven
    (text,) = (verdict.message for verdict in found(verification, check) if verdict.severity == "error")
    assert "shop/x 1" in text
    assert "on i-a in eu-west-1a" in text


def test_of_many_pods_in_the_wrong_place_a_few_are_named() -> None:
    """And the rest counted; programs get twenty."""
    verification = verified(pods=[a_pod(f"p{number}", address="10.0.0.77") for number in range(1_000)])
    (verdict,) = found(verification, "pod-addresses")
    assert verdict.message.startswith("1,000 pods have addresses of no pod subnet: shop/p0 10.0.0.77 on i-a")
    assert "and 997 more; must be of 100.64.0.0/18, 100.64.64.0/18" in verdict.message
    pods = verification.facts["pods"]
    assert isinstance(pods, dict)
    outside = pods["outside"]
    assert isinstance(outside, dict)
    assert outside["count"] == 1_000
    assert isinstance(outside["examples"], list)
    assert len(outside["examples"]) == 20


def test_pods_that_stay_elsewhere_are_warned_of_by_pool() -> None:
    """With their namespaces, and whether they take addresses of the pod subnets."""
    nodes = [a_node(), a_node("i-x", labels={"karpenter.sh/nodepool": "general-purpose"})]
    pods = [a_pod(), a_pod("a", node="i-x", address="10.0.0.50"), a_pod("b", node="i-x", address="100.64.0.50")]
    verification = verified(nodes=nodes, pods=pods)
    assert outcomes(verification) == {("pods-elsewhere", "warning")}
    (verdict,) = found(verification, "pods-elsewhere")
    assert verdict.subject == "NodePool general-purpose"
    assert verdict.message == "2 pods are there, in shop; 1 with an address of the pod subnets"
    assert verification.proven


def test_pods_of_which_nothing_is_to_be_said_are_counted_apart() -> None:
    """So that the numbers add up."""
    pods = [
        a_pod(),
        a_pod("a", address="10.0.0.10", spec={"hostNetwork": True}),
        a_pod("b", status={"phase": "Succeeded"}),
        a_pod("c", node="", address=None),
    ]
    verification = verified(pods=pods)
    assert outcomes(verification) == set()
    (verdict,) = found(verification, "pods-apart")
    assert verdict.message == "1 with the node's address on the host's network, 1 finished, 1 on no node yet"


def test_pods_that_wait_for_an_address_are_a_warning() -> None:
    """They may be starting; the oldest tells."""
    verification = verified(pods=[a_pod(), a_pod("a", address=None)])
    assert outcomes(verification) == {("pods-without-address", "warning")}
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
    assert outcomes(verification) == {("pod-addresses", "unknown")}
    assert exit_status(verification.verdicts) == 2
    assert "none in a pod subnet" not in found(verification, "node-addresses")[0].message


def test_subnets_that_were_looked_up_decide_it() -> None:
    """Their space is judged too."""
    verification = verified(BY_ID, subnets=USES)
    assert outcomes(verification) == set()
    assert len(found(verification, "subnet-space")) == 2
    moved = verified(BY_ID, subnets=USES, pods=[a_pod(address="10.0.0.77")])
    assert ("pod-addresses", "error") in outcomes(moved)


def test_pieces_of_subnets_matter_unless_all_nodes_take_single_addresses() -> None:
    """As `ipv4_prefix_size: "32"` says."""
    single = {"node_classes": [{"name": "class", "advanced_networking": {"ipv4_prefix_size": "32"}}]}
    assert "/28" in found(verified(subnets=USES), "subnet-space")[0].message
    assert "/28" not in found(verified(single, subnets=USES), "subnet-space")[0].message


FORBIDDEN = UnreadError(Diagnostic(subject="x", message="403 Forbidden: must be allowed to be listed", fix="grant it"))


@pytest.mark.parametrize("plural", ["pods", "nodes", "events", "nodeclasses", "nodepools", "nodeclaims"])
def test_what_cannot_be_read_is_named_and_the_rest_is_told(plural: str) -> None:
    """Nothing is held to be missing that was not read."""
    verification = verified(**{plural: []}, broken={plural: FORBIDDEN})  # type: ignore[arg-type]
    assert {outcome for _, outcome in outcomes(verification)} == {"unknown"}
    (verdict,) = found(verification, "readable")
    assert (verdict.subject, verdict.message) == ("x", "403 Forbidden: must be allowed to be listed")
    assert verdict.fix == "grant it"
    assert any(each.severity == "ok" for each in verification.verdicts)


def test_pods_on_nodes_that_could_not_be_read_are_unknown() -> None:
    """And so is whether any proves it."""
    verification = verified(nodes=[], broken={"nodes": FORBIDDEN})
    texts = [verdict.message for verdict in found(verification, "pod-addresses")]
    assert [text.split(":")[0] for text in texts] == [
        "2 pods are on nodes that are not known, as nodes could not be read"
    ]


def test_a_reason_for_several_kinds_is_told_once() -> None:
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
    assert [verdict.subject for verdict in found(verification, "readable")] == ["nodeclasses", "nodepools"]
    assert exit_status(verification.verdicts) == 1


def test_a_node_made_while_it_is_read_is_a_warning() -> None:
    """Its pods cannot be placed."""
    verification = verified(pods=[a_pod(), a_pod("a", node="i-new")])
    assert outcomes(verification) == {("pod-addresses", "warning")}
    assert "made or gone while this was read: shop/a" in found(verification, "pod-addresses")[1].message


def test_where_nothing_can_be_read_nothing_is_told() -> None:
    """The reason is all there is."""

    gone = GivenCluster(cluster_objects(), nodes=LiveError(Diagnostic(subject="https://x", message="must answer")))
    with pytest.raises(LiveError, match="must answer"):
        verify(a_network_file(), gone)


def test_the_half_of_a_network_without_a_cluster_is_refused() -> None:
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
    with pytest.raises(InputError, match="must be the file of the cluster's half"):
        verify(a_network_file(changes), GivenCluster(cluster_objects()))


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
