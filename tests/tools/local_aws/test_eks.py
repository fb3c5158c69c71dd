"""EKS refuses what AWS refuses, and its clusters have a security group, interfaces and access entries."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.local_aws.network import Network
from tests.tools.local_aws.stacks import Stacks, refused
from tools.local_aws.clients import AccountClients

_NAMES = count()
AUTO = {
    "computeConfig": {"enabled": True},
    "storageConfig": {"blockStorage": {"enabled": True}},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "bootstrapSelfManagedAddons": False,
}
OFF = {
    "computeConfig": {"enabled": False},
    "storageConfig": {"blockStorage": {"enabled": False}},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": False}},
}
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def role(aws: AccountClients, name: str) -> str:
    """The ARN of a role."""
    try:
        return str(aws("iam").get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        return str(aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({}))["Role"]["Arn"])


def request(net: Network, **given: Any) -> dict[str, Any]:
    """A request for a cluster of EKS Auto Mode in two zones; None leaves a parameter out."""
    subnets = [
        each["SubnetId"]
        for each in net.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["Subnets"]
    ]
    found = {
        "name": f"cluster-{next(_NAMES)}",
        "version": "1.36",
        "roleArn": role(net.aws, "cluster"),
        "accessConfig": {"authenticationMode": "API"},
        "resourcesVpcConfig": {
            "subnetIds": subnets or [net.subnet("10.0.0.0/24"), net.subnet("10.0.1.0/24", "eu-west-1b")]
        },
        **AUTO,
        **given,
    }
    return {key: value for key, value in found.items() if value is not None}


def create(net: Network, **given: Any) -> dict[str, Any]:
    cluster = net.aws("eks").create_cluster(**request(net, **given))["cluster"]
    assert isinstance(cluster, dict)
    return cluster


def group_of(net: Network, cluster: dict[str, Any]) -> dict[str, Any]:
    """The security group that EKS made."""
    id_ = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    (group,) = net.ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    assert isinstance(group, dict)
    return group


@pytest.mark.parametrize(
    "given",
    [
        {},
        {**OFF, "bootstrapSelfManagedAddons": True},
        {**OFF, "version": "1.28"},
        dict.fromkeys(AUTO),
        {"version": "1.29"},
        {"version": None},
    ],
    ids=["Auto Mode", "no Auto Mode", "old version", "not stated", "oldest with Auto Mode", "default version"],
)
def test_a_cluster_is_created(net: Network, given: dict[str, Any]) -> None:
    cluster = create(net, **given)
    found = net.aws("eks").describe_cluster(name=cluster["name"])["cluster"]
    assert (found["status"], found["resourcesVpcConfig"]["vpcId"]) == ("ACTIVE", net.vpc)
    assert cluster["name"] in net.aws("eks").list_clusters()["clusters"]


@pytest.mark.parametrize(
    "given",
    [
        {"computeConfig": {"enabled": False}},
        {"storageConfig": None},
        {"kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": False}}},
        {"version": "1.28"},
        {"bootstrapSelfManagedAddons": True},
        {"bootstrapSelfManagedAddons": None},
        {"computeConfig": {"enabled": True, "nodePools": ["system"]}},
        {"computeConfig": {"enabled": True, "nodeRoleArn": "arn:aws:iam::111122223333:role/nodes"}},
        {"roleArn": "missing"},
        {"computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": "missing"}},
        {"resourcesVpcConfig": {"subnetIds": ["subnet-00000000000000000"]}},
    ],
    ids=[
        "no compute",
        "no storage",
        "no load balancing",
        "old version",
        "add-ons",
        "add-ons not stated",
        "node pools without a role",
        "role without node pools",
        "no such role",
        "no such role of nodes",
        "no such subnet",
    ],
)
def test_a_cluster_is_refused(net: Network, given: dict[str, Any]) -> None:
    text = json.dumps(given).replace('"missing"', f'"arn:aws:iam::{net.aws.account}:role/missing"')
    wanted = request(net, **json.loads(text))
    with refused("InvalidParameterException"):
        net.aws("eks").create_cluster(**wanted)
    assert wanted["name"] not in net.aws("eks").list_clusters()["clusters"]


def test_the_subnets_of_a_cluster_are_in_two_zones(net: Network) -> None:
    same = [net.subnet("10.0.0.0/24"), net.subnet("10.0.1.0/24")]
    with refused("InvalidParameterException"):
        create(net, resourcesVpcConfig={"subnetIds": same})
    other = net.subnet("10.0.2.0/24", "eu-west-1b")
    create(net, resourcesVpcConfig={"subnetIds": [*same, other]})


def test_further_groups_of_a_cluster_exist(net: Network) -> None:
    subnets = request(net)["resourcesVpcConfig"]["subnetIds"]
    with refused("InvalidParameterException"):
        create(net, resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": ["sg-00000000000000000"]})
    create(net, resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": [net.group()]})


def test_a_name_is_of_one_cluster(net: Network) -> None:
    name = create(net)["name"]
    with refused("ResourceInUseException"):
        create(net, name=name)
    with refused("ResourceNotFoundException"):
        net.aws("eks").describe_cluster(name="missing")


def test_the_group_of_a_cluster_admits_itself_and_is_in_its_interfaces(net: Network) -> None:
    cluster = create(net)
    group = group_of(net, cluster)
    assert group["VpcId"] == net.vpc
    (permission,) = group["IpPermissions"]
    assert [each["GroupId"] for each in permission["UserIdGroupPairs"]] == [group["GroupId"]]
    assert {"Key": "aws:eks:cluster-name", "Value": cluster["name"]} in group["Tags"]
    filters = [{"Name": "group-id", "Values": [group["GroupId"]]}]
    interfaces = net.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    assert {each["SubnetId"] for each in interfaces} == set(cluster["resourcesVpcConfig"]["subnetIds"])


def test_a_deleted_cluster_leaves_its_vpc_empty(net: Network) -> None:
    cluster = create(net)
    with refused("DependencyViolation"):
        net.ec2.delete_subnet(SubnetId=cluster["resourcesVpcConfig"]["subnetIds"][0])
    net.aws("eks").delete_cluster(name=cluster["name"])
    with refused("InvalidGroup.NotFound"):
        group_of(net, cluster)
    for subnet in cluster["resourcesVpcConfig"]["subnetIds"]:
        net.ec2.delete_subnet(SubnetId=subnet)
    with refused("ResourceNotFoundException"):
        net.aws("eks").delete_cluster(name=cluster["name"])


def test_the_group_of_a_deleted_cluster_stays_if_a_rule_names_it(net: Network) -> None:
    cluster, group = create(net), net.group()
    id_ = group_of(net, cluster)["GroupId"]
    rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": id_}]}
    net.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    net.aws("eks").delete_cluster(name=cluster["name"])
    assert group_of(net, cluster)["GroupId"] == id_


def test_a_protected_cluster_is_not_deleted(net: Network) -> None:
    eks, name = net.aws("eks"), create(net, deletionProtection=True)["name"]
    with refused("InvalidRequestException"):
        eks.delete_cluster(name=name)
    eks.update_cluster_config(name=name, deletionProtection=False)
    eks.delete_cluster(name=name)


@pytest.mark.parametrize(
    ("primary", "services"), [("10.0.0.0/16", "172.20.0.0/16"), ("172.16.0.0/16", "10.100.0.0/16")]
)
def test_addresses_of_services_are_not_of_the_vpc(stacks: Stacks, primary: str, services: str) -> None:
    vpc = stacks.aws("ec2").create_vpc(CidrBlock=primary)["Vpc"]["VpcId"]
    net = Network(aws=stacks.aws, vpc=vpc)
    prefix = primary.rpartition(".0.0")[0]
    subnets = [net.subnet(f"{prefix}.0.0/24"), net.subnet(f"{prefix}.1.0/24", "eu-west-1b")]
    cluster = create(net, resourcesVpcConfig={"subnetIds": subnets})
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == services


def test_tags_of_a_cluster_change(net: Network) -> None:
    eks, cluster = net.aws("eks"), create(net, tags={"team": "a", "cost": "1"})
    eks.tag_resource(resourceArn=cluster["arn"], tags={"team": "b"})
    eks.untag_resource(resourceArn=cluster["arn"], tagKeys=["cost", "missing"])
    assert eks.describe_cluster(name=cluster["name"])["cluster"]["tags"] == {"team": "b"}


def test_version_and_settings_of_a_cluster_change(net: Network) -> None:
    eks, cluster = net.aws("eks"), create(net)
    name = cluster["name"]
    eks.update_cluster_version(name=name, version="1.37")
    eks.update_cluster_config(name=name, resourcesVpcConfig={"endpointPrivateAccess": True})
    found = eks.describe_cluster(name=name)["cluster"]
    assert (found["version"], found["resourcesVpcConfig"]["endpointPrivateAccess"]) == ("1.37", True)
    assert found["resourcesVpcConfig"]["subnetIds"] == cluster["resourcesVpcConfig"]["subnetIds"]


# Access entries


def test_an_access_entry_is_for_an_existing_principal_and_only_one(net: Network) -> None:
    eks, name = net.aws("eks"), create(net)["name"]
    with refused("InvalidParameterException"):
        eks.create_access_entry(clusterName=name, principalArn=f"arn:aws:iam::{net.aws.account}:role/missing")
    with refused("InvalidParameterException"):
        eks.create_access_entry(clusterName=name, principalArn=f"arn:aws:iam::{net.aws.account}:user/missing")
    nodes = role(net.aws, "nodes")
    assert eks.create_access_entry(clusterName=name, principalArn=nodes, type="EC2")["accessEntry"]["type"] == "EC2"
    with refused("ResourceInUseException"):
        eks.create_access_entry(clusterName=name, principalArn=nodes)
    assert eks.list_access_entries(clusterName=name)["accessEntries"] == [nodes]


def test_a_principal_of_another_account_is_not_checked(net: Network) -> None:
    name = create(net)["name"]
    principal = "arn:aws:iam::444455556666:role/admin"
    net.aws("eks").create_access_entry(clusterName=name, principalArn=principal)
    assert net.aws("eks").list_access_entries(clusterName=name)["accessEntries"] == [principal]


def test_policies_of_an_access_entry_are_gone_with_it(net: Network) -> None:
    eks, key = net.aws("eks"), {"clusterName": create(net)["name"], "principalArn": role(net.aws, "nodes")}
    with refused("ResourceNotFoundException"):
        eks.associate_access_policy(**key, policyArn=VIEW, accessScope={"type": "cluster"})
    eks.create_access_entry(**key)
    eks.associate_access_policy(**key, policyArn=VIEW, accessScope={"type": "cluster"})
    (policy,) = eks.list_associated_access_policies(**key)["associatedAccessPolicies"]
    assert (policy["policyArn"], policy["accessScope"]["type"]) == (VIEW, "cluster")
    eks.delete_access_entry(**key)
    with refused("ResourceNotFoundException"):
        eks.delete_access_entry(**key)
    eks.create_access_entry(**key)
    assert eks.list_associated_access_policies(**key)["associatedAccessPolicies"] == []
    eks.associate_access_policy(**key, policyArn=VIEW, accessScope={"type": "cluster"})
    eks.disassociate_access_policy(**key, policyArn=VIEW)
    assert eks.list_associated_access_policies(**key)["associatedAccessPolicies"] == []


def test_a_cluster_of_the_config_map_has_no_access_entries(net: Network) -> None:
    name = create(net, accessConfig={"authenticationMode": "CONFIG_MAP"})["name"]
    with refused("InvalidRequestException"):
        net.aws("eks").create_access_entry(clusterName=name, principalArn=role(net.aws, "nodes"))


def test_the_role_of_built_in_node_pools_has_an_access_entry_while_they_are_on(net: Network) -> None:
    eks, nodes, other = net.aws("eks"), role(net.aws, "nodes"), role(net.aws, "other-nodes")
    on = {"enabled": True, "nodePools": ["system"], "nodeRoleArn": nodes}
    name = create(net, computeConfig=on)["name"]
    assert eks.list_access_entries(clusterName=name)["accessEntries"] == [nodes]
    with refused("ResourceInUseException"):
        eks.create_access_entry(clusterName=name, principalArn=nodes, type="EC2")
    with refused("InvalidParameterException"):
        eks.update_cluster_config(name=name, computeConfig={**on, "nodeRoleArn": other})
    eks.update_cluster_config(name=name, computeConfig={"enabled": True, "nodePools": []})
    assert eks.list_access_entries(clusterName=name)["accessEntries"] == []


# Add-ons and node groups


def test_an_add_on_is_installed_once(net: Network) -> None:
    eks, name = net.aws("eks"), create(net)["name"]
    given = {"clusterName": name, "addonName": "vpc-cni"}
    with refused("ResourceNotFoundException"):
        eks.describe_addon(**given)
    eks.create_addon(**given, configurationValues="{}")
    with refused("ResourceInUseException"):
        eks.create_addon(**given)
    eks.update_addon(**given, configurationValues='{"env": {}}')
    assert eks.describe_addon(**given)["addon"]["configurationValues"] == '{"env": {}}'
    assert eks.list_addons(clusterName=name)["addons"] == ["vpc-cni"]
    eks.delete_addon(**given)
    assert eks.list_addons(clusterName=name)["addons"] == []
    assert eks.list_nodegroups(clusterName=name)["nodegroups"] == []


def test_an_action_that_is_not_emulated_is_refused(net: Network) -> None:
    with refused("InvalidRequestException"):
        net.aws("eks").list_pod_identity_associations(clusterName="cluster")


def test_a_cluster_is_the_source_of_a_type_of_log_once(net: Network) -> None:
    logs = net.aws("logs")
    arn = f"arn:aws:eks:{net.aws.region}:{net.aws.account}:cluster/orders-{next(_NAMES)}"
    ipam = {"resourceArn": arn, "logType": "AUTO_MODE_IPAM_LOGS"}
    logs.put_delivery_source(name="ipam-1", **ipam)
    with refused("ConflictException"):
        logs.put_delivery_source(name="ipam-2", **ipam)
    logs.put_delivery_source(name="compute-1", resourceArn=arn, logType="AUTO_MODE_COMPUTE_LOGS")
    with refused("ValidationException"):
        logs.put_delivery_source(name="audit-1", resourceArn=arn, logType="AUDIT_LOGS")
    for name in ("ipam-1", "compute-1"):
        logs.delete_delivery_source(name=name)
