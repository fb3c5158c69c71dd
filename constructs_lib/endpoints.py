"""VPC endpoints for the pods, and rules on the security groups of existing endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import (
    RouteTableRef,
    SecurityGroupRef,
    SubnetRef,
    VpcRef,
    cfn_tags,
    route_table_id,
    security_group_id,
    slice_of,
    vpc_id,
)
from constructs_lib.group_rules import egress, ingress
from constructs_lib.inputs import Need, checked_inputs
from podspace.planning import ENDPOINTS, PODS, EndpointsPlan, GroupRule

_PSEUDO_PARAMETERS: Final = {
    "${AWS::AccountId}": Aws.ACCOUNT_ID,
    "${AWS::Partition}": Aws.PARTITION,
    "${AWS::Region}": Aws.REGION,
    "${AWS::URLSuffix}": Aws.URL_SUFFIX,
}


class Endpoints(Construct):
    """Gateway endpoints on the pod route tables, interface endpoints that admit the pods, and rules on security groups.

    Attributes:
        security_group_id: id of the security group of the new interface endpoints, a token; empty if there are none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: EndpointsPlan,
        vpc: VpcRef | ClusterVpc,
        route_tables: Sequence[RouteTableRef] = (),
        subnets: Mapping[str, SubnetRef] | None = None,
        pod_security_group: SecurityGroupRef | None = None,
    ) -> None:
        """Create the endpoints of a plan and the security group rules that admit the pods.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the endpoints and rules, as planned.
            vpc: the VPC.
            route_tables: the route tables of the pods, for gateway endpoints.
            subnets: a subnet for each zone of the plan, for interface endpoints; needed only for zones whose subnet the
                plan neither names by id nor creates.
            pod_security_group: the group of the pods, for rules between it and the groups of endpoints.

        Raises:
            ValueError: an argument that the plan needs is missing, or one is superfluous.
        """
        plan = slice_of(plan, EndpointsPlan, argument="plan.endpoints")
        if plan.gateways and not route_tables:
            raise ValueError("route_tables is empty: gateway endpoints need PodNetwork.route_table_ids")
        if pod_security_group is None and (plan.egress or any(rule.source == PODS for rule in plan.rules)):
            raise ValueError("pod_security_group is missing: the plan has rules between it and the groups of endpoints")
        needs = {
            zone: Need(argument="subnets", name=zone, origin=origin, zone=zone, prefix="subnet")
            for zone, origin in plan.subnets.items()
        }
        created = vpc.subnet_ids if isinstance(vpc, ClusterVpc) else {}
        checked = checked_inputs({"subnets": subnets or {}}, needs.values(), created=created)
        super().__init__(scope, construct_id)
        self._vpc_id = vpc_id(vpc)
        for service in plan.gateways:
            ec2.CfnVPCEndpoint(
                self,
                f"Gateway-{service.rpartition('.')[2]}",
                vpc_id=self._vpc_id,
                service_name=service,
                vpc_endpoint_type="Gateway",
                route_table_ids=[route_table_id(table) for table in route_tables],
                policy_document=_policy(plan, service),
                tags=cfn_tags(plan.tags[service]),
            )
        self.security_group_id = self._group(plan) if plan.interfaces else ""
        for service in plan.interfaces:
            ec2.CfnVPCEndpoint(
                self,
                f"Interface-{service.split('.', 3)[3]}",
                vpc_id=self._vpc_id,
                service_name=service,
                vpc_endpoint_type="Interface",
                subnet_ids=[checked.subnet(need) for need in needs.values()],
                security_group_ids=[self.security_group_id],
                private_dns_enabled=True,
                policy_document=_policy(plan, service),
                tags=cfn_tags(plan.tags[service]),
            )
        ids = {ENDPOINTS: self.security_group_id}
        if pod_security_group:
            ids[PODS] = security_group_id(pod_security_group)
        for rule in plan.rules:
            ingress(self, rule, ids)
        for allowed in plan.egress:
            egress(self, allowed, ids)

    def _group(self, plan: EndpointsPlan) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            vpc_id=self._vpc_id,
            group_description=plan.description,
            tags=cfn_tags(plan.tags["group"]),
        ).attr_group_id
        for cidr in plan.sources:
            rule = GroupRule(
                on=ENDPOINTS, source=cidr, protocol="tcp", ports=(443, 443), reason=f"{cidr} reaches endpoints"
            )
            ingress(self, rule, {ENDPOINTS: group})
        return group


def _policy(plan: EndpointsPlan, service: str) -> object:
    """The policy document of a service's endpoint; None for AWS's default."""
    return _resolved(plan.policies[service]) if service in plan.policies else None


def _resolved(value: object) -> object:
    """A value of a policy document with tokens for pseudo parameters."""
    match value:
        case str():
            for name, token in _PSEUDO_PARAMETERS.items():
                value = value.replace(name, token)
            return value
        case tuple():
            return [_resolved(item) for item in value]
        case Mapping():
            return {key: _resolved(item) for key, item in value.items()}
    return value
