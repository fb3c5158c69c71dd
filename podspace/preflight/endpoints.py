"""VPC endpoints: security groups that admit pods, and no second endpoint of a service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.group import Endpoint, SecurityGroup
from podspace.live.aws.network import Network
from podspace.live.aws.port_set import NO_PORTS
from podspace.planning import id_of
from podspace.preflight.pod_access import planned_ports, pod_groups

_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
_HTTPS: Final = 443


def endpoint_groups(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The security groups of existing endpoints that the config names are in the VPC."""
    endpoints = deployment.plan.endpoints
    for group_id in endpoints.groups if endpoints else ():
        if group_id in network.groups:
            yield ok("endpoint-groups", group_id, "exists; after the deployment it admits the pods")
        else:
            text = f"{group_id} is not a security group of {network.vpc_id}"
            yield error("endpoint-groups", group_id, text, fix="correct endpoints.interfaces.security_group_ids")


def closed_endpoints(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """Endpoints with private DNS admit the pods, whose addresses are not translated inside the VPC."""
    plan = deployment.plan
    blocks = [block.cidr for block in plan.pods.blocks]
    of_pods = pod_groups(plan, network)
    planned = planned_ports(plan, (id_of(plan.cluster.security_group),))
    for endpoint in judged_endpoints(deployment, network):
        groups = [network.groups[each.group_id] for each in endpoint.groups if each.group_id in network.groups]
        admits = any(_admits(group, blocks, of_pods) for group in groups)
        where = f"{endpoint.endpoint_id} ({endpoint.service_name})"
        if admits or any(_HTTPS in planned.get(group.group_id, NO_PORTS) for group in groups):
            yield ok("closed-endpoints", where, "admits the pods")
        elif groups:
            names = ", ".join(group.group_id for group in groups)
            text = f"its security groups ({names}) do not admit the pods' addresses on TCP 443"
            fix = "list one of them under endpoints.interfaces, with existing: true"
            yield warning("closed-endpoints", where, text, fix=fix, source=_PAGE)


def judged_endpoints(deployment: Deployment, network: Network) -> tuple[Endpoint, ...]:
    """The endpoints that `closed_endpoints` is about: none if the plan has no CIDR block for pods."""
    if not deployment.plan.pods.blocks:
        return ()
    found = (each for each in network.endpoints if _has_private_dns(each))
    return tuple(each for each in found if not deployment.stack.created(each.endpoint_id))


def _has_private_dns(endpoint: Endpoint) -> bool:
    """Whether the VPC resolves the public name of the service to it."""
    unusable = {"deleted", "deleting", "failed", "rejected", "expired"}
    return endpoint.endpoint_type == "Interface" and endpoint.private_dns and endpoint.state.lower() not in unusable


def _admits(group: SecurityGroup, blocks: Sequence[IPv4Network], of_pods: Sequence[str]) -> bool:
    by_address = all(_HTTPS in group.ports_for(block) for block in blocks)
    return by_address or _HTTPS in group.ports_for_groups(of_pods)


def doubled_endpoints(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The VPC has no other interface endpoint with private DNS of a service that the plan creates one for."""
    plan = deployment.plan.endpoints
    if plan is None:
        return
    existing = {
        endpoint.service_name: endpoint.endpoint_id
        for endpoint in network.endpoints
        if _has_private_dns(endpoint) and not deployment.stack.created(endpoint.endpoint_id)
    }
    for service in plan.interfaces:
        if service in existing:
            text = f"the VPC has {existing[service]} for it already; one endpoint of a service can have private DNS"
            fix = "remove it from endpoints.interfaces.services, and list its security group in another config"
            yield error("doubled-endpoints", service, text, fix=fix, source=_PAGE)
        else:
            yield ok("doubled-endpoints", service, "the VPC has no other endpoint for it")
