"""The security group of the pods' network interfaces, with its rules and rules on other security groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import SecurityGroupRef, VpcRef, cfn_tags, security_group_id, slice_of, vpc_id
from constructs_lib.group_rules import egress, ingress
from constructs_lib.inputs import Need, checked_inputs
from podspace.cdk_token import is_token
from podspace.planning import CLUSTER, PODS, EgressRule, GroupRule, PassedIn, PodGroupPlan
from podspace.planning.cluster.plan import GIVEN
from podspace.planning.origin import id_of


class PodSecurityGroup(Construct):
    """The security group of the pods: a new one, the cluster's own, or an existing one.

    Each rule is a separate resource, so that another CIDR block or group changes no existing resource.

    Attributes:
        security_group_id: id of the security group, a literal or a token.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: PodGroupPlan,
        vpc: VpcRef | ClusterVpc,
        cluster_security_group: SecurityGroupRef | None = None,
        security_groups: Mapping[str, SecurityGroupRef] | None = None,
    ) -> None:
        """Create the security group of a plan, or look up an existing one, and create its rules.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the group and its rules, as planned.
            vpc: the VPC.
            cluster_security_group: the security group that EKS created for the cluster; needed for rules of the plan,
                or if pods use it and the config does not name it.
            security_groups: security groups that the config names as `given:<name>`, by name.

        Raises:
            ValueError: the plan is missing, the cluster's group is missing or not the one that the config names, or
                `security_groups` has a missing or superfluous name, or one group twice.
        """
        plan = slice_of(plan, PodGroupPlan, argument="plan.pod_group")
        named = id_of(plan.origin) if plan.kind == "cluster" else ""
        if named:
            cluster_security_group = _same(cluster_security_group, named)
        if cluster_security_group is None and plan.uses_cluster_group:
            raise ValueError(
                "cluster_security_group is missing: the plan uses the cluster's group; pass "
                "`cluster.cluster_security_group` or the id that `aws eks describe-cluster` shows"
            )
        given = given_groups(plan.passed_in, security_groups)
        super().__init__(scope, construct_id)
        cluster_id = "" if cluster_security_group is None else security_group_id(cluster_security_group)
        ids = {CLUSTER: cluster_id, PODS: self._group_id(plan, vpc, cluster_id), **given}
        _check_each_once(plan, ids)
        self.security_group_id = ids[PODS]
        self._group: ec2.ISecurityGroup | None = None
        self._open = plan.egress is None
        for rule in plan.rules:
            ingress(self, rule, ids)
        for allowed in plan.egress or ():
            egress(self, allowed, ids)

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group as a CDK object, to which an app may add rules."""
        if self._group is None:
            self._group = ec2.SecurityGroup.from_security_group_id(
                self, "SecurityGroup", self.security_group_id, allow_all_outbound=self._open
            )
        return self._group

    def _group_id(self, plan: PodGroupPlan, vpc: VpcRef | ClusterVpc, cluster_id: str) -> str:
        if plan.kind == "cluster":
            return cluster_id
        if plan.kind == "existing":
            return plan.id
        return ec2.CfnSecurityGroup(
            self,
            "Group",
            vpc_id=vpc_id(vpc),
            group_description=plan.description,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol=rule.protocol,
                    cidr_ip=str(rule.to) if isinstance(rule.to, IPv4Network) else None,
                    cidr_ipv6=str(rule.to) if isinstance(rule.to, IPv6Network) else None,
                    description=rule.reason,
                )
                for rule in plan.inline_egress
            ],
            tags=cfn_tags(plan.tags),
        ).attr_group_id


def _check_each_once(plan: PodGroupPlan, ids: Mapping[str, str]) -> None:
    """Refuse a group that is passed in under one name and is in the plan, or passed in, under another one as well."""
    seen: dict[tuple[object, ...], GroupRule | EgressRule] = {}
    rules: list[GroupRule | EgressRule] = [*plan.rules, *(plan.egress or ())]
    for rule in rules:
        on, peer = (rule.on, rule.source) if isinstance(rule, GroupRule) else (PODS, rule.to)
        parties = tuple(ids.get(str(party), str(party)) for party in (on, peer))
        earlier = seen.setdefault((type(rule), *parties, rule.protocol, rule.ports), rule)
        if earlier is not rule:
            raise ValueError(
                f"security_groups has one group twice, or one that the plan has already: the rules `{earlier.reason}` "
                f"and `{rule.reason}` are equal, and EC2 refuses the second; remove one of the two entries"
            )


def given_groups(names: Sequence[str], security_groups: Mapping[str, SecurityGroupRef] | None) -> Mapping[str, str]:
    """Ids of the security groups that an app passes in, by the names in the plan's rules.

    Raises:
        ValueError: a name is missing or superfluous, or an object is not a security group.
    """
    needs = [Need(argument="security_groups", name=name, origin=PassedIn(name), prefix="sg") for name in names]
    inputs = checked_inputs({"security_groups": security_groups or {}}, needs, created={})
    return {f"{GIVEN}{need.name}": inputs.id(need, security_group_id) for need in needs}


def _same(given: SecurityGroupRef | None, named: str) -> SecurityGroupRef:
    """The group that the config names, unless the app passes it in as a token or an object."""
    if isinstance(given, str) and not is_token(given) and given != named:
        raise ValueError(
            f"cluster_security_group is {given}, but the config has {named}: pass the same, or remove one of the two"
        )
    return named if given is None else given
