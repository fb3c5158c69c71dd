"""A template with a resource of every type that the engine emulates, but for those of few regions."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.tools.local_aws.stacks import parameter, subnet, vpc

TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_READ: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
_MANIFEST: Final = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "orders"}}]
_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/{}"
_GROUP: Final = {"Fn::GetAtt": ["Group", "GroupId"]}
CLUSTER: Final[dict[str, Any]] = {
    "Name": "orders",
    "Version": "1.36",
    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    "ResourcesVpcConfig": {"SubnetIds": [{"Ref": "Subnet"}, {"Ref": "Other"}]},
    "AccessConfig": {"AuthenticationMode": "API"},
    "ComputeConfig": {"Enabled": True, "NodePools": []},
    "StorageConfig": {"BlockStorage": {"Enabled": True}},
    "KubernetesNetworkConfig": {"ElasticLoadBalancing": {"Enabled": True}},
    "BootstrapSelfManagedAddons": False,
}


def of(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def every_type(*, transit_gateway: str, vpn_gateway: str, code: dict[str, str]) -> dict[str, Any]:
    """The resources.

    Args:
        transit_gateway: that exists.
        vpn_gateway: that exists and is not attached to a VPC.
        code: of functions, in a bucket.
    """
    arn = {"Fn::Sub": "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${Subnet}"}
    other = subnet("Vpc", "10.0.1.0/24")
    other["Properties"]["AvailabilityZone"] = "eu-west-1b"
    return {
        **_network(),
        "Other": other,
        "TransitAttachment": of(
            "AWS::EC2::TransitGatewayAttachment",
            TransitGatewayId=transit_gateway,
            VpcId=ref("Vpc"),
            SubnetIds=[ref("Subnet")],
        ),
        "TransitRoute": {
            **of(
                "AWS::EC2::Route",
                RouteTableId=ref("Table"),
                DestinationCidrBlock="10.9.0.0/16",
                TransitGatewayId=transit_gateway,
            ),
            "DependsOn": "TransitAttachment",
        },
        "CoreAttachment": of(
            "AWS::NetworkManager::VpcAttachment",
            CoreNetworkId="core-network-1",
            VpcArn={"Fn::Sub": "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc/${Vpc}"},
            SubnetArns=[arn],
        ),
        "Propagation": of(
            "AWS::EC2::VPNGatewayRoutePropagation", RouteTableIds=[ref("Table")], VpnGatewayId=vpn_gateway
        ),
        "Share": of("AWS::RAM::ResourceShare", Name="subnets", ResourceArns=[arn], Principals=["444455556666"]),
        **_services(code),
    }


def changed(resources: dict[str, Any]) -> dict[str, Any]:
    """The resources with properties that change in place, of every type that has some in addition to tags."""
    arn = "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:subnet"
    address = {**of("AWS::EC2::EIP", Domain="vpc"), "DependsOn": "Attached"}
    more: dict[str, dict[str, Any]] = {
        "Vpc": {"EnableDnsHostnames": True},
        "Subnet": {"AssignIpv6AddressOnCreation": False},
        "Nat": {"SecondaryAllocationIds": [{"Fn::GetAtt": ["Second", "AllocationId"]}]},
        "Regional": {
            "AvailabilityZoneAddresses": [
                {"AvailabilityZone": "eu-west-1b", "AllocationIds": [{"Fn::GetAtt": ["Third", "AllocationId"]}]}
            ]
        },
        "Private": {"SecondaryPrivateIpAddressCount": 3},
        "Route": {"NatGatewayId": ref("Regional")},
        "TransitAttachment": {"SubnetIds": [ref("Subnet"), ref("Other")]},
        "CoreAttachment": {"SubnetArns": [{"Fn::Sub": f"{arn}/${{Other}}"}]},
        "Propagation": {"RouteTableIds": [ref("Table"), ref("More")]},
        "Share": {"Name": "all-subnets", "Principals": ["555566667777"]},
        "Group": {"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "all"}]},
        "Ingress": {"Description": "changed"},
        "S3": {"RouteTableIds": [ref("More")]},
        "Ecr": {"SubnetIds": [ref("Other")], "PrivateDnsEnabled": False},
        "Role": {
            "Description": "changed",
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"],
            "Policies": [{"PolicyName": "own", "PolicyDocument": _READ}],
        },
        "Inline": {"PolicyDocument": {**_READ, "Id": "changed"}},
        "Cluster": {
            "Version": "1.37",
            "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}]}},
            "ResourcesVpcConfig": {**CLUSTER["ResourcesVpcConfig"], "EndpointPrivateAccess": True},
        },
        "Entry": {
            "AccessPolicies": [{"PolicyArn": _POLICY.format("AmazonEKSViewPolicy"), "AccessScope": {"Type": "cluster"}}]
        },
        "Addon": {"ConfigurationValues": '{"env": {}}'},
        "Objects": {"Manifest": json.dumps([{**_MANIFEST[0], "metadata": {"name": "ledger"}}])},
        "Logs": {"RetentionInDays": 14},
        "Alarm": {"Threshold": 5, "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:alerts"]},
        "LogPolicy": {"PolicyDocument": json.dumps({**_READ, "Id": "changed"})},
        "Bucket": {"VersioningConfiguration": {"Status": "Enabled"}},
        "BucketPolicy": {"PolicyDocument": {**_READ, "Id": "changed"}},
        "Name": {"Value": "changed"},
        "Repository": {"ImageTagMutability": "IMMUTABLE"},
        "Function": {"Handler": "index.other"},
    }
    found = {
        name: {**each, "Properties": {**each["Properties"], **more.pop(name, {})}} for name, each in resources.items()
    }
    assert not more
    return {**found, "Second": address, "Third": address, "More": of("AWS::EC2::RouteTable", VpcId=ref("Vpc"))}


def _network() -> dict[str, Any]:
    return {
        "Vpc": vpc("10.0.0.0/16"),
        "Block": of("AWS::EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="100.64.0.0/16"),
        "Internet": of("AWS::EC2::InternetGateway"),
        "Attached": of("AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Internet")),
        "EgressOnly": of("AWS::EC2::EgressOnlyInternetGateway", VpcId=ref("Vpc")),
        "Subnet": subnet("Vpc", "10.0.0.0/24"),
        "Pods": {**subnet("Vpc", "100.64.0.0/20"), "DependsOn": "Block"},
        "Table": of("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
        "Association": of("AWS::EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")),
        "Address": {**of("AWS::EC2::EIP", Domain="vpc"), "DependsOn": "Attached"},
        "Nat": of(
            "AWS::EC2::NatGateway", SubnetId=ref("Subnet"), AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]}
        ),
        "Regional": {
            **of("AWS::EC2::NatGateway", VpcId=ref("Vpc"), AvailabilityMode="regional"),
            "DependsOn": "Attached",
        },
        "Private": of(
            "AWS::EC2::NatGateway", SubnetId=ref("Pods"), ConnectivityType="private", SecondaryPrivateIpAddressCount=1
        ),
        "Route": of(
            "AWS::EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ref("Nat")
        ),
        "Route6": of(
            "AWS::EC2::Route",
            RouteTableId=ref("Table"),
            DestinationIpv6CidrBlock="::/0",
            EgressOnlyInternetGatewayId=ref("EgressOnly"),
        ),
        "Group": of(
            "AWS::EC2::SecurityGroup",
            GroupDescription="pods",
            VpcId=ref("Vpc"),
            SecurityGroupEgress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}],
        ),
        "Ingress": of(
            "AWS::EC2::SecurityGroupIngress",
            GroupId=_GROUP,
            IpProtocol="-1",
            SourceSecurityGroupId=_GROUP,
            Description="pods",
        ),
        "Egress": of(
            "AWS::EC2::SecurityGroupEgress",
            GroupId=_GROUP,
            IpProtocol="tcp",
            FromPort=53,
            ToPort=53,
            CidrIp="10.0.0.0/16",
        ),
        "S3": of(
            "AWS::EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName="com.amazonaws.eu-west-1.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[ref("Table")],
        ),
        "Ecr": of(
            "AWS::EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName="com.amazonaws.eu-west-1.ecr.api",
            VpcEndpointType="Interface",
            SubnetIds=[ref("Subnet")],
            SecurityGroupIds=[_GROUP],
            PrivateDnsEnabled=True,
            PolicyDocument=_READ,
        ),
    }


def _services(code: dict[str, str]) -> dict[str, Any]:
    cluster = {"ClusterName": ref("Cluster")}
    return {
        "Alarm": of(
            "AWS::CloudWatch::Alarm",
            Namespace="AWS/NATGateway",
            MetricName="ErrorPortAllocation",
            Dimensions=[{"Name": "NatGatewayId", "Value": ref("Nat")}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=15,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0,
        ),
        "LogPolicy": of("AWS::Logs::ResourcePolicy", PolicyName="deliver", PolicyDocument=json.dumps(_READ)),
        "LogSource": of(
            "AWS::Logs::DeliverySource",
            Name="ipam",
            ResourceArn={"Fn::GetAtt": ["Cluster", "Arn"]},
            LogType="AUTO_MODE_IPAM_LOGS",
        ),
        "LogDestination": of(
            "AWS::Logs::DeliveryDestination",
            Name="ipam",
            DestinationResourceArn={"Fn::GetAtt": ["Logs", "Arn"]},
            OutputFormat="json",
        ),
        "LogDelivery": of(
            "AWS::Logs::Delivery",
            DeliverySourceName=ref("LogSource"),
            DeliveryDestinationArn={"Fn::GetAtt": ["LogDestination", "Arn"]},
        ),
        "Logs": of("AWS::Logs::LogGroup", LogGroupName="/every/type", RetentionInDays=7),
        "Role": of("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[ref("Managed")]),
        "Applier": of("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST),
        "Managed": of("AWS::IAM::ManagedPolicy", PolicyDocument=_READ),
        "Inline": of("AWS::IAM::Policy", PolicyName="inline", PolicyDocument=_READ, Roles=[ref("Role")]),
        "FlowLog": of(
            "AWS::EC2::FlowLog",
            ResourceId=ref("Vpc"),
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=ref("Logs"),
            DeliverLogsPermissionArn={"Fn::GetAtt": ["Role", "Arn"]},
        ),
        "Bucket": of("AWS::S3::Bucket", BucketName="every-type"),
        "BucketPolicy": of("AWS::S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=_READ),
        "Name": parameter("/every/name", ref("Vpc")),
        "Repository": of("AWS::ECR::Repository", RepositoryName="every-type"),
        "Layer": of("AWS::Lambda::LayerVersion", Content=code),
        "Function": of(
            "AWS::Lambda::Function",
            Code=code,
            Runtime="python3.13",
            Handler="index.handler",
            Role={"Fn::GetAtt": ["Applier", "Arn"]},
        ),
        "Provider": of(
            "AWS::Lambda::Function",
            Code=code,
            Runtime="python3.13",
            Handler="index.handler",
            Role={"Fn::GetAtt": ["Role", "Arn"]},
            Environment={"Variables": {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["Function", "Arn"]}}},
        ),
        "Cluster": of("AWS::EKS::Cluster", **CLUSTER),
        "Entry": of(
            "AWS::EKS::AccessEntry",
            **cluster,
            PrincipalArn={"Fn::GetAtt": ["Role", "Arn"]},
            Type="EC2",
            AccessPolicies=[
                {
                    "PolicyArn": _POLICY.format("AmazonEKSAutoNodePolicy"),
                    "AccessScope": {"Type": "cluster"},
                }
            ],
        ),
        "ApplierEntry": of(
            "AWS::EKS::AccessEntry",
            **cluster,
            PrincipalArn={"Fn::GetAtt": ["Applier", "Arn"]},
            AccessPolicies=[
                {
                    "PolicyArn": _POLICY.format("AmazonEKSClusterAdminPolicy"),
                    "AccessScope": {"Type": "cluster"},
                }
            ],
        ),
        "Addon": of("AWS::EKS::Addon", **cluster, AddonName="vpc-cni", ConfigurationValues="{}"),
        "Objects": {
            **of(
                "Custom::AWSCDK-EKS-KubernetesResource",
                **cluster,
                ServiceToken={"Fn::GetAtt": ["Provider", "Arn"]},
                Manifest=json.dumps(_MANIFEST),
            ),
            "DependsOn": "ApplierEntry",
        },
    }
