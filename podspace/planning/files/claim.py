"""Claims of a pod network: names, roles, access entries and rules that no other network can have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podspace.api import NodeClass, NodePool
from podspace.planning.cluster.plan import CLUSTER, PODS, given_name
from podspace.planning.egress.kind import Claim
from podspace.planning.egress.kinds import egress_kind
from podspace.planning.network import Network
from podspace.planning.origin import id_of
from podspace.planning.plan import Plan


def claims(network: Network, plan: Plan) -> Iterator[Claim]:
    """All claims of a network."""
    config = network.config
    account, region = config.environment.account, network.region
    yield Claim(
        reason="stacks, folders of manifests and selector tags are named after it",
        account=None,
        key=(config.name,),
        place="name",
        value=config.name,
        fix="rename one",
    )
    yield Claim(
        reason="a stack's name is unique in its account and region",
        account=account,
        key=(region, plan.stack_name),
        place="stack.name",
        value=plan.stack_name,
        fix="give one another stack.name",
    )
    if plan.cluster.new:
        yield Claim(
            reason="a cluster's name is unique in its account and region",
            account=account,
            key=("cluster", region, plan.cluster.name),
            place="cluster.create",
            value=plan.cluster.name,
            fix="create the cluster in one file, and give its security groups and VPC by id in the other",
        )
    if not plan.network_half:
        yield from _cluster_claims(network, plan)
    if plan.vpc_cni:
        yield Claim(
            reason="the VPC CNI of a cluster has one configuration, and one ENIConfig of a zone's name",
            account=account,
            key=("vpc_cni", network.vpc_key, config.cluster.name),
            place="vpc_cni",
            value=config.cluster.name,
            fix="write it in one of the files",
        )
    for index, entry in enumerate(config.egress):
        yield from egress_kind(entry).claims(network, entry, f"egress[{index}]")
    yield from _endpoint_claims(network, plan)


def _cluster_claims(network: Network, plan: Plan) -> Iterator[Claim]:
    config = network.config
    if plan.node_role.created:
        yield Claim(
            reason="a role's name is unique in its account, without regard to case",
            account=config.environment.account,
            key=(plan.node_role.name.lower(),),
            place="cluster.node_role",
            value=plan.node_role.name,
            fix="rename a network, or let one use the role of the other: `{name: …, access_entry: false}`",
        )
    yield from _spec_claims(network, plan)
    eks_makes_it = bool(plan.cluster.new and plan.cluster.new.built_in_node_pools)
    if plan.node_role.access_entry or eks_makes_it:
        yield Claim(
            reason=f"cluster {config.cluster.name} has one access entry for a role",
            account=config.environment.account,
            key=(*_cluster_key(network), plan.node_role.name),
            place="cluster.node_role.access_entry",
            value=plan.node_role.name,
            fix="write `access_entry: false` in all files but one",
        )
    if plan.monitoring and plan.monitoring.ipam_logs:
        yield Claim(
            reason="a cluster has one delivery source of its IPAM logs (inferred)",
            account=config.environment.account,
            key=("ipam logs", *_cluster_key(network)),
            place="monitoring.ipam_logs",
            value=config.cluster.name,
            fix="write it in one of the files",
        )
    if plan.pod_group.kind == "existing" and any(rule.on == PODS for rule in plan.pod_group.rules):
        yield Claim(
            reason="EC2 refuses a rule that a group has already",
            account=None,
            key=(plan.pod_group.id,),
            place="pods.security_group.add_rules",
            value=plan.pod_group.id,
            fix="set all but one to `add_rules: false`",
        )


def _cluster_key(network: Network) -> tuple[str | None, ...]:
    """A shared VPC may have clusters of one name, of several accounts."""
    return (network.vpc_key, network.config.cluster.name)


def _spec_claims(network: Network, plan: Plan) -> Iterator[Claim]:
    config = network.config
    kinds: dict[str, Sequence[NodeClass | NodePool]] = {
        "node_classes": plan.node_classes,
        "node_pools": plan.node_pools,
    }
    for section, specs in kinds.items():
        for index, spec in enumerate(specs):
            yield Claim(
                reason=f"{type(spec).__name__} objects have no namespace, and both are for cluster "
                f"{config.cluster.name}",
                account=config.environment.account,
                key=(*_cluster_key(network), spec.name),
                place=f"{section}[{index}].name",
                value=spec.name,
                fix="rename one",
            )


def _endpoint_claims(network: Network, plan: Plan) -> Iterator[Claim]:
    for service in plan.endpoints.interfaces if plan.endpoints else ():
        yield Claim(
            reason="a service has one interface endpoint with a private name in a VPC",
            account=None,
            key=("endpoint", network.vpc_key, service),
            place="endpoints.interfaces.services",
            value=service,
            fix="create it in one file, and in the others give its security group with `existing: true`",
        )
    if plan.flow_logs and plan.flow_logs.of == "vpc" and plan.flow_logs.bucket_arn:
        yield Claim(
            reason="a VPC has one flow log to a bucket",
            account=None,
            key=("flow log", network.vpc_key, plan.flow_logs.bucket_arn),
            place="flow_logs.to",
            value=plan.flow_logs.bucket_arn,
            fix="record the VPC in one of the files",
        )
    yield from _rule_claims(plan)


def _rule_claims(plan: Plan) -> Iterator[Claim]:
    """Rules that let a group that exists, or an address, in on another group that exists."""
    ids = {CLUSTER: id_of(plan.cluster.security_group), PODS: id_of(plan.pod_group.origin)}
    of_endpoints = plan.endpoints.rules if plan.endpoints else ()
    known = {PODS, CLUSTER, *plan.cluster.node_security_groups}
    for rule in (*of_endpoints, *(() if plan.network_half else plan.pod_group.rules)):
        on, source = (ids.get(str(party), str(party)) for party in (rule.on, rule.source))
        place = "pods.security_group" if rule.on in known else "pods.security_group.reaches"
        if on and source and not (given_name(on) or given_name(source)):
            yield Claim(
                reason="EC2 refuses a rule that a group has already",
                account=None,
                key=("rule", on, source, rule.protocol, str(rule.ports)),
                place="endpoints.interfaces.security_group_ids" if rule in of_endpoints else place,
                value=on,
                fix="remove the group in one of them",
            )
