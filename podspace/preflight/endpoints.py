"""VPC endpoints: the groups that let pods in, and none made twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.group import Endpoint, SecurityGroup
from podspace.live.aws.model import tagged
from podspace.live.aws.network import Network
from podspace.planning import CLUSTER, PODS
from podspace.planning.naming import selector
from podspace.preflight.scene import Scene

_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
_HTTPS: Final = 443


def endpoint_groups(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The groups of endpoints that the file names are there."""
    interfaces = scene.config.endpoints.interfaces
    if interfaces is None:
        return
    for group_id in interfaces.security_group_ids:
        if group_id in network.groups:
            yield ok("endpoint-groups", group_id, "is there, and lets the pods in once this is deployed")
        else:
            text = f"is not a group of {network.vpc_id}"
            yield error("endpoint-groups", group_id, text, fix="mend endpoints.interfaces.security_group_ids")


def closed_endpoints(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """No endpoint with a private name is shut to the pods, whose addresses are never translated inside the VPC."""
    blocks = [block.cidr for block in scene.plan.pods.blocks]
    if not blocks:
        return
    pod_groups = _pod_groups(scene, network)
    opened = {rule.on for rule in (scene.plan.endpoints.rules if scene.plan.endpoints else ())}
    opened |= {scene.config.cluster.security_group_id or ""} if _pods_reach_cluster(scene) else set()
    for endpoint in network.endpoints:
        if not _has_private_name(endpoint) or scene.is_ours(endpoint.endpoint_id):
            continue
        groups = [network.groups[each.group_id] for each in endpoint.groups if each.group_id in network.groups]
        lets = any(_lets_in(group, blocks, pod_groups) for group in groups)
        where = f"{endpoint.endpoint_id} ({endpoint.service_name})"
        if lets or any(group.group_id in opened for group in groups):
            yield ok("closed-endpoints", where, "lets the pods in")
        elif groups:
            names = ", ".join(group.group_id for group in groups)
            text = f"is in {names}, which does not let the pods' addresses in on TCP 443"
            fix = "name the group under endpoints.interfaces, with existing: true"
            yield warning("closed-endpoints", where, text, fix=fix, source=_PAGE)


def _has_private_name(endpoint: Endpoint) -> bool:
    """Whether it takes the place of a service's public name in the VPC."""
    gone = {"deleted", "deleting", "failed", "rejected", "expired"}
    return endpoint.endpoint_type == "Interface" and endpoint.private_dns and endpoint.state.lower() not in gone


def _lets_in(group: SecurityGroup, blocks: Sequence[IPv4Network], pod_groups: Sequence[str]) -> bool:
    by_address = all(group.lets_in(block, port=_HTTPS) for block in blocks)
    return by_address or any(group.lets_in_group(pods, port=_HTTPS) for pods in pod_groups)


def _pod_groups(scene: Scene, network: Network) -> tuple[str, ...]:
    """The group of the pods, where it exists already."""
    if scene.plan.pod_group.kind == "cluster":
        return (scene.config.cluster.security_group_id or "",)
    if scene.plan.pod_group.id:
        return (scene.plan.pod_group.id,)
    return tuple(group.group_id for group in tagged(network.groups.values(), selector(scene.config, "pods")))


def _pods_reach_cluster(scene: Scene) -> bool:
    return any(rule.on == CLUSTER and rule.source == PODS for rule in scene.plan.pod_group.rules) or (
        scene.plan.pod_group.kind == "cluster"
    )


def doubled_endpoints(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """An interface endpoint with a private name is made once in a VPC."""
    plan = scene.plan.endpoints
    if plan is None:
        return
    there = {
        endpoint.service_name: endpoint.endpoint_id
        for endpoint in network.endpoints
        if _has_private_name(endpoint) and not scene.is_ours(endpoint.endpoint_id)
    }
    for service in plan.interfaces:
        if service in there:
            text = f"has {there[service]} in the VPC already, and its private name can be given once"
            fix = "leave it out of endpoints.interfaces.services, and name its group in another config"
            yield error("doubled-endpoints", service, text, fix=fix, source=_PAGE)
        else:
            yield ok("doubled-endpoints", service, "has no other endpoint in the VPC")
