"""What the sections of a config are made of: their base class and the types of their fields."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from podspace.api.model import matching
from podspace.api.node_class import TAG_KEY
from podspace.cdk_token import is_token
from podspace.cidr import parse_cidr


class Section(BaseModel):
    """A part of a config: frozen, with no unknown keys and no silent coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Cidr = Annotated[IPv4Network, BeforeValidator(parse_cidr)]


def _resource_id(prefix: str) -> AfterValidator:
    return matching(
        rf"{prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?",
        must=f"must be an id as AWS writes it: {prefix}- and 8 or 17 hexadecimal digits, "
        f"such as {prefix}-0123456789abcdef0",
    )


def _literal_zone(zone: str) -> str:
    if is_token(zone):
        raise ValueError(
            "must be a literal zone name: give the stack an explicit region in `env`, and write the zones out, "
            "also as `availability_zones` of an ec2.Vpc of your own"
        )
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+[a-z]", zone):
        raise ValueError("must be the name of an availability zone, such as eu-west-1b")
    return zone


Zone = Annotated[str, AfterValidator(_literal_zone)]
Region = Annotated[
    str, matching(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+", must="must be the name of an AWS region, such as eu-west-1")
]
Account = Annotated[str, matching(r"[0-9]{12}", must="must be an AWS account id of 12 digits, in quotes")]

VpcId = Annotated[str, _resource_id("vpc")]
SubnetId = Annotated[str, _resource_id("subnet")]
SecurityGroupId = Annotated[str, _resource_id("sg")]
NatGatewayId = Annotated[str, _resource_id("nat")]

NetworkName = Annotated[
    str,
    matching(
        r"(?!constructor$)[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        must="must be a lower-case letter, then letters, digits and hyphens, 40 characters at most, and not "
        "`constructor`, which CDK cannot have: resources, the stack and the folder of manifests are named after it",
    ),
]
StackName = Annotated[
    str,
    matching(
        r"[A-Za-z][A-Za-z0-9-]{0,127}",
        must="must be a letter, then letters, digits and hyphens, 128 characters at most "
        "(CloudFormation's rule for stack names)",
    ),
]
ClusterName = Annotated[
    str,
    matching(
        r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}",
        must="must be the name of an EKS cluster: letters, digits, hyphens and underscores, 100 characters at most",
    ),
]


PolicyRef = Annotated[
    str,
    matching(
        r"[A-Za-z0-9_+=,.@-]{1,128}|arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        must="must be the name or the ARN of an IAM policy",
    ),
]

_OUR_TAGS: Final = ("aws:", "aws-cdk:", "podspace/", "kubernetes.io/", "eks:")
_MOST_TAGS: Final = 40


def _tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"must be at most {_MOST_TAGS} tags: AWS allows 50 on a resource and podspace adds its own")
    known: dict[str, str] = {}
    for key, value in tags.items():
        if known.setdefault(key.lower(), key) != key:
            raise ValueError(f"must not set both {known[key.lower()]!r} and {key!r}: IAM takes them for one key")
        if key.lower() == "name" or key.lower().startswith(_OUR_TAGS):
            raise ValueError(
                f"must not set {key!r}: Name and keys that begin with {', '.join(_OUR_TAGS)} are podspace's own "
                "or AWS's, and load balancers and node classes choose subnets and groups by them"
            )
        if not re.fullmatch(TAG_KEY, key) or not re.fullmatch(r"[\w .:/=+@-]{0,256}", value):
            raise ValueError(
                f"must be letters, digits, spaces and _.:/=+-@ only, keys of 1 to 128 and values of up to 256 "
                f"characters, which {key!r}: {value!r} is not"
            )
    return tags


TagMap = Annotated[dict[str, str], AfterValidator(_tags)]
