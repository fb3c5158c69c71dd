"""A pod network on a VPC and a cluster of the app: everything is passed as an object, nothing by id."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from constructs_lib import AutoModeCluster, NodeRole, PodNetwork, PodSecurityGroup, PodspaceChecks
from podspace.formats.manifest_files import write_manifests
from podspace.planning import Config, manifests, plan_network

ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
plan = plan_network(
    Config.model_validate(
        {
            "name": "shop-pods",
            "environment": {"region": "eu-west-1"},
            "vpc": {"cidrs": ["10.40.0.0/20"]},
            "cluster": {
                "name": "shop",
                "create": {"version": "1.36", "admins": ["arn:aws:iam::111122223333:role/Admin"]},
                "host_network_ports": [9100],
            },
            "pods": {
                "cidrs": ["100.64.0.0/16"],
                "zones": ZONES,
                "subnet_prefix": 18,
                "security_group": {"ingress": "vpc"},
            },
            "egress": [{"to": "internet", "nat_gateways": "per_zone"}],
            "node_classes": [{"name": "shop-pods", "snat_policy": "Disabled"}],
            "node_pools": [
                {"name": "shop", "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]}
            ],
        }
    )
)

app = cdk.App()
stack = cdk.Stack(app, "shop", env=cdk.Environment(region="eu-west-1"))
nat = ec2.NatProvider.gateway()
addresses = ec2.IpAddresses.cidr("10.40.0.0/20")
vpc = ec2.Vpc(stack, "Vpc", ip_addresses=addresses, availability_zones=ZONES, nat_gateway_provider=nat)
vpc.add_flow_log("FlowLog")

gateways = {gateway.az: gateway.gateway_id for gateway in nat.configured_gateways}
PodNetwork(stack, "PodNetwork", plan=plan.pods, vpc=vpc, nat_gateways=gateways, node_subnets=vpc.private_subnets)
by_zone = {subnet.availability_zone: [subnet] for subnet in vpc.private_subnets}
shop = AutoModeCluster(stack, "Cluster", plan=plan.cluster, vpc=vpc, node_subnets=by_zone)
group = shop.security_group_id
PodSecurityGroup(stack, "PodSecurityGroup", plan=plan.pod_group, vpc=vpc, cluster_security_group=group)
NodeRole(stack, "NodeRole", plan=plan.node_role, cluster=shop)

write_manifests(Path("dist/shop-pods"), manifests(plan))
cdk.Validations.of(app).add_plugins(PodspaceChecks(manifests=[Path("dist/shop-pods")]))
app.synth()
for remark in plan.remarks:
    print(f"{remark.severity}: {remark.message}")
