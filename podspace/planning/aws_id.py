"""What AWS calls things: ids, ARNs, zones, regions, accounts, each a type that takes nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from podspace.api.model import Matching
from podspace.planning.addresses.zone import literal_zone


def _resource_id(prefix: str) -> Matching:
    return Matching(
        rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?",
        must=f"must be an id as AWS writes it: {prefix}- and 8 or 17 hexadecimal digits, "
        f"such as {prefix}-0123456789abcdef0",
    )


Zone = Annotated[str, AfterValidator(literal_zone)]
"""The name of an availability zone, or its id."""
Region = Annotated[
    str, Matching(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+", must="must be the name of an AWS region, such as eu-west-1")
]
Account = Annotated[str, Matching(r"[0-9]{12}", must="must be an AWS account id of 12 digits, in quotes")]

VpcId = Annotated[str, _resource_id("vpc")]
SubnetId = Annotated[str, _resource_id("subnet")]
SecurityGroupId = Annotated[str, _resource_id("sg")]
NatGatewayId = Annotated[str, _resource_id("nat")]
TransitGatewayId = Annotated[
    str,
    Matching(
        r"tgw-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a transit gateway: tgw- and 8 or 17 hexadecimal digits",
    ),
]
"""In Python also `given`, if a CDK app passes it in."""
EgressOnlyGatewayId = Annotated[
    str,
    Matching(
        r"eigw-[0-9a-f]{8}([0-9a-f]{9})?|new|given",
        must="must be `new`, or the id of an egress-only internet gateway: eigw- and 8 or 17 hexadecimal digits",
    ),
]
"""`new` to create one; in Python also `given`, if a CDK app passes it in."""
VpcPeeringConnectionId = Annotated[
    str,
    Matching(
        r"pcx-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a VPC peering connection: pcx- and 8 or 17 hexadecimal digits",
    ),
]
"""In Python also `given`, if a CDK app passes it in."""
VpcEndpointId = Annotated[str, _resource_id("vpce")]
CoreNetworkArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:networkmanager::[0-9]{12}:core-network/core-network-[0-9a-f]{8,17}|given",
        must="must be the ARN of a core network of Cloud WAN, "
        "arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0",
    ),
]
"""In Python also `given`, if a CDK app passes it in."""
VirtualPrivateGatewayId = Annotated[
    str,
    Matching(
        r"vgw-[0-9a-f]{8}([0-9a-f]{9})?|given",
        must="must be the id of a virtual private gateway: vgw- and 8 or 17 hexadecimal digits",
    ),
]
"""In Python also `given`, if a CDK app passes it in."""
ApplianceId = Annotated[
    str,
    Matching(
        r"(eni|i)-[0-9a-f]{8}([0-9a-f]{9})?",
        must="must be the id of a network interface or of an instance: eni- or i-, and 8 or 17 hexadecimal digits",
    ),
]
RouteTableId = Annotated[str, _resource_id("rtb")]
AllocationId = Annotated[str, _resource_id("eipalloc")]

PolicyRef = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_+=,.@-]{1,128}|arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        must="must be the name or the ARN of an IAM policy",
    ),
]
KeyArn = Annotated[
    str,
    Matching(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
        must="must be the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias",
    ),
]
LogDestination = Annotated[
    str,
    Matching(
        r"cloud_watch_logs|s3|arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]+)?",
        must="must be cloud_watch_logs, s3, or the ARN of an S3 bucket, with or without a folder, such as "
        "arn:aws:s3:::my-logs/vpc",
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
    ),
]
SharePrincipal = Annotated[
    str,
    Matching(
        r"[0-9]{12}|arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/o-[a-z0-9]+(/ou-[a-z0-9-]+)?",
        must="must be an account id of 12 digits, in quotes, or the ARN of an organization or of one of its units",
    ),
]
