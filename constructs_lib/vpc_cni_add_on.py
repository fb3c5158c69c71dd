"""The Amazon VPC CNI add-on of a cluster, for managed node groups on the pod network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct, IDependable

from constructs_lib.existing import cfn_tags, mapping_of, slice_of
from podspace.planning import VpcCniPlan
from podspace.planning.nodes.vpc_cni import add_on_configuration


class VpcCniAddOn(Construct):
    """The VPC CNI add-on with custom networking, which creates an ENIConfig for each pod subnet.

    Only nodes that start after it use it, so node groups must depend on this construct:
    https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: VpcCniPlan,
        pod_subnet_ids: Mapping[str, Sequence[str]],
        security_group_id: str,
        cluster: IDependable | None = None,
    ) -> None:
        """Create the add-on of a plan.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: custom networking of the plan.
            pod_subnet_ids: ids of the pod subnets by zone, `PodNetwork.subnet_ids`; literals or tokens.
            security_group_id: id of the pods' security group, `PodSecurityGroup.security_group_id`.
            cluster: the cluster, if the same app creates it; the add-on depends on it.

        Raises:
            ValueError: the plan is missing, or a zone of the plan has fewer subnets than planned.
        """
        plan = slice_of(plan, VpcCniPlan, argument="plan.vpc_cni")
        mapping_of(pod_subnet_ids, argument="pod_subnet_ids")
        wanted = {each.zone: each.index + 1 for each in plan.eni_configs}
        if missing := [zone for zone, count in wanted.items() if len(pod_subnet_ids.get(zone, ())) < count]:
            raise ValueError(f"pod_subnet_ids has too few for {', '.join(missing)}: pass PodNetwork.subnet_ids")
        super().__init__(scope, construct_id)
        configuration = add_on_configuration(plan, subnet_ids=pod_subnet_ids, security_group_id=security_group_id)
        add_on = eks.CfnAddon(
            self,
            "AddOn",
            addon_name="vpc-cni",
            addon_version=plan.version or None,
            cluster_name=plan.cluster_name,
            configuration_values=Stack.of(self).to_json_string(configuration.values()),
            tags=cfn_tags(plan.tags),
        )
        if cluster is not None:
            add_on.node.add_dependency(cluster)
