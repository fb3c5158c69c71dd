"""What a config says zone by zone, so that a new zone needs it too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from podspace.growth.append import Place
from podspace.planning import Config
from podspace.planning.subnets import zones

Option = Literal["--subnet", "--node-subnet", "--public-subnet", "--ipv6-subnet", "--gateway", "--endpoint-subnet"]
OPTIONS: Final[tuple[Option, ...]] = get_args(Option)


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """A mapping from zone to what stands in it.

    Attributes:
        place: of the mapping.
        option: the option that gives it.
        what: what one is, in words, with the zone in them.
        example: how one is written.
        several: whether a zone has a list of them.
        name: what tells it from others of that option, as in `--gateway NAME=ID`; empty where the option has one.
    """

    place: Place
    option: Option
    what: str
    example: str
    several: bool
    name: str = ""


_SECTIONS: Final[Mapping[Place, tuple[Option, str, str]]] = {
    ("pods", "subnets"): ("--subnet", "a pod subnet of {}", "CIDR"),
    ("pods", "subnet_ids"): ("--subnet", "a pod subnet of {}", "subnet-…"),
    ("pods", "ipv6_subnets"): ("--ipv6-subnet", "a free /64 for each pod subnet of {}", "2001:db8:…::/64"),
    ("vpc", "node_subnets"): ("--node-subnet", "a node subnet of {}", "subnet-…"),
    ("vpc", "create", "nodes", "subnets"): ("--node-subnet", "a node subnet of {}", "CIDR"),
    ("vpc", "create", "public", "subnets"): ("--public-subnet", "a public subnet of {}", "CIDR"),
    ("endpoints", "interfaces", "subnets"): ("--endpoint-subnet", "a subnet of {} for endpoints", "subnet-…"),
}
_EGRESS: Final[Mapping[str, tuple[str, str]]] = {
    "nat_gateways": ("a NAT gateway of {}", "nat-…"),
    "new_nat_gateways": ("a public subnet of {} for its new NAT gateway", "subnet-…"),
    "private_nat_gateways": ("a routable subnet of {} for its new private NAT gateway", "subnet-…"),
    "regional_nat_gateway": ("an Elastic IP address for {}", "eipalloc-…"),
    "allocation_ids": ("an Elastic IP address for {}", "eipalloc-…"),
    "attachment_subnets": ("a routable subnet of {} for the attachment", "subnet-…"),
}


def needs(config: Config, zone: str) -> Iterator[Need]:
    """What the file must say of a zone that it does not have yet."""
    for place, (option, what, example) in _SECTIONS.items():
        by_zone = _at(config, place)
        if isinstance(by_zone, Mapping) and zone not in by_zone:
            several = option != "--endpoint-subnet"
            yield Need(place=place, option=option, what=what.format(zone), example=example, several=several)
    yield from _of_egress(config, zone)


def _at(section: object, place: Place) -> object:
    for key in place:
        section = getattr(section, str(key), None)
    return section


def _of_egress(config: Config, zone: str) -> Iterator[Need]:
    """The maps of each way out that name just the pod zones."""
    found = [
        (index, key)
        for index, entry in enumerate(config.egress)
        for key, by_zone in (
            (entry.kind, entry.gateways.ids if entry.gateways else None),
            ("regional_nat_gateway", entry.regional_nat_gateway),
            ("allocation_ids", entry.allocation_ids),
            ("attachment_subnets", entry.attachment_subnets),
        )
        if isinstance(by_zone, Mapping) and set(by_zone) & set(zones(config))
    ]
    keys = Counter(key for _, key in found)
    for index, key in found:
        what, example = _EGRESS[key]
        yield Need(
            place=("egress", index, key),
            option="--gateway",
            what=what.format(zone),
            example=example,
            several=key in ("regional_nat_gateway", "allocation_ids"),
            name="" if len(found) == 1 else key if keys[key] == 1 else f"{config.egress[index].name or index}.{key}",
        )
