"""The config that is proposed for an existing VPC and cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.live.aws.account import Account
from podspace.planning.json_schema import SCHEMA_FILE
from podspace.proposal.addresses import Addresses, addresses
from podspace.proposal.choice import Choice
from podspace.proposal.config_text import Entry, config_text
from podspace.proposal.egress import closed_groups, egress, gateway_endpoints
from podspace.proposal.node_subnets import NodeSubnets, node_subnets
from podspace.proposal.request import Request
from podspace.proposal.survey import Survey, refusals, survey
from podspace.proposal.warnings import warnings
from podspace.quota import BLOCKS, SUBNETS

_FIRST_LINE: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""What names the schema of the file to an editor; `write_config` writes that too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A config, as the text of its file.

    Attributes:
        text: text of the config file.
        choices: the chosen values with their reasons, by key of the config; the comments of the file have them too.
        unread: errors of data that could not be read, by the key of the config that needs it.
        warnings: reasons why nodes or pods of this config do not work in the present VPC and cluster.
    """

    text: str
    choices: Mapping[str, Choice]
    unread: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]

    @property
    def data(self) -> JsonValue:
        """The data of the file."""
        data: JsonValue = yaml.safe_load(self.text)
        return data


def propose(account: Account, request: Request) -> Proposal:
    """Propose a config for an existing VPC and cluster.

    Raises:
        LiveError: the cluster or the VPC does not exist or cannot be read.
        InputError: no config can be written for them.
    """
    found = survey(account, vpc_id=request.vpc_id, cluster=request.cluster, network=request.network)
    nodes = node_subnets(found, requested=request.node_subnets)
    if problems := tuple(refusals(found, nodes.by_zone)):
        raise InputError(problems)
    pods = addresses(found, zones=tuple(nodes.by_zone), wanted=request.pod_cidrs)
    sections = (
        Entry(key="name", value=request.network),
        Entry(key="environment", value=tuple(_environment(found))),
        Entry(key="vpc", value=tuple(_vpc(found, pods, nodes))),
        Entry(key="cluster", value=tuple(_cluster(found))),
        Entry(key="pods", value=tuple(_pods(pods))),
        *_egress(found, pods, nodes),
        *_nodes(request.network),
    )
    if problems := tuple(_created_by_stack(found, sections)):
        raise InputError(problems)
    head = f"The pod network of cluster {request.cluster} in {found.vpc.vpc_id}, as `podspace init` found them."
    notes_below = (*_deployed(found), *_notes(found))
    warned = tuple(warnings(found, nodes))
    notes = [f"Not read, so complete it by hand: {key}. {reason}" for key, reason in sorted(found.unread.items())]
    text = config_text(sections, head="\n".join([head, *notes]), foot="\n".join(notes_below))
    return Proposal(
        text=_FIRST_LINE + text, choices=dict(_chosen(sections)), unread=dict(found.unread), warnings=warned
    )


def _created_by_stack(found: Survey, sections: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Resources that the config would name as existing, although the stack of the pod network created them."""
    named = frozenset(_texts(_data(tuple(sections))))
    clusters = {"AWS::EKS::Cluster": found.cluster.name}
    for each in found.known("name", lambda: found.stack.created_of(named, clusters)) or ():
        yield Diagnostic(
            id="created-by-stack",
            location=Location(kind=each.resource_type, name=each.service_id),
            message=f"must not be created by the stack {found.stack.name} of this pod network: a config that names it "
            "as existing would delete it",
            fix="use the config that the stack was deployed from; for another pod network, give another --name",
        )


def _texts(data: JsonValue) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(each)


def _deployed(found: Survey) -> Iterator[str]:
    if found.deployed:
        yield (
            "This pod network is deployed already. Its addresses are read here; its endpoints, flow logs, groups, "
            "NodeClasses and NodePools are not. Compare this file with the one it was deployed with (`podspace diff`)."
        )


def _notes(found: Survey) -> Iterator[str]:
    """Notes about flow logs and managed node groups."""
    logs = found.known("flow_logs", lambda: found.network.flow_logs)
    if logs:
        yield f"Flow logs: {logs[0].flow_log_id} records the whole VPC, including the pods."
    elif logs is not None:
        yield "Flow logs: the VPC has none; `flow_logs: {}` records the pod subnets."
    if groups := found.known("vpc_cni", lambda: found.live.node_groups):
        add_ons = found.known("vpc_cni", lambda: found.live.add_ons)
        if add_ons is None:
            how = "`vpc_cni: {}` also gives their pods these addresses, if the cluster has the vpc-cni add-on"
        elif "vpc-cni" in add_ons:
            how = "`vpc_cni: {}` also gives their pods these addresses"
        else:
            how = "they have no vpc-cni add-on"
        yield f"Managed node groups ({', '.join(groups)}): {how}, see docs/managed-node-groups.md."


def _chosen(entries: tuple[Entry, ...], outer: str = "") -> Iterator[tuple[str, Choice]]:
    for entry in entries:
        key = f"{outer}{entry.key}"
        if entry.why:
            yield key, Choice(value=_data(entry.value), why=entry.why)
        if isinstance(entry.value, tuple):
            yield from _chosen(entry.value, f"{key}.")


def _data(value: JsonValue | tuple[Entry, ...]) -> JsonValue:
    return {each.key: _data(each.value) for each in value} if isinstance(value, tuple) else value


def _environment(found: Survey) -> Iterator[Entry]:
    yield Entry(key="region", value=found.network.account.region)
    if found.vpc.owner_id:
        yield Entry(key="account", value=found.vpc.owner_id)


def _vpc(found: Survey, pods: Addresses, nodes: NodeSubnets) -> Iterator[Entry]:
    others = [str(cidr) for cidr in found.vpc.cidrs if cidr not in pods.associated_by_stack]
    yield Entry(key="id", value=found.vpc.vpc_id)
    yield Entry(key="cidrs", value=[*others], why="every CIDR block of the VPC, the primary first")
    subnets = tuple(Entry(key=zone, value=[*ids]) for zone, ids in nodes.by_zone.items())
    yield Entry(key="node_subnets", value=subnets, why=nodes.why)
    if found.peers:
        yield Entry(key="peers", value=[*map(str, found.peers)], why="CIDR blocks of the VPCs it is peered with")
    if found.routes:
        why = "destinations in its route tables; a CIDR block of pods must not cover one"
        yield Entry(key="routes", value=[*map(str, found.routes)], why=why)
    for key, value, usual in (
        ("cidr_quota", found.block_quota, BLOCKS.default),
        ("subnet_quota", found.subnet_quota, SUBNETS.default),
    ):
        if value != usual:
            yield Entry(key=key, value=value, why=f"the account's quota, {usual} by default")


def _cluster(found: Survey) -> Iterator[Entry]:
    yield Entry(key="name", value=found.cluster.name)
    group = found.cluster.vpc.cluster_security_group_id
    yield Entry(key="security_group_id", value=group, why="the security group that EKS created for the cluster")
    if service := found.cluster.services.service_ipv4_cidr:
        yield Entry(key="service_cidr", value=str(service))
    role = found.cluster.compute.node_role_arn.rpartition("/")[2]
    why = "a new role, with the access entry that lets its nodes join"
    if role:
        why += f"; {{ name: {role}, access_entry: false }} would use the role of the built-in node pools"
    yield Entry(key="node_role", value={"create": True}, why=why)
    why = "ports of the nodes that pods reach, such as [9100] for node-exporter; the kubelet's is open"
    yield Entry(key="host_network_ports", value=[], why=why)


def _pods(pods: Addresses) -> Iterator[Entry]:
    yield Entry(key="cidrs", value=pods.cidrs.value, why=pods.cidrs.why)
    for key, choice in (("zones", pods.zones), ("subnet_prefix", pods.subnet_prefix), ("subnets", pods.subnets)):
        if choice:
            yield Entry(key=key, value=choice.value, why=choice.why)
    why = (
        "a new security group, which admits pods, nodes and the control plane; docs/security-groups.md describes the "
        "rules for load balancers and clients in the VPC"
    )
    yield Entry(key="security_group", value={"kind": "dedicated", "ingress": []}, why=why)


def _egress(found: Survey, pods: Addresses, nodes: NodeSubnets) -> Iterator[Entry]:
    choice = egress(found, nodes, pods.pod_zones or tuple(nodes.by_zone))
    yield Entry(key="egress", value=choice.value, why=choice.why)
    gateways, groups = gateway_endpoints(found), closed_groups(found, pods.blocks)
    entries = []
    if gateways:
        entries.append(Entry(key="gateways", value=gateways.value, why=gateways.why))
    if groups:
        inner = (
            Entry(key="existing", value=True),
            Entry(key="security_group_ids", value=groups.value, why=groups.why),
        )
        entries.append(Entry(key="interfaces", value=inner))
    if entries:
        yield Entry(key="endpoints", value=tuple(entries))


def _nodes(network: str) -> Iterator[Entry]:
    why = "Random: pods leave the VPC with their node's address; Disabled: with their own, by `egress`"
    yield Entry(key="node_classes", value=[{"name": network, "snat_policy": "Random"}], why=why)
    requirement: JsonValue = {"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["c", "m", "r"]}
    pool: JsonValue = {"name": network, "requirements": [requirement]}
    yield Entry(key="node_pools", value=[pool], why="pods on the nodes of this pool get the new addresses")
