from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_cdk import App, Environment, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks as eks_v1
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.assertions import Annotations, Match, Template
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer

from constructs_lib import AutoModeCluster, AutoModePods
from podspace.diagnostic import InputError
from podspace.planning import Config, plan_network
from tests.template import properties, resources, routes_by_table, tags_of, target, the, zone_of

A, B, C = "eu-west-1a", "eu-west-1b", "eu-west-1c"
VPC_ID = "vpc-0123456789abcdef0"
SUBNETS = {A: "subnet-0a00000000000000a", B: "subnet-0b00000000000000b"}
GATEWAYS = {A: "nat-0a00000000000000a", B: "nat-0b00000000000000b"}
CLUSTER_GROUP = "sg-0d00000000000000d"
SECTIONS: Mapping[str, Any] = {
    "pods": {"cidrs": ["100.64.0.0/16"], "subnet_prefix": 18},
    "egress": [{"to": "internet", "nat_gateways": "per_zone"}],
    "node_classes": [{"name": "shop-pods", "snat_policy": "Disabled"}],
    "node_pools": [
        {"name": "shop", "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]}
    ],
}
GIVEN_GROUPS: Mapping[str, Any] = {
    **SECTIONS["pods"],
    "security_group": {
        "ingress": [{"from": "given:alb", "ports": [8080]}],
        "reaches": [{"id": "given:db", "ports": [5432]}],
    },
}
BY_ID = {
    "environment": {"region": "eu-west-1"},
    "vpc": {"cidrs": ["10.40.0.0/20"], "node_subnets": {zone: [id] for zone, id in SUBNETS.items()}},
}


def a_stack(*, region: str | None = "eu-west-1", context: Mapping[str, Any] | None = None) -> Stack:
    app = App(analytics_reporting=False, context={"aws:cdk:disable-asset-staging": True, **(context or {})})
    env = Environment(account="111122223333", region=region) if region else None
    return Stack(app, "shop", env=env, analytics_reporting=False)


def a_vpc(stack: Stack, zones: list[str] | None = None, **keywords: Any) -> ec2.Vpc:
    addresses = ec2.IpAddresses.cidr("10.40.0.0/20")
    return ec2.Vpc(stack, "Vpc", ip_addresses=addresses, availability_zones=zones or [A, B], **keywords)


def a_cluster(stack: Stack, vpc: ec2.IVpc, name: str | None = "shop") -> eks.Cluster:
    version, compute = eks.KubernetesVersion.of("1.36"), eks.ComputeConfig(node_pools=[])
    return eks.Cluster(stack, "Cluster", cluster_name=name, version=version, vpc=vpc, compute=compute)


def an_imported_vpc(stack: Stack, **keywords: Any) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id=VPC_ID,
        availability_zones=[A, B],
        **{"private_subnet_ids": list(SUBNETS.values()), **keywords},
    )


def an_imported_cluster(stack: Stack, **keywords: Any) -> eks.ICluster:
    return eks.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="shop", **keywords)


def pods_on(stack: Stack, **keywords: Any) -> AutoModePods:
    return AutoModePods(stack, "Pods", **{"manifest_folder": None, **SECTIONS, **keywords})


def found(error: pytest.ExceptionInfo[InputError]) -> dict[str, str]:
    return {diagnostic.id: diagnostic.location.path for diagnostic in error.value.diagnostics}


def node_class(pods: AutoModePods) -> dict[str, Any]:
    (spec,) = (manifest["spec"] for manifest in pods.manifests if manifest["kind"] == "NodeClass")
    assert isinstance(spec, dict)
    return spec


def pod_subnets(template: Template) -> dict[str, str]:
    """The pod subnets, by zone."""
    return {
        zone_of(subnet): id
        for id, subnet in resources(template, "AWS::EC2::Subnet").items()
        if str(subnet["Properties"]["CidrBlock"]).startswith("100.")
    }


class TestCreatedObjects:
    def test_pods_leave_through_the_nat_gateway_of_their_zone(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        template = Template.from_stack(stack)
        table_of = {
            target(each["SubnetId"]): target(each["RouteTableId"])
            for each in properties(template, "AWS::EC2::SubnetRouteTableAssociation")
        }
        routes = routes_by_table(template)
        public = {id: zone_of(subnet) for id, subnet in resources(template, "AWS::EC2::Subnet").items()}
        gateways = {
            id: public[target(gateway["Properties"]["SubnetId"])]
            for id, gateway in resources(template, "AWS::EC2::NatGateway").items()
        }
        for zone, subnet in pod_subnets(template).items():
            kind, gateway = routes[table_of[subnet]]["0.0.0.0/0"]
            assert (kind, gateways[gateway]) == ("NatGatewayId", zone)

    def test_node_subnets_are_tagged_and_selected(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        ((selector, word),) = node_class(pods)["subnetSelectorTerms"][0]["tags"].items()
        tagged = {
            zone_of(subnet)
            for subnet in resources(Template.from_stack(stack), "AWS::EC2::Subnet").values()
            if tags_of(subnet["Properties"]).get(selector) == word
        }
        assert tagged == {A, B}

    def test_names_cidrs_and_zones_are_those_of_the_objects(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack, [B, C])
        plan = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc)).plan
        assert (plan.cluster_name, plan.name, plan.region) == ("shop", "shop-pods", "eu-west-1")
        assert [str(cidr) for cidr in plan.vpc.named_cidrs] == ["10.40.0.0/20"]
        assert plan.pods.zones == (B, C)

    def test_the_access_entry_waits_for_the_cluster_and_has_its_name(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        template = Template.from_stack(stack)
        (cluster,) = resources(template, "AWS::EKS::Cluster")
        template.has_resource(
            "AWS::EKS::AccessEntry",
            {"Properties": {"ClusterName": "shop", "Type": "EC2"}, "DependsOn": Match.array_with([cluster])},
        )

    def test_a_cluster_of_the_older_module_is_read_too(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        version, layer = eks_v1.KubernetesVersion.of("1.36"), KubectlV36Layer(stack, "Kubectl")
        cluster = eks_v1.Cluster(
            stack, "Cluster", cluster_name="shop", version=version, vpc=vpc, kubectl_layer=layer, default_capacity=0
        )
        assert pods_on(stack, vpc=vpc, cluster=cluster).plan.cluster_name == "shop"
        template = Template.from_stack(stack)
        (resource,) = resources(template, "Custom::AWSCDK-EKS-Cluster")
        groups = [rule["GroupId"] for rule in properties(template, "AWS::EC2::SecurityGroupIngress")]
        assert resource in [target(group) for group in groups]

    def test_a_nat_gateway_is_found_among_several_public_subnets_of_a_zone(self) -> None:
        stack = a_stack()
        further = ec2.SubnetConfiguration(name="Further", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24)
        nat = ec2.SubnetSelection(subnet_group_name="Public")
        vpc = a_vpc(stack, subnet_configuration=[*TWO_KINDS, further], nat_gateway_subnets=nat)
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        template = Template.from_stack(stack)
        tables = [routes_by_table(template)[id] for id in resources(template, "AWS::EC2::RouteTable") if "Pods" in id]
        gateways = {table["0.0.0.0/0"][1] for table in tables}
        assert gateways == set(resources(template, "AWS::EC2::NatGateway"))

    def test_new_nat_gateways_are_created_in_the_public_subnets_of_the_vpc(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack, nat_gateways=0, subnet_configuration=TWO_KINDS)
        egress = [{"to": "internet", "new_nat_gateways": "per_zone"}]
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), egress=egress)
        template = Template.from_stack(stack)
        subnets = resources(template, "AWS::EC2::Subnet")
        homes = [subnets[target(gateway["SubnetId"])] for gateway in properties(template, "AWS::EC2::NatGateway")]
        assert {zone_of(subnet) for subnet in homes} == {A, B}
        assert all(tags_of(subnet["Properties"])["aws-cdk:subnet-type"] == "Public" for subnet in homes)

    def test_private_nat_gateways_are_created_in_the_node_subnets(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        egress = [{"to": ["10.0.0.0/8"], "private_nat_gateways": "per_zone"}]
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), egress=egress)
        template = Template.from_stack(stack)
        private = [gateway for gateway in properties(template, "AWS::EC2::NatGateway") if "ConnectivityType" in gateway]
        subnets = resources(template, "AWS::EC2::Subnet")
        assert {zone_of(subnets[target(gateway["SubnetId"])]) for gateway in private} == {A, B}

    def test_pods_may_have_fewer_zones_than_the_vpc(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack, [A, B, C])
        pods = {**SECTIONS["pods"], "zones": [A, B]}
        assert pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), pods=pods).plan.pods.zones == (A, B)

    def test_endpoints_and_flow_logs_are_created_on_request(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        endpoints = {"gateways": ["s3"], "interfaces": {"services": ["sts"]}}
        flow_logs = {"to": "cloud_watch_logs"}
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), endpoints=endpoints, flow_logs=flow_logs)
        template = Template.from_stack(stack)
        interface = Match.object_like({"VpcEndpointType": "Interface"})
        template.has_resource_properties("AWS::EC2::VPCEndpoint", interface)
        assert properties(template, "AWS::EC2::FlowLog")

    def test_the_nat_gateways_of_the_vpc_have_alarms_on_request(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), monitoring={"ipam_logs": {}})
        template = Template.from_stack(stack)
        alarms = [each for each in properties(template, "AWS::CloudWatch::Alarm") if "Dimensions" in each]
        watched = {target(each["Dimensions"][0]["Value"]) for each in alarms}
        assert watched == resources(template, "AWS::EC2::NatGateway").keys()
        ((_, source),) = resources(template, "AWS::Logs::DeliverySource").items()
        assert set(source["DependsOn"]) >= resources(template, "AWS::EKS::Cluster").keys()

    def test_one_pod_network_of_an_app_delivers_the_ipam_logs_of_a_cluster(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        cluster = a_cluster(stack, vpc)
        pods_on(stack, vpc=vpc, cluster=cluster, monitoring={"ipam_logs": {}})
        second = {
            "vpc": vpc,
            "cluster": cluster,
            "name": "second",
            "pods": {"cidrs": ["100.65.0.0/16"], "subnet_prefix": 18},
            "egress": [],
            "node_classes": [{"name": "second"}],
            "node_pools": [],
            "manifest_folder": None,
        }
        with pytest.raises(ValueError, match="IPAM logs of shop"):
            AutoModePods(stack, "Second", monitoring={"ipam_logs": {}}, **second)  # type: ignore[arg-type]
        AutoModePods(stack, "Third", **second)  # type: ignore[arg-type]

    def test_a_cluster_is_created_on_request(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods = pods_on(stack, vpc=vpc, cluster={"name": "shop", "create": {"version": "1.36"}})
        assert pods.cluster is not None
        subnets = resources(Template.from_stack(stack), "AWS::EC2::Subnet")
        network = the(Template.from_stack(stack), "AWS::EKS::Cluster")["ResourcesVpcConfig"]
        assert {zone_of(subnets[target(subnet)]) for subnet in network["SubnetIds"]} == {A, B}

    def test_a_cluster_of_auto_mode_cluster_is_accepted(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        config = {"name": "x", "cluster": {"name": "shop", "create": {"version": "1.36"}}, **SECTIONS}
        config |= {"environment": {"region": "eu-west-1"}, "vpc": {"cidrs": ["10.40.0.0/20"]}}
        config["pods"] = {**SECTIONS["pods"], "zones": [A, B]}
        plan = plan_network(Config.model_validate(config))
        by_zone = {subnet.availability_zone: [subnet] for subnet in vpc.private_subnets}
        cluster = AutoModeCluster(stack, "Cluster", plan=plan.cluster, vpc=vpc, node_subnets=by_zone)
        assert pods_on(stack, vpc=vpc, cluster=cluster).plan.cluster_name == "shop"

    def test_group_and_role_are_open_to_further_rules_and_policies(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        database = ec2.SecurityGroup(stack, "Database", vpc=vpc)
        database.connections.allow_from(pods.security_group, ec2.Port.tcp(5432))
        template = Template.from_stack(stack)
        group = next(
            id
            for id, each in resources(template, "AWS::EC2::SecurityGroup").items()
            if "Pods of EKS cluster" in each["Properties"]["GroupDescription"]
        )
        rule = next(
            rule for rule in properties(template, "AWS::EC2::SecurityGroupIngress") if rule.get("ToPort") == 5432
        )
        assert target(rule["SourceSecurityGroupId"]) == group
        assert pods.node_role.role_name

    @pytest.mark.parametrize("as_token", [False, True])
    def test_groups_of_the_app_are_passed_in_by_the_names_of_the_config(self, as_token: bool) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        alb, database = (ec2.SecurityGroup(stack, name, vpc=vpc) for name in ("Alb", "Database"))
        groups = {name: each.security_group_id if as_token else each for name, each in (("alb", alb), ("db", database))}
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), pods=GIVEN_GROUPS, security_groups=groups)
        template = Template.from_stack(stack)
        (pod_group,) = (
            id
            for id, each in resources(template, "AWS::EC2::SecurityGroup").items()
            if "eks:eks-cluster-name" in tags_of(each["Properties"])
        )
        rules = {
            (target(rule["GroupId"]), target(rule["SourceSecurityGroupId"]), rule.get("FromPort"))
            for rule in properties(template, "AWS::EC2::SecurityGroupIngress")
        }
        alb_id, database_id = (target(stack.resolve(each.security_group_id)) for each in (alb, database))
        assert {(pod_group, alb_id, 8080), (database_id, pod_group, 5432)} <= rules

    def test_warnings_of_the_plan_are_annotations(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        requirement = {"key": "kubernetes.io/arch", "operator": "In", "values": ["aarch64"]}
        pools = [{"name": "shop", "requirements": [requirement]}]
        pods = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), node_pools=pools)
        warnings = [remark for remark in pods.plan.remarks if remark.severity == "warning"]
        assert warnings
        for remark in warnings:
            Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp(f"podspace:{remark.id}"))


TWO_KINDS = [
    ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
    ec2.SubnetConfiguration(name="Nodes", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
]


class TestImportedObjects:
    def test_from_attributes(self) -> None:
        stack = a_stack()
        vpc = an_imported_vpc(stack, vpc_cidr_block="10.40.0.0/20")
        cluster = an_imported_cluster(stack, cluster_security_group_id=CLUSTER_GROUP)
        pods = pods_on(stack, vpc=vpc, cluster=cluster, nat_gateways=GATEWAYS)
        assert [term["id"] for term in node_class(pods)["subnetSelectorTerms"]] == list(SUBNETS.values())
        template = Template.from_stack(stack)
        assert the(template, "AWS::EC2::VPCCidrBlock")["VpcId"] == VPC_ID
        groups = {rule["GroupId"] for rule in properties(template, "AWS::EC2::SecurityGroupIngress") if _literal(rule)}
        assert groups == {CLUSTER_GROUP}

    def test_a_cluster_of_the_older_module_from_attributes(self) -> None:
        stack = a_stack()
        cluster = eks_v1.Cluster.from_cluster_attributes(
            stack, "Cluster", cluster_name="shop", cluster_security_group_id=CLUSTER_GROUP
        )
        vpc = an_imported_vpc(stack, vpc_cidr_block="10.40.0.0/20")
        plan = pods_on(stack, vpc=vpc, cluster=cluster, nat_gateways=GATEWAYS).plan
        assert plan.cluster_name == "shop"

    def test_what_the_attributes_leave_out_is_said_by_the_config(self) -> None:
        stack = a_stack()
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=an_imported_vpc(stack), cluster="shop", nat_gateways=GATEWAYS)
        assert found(error) == {"not-literal": "vpc.cidrs"}
        pods_on(
            stack,
            vpc=stack.node.find_child("Vpc"),
            cluster="shop",
            nat_gateways=GATEWAYS,
            cluster_security_group=CLUSTER_GROUP,
            config={"vpc": {"cidrs": ["10.40.0.0/20"]}},
        )

    def test_ids_and_names_alone(self) -> None:
        stack = a_stack(region=None)
        keywords = {"cluster_security_group": CLUSTER_GROUP, "nat_gateways": GATEWAYS, "config": BY_ID}
        plan = pods_on(stack, vpc=VPC_ID, cluster="shop", **keywords).plan
        assert (plan.vpc.id, plan.cluster_name, plan.pods.zones) == (VPC_ID, "shop", (A, B))

    def test_a_cluster_without_its_group(self) -> None:
        stack = a_stack()
        vpc = an_imported_vpc(stack, vpc_cidr_block="10.40.0.0/20")
        with pytest.raises(ValueError, match="cluster_security_group"):
            pods_on(stack, vpc=vpc, cluster=an_imported_cluster(stack), nat_gateways=GATEWAYS)

    def test_a_config_file_says_the_rest(self, tmp_path: Path) -> None:
        file = tmp_path / "shop.yaml"
        file.write_text(yaml.safe_dump({**BY_ID, "pods": {**SECTIONS["pods"], "zones": [A, B]}}))
        stack = a_stack()
        keywords = {"cluster_security_group": CLUSTER_GROUP, "nat_gateways": GATEWAYS, "config": file, "pods": None}
        assert pods_on(stack, vpc=VPC_ID, cluster="shop", **keywords).plan.pods.zones == (A, B)


def _literal(rule: Mapping[str, Any]) -> bool:
    return isinstance(rule["GroupId"], str)


LOOKED_UP = {
    f"vpc-provider:account=111122223333:filter.vpc-id={VPC_ID}:region=eu-west-1:returnAsymmetricSubnets=true": {
        "vpcId": VPC_ID,
        "vpcCidrBlock": "10.40.0.0/20",
        "availabilityZones": [],
        "subnetGroups": [
            {
                "name": "Private",
                "type": "Private",
                "subnets": [
                    {"subnetId": id, "cidr": f"10.40.{n}.0/24", "availabilityZone": zone, "routeTableId": f"rtb-{n}"}
                    for n, (zone, id) in enumerate(SUBNETS.items())
                ],
            }
        ],
    }
}


class TestLookup:
    def test_before_the_vpc_is_looked_up_nothing_is_compared_or_written(self, tmp_path: Path) -> None:
        stack = a_stack()
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id=VPC_ID)
        config = {"vpc": {"cidrs": ["10.40.0.0/20"]}}
        pods = pods_on(stack, vpc=vpc, cluster="shop", config=config, manifest_folder=tmp_path, **self.passed(vpc))
        assert pods.security_group.security_group_id
        assert not pods.files
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "block", ["100.64.0.0/16", "10.0.0.0/16", "10.255.0.0/16", "172.16.0.0/16", "192.168.0.0/17"]
    )
    def test_what_the_vpc_has_is_not_guessed_before(self, block: str) -> None:
        stack = a_stack()
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id=VPC_ID)
        pods_on(stack, vpc=vpc, cluster="shop", pods={"cidrs": [block], "subnet_prefix": 18}, **self.passed(vpc))

    def test_after_it_is_looked_up_the_plan_has_its_values(self, tmp_path: Path) -> None:
        stack = a_stack(context=LOOKED_UP)
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id=VPC_ID)
        pods = pods_on(stack, vpc=vpc, cluster="shop", manifest_folder=tmp_path, **self.passed(vpc))
        assert (pods.plan.vpc.id, pods.plan.pods.zones) == (VPC_ID, (A, B))
        assert [str(cidr) for cidr in pods.plan.vpc.named_cidrs] == ["10.40.0.0/20"]
        assert pods.files == tuple(sorted((tmp_path / "shop-pods").iterdir()))

    def test_after_it_is_looked_up_a_contradiction_is_found(self) -> None:
        stack = a_stack(context=LOOKED_UP)
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id=VPC_ID)
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=vpc, cluster="shop", config={"vpc": {"cidrs": ["10.41.0.0/20"]}}, **self.passed(vpc))
        assert found(error) == {"contradicts-object": "vpc.cidrs"}

    @staticmethod
    def passed(vpc: ec2.IVpc) -> Mapping[str, Any]:
        gateways = {zone: f"nat-{n:017x}" for n, zone in enumerate(vpc.availability_zones)}
        return {"nat_gateways": gateways, "cluster_security_group": CLUSTER_GROUP}

    def test_zones_of_the_account_that_are_not_known_yet(self, tmp_path: Path) -> None:
        stack = a_stack()
        vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
        assert not pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), manifest_folder=tmp_path).files


class TestStacksWithoutEnvironment:
    def test_a_region_in_the_config(self) -> None:
        stack = a_stack(region=None)
        vpc = a_vpc(stack)
        config = {"environment": {"region": "eu-west-1"}}
        assert pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=config).plan.region == "eu-west-1"

    def test_no_region(self) -> None:
        stack = a_stack(region=None)
        vpc = a_vpc(stack)
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc))
        assert found(error) == {"not-literal": "environment.region"}

    def test_zones_that_only_the_deployment_knows(self) -> None:
        stack = a_stack(region=None)
        vpc = ec2.Vpc(stack, "Vpc")
        config = {"environment": {"region": "eu-west-1"}}
        with pytest.raises(ValueError, match="availability_zones"):
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=config)


def _public_nodes(_: Stack, vpc: ec2.Vpc) -> Mapping[str, Any]:
    return {"node_subnets": vpc.public_subnets}


def _one_zone(_: Stack, vpc: ec2.Vpc) -> Mapping[str, Any]:
    return {"node_subnets": vpc.private_subnets[:1], "pods": {**SECTIONS["pods"], "zones": [A, B]}}


def _mixed(stack: Stack, vpc: ec2.Vpc) -> Mapping[str, Any]:
    exists = ec2.Subnet.from_subnet_attributes(stack, "Known", subnet_id=SUBNETS[B], availability_zone=B)
    return {"node_subnets": [vpc.private_subnets[0], exists]}


def _token(stack: Stack, _: ec2.Vpc) -> Mapping[str, Any]:
    return {
        "node_subnets": [
            ec2.Subnet.from_subnet_attributes(
                stack, f"Of-{zone}", subnet_id=Fn.import_value(f"of-{zone}"), availability_zone=zone
            )
            for zone in (A, B)
        ]
    }


CONTRADICTIONS: Mapping[str, tuple[str, str, Callable[[Stack, ec2.Vpc], Mapping[str, Any]], tuple[str, ...]]] = {
    "name of the cluster": (
        "contradicts-object",
        "cluster.name",
        lambda *_: {"config": {"cluster": {"name": "store"}}},
        ("store", "shop"),
    ),
    "CIDR block": (
        "contradicts-object",
        "vpc.cidrs",
        lambda *_: {"config": {"vpc": {"cidrs": ["10.41.0.0/20"]}}},
        ("10.41.0.0/20", "10.40.0.0/20"),
    ),
    "region": (
        "contradicts-object",
        "environment.region",
        lambda *_: {"config": {"environment": {"region": "us-east-2"}}},
        ("us-east-2", "eu-west-1"),
    ),
    "zone": (
        "no-node-subnet-in-pod-zone",
        "pods.zones",
        lambda *_: {"pods": {**SECTIONS["pods"], "zones": [A, C]}},
        (C, A),
    ),
    "zone without a node subnet": ("no-node-subnet-in-pod-zone", "pods.zones", _one_zone, (B, A)),
    "node subnets of another VPC": (
        "node-subnet-of-other-vpc",
        "node_subnets",
        lambda stack, _: {"node_subnets": ec2.Vpc(stack, "Other", availability_zones=[A, B]).private_subnets},
        ("Other",),
    ),
    "zones of another type": (
        "invalid-config",
        "pods.zones",
        lambda *_: {"pods": {**SECTIONS["pods"], "zones": A}},
        (A,),
    ),
    "zones of another type with named node subnets": (
        "invalid-config",
        "pods.zones",
        lambda *_: {"pods": {**SECTIONS["pods"], "zones": A}, "config": {"vpc": BY_ID["vpc"]}},
        (A,),
    ),
    "a section of another type": ("invalid-config", "vpc", lambda *_: {"config": {"vpc": [1]}}, ("[1]",)),
    "public node subnets": ("public-node-subnet", "node_subnets", _public_nodes, ("PublicSubnet1",)),
    "node subnets of both kinds": ("mixed-node-subnets", "node_subnets", _mixed, ("Known",)),
    "node subnets without ids": ("mixed-node-subnets", "node_subnets", _token, (f"Of-{A}",)),
    "a new VPC": (
        "contradicts-object",
        "vpc.create",
        lambda *_: {"config": {"vpc": {"create": {"nodes": {"cidrs": ["10.40.0.0/21"], "subnet_prefix": 24}}}}},
        ("VPC",),
    ),
    "a new cluster": (
        "contradicts-object",
        "cluster.create",
        lambda *_: {"config": {"cluster": {"create": {"version": "1.36"}}}},
        ("cluster",),
    ),
    "node subnets twice": (
        "contradicts-object",
        "vpc.node_subnets",
        lambda _, vpc: {"node_subnets": vpc.private_subnets, "config": {"vpc": BY_ID["vpc"]}},
        ("node_subnets",),
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_both_values_and_creates_nothing(name: str, tmp_path: Path) -> None:
    id, path, keywords, named = CONTRADICTIONS[name]
    stack = a_stack()
    vpc = a_vpc(stack)
    cluster = a_cluster(stack, vpc)
    with pytest.raises(InputError) as error:
        pods_on(stack, vpc=vpc, cluster=cluster, manifest_folder=tmp_path, **keywords(stack, vpc))
    assert (id, path) in [(each.id, each.location.path) for each in error.value.diagnostics]
    for value in named:
        assert value in str(error.value)
    assert stack.node.try_find_child("Pods") is None
    assert not list(tmp_path.iterdir())


def test_every_contradiction_is_reported_at_once() -> None:
    stack = a_stack()
    vpc = a_vpc(stack)
    config = {"cluster": {"name": "store"}, "vpc": {"cidrs": ["10.41.0.0/20"]}, "environment": {"region": "us-east-2"}}
    with pytest.raises(InputError) as error:
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=config)
    paths = {each.location.path for each in error.value.diagnostics}
    assert paths == {"cluster.name", "vpc.cidrs", "environment.region"}


def test_a_cluster_without_a_literal_name() -> None:
    stack = a_stack()
    vpc = a_vpc(stack)
    cluster = a_cluster(stack, vpc, name=None)
    with pytest.raises(InputError) as error:
        pods_on(stack, vpc=vpc, cluster=cluster)
    assert found(error) == {"not-literal": "cluster.name"}
    assert pods_on(stack, vpc=vpc, cluster=cluster, config={"cluster": {"name": "shop"}}).plan.cluster_name == "shop"


class TestWrongArguments:
    def test_an_unknown_keyword_names_a_near_one(self) -> None:
        with pytest.raises(TypeError, match="node_subnets"):
            pods_on(a_stack(), vpc=VPC_ID, cluster="shop", node_subnet=[])

    @pytest.mark.parametrize("vpc", [42, None, "subnet-0123456789abcdef0"])
    def test_no_vpc(self, vpc: object) -> None:
        with pytest.raises(ValueError, match=r"ec2\.IVpc"):
            pods_on(a_stack(), vpc=vpc, cluster="shop")

    @pytest.mark.parametrize("cluster", [42, None, object()])
    def test_no_cluster(self, cluster: object) -> None:
        with pytest.raises(ValueError, match="aws_eks_v2"):
            pods_on(a_stack(), vpc=VPC_ID, cluster=cluster)

    def test_no_subnet(self) -> None:
        with pytest.raises(ValueError, match=r"ec2\.ISubnet"):
            pods_on(a_stack(), vpc=VPC_ID, cluster="shop", node_subnets=["subnet-1"])

    def test_a_section_twice(self) -> None:
        with pytest.raises(InputError) as error:
            pods_on(a_stack(), vpc=VPC_ID, cluster="shop", config=SECTIONS)
        assert {each.location.path for each in error.value.diagnostics} == set(SECTIONS)

    def test_a_cluster_to_be_created_without_its_version(self) -> None:
        stack = a_stack()
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=a_vpc(stack), cluster={"name": "shop"})
        assert found(error) == {"not-literal": "cluster.create"}

    def test_a_misspelt_key_of_a_section(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods = {"cidr": ["100.64.0.0/16"], "subnet_prefix": 18}
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), pods=pods)
        assert "pods.cidr" in {each.location.path for each in error.value.diagnostics}

    def test_a_diagnostic_of_a_config_file_has_its_line(self, tmp_path: Path) -> None:
        file = tmp_path / "shop.yaml"
        file.write_text("environment: {region: eu-west-1}\ncluster:\n  name: store\n")
        stack = a_stack()
        vpc = a_vpc(stack)
        with pytest.raises(InputError) as error:
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=file)
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.location.file, diagnostic.location.line) == (str(file), 3)

    def test_a_policy_file_of_a_config_file_is_read_and_one_of_sections_is_an_error(self, tmp_path: Path) -> None:
        policy = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}'
        (tmp_path / "sts.json").write_text(policy)
        endpoints = {"interfaces": {"services": ["sts"]}, "policies": {"sts": {"file": "sts.json"}}}
        file = tmp_path / "shop.yaml"
        file.write_text(yaml.safe_dump({"endpoints": endpoints}))
        for config in (file, {"endpoints": endpoints}):
            stack = a_stack()
            vpc = a_vpc(stack)
            if config == file:
                plan = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=config).plan
                assert plan.endpoints
                assert plan.endpoints.policies
            else:
                with pytest.raises(InputError) as error:
                    pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), config=config)
                assert found(error) == {"endpoint-policy-file": "endpoints.policies.sts.file"}
        (tmp_path / "sts.json").unlink()
        with pytest.raises(InputError) as error:
            pods_on(a_stack(), vpc=VPC_ID, cluster="shop", config=file)
        assert found(error) == {"endpoint-policy-file": "endpoints.policies.sts.file"}

    @pytest.mark.parametrize("names", [[], ["alb"], ["alb", "db", "cache"]])
    def test_groups_are_passed_in_just_where_the_config_names_them(self, names: list[str]) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        groups = dict.fromkeys(names, "sg-000000a1")
        with pytest.raises(ValueError, match="security_groups has"):
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), pods=GIVEN_GROUPS, security_groups=groups)

    def test_gateways_that_the_plan_does_not_use(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        with pytest.raises(ValueError, match="tgw"):
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), transit_gateways={"tgw": "tgw-0123456789abcdef0"})


class TestSeveralPodNetworks:
    def test_they_have_names_and_blocks_of_their_own(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        cluster = a_cluster(stack, vpc)
        pods_on(stack, vpc=vpc, cluster=cluster)
        further: dict[str, Any] = {**SECTIONS, "vpc": vpc, "cluster": cluster, "manifest_folder": None}
        with pytest.raises(ValueError, match="name"):
            AutoModePods(stack, "Further", **further)
        with pytest.raises(ValueError, match="shop-pods"):
            AutoModePods(stack, "Further", **further, name="further")
        further["node_classes"] = [{"name": "further", "snat_policy": "Disabled"}]
        further["node_pools"] = [{**SECTIONS["node_pools"][0], "name": "further"}]
        with pytest.raises(ValueError, match=r"100\.64\.0\.0/16"):
            AutoModePods(stack, "Further", **further, name="further")
        further["pods"] = {"cidrs": ["100.65.0.0/16"], "subnet_prefix": 18}
        assert AutoModePods(stack, "Further", **further, name="further").plan.name == "further"

    @pytest.mark.parametrize(("cluster", "clash"), [("a", True), ("A", True), ("x", False)])
    def test_they_create_no_role_of_one_name(self, cluster: str, clash: bool) -> None:
        first = a_stack()
        given: dict[str, Any] = {"config": BY_ID, "nat_gateways": GATEWAYS, "cluster_security_group": CLUSTER_GROUP}
        pods_on(first, vpc=an_imported_vpc(first), cluster="a-b", name="c", **given)
        second = Stack(App.of(first), "Second", env=Environment(account="111122223333", region="eu-west-1"))
        vpc = ec2.Vpc.from_vpc_attributes(second, "Vpc", vpc_id="vpc-0000000b", availability_zones=[A, B])
        if clash:
            with pytest.raises(ValueError, match="-b-c-nodes-eu-west-1"):
                pods_on(second, vpc=vpc, cluster=cluster, name="b-c", **given)
        else:
            assert pods_on(second, vpc=vpc, cluster=cluster, name="b-c", **given).plan.node_role.created


class TestManifests:
    def test_a_folder_that_cannot_be_written_to_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        stack = a_stack()
        vpc = a_vpc(stack)
        with pytest.raises(ValueError, match="manifest_folder"):
            pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), manifest_folder=file)

    def test_they_are_written_to_a_folder_named_after_the_pod_network(self, tmp_path: Path) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods = pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), manifest_folder=tmp_path)
        kinds = [yaml.safe_load(file.read_text())["kind"] for file in pods.files]
        assert kinds == ["NodeClass", "NodePool"]
        assert {file.parent for file in pods.files} == {tmp_path / "shop-pods"}

    def test_they_are_applied_on_request(self) -> None:
        stack = a_stack()
        vpc = a_vpc(stack)
        pods_on(stack, vpc=vpc, cluster=a_cluster(stack, vpc), apply=True)
        template = Template.from_stack(stack)
        applied = [str(each["Manifest"]) for each in properties(template, "Custom::AWSCDK-EKS-KubernetesResource")]
        assert any('"kind":"NodeClass"' in manifest for manifest in applied)
