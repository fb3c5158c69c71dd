"""The order in which a pod network goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from podspace.planning import NetworkFile, read_network_files
from podspace.teardown import steps
from tests.mother import A_NEW_CLUSTER, a_network_file

CONFIGS = sorted(Path("config").glob("*.yaml"))


def the(name: str) -> NetworkFile:
    (file,) = read_network_files(Path("config") / name)
    return file


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_nodes_go_before_their_class_and_subnets_before_blocks(path: Path) -> None:
    """Each step names what it takes away, and when the next can begin."""
    (file,) = read_network_files(path)
    order = steps(file)
    assert all(step.done for step in order)
    commands = [command for step in order for command in step.commands]
    ranks = [
        rank
        for command in commands
        for rank, verb in enumerate(("delete nodepool", "delete nodeclass", "cdk deploy", "cdk destroy"))
        if verb in command
    ]
    assert ranks == sorted(ranks)
    assert commands[-1].startswith(f"cdk destroy {file.plan.name} ")
    for pool in file.plan.node_pools:
        assert any(pool.metadata.name in command for command in commands)


def test_protections_are_switched_off_before_the_stack_goes() -> None:
    protected = a_network_file({**A_NEW_CLUSTER, "cluster.create.deletion_protection": True})
    order = [step.what for step in steps(protected)]
    assert any("deletion_protection: false" in what for what in order[:-1])
    assert not any("protection" in step.what for step in steps(the("new-cluster.yaml")))
    assert not any("protection" in step.what for step in steps(the("article.yaml")))


def test_network_and_cluster_account_of_a_shared_vpc_name_each_other() -> None:
    """The cluster half is deleted first, by the other account; the network half stays until then."""
    network, cluster = steps(the("shared-vpc-network.yaml")), steps(the("shared-vpc-cluster.yaml"))
    assert "444455556666" in network[0].what
    assert not network[0].commands
    assert "111122223333" in cluster[-1].what
    assert not any("111122223333" in step.what for step in network)
