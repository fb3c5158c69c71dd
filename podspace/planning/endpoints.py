"""VPC endpoints for the pods, and the groups of those that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.cluster import node_zones
from podspace.planning.config import Config
from podspace.planning.config.aws_id import in_region, is_zone_id
from podspace.planning.config.endpoints import AUTO_MODE_SERVICES
from podspace.planning.egress_settings import one_zone_each
from podspace.planning.groups import pod_group
from podspace.planning.naming import tags_named
from podspace.planning.plan import CLUSTER, PODS, EndpointsPlan, GroupRule
from podspace.planning.routes import carries_traffic
from podspace.planning.subnets import zones

PRIVATE_CLUSTER_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_APPLY_SERVICES: Final = ("eks", "lambda", "sts")


def endpoints(config: Config) -> EndpointsPlan | None:
    """The endpoints to be made, and the rules on the groups of those that exist."""
    asked = config.endpoints
    if not asked.gateways and not asked.interfaces:
        return None
    made = asked.interfaces if asked.interfaces and not asked.interfaces.existing else None
    services = {service: _full_name(config, service) for service in (*asked.gateways, *(made.services if made else ()))}
    name = f"{config.cluster.name}-{config.name}"
    return EndpointsPlan(
        gateways=tuple(services[service] for service in asked.gateways),
        interfaces=tuple(services[service] for service in (made.services if made else ())),
        zones=_zones(config),
        rules=tuple(_rules(config)),
        sources=(*vpc_cidrs(config), *config.vpc.ipv6_cidrs) if made else (),
        description=f"Endpoints of EKS cluster {config.cluster.name}, pod network {config.name}",
        tags={
            "group": tags_named(config, f"{name}-endpoints"),
            **{full: tags_named(config, f"{name}-{service}") for service, full in services.items()},
        },
    )


def _full_name(config: Config, service: str) -> str:
    return f"com.amazonaws.{config.environment.region}.{service}"


def _zones(config: Config) -> tuple[str, ...]:
    interfaces = config.endpoints.interfaces
    if interfaces is None or interfaces.existing:
        return ()
    if config.network_half:
        return tuple(interfaces.subnets or ())  # its node subnets are another account's
    return tuple(interfaces.subnets or (zone for zone in zones(config) if zone in node_zones(config)))


def _rules(config: Config) -> Iterator[GroupRule]:
    """TCP 443 from the pods, on each group that has no such rule already."""
    interfaces = config.endpoints.interfaces
    known = {(rule.on, rule.source) for rule in pod_group(config).rules if rule.ports == (443, 443)}
    own = config.cluster.security_group_id
    pods_are_in = {config.pods.security_group.id, own if config.pods.security_group.kind == "cluster" else None}
    for group in interfaces.security_group_ids if interfaces else ():
        if group in pods_are_in or (CLUSTER if group == own else group, PODS) in known:
            continue
        # The pods' group is in the other account where the VPC is shared, so they are named by their addresses.
        for source in (block.cidr for block in config.pods.cidrs) if config.network_half else (PODS,):
            yield GroupRule(on=group, source=source, protocol="tcp", ports=(443, 443), reason="Pods reach endpoints")


def endpoint_problems(config: Config) -> Iterator[Diagnostic]:
    """Endpoints that cannot be made, and a private network that lacks some."""
    yield from (problem.within("endpoints") for problem in _interface_problems(config))
    if config.endpoints.gateways and config.pods.subnet_ids is not None:
        yield Diagnostic(
            location=Location(path="endpoints.gateways"),
            message="must be left out: the route tables of pod subnets that exist are not changed here",
            fix="add those route tables to the VPC's own gateway endpoints",
        )
    yield from _private_problems(config)


def _interface_problems(config: Config) -> Iterator[Diagnostic]:
    interfaces = config.endpoints.interfaces
    if interfaces is None or interfaces.existing:
        return
    for service in interfaces.services:
        if service in ("s3", "dynamodb"):
            must = "must stand under endpoints.gateways, which costs nothing"
            yield Diagnostic(
                location=Location(path="interfaces.services"), subject=service, message=must, fix="move it there"
            )
    if config.environment.region.startswith("cn-"):
        yield Diagnostic(
            location=Location(path="interfaces"),
            message="must be left out in China, where services have other endpoint names",
            fix="make these endpoints yourself, and name their groups with `existing: true`",
        )
    if config.vpc.create and interfaces.subnets:
        yield Diagnostic(
            location=Location(path="interfaces.subnets"),
            message="must be left out: the node subnets of the VPC made here are taken",
            fix="remove it",
        )
    for zone in interfaces.subnets or ():
        if not in_region(zone, config.environment.region) or is_zone_id(zone) != any(map(is_zone_id, zones(config))):
            yield Diagnostic(
                location=Location(path=place_of(("interfaces", "subnets", zone))),
                message=f"must be a zone of the region, {config.environment.region}, written as the pods' zones are",
            )
    for problem in one_zone_each("subnets", interfaces.subnets or {}, "a subnet", ""):
        yield problem.within("interfaces")
    if not _zones(config):
        yield Diagnostic(
            location=Location(path="interfaces.subnets"),
            message="must name a subnet: no node subnet is known in a pod zone",
            fix="write `{zone: subnet-…}`",
        )


def _private_problems(config: Config) -> Iterator[Diagnostic]:
    """Nodes of a VPC made here without a way to the internet join only if every service they need has an endpoint."""
    if config.vpc.create is None or any("internet" in entry.to for entry in config.egress):
        return
    interfaces = config.endpoints.interfaces
    if interfaces is None or interfaces.existing or "s3" not in config.endpoints.gateways:
        yield Diagnostic(
            location=Location(path="endpoints"),
            message="must have `interfaces` and the gateway s3: a VPC that is made here without a way to the internet "
            "leads its nodes to no AWS service otherwise, and none joins the cluster",
            fix="write `endpoints: {gateways: [s3], interfaces: {}}`, or add an entry `to: internet` to egress",
            source=PRIVATE_CLUSTER_PAGE,
        )
    elif config.apply:
        for service in _APPLY_SERVICES:
            if service not in interfaces.services:
                yield Diagnostic(
                    location=Location(path="endpoints.interfaces.services"),
                    message=f"must hold {service} beside apply: the functions that apply the manifests are in the node "
                    "subnets and have no other way to it (inferred from CDK's kubectl provider)",
                    fix=f"add {service}",
                )


def endpoint_remarks(config: Config) -> Iterator[Diagnostic]:
    """Endpoints whose routes no pod uses, and services that a private network has none for."""
    interfaces = config.endpoints.interfaces
    away = config.vpc.create is None or any("internet" in entry.to for entry in config.egress)
    left_out = [service for service in AUTO_MODE_SERVICES if interfaces and service not in interfaces.services]
    if left_out and not away:
        yield Diagnostic(
            id="endpoints-left-out",
            severity="warning",
            message=f"{', '.join(left_out)} have no endpoint in a VPC without a way to the internet; nodes of Auto "
            "Mode may need them to join (inferred from the page on private clusters)",
        )
    if config.endpoints.gateways and carries_traffic(config) is False and config.vpc.create is None:
        yield Diagnostic(
            id="idle-endpoint",
            severity="note",
            message=f"with snatPolicy Random pods reach {', '.join(config.endpoints.gateways)} by the route table of "
            "the NODE subnet, so the gateway endpoints on the pod route tables carry nothing, and cost nothing "
            "(inferred); associate the VPC's own with the node route tables",
        )
