"""What stands beside the pods' traffic, part by part: endpoints, flow logs, the VPC CNI add-on, applied manifests."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.growth.cluster_parts import rule_part
from podspace.growth.gateway_parts import first_subnet
from podspace.growth.network_parts import tags
from podspace.growth.part import APPLY, Part
from podspace.planning import GroupRule, NetworkFile


def service_parts(file: NetworkFile) -> Iterator[Part]:
    """Endpoints, flow logs, what managed node groups need, and whatever applies manifests."""
    yield from _endpoints(file)
    yield from _flow_logs(file)
    yield from _vpc_cni(file)
    if file.plan.apply:
        zones = file.plan.pods.zones if file.plan.vpc else tuple(file.config.vpc.node_subnets or ())
        yield Part(what=APPLY, free={"subnets": tuple(first_subnet(file, zone, "nodes") for zone in zones)})


def _endpoints(file: NetworkFile) -> Iterator[Part]:
    plan, asked = file.plan.endpoints, file.config.endpoints.interfaces
    if plan is None:
        return
    tables = tuple(table.name for table in file.plan.pods.route_tables if table.new or file.plan.vpc)
    for service in plan.gateways:
        where = {"route tables": tables}
        yield Part(what="gateway endpoint", name=service, free={**where, **tags(file, plan.tags[service])})
    given = (asked.subnets if asked else None) or {}
    subnets = tuple(given.get(zone) or first_subnet(file, zone, "nodes") for zone in plan.zones)
    for service in plan.interfaces:
        yield Part(what="interface endpoint", name=service, free={"subnets": subnets, **tags(file, plan.tags[service])})
    if plan.interfaces:
        fixed = {"description": plan.description}
        yield Part(what="security group of endpoints", fixed=fixed, free=tags(file, plan.tags["group"]))
    for source in plan.sources:
        rule = GroupRule(on="endpoints", source=source, protocol="tcp", ports=(443, 443), reason="")
        yield rule_part(file, rule, what="endpoint rule")
    for rule in plan.rules:
        yield rule_part(file, rule, what="endpoint rule")


def _flow_logs(file: NetworkFile) -> Iterator[Part]:
    plan = file.plan.flow_logs
    if plan is None:
        return
    store = {"cloud_watch_logs": "log group", "s3": "bucket"}[plan.to]
    fixed = {
        "destination": plan.bucket_arn or f"{store} made here",
        "traffic": plan.traffic,
        "aggregation in seconds": str(plan.aggregation_seconds),
    }
    pods = file.plan.pods
    of_pods = [str(subnet.cidr) for subnet in pods.subnets] or [id for ids in pods.subnet_ids.values() for id in ids]
    for name in ["the VPC"] if plan.of == "vpc" else of_pods:
        yield Part(what="flow log", name=f"of {name}", fixed=fixed, free=tags(file, plan.tags))
    if not plan.bucket_arn:
        kept = {"retention in days": str(plan.retention_days), "key": plan.key_arn}
        yield Part(what=store, name="of flow logs", free={**kept, **tags(file, plan.tags)})


def _vpc_cni(file: NetworkFile) -> Iterator[Part]:
    plan = file.plan.vpc_cni
    if plan is None:
        return
    subnets = {
        zone: [str(subnet.cidr) for subnet in file.plan.pods.subnets if subnet.zone == zone]
        or file.plan.pods.subnet_ids.get(zone, ())
        for zone in file.plan.pods.zones
    }
    settings = {
        "snatPolicy": plan.snat_policy,
        "prefix delegation": "on" if plan.prefix_delegation else "off",
        "zone label": plan.zone_label,
    }
    if plan.add_on:
        fixed = {"cluster": plan.cluster_name}
        free = {"version": plan.version, **settings, **tags(file, plan.tags)}
        yield Part(what="VPC CNI add-on", fixed=fixed, free=free)
    else:
        yield Part(what="configuration of the VPC CNI", free=settings)
    for each in plan.eni_configs:
        yield Part(what="ENIConfig", name=each.name, free={"subnet": subnets[each.zone][each.index]})
