"""EC2 instance types: how many interfaces and addresses they have, and so how many pods."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final

from podspace.diagnostic import Diagnostic, InputError, Location

DENSITY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"
MOST_PODS: Final = 110
"""Pods of a node of EKS Auto Mode at most, see DENSITY_PAGE."""
COMMON: Final = ("m7i.large", "m7i.xlarge", "m7i.2xlarge", "m7i.4xlarge")
"""What is counted with where nothing names an instance type."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceType:
    """An instance type, and the limits of its network interfaces.

    Attributes:
        name: such as `m5.large`.
        interfaces: how many network interfaces its default network card takes, the primary one included.
        addresses: how many IPv4 addresses each takes, its own included; a /28 prefix takes the place of one.
    """

    name: str
    interfaces: int
    addresses: int

    @property
    def places(self) -> int:
        """Places for addresses or prefixes of pods: on all interfaces but the primary one, and there all but its own.

        The primary interface carries none beside pod subnets
        (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html).
        """
        return max(self.interfaces - 1, 0) * self.places_each

    @property
    def places_each(self) -> int:
        """The same on one interface."""
        return max(self.addresses - 1, 0)

    def pods(self, *, most: int | None = None) -> int:
        """Pods of a node at most: min(110, (ENIs-1) x (IPs-1)), and no more than its NodeClass allows.

        Inferred: DENSITY_PAGE gives min(110, ENIs x (IPs-1)) for EKS Auto Mode, where the primary interface carries
        pods too; prefixes do not raise it.

        Args:
            most: the NodeClass's `advanced_compute.kubelet.max_pods`.
        """
        return min(MOST_PODS, self.places, MOST_PODS if most is None else most)


Limits = Mapping[str, InstanceType]
"""Instance types by name, of our table or of EC2's DescribeInstanceTypes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableSource:
    """Where a table of limits is from, and of what date."""

    source: str
    date: str


@cache
def _table() -> tuple[TableSource, Limits]:
    data = json.loads(files("podspace.capacity").joinpath("instance_limits.json").read_text(encoding="utf-8"))
    limits = {
        name: InstanceType(name=name, interfaces=interfaces, addresses=addresses)
        for name, (interfaces, addresses) in data["instance_types"].items()
    }
    return TableSource(source=data["source"], date=data["date"]), limits


def listed() -> Limits:
    """The instance types of our table, `instance_limits.json`, which `python -m tools.instance_limits` makes."""
    return _table()[1]


def listed_source() -> TableSource:
    """Where that table is from."""
    return _table()[0]


def instance_types(names: Sequence[str], *, limits: Limits) -> tuple[InstanceType, ...]:
    """The instance types of those names, each once.

    Raises:
        InputError: some are not known; with every one of them, and names that are near.
    """
    wanted = tuple(dict.fromkeys(names))
    if problems := tuple(_unknown(wanted, limits)):
        raise InputError(problems)
    return tuple(limits[name] for name in wanted)


def _unknown(names: Sequence[str], limits: Limits) -> Iterator[Diagnostic]:
    ours = limits is listed()
    for name in names:
        if name not in limits:
            near = get_close_matches(name.lower(), {**listed(), **limits}, n=3, cutoff=0.75)
            fix = f"did you mean {', '.join(near)}? " if near else ""
            yield Diagnostic(
                location=Location(path="--instance-type"),
                subject=name,
                message=f"must be an instance type of our table of {listed_source().date}, such as m7i.large"
                if ours
                else "must be an instance type that EC2 has in this region, such as m7i.large",
                fix=fix + ("--describe-instance-types asks EC2 for those that are newer" if ours else ""),
            )
