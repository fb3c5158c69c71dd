"""The principals of `cluster.create.admins`: preflight compares them with the account."""

from __future__ import annotations

import pytest

from podspace.live.aws import call
from podspace.preflight import preflight
from tests.canned_account import Answers, a_sound_account, denied
from tests.mother import A_NEW_CLUSTER, a_plan

ARN = "arn:aws:iam::111122223333:"


def severities(admin: str, answers: Answers) -> list[tuple[str, str]]:
    changes = {**A_NEW_CLUSTER, "cluster.create": {"version": "1.36", "admins": [admin]}}
    found = preflight(a_plan(changes), a_sound_account({"DescribeCluster": [], **answers}))
    return [(each.severity, each.subject) for each in found if each.id == "admins"]


def a_role(arn: str) -> Answers:
    return {"GetRole": lambda asked: [{"RoleName": "Admin", "Arn": arn}] if asked["RoleName"] == "Admin" else []}


def a_user(arn: str) -> Answers:
    return {"GetUser": lambda asked: [{"UserName": "ann", "Arn": arn}] if asked["UserName"] == "ann" else []}


@pytest.mark.parametrize(
    ("admin", "answers", "severity"),
    [
        ("role/Admin", a_role(f"{ARN}role/Admin"), "ok"),
        ("role/team/Admin", a_role(f"{ARN}role/team/Admin"), "ok"),
        ("role/Admin", a_role(f"{ARN}role/team/Admin"), "error"),
        ("role/Admim", a_role(f"{ARN}role/Admin"), "error"),
        ("user/ann", a_user(f"{ARN}user/ann"), "ok"),
        ("user/team/ann", a_user(f"{ARN}user/team/ann"), "ok"),
        ("user/anne", a_user(f"{ARN}user/ann"), "error"),
        ("role/ann", a_user(f"{ARN}user/ann"), "error"),
    ],
)
def test_admins_exist_with_exactly_their_arn(admin: str, answers: Answers, severity: str) -> None:
    assert severities(f"{ARN}{admin}", answers) == [(severity, f"{ARN}{admin}")]


def test_principals_of_another_account_are_not_known() -> None:
    elsewhere = "arn:aws:iam::999900001111:role/Admin"
    assert severities(elsewhere, a_role(f"{ARN}role/Admin")) == [("unknown", elsewhere)]


@pytest.mark.parametrize(("admin", "which"), [("role/Admin", call.GET_ROLE), ("user/ann", call.GET_USER)])
def test_admins_that_cannot_be_read_are_unknown(admin: str, which: call.Call) -> None:
    assert severities(f"{ARN}{admin}", {which.operation: denied(which)}) == [("unknown", which.action)]


def test_an_existing_cluster_has_no_admins_to_check() -> None:
    assert [each for each in preflight(a_plan(), a_sound_account()) if each.id == "admins"] == []
