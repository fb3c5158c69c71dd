"""An existing VPC and cluster, by their ids."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib import NodeRole, PodNetwork, PodSecurityGroup
from podspace.planning import Config, plan_network

CONFIG = {
    "name": "batch-pods",
    "environment": {"region": "us-east-2"},
    "vpc": {
        "cidrs": ["172.16.0.0/20"],
        "node_subnets": {
            "us-east-2a": ["subnet-0a00000000000000a"],
            "us-east-2b": ["subnet-0b00000000000000b"],
        },
    },
    "cluster": {"name": "batch", "host_network_ports": [9100]},
    "pods": {
        "cidrs": ["100.64.0.0/17"],
        "zones": ["us-east-2a", "us-east-2b"],
        "subnet_prefix": 18,
        "security_group": {"ingress": "vpc"},
    },
    "egress": [{"to": "internet", "nat_gateways": "per_zone"}],
    "node_classes": [{"name": "batch-pods", "snat_policy": "Disabled"}],
    "node_pools": [
        {
            "name": "batch",
            "requirements": [{"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}],
            "taints": [{"key": "workload", "value": "batch", "effect": "NoSchedule"}],
        }
    ],
}


class PlatformStack(cdk.Stack):
    """The pod network of the batch cluster, in a stack of the platform."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.plan = plan_network(Config.model_validate(CONFIG))
        vpc = ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id="vpc-0c00000000000000c", availability_zones=list(self.plan.pods.zones)
        )
        PodNetwork(
            self,
            "PodNetwork",
            plan=self.plan.pods,
            vpc=vpc,
            nat_gateways={"us-east-2a": "nat-0a00000000000000a", "us-east-2b": "nat-0b00000000000000b"},
        )
        pods = PodSecurityGroup(
            self,
            "PodSecurityGroup",
            plan=self.plan.pod_group,
            vpc=vpc,
            cluster_security_group="sg-0d00000000000000d",
        )
        database = ec2.SecurityGroup.from_security_group_id(self, "Database", "sg-0e00000000000000e")
        database.connections.allow_from(pods.security_group, ec2.Port.tcp(5432), "Pods reach the database")
        NodeRole(self, "NodeRole", plan=self.plan.node_role)
