"""Zones in a config: availability zones and Local Zones, by name or id."""

from __future__ import annotations

from typing import Final

from podspace.api.refusal import refusal
from podspace.api.zone import zone_name
from podspace.cdk_token import is_token
from podspace.diagnostic import Diagnostic

_WAVELENGTH_PAGE: Final = "https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html"


def literal_zone(zone: str) -> str:
    """The text, if it is the name or id of an availability zone or Local Zone.

    Raises:
        ValueError: it is neither, or it is a CDK token.
    """
    if is_token(zone):
        raise ValueError(
            "must be a literal zone name: give the stack an explicit region in `env`, and list the zones literally, "
            "also as `availability_zones` of your ec2.Vpc"
        )
    name = zone_name(zone)
    if name is None:
        raise ValueError(
            "must be the name of an availability zone, such as eu-west-1b, or its id, such as euw1-az2, which is the "
            "same zone in every account; or the name or the id of a Local Zone, such as us-east-1-bos-1a or "
            "use1-bos1-az1"
        )
    if name.type == "wavelength-zone":
        raise refusal(
            Diagnostic(
                id="wavelength-zone",
                message="must not be a Wavelength Zone: no AWS page says that EKS Auto Mode starts nodes there, and "
                "traffic leaves it by a carrier gateway, which podspace does not create",
                fix="use an availability zone or a Local Zone",
                source=_WAVELENGTH_PAGE,
                inferred=True,
            )
        )
    return zone


def is_zone_id(zone: str) -> bool:
    """Whether a zone is written as a zone id, not as a zone name."""
    name = zone_name(zone)
    return name is not None and name.by_id


def is_local_zone(zone: str) -> bool:
    """Whether a zone, by name or by id, is a Local Zone."""
    name = zone_name(zone)
    return name is not None and name.type == "local-zone"


def in_region(zone: str, region: str) -> bool:
    """Whether a zone, by name or by id, is one of the region."""
    name = zone_name(zone)
    return name is not None and name.in_region(region)


def region_of(zone: str) -> str:
    """The region of a zone; of a zone id the short form, such as `euw1`."""
    name = zone_name(zone)
    return name.region if name else ""


def network_border_group(zone: str, region: str) -> str:
    """Network border group of a Local Zone, which its Elastic IP addresses must have; empty for other zones.

    https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html lists the groups.
    """
    name = zone_name(zone)
    return f"{region}-{name.group}" if name and name.group else ""


def zone_key(zone: str) -> str:
    """The CloudFormation property for a zone: AvailabilityZone for a name, AvailabilityZoneId for an id."""
    return "AvailabilityZoneId" if is_zone_id(zone) else "AvailabilityZone"
