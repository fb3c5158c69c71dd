"""The `cluster` section: the EKS Auto Mode cluster, its groups and the role of its nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from types import NoneType
from typing import Annotated, ClassVar, Final, Literal, Self, TypeGuard

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic.config import JsonDict

from podspace.api import ListOf, Matching, RoleName, refusal
from podspace.cdk_token import is_token
from podspace.cidr import parse_cidr, parse_ipv6_cidr
from podspace.diagnostic import Diagnostic
from podspace.kubernetes_version import FIRST_AUTO_MODE, minor_version
from podspace.planning.aws_id import KeyArn, PrincipalArn, SecurityGroupId, Zone
from podspace.planning.cluster.plan import GIVEN
from podspace.planning.prefix_list import PrefixList
from podspace.planning.section import Cidr, ClusterName, Section, SetOf

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
LOG_TYPES: Final[tuple[LogType, ...]] = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _version(version: str) -> str:
    if (minor_version(version) or 0) < FIRST_AUTO_MODE:
        raise ValueError(f'must be a Kubernetes version with EKS Auto Mode, "1.{FIRST_AUTO_MODE}" or later')
    return version


def _not_everybody(cidr: Cidr) -> Cidr:
    if not cidr.prefixlen:
        raise ValueError("must not be 0.0.0.0/0: list the networks that need access to the API server")
    return cidr


class NewClusterConfig(Section):
    """A new EKS Auto Mode cluster, and who reaches its API server."""

    version: Annotated[str, AfterValidator(_version), Field(title="Kubernetes version", examples=["1.36"])]
    """Kubernetes version, in quotes: "1.36"."""
    zones: SetOf[Zone] = Field(default=(), max_length=26, examples=[["eu-west-1a", "eu-west-1b"]])
    """The zones of the control plane's interfaces, at least two, which can never change. By default, the first two of
    `pods.zones` that have node subnets; required if the pod subnets are an explicit map."""
    public_access_cidrs: SetOf[Annotated[Cidr, AfterValidator(_not_everybody)]] = Field(
        default=(), max_length=40, examples=[["203.0.113.0/24"]]
    )
    """The networks that reach the API server over the internet, never 0.0.0.0/0; if empty, it is reachable only from
    inside the VPC."""
    admins: SetOf[PrincipalArn] = Field(default=(), max_length=50)
    """Roles and users that get an access entry with AmazonEKSClusterAdminPolicy; a warning if there are none."""
    built_in_node_pools: SetOf[Literal["system", "general-purpose"]] = Field(default=(), max_length=2)
    """The built-in node pools of EKS; their pods get addresses of the node subnets."""
    logs: SetOf[LogType] = Field(default=LOG_TYPES, max_length=5)
    """Control-plane logs to send to CloudWatch Logs."""
    secrets_key_arn: KeyArn | None = None
    """The KMS key that encrypts Kubernetes secrets, in addition to EKS's default encryption."""
    deletion_protection: bool = False
    """Whether EKS refuses to delete the cluster. Off for the first deployment, so that a failed one is rolled back."""


class PortRange(Section):
    """A port or a range of ports, of TCP by default; in a file `9100`, `30000-32767` or `53/udp`."""

    protocol: Literal["tcp", "udp"] = "tcp"
    """Protocol of the ports."""
    first: int = Field(ge=1, le=65535, examples=[30000])
    """The lowest port."""
    last: int = Field(ge=1, le=65535, examples=[32767])
    """The highest port; the same as `first` for one port."""

    short_form: ClassVar[JsonDict] = {
        "title": "port or port range",
        "examples": [9100],
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65535},
            {"type": "string", "pattern": "^[0-9]+(-[0-9]+)?(/(tcp|udp))?$"},
        ],
    }

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, int) and not isinstance(data, bool):
            return {"first": data, "last": data}
        if isinstance(data, str):
            written = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(tcp|udp))?", data, re.ASCII)
            if not written:
                raise ValueError("must be a port, such as 9100 or 53/udp, or a range, such as 30000-32767")
            first, last, protocol = written.groups()
            return {"protocol": protocol or "tcp", "first": int(first), "last": int(last or first)}
        return data

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.first > self.last:
            raise ValueError("must have its lower port first")
        return self

    def __str__(self) -> str:
        """As a file has it."""
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return ports if self.protocol == "tcp" else f"{ports}/{self.protocol}"


def _no_object(given: object) -> object:
    """A value that a config can have, not an object or a token of a CDK app."""
    written = (str, Mapping, PrefixList, IPv4Network, IPv6Network, list, tuple, int, float, NoneType)
    if not isinstance(given, written) or (isinstance(given, str) and is_token(given)):
        raise refusal(
            Diagnostic(
                id="object-in-config",
                message="must not be an object or a token of a CDK app: a plan contains neither",
                fix=f"write `{GIVEN}<name>`, such as `{GIVEN}database`, and pass the group to the construct as "
                '`security_groups={"<name>": …}`',
            )
        )
    return given


RuleGroup = Annotated[
    str,
    Matching(
        rf"sg-[0-9a-f]{{8}}([0-9a-f]{{9}})?|{GIVEN}[a-z]([a-z0-9-]{{0,38}}[a-z0-9])?",
        must="must be the id of a security group: sg- and 8 or 17 hexadecimal digits, such as sg-0123456789abcdef0",
        fix=lambda text: (
            f"write after `{GIVEN}` a lower-case letter, then letters, digits and hyphens, 40 characters at most"
            if text.startswith(GIVEN)
            else ""
        ),
        title="security group id",
        example="sg-0123456789abcdef0",
    ),
    BeforeValidator(_no_object),
]
"""The id of a security group; in Python also `given:<name>`, if a CDK app passes it in."""


def _party(given: object) -> str:
    """Which kind of party of a rule was meant, so that an error is reported about that one."""
    if isinstance(given, Mapping | PrefixList) or (isinstance(given, str) and given.startswith("pl-")):
        return "prefix list"
    if isinstance(given, str) and given.startswith(("sg-", GIVEN)):
        return "group"
    return "word" if given == "vpc" else "CIDR"


def _cidr(given: object) -> object:
    if isinstance(given, IPv4Network | IPv6Network):
        return given
    if not isinstance(given, str) or "/" not in given:
        raise ValueError(
            "must be `vpc`, a CIDR such as 10.0.0.0/8, the id of a prefix list, pl-…, or of a security group, sg-…"
        )
    return parse_ipv6_cidr(given) if ":" in given else parse_cidr(given)


RuleParty = Annotated[
    Annotated[Literal["vpc"], Tag("word")]
    | Annotated[IPv4Network | IPv6Network, BeforeValidator(_cidr), Field(title="CIDR block"), Tag("CIDR")]
    | Annotated[PrefixList, Tag("prefix list")]
    | Annotated[RuleGroup, Tag("group")],
    Discriminator(_party),
    BeforeValidator(_no_object),
]
"""The other side of a rule: `vpc` for every CIDR block of the VPC, a CIDR, a prefix list, or a security group."""


class IngressRuleConfig(Section):
    """What the pods' security group admits: `{from: …, ports: […]}`."""

    from_: RuleParty = Field(examples=["vpc"])
    """`vpc` for every CIDR block of the VPC, a CIDR block, a prefix list, or a security group; in a CDK app also
    `given:<name>`."""
    ports: SetOf[PortRange] = ()
    """Ports, such as `9100`, `30000-32767` or `53/udp`; every protocol and port by default."""

    @model_validator(mode="before")
    @classmethod
    def _from_key(cls, data: object) -> object:
        # `from` is a keyword of Python, so that no field can have its name.
        return {("from_" if key == "from" else key): value for key, value in data.items()} if _keyed(data) else data


def _keyed(data: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(data, Mapping)


class EgressRuleConfig(Section):
    """What pods may reach: `{to: …, ports: […]}`."""

    to: RuleParty = Field(examples=["10.0.0.0/8"])
    """`vpc` for every CIDR block of the VPC, a CIDR block, a prefix list, or a security group; in a CDK app also
    `given:<name>`."""
    ports: SetOf[PortRange] = ()
    """Ports, such as `9100`, `30000-32767` or `53/udp`; every protocol and port by default."""


class ReachedGroupConfig(Section):
    """A security group of something that pods connect to, such as a database, which gets ingress rules for them."""

    id: RuleGroup
    """Security group of the destination; in a CDK app also `given:<name>`."""
    ports: SetOf[PortRange] = Field(min_length=1, examples=[[5432]])
    """Ports on which the security group admits the pods."""


def _rules_of_word(given: object) -> object:
    return ({"from": given},) if isinstance(given, str) else given


class PodGroupConfig(Section):
    """The security group of pod interfaces: `dedicated`, the `cluster`'s own, or an existing one."""

    kind: Literal["dedicated", "cluster"] = "dedicated"
    """`dedicated`: a security group that this stack creates. `cluster`: the cluster's own."""
    name: str | None = Field(default=None, min_length=1, max_length=255, examples=["shop-wide-pods"])
    """The `Name` tag of a dedicated group, `<cluster>-<name>-pods` by default; its GroupName is CloudFormation's."""
    id: SecurityGroupId | None = None
    """Id of an existing security group, in place of `kind`."""
    add_rules: bool = False
    """Whether to add to an existing group, and to the cluster's, the rules a dedicated one would get."""
    ingress: Annotated[
        ListOf[IngressRuleConfig] | None,
        BeforeValidator(_rules_of_word, json_schema_input_type=ListOf[IngressRuleConfig] | Literal["vpc"] | None),
    ] = Field(default=None, examples=["vpc"])
    """Sources it admits in addition to pods, nodes and the control plane; `vpc` is short for `[{from: vpc}]`."""
    egress: ListOf[EgressRuleConfig] | None = None
    """Destinations pods may reach in addition to pods, nodes and the control plane; everything by default."""
    reaches: ListOf[ReachedGroupConfig] = ()
    """Security groups that get rules which admit the pods."""

    short_form: ClassVar[JsonDict] = {
        "type": "string",
        "title": "`dedicated`, `cluster` or security group id",
        "pattern": "^(dedicated|cluster|sg-[0-9a-f]{8}([0-9a-f]{9})?)$",
        "examples": ["dedicated"],
    }

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, str):
            return {"kind": data} if data in {"dedicated", "cluster"} else {"id": data}
        return data

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        if self.id and self.model_fields_set & {"kind", "name"}:
            raise ValueError("must have either the `id` of an existing security group, or a `kind` and `name`")
        if self.name and self.kind == "cluster":
            raise ValueError("must not have `name`: EKS names the cluster's security group")
        if self.add_rules and not self.id:
            raise ValueError("must not have `add_rules`: it is only for an existing security group, given by its `id`")
        return self


class NodeRoleConfig(Section):
    """The IAM role of the nodes: created by this stack, or an existing one, by name.

    The stack creates an access entry only for a role with the path `/`.
    """

    create: bool = False
    """Whether this stack creates the role and its access entry; true if the section is left out."""
    name: RoleName | None = Field(default=None, examples=["shop-nodes"])
    """Name of an existing role, in place of `create`."""
    access_entry: bool | None = Field(default=None, examples=[True])
    """Whether to create an access entry for an existing role; required with `name`. False for the role of the built-in
    node pools, whose access entry EKS creates. A role with another path than `/` needs an access entry that you
    create."""

    @model_validator(mode="after")
    def _made_or_named(self) -> Self:
        if self.create == (self.name is not None):
            raise ValueError("must be either `create: true`, or the `name` of an existing role")
        if self.create and self.access_entry is not None:
            raise ValueError("must not have `access_entry`: a role created by this stack always gets an access entry")
        if self.name and self.access_entry is None:
            raise ValueError(
                "must have `access_entry: false` if the role has an access entry (EKS creates it for the role of the "
                "built-in node pools), or `access_entry: true` if it has none"
            )
        return self


class ClusterConfig(Section):
    """The EKS Auto Mode cluster."""

    name: ClusterName
    """Name of the EKS cluster."""
    create: NewClusterConfig | None = None
    """Creates the cluster, instead of using an existing one."""
    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    """The address family of pods and services; it cannot be changed."""
    security_group_id: SecurityGroupId | None = None
    """The security group that EKS created for the cluster, which `aws eks describe-cluster` shows as
    clusterSecurityGroupId; on its control plane and, by default, its nodes. Required in a file, unless `create` is
    given."""
    node_security_group_ids: ListOf[SecurityGroupId] = Field(default=(), max_length=16)
    """The security groups of the nodes, if not the cluster's own; an interface has at most 16. They must have rules
    that allow traffic to and from the cluster's security group."""
    service_cidr: Cidr | None = Field(default=None, examples=["172.20.0.0/16"])
    """Kubernetes service CIDR; by default, the one that EKS chooses for this VPC."""
    node_role: NodeRoleConfig = NodeRoleConfig(create=True)
    """The IAM role of the nodes."""
    host_network_ports: ListOf[PortRange] = ()
    """Ports that host-network pods serve to pods, such as node-exporter's 9100."""
    enable_network_policy: bool = False
    """Whether to write the cluster-wide ConfigMap that switches network policies on; every existing network policy of
    the cluster then takes effect."""
