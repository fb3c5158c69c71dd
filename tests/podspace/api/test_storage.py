"""A node's volume is one that EBS makes, as far as that is known."""

from __future__ import annotations

import pytest

from podspace.api import EphemeralStorage, doubts_of
from podspace.diagnostic import Diagnostic
from tests.podspace.api.verdict import the_problem, written


def doubts(**given: object) -> list[Diagnostic]:
    return list(doubts_of(EphemeralStorage.model_validate(given)))


@pytest.mark.parametrize("key", ["a1b2", "arn:aws:kms:eu-west-1:111122223333:key/a1b2", "alias/nodes"])
def test_a_key_is_named_in_any_way(key: str) -> None:
    """By its ID, its ARN or an alias."""
    assert written(EphemeralStorage, {"kmsKeyID": key}) == {"kmsKeyID": key}


def test_a_key_is_spelled_as_the_api_spells_it() -> None:
    """With its last two letters large."""
    problem = the_problem(EphemeralStorage, {"kmsKeyId": "alias/nodes"})
    assert (problem.location.path, problem.fix) == ("kmsKeyId", "did you mean kmsKeyID?")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"iops": 16000},
        {"size": "6Gi"},
        {"size": "32Gi", "iops": 16000},
        {"size": "7G"},
        {"size": "1Ti", "iops": 16000},
        {"size": "1T", "iops": 16000, "throughput": 1000},
        {"throughput": 750},
        {"throughput": 1000, "iops": 4000},
    ],
)
def test_a_volume_within_the_limits_of_gp3_leaves_no_doubt(given: dict[str, object]) -> None:
    """500 IOPS a GiB and a quarter MiB/s an IOPS at most; what is left out counts as its default."""
    assert not doubts(**given)


@pytest.mark.parametrize(
    ("given", "value", "size"),
    [
        ({"size": "5Gi"}, "3000", "5Gi"),
        ({"size": "6G"}, "3000", "6G"),
        ({"size": "31Gi", "iops": 16000}, "16000", "31Gi"),
        ({"size": "6Gi", "iops": 3001}, "3001", "6Gi"),
    ],
)
def test_more_iops_than_its_size_gives_leave_a_doubt(given: dict[str, object], value: str, size: str) -> None:
    """No page says that the volume is gp3, so it is inferred."""
    (doubt,) = doubts(**given)
    assert (doubt.location.path, doubt.subject) == ("iops", value)
    assert f"at most 500 for each GiB of {size}" in doubt.message
    assert doubt.source.startswith("https://")
    assert doubt.inferred


@pytest.mark.parametrize(
    ("given", "value", "iops"),
    [
        ({"throughput": 751}, "751", "3000"),
        ({"throughput": 1000, "iops": 3999}, "1000", "3999"),
        ({"throughput": 1000}, "1000", "3000"),
    ],
)
def test_more_throughput_than_its_iops_give_leaves_a_doubt(given: dict[str, object], value: str, iops: str) -> None:
    """At most a quarter of them."""
    (doubt,) = doubts(**given)
    assert (doubt.location.path, doubt.subject) == ("throughput", value)
    assert f"at most a quarter of the IOPS, {iops}" in doubt.message
    assert doubt.source.startswith("https://")
    assert doubt.inferred


def test_both_doubts_are_reported() -> None:
    """One does not hide the other."""
    assert [doubt.location.path for doubt in doubts(size="1Gi", throughput=1000)] == ["iops", "throughput"]
