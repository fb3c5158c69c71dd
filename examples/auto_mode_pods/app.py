import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks

from constructs_lib import AutoModePods, PodspaceChecks

app = cdk.App()
stack = cdk.Stack(app, "shop", env=cdk.Environment(region="eu-west-1"))
vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a", "eu-west-1b"])
version, no_pools = eks.KubernetesVersion.of("1.36"), eks.ComputeConfig(node_pools=[])
cluster = eks.Cluster(stack, "Cluster", cluster_name="shop", version=version, vpc=vpc, compute=no_pools)
requirements = [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]
pods = AutoModePods(
    stack,
    "Pods",
    vpc=vpc,
    cluster=cluster,
    pods={"cidrs": ["100.64.0.0/16"], "subnet_prefix": 18, "security_group": {"ingress": "vpc"}},
    egress=[{"to": "internet", "nat_gateways": "per_zone"}],
    node_classes=[{"name": "shop-pods", "snat_policy": "Disabled"}],
    node_pools=[{"name": "shop", "requirements": requirements}],
    config={"cluster": {"host_network_ports": [9100]}},
)
cdk.Validations.of(app).add_plugins(PodspaceChecks(manifests=pods.files))
app.synth()
