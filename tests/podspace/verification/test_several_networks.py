"""Several networks of one cluster are verified together, each by its own file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from podspace.diagnostic import InputError, exit_status
from podspace.planning import NetworkFile
from podspace.verification import Verification, verify
from podspace.verification.one_cluster import of_one_cluster
from tests.mother import Changes, a_network_file
from tests.podspace.cluster_objects import (
    GivenCluster,
    a_node,
    a_node_class,
    a_node_pool,
    a_pod,
    an_event,
    cluster_objects,
)
from tests.podspace.verification.network import NOW

TEAM: Changes = {
    "name": "team",
    "pods.cidrs": ["100.80.0.0/16"],
    "node_classes": [{"name": "team-class"}],
    "node_pools.0.name": "team-pool",
}
FILES = [a_network_file(), a_network_file(TEAM, path="team.yaml")]
NODES = [a_node(), a_node("i-t", addresses=["10.0.0.20"], labels={"karpenter.sh/nodepool": "team-pool"})]
OWN, THEIRS = a_pod(), a_pod("t", node="i-t", address="100.80.0.20")


def together(files: Sequence[NetworkFile] = FILES, **changes: Sequence[Any]) -> Verification:
    objects = {
        "nodes": NODES,
        "pods": [OWN, THEIRS],
        "nodeclasses": [a_node_class(), a_node_class("team-class")],
        "nodepools": [a_node_pool(), a_node_pool("team-pool", node_class="team-class")],
    }
    return verify(files, GivenCluster(cluster_objects(**{**objects, **changes})), at=NOW)


def not_ok(verification: Verification) -> set[tuple[str, str, str]]:
    """The id, the severity and the file of each diagnostic that is not ok."""
    return {(each.id, each.severity, each.location.file) for each in verification.diagnostics if each.severity != "ok"}


def test_pods_of_the_other_network_are_its_own_pods() -> None:
    """With one of the two files they are pods on nodes of no network."""
    both = together()
    assert not_ok(both) == set()
    assert both.proven
    assert not_ok(together(FILES[:1])) == {("pods-elsewhere", "warning", "")}


def test_each_network_has_its_diagnostics_with_its_file() -> None:
    """The diagnostics of one network alone have no file, as text would repeat it."""
    ids = ["node-class-ready", "node-pool-ready", "node-addresses", "pod-addresses"]
    found = [(each.id, each.location.file) for each in together().diagnostics]
    assert found == [(id, str(file.path)) for file in FILES for id in ids]
    assert {each.location.file for each in together(FILES[:1]).diagnostics} == {""}


@pytest.mark.parametrize(("pod", "file"), [("web-1", "net.yaml"), ("t", "team.yaml")])
def test_a_pod_with_an_address_of_the_other_network_is_an_error_of_its_own(pod: str, file: str) -> None:
    swapped = {"web-1": a_pod(address="100.80.0.20"), "t": a_pod("t", node="i-t")}
    pods = [
        swapped.get(each["metadata"]["name"], each) if each["metadata"]["name"] == pod else each
        for each in (OWN, THEIRS)
    ]
    verification = together(pods=pods)
    assert not_ok(verification) == {("pod-addresses", "error", file)}
    assert not verification.proven


def test_it_is_proven_when_each_network_is() -> None:
    """A network without a pod is a warning, and `--watch` goes on."""
    verification = together(pods=[OWN])
    assert not_ok(verification) == {("pod-addresses", "warning", "team.yaml")}
    assert not verification.proven


def test_pods_of_no_network_are_counted_once_for_all() -> None:
    """With those that take addresses of any of the networks."""
    nodes = [*NODES, a_node("i-x", labels={"karpenter.sh/nodepool": "general-purpose"}, addresses=["10.0.0.30"])]
    others = [
        a_pod(f"x{n}", node="i-x", address=address)
        for n, address in enumerate(("100.64.0.9", "100.80.0.9", "10.0.0.9"))
    ]
    verification = together(nodes=nodes, pods=[OWN, THEIRS, *others])
    assert not_ok(verification) == {("pods-elsewhere", "warning", "")}
    elsewhere = verification.facts["elsewhere"]
    assert isinstance(elsewhere, dict)
    assert elsewhere["NodePool general-purpose"] == {"count": 3, "in_pod_subnets": 2, "namespaces": {"shop": 3}}


def test_a_message_of_a_pod_of_any_of_the_networks_is_an_error() -> None:
    """While the pod waits."""
    event = an_event("failed to assign an IP address to container", name="t")
    pods = [OWN, THEIRS, a_pod("t", node="i-t", address=None)]
    assert ("no-pod-address", "error", "") in not_ok(together(pods=pods, events=[event]))
    assert ("no-pod-address", "warning", "") in not_ok(together(FILES[:1], pods=pods, events=[event]))


def test_programs_get_the_counts_of_each_network_and_of_all() -> None:
    facts = together().facts
    networks = facts["networks"]
    assert isinstance(networks, list)
    counts = {each["name"]: each["pods"]["right"]["count"] for each in networks}  # type: ignore[index,call-overload]
    assert counts == {"net": 1, "team": 1}
    assert facts["pods"]["right"]["count"] == 2  # type: ignore[index,call-overload]
    assert (facts["network"], together(FILES[:1]).facts["network"]) == ("", "net")


OWNERS_HALF: Changes = {
    "name": "owner",
    "vpc.shared_with": ["444455556666"],
    "vpc.node_subnets": None,
    "cluster.security_group_id": None,
    "pods.security_group": None,
    "node_classes": [],
    "node_pools": [],
}


def test_the_file_of_the_owner_of_a_shared_vpc_is_left_out() -> None:
    """With a note, if another file has nodes and pods."""
    files = [a_network_file(OWNERS_HALF, path="owner.yaml"), FILES[0]]
    verification = together(files, nodes=[a_node()], pods=[OWN])
    assert not_ok(verification) == {("network-account-config", "note", "owner.yaml")}
    assert exit_status(verification.diagnostics) == 0
    with pytest.raises(InputError):
        of_one_cluster(files[:1])


@pytest.mark.parametrize(
    "changes",
    [{"cluster.name": "other"}, {"environment.account": "444455556666"}],
    ids=["another name", "another account"],
)
def test_files_of_several_clusters_are_refused(changes: Changes) -> None:
    """Each file with its cluster."""
    files = [
        a_network_file({"environment.account": "111122223333"}),
        a_network_file({**TEAM, **changes}, path="team.yaml"),
    ]
    expected = {("several-clusters", str(file.path)) for file in files}
    if "cluster.name" not in changes:
        assert of_one_cluster([FILES[0], files[1]])  # a file without an account may be of any
    with pytest.raises(InputError) as refused:
        of_one_cluster(files)
    assert {(each.id, each.location.file) for each in refused.value.diagnostics} == expected
