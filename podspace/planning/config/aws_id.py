"""What AWS calls things: ids, ARNs, zones, regions, accounts, each a type that takes nothing else."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from podspace.api.model import Matching
from podspace.cdk_token import is_token


def _resource_id(prefix: str) -> Matching:
    return Matching(
        rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?",
        must=f"must be an id as AWS writes it: {prefix}- and 8 or 17 hexadecimal digits, "
        f"such as {prefix}-0123456789abcdef0",
    )


_ZONE_NAME: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+[a-z]")
_ZONE_ID: Final = re.compile(r"([a-z]{2,6}[0-9]+)-az[0-9]+")


def _literal_zone(zone: str) -> str:
    if is_token(zone):
        raise ValueError(
            "must be a literal zone name: give the stack an explicit region in `env`, and write the zones out, "
            "also as `availability_zones` of an ec2.Vpc of your own"
        )
    if not _ZONE_NAME.fullmatch(zone) and not _ZONE_ID.fullmatch(zone):
        raise ValueError(
            "must be the name of an availability zone, such as eu-west-1b, or its id, such as euw1-az2, which means "
            "the same zone in every account"
        )
    return zone


def is_zone_id(zone: str) -> bool:
    """Whether a zone is written by its id rather than by its name."""
    return bool(_ZONE_ID.fullmatch(zone))


def in_region(zone: str, region: str) -> bool:
    """Whether a zone, by name or by id, is one of the region.

    A zone id begins with the region's short form (https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html):
    eu-west-1 is euw1, ap-southeast-2 is apse2.
    """
    if found := _ZONE_ID.fullmatch(zone):
        return "-iso" in region or found[1] == _short_form(region)  # the short forms of isolated regions are not public
    return zone[:-1] == region


_COMPASS: Final = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}


def _short_form(region: str) -> str:
    area, *words, number = region.split("-")
    return area + "".join(_COMPASS.get(word, word[0]) for word in words) + number


Zone = Annotated[str, AfterValidator(_literal_zone)]
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
"""In Python also `given`, where the construct is handed it."""
EgressOnlyGatewayId = Annotated[
    str,
    Matching(
        r"eigw-[0-9a-f]{8}([0-9a-f]{9})?|new|given",
        must="must be `new`, or the id of an egress-only internet gateway: eigw- and 8 or 17 hexadecimal digits",
    ),
]
"""`new` for one to be made; in Python also `given`, where the construct is handed it."""
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
