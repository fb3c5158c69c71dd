"""A NodeClass and a NodePool in the app's own cdk8s chart, which the deployment applies to the app's own cluster.

It needs the extras `apply` and `k8s` of eks-podspace, for the Lambda layer with kubectl and for cdk8s.
"""

import aws_cdk as cdk
import cdk8s
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer
from constructs import Construct

from constructs_lib import PodspaceChecks
from podspace.api import (
    NodeClassRef,
    NodeClassSpec,
    NodePoolSpec,
    NodeTemplate,
    NodeTemplateSpec,
    PodSecurityGroupSelectorTerm,
    Requirement,
    SecurityGroupSelectorTerm,
    SubnetSelectorTerm,
)
from podspace.k8s import NodeClass, NodePool

CLUSTER = "shop"
ROLE = "shop-nodes"
ZONES = ["eu-west-1a", "eu-west-1b"]


class NodesChart(cdk8s.Chart):
    """Nodes for arm64, whose pods have subnets of their own."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, labels={"team": "shop"})
        group = {"aws:eks:cluster-name": CLUSTER}
        node_class = NodeClass(
            self,
            "NodeClass",
            name="shop-pods",
            spec=NodeClassSpec(
                role=ROLE,
                subnet_selector_terms=(SubnetSelectorTerm(tags={"shop/subnet": "nodes"}),),
                security_group_selector_terms=(SecurityGroupSelectorTerm(tags=group),),
                pod_subnet_selector_terms=(SubnetSelectorTerm(tags={"shop/subnet": "pods"}),),
                pod_security_group_selector_terms=(PodSecurityGroupSelectorTerm(tags=group),),
                snat_policy="Disabled",
            ),
        )
        NodePool(
            self,
            "NodePool",
            name="shop",
            spec=NodePoolSpec(
                template=NodeTemplate(
                    spec=NodeTemplateSpec(
                        node_class_ref=NodeClassRef(group="eks.amazonaws.com", kind="NodeClass", name=node_class.name),
                        requirements=(Requirement(key="kubernetes.io/arch", operator="In", values=("arm64",)),),
                    )
                )
            ),
        )


app = cdk.App()
stack = cdk.Stack(app, "shop", env=cdk.Environment(region="eu-west-1"))
private = ec2.SubnetType.PRIVATE_WITH_EGRESS
vpc = ec2.Vpc(
    stack,
    "Vpc",
    ip_addresses=ec2.IpAddresses.cidr("10.40.0.0/16"),
    availability_zones=ZONES,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
        ec2.SubnetConfiguration(name="Nodes", subnet_type=private, cidr_mask=24),
        ec2.SubnetConfiguration(name="Pods", subnet_type=private, cidr_mask=18),
    ],
)
vpc.add_flow_log("FlowLog")
for name in ("Nodes", "Pods"):
    for subnet in vpc.select_subnets(subnet_group_name=name).subnets:
        cdk.Tags.of(subnet).add("shop/subnet", name.lower())

cluster = eks.Cluster(
    stack,
    "Cluster",
    cluster_name=CLUSTER,
    version=eks.KubernetesVersion.of("1.36"),
    vpc=vpc,
    vpc_subnets=[ec2.SubnetSelection(subnet_group_name="Nodes")],
    compute=eks.ComputeConfig(node_pools=[]),
    kubectl_provider_options=eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "Kubectl")),
)
policies = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
role = iam.Role(
    stack,
    "NodeRole",
    role_name=ROLE,
    assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
    managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy) for policy in policies],
)
entry = eks.AccessEntry(
    stack,
    "NodeAccess",
    cluster=cluster,
    principal=role.role_arn,
    access_entry_type=eks.AccessEntryType.EC2,
    access_policies=[
        eks.AccessPolicy.from_access_policy_name(
            "AmazonEKSAutoNodePolicy", access_scope_type=eks.AccessScopeType.CLUSTER
        )
    ],
)
for subnet in vpc.select_subnets(subnet_group_name="Pods").subnets:
    cdk.Tags.of(subnet).remove("kubernetes.io/role/internal-elb")  # eks.Cluster tags every private subnet

nodes = cluster.add_cdk8s_chart("Nodes", NodesChart(cdk8s.App(), "nodes"))
nodes.node.add_dependency(entry)

cdk.Validations.of(app).add_plugins(PodspaceChecks())
app.synth()
