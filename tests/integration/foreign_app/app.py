#!/usr/bin/env python3
"""A CDK app as another team would write it.

Nothing of podspace is in it but one line; it has a style of its own, three stacks and a nested one, constructs of CDK
alone, and manifests written by hand beside it.
"""

import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import PodspaceChecks

FAULTS = (sys.argv[1] if len(sys.argv) > 1 else "").split(",")  # what is planted, for the tests
ACCEPTED = next((fault.removeprefix("accepted-at-") for fault in FAULTS if fault.startswith("accepted-at-")), "")
MANIFESTS = [Path(path) for path in sys.argv[2:]]


class Network(cdk.Stack):
    def __init__(self, scope: Construct, id: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        self.vpc = ec2.Vpc(
            self,
            "Main",
            ip_addresses=ec2.IpAddresses.cidr("10.80.0.0/18"),
            availability_zones=["us-west-2a", "us-west-2b"],
            nat_gateways=2,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Edge", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
                ec2.SubnetConfiguration(name="Compute", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=22),
            ],
        )
        for subnet in self.vpc.private_subnets:
            cdk.Tags.of(subnet).add("acme:tier", "compute")
        self.endpoints = Endpoints(self, "Endpoints", vpc=self.vpc)


class Endpoints(cdk.NestedStack):
    def __init__(self, scope: Construct, id: str, *, vpc: ec2.Vpc) -> None:
        super().__init__(scope, id)
        group = ec2.SecurityGroup(self, "Group", vpc=vpc, description="AWS services")
        group.add_ingress_rule(ec2.Peer.ipv4("10.80.0.0/18"), ec2.Port.tcp(443))
        if "endpoints" not in FAULTS:
            group.add_ingress_rule(ec2.Peer.ipv4("100.72.0.0/16"), ec2.Port.tcp(443))
        for service in ("ecr.api", "ecr.dkr", "sts"):
            vpc_endpoint = ec2.InterfaceVpcEndpoint(
                self,
                service.title().replace(".", ""),
                vpc=vpc,
                service=ec2.InterfaceVpcEndpointAwsService(service),
                open=False,
                security_groups=[group],
            )
            vpc_endpoint.node.add_dependency(group)


class Pods(cdk.Stack):
    def __init__(self, scope: Construct, id: str, *, vpc: ec2.Vpc, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        cidr = "100.72.0.0/15" if "block" in FAULTS else "100.72.0.0/16"
        block = ec2.CfnVPCCidrBlock(self, "Overlay", vpc_id=vpc.vpc_id, cidr_block=cidr)
        gateways = [s.node.find_child("NATGateway").ref for s in vpc.public_subnets]
        if "zones" in FAULTS:
            gateways.reverse()
        for index, zone in enumerate(vpc.availability_zones):
            cidr = f"100.{73 if 'cidr' in FAULTS else 72}.{128 * index}.0/17"
            subnet = ec2.PrivateSubnet(
                self, f"Overlay{zone[-1].upper()}", vpc_id=vpc.vpc_id, availability_zone=zone, cidr_block=cidr
            )
            if "dependency" not in FAULTS and not (ACCEPTED and index == 0):
                subnet.node.add_dependency(block)
            if "route" not in FAULTS:
                subnet.add_default_nat_route(gateways[index])
            cdk.Tags.of(subnet).add("acme:tier", "overlay")
        self.group = ec2.SecurityGroup(self, "OverlayGroup", vpc=vpc, description="pods", allow_all_outbound=True)
        self.group.add_ingress_rule(ec2.Peer.ipv4("10.80.0.0/18"), ec2.Port.all_traffic())
        if "pods" not in FAULTS:
            self.group.add_ingress_rule(self.group, ec2.Port.all_traffic())
        if "everywhere" in FAULTS:
            self.group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(22))
        cdk.Tags.of(self.group).add("acme:tier", "overlay")
        cdk.Tags.of(self.group).add("eks:eks-cluster-name", "acme-west")


class Platform(cdk.Stack):
    def __init__(self, scope: Construct, id: str, *, vpc: ec2.Vpc, pods: ec2.SecurityGroup, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        cluster = eks.Cluster(
            self,
            "Eks",
            cluster_name="acme-west",
            version=eks.KubernetesVersion.of("1.34"),
            vpc=vpc,
            vpc_subnets=[ec2.SubnetSelection(subnet_group_name="Compute")],
            compute=eks.ComputeConfig(node_pools=["system"]),
        )
        for port in (443, 10250) if "api-server" not in FAULTS else (10250,):
            cluster.cluster_security_group.add_ingress_rule(pods, ec2.Port.tcp(port))
        role = iam.Role(
            self,
            "OverlayNodes",
            role_name="acme-west-overlay-nodes",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(name)
                for name in ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
                if not ("policies" in FAULTS and "Registry" in name)
            ],
        )
        if "access-entry" not in FAULTS:
            cluster.grant_access(
                "OverlayNodesAccess",
                role.role_arn,
                [
                    eks.AccessPolicy.from_access_policy_name(
                        "AmazonEKSAutoNodePolicy", access_scope_type=eks.AccessScopeType.CLUSTER
                    )
                ],
                access_entry_type=eks.AccessEntryType.EC2,
            )


app = cdk.App()
env = cdk.Environment(region="us-west-2")
network = Network(app, "acme-network", env=env)
pods = Pods(app, "acme-overlay", vpc=network.vpc, env=env)
Platform(app, "acme-platform", vpc=network.vpc, pods=pods.group, env=env)

if ACCEPTED:
    place = {"app": app, "stack": pods, "construct": pods.node.find_child("OverlayA")}[ACCEPTED]
    acknowledgment = cdk.Acknowledgment(id="Podspace::subnet-without-block-dependency", reason="a test")
    cdk.Validations.of(place).acknowledge(acknowledgment)
if MANIFESTS:
    cdk.Validations.of(app).add_plugins(PodspaceChecks(manifests=MANIFESTS))
app.synth()
