"""CloudFormation's own parameters are what the account and the region of a stack make them."""

from __future__ import annotations

import pytest

from podspace.lint.pseudo_parameter import NO_VALUE, pseudo_parameter
from podspace.lint.stack import Origin
from podspace.lint.value import Reference, Value, same

HERE = Origin(name="net", region="eu-west-1", account="111122223333")
SOMEWHERE = Origin(name="net")


@pytest.mark.parametrize(
    ("name", "origin", "value"),
    [
        ("AWS::Region", HERE, "eu-west-1"),
        ("AWS::AccountId", HERE, "111122223333"),
        ("AWS::Partition", HERE, "aws"),
        ("AWS::URLSuffix", HERE, "amazonaws.com"),
        ("AWS::Partition", Origin(name="net", region="cn-north-1"), "aws-cn"),
        ("AWS::URLSuffix", Origin(name="net", region="cn-north-1"), "amazonaws.com.cn"),
        ("AWS::Partition", Origin(name="net", region="us-gov-west-1"), "aws-us-gov"),
        ("AWS::URLSuffix", Origin(name="net", region="us-gov-west-1"), "amazonaws.com"),
        ("AWS::Region", SOMEWHERE, Reference("", "AWS::Region")),
        ("AWS::AccountId", SOMEWHERE, Reference("", "AWS::AccountId")),
        ("AWS::Partition", SOMEWHERE, Reference("", "AWS::Partition")),
        ("AWS::AccountId", Origin(name="net", region="eu-west-1"), Reference("eu-west-1", "AWS::AccountId")),
        ("AWS::StackName", SOMEWHERE, Reference("net", "AWS::StackName")),
        ("AWS::StackId", SOMEWHERE, Reference("net", "AWS::StackId")),
        ("AWS::NotificationARNs", SOMEWHERE, Reference("net", "AWS::NotificationARNs")),
        ("AWS::NoValue", HERE, NO_VALUE),
    ],
)
def test_a_pseudo_parameter_is_known_or_a_reference(name: str, origin: Origin, value: Value) -> None:
    assert pseudo_parameter(name, origin) == value


@pytest.mark.parametrize(
    ("name", "answer"), [("AWS::Region", True), ("AWS::AccountId", True), ("AWS::StackName", None), ("AWS::StackId", None)]
)  # fmt: skip
def test_what_is_of_the_environment_is_one_for_all_stacks_in_it(name: str, answer: bool | None) -> None:
    """And what is of the stack is not."""
    assert same(pseudo_parameter(name, SOMEWHERE), pseudo_parameter(name, Origin(name="pods"))) is answer


def test_unknown_accounts_of_two_regions_may_be_two() -> None:
    """Nothing says that they are one."""
    regions = (Origin(name="net", region=region) for region in ("eu-west-1", "us-east-1"))
    one, other = (pseudo_parameter("AWS::AccountId", origin) for origin in regions)
    assert same(one, other) is None
