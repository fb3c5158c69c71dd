"""What a pod network takes for itself alone: names, roles, access entries, rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podspace.api import NodeClass, NodePool
from podspace.planning.config import Config
from podspace.planning.gateways import allocations
from podspace.planning.plan import CLUSTER, PODS, Plan
from podspace.planning.routes import destinations


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One thing that no other network in the same account may claim too.

    Attributes:
        reason: why it can be claimed once only.
        account: None where the file names none, which may be any, or where the key is unique over all accounts.
        key: what is claimed.
        place: where in the file it is claimed.
        value: what stands there.
        fix: what to do where two claim it.
    """

    reason: str
    account: str | None
    key: tuple[str | None, ...]
    place: str
    value: str
    fix: str

    def excludes(self, other: Claim) -> bool:
        """Whether not both can be had."""
        same = (self.reason, self.key) == (other.reason, other.key)
        return same and (None in (self.account, other.account) or self.account == other.account)


def claims(config: Config, plan: Plan) -> Iterator[Claim]:
    """Everything a network claims."""
    account, region = config.environment.account, config.environment.region
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
    if plan.cluster:
        yield Claim(
            reason="a cluster's name is unique in its account and region",
            account=account,
            key=("cluster", region, plan.cluster.name),
            place="cluster.create",
            value=plan.cluster.name,
            fix="make the cluster in one file, and give its groups and VPC by id in the other",
        )
    if not plan.network_half:
        yield from _cluster_claims(config, plan)
    if plan.vpc_cni:
        yield Claim(
            reason="the VPC CNI of a cluster has one configuration, and one ENIConfig of a zone's name",
            account=account,
            key=("vpc_cni", _vpc(config), config.cluster.name),
            place="vpc_cni",
            value=config.cluster.name,
            fix="write it in one of the files",
        )
    yield from _egress_claims(config)
    yield from _endpoint_claims(config, plan)


def _cluster_claims(config: Config, plan: Plan) -> Iterator[Claim]:
    if plan.node_role.created:
        yield Claim(
            reason="a role's name is unique in its account",
            account=config.environment.account,
            key=(plan.node_role.name,),
            place="cluster.node_role",
            value=plan.node_role.name,
            fix="rename a network, or let one use the role of the other: `{name: …, access_entry: false}`",
        )
    # A shared VPC may hold clusters of one name, of several accounts.
    cluster = (_vpc(config), config.cluster.name)
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
                key=(*cluster, spec.name),
                place=f"{section}[{index}].name",
                value=spec.name,
                fix="rename one",
            )
    eks_makes_it = bool(plan.cluster and plan.cluster.built_in_node_pools)
    if plan.node_role.access_entry or eks_makes_it:
        yield Claim(
            reason=f"cluster {config.cluster.name} has one access entry for a role",
            account=config.environment.account,
            key=(*cluster, plan.node_role.name),
            place="cluster.node_role.access_entry",
            value=plan.node_role.name,
            fix="write `access_entry: false` where the role is named",
        )
    if plan.pod_group.kind == "existing" and plan.pod_group.rules:
        yield Claim(
            reason="EC2 refuses a rule that a group has already",
            account=None,
            key=(plan.pod_group.id,),
            place="pods.security_group.add_rules",
            value=plan.pod_group.id,
            fix="set all but one to `add_rules: false`",
        )


def _vpc(config: Config) -> str:
    """The VPC, told from every other: one that is made here has no id yet."""
    return config.vpc.id or f"new VPC of {config.name}"


def _egress_claims(config: Config) -> Iterator[Claim]:
    for index, entry in enumerate(config.egress):
        if entry.attachment_subnets is not None:
            yield Claim(
                reason="a VPC is attached to a transit gateway once",
                account=None,
                key=("attachment", _vpc(config), entry.transit_gateway),
                place=f"egress[{index}].attachment_subnets",
                value=entry.transit_gateway or "",
                fix="leave attachment_subnets out in all but one",
            )
        if entry.egress_only_gateway == "new":
            yield Claim(
                reason="a VPC has one egress-only gateway",
                account=None,
                key=("egress-only", _vpc(config)),
                place=f"egress[{index}].egress_only_gateway",
                value="new",
                fix="make it in one file, and give its id in the other",
            )
        for table in entry.route_tables:
            for destination in destinations(config, entry):
                yield Claim(
                    reason="a route table has one route to a destination",
                    account=None,
                    key=("route", table, destination),
                    place=f"egress[{index}].route_tables",
                    value=f"{destination} on {table}",
                    fix="leave the table out in all but one",
                )
        for allocation in allocations(entry):
            yield Claim(
                reason="an Elastic IP address is of one NAT gateway",
                account=None,
                key=("allocation", allocation),
                place=f"egress[{index}]",
                value=allocation,
                fix="give each its own",
            )


def _endpoint_claims(config: Config, plan: Plan) -> Iterator[Claim]:
    for service in plan.endpoints.interfaces if plan.endpoints else ():
        yield Claim(
            reason="a service has one interface endpoint with a private name in a VPC",
            account=None,
            key=("endpoint", _vpc(config), service),
            place="endpoints.interfaces.services",
            value=service,
            fix="make it in one file, and in the others name its group with `existing: true`",
        )
    if plan.flow_logs and plan.flow_logs.of == "vpc" and plan.flow_logs.bucket_arn:
        yield Claim(
            reason="a VPC has one flow log to a bucket",
            account=None,
            key=("flow log", _vpc(config), plan.flow_logs.bucket_arn),
            place="flow_logs.to",
            value=plan.flow_logs.bucket_arn,
            fix="record the VPC in one of the files",
        )
    yield from _rule_claims(config, plan)


def _rule_claims(config: Config, plan: Plan) -> Iterator[Claim]:
    """Rules that let a group that exists, or an address, in on another group that exists."""
    ids = {CLUSTER: config.cluster.security_group_id, PODS: plan.pod_group.id or None}
    if plan.pod_group.kind == "cluster":
        ids[PODS] = ids[CLUSTER]
    of_endpoints = plan.endpoints.rules if plan.endpoints else ()
    for rule in (*of_endpoints, *(() if plan.network_half else plan.pod_group.rules)):
        on, source = (ids.get(str(party), str(party)) for party in (rule.on, rule.source))
        if on and source and rule.ports == (443, 443):
            yield Claim(
                reason="EC2 refuses a rule that a group has already",
                account=None,
                key=("rule", on, source),
                place="endpoints.interfaces.security_group_ids" if rule in of_endpoints else "pods.security_group",
                value=on,
                fix="leave the group out in one of them",
            )
