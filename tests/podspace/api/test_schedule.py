"""A schedule is one that is valid for cron, of five fields, or a word."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from podspace.api.schedule import Schedule
from tests.podspace.api.verdict import the_ruled_problem, written

SCHEDULE: TypeAdapter[str] = TypeAdapter(Schedule)
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
FIELDS = [
    ("minute", "{} * * * *", 0, 59, "0 to 59"),
    ("hour", "* {} * * *", 0, 23, "0 to 23"),
    ("day of the month", "* * {} * *", 1, 31, "1 to 31"),
    ("month", "* * * {} *", 1, 12, "1 to 12, or JAN"),
    ("day of the week", "* * * * {}", 0, 6, "0 to 6, or SUN"),
]


@pytest.mark.parametrize("word", ["annually", "yearly", "monthly", "weekly", "daily", "midnight", "hourly"])
def test_a_word_is_a_schedule(word: str) -> None:
    """Seven of them."""
    assert written(SCHEDULE, f"@{word}") == f"@{word}"


@pytest.mark.parametrize(("name", "schedule", "least", "most", "gist"), FIELDS)
def test_a_field_is_taken_at_both_ends_and_refused_outside(
    name: str, schedule: str, least: int, most: int, gist: str
) -> None:
    """The problem names the field, its bounds and what was given; that they are cron's is inferred."""
    for number in (least, most, f"{least}-{most}", f"*/{most}", f"{least}/2", f"{least},{most}"):
        assert written(SCHEDULE, schedule.format(number)) == schedule.format(number)
    for number in (least - 1, most + 1, f"{least}-{most + 1}", f"{least},{most + 1}"):
        problem = the_ruled_problem(SCHEDULE, schedule.format(number))
        assert f"must have a {name} that is valid for cron, {gist}" in problem.message
        assert problem.message.endswith(f"but has {number}")
        assert problem.inferred


@pytest.mark.parametrize("number", range(12))
def test_a_month_may_be_named(number: int) -> None:
    """In any case, and in its order."""
    month = MONTHS[number]
    assert written(SCHEDULE, f"0 0 1 {month} *")
    assert written(SCHEDULE, f"0 0 1 {month.lower()} *")
    assert written(SCHEDULE, f"0 0 1 {number + 1}-{month} *")
    if number:
        assert the_ruled_problem(SCHEDULE, f"0 0 1 {month}-{MONTHS[number - 1]} *").inferred
    assert the_ruled_problem(SCHEDULE, f"0 0 1 * {month}")


@pytest.mark.parametrize("number", range(7))
def test_a_day_may_be_named(number: int) -> None:
    """In any case, and in its order."""
    day = DAYS[number]
    assert written(SCHEDULE, f"0 0 * * {day}")
    assert written(SCHEDULE, f"0 0 * * {day.capitalize()}")
    assert written(SCHEDULE, f"0 0 * * {number}-{day}")
    if number:
        assert the_ruled_problem(SCHEDULE, f"0 0 * * {day}-{DAYS[number - 1]}").inferred
    assert the_ruled_problem(SCHEDULE, f"0 0 * {day} *")


@pytest.mark.parametrize(
    "schedule",
    ["* * * * *", "? ? ? ? ?", "*/5 0-6/2 1,15 * ?", "0\t9 * * mon-fri", "0  9  *  *  1", "5-5 */1 * * *", " 0 9 * * 1 ", "@daily ", "0,30 8-10,20 * * *"],
)  # fmt: skip
def test_a_field_is_a_list_of_stars_numbers_and_ranges(schedule: str) -> None:
    """With steps, and any white space between and around; a word may have some behind it."""
    assert written(SCHEDULE, schedule) == schedule


@pytest.mark.parametrize(
    "minute",
    [
        "a",
        "1-",
        "-1",
        "1-2-3",
        "*/",
        "*/0",
        "*/a",
        "/5",
        "1,",
        ",1",
        "1,,2",
        "5-1",
        "100",
        "1.5",
        "L",
        "1#2",
        "**",
        "٣",
    ],
)
def test_no_other_field_is_taken(minute: str) -> None:
    """Those that the schema's loose pattern lets through, and the controller does not."""
    problem = the_ruled_problem(SCHEDULE, f"{minute} * * * *")
    assert "must have a minute that is valid for cron" in problem.message
    assert problem.inferred


@pytest.mark.parametrize(
    "schedule",
    ["", " ", "@", "@reboot", "@Daily", " @daily", "@dailyx", "@every 1h", "daily", "0 9 * *", "0 9 * * 1 2026", "TZ=Europe/Berlin 0 9 * * *", "CRON_TZ=UTC 0 9 * * *"],
)  # fmt: skip
def test_nothing_else_is_a_schedule(schedule: str) -> None:
    """Among them what cron itself would take: seconds, years, time zones and intervals."""
    problem = the_ruled_problem(SCHEDULE, schedule)
    assert problem.message == "must be a cron schedule of five fields, in UTC, or a word such as @daily"
    assert not problem.inferred
