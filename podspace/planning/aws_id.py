"""Types of AWS identifiers: ids, ARNs, zones, regions and accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from podspace.api.model import Matching
from podspace.planning.addresses.zone import literal_zone


def _resource_id(prefix: str, noun: str) -> Matching:
    return Matching(
        rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?",
        must=f"must be an id as AWS writes it: {prefix}- and 8 or 17 hexadecimal digits, "
        f"such as {prefix}-0123456789abcdef0",
        title=f"{noun} id",
        example=f"{prefix}-0123456789abcdef0",
    )


Zone = Annotated[str, AfterValidator(literal_zone), Field(title="zone", examples=["eu-west-1a"])]
"""Name or id of an availability zone or Local Zone, such as `eu-west-1a` or `euw1-az1`."""
Region = Annotated[
    str,
    Matching(
        r"[a-z]{2,4}(-[a-z]+)+-[0-9]+",
        must="must be the name of an AWS region, such as eu-west-1",
        title="region",
        example="eu-west-1",
    ),
]
Account = Annotated[
    str,
    Matching(
        r"[0-9]{12}",
        must="must be an AWS account id of 12 digits, in quotes",
        title="account id",
        example="111122223333",
    ),
]

VpcId = Annotated[str, _resource_id("vpc", "VPC")]
SubnetId = Annotated[str, _resource_id("subnet", "subnet")]
SecurityGroupId = Annotated[str, _resource_id("sg", "security group")]
NatGatewayId = Annotated[str, _resource_id("nat", "NAT gateway")]
TransitGatewayId = Annotated[
    str,
    Matching(
        r"tgw-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a transit gateway: tgw- and 8 or 17 hexadecimal digits",
        title="transit gateway id",
        example="tgw-0123456789abcdef0",
    ),
]
"""Id of a transit gateway, `tgw-…`; in Python also `given`, if a CDK app passes it in."""
EgressOnlyGatewayId = Annotated[
    str,
    Matching(
        r"eigw-[0-9a-f]{8}([0-9a-f]{9})?|new|given",
        must="must be `new`, or the id of an egress-only internet gateway: eigw- and 8 or 17 hexadecimal digits",
        title="egress-only internet gateway id",
        example="new",
    ),
]
"""Id of an egress-only internet gateway, `eigw-…`, or `new`; in Python also `given`, if a CDK app passes it in."""
VpcPeeringConnectionId = Annotated[
    str,
    Matching(
        r"pcx-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a VPC peering connection: pcx- and 8 or 17 hexadecimal digits",
        title="VPC peering connection id",
        example="pcx-0123456789abcdef0",
    ),
]
"""Id of a VPC peering connection, `pcx-…`; in Python also `given`, if a CDK app passes it in."""
VpcEndpointId = Annotated[str, _resource_id("vpce", "VPC endpoint")]
CoreNetworkArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:networkmanager::[0-9]{12}:core-network/core-network-[0-9a-f]{8,17}|given",
        must="must be the ARN of a core network of Cloud WAN, "
        "arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0",
        title="core network ARN",
        example="arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0",
    ),
]
"""ARN of a core network of Cloud WAN; in Python also `given`, if a CDK app passes it in."""
VirtualPrivateGatewayId = Annotated[
    str,
    Matching(
        r"vgw-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a virtual private gateway: vgw- and 8 or 17 hexadecimal digits",
        title="virtual private gateway id",
        example="vgw-0123456789abcdef0",
    ),
]
"""Id of a virtual private gateway, `vgw-…`; in Python also `given`, if a CDK app passes it in."""
ApplianceId = Annotated[
    str,
    Matching(
        r"(eni|i)-[0-9a-f]{8}([0-9a-f]{9})?",
        must="must be the id of a network interface or of an instance: eni- or i-, and 8 or 17 hexadecimal digits",
        title="network interface or instance id",
        example="eni-0123456789abcdef0",
    ),
]
RouteTableId = Annotated[str, _resource_id("rtb", "route table")]
AllocationId = Annotated[str, _resource_id("eipalloc", "allocation")]

PolicyRef = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_+=,.@-]{1,128}|arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        must="must be the name or the ARN of an IAM policy",
        title="policy name or ARN",
        example="arn:aws:iam::111122223333:policy/boundary",
    ),
]
KeyArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
        must="must be the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias",
        title="KMS key ARN",
        example="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
LogDestination = Annotated[
    str,
    Matching(
        r"cloud_watch_logs|s3|arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]+)?",
        must="must be cloud_watch_logs, s3, or the ARN of an S3 bucket, with or without a folder, such as "
        "arn:aws:s3:::my-logs/vpc",
        title="`cloud_watch_logs`, `s3` or S3 bucket ARN",
        example="s3",
    ),
]
TopicArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?",
        must="must be the ARN of an SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME",
    ),
]
PrincipalArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+",
        must="must be the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/Admin",
        title="IAM role or user ARN",
        example="arn:aws:iam::111122223333:role/Admin",
    ),
]
SharePrincipal = Annotated[
    str,
    Matching(
        r"[0-9]{12}|arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/o-[a-z0-9]+(/ou-[a-z0-9-]+)?",
        must="must be an account id of 12 digits, in quotes, or the ARN of an organization or of one of its units",
        title="account id, or ARN of an organization or unit",
        example="222233334444",
    ),
]
