"""The cluster of a plan: the cluster itself, the role of its nodes, and security groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Literal

from podspace.planning.inventory import Value, value_of
from podspace.planning.names import tags_of_one
from podspace.planning.origin import Created, Existing, Origin, id_of

Party = str
"""Who a security group rule is about: `pods`, `cluster`, `endpoints` for new interface endpoints, the id of a group or
of a prefix list, or `given:<name>` for a group that a CDK app passes in."""
PODS: Party = "pods"
"""The security group of the pods, as a party of a rule."""
CLUSTER: Party = "cluster"
"""The security group of the cluster, as a party of a rule."""
ENDPOINTS: Party = "endpoints"
"""The security group of new interface endpoints, as a party of a rule."""
GIVEN: Final = "given:"
Protocol = Literal["tcp", "udp", "-1"]
PortNumbers = tuple[int, int] | None
"""First and last port; None for every protocol and port."""


def given_name(party: object) -> str:
    """The name under which a CDK app passes a group in; empty for every other party of a rule."""
    return party.removeprefix(GIVEN) if isinstance(party, str) and party.startswith(GIVEN) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRule:
    """An ingress rule.

    Attributes:
        on: the group that admits the traffic.
        source: the group or prefix list that it comes from, or a CIDR.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what fails without it; the rule's description in EC2.
    """

    on: Party
    source: Party | IPv4Network | IPv6Network
    protocol: Protocol
    ports: PortNumbers
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EgressRule:
    """An egress rule of the pods' group.

    Attributes:
        to: the group or prefix list that pods may reach, or a CIDR.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what fails without it; the rule's description in EC2.
    """

    to: Party | IPv4Network | IPv6Network
    protocol: Protocol
    ports: PortNumbers
    reason: str


def _every_port(to: IPv4Network | IPv6Network, reason: str) -> EgressRule:
    return EgressRule(to=to, protocol="-1", ports=None, reason=reason)


def ports_in_words(rule: GroupRule | EgressRule) -> str:
    """Such as `tcp 443` or `udp 30000-32767`; `all` for every protocol and port."""
    return f"{rule.protocol} {'-'.join(map(str, dict.fromkeys(rule.ports)))}" if rule.ports else "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormerDefault:
    """A key that the config leaves out and whose default admitted more in versions without CHANGELOG.md.

    Attributes:
        key: of the config, such as `pods.security_group.ingress`.
        rules: what those versions created for it, in addition to the rules of the plan.
        keeps: a line that keeps these rules, such as `host_network_ports: [9100]`.
        drops: a line that states the present default, in the same section.
        section: of the config that the lines are for.
    """

    key: str
    rules: tuple[GroupRule, ...]
    keeps: str
    drops: str
    section: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PodGroupPlan:
    """The security group of pod interfaces.

    Attributes:
        kind: a new one (`dedicated`), the `cluster`'s own, or an `existing` one.
        origin: of the group; that of the cluster's group if it is that one.
        description: the GroupDescription of a dedicated one, which EC2 does not change afterwards.
        tags: of a dedicated one.
        rules: the ingress rules that the plan adds to this and other groups, each a resource of its own.
        egress: the egress rules of a dedicated one, each a resource of its own, without those to endpoints; None if
            pods may reach everything.
        former_defaults: keys that are left out and whose default has changed.
        ipv6: whether a dedicated one without a list allows IPv6 traffic out, too.
    """

    kind: Literal["dedicated", "cluster", "existing"]
    origin: Origin
    description: str
    tags: Mapping[str, str]
    rules: tuple[GroupRule, ...]
    egress: tuple[EgressRule, ...] | None = None
    former_defaults: tuple[FormerDefault, ...] = ()
    ipv6: bool = False

    @property
    def inline_egress(self) -> tuple[EgressRule, ...]:
        """The egress rules in the resource of a dedicated one; empty for others.

        EC2 creates a rule to everywhere unless a group is created with another one, so that a group with a list has a
        rule to 127.0.0.1/32, which is no address outside the host:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
        """
        if self.kind != "dedicated":
            return ()
        if self.egress is not None:
            return (_every_port(IPv4Network("127.0.0.1/32"), "Takes the place of a rule to everywhere"),)
        everything = _every_port(IPv4Network("0.0.0.0/0"), "Pods reach everything")
        by_ipv6 = _every_port(IPv6Network("::/0"), "Pods reach everything by IPv6")
        return (everything, by_ipv6) if self.ipv6 else (everything,)

    @property
    def uses_cluster_group(self) -> bool:
        """Whether it is the cluster's group, or has rules about that group."""
        return self.kind == "cluster" or any(CLUSTER in (rule.on, rule.source) for rule in self.rules)

    @property
    def passed_in(self) -> tuple[str, ...]:
        """The names of the groups of rules that a CDK app passes in, each once."""
        parties = [party for rule in self.rules for party in (rule.on, rule.source)]
        names = map(given_name, (*parties, *(rule.to for rule in self.egress or ())))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def id(self) -> str:
        """The id of an existing one; empty for others."""
        return id_of(self.origin) if self.kind == "existing" else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRolePlan:
    """The IAM role of the nodes.

    Attributes:
        name: the role's name, 64 characters at most.
        origin: whether it exists, by its name, or is created.
        access_entry: whether the plan creates the cluster's access entry for it.
        cluster_name: the cluster of that entry.
        tags: of a new role and a new access entry.
    """

    name: str
    origin: Existing | Created
    access_entry: bool
    cluster_name: str
    tags: Mapping[str, str]

    @property
    def created(self) -> bool:
        """Whether the plan creates it."""
        return isinstance(self.origin, Created)


def admin_name(arn: str) -> str:
    """An admin's type, path and name, such as `role.path.Admin`."""
    return arn.partition(":iam::")[2].replace("/", ".")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClusterPlan:
    """An EKS Auto Mode cluster to be created.

    Attributes:
        zones: the zones whose first node subnet has interfaces of the control plane; they can never change.
        public_access_cidrs: empty for an API server that is reached from inside the VPC only.
        admins: ARNs of roles and users with all rights in it.
        built_in_node_pools: EKS creates the access entry of their role.
        secrets_key_arn: empty for none.
        custom_tags: whether the cluster's role may put tags of its NodeClasses on what it creates.
    """

    version: str
    zones: tuple[str, ...]
    public_access_cidrs: tuple[IPv4Network, ...]
    admins: tuple[str, ...]
    built_in_node_pools: tuple[str, ...]
    logs: tuple[str, ...]
    secrets_key_arn: str
    deletion_protection: bool
    custom_tags: bool
    tags: Mapping[str, str]

    @property
    def role_tags(self) -> Mapping[str, str]:
        """The tags of the cluster's role."""
        return tags_of_one(self.tags, "control-plane")

    def admin_tags(self, arn: str) -> Mapping[str, str]:
        """The tags of the access entry of an admin."""
        return tags_of_one(self.tags, f"admin-{admin_name(arn)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterPlan:
    """The EKS Auto Mode cluster of a pod network.

    Attributes:
        origin: whether it exists, by its name, or is created.
        ip_family: of pods and services.
        service_cidr: the Kubernetes service CIDR that the config names; None for EKS's default.
        security_group: the group that EKS creates for it; None for the network half of a shared VPC.
        node_security_groups: the groups of the nodes, if they are not in the cluster's own.
        new: what there is to know of a new one; None for others.
    """

    name: str
    origin: Existing | Created
    ip_family: Literal["ipv4", "ipv6"]
    service_cidr: IPv4Network | None
    security_group: Origin | None
    node_security_groups: tuple[str, ...] = field(default=())
    new: NewClusterPlan | None = None

    @property
    def security_group_value(self) -> Value:
        """The id of its security group, as a property of a resource; empty if there is none."""
        group = self.security_group
        return "" if group is None else value_of(group, CLUSTER_PATH, "ClusterSecurityGroupId")


CLUSTER_PATH: Final = ("Cluster", "Cluster", "Resource")
