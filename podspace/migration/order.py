"""The order of a migration: steps with the commands that a person runs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from podspace.api.node_pool import BUILT_IN_NODE_POOLS
from podspace.live.kubernetes import NodePool
from podspace.migration.move_census import Source
from podspace.planning import NetworkFile
from podspace.reporting.step import Step
from podspace.reporting.wording import counted

_BUILT_IN_CLASS: Final = "default"
_NODE_CLASS_LABEL: Final = "eks.amazonaws.com/nodeclass"
_NODES_AT_ONCE: Final = 10
_DRAIN: Final = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
"""Names of nodes and NodePools; others, which the API server refuses, are in no command."""
_GROUP: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""Names of managed node groups."""
_FARGATE: Final = "Fargate"
_UNPROVEN: Final = " (unproven: not run in an AWS account)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What the order depends on.

    Attributes:
        files: the config files, and their plans.
        ready: whether the NodePools of the plans exist and are ready.
        pools: the NodePools of the cluster.
        sources: what created the nodes that pods move away from, by its name in words.
        moved: how many pods are on nodes of the plans already.
        connection: options of kubectl and podspace that choose the cluster, such as `--context=prod`.
    """

    files: Sequence[NetworkFile]
    ready: bool
    pools: Sequence[NodePool]
    sources: Mapping[str, Source]
    moved: int
    connection: Sequence[str]

    @property
    def left(self) -> Mapping[str, Source]:
        """The sources with pods to move."""
        return {name: source for name, source in self.sources.items() if source.pods}

    @property
    def drained(self) -> Mapping[str, Source]:
        """The sources with pods to move whose nodes can be drained: not those of Fargate."""
        return {name: source for name, source in self.left.items() if name != _FARGATE}

    @property
    def built_in(self) -> list[str]:
        """The built-in node pools of the cluster, also those that only their nodes show."""
        of_users = {pool.name for pool in self.pools if pool.node_class != _BUILT_IN_CLASS}
        names = {pool.name for pool in self.pools} | {source.node.pool for source in self.sources.values()}
        return [name for name in sorted(BUILT_IN_NODE_POOLS) if name in names and name not in of_users]

    @property
    def node_classes(self) -> list[str]:
        """The names of the NodeClasses of the plans."""
        return [each.metadata.name for file in self.files for each in file.plan.node_classes]

    def is_kept(self, pool: str) -> bool:
        """Whether a NodePool is one that pods move to, although it has nodes of another NodeClass too."""
        planned = (each.metadata.name for file in self.files for each in file.plan.node_pools)
        return pool in planned or any(each.name == pool and each.node_class in self.node_classes for each in self.pools)

    def label(self, source: Source) -> str:
        """A label selector of the nodes of a source; empty for nodes without one, and for names that no object has."""
        pool, group = source.node.pool, source.node.group
        if not pool:
            return f"eks.amazonaws.com/nodegroup={group}" if _GROUP.fullmatch(group) else ""
        others = [f"{_NODE_CLASS_LABEL}!={name}" for name in self.node_classes] if self.is_kept(pool) else []
        return ",".join([f"karpenter.sh/nodepool={pool}", *others]) if _NAME.fullmatch(pool) else ""

    def kubectl(self, *arguments: str) -> str:
        """A command of kubectl for the cluster."""
        return shlex.join(["kubectl", *self.connection, *arguments])

    def podspace(self, command: str) -> str:
        """A command of podspace that reads the cluster."""
        return shlex.join(["podspace", command, *(str(file.path) for file in self.files), *self.connection])

    def aws(self, command: str, *arguments: str) -> str:
        """A command of the AWS CLI for EKS in the region of the cluster."""
        return shlex.join(["aws", "eks", command, "--region", self.files[0].plan.region, *arguments])

    def deployed(self) -> Iterator[str]:
        """The commands that deploy the networks, and apply their manifests if the deployment does not."""
        for file in self.files:
            yield _cdk_deploy(file)
            if not file.plan.apply:
                yield self._applied(file)

    def applied(self) -> Iterator[str]:
        """The commands that apply the manifests of the networks."""
        for file in self.files:
            yield _cdk_deploy(file) if file.plan.apply else self._applied(file)

    def _applied(self, file: NetworkFile) -> str:
        manifests = shlex.join(["podspace", "manifests", str(file.path)])
        return f"{manifests} | {self.kubectl('apply', '--server-side', '--filename=-')}"


def _cdk_deploy(file: NetworkFile) -> str:
    return shlex.join(["cdk", "deploy", file.plan.name, "-c", f"config={file.path}"])


def order(situation: Situation) -> tuple[Step, ...]:
    """The steps that are left, from the NodePools of the plans to the removal of the former nodes."""
    return tuple(_steps(situation))


def _steps(situation: Situation) -> Iterator[Step]:
    if situation.left:
        yield from _prepared(situation)
        yield from _weighted(situation)
        yield from _cordoned(situation)
        yield from _drained(situation)
        if _FARGATE in situation.left:
            yield _fargate(situation)
    yield from _removed(situation)
    if situation.built_in:
        yield _built_in_removed(situation)


def _prepared(situation: Situation) -> Iterator[Step]:
    """Room for the pods, and NodePools that are ready.

    https://karpenter.sh/docs/concepts/disruption/#drift
    """
    pods = situation.moved + sum(source.pods for source in situation.left.values())
    if len(situation.files) == 1:
        yield Step(
            what=f"space: check that the pod subnets have room for {counted(pods, 'pod')}",
            commands=(shlex.join(["podspace", "plan", str(situation.files[0].path), "--pods", str(pods)]),),
            done="the pods fit",
        )
    if not situation.ready:
        changed = [pool for source in situation.left.values() if situation.is_kept(pool := source.node.pool)]
        replaced = f"; as the NodeClass of {', '.join(changed)} changes, Karpenter replaces its nodes (drift)"
        yield Step(
            what="the NodePools of the config: deploy and apply them; they add nodes only for pods that wait"
            f"{replaced if changed else ''}",
            commands=tuple(situation.deployed()),
            done=f"`{situation.podspace('verify')}` reports node-pool-ready as ok",
        )


def _weighted(situation: Situation) -> Iterator[Step]:
    """Weights, as built-in node pools cannot be changed.

    https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html; that built-in node pools have no weight is
    inferred.
    """
    pools = [pool for file in situation.files for pool in file.plan.node_pools]
    names = [pool.metadata.name for pool in pools if pool.spec.weight is None and pool.spec.replicas is None]
    if situation.built_in and names:
        yield Step(
            what=f"weight: write `weight: 10` for {', '.join(names)} in the config and apply it, so that new pods get "
            f"nodes of the config rather than of built-in node pools{_UNPROVEN}",
            commands=tuple(situation.applied()),
            done=f"`{situation.kubectl('get', 'nodepools')}` shows the weight",
        )


def _cordoned(situation: Situation) -> Iterator[Step]:
    """New pods kept off the former nodes."""
    commands = []
    for source in situation.drained.values():
        label, pool = situation.label(source), source.node.pool
        if label and pool and pool not in situation.built_in and not situation.is_kept(pool):
            limits = json.dumps({"spec": {"limits": {"cpu": "0"}}})
            commands.append(situation.kubectl("patch", "nodepool", pool, "--type=merge", f"--patch={limits}"))
        if label:
            commands.append(situation.kubectl("cordon", f"--selector={label}"))
    if commands:
        yield Step(
            what="the former nodes: cordon them, so that pods do not return to them; NodePools with a limit of 0 add "
            "no node (write it into the file that they come from, too). To go back: uncordon, and restore the limits",
            commands=tuple(commands),
            done=f"`{situation.kubectl('get', 'nodes')}` shows SchedulingDisabled for them",
        )


def _drained(situation: Situation) -> Iterator[Step]:
    """One node for a trial, then plain nodes, then those with pods of StatefulSets, then those with hindered pods."""
    plain = {name: _nodes(source, hindered=False, stateful=False) for name, source in situation.drained.items()}
    trial = min((node for nodes in plain.values() for node in nodes), key=lambda node: (node[1], node[0]), default=None)
    if trial:
        yield Step(
            what=f"a trial: drain one node without hindered pods, which has {counted(trial[1], 'pod')} to move",
            commands=(situation.kubectl("drain", trial[0], *_DRAIN), situation.podspace("verify")),
            done="its pods run with addresses of the pod subnets, and reach what they need",
        )
    for name, nodes in plain.items():
        rest = [node for node in nodes if node != trial]
        yield from _batches(situation, rest, of=f"{name}: nodes without pods that are hindered or of StatefulSets")
    for name, source in situation.drained.items():
        nodes = _nodes(source, hindered=False, stateful=True)
        yield from _batches(situation, nodes, of=f"{name}: nodes with pods of StatefulSets")
    for name, source in situation.drained.items():
        nodes = _nodes(source, hindered=True)
        of = f"{name}: nodes with hindered pods, after the errors below are corrected"
        yield from _batches(situation, nodes, of=of, before=(situation.podspace("migrate"),))


def _nodes(source: Source, *, hindered: bool, stateful: bool | None = None) -> list[tuple[str, int]]:
    """Nodes of a source with pods to move; see `Source.named`."""
    found = source.named(hindered=hindered, stateful=stateful)
    return [(name, pods) for name, pods in found if _NAME.fullmatch(name)]


def _batches(
    situation: Situation, nodes: Sequence[tuple[str, int]], *, of: str, before: Iterable[str] = ()
) -> Iterator[Step]:
    names = [name for name, _ in nodes]
    if names:
        parts = [names[start : start + _NODES_AT_ONCE] for start in range(0, len(names), _NODES_AT_ONCE)]
        yield Step(
            what=f"{of}: drain {counted(len(names), 'node')}, one after the other",
            commands=(*before, *(situation.kubectl("drain", *part, *_DRAIN) for part in parts)),
            done="every node is drained; of one that is not within 10 minutes, kubectl names the pods that are left",
        )


def _fargate(situation: Situation) -> Step:
    """https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate-fargate.html"""
    return Step(
        what="Fargate: delete the Fargate profiles that select these pods, and restart their workloads" + _UNPROVEN,
        commands=(situation.aws("list-fargate-profiles", "--cluster-name", situation.files[0].plan.cluster_name),),
        done=f"`{situation.podspace('migrate')}` lists no pod on Fargate",
    )


def _removed(situation: Situation) -> Iterator[Step]:
    """The NodePools and node groups that the pods were on.

    https://karpenter.sh/docs/concepts/disruption/#manual-methods and
    https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html
    """
    for name, source in situation.sources.items():
        pool, group, label = source.node.pool, source.node.group, situation.label(source)
        if not label or pool in situation.built_in or situation.is_kept(pool):
            continue
        gone = f"`{situation.kubectl('get', 'nodes', f'--selector={label}')}` lists no node"
        if pool:
            command, what = situation.kubectl("delete", "nodepool", pool), "its nodes are drained and terminated"
        else:
            cluster = ("--cluster-name", situation.files[0].plan.cluster_name, "--nodegroup-name", group)
            command = situation.aws("delete-nodegroup", *cluster)
            what = "EKS waits some minutes for evictions, and then terminates its nodes"
        yield Step(what=f"{name}: delete it when no pod is to move; {what}{_UNPROVEN}", commands=(command,), done=gone)


def _built_in_removed(situation: Situation) -> Step:
    """EKS deletes a built-in node pool that the configuration of the cluster does not name.

    https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
    """
    plan, built_in = situation.files[0].plan, situation.built_in
    others = [each.name for each in situation.pools if each.node_class == _BUILT_IN_CLASS and each.name not in built_in]
    users = f"{', '.join(others)} uses the NodeClass {_BUILT_IN_CLASS}, or " if others else ""
    keep = (
        f"keep one of them while {users}a NodeClass of the config uses their node role: EKS may delete the access "
        "entry of the role with the last one (inferred)"
    )
    what = f"built-in node pools ({', '.join(built_in)}): when no pod is to move, "
    gone = f"`{situation.kubectl('get', 'nodepools')}` does not list them"
    if plan.cluster.new:
        return Step(
            what=f"{what}remove them from cluster.create.built_in_node_pools; {keep}{_UNPROVEN}",
            commands=(
                shlex.join(["podspace", "diff", "main", str(situation.files[0].path)]),
                _cdk_deploy(situation.files[0]),
            ),
            done=gone,
        )
    off = {
        "--compute-config": {"enabled": True, "nodePools": []},
        "--kubernetes-network-config": {"elasticLoadBalancing": {"enabled": True}},
        "--storage-config": {"blockStorage": {"enabled": True}},
    }
    options = [text for option, value in off.items() for text in (option, json.dumps(value))]
    return Step(
        what=f"{what}switch them off, in the stack or file that created the cluster if there is one; EKS drains and "
        f"terminates their nodes; {keep}. To keep one, write its name into nodePools, and nodeRoleArn{_UNPROVEN}",
        commands=(situation.aws("update-cluster-config", "--name", plan.cluster_name, *options),),
        done=gone,
    )
