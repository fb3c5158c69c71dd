"""Resources of every type are created, read, changed and deleted, and drift is found."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError

from tests.tools.local_aws.every_type import changed, every_type
from tests.tools.local_aws.stacks import Stacks, parameter
from tools.local_aws.clients import AccountClients
from tools.local_aws.cloudformation.engine import last_first
from tools.local_aws.cloudformation.resources import HANDLERS

Ids = Mapping[str, str]
TAGS = {"team": "a", "cost": "1"}
Resources = dict[str, Any]


def prepared(stacks: Stacks) -> Resources:
    """The template, and what it needs of the account."""
    ec2, s3 = stacks.aws("ec2"), stacks.aws("s3")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "def handler(event, context): ...")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="code", Key="code.zip", Body=archive.getvalue())
    return every_type(
        transit_gateway=ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"],
        vpn_gateway=ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"],
        code={"S3Bucket": "code", "S3Key": "code.zip"},
    )


@pytest.fixture(scope="module")
def template(account_stacks: Stacks) -> Resources:
    return prepared(account_stacks)


@pytest.fixture(scope="module")
def deployed(account_stacks: Stacks, template: Resources) -> Stacks:
    """The account with the stack `every`, but for propagation, which needs the VPC to be attached first."""
    first = {name: each for name, each in template.items() if name != "Propagation"}
    assert account_stacks.create("every", first) == "CREATE_COMPLETE", account_stacks.failures("every")
    gateway = template["Propagation"]["Properties"]["VpnGatewayId"]
    account_stacks.aws("ec2").attach_vpn_gateway(VpcId=account_stacks.ids("every")["Vpc"], VpnGatewayId=gateway)
    assert account_stacks.update("every", template, tags=TAGS) == "UPDATE_COMPLETE", account_stacks.failures("every")
    return account_stacks


def test_the_template_has_every_type(template: Resources) -> None:
    assert {each["Type"] for each in template.values()} == HANDLERS.keys() - {"AWS::EC2::SubnetCidrReservation"}


def test_a_resource_as_it_was_created_is_in_sync(deployed: Stacks, template: Resources) -> None:
    assert deployed.drifts("every") == dict.fromkeys(template, "IN_SYNC")


def test_without_drift_the_stack_is_in_sync(deployed: Stacks) -> None:
    aws = deployed.aws("cloudformation")
    id_ = aws.detect_stack_drift(StackName="every")["StackDriftDetectionId"]
    found = aws.describe_stack_drift_detection_status(StackDriftDetectionId=id_)
    assert (found["DetectionStatus"], found["StackDriftStatus"]) == ("DETECTION_COMPLETE", "IN_SYNC")


def test_the_same_template_changes_nothing(deployed: Stacks, template: Resources) -> None:
    with pytest.raises(ClientError, match="No updates"):
        deployed.update("every", template, tags=TAGS)


def test_a_failed_update_of_every_type_is_rolled_back(deployed: Stacks, template: Resources) -> None:
    ids = deployed.ids("every")
    last = {**changed(template), "Last": parameter("/every/last", DependsOn=list(changed(template)))}
    deployed.fail("create", "Last")
    assert deployed.update("every", last, tags={"team": "b"}) == "UPDATE_ROLLBACK_COMPLETE", deployed.failures("every")
    assert deployed.ids("every") == ids
    assert deployed.drifts("every") == dict.fromkeys(template, "IN_SYNC")


def test_every_type_changes_in_place(deployed: Stacks, template: Resources) -> None:
    ids = deployed.ids("every")
    assert deployed.update("every", changed(template), tags={"team": "b"}) == "UPDATE_COMPLETE", deployed.failures(
        "every"
    )
    assert {name: id_ for name, id_ in deployed.ids("every").items() if name in ids} == ids
    assert set(deployed.drifts("every").values()) == {"IN_SYNC"}


def routes(aws: AccountClients, table: str) -> dict[str, Any]:
    """The targets of the routes of a table by their destinations."""
    (found,) = aws("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    targets = ("NatGatewayId", "TransitGatewayId", "GatewayId", "EgressOnlyInternetGatewayId")
    return {
        next(route[key] for key in keys if key in route): next(route[key] for key in targets if key in route)
        for route in found["Routes"]
    }


def addresses(aws: AccountClients, nat: str) -> list[Any]:
    (found,) = aws("ec2").describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    return list(found["NatGatewayAddresses"])


def tags_of(aws: AccountClients, id_: str) -> dict[str, str]:
    found = aws("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [id_]}])["Tags"]
    return {each["Key"]: each["Value"] for each in found}


def egress_of(aws: AccountClients, group: str) -> list[tuple[str, str]]:
    (found,) = aws("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return sorted((each["IpProtocol"], each["IpRanges"][0]["CidrIp"]) for each in found["IpPermissionsEgress"])


def endpoint(aws: AccountClients, id_: str) -> dict[str, Any]:
    (found,) = aws("ec2").describe_vpc_endpoints(VpcEndpointIds=[id_])["VpcEndpoints"]
    assert isinstance(found, dict)
    return found


def cluster(aws: AccountClients) -> dict[str, Any]:
    found = aws("eks").describe_cluster(name="orders")["cluster"]
    assert isinstance(found, dict)
    return found


CHANGES: Mapping[str, tuple[Callable[[AccountClients, Ids], Any], Callable[[Ids], Any]]] = {
    "tags of EC2": (lambda aws, ids: tags_of(aws, ids["Vpc"]), lambda _: {"team": "b"}),
    "tags of an address": (
        lambda aws, ids: aws("ec2").describe_addresses(PublicIps=[ids["Address"]])["Addresses"][0]["Tags"],
        lambda _: [{"Key": "team", "Value": "b"}],
    ),
    "tags of a role": (
        lambda aws, ids: aws("iam").list_role_tags(RoleName=ids["Role"])["Tags"],
        lambda _: [{"Key": "team", "Value": "b"}],
    ),
    "tags of an alarm": (
        lambda aws, ids: aws("cloudwatch").list_tags_for_resource(
            ResourceARN=f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:{ids['Alarm']}"
        )["Tags"],
        lambda _: [{"Key": "team", "Value": "b"}],
    ),
    "threshold of an alarm": (
        lambda aws, ids: aws("cloudwatch").describe_alarms(AlarmNames=[ids["Alarm"]])["MetricAlarms"][0]["Threshold"],
        lambda _: 5,
    ),
    "tags of a delivery source": (
        lambda aws, ids: aws("logs").list_tags_for_resource(
            resourceArn=f"arn:aws:logs:{aws.region}:{aws.account}:delivery-source:{ids['LogSource']}"
        )["tags"],
        lambda _: {"team": "b"},
    ),
    "tags of a cluster": (lambda aws, _: cluster(aws)["tags"], lambda _: {"team": "b"}),
    "address of a zonal NAT gateway": (lambda aws, ids: len(addresses(aws, ids["Nat"])), lambda _: 2),
    "addresses of a private NAT gateway": (lambda aws, ids: len(addresses(aws, ids["Private"])), lambda _: 4),
    "address of a regional NAT gateway": (
        lambda aws, ids: [each["PublicIp"] for each in addresses(aws, ids["Regional"])],
        lambda ids: [ids["Third"]],
    ),
    "route": (
        lambda aws, ids: routes(aws, ids["Table"]),
        lambda ids: {
            "10.0.0.0/16": "local",
            "10.9.0.0/16": ANY,
            "0.0.0.0/0": ids["Regional"],
            "::/0": ids["EgressOnly"],
            "100.64.0.0/16": "local",
        },
    ),
    "route of a gateway endpoint": (
        lambda aws, ids: ids["S3"] in routes(aws, ids["More"]).values(),
        lambda _: True,
    ),
    "route tables of a gateway endpoint": (
        lambda aws, ids: endpoint(aws, ids["S3"])["RouteTableIds"],
        lambda ids: [ids["More"]],
    ),
    "subnets of an interface endpoint": (
        lambda aws, ids: endpoint(aws, ids["Ecr"])["SubnetIds"],
        lambda ids: [ids["Other"]],
    ),
    "private DNS of an interface endpoint": (
        lambda aws, ids: endpoint(aws, ids["Ecr"])["PrivateDnsEnabled"],
        lambda _: False,
    ),
    "propagation": (
        lambda aws, ids: [
            len(each.get("PropagatingVgws", []))
            for each in aws("ec2").describe_route_tables(RouteTableIds=[ids["More"]])["RouteTables"]
        ],
        lambda _: [1],
    ),
    "principals of a share": (
        lambda aws, ids: [
            (each["resourceShareName"], each["associatedEntity"])
            for each in aws("ram").get_resource_share_associations(
                resourceShareArns=[ids["Share"]], associationType="PRINCIPAL"
            )["resourceShareAssociations"]
        ],
        lambda _: [("all-subnets", "555566667777")],
    ),
    "egress of a group, and rules of their own": (
        lambda aws, ids: egress_of(aws, ids["Group"]),
        lambda _: [("-1", "0.0.0.0/0"), ("tcp", "10.0.0.0/16")],
    ),
    "description of a rule": (
        lambda aws, ids: aws("ec2").describe_security_groups(GroupIds=[ids["Group"]])["SecurityGroups"][0][
            "IpPermissions"
        ][0]["UserIdGroupPairs"][0]["Description"],
        lambda _: "changed",
    ),
    "policies of a role": (
        lambda aws, ids: (
            [
                each["PolicyName"]
                for each in aws("iam").list_attached_role_policies(RoleName=ids["Role"])["AttachedPolicies"]
            ],
            sorted(aws("iam").list_role_policies(RoleName=ids["Role"])["PolicyNames"]),
        ),
        lambda _: (["AmazonEKSClusterPolicy"], ["inline", "own"]),
    ),
    "version and logs of a cluster": (
        lambda aws, _: (cluster(aws)["version"], cluster(aws)["logging"]["clusterLogging"][0]["types"]),
        lambda _: ("1.37", ["api"]),
    ),
    "policy of an access entry": (
        lambda aws, ids: [
            each["policyArn"].rpartition("/")[2]
            for each in aws("eks").list_associated_access_policies(
                clusterName="orders", principalArn=ids["Entry"].partition("|")[0]
            )["associatedAccessPolicies"]
        ],
        lambda _: ["AmazonEKSViewPolicy"],
    ),
    "add-on": (
        lambda aws, _: aws("eks").describe_addon(clusterName="orders", addonName="vpc-cni")["addon"][
            "configurationValues"
        ],
        lambda _: '{"env": {}}',
    ),
    "objects of a cluster": (
        lambda aws, _: sorted(name for _, name in aws.objects("orders").found),
        lambda _: ["ledger", "orders"],  # nothing is pruned
    ),
    "retention of a log group": (
        lambda aws, _: aws("logs").describe_log_groups(logGroupNamePrefix="/every")["logGroups"][0]["retentionInDays"],
        lambda _: 14,
    ),
    "handler of a function": (
        lambda aws, ids: aws("lambda").get_function_configuration(FunctionName=ids["Function"])["Handler"],
        lambda _: "index.other",
    ),
}
"""What boto3 finds after the update, and what is expected."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_place_reaches_the_service(deployed: Stacks, name: str) -> None:
    found, expected = CHANGES[name]
    ids = deployed.ids("every")
    assert found(deployed.aws, ids) == expected(ids)


DRIFTS: Mapping[str, Callable[[AccountClients, Ids], Any]] = {
    "Vpc": lambda aws, ids: aws("ec2").create_tags(Resources=[ids["Vpc"]], Tags=[{"Key": "team", "Value": "c"}]),
    "Subnet": lambda aws, ids: aws("ec2").delete_tags(Resources=[ids["Subnet"]], Tags=[{"Key": "team"}]),
    "Route": lambda aws, ids: aws("ec2").replace_route(
        RouteTableId=ids["Table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ids["Nat"]
    ),
    "TransitAttachment": lambda aws, ids: aws("ec2").modify_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=ids["TransitAttachment"], RemoveSubnetIds=[ids["Other"]]
    ),
    "CoreAttachment": lambda aws, ids: aws("networkmanager").update_vpc_attachment(
        AttachmentId=ids["CoreAttachment"], AddSubnetArns=["arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1"]
    ),
    "Share": lambda aws, ids: aws("ram").associate_resource_share(
        resourceShareArn=ids["Share"], principals=["666677778888"]
    ),
    "S3": lambda aws, ids: aws("ec2").modify_vpc_endpoint(VpcEndpointId=ids["S3"], AddRouteTableIds=[ids["Table"]]),
    "Role": lambda aws, ids: aws("iam").detach_role_policy(
        RoleName=ids["Role"], PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    ),
    "Cluster": lambda aws, _: aws("eks").update_cluster_version(name="orders", version="1.38"),
    "Entry": lambda aws, ids: aws("eks").disassociate_access_policy(
        clusterName="orders",
        principalArn=ids["Entry"].partition("|")[0],
        policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
    ),
    "Addon": lambda aws, _: aws("eks").update_addon(
        clusterName="orders", addonName="vpc-cni", configurationValues="{}"
    ),
    "Logs": lambda aws, _: aws("logs").put_retention_policy(logGroupName="/every/type", retentionInDays=30),
    "Name": lambda aws, _: aws("ssm").put_parameter(Name="/every/name", Value="theirs", Overwrite=True),
    "Function": lambda aws, ids: aws("lambda").update_function_configuration(
        FunctionName=ids["Function"], Handler="index.theirs"
    ),
}
"""Changes that are not made by the stack, by the resource."""


def test_resources_that_were_changed_outside_of_the_stack_are_modified(deployed: Stacks) -> None:
    for drift in DRIFTS.values():
        drift(deployed.aws, deployed.ids("every"))
    drifts = deployed.drifts("every")
    assert {name for name, status in drifts.items() if status == "MODIFIED"} == DRIFTS.keys()
    assert set(drifts.values()) == {"MODIFIED", "IN_SYNC"}


def test_the_differences_of_a_modified_resource_are_named(deployed: Stacks) -> None:
    drifts = deployed.aws("cloudformation").describe_stack_resource_drifts(StackName="every")["StackResourceDrifts"]
    (name,) = [each for each in drifts if each["LogicalResourceId"] == "Name"]
    (difference,) = name["PropertyDifferences"]
    assert (difference["PropertyPath"], difference["ExpectedValue"], difference["ActualValue"]) == (
        "/Value",
        "changed",
        "theirs",
    )


def test_resources_that_were_deleted_outside_of_the_stack_are_deleted(deployed: Stacks) -> None:
    """Each after those that are in it; then nothing is left, and the stack is deleted without an error."""
    (stack,) = (each for each in deployed.local.cloudformation.stacks if each.name == "every" and not each.deleted)
    ec2, gateway = deployed.aws("ec2"), stack.resources["Propagation"].properties["VpnGatewayId"]
    for resource in last_first(stack.resources):
        HANDLERS[resource.type].delete(deployed.aws, resource.physical_id, resource.properties)
        if resource.type == "AWS::EC2::VPNGatewayRoutePropagation":
            ec2.detach_vpn_gateway(VpcId=deployed.ids("every")["Vpc"], VpnGatewayId=gateway)
    assert set(deployed.drifts("every").values()) == {"DELETED"}
    assert deployed.delete("every") == "DELETE_COMPLETE", deployed.failures("every")
    assert [each for each in ec2.describe_vpcs()["Vpcs"] if each["CidrBlock"] == "10.0.0.0/16"] == []
