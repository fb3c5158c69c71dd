"""Availability zones: their names and ids."""

from __future__ import annotations

import re
from typing import Final

from podspace.cdk_token import is_token

_ZONE_NAME: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+[a-z]")
_ZONE_ID: Final = re.compile(r"([a-z]{2,6}[0-9]+)-az[0-9]+")


def literal_zone(zone: str) -> str:
    """The zone, if it is the name or the id of one.

    Raises:
        ValueError: it is neither, or a CDK token.
    """
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


def zone_key(zone: str) -> str:
    """The property by which CloudFormation takes a zone: by its name or by its id."""
    return "AvailabilityZoneId" if is_zone_id(zone) else "AvailabilityZone"
