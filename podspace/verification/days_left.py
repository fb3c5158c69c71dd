"""The days until a zone has no free address or /28 prefix left, at the growth since an earlier reading."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationError

from podspace.diagnostic import Diagnostic, InputError, Location, place_of
from podspace.formats.json_document import json_document
from podspace.formats.text_file import text_of
from podspace.reporting.wording import counted, plain
from podspace.verification.subnet_space import APPEND, ZoneSpace

SOON: Final = 14
"""Days; fewer are a warning."""
_CHECK: Final = "days-left"
_DAY: Final = timedelta(days=1)
_HOUR: Final = 60
"""Minutes."""
_FEW: Final = 10
_MANY: Final = 3650
_HOW: Final = "podspace verify CONFIG --format json > earlier.json"
_Count = Annotated[int, Field(ge=0, le=2**32)]


class _Zone(BaseModel):
    zone: str
    addresses: _Count
    free_addresses: _Count
    prefixes: _Count
    free_prefixes: _Count


class _Network(BaseModel):
    name: str
    zones: tuple[_Zone, ...]


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # in UTC it is before the year 1, or after 9999
        raise ValueError("must be a time between the years 1 and 9999") from None


class _Subnet(BaseModel):
    network: str
    id: str


class _Facts(BaseModel):
    read_at: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    networks: tuple[_Network, ...]
    subnets: tuple[_Subnet, ...]


class _Report(BaseModel):
    """What is used of a report of `podspace verify` as JSON."""

    version: Literal[1]
    command: Literal["verify"]
    facts: _Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierReading:
    """What an earlier run read.

    Attributes:
        path: the file of its report.
        at: when it read.
        zones: the free space of the zones of each network, by its name and by zone.
        subnets: the ids of the pod subnets of each network, by its name.
    """

    path: Path
    at: datetime
    zones: Mapping[str, Mapping[str, ZoneSpace]]
    subnets: Mapping[str, Set[str]]

    def is_of(self, network: str, subnets: Set[str]) -> bool:
        """Whether it has a network with one of these pod subnets; one of another account can have the same name."""
        return network in self.zones and not subnets.isdisjoint(self.subnets.get(network, ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysLeft:
    """The days that the free space of a zone lasts; `inf` if no more is in use than before.

    Attributes:
        zone: the zone.
        addresses: until no address is free.
        prefixes: until no whole /28 is free; None if nodes take none, or the subnets have none.
    """

    zone: str
    addresses: float
    prefixes: float | None

    @property
    def least(self) -> float:
        """Until addresses or prefixes are used up, whichever is first."""
        return self.addresses if self.prefixes is None else min(self.addresses, self.prefixes)


def earlier_reading(path: Path, *, networks: Iterable[str], now: datetime) -> EarlierReading:
    """The reading in a report that `podspace verify --format json` printed.

    Args:
        path: the file.
        networks: the names of the networks that are verified now.
        now: the time of this reading.

    Raises:
        InputError: the file cannot be read, is no such report, has none of the networks, or is not earlier.
    """
    document = json_document(text_of(path), path)
    try:
        facts = _Report.model_validate(document.data).facts
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = place_of(first["loc"])
        must = f"must be a report of podspace verify that read the pod subnets: {first['msg']}"
        raise InputError([_refused(path, plain(must), place=place)]) from None
    if facts.read_at >= now:
        must = f"must be of an earlier time: {rfc3339(facts.read_at)} is not before {rfc3339(now)}"
        raise InputError([_refused(path, must, place="facts.read_at")])
    found = {
        each.name: {zone.zone: ZoneSpace(**zone.model_dump()) for zone in each.zones}
        for each in facts.networks
        if each.zones
    }
    if found.keys().isdisjoint(names := sorted(networks)):
        must = f"must have the pod subnets of {' or '.join(names)}"
        raise InputError([_refused(path, must, place="facts.networks")])
    subnets: dict[str, set[str]] = {}
    for subnet in facts.subnets:
        subnets.setdefault(subnet.network, set()).add(subnet.id)
    return EarlierReading(path=path, at=facts.read_at, zones=found, subnets=subnets)


def _refused(path: Path, must: str, *, place: str) -> Diagnostic:
    where = Location(file=str(path), path=place)
    return Diagnostic(id="earlier-reading", location=where, message=must, fix=f"give a report of: {_HOW}")


def days_left(
    network: str,
    zones: Iterable[ZoneSpace],
    earlier: EarlierReading,
    *,
    subnets: Set[str],
    now: datetime,
    prefixes: bool,
) -> tuple[DaysLeft, ...]:
    """The days that the free space of each zone lasts; none if the earlier reading is not of the network.

    The growth is that of the addresses in use, so that subnets that were added since do not count as negative growth.

    Args:
        network: the name of the plan.
        zones: the free space now.
        earlier: the reading to compare with.
        subnets: the ids of its pod subnets now.
        now: the time of this reading.
        prefixes: whether nodes take /28 prefixes.
    """
    if not earlier.is_of(network, subnets):
        return ()
    then = earlier.zones[network]
    days = (now - earlier.at) / _DAY
    return tuple(_of_zone(zone, then.get(zone.zone, ZoneSpace(zone=zone.zone)), days, prefixes) for zone in zones)


def _of_zone(now: ZoneSpace, then: ZoneSpace, days: float, prefixes: bool) -> DaysLeft:
    return DaysLeft(
        zone=now.zone,
        addresses=_lasts(now.free_addresses, now.used_addresses - then.used_addresses, days),
        prefixes=_lasts(now.free_prefixes, now.used_prefixes - then.used_prefixes, days)
        if prefixes and now.prefixes
        else None,
    )


def _lasts(free: int, growth: int, days: float) -> float:
    """How many days something lasts of which so many more are in use after so many days."""
    if not free:
        return 0.0
    return free * days / growth if growth > 0 else math.inf


def days_left_diagnostics(
    network: str, left: Iterable[DaysLeft], earlier: EarlierReading, *, subnets: Set[str], now: datetime
) -> Iterator[Diagnostic]:
    """The days of each zone; fewer than 14 are a warning, and so is a reading of other subnets."""
    if network not in earlier.zones:
        text = f"is not in {earlier.path}: its growth is not known"
        yield Diagnostic(id=_CHECK, severity="note", subject=network, message=text)
        return
    if not earlier.is_of(network, subnets):
        text = f"{earlier.path} has a network of this name with other pod subnets, so that the growth is not known"
        fix = f"give a report of this network: {_HOW}"
        yield Diagnostic(id=_CHECK, severity="warning", subject=network, message=text, fix=fix)
        return
    since = f"{rfc3339(earlier.at)} ({_days((now - earlier.at) / _DAY)} ago)"
    for each in left:
        soon = each.least < SOON
        yield Diagnostic(
            id=_CHECK,
            severity="warning" if soon else "ok",
            subject=each.zone,
            message=_text(each, since),
            cause=f"less than {SOON} days are left" if soon else "",
            fix=APPEND if soon else "",
        )


def rfc3339(at: datetime) -> str:
    """A time in UTC as Kubernetes writes it, such as 2026-11-29T10:00:00Z."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _text(left: DaysLeft, since: str) -> str:
    if math.isinf(left.least):
        return f"use has not grown since {since}"
    parts = [f"free addresses {_last(left.addresses)}"]
    parts += [] if left.prefixes is None else [f"whole /28 {_last(left.prefixes)}"]
    return f"at the growth since {since}, {' and '.join(parts)}"


def _last(days: float) -> str:
    if math.isinf(days):
        return "do not decrease"
    return f"last {_days(days)}" if days else "are used up"


def _days(days: float) -> str:
    if days > _MANY:
        return "more than 10 years"
    if days < 1:
        return counted(minutes, "minute") if (minutes := int(days * 1440)) < _HOUR else f"{days * 24:.1f} hours"
    return counted(int(days), "day") if days >= _FEW else f"{days:.1f} days"
