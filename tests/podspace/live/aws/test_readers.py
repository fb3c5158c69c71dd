"""Clusters, stacks, what nodes leave, instance types, prefix lists, quotas and tags, as they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from podspace.live.aws.call import (
    DESCRIBE_ACCESS_ENTRY,
    DESCRIBE_CLUSTER,
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_INSTANCES,
    DESCRIBE_INTERFACES,
    DESCRIBE_PREFIX_LISTS,
    DESCRIBE_STACKS,
    DESCRIBE_VOLUMES,
    GET_ROLE,
    GET_SERVICE_QUOTA,
    GET_USER,
    LIST_ACCESS_POLICIES,
    LIST_ADDONS,
    LIST_NODEGROUPS,
    LIST_PROFILES,
    LIST_STACK_RESOURCES,
    Value,
)
from podspace.live.aws.cluster import Cluster, LiveCluster, Role
from podspace.live.aws.instance_type import instance_types
from podspace.live.aws.interface import NODE_TAG, Interface, Leftovers
from podspace.live.aws.model import tagged
from podspace.live.aws.prefix_list import prefix_list
from podspace.live.aws.quota import quota
from podspace.live.aws.stack import LiveStack
from podspace.live.aws.vpc import Subnet, Vpc, Zone
from podspace.quota import BLOCKS
from tests.canned_account import VPC, a_cluster, a_subnet, a_vpc, zone
from tests.podspace.live.aws.matching_account import Given, an_account, where

ROLE_ARN = "arn:aws:iam::111122223333:role/nodes"


@dataclass(frozen=True)
class Read:
    """What a reader makes of an answer, and of an account without it."""

    given: Given
    read: Callable[[LiveCluster], object]
    expected: object
    absent: object


OF_CLUSTER = {
    "cluster": Read(
        (DESCRIBE_CLUSTER, {"name": "prod"}, [a_cluster()]),
        lambda live: (found := live.cluster) and (found.vpc.vpc_id, found.account_id, found.compute.enabled),
        (VPC, "111122223333", True),
        None,
    ),
    "access entry": Read(
        (DESCRIBE_ACCESS_ENTRY, {"clusterName": "prod", "principalArn": ROLE_ARN}, [{"type": "EC2"}]),
        lambda live: (found := live.access_entry(ROLE_ARN)) and found.type,
        "EC2",
        None,
    ),
    "access policies": Read(
        (LIST_ACCESS_POLICIES, {"clusterName": "prod", "principalArn": ROLE_ARN}, [{"policyArn": "arn:1"}]),
        lambda live: live.access_policies(ROLE_ARN),
        ("arn:1",),
        (),
    ),
    "managed node groups": Read(
        (LIST_NODEGROUPS, {"clusterName": "prod"}, [{"Name": "blue"}]), lambda live: live.node_groups, ("blue",), ()
    ),
    "add-ons": Read(
        (LIST_ADDONS, {"clusterName": "prod"}, [{"Name": "vpc-cni"}]), lambda live: live.add_ons, ("vpc-cni",), ()
    ),
    "instance profiles": Read(
        (LIST_PROFILES, {"RoleName": "nodes"}, [{"InstanceProfileName": "eks-1"}]),
        lambda live: [each.name for each in live.instance_profiles("nodes")],
        ["eks-1"],
        [],
    ),
    "role": Read(
        (GET_ROLE, {"RoleName": "nodes"}, [{"Arn": ROLE_ARN}]),
        lambda live: (found := live.role("nodes")) and found.arn,
        ROLE_ARN,
        None,
    ),
    "user": Read(
        (GET_USER, {"UserName": "ann"}, [{"Arn": "arn:user"}]),
        lambda live: (found := live.user("ann")) and found.arn,
        "arn:user",
        None,
    ),
}


@pytest.mark.parametrize("part", OF_CLUSTER)
def test_a_cluster_is_read_part_by_part(part: str) -> None:
    of_part = OF_CLUSTER[part]
    assert of_part.read(LiveCluster(an_account(of_part.given), "prod")) == of_part.expected
    assert of_part.read(LiveCluster(an_account(), "prod")) == of_part.absent


def test_a_cluster_without_auto_mode_has_its_settings_off() -> None:
    cluster = Cluster.model_validate({"name": "prod", "resourcesVpcConfig": {}})
    assert (cluster.compute.enabled, cluster.compute.node_pools) == (False, ())
    assert (cluster.services.service_ipv4_cidr, cluster.services.ip_family) == (None, "ipv4")
    assert cluster.account_id == ""


@pytest.mark.parametrize(
    ("arn", "account_id"),
    [
        ("arn:aws:eks:eu-west-1:111122223333:cluster/prod", "111122223333"),
        ("a:b:c:d:e", "e"),
        ("a:b:c:d", ""),
        ("", ""),
    ],
)
def test_the_account_of_a_cluster_is_part_of_its_arn(arn: str, account_id: str) -> None:
    assert Cluster.model_validate(a_cluster(arn=arn)).account_id == account_id


def test_the_settings_of_a_cluster_are_read() -> None:
    cluster = Cluster.model_validate(
        a_cluster(
            kubernetesNetworkConfig={"serviceIpv4Cidr": "10.100.0.0/16", "ipFamily": "ipv6"},
            accessConfig={"authenticationMode": "CONFIG_MAP"},
        )
    )
    assert str(cluster.services.service_ipv4_cidr) == "10.100.0.0/16"
    assert (cluster.services.ip_family, cluster.access.authentication_mode) == ("ipv6", "CONFIG_MAP")


def a_resource(logical_id: str, physical_id: str, kind: str = "AWS::EC2::Subnet", **changes: str) -> dict[str, str]:
    return {"LogicalResourceId": logical_id, "PhysicalResourceId": physical_id, "ResourceType": kind, **changes}


DEPLOYED: Given = (DESCRIBE_STACKS, {"StackName": "pods"}, [{"StackStatus": "CREATE_COMPLETE"}])


def test_the_resources_of_a_stack_are_known_by_their_ids() -> None:
    association = a_resource("Block", f"vpc-cidr-assoc-1|{VPC}", "AWS::EC2::VPCCidrBlock")
    given = [
        a_resource("Subnet", "subnet-1"),
        association,
        a_resource("Entry", "prod|arn", "AWS::EKS::AccessEntry"),
        a_resource("Old", "subnet-2", ResourceStatus="DELETE_COMPLETE"),
    ]
    stack = LiveStack(an_account(DEPLOYED, (LIST_STACK_RESOURCES, {"StackName": "pods"}, given)), "pods")
    assert stack.state
    assert (stack.state.stack_status, stack.state.enable_termination_protection) == ("CREATE_COMPLETE", False)
    assert stack.of_type("AWS::EC2::Subnet") == ("subnet-1",)
    assert {id: stack.physical_id(id) for id in ("Subnet", "Block", "Entry", "Old")} == {
        "Subnet": "subnet-1",
        "Block": "vpc-cidr-assoc-1",
        "Entry": "prod|arn",
        "Old": None,
    }
    created = {id: stack.created(id) for id in ("subnet-1", "vpc-cidr-assoc-1", "subnet-2")}
    assert created == {"subnet-1": True, "vpc-cidr-assoc-1": True, "subnet-2": False}


def test_a_stack_that_is_not_deployed_has_no_resources() -> None:
    """They are not asked for, as CloudFormation answers with an error."""
    account = an_account()
    stack = LiveStack(account, "pods")
    assert (stack.state, stack.resources, stack.created("subnet-1")) == (None, (), False)
    assert [operation for operation, _ in account.asked] == ["DescribeStacks"]


NODES: Mapping[str, Value] = {
    "Filters": [
        {"Name": "tag:eks:eks-cluster-name", "Values": ["prod"]},
        {"Name": "tag:eks:kubernetes-node-pool-name", "Values": ("pods",)},
    ]
}


def leftovers(*given: Given, subnets: tuple[str, ...] = ("subnet-1", "subnet-2")) -> Leftovers:
    return Leftovers(an_account(*given), "prod", subnets, ("pods",))


def test_nodes_are_the_instances_of_the_node_pools_that_are_not_terminated() -> None:
    states = ("pending", "running", "shutting-down", "terminated", "stopped")
    found: list[dict[str, Any]] = [
        {"Instances": [{"InstanceId": f"i-{state}", "State": {"Name": state}}]} for state in states
    ]
    ids = [each.instance_id for each in leftovers((DESCRIBE_INSTANCES, NODES, found)).instances]
    assert ids == ["i-pending", "i-running", "i-shutting-down", "i-stopped"]


def test_volumes_are_those_of_the_node_pools() -> None:
    found: list[dict[str, Any]] = [{"VolumeId": "vol-1", "State": "available", "Size": 80}, {"VolumeId": "vol-2"}]
    volumes = leftovers((DESCRIBE_VOLUMES, NODES, found)).volumes
    expected = [("vol-1", "available", 80), ("vol-2", "", 0)]
    assert [(each.volume_id, each.state, each.size) for each in volumes] == expected


def test_network_interfaces_are_those_of_the_subnets() -> None:
    found = {
        "NetworkInterfaceId": "eni-1",
        "SubnetId": "subnet-1",
        "Attachment": {"InstanceId": "i-1"},
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9"}],
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}],
        "TagSet": [{"Key": "eks:kubernetes-cni-node-name", "Value": "i-1"}],
    }
    asked = {"Filters": where("subnet-id", "subnet-1", "subnet-2")}
    (interface,) = leftovers((DESCRIBE_INTERFACES, asked, [found])).interfaces
    assert (interface.interface_id, interface.attachment.instance_id) == ("eni-1", "i-1")
    assert [str(each.address) for each in interface.addresses] == ["10.0.0.9"]
    assert [str(each.cidr) for each in interface.prefixes] == ["10.0.0.16/28"]
    assert (interface.interface_type, interface.source_dest_check) == ("interface", True)
    assert interface.tags[NODE_TAG] == "i-1"


def test_without_subnets_no_network_interface_is_requested() -> None:
    """EC2 would answer with those of the account."""
    account = an_account()
    assert Leftovers(account, "prod", (), ("pods",)).interfaces == ()
    assert account.asked == []


def test_instance_types_are_read_by_their_names() -> None:
    found = {
        "InstanceType": "m5.large",
        "NetworkInfo": {"MaximumNetworkInterfaces": 3, "Ipv4AddressesPerInterface": 10},
    }
    asked = {"Filters": [{"Name": "instance-type", "Values": ["m5.large", "x"]}]}
    types = instance_types(an_account((DESCRIBE_INSTANCE_TYPES, asked, [found])), ["m5.large", "x"])
    assert {name: (each.network.interfaces, each.network.addresses) for name, each in types.items()} == {
        "m5.large": (3, 10)
    }


def test_a_prefix_list_of_aws_has_no_maximum() -> None:
    account = an_account((DESCRIBE_PREFIX_LISTS, {"PrefixListIds": ["pl-1"]}, [{"AddressFamily": "IPv4"}]))
    found = prefix_list(account, "pl-1")
    assert found
    assert (found.max_entries, found.address_family) == (None, "IPv4")
    assert prefix_list(account, "pl-2") is None


def test_a_quota_that_service_quotas_does_not_know_has_its_default() -> None:
    asked = {"ServiceCode": BLOCKS.service, "QuotaCode": BLOCKS.code}
    assert quota(an_account((GET_SERVICE_QUOTA, asked, [{"Value": 50.0}])), BLOCKS) == 50
    assert quota(an_account(), BLOCKS) == BLOCKS.default


def test_tags_select_what_has_all_of_them() -> None:
    wanted = {"cluster": "prod", "part": "pods"}
    found = {
        "all": a_subnet("all", "a", "10.0.0.0/24", tags=wanted),
        "and others": a_subnet("and others", "a", "10.0.0.0/24", tags={**wanted, "Name": "x"}),
        "some": a_subnet("some", "a", "10.0.0.0/24", tags={"cluster": "prod"}),
        "other value": a_subnet("other value", "a", "10.0.0.0/24", tags={**wanted, "part": "nodes"}),
        "none": a_subnet("none", "a", "10.0.0.0/24"),
    }
    subnets = [Subnet.model_validate(each) for each in found.values()]
    assert [each.subnet_id for each in tagged(subnets, wanted)] == ["all", "and others"]


def test_a_tag_without_a_value_is_empty() -> None:
    given = {**a_subnet("subnet-1", "a", "10.0.0.0/24"), "Tags": [{"Key": "empty"}]}
    assert Subnet.model_validate(given).tags == {"empty": ""}
    with pytest.raises(ValidationError):
        Subnet.model_validate({**given, "Tags": "text"})


def test_a_subnet_of_ipv6_has_no_cidr() -> None:
    given = a_subnet("subnet-1", "a", "10.0.0.0/24")
    del given["CidrBlock"], given["State"], given["AvailabilityZoneId"]
    for each in (given, {**given, "CidrBlock": ""}):
        subnet = Subnet.model_validate(each)
        assert (subnet.cidr, subnet.state, subnet.map_public_ip_on_launch) == (None, "available", False)


def test_a_zone_is_an_available_availability_zone_unless_it_is_said() -> None:
    found = Zone.model_validate({"ZoneName": "eu-west-1a"})
    assert (found.state, found.zone_type) == ("available", "availability-zone")
    local = Zone.model_validate({**zone("a"), "ParentZoneName": "eu-west-1b", "ParentZoneId": "euw1-az2"})
    assert (local.parent_name, local.parent_id) == ("eu-west-1b", "euw1-az2")


@pytest.mark.parametrize(
    ("model", "answer"), [(Vpc, a_vpc()), (Role, {"Arn": ROLE_ARN}), (Cluster, a_cluster()), (Interface, None)]
)
def test_what_is_not_used_of_an_answer_is_passed_over(model: type[BaseModel], answer: dict[str, Any] | None) -> None:
    given = answer or {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1"}
    read = model.model_validate({**given, "NewField": {"of": "AWS"}})
    assert read == model.model_validate(given)
    with pytest.raises(ValidationError):
        read.arn = ""  # type: ignore[attr-defined]
