"""A CDK app of another team, which has eks-podspace[cdk] from a package index: every kind of VPC and cluster it may have."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from constructs_lib import AutoModePods, PodspaceChecks
from podspace.testing import assert_sound

Section = Mapping[str, object]
IRELAND = cdk.Environment(account="111122223333", region="eu-west-1")
OHIO = cdk.Environment(account="111122223333", region="us-east-2")


def node_pool(name: str) -> Section:
    """A node pool for arm64."""
    return {"name": name, "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]}


def zones_of(region: str) -> list[str]:
    """Two zones of a region."""
    return [f"{region}a", f"{region}b"]


class Shop(Construct):
    """A VPC, a cluster, and pod networks on them."""

    def __init__(self, scope: Construct, construct_id: str, *, region: str, blocks: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        name = construct_id.lower()
        vpc = ec2.Vpc(self, "Vpc", availability_zones=zones_of(region))
        vpc.add_flow_log("FlowLog")
        cluster = eks.Cluster(
            self,
            "Cluster",
            cluster_name=name,
            version=eks.KubernetesVersion.of("1.36"),
            vpc=vpc,
            compute=eks.ComputeConfig(node_pools=[]),
        )
        self.networks = [
            AutoModePods(
                self,
                f"Pods{number}",
                vpc=vpc,
                cluster=cluster,
                name=f"{name}-{number}",
                pods={"cidrs": [block], "subnet_prefix": 18},
                egress=[{"to": "internet", "nat_gateways": "per_zone"}],
                node_classes=[{"name": f"{name}-{number}", "snat_policy": "Disabled"}],
                node_pools=[node_pool(f"{name}-{number}")],
                config={"environment": {"region": region}},  # of a stack without env it is not known
            )
            for number, block in enumerate(blocks)
        ]


def on_an_imported_vpc(stack: cdk.Stack) -> AutoModePods:
    """A pod network on a VPC and a cluster that other stacks created."""
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0a1b2c3d4e5f67890",
        availability_zones=zones_of("eu-west-1"),
        private_subnet_ids=["subnet-0a1b2c3d4e5f67890", "subnet-0b1b2c3d4e5f67890"],
        vpc_cidr_block="10.40.0.0/20",
    )
    cluster = eks.Cluster.from_cluster_attributes(
        stack, "Cluster", cluster_name="ledger", cluster_security_group_id="sg-0a1b2c3d4e5f67890"
    )
    gateways = {"eu-west-1a": "nat-0a1b2c3d4e5f67890", "eu-west-1b": "nat-0b1b2c3d4e5f67890"}
    return AutoModePods(
        stack,
        "Pods",
        vpc=vpc,
        cluster=cluster,
        pods={"cidrs": ["100.66.0.0/16"], "subnet_prefix": 18},
        egress=[{"to": "internet", "nat_gateways": "per_zone"}],
        node_classes=[{"name": "ledger", "snat_policy": "Disabled"}],
        node_pools=[node_pool("ledger")],
        nat_gateways=gateways,
    )


class Production(cdk.Stage):
    """A stage with one region."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, env=IRELAND)
        stack = cdk.Stack(self, "shop")
        self.networks = Shop(stack, "ShopProd", region="eu-west-1", blocks=["100.64.0.0/16"]).networks


def main() -> int:
    """Synthesise the app that is asked for."""
    app = cdk.App()
    networks: list[AutoModePods] = []
    match sys.argv[1]:
        case "own":  # a VPC and an EKS cluster of the app, two pod networks in one stack
            stack = cdk.Stack(app, "shop", env=IRELAND)
            networks += Shop(stack, "Shop", region="eu-west-1", blocks=["100.64.0.0/16", "100.65.0.0/16"]).networks
        case "imported":
            networks.append(on_an_imported_vpc(cdk.Stack(app, "ledger", env=IRELAND)))
        case "regions":
            for env in (IRELAND, OHIO):
                region = env.region or ""
                stack = cdk.Stack(app, f"shop-{region}", env=env)
                networks += Shop(stack, f"Shop-{region}", region=region, blocks=["100.64.0.0/16"]).networks
        case "stage":
            networks += Production(app, "prod").networks
        case "without-env":
            networks += Shop(cdk.Stack(app, "shop"), "Shop", region="eu-west-1", blocks=["100.64.0.0/16"]).networks
        case other:
            raise ValueError(other)
    manifests: list[Path] = [file for network in networks for file in network.files]
    cdk.Validations.of(app).add_plugins(PodspaceChecks(manifests=manifests))
    assembly = app.synth()
    assert_sound(assembly, manifests=manifests)
    return 0


if __name__ == "__main__":
    sys.exit(main())
