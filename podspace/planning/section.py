"""What the sections of a config are made of: their base class and the types of their fields."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from podspace.api.model import ListOf, Matching
from podspace.api.tag import TAG_KEY
from podspace.cidr import parse_cidr, parse_ipv6_cidr


class Section(BaseModel):
    """A part of a config: frozen, with no unknown keys and no silent coercion."""

    # Sections are validated as parts of a `Config`; a validator of its own for each would take time at every start.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


Cidr = Annotated[IPv4Network, BeforeValidator(parse_cidr)]
Ipv6Cidr = Annotated[IPv6Network, BeforeValidator(parse_ipv6_cidr)]


ItemT = TypeVar("ItemT")


def _once(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    for index, item in enumerate(items):
        if item in items[:index]:
            raise ValueError(f"must name {item} once")
    return items


SetOf = Annotated[ListOf[ItemT], AfterValidator(_once)]
"""A list that names nothing twice."""

NetworkName = Annotated[
    str,
    Matching(
        r"(?!constructor$)[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        must="must be a lower-case letter, then letters, digits and hyphens, 40 characters at most, and not "
        "`constructor`, which CDK cannot have: resources, the stack and the folder of manifests are named after it",
    ),
]
StackName = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9-]{0,127}",
        must="must be a letter, then letters, digits and hyphens, 128 characters at most "
        "(CloudFormation's rule for stack names)",
    ),
]
ClusterName = Annotated[
    str,
    Matching(
        r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}",
        must="must be the name of an EKS cluster: letters, digits, hyphens and underscores, 100 characters at most",
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
