"""The days left at the growth since an earlier report, and earlier reports that cannot be used."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import InputError
from podspace.reporting import Format, Report, written
from podspace.verification import EarlierReading, earlier_reading
from podspace.verification.days_left import SOON, DaysLeft, days_left, days_left_diagnostics
from podspace.verification.subnet_space import ZoneSpace
from tests.mother import a_file
from tests.podspace.verification.network import NOW, facts, found, verified
from tests.podspace.verification.test_subnet_space import a_use

WEEK_AGO = NOW - timedelta(days=7)
IDS = {"subnet-1"}


def zone(*, addresses: int = 100, used: int = 0, prefixes: int = 10, used_prefixes: int = 0) -> ZoneSpace:
    return ZoneSpace(
        zone="a",
        addresses=addresses,
        free_addresses=addresses - used,
        prefixes=prefixes,
        free_prefixes=prefixes - used_prefixes,
    )


def reading(*zones: ZoneSpace, at: datetime = WEEK_AGO) -> EarlierReading:
    by_zone = {each.zone: each for each in zones}
    return EarlierReading(path=Path("earlier.json"), at=at, zones={"net": by_zone}, subnets={"net": IDS})


def left(now: ZoneSpace, *then: ZoneSpace, prefixes: bool = True) -> DaysLeft:
    (only,) = days_left("net", [now], reading(*then), subnets=IDS, now=NOW, prefixes=prefixes)
    return only


@given(total=st.integers(1, 70_000), data=st.data(), days=st.floats(0.01, 400))
def test_after_the_days_that_are_left_nothing_is_free(total: int, data: st.DataObject, days: float) -> None:
    before = data.draw(st.integers(0, total))
    used = data.draw(st.integers(0, total))
    then = reading(zone(addresses=total, used=before), at=NOW - timedelta(days=days))
    (found_,) = days_left("net", [zone(addresses=total, used=used)], then, subnets=IDS, now=NOW, prefixes=True)
    if used == total:
        assert found_.addresses == 0
    elif used <= before:
        assert math.isinf(found_.addresses)
    else:
        later = used + found_.addresses * (used - before) / days
        assert later == pytest.approx(total, rel=1e-6)


def test_prefixes_have_days_of_their_own() -> None:
    now, then = zone(used=20, used_prefixes=8), zone(used=10, used_prefixes=1)
    assert left(now, then).addresses == pytest.approx(56)
    assert left(now, then).prefixes == pytest.approx(2)
    assert left(now, then, prefixes=False).prefixes is None


def test_subnets_that_have_no_whole_prefix_have_no_days_of_them() -> None:
    assert left(zone(prefixes=0), zone(prefixes=0)).prefixes is None


def test_a_subnet_that_was_added_since_is_no_negative_growth() -> None:
    """100 more addresses, and 10 more in use."""
    assert left(zone(addresses=200, used=30), zone(addresses=100, used=20)).addresses == pytest.approx(119)


def test_a_zone_that_was_added_since_was_empty() -> None:
    assert left(zone(used=50)).addresses == pytest.approx(7)


@pytest.mark.parametrize(
    ("used", "severity"),
    [(10, "ok"), (34, "ok"), (40, "ok"), (41, "warning"), (100, "warning")],
)
def test_less_than_two_weeks_are_a_warning(used: int, severity: str) -> None:
    now, then = zone(used=used), reading(zone(used=10))
    (found_,) = left_ = days_left("net", [now], then, subnets=IDS, now=NOW, prefixes=True)
    (diagnostic,) = days_left_diagnostics("net", left_, then, subnets=IDS, now=NOW)
    assert (diagnostic.id, diagnostic.severity, diagnostic.subject) == ("days-left", severity, "a")
    assert (found_.addresses < SOON) is (severity == "warning")
    assert bool(diagnostic.fix and diagnostic.cause) is (severity == "warning")


def test_a_network_that_the_earlier_report_has_not_is_a_note() -> None:
    (diagnostic,) = days_left_diagnostics("other", [], reading(zone()), subnets=IDS, now=NOW)
    assert (diagnostic.severity, diagnostic.subject) == ("note", "other")
    assert "earlier.json" in diagnostic.message


SUBNETS = [a_use("100.64.0.0/24", "100.64.0.16/28"), a_use("100.64.64.0/24")]


def a_report(tmp_path: Path) -> Path:
    """A report as `podspace verify --format json` prints it."""
    verification = verified(subnets=SUBNETS)
    report = Report(command="verify", diagnostics=verification.diagnostics, facts=verification.facts)
    path = tmp_path / "earlier.json"
    path.write_text(written(report, format_=Format.JSON))
    return path


def test_what_is_printed_as_json_can_be_read_as_an_earlier_report(tmp_path: Path) -> None:
    earlier = earlier_reading(a_report(tmp_path), networks=["net"], now=NOW + timedelta(days=1))
    (read,) = earlier.zones["net"].values()
    assert (earlier.at, read.addresses, read.used_prefixes) == (NOW, 502, 1)
    again = verified(subnets=SUBNETS, earlier=replace(earlier, at=WEEK_AGO))
    (diagnostic,) = found(again, "days-left")
    assert diagnostic.severity == "ok"
    (network,) = facts(again)["networks"]
    assert network["zones"][0]["days_left"] == {"addresses": None, "prefixes": None}


def test_a_report_of_long_ago_is_earlier(tmp_path: Path) -> None:
    path = changed(a_report(tmp_path), "facts", "read_at", to="0001-01-01T00:00:00Z")
    earlier = earlier_reading(path, networks=["net"], now=NOW)
    assert [each.severity for each in found(verified(subnets=SUBNETS, earlier=earlier), "days-left")] == ["ok"]


@pytest.mark.parametrize(
    ("ids", "severity"),
    [(["subnet-1"], "ok"), (["subnet-1", "subnet-2"], "ok"), (["subnet-2"], "warning"), ([], "warning")],
)
def test_a_report_of_a_network_of_the_same_name_with_other_subnets_is_not_compared(
    tmp_path: Path, ids: list[str], severity: str
) -> None:
    """As that of another environment; subnets can be added and removed in the meantime."""
    of_account = [{"network": "net", "id": id} for id in ids]
    of_other_network = {"network": "other", "id": "subnet-1"}
    path = changed(a_report(tmp_path), "facts", "subnets", to=[*of_account, of_other_network])
    earlier = earlier_reading(path, networks=["net"], now=NOW + timedelta(days=1))
    again = verified(subnets=SUBNETS, earlier=replace(earlier, at=WEEK_AGO))
    assert [each.severity for each in found(again, "days-left")] == [severity]
    (network,) = facts(again)["networks"]
    assert (network["zones"][0]["days_left"] is None) is (severity == "warning")


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=20), "0 minutes ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=6), "6.0 hours ago"),
        (timedelta(days=7), "7.0 days ago"),
    ],
)
def test_the_age_of_the_earlier_report_has_a_unit_that_fits(age: timedelta, shown: str) -> None:
    then = reading(zone(), at=NOW - age)
    left_ = days_left("net", [zone(used=1)], then, subnets=IDS, now=NOW, prefixes=False)
    (diagnostic,) = days_left_diagnostics("net", left_, then, subnets=IDS, now=NOW)
    assert shown in diagnostic.message


def test_without_an_earlier_report_no_days_are_reported() -> None:
    assert found(verified(subnets=SUBNETS), "days-left") == []


def refused(path: Path, *, now: datetime = NOW + timedelta(days=1)) -> tuple[str, str, str]:
    with pytest.raises(InputError) as error:
        earlier_reading(path, networks=["net"], now=now)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.location.file == str(path)
    assert diagnostic.message.isprintable()
    return diagnostic.id, diagnostic.severity, diagnostic.location.path


def changed(path: Path, *keys: str, to: Any) -> Path:
    """A report with another value at a key."""
    data = inner = json.loads(path.read_text())
    for key in keys[:-1]:
        inner = inner[int(key) if isinstance(inner, list) else key]
    inner[keys[-1]] = to
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("keys", "to", "place"),
    [
        (["version"], 2, "version"),
        (["command"], "lint", "command"),
        (["facts"], {}, "facts.read_at"),
        (["facts", "read_at"], "yesterday", "facts.read_at"),
        (["facts", "read_at"], "2026-11-20T10:00:00", "facts.read_at"),
        (["facts", "read_at"], "\x1b[2J", "facts.read_at"),
        (["facts", "read_at"], "0001-01-01T00:00:00+14:00", "facts.read_at"),
        (["facts", "read_at"], "9999-12-31T23:59:59-14:00", "facts.read_at"),
        (["facts", "read_at"], "9999-12-31T23:59:59Z", "facts.read_at"),
        (["facts", "subnets"], "x", "facts.subnets"),
        (["facts", "networks"], None, "facts.networks"),
        (["facts", "networks"], [], "facts.networks"),
        (["facts", "networks", "0", "name"], "other", "facts.networks"),
        (["facts", "networks", "0", "zones"], [], "facts.networks"),
        (["facts", "networks", "0", "zones"], 3, "facts.networks[0].zones"),
        (["facts", "networks", "0", "zones", "0", "addresses"], -1, "facts.networks[0].zones[0].addresses"),
        (["facts", "networks", "0", "zones", "0", "addresses"], 10**400, "facts.networks[0].zones[0].addresses"),
        (["facts", "networks", "0", "zones", "0", "free_prefixes"], "x", "facts.networks[0].zones[0].free_prefixes"),
    ],
)
def test_a_report_of_another_kind_is_one_error_with_its_place(
    tmp_path: Path, keys: list[str], to: Any, place: str
) -> None:
    assert refused(changed(a_report(tmp_path), *keys, to=to)) == ("earlier-reading", "error", place)


@pytest.mark.parametrize("now", [NOW, NOW - timedelta(seconds=1)])
def test_a_report_that_is_not_earlier_is_refused(tmp_path: Path, now: datetime) -> None:
    assert refused(a_report(tmp_path), now=now) == ("earlier-reading", "error", "facts.read_at")


@pytest.mark.parametrize("text", ["", "{", "podspace_exit_status 0\n", "[" * 3000, "null", "[]", '"x"'])
def test_a_file_that_is_no_report_is_one_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "earlier.prom"
    path.write_text(text)
    assert refused(path)[1] == "error"


def test_a_file_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.json")[:2] == ("unreadable", "unknown")
    assert refused(tmp_path)[:2] == ("unreadable", "unknown")


def test_the_base_config_of_these_tests_takes_prefixes() -> None:
    assert "advanced_networking" not in a_file()["node_classes"][0]
