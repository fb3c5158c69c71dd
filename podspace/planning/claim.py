"""What a pod network takes for itself alone: names, roles, access entries, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from podspace.api import NodeClass, NodePool
from podspace.planning.config import Config, EgressConfig
from podspace.planning.plan import Plan
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
    # A cluster lives in one VPC, and the ids of VPCs are unique over all accounts.
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
                account=None,
                key=(*cluster, spec.name),
                place=f"{section}[{index}].name",
                value=spec.name,
                fix="rename one",
            )
    if plan.node_role.access_entry:
        yield Claim(
            reason=f"cluster {config.cluster.name} has one access entry for a role",
            account=None,
            key=(*cluster, plan.node_role.name),
            place="cluster.node_role.access_entry",
            value=plan.node_role.name,
            fix="set all but one to `access_entry: false`",
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
        for allocation in _allocations(entry):
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
    group = plan.pod_group.id or plan.pod_group.kind
    for rule in plan.endpoints.rules if plan.endpoints and group != "dedicated" else ():
        yield Claim(
            reason="EC2 refuses a rule that a group has already",
            account=None,
            key=("rule", _vpc(config), rule.on, group),
            place="endpoints.interfaces.security_group_ids",
            value=rule.on,
            fix="name it in one of them",
        )


def _allocations(entry: EgressConfig) -> Iterator[str]:
    for by_zone in (entry.allocation_ids, entry.regional_nat_gateway):
        if isinstance(by_zone, Mapping):
            for ids in by_zone.values():
                yield from ids
