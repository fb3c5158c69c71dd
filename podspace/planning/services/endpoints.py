"""VPC endpoints for the pods, and the security groups of existing endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from podspace.api import (
    Matching,
)
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.zone import in_region, is_local_zone, is_zone_id
from podspace.planning.aws_id import SecurityGroupId, SubnetId, Zone
from podspace.planning.cluster.plan import (
    CLUSTER,
    ENDPOINTS,
    PODS,
    EgressRule,
    GroupRule,
)
from podspace.planning.egress.rules import one_zone_each
from podspace.planning.inventory import Value
from podspace.planning.origin import Existing, Origin, PassedIn
from podspace.planning.section import Section, SetOf
from podspace.planning.services.endpoint_policies import (
    GATEWAY_SERVICES,
    EndpointPolicyConfig,
    endpoint_policy,
    policy_problems,
    policy_remarks,
)

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

PRIVATE_CLUSTER_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_APPLY_SERVICES: Final = ("eks", "lambda", "sts")


AUTO_MODE_SERVICES: Final = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sts")
"""Services that a private cluster needs (https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html);
that they are enough for Auto Mode is inferred."""

ServiceName = Annotated[
    str,
    Matching(
        r"[a-z0-9-]+(\.[a-z0-9-]+)*",
        must="must be the short name of a service, such as ecr.api, without com.amazonaws and region",
        title="service name",
        example="s3",
    ),
]


class InterfacesConfig(Section):
    """Interface endpoints: new ones, or the security groups of existing ones."""

    existing: bool = False
    """Whether the endpoints exist already: none is created, and `security_group_ids` has their security groups."""
    services: SetOf[ServiceName] = Field(
        default=AUTO_MODE_SERVICES, min_length=1, max_length=50, examples=[["ecr.api", "ecr.dkr", "sts"]]
    )
    """Services that get an interface endpoint, by their short names; by default, those that a private cluster needs.

    A VPC has one interface endpoint of a service with a private name, so leave out services that have one."""
    subnets: Mapping[Zone, SubnetId] | None = Field(default=None, min_length=1)
    """One subnet in each zone for their interfaces; by default, the first node subnet of each pod zone.

    None in a Local Zone, where AWS creates no VPC endpoint.
    """
    security_group_ids: SetOf[SecurityGroupId] = Field(default=(), max_length=16)
    """The security groups of existing endpoints; each gets a rule that admits the pods on TCP 443."""

    @model_validator(mode="after")
    def _made_or_existing(self) -> Self:
        if self.existing and self.model_fields_set & {"services", "subnets"}:
            raise ValueError("must not have `services` and `subnets`: the endpoints exist already")
        if self.existing and not self.security_group_ids:
            raise ValueError(
                "must have `security_group_ids`, the endpoints' security groups, which must admit the pods; `aws ec2 "
                "describe-vpc-endpoints` shows them as Groups"
            )
        if not self.existing and self.security_group_ids:
            raise ValueError(
                "must not have `security_group_ids`: this stack creates a security group for its endpoints"
            )
        return self


class EndpointsConfig(Section):
    """VPC endpoints for the pods."""

    gateways: SetOf[Literal["s3", "dynamodb"]] = Field(default=(), max_length=2)
    """Gateway endpoints to create on the pod route tables, even if the VPC has some on other route tables."""
    interfaces: InterfacesConfig | None = None
    """Interface endpoints; `{}` for all defaults."""
    policies: Mapping[ServiceName, EndpointPolicyConfig] = Field(default_factory=dict)
    """The policies of these endpoints, by the short name of the service; AWS's default allows every request."""

    @property
    def services(self) -> tuple[str, ...]:
        """The short names of the services with a new endpoint, gateways first."""
        new = self.interfaces.services if self.interfaces and not self.interfaces.existing else ()
        return (*self.gateways, *new)


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointsPlan:
    """VPC endpoints of a plan, and rules on the security groups of existing ones.

    Attributes:
        description: GroupDescription of the security group of new interface endpoints.
        gateways: services with a new gateway endpoint on the pod route tables, by full name.
        interfaces: services with a new interface endpoint, by full name.
        subnets: the subnet of their interfaces in each zone.
        groups: security groups of existing endpoints, as the config names them.
        rules: rules on these security groups that admit the pods.
        egress: rules on the pods' group that allow them to reach endpoints, if its egress is a list.
        sources: CIDR blocks that the security group of new endpoints admits on TCP 443: all of the VPC, including the
            pods'.
        tags: tags of each endpoint by service, and of the security group under `group`.
        policies: the policy documents of endpoints, by full name of the service; empty for AWS's default, which allows
            everything. Pseudo parameters are written as in Fn::Sub.
    """

    gateways: tuple[str, ...]
    interfaces: tuple[str, ...]
    subnets: Mapping[str, Origin]
    groups: tuple[str, ...]
    rules: tuple[GroupRule, ...]
    egress: tuple[EgressRule, ...]
    sources: tuple[IPv4Network | IPv6Network, ...]
    description: str
    tags: Mapping[str, Mapping[str, str]]
    policies: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones in which new interface endpoints have an interface."""
        return tuple(self.subnets)

    @property
    def own_rules(self) -> tuple[GroupRule, ...]:
        """Rules of the security group of new endpoints."""
        return tuple(
            GroupRule(on=ENDPOINTS, source=cidr, protocol="tcp", ports=(443, 443), reason=f"{cidr} reaches endpoints")
            for cidr in self.sources
        )


def endpoints(network: Network) -> EndpointsPlan | None:
    """The endpoints of a plan, and the rules on the security groups of existing ones."""
    asked = network.config.endpoints
    if not asked.gateways and not asked.interfaces:
        return None
    made = asked.interfaces if asked.interfaces and not asked.interfaces.existing else None
    services = {service: _full_name(network, service) for service in asked.services}
    rules = tuple(_rules(network))
    return EndpointsPlan(
        gateways=tuple(services[service] for service in asked.gateways),
        interfaces=tuple(services[service] for service in (made.services if made else ())),
        subnets={zone: _subnet(network, zone) for zone in _zones(network)},
        groups=asked.interfaces.security_group_ids if asked.interfaces else (),
        rules=rules,
        egress=tuple(_egress(network, (*([ENDPOINTS] if made else []), *(rule.on for rule in rules)))),
        sources=(*network.vpc_cidrs, *network.config.vpc.ipv6_cidrs) if made else (),
        description=f"Endpoints of EKS cluster {network.config.cluster.name}, pod network {network.config.name}",
        tags={
            "group": network.tags("endpoints"),
            **{full: network.tags(service) for service, full in services.items()},
        },
        policies={
            services[service]: endpoint_policy(network, service, entry) for service, entry in asked.policies.items()
        },
    )


def _full_name(network: Network, service: str) -> str:
    return f"com.amazonaws.{network.region}.{service}"


def _zones(network: Network) -> tuple[str, ...]:
    interfaces = network.config.endpoints.interfaces
    if interfaces is None or interfaces.existing:
        return ()
    if network.network_half:
        return tuple(interfaces.subnets or ())  # its node subnets are another account's
    listed = (zone for zone in network.zones if zone in network.node_zones and not is_local_zone(zone))
    return tuple(interfaces.subnets or listed)


def _subnet(network: Network, zone: str) -> Origin:
    interfaces = network.config.endpoints.interfaces
    given = (interfaces.subnets if interfaces else None) or {}
    if zone in given:
        return Existing(given[zone])
    return network.first_subnet(zone, "nodes") or PassedIn(zone)


def _rules(network: Network) -> Iterator[GroupRule]:
    """TCP 443 from the pods, on each group that has no such rule already."""
    interfaces = network.config.endpoints.interfaces
    https = ("tcp", (443, 443))
    known = {(rule.on, rule.source) for rule in network.pod_group.rules if (rule.protocol, rule.ports) == https}
    own = network.config.cluster.security_group_id
    pods_are_in = {
        network.config.pods.security_group.id,
        own if network.config.pods.security_group.kind == "cluster" else None,
    }
    for group in interfaces.security_group_ids if interfaces else ():
        if group in pods_are_in or (CLUSTER if group == own else group, PODS) in known:
            continue
        # The pods' group is in the other account where the VPC is shared, so they are named by their addresses.
        for source in (block.cidr for block in network.config.pods.cidrs) if network.network_half else (PODS,):
            yield GroupRule(on=group, source=source, protocol="tcp", ports=(443, 443), reason="Pods reach endpoints")


def _egress(network: Network, groups: Iterable[str]) -> Iterator[EgressRule]:
    """TCP 443 to the groups of endpoints, unless the pods' group has the rule already."""
    listed = network.pod_group.egress
    for group in groups if listed is not None else ():
        rule = EgressRule(to=group, protocol="tcp", ports=(443, 443), reason="Pods reach endpoints")
        if all((each.to, each.protocol, each.ports) != (rule.to, rule.protocol, rule.ports) for each in listed or ()):
            yield rule


def endpoint_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: endpoints that AWS refuses, and endpoints that a private network lacks."""
    yield from (problem.within("endpoints") for problem in _interface_problems(network))
    if network.config.endpoints.gateways and network.config.pods.subnet_ids is not None:
        yield Diagnostic(
            id="endpoint-of-existing-subnets",
            location=Location(path="endpoints.gateways"),
            message="must be removed: this stack does not change the route tables of existing pod subnets",
            fix="add those route tables to existing gateway endpoints of the VPC",
        )
    yield from policy_problems(network)
    yield from _private_problems(network)


def _interface_problems(network: Network) -> Iterator[Diagnostic]:
    interfaces = network.config.endpoints.interfaces
    if interfaces is None or interfaces.existing:
        return
    for service in interfaces.services:
        if service in GATEWAY_SERVICES:
            must = "must be under endpoints.gateways, which costs nothing"
            yield Diagnostic(
                id="gateway-service-as-interface",
                location=Location(path="interfaces.services"),
                subject=service,
                message=must,
                fix="move it there",
            )
    if network.region.startswith("cn-"):
        yield Diagnostic(
            id="endpoint-region",
            location=Location(path="interfaces"),
            message="must be removed in China, where services have other endpoint names",
            fix="create these endpoints outside of this stack, and give their security groups with `existing: true`",
        )
    if network.config.vpc.create and interfaces.subnets:
        yield Diagnostic(
            id="not-with-new-vpc",
            location=Location(path="interfaces.subnets"),
            message="must be removed: the endpoints use the node subnets of the new VPC",
            fix="remove it",
        )
    for zone in interfaces.subnets or ():
        if not in_region(zone, network.region) or is_zone_id(zone) != network.by_zone_id:
            yield Diagnostic(
                id="zone-of-other-region",
                location=Location(path=place_of(("interfaces", "subnets", zone))),
                message=f"must be a zone of region {network.region}, by name or id as in the pods' zones",
            )
    for problem in one_zone_each("subnets", interfaces.subnets or {}, "a subnet", ""):
        yield problem.within("interfaces")
    if not _zones(network):
        yield Diagnostic(
            id="endpoint-without-subnet",
            location=Location(path="interfaces.subnets"),
            message="must have a subnet: no node subnet is known in an availability zone with pods",
            fix="write `{zone: subnet-…}`",
        )


def _private_problems(network: Network) -> Iterator[Diagnostic]:
    """Nodes of a VPC made here without a way to the internet join only if every service they need has an endpoint."""
    if network.config.vpc.create is None or any("internet" in entry.to for entry in network.config.egress):
        return
    interfaces = network.config.endpoints.interfaces
    if interfaces is None or interfaces.existing or "s3" not in network.config.endpoints.gateways:
        yield Diagnostic(
            id="private-vpc-without-endpoints",
            location=Location(path="endpoints"),
            message="must have `interfaces` and the gateway s3: without them and without egress to the internet, "
            "nodes of the new VPC reach no AWS service and do not join the cluster",
            fix="write `endpoints: {gateways: [s3], interfaces: {}}`, or add an entry `to: internet` to egress",
            source=PRIVATE_CLUSTER_PAGE,
        )
    elif network.config.apply:
        for service in _APPLY_SERVICES:
            if service not in interfaces.services:
                yield Diagnostic(
                    id="apply-without-endpoint",
                    location=Location(path="endpoints.interfaces.services"),
                    subject=service,
                    message="must be listed, because apply is true: the Lambda functions that apply the manifests are "
                    "in the node subnets, which have no other route to this service (inferred from CDK's kubectl "
                    "provider)",
                    fix=f"add {service}",
                )


def endpoint_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: endpoints whose routes no pod uses, and services for which a private network has no endpoint."""
    interfaces = network.config.endpoints.interfaces
    away = network.config.vpc.create is None or any("internet" in entry.to for entry in network.config.egress)
    left_out = [service for service in AUTO_MODE_SERVICES if interfaces and service not in interfaces.services]
    if left_out and not away:
        yield Diagnostic(
            id="endpoints-left-out",
            severity="warning",
            message=f"{', '.join(left_out)} have no endpoint in a VPC without egress to the internet; nodes of Auto "
            "Mode may need them to join (inferred from AWS's page on private clusters)",
        )
    if network.config.endpoints.gateways and network.route_use.pods is False and network.config.vpc.create is None:
        yield Diagnostic(
            id="endpoint-not-used",
            severity="note",
            message=f"with snatPolicy Random pods reach {', '.join(network.config.endpoints.gateways)} by the route "
            "table of the node subnet, so pods do not use the gateway endpoints on the pod route tables, which cost "
            "nothing (inferred); associate gateway endpoints of the VPC with the node route tables",
        )
    yield from policy_remarks(network)
    if network.config.endpoints.gateways and _gateways_not_allowed(network):
        yield Diagnostic(
            id="gateway-endpoint-not-in-egress",
            severity="warning",
            location=Location(path="pods.security_group.egress"),
            message=f"has no prefix list, so that pods do not reach {', '.join(network.config.endpoints.gateways)} by "
            "the gateway endpoints, unless one of its CIDRs has the service's addresses",
            fix="add `{to: {prefix_list: pl-…, max_entries: 1}, ports: [443]}`; `aws ec2 "
            "describe-managed-prefix-lists` shows the id of each service",
            source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        )


def _gateways_not_allowed(network: Network) -> bool:
    """Whether pods use gateway endpoints, and their group allows no prefix list and not everything."""
    listed = network.pod_group.egress
    if listed is None or network.route_use.pods is False:
        return False
    allowed = {str(rule.to) for rule in listed}
    return not any(to.startswith("pl-") or to.endswith("/0") for to in allowed)
