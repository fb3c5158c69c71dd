"""AWS zones: the type and the region of a zone, by its name or id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ZoneType = Literal["availability-zone", "local-zone", "wavelength-zone"]
"""The types of zones, as EC2 calls them:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html."""

_REGION: Final = r"(?P<region>[a-z]{2,4}(-[a-z]+)+-[0-9]+)"
_SHORT_REGION: Final = r"(?P<region>[a-z]{2,6}[0-9]+)"
_NAMES: Final[Mapping[ZoneType, str]] = {
    "availability-zone": rf"{_REGION}[a-z]",
    "local-zone": rf"{_REGION}-(?P<group>[a-z]{{3,}}-[0-9]+)[a-z]",
    "wavelength-zone": rf"{_REGION}-wl[0-9]+(-[a-z0-9]+)+-wlz-[0-9]+[a-z]?",
}
_IDS: Final[Mapping[ZoneType, str]] = {
    "availability-zone": rf"{_SHORT_REGION}-az[0-9]+",
    "local-zone": rf"{_SHORT_REGION}-(?P<place>[a-z]{{3,}})(?P<number>[0-9]+)-az[0-9]+",
    "wavelength-zone": rf"{_SHORT_REGION}-wl[0-9]+(-[a-z0-9]+)+-wlz[0-9]+",
}
ZONE_NAME: Final = "|".join(re.sub(r"\?P<\w+>", "", _NAMES[each]) for each in ("availability-zone", "local-zone"))
"""A pattern of the names of zones that nodes of EKS Auto Mode can be in."""
_COMPASS: Final = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneName:
    """Facts that follow from the name or id of a zone.

    Attributes:
        type: type of the zone.
        by_id: whether it is an id, such as `use1-az1` or `use1-bos1-az1`, rather than a name.
        region: the name of its region; of an id the short form, such as `use1`.
        group: end of the name of a Local Zone's zone group, such as `bos-1`; empty for other zones.
    """

    type: ZoneType
    by_id: bool
    region: str
    group: str = ""

    def in_region(self, region: str) -> bool:
        """Whether the zone is one of a region.

        An id begins with the region's short form
        (https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html), that of a Local Zone with the one
        of its parent region (https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html): eu-west-1
        is euw1, ap-southeast-2 is apse2. The short forms of isolated regions are not public.
        """
        if self.by_id:
            return "-iso" in region or self.region == _short_form(region)
        return self.region == region


def zone_name(text: str) -> ZoneName | None:
    """The facts that follow from a zone name or zone id; None for any other text."""
    for by_id, patterns in ((False, _NAMES), (True, _IDS)):
        for zone_type, pattern in patterns.items():
            if found := re.fullmatch(pattern, text):
                parts = found.groupdict()
                group = f"{parts['place']}-{parts['number']}" if "place" in parts else parts.get("group", "")
                return ZoneName(type=zone_type, by_id=by_id, region=parts["region"], group=group)
    return None


def _short_form(region: str) -> str:
    area, *words, number = region.split("-")
    return area + "".join(_COMPASS.get(word, word[0]) for word in words) + number
