"""Upgrades replace nothing."""

from __future__ import annotations

import json

from tools.identities import RECORD, create_only, identities


def test_an_upgrade_changes_no_identity_of_a_live_resource() -> None:
    """If this fails, people who upgrade lose live subnets: restore the ids, or record them with `make identities`."""
    assert identities() == json.loads(RECORD.read_text())


def test_the_record_holds_what_would_replace_a_resource() -> None:
    assert {"CidrBlock", "VpcId", "AvailabilityZone"} <= create_only("AWS::EC2::Subnet")
    assert "GroupDescription" in create_only("AWS::EC2::SecurityGroup")
    assert "RoleName" in create_only("AWS::IAM::Role")
    assert "Tags" not in create_only("AWS::EC2::Subnet")
