"""EC2 instance types: their network interfaces and addresses, and how many pods their nodes run."""

from __future__ import annotations

import json
import re
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
"""The instance types to count with if no other ones are required."""
AUTO_MODE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html"
AUTO_MODE_FAMILIES: Final = frozenset(
    """
    c9g c8a c8g c8gb c8gd c8gn c8i c8i-flex c8id c7a c7g c7gd c7gn c7i c7i-flex c6a c6g c6gd c6gn c6i c6id c6in
    c5 c5a c5ad c5d c5n c4
    m9gd m8a m8azn m8g m8gb m8gd m8gn m8i m8i-flex m8id m7a m7g m7gd m7i m7i-flex m6a m6g m6gd m6i m6id m6idn m6in
    m5 m5a m5ad m5d m5dn m5n m5zn m4
    r8a r8g r8gb r8gd r8gn r8i r8i-flex r8id r7a r7g r7gd r7i r7iz r6a r6g r6gd r6i r6id r6idn r6in
    r5 r5a r5ad r5b r5d r5dn r5n r4
    t4g t3 t3a t2
    z1d x8aedz x8g x8i x2gd
    i8g i8ge i7i i7ie i4g is4gen im4gn i4i i3 i3en d3 d3en
    trn2 trn1 trn1n p6-b200 p6-b300 p5 p5e p5en p4d p4de p3 p3dn inf2 inf1 g7e g6 gr6 g6e g5 g5g g4ad g4dn
    x2idn x2iedn x2iezn hpc8a
    """.split()  # noqa: SIM905
)
"""The families of which EKS Auto Mode creates instances, as AUTO_MODE_PAGE had them in November 2026; AWS adds some."""
_TOO_SMALL: Final = frozenset({"nano", "micro", "small"})
_FAMILY: Final = re.compile(r"(?P<category>[a-z]+)(-[0-9]+tb)?(?P<generation>[0-9]+)(?P<attributes>.*)")
"""The family of an instance type: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceType:
    """An instance type, with the limits of its network interfaces.

    Attributes:
        name: such as `m5.large`.
        interfaces: how many network interfaces its default network card has, including the primary one.
        addresses: how many IPv4 addresses each interface has, including its own; a /28 prefix counts as one of them.
        cpu: vCPUs; None if they are not known.
        memory: memory in MiB; None if it is not known.
    """

    name: str
    interfaces: int
    addresses: int
    cpu: int | None = None
    memory: int | None = None

    @property
    def family(self) -> str:
        """The part of its name before the dot, such as `m7i`."""
        return self.name.partition(".")[0]

    @property
    def size(self) -> str:
        """The part of its name after the dot, such as `large`."""
        return self.name.partition(".")[2]

    @property
    def category(self) -> str:
        """The letters before the generation, such as `m`; empty if the name has no generation."""
        return self._part("category")

    @property
    def generation(self) -> str:
        """The generation, such as `7`; empty if the name has none."""
        return self._part("generation")

    @property
    def arch(self) -> str:
        """The CPU architecture, as the label kubernetes.io/arch has it.

        Inferred from the name: a `g` after the generation means AWS Graviton, and so do all types of category `a`.
        """
        graviton = self._part("attributes").startswith("g") or self.category == "a"
        return "arm64" if graviton else "amd64"

    @property
    def by_size(self) -> tuple[int, str]:
        """A key that sorts by vCPUs, then by name."""
        return self.cpu or 0, self.name

    @property
    def in_auto_mode(self) -> bool:
        """Whether EKS Auto Mode creates instances of it, by AUTO_MODE_PAGE: of some families, with more than 1 vCPU."""
        return self.family in AUTO_MODE_FAMILIES and self.size not in _TOO_SMALL and self.cpu != 1

    def _part(self, part: str) -> str:
        found = _FAMILY.fullmatch(self.family)
        return found[part] if found else ""

    @property
    def places(self) -> int:
        """How many addresses or prefixes of pods it has: on every interface but the primary one, except its own.

        With pod subnets, the primary interface has no addresses of pods:
        https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html.
        """
        return max(self.interfaces - 1, 0) * self.places_each

    @property
    def places_each(self) -> int:
        """How many addresses or prefixes of pods one interface has."""
        return max(self.addresses - 1, 0)

    def pods(self, *, most: int | None = None) -> int:
        """Pods of a node at most: min(110, (ENIs-1) x (IPs-1)), and no more than its NodeClass allows.

        Inferred: DENSITY_PAGE has min(110, ENIs x (IPs-1)) for EKS Auto Mode, where the primary interface has
        addresses of pods too; prefixes do not raise it.

        Args:
            most: the NodeClass's `advanced_compute.kubelet.max_pods`.
        """
        return min(MOST_PODS, self.places, MOST_PODS if most is None else most)


Limits = Mapping[str, InstanceType]
"""Instance types by name, from the table or from EC2's DescribeInstanceTypes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableSource:
    """The source and date of the table."""

    source: str
    date: str


@cache
def _table() -> tuple[TableSource, Limits]:
    data = json.loads(files("podspace.capacity").joinpath("instance_limits.json").read_text(encoding="utf-8"))
    limits = {
        name: InstanceType(name=name, interfaces=interfaces, addresses=addresses, cpu=cpu, memory=memory)
        for name, (interfaces, addresses, cpu, memory) in data["instance_types"].items()
    }
    return TableSource(source=data["source"], date=data["date"]), limits


def listed() -> Limits:
    """The instance types of the table, `instance_limits.json`, which `python -m tools.instance_limits` writes."""
    return _table()[1]


def listed_source() -> TableSource:
    """The source and date of the table."""
    return _table()[0]


def instance_types(names: Sequence[str], *, limits: Limits) -> tuple[InstanceType, ...]:
    """The instance types of those names, each once.

    Raises:
        InputError: some are not in `limits`; with each of them, and similar names.
    """
    wanted = tuple(dict.fromkeys(names))
    if problems := tuple(_unknown(wanted, limits)):
        raise InputError(problems)
    return tuple(limits[name] for name in wanted)


def _unknown(names: Sequence[str], limits: Limits) -> Iterator[Diagnostic]:
    in_table = limits is listed()
    for name in names:
        if name not in limits:
            near = get_close_matches(name.lower(), {**listed(), **limits}, n=3, cutoff=0.75)
            fix = f"did you mean {', '.join(near)}? " if near else ""
            yield Diagnostic(
                id="instance-type-unknown",
                location=Location(path="--instance-type"),
                subject=name,
                message=f"must be an instance type of the table of {listed_source().date}, such as m7i.large"
                if in_table
                else "must be an instance type that EC2 has in this region, such as m7i.large",
                fix=fix + ("use --describe-instance-types to ask EC2 for newer ones" if in_table else ""),
            )
