"""Keys of a config with a value for each zone, which a new zone needs too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from podspace.planning.addresses.zone import is_local_zone
from podspace.planning.egress.kinds import egress_kind
from podspace.planning.files.append import Place
from podspace.planning.network import Network

Option = Literal["--subnet", "--node-subnet", "--public-subnet", "--ipv6-subnet", "--gateway", "--endpoint-subnet"]
OPTIONS: Final[tuple[Option, ...]] = get_args(Option)


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """A mapping from zone to values in a config, for which a new zone needs a value.

    Attributes:
        place: path of the mapping.
        option: option of `podspace add-zone` for the value.
        what: the value in words, with the zone.
        example: format of the value.
        several: whether a zone has a list of them.
        name: name that distinguishes several values of the option, as in `--gateway NAME=ID`; empty if there is one.
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


def needs(network: Network, zone: str) -> Iterator[Need]:
    """Mappings of a config that have no value for a zone yet."""
    for place, (option, what, example) in _SECTIONS.items():
        by_zone = _at(network.config, place)
        if place[0] == "endpoints" and is_local_zone(zone):
            continue  # which takes no VPC endpoint
        if isinstance(by_zone, Mapping) and zone not in by_zone:
            several = option != "--endpoint-subnet"
            yield Need(place=place, option=option, what=what.format(zone), example=example, several=several)
    yield from _of_egress(network, zone)


def _at(section: object, place: Place) -> object:
    for key in place:
        section = getattr(section, str(key), None)
    return section


def _of_egress(network: Network, zone: str) -> Iterator[Need]:
    """The maps of each egress entry that have just the pod zones."""
    found = [
        (index, given)
        for index, entry in enumerate(network.config.egress)
        for given in egress_kind(entry).zone_maps(entry)
        if set(given.given) & set(network.zones) and (given.local_zones or not is_local_zone(zone))
    ]
    keys = Counter(given.key for _, given in found)
    for index, given in found:
        alone = network.config.egress[index].name or index
        yield Need(
            place=("egress", index, given.key),
            option="--gateway",
            what=f"{given.what} in {zone}",
            example=given.example,
            several=given.several,
            name="" if len(found) == 1 else given.key if keys[given.key] == 1 else f"{alone}.{given.key}",
        )
