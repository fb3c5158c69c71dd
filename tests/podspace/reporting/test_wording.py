"""Counts are written in correct English."""

from __future__ import annotations

import pytest

from podspace.reporting.wording import counted


@pytest.mark.parametrize(
    ("kind", "several"),
    [
        ("route", "routes"),
        ("Elastic IP address", "Elastic IP addresses"),
        ("NodeClass", "NodeClasses"),
        ("access entry", "access entries"),
        ("NAT gateway", "NAT gateways"),
        ("security group of endpoints", "security groups of endpoints"),
        ("parameter that CDK waits for", "parameters that CDK waits for"),
        ("functions that apply manifests", "functions that apply manifests"),
    ],
)
def test_kinds_of_resources_have_a_plural(kind: str, several: str) -> None:
    assert counted(1, kind) == f"1 {kind}"
    assert counted(2, kind) == f"2 {several}"
