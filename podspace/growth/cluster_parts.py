"""The cluster side of a plan, part by part: groups and their rules, roles, access entries, the cluster itself."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.growth.gateway_parts import first_subnet
from podspace.growth.network_parts import tags
from podspace.growth.part import EKS_CLUSTER, Part
from podspace.planning import CLUSTER, PODS, GroupRule, NetworkFile

_MADE_HERE = "made here"


def cluster_parts(file: NetworkFile) -> Iterator[Part]:
    """Everything that is made around the cluster, none in the network's half of a shared VPC."""
    if file.plan.network_half:
        return
    yield from _cluster(file)
    yield from _node_role(file)
    group = file.plan.pod_group
    if group.kind == "dedicated":
        yield Part(
            what="pod security group",
            fixed={"description": group.description},
            free={"IPv6": "on" if group.ipv6 else "off", **tags(file, group.tags)},
        )
    for rule in group.rules:
        yield rule_part(file, rule, what="security group rule")


def rule_part(file: NetworkFile, rule: GroupRule, *, what: str) -> Part:
    """An ingress rule, all of which is fixed but its description."""
    groups = _groups(file)
    source = str(rule.source)
    ports = f", {rule.protocol} {'-'.join(map(str, dict.fromkeys(rule.ports)))}" if rule.ports else ""
    return Part(
        what=what,
        name=f"{rule.on} from {source}{ports}",
        fixed={"group": groups.get(rule.on, rule.on), "source": groups.get(source, source)},
        free={"description": rule.reason},
    )


def _groups(file: NetworkFile) -> dict[str, str]:
    """The groups that a plan names by their part."""
    cluster = file.config.cluster.security_group_id or _MADE_HERE
    pods = {"dedicated": _MADE_HERE, "cluster": cluster, "existing": file.plan.pod_group.id}
    return {CLUSTER: cluster, PODS: pods[file.plan.pod_group.kind]}


def _cluster(file: NetworkFile) -> Iterator[Part]:
    cluster = file.plan.cluster
    if cluster is None:
        return
    yield Part(
        what=EKS_CLUSTER,
        fixed={
            "name": cluster.name,
            "address family": cluster.ip_family,
            "service CIDR": str(cluster.service_cidr or ""),
            "secrets key": cluster.secrets_key_arn,
        },
        held={"zones of the control plane": tuple(sorted(cluster.zones))},
        free={
            "version": cluster.version,
            "subnets of the control plane": tuple(first_subnet(file, zone, "nodes") for zone in sorted(cluster.zones)),
            "public access": tuple(map(str, cluster.public_access_cidrs)),
            "built-in node pools": cluster.built_in_node_pools,
            "logs": cluster.logs,
            "deletion protection": "on" if cluster.deletion_protection else "off",
            "policy for tags of NodeClasses": "yes" if cluster.custom_tags else "no",
            **tags(file, cluster.tags),
        },
    )
    for arn in cluster.admins:
        yield Part(what="access entry", name=f"of {arn}", fixed={"cluster": cluster.name})


def _node_role(file: NetworkFile) -> Iterator[Part]:
    role = file.plan.node_role
    if role.created:
        yield Part(what="node role", fixed={"name": role.name}, free=tags(file, role.tags))
    if role.access_entry:
        principal = _MADE_HERE if role.created else role.name
        yield Part(what="access entry", name="of the nodes", fixed={"cluster": role.cluster_name, "role": principal})
