"""The sections of a config, with the values that CDK objects give added to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from aws_cdk import aws_ec2 as ec2

from constructs_lib.existing import SubnetRef
from constructs_lib.facts import ClusterFacts, VpcFacts, by_zone, literal
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning import Plan, plan_of_data

PLACEHOLDER: Final = "-00000000000000000"
"""The end of the id of a resource that the CDK CLI has not looked up yet."""
_ZONE_KEYS: Final = ("zones", "subnets", "subnet_ids")
_PLACEHOLDER_CIDRS: Final = (
    "172.16.0.0/28",
    "172.31.255.240/28",
    "192.168.0.0/28",
    "192.168.255.240/28",
    "100.127.255.240/28",
    "10.255.255.240/28",
    "10.0.0.0/28",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Objects:
    """Facts about the objects that a CDK app passes in.

    Attributes:
        region: region of the stack; empty if it has none.
        node_subnets: node subnets that the app passes in; None for the private subnets of the VPC.
        cluster: facts about the cluster; None if the pod network creates it.
        cluster_security_group: id of the cluster's security group; empty if it is a token, None if it is not known.
    """

    region: str
    vpc: VpcFacts
    node_subnets: Sequence[ec2.ISubnet] | None
    cluster: ClusterFacts | None
    cluster_security_group: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """A plan, and the node subnets by zone that a CDK app passes in instead of ids."""

    plan: Plan
    node_subnets: Mapping[str, Sequence[SubnetRef]]


def completed(sections: Mapping[str, object], objects: Objects) -> Completed:
    """The plan of the sections of a config and of the objects of a CDK app.

    Raises:
        InputError: sections and objects contradict each other, both lack a required value, or the config is invalid.
        ValueError: a node subnet is not a subnet, or its zone is a token.
    """
    draft = _Draft(data=dict(sections))
    _complete_region(draft, objects)
    _complete_cluster(draft, objects)
    if objects.vpc.pending:
        return _pending(draft)
    _complete_vpc(draft, objects.vpc)
    nodes = _complete_node_subnets(draft, objects)
    return Completed(plan=draft.plan(), node_subnets=nodes)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """Sections on their way to a plan, and what is wrong with them so far."""

    data: dict[str, object]
    problems: list[Diagnostic] = field(default_factory=list)

    def get(self, section: str, key: str) -> object:
        given = self.data.get(section)
        return given.get(key) if isinstance(given, Mapping) else None

    def set(self, section: str, key: str, value: object) -> None:
        given = self.data.get(section, {})
        if isinstance(given, Mapping):  # planning says what else it must be
            self.data[section] = {**given, key: value}

    def agree(self, section: str, key: str, said: str, *, by: str) -> None:
        """Take over what an object says, unless the config says something else."""
        given = self.get(section, key)
        if said and given is None:
            self.set(section, key, said)
        elif said and given != said:
            self.problems.append(_contradiction(f"{section}.{key}", str(given), f"{by} {said}"))

    def exclude(self, path: str, given: object, *, because: str) -> None:
        """Find that something is given that cannot go with an object."""
        if given is not None:
            self.problems.append(
                Diagnostic(id="contradicts-object", location=Location(path=path), message=f"must be removed: {because}")
            )

    def require(self, section: str, key: str, *, because: str, fix: str) -> None:
        """Find that neither an object nor the config says it."""
        if self.get(section, key) is None and isinstance(self.data.get(section, {}), Mapping):
            self.problems.append(
                Diagnostic(
                    id="not-literal",
                    location=Location(path=f"{section}.{key}"),
                    message=f"must be given: {because}",
                    fix=fix,
                )
            )

    def plan(self) -> Plan:
        if self.problems:
            raise InputError(self.problems)
        return plan_of_data(self.data)


def _contradiction(path: str, given: str, said: str) -> Diagnostic:
    return Diagnostic(
        id="contradicts-object",
        location=Location(path=path),
        subject=given,
        message=f"must be the same as in the CDK object, which has {said}",
        fix="remove it here, or pass the intended object",
    )


def _complete_region(draft: _Draft, objects: Objects) -> None:
    draft.agree("environment", "region", objects.region, by="the stack is in")
    draft.require(
        "environment",
        "region",
        because="the stack has no explicit region",
        fix='give the stack env=Environment(region=…), or config={"environment": {"region": …}}',
    )


def _complete_cluster(draft: _Draft, objects: Objects) -> None:
    if objects.cluster is not None:
        draft.agree("cluster", "name", objects.cluster.name, by="the cluster is")
        group = objects.cluster_security_group or ""
        draft.agree("cluster", "security_group_id", group, by="its security group is")
        create = draft.get("cluster", "create")
        draft.exclude("cluster.create", create, because="the cluster is passed as an object or by its name")
        draft.require(
            "cluster",
            "name",
            because="the object has no literal name, which NodeClasses and access entries need",
            fix='give the cluster a cluster_name, or config={"cluster": {"name": …}}',
        )
    else:
        draft.require(
            "cluster",
            "create",
            because="the cluster is given as a section, so this stack creates it",
            fix="pass an existing cluster as an object or by its name",
        )
        because = "EKS creates the security group of a new cluster"
        draft.exclude("cluster_security_group", objects.cluster_security_group, because=because)
    name = draft.get("cluster", "name")
    if "name" not in draft.data and isinstance(name, str):
        draft.data["name"] = f"{name}-pods"


def _complete_vpc(draft: _Draft, vpc: VpcFacts) -> None:
    draft.agree("vpc", "id", vpc.id, by="the VPC is")
    draft.exclude("vpc.create", draft.get("vpc", "create"), because="the VPC is passed as an object or by its id")
    cidrs = draft.get("vpc", "cidrs")
    if vpc.cidr and cidrs is None:
        draft.set("vpc", "cidrs", [vpc.cidr])
    elif vpc.cidr and isinstance(cidrs, list | tuple) and cidrs and str(cidrs[0]) != vpc.cidr:
        given = ", ".join(map(str, cidrs))
        draft.problems.append(_contradiction("vpc.cidrs", given, f"the primary CIDR block is {vpc.cidr}"))
    draft.require(
        "vpc",
        "cidrs",
        because="the object does not have the CIDR blocks of the VPC",
        fix='config={"vpc": {"cidrs": […]}} with every CIDR block that it has, the primary first',
    )


def _zones_are_given(draft: _Draft) -> bool:
    """Whether the config has a key with the zones of the pods, even if its value cannot be used."""
    return any(draft.get("pods", key) is not None for key in _ZONE_KEYS)


def _pod_zones(draft: _Draft) -> list[str]:
    """The zones that the config gives to pods; none if it gives none, or a value of another type."""
    for key in _ZONE_KEYS:
        given = draft.get("pods", key)
        if isinstance(given, Sequence | Mapping) and not isinstance(given, str):
            return [str(zone) for zone in given]
    return []


def _complete_node_subnets(draft: _Draft, objects: Objects) -> Mapping[str, Sequence[SubnetRef]]:
    """The node subnets that the app creates; those that exist are put into the sections."""
    named = draft.get("vpc", "node_subnets")
    if named is not None:
        if objects.node_subnets is not None:
            draft.exclude("vpc.node_subnets", named, because="node_subnets passes them as objects")
        if isinstance(named, Mapping) and not _zones_are_given(draft):
            draft.set("pods", "zones", [*named])
        return {}
    if draft.get("vpc", "shared_with") is not None:
        return {}
    zones = by_zone(objects.vpc.private if objects.node_subnets is None else objects.node_subnets)
    wanted = _pod_zones(draft)
    if not _zones_are_given(draft):
        wanted = [*zones]
        draft.set("pods", "zones", wanted)
    draft.problems.extend(_node_subnet_problems(zones, wanted, objects.vpc))
    if objects.node_subnets is None:
        zones = {zone: subnets for zone, subnets in zones.items() if zone in wanted}
    ids = {zone: [subnet for subnet in map(_existing_id, subnets) if subnet] for zone, subnets in zones.items()}
    if any(ids.values()) and not draft.problems:
        draft.set("vpc", "node_subnets", ids)
        return {}
    return zones


def _existing_id(subnet: ec2.ISubnet) -> str:
    """The literal id of a subnet that exists; empty for one that the app creates."""
    return literal(subnet.subnet_id) if subnet.node.default_child is None else ""


def _node_subnet_problems(
    zones: Mapping[str, Sequence[ec2.ISubnet]], wanted: Sequence[str], vpc: VpcFacts
) -> Iterator[Diagnostic]:
    place = Location(path="node_subnets")
    subnets = [subnet for each in zones.values() for subnet in each]
    if not subnets:
        yield Diagnostic(
            id="no-node-subnets",
            location=place,
            message="must be given: the object has no private subnets",
            fix="pass node_subnets=[…], such as vpc.isolated_subnets, or their ids as "
            'config={"vpc": {"node_subnets": {zone: [subnet-…]}}}',
        )
        return
    public = {subnet.subnet_id for subnet in vpc.public}
    for subnet in subnets:
        if subnet.subnet_id in public or isinstance(subnet, ec2.PublicSubnet):
            yield Diagnostic(
                id="public-node-subnet",
                location=place,
                subject=literal(subnet.subnet_id) or subnet.node.path,
                message="must be private: it is a public subnet of the VPC, where nodes get public addresses",
                fix="pass private subnets, such as vpc.private_subnets",
            )
        if vpc.owns(subnet) is False:
            yield Diagnostic(
                id="node-subnet-of-other-vpc",
                location=place,
                subject=subnet.node.path,
                message="must be in the VPC that is passed as vpc",
                fix="pass subnets of that VPC, such as vpc.private_subnets",
            )
    for zone in wanted:
        if zone not in zones:
            yield Diagnostic(
                id="no-node-subnet-in-pod-zone",
                location=Location(path="pods.zones"),
                subject=zone,
                message=f"must be a zone with a node subnet, which are {', '.join(zones)}",
                fix="pass a node subnet of that zone, or remove the zone",
            )
    yield from _mixed_subnets(subnets)


def _mixed_subnets(subnets: Sequence[ec2.ISubnet]) -> Iterator[Diagnostic]:
    """Subnets are selected by a tag or by ids, so all of them must be taggable, or all have literal ids."""
    exists = [subnet.node.default_child is None for subnet in subnets]
    nameless = [subnet for subnet in subnets if subnet.node.default_child is None and not literal(subnet.subnet_id)]
    if any(exists) and (not all(exists) or nameless):
        yield Diagnostic(
            id="mixed-node-subnets",
            location=Location(path="node_subnets"),
            subject=", ".join(subnet.node.path for subnet in subnets),
            message="must all be created by this app, which tags them, or all be imported with literal ids",
            fix='give existing ones by id, as config={"vpc": {"node_subnets": {zone: [subnet-…]}}}',
        )


def _pending(draft: _Draft) -> Completed:
    """A plan with placeholders for what the CDK CLI looks up next; its template is never deployed."""
    region = draft.get("environment", "region")
    named = _pod_zones(draft)
    given = _zones_are_given(draft)
    # The last attempt tells what is wrong, if the others, with fewer zones or another range, cannot be planned either.
    zones = ([f"{region}a"], [f"{region}a", f"{region}b"]) if not named else (named,)
    cidrs = _PLACEHOLDER_CIDRS if draft.get("vpc", "cidrs") is None else (None,)
    if draft.get("vpc", "id") is None:
        draft.set("vpc", "id", f"vpc{PLACEHOLDER}")
    by_id = draft.get("vpc", "node_subnets") is not None
    refused = InputError(draft.problems)
    for some, cidr in product(zones, cidrs):
        if not by_id:
            draft.set("vpc", "node_subnets", {zone: [f"subnet-{number:017x}"] for number, zone in enumerate(some)})
        if not given:
            draft.set("pods", "zones", some)
        if cidr:
            draft.set("vpc", "cidrs", [cidr])
        try:
            return Completed(plan=draft.plan(), node_subnets={})
        except InputError as error:  # AWS does not mix every range with every other one
            refused = error
    raise refused
