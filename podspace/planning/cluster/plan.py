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
"""Source or destination of a security group rule: `pods`, `cluster`, `endpoints` for new interface endpoints, the id
of a group or of a prefix list, or `given:<name>` for a group that a CDK app passes in."""
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
    """The name by which a CDK app passes a security group in; empty for every other party of a rule."""
    return party.removeprefix(GIVEN) if isinstance(party, str) and party.startswith(GIVEN) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRule:
    """An ingress rule of a security group.

    Attributes:
        on: the security group that admits the traffic.
        source: security group, prefix list or CIDR block that the traffic comes from.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what fails without the rule; it is the description of the rule in EC2.
    """

    on: Party
    source: Party | IPv4Network | IPv6Network
    protocol: Protocol
    ports: PortNumbers
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EgressRule:
    """An egress rule of the pods' security group.

    Attributes:
        to: security group, prefix list or CIDR block that pods may reach.
        protocol: `tcp`, `udp`, or `-1` for every protocol and port.
        ports: first and last port; None for every protocol and port.
        reason: what fails without the rule; it is the description of the rule in EC2.
    """

    to: Party | IPv4Network | IPv6Network
    protocol: Protocol
    ports: PortNumbers
    reason: str


def _every_port(to: IPv4Network | IPv6Network, reason: str) -> EgressRule:
    return EgressRule(to=to, protocol="-1", ports=None, reason=reason)


def ports_in_words(rule: GroupRule | EgressRule) -> str:
    """Protocol and ports in words, such as `tcp 443` or `udp 30000-32767`; `all` for every protocol and port."""
    return f"{rule.protocol} {'-'.join(map(str, dict.fromkeys(rule.ports)))}" if rule.ports else "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormerDefault:
    """A key that the config leaves out and whose default admitted more in versions without CHANGELOG.md.

    Attributes:
        key: key of the config, such as `pods.security_group.ingress`.
        rules: rules that those versions created, in addition to the rules of the plan.
        keeps: a line that keeps these rules, such as `host_network_ports: [9100]`.
        drops: a line that states the present default, in the same section.
        section: section of the config for the lines.
    """

    key: str
    rules: tuple[GroupRule, ...]
    keeps: str
    drops: str
    section: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PodGroupPlan:
    """The security group of the pods' network interfaces.

    Attributes:
        kind: a new one (`dedicated`), the `cluster`'s own, or an `existing` one.
        origin: where the security group comes from; for the cluster's group, where that one comes from.
        description: GroupDescription of a dedicated group, which EC2 does not change afterwards.
        tags: tags of a dedicated group.
        rules: the ingress rules that the plan adds to this and other groups, each a separate resource.
        egress: egress rules of a dedicated group, each a separate resource, without those to endpoints; None if
            pods may reach everything.
        former_defaults: keys that are left out and whose default has changed.
        ipv6: whether a dedicated group without a list has an IPv6 egress rule too.
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
        """Egress rules in the resource of a dedicated group; empty for other groups.

        EC2 creates a rule to 0.0.0.0/0 unless a group is created with another rule, so a group with a list has a rule
        to 127.0.0.1/32, which no packet on the network has as its destination:
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
        """Whether pods use the cluster's security group, or rules are about that group."""
        return self.kind == "cluster" or any(CLUSTER in (rule.on, rule.source) for rule in self.rules)

    @property
    def passed_in(self) -> tuple[str, ...]:
        """Names of the security groups of rules that a CDK app passes in, each once."""
        parties = [party for rule in self.rules for party in (rule.on, rule.source)]
        names = map(given_name, (*parties, *(rule.to for rule in self.egress or ())))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def id(self) -> str:
        """Id of an existing security group; empty for others."""
        return id_of(self.origin) if self.kind == "existing" else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRolePlan:
    """The IAM role of the nodes.

    Attributes:
        name: name of the role, 64 characters at most.
        origin: existing role, by its name, or a new one.
        access_entry: whether the plan creates an access entry for the role.
        cluster_name: cluster of the access entry.
        tags: tags of a new role and a new access entry.
    """

    name: str
    origin: Existing | Created
    access_entry: bool
    cluster_name: str
    tags: Mapping[str, str]

    @property
    def created(self) -> bool:
        """Whether the plan creates the role."""
        return isinstance(self.origin, Created)


def admin_name(arn: str) -> str:
    """Type, path and name of an administrator's IAM principal, such as `role.path.Admin`."""
    return arn.partition(":iam::")[2].replace("/", ".")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClusterPlan:
    """A new EKS Auto Mode cluster.

    Attributes:
        version: Kubernetes version, such as `1.36`.
        logs: types of control-plane logs to send to CloudWatch Logs.
        deletion_protection: whether EKS refuses to delete the cluster.
        tags: its tags.
        zones: the zones whose first node subnet has interfaces of the control plane; they can never change.
        public_access_cidrs: CIDR blocks that reach the API server over the internet; empty if only the VPC reaches it.
        admins: ARNs of roles and users that administer the cluster.
        built_in_node_pools: names of the built-in node pools; EKS creates the access entry of their role.
        secrets_key_arn: ARN of the KMS key of Kubernetes secrets; empty for none.
        custom_tags: whether the cluster's role may create resources with the tags of NodeClasses.
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
        """The tags of the access entry of an administrator, by ARN."""
        return tags_of_one(self.tags, f"admin-{admin_name(arn)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterPlan:
    """The EKS Auto Mode cluster of a pod network.

    Attributes:
        name: name of the cluster.
        origin: existing cluster, by its name, or a new one.
        ip_family: IP address family of pods and services.
        service_cidr: the Kubernetes service CIDR that the config names; None for EKS's default.
        security_group: security group that EKS creates for the cluster; None in the network account of a shared VPC.
        node_security_groups: ids of the security groups of the nodes, if nodes do not use the cluster's own.
        new: the new cluster; None for an existing one.
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
        """Id of the cluster's security group, as a property of a CloudFormation resource; empty if there is none."""
        group = self.security_group
        return "" if group is None else value_of(group, CLUSTER_PATH, "ClusterSecurityGroupId")


CLUSTER_PATH: Final = ("Cluster", "Cluster", "Resource")
