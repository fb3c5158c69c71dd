"""A deployed network grows and shrinks: nothing is replaced, and ids stay."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import Data, data_of, differences, plan_for
from tests.template import REPOSITORY

CONFIG = REPOSITORY / "config"
Changed = dict[str, Any]


def with_zone(data: Data) -> Changed:
    """Three zones in place of two, with a NAT gateway for the third."""
    found = deepcopy(dict(data))
    zone = "eu-west-1a"
    found["vpc"]["node_subnets"][zone] = ["subnet-0a9b2c3d4e5f67890"]
    found["pods"]["zones"].append(zone)
    found["egress"][0]["nat_gateways"][zone] = "nat-0a9b2c3d4e5f67890"
    return found


def article() -> tuple[Changed, Changed]:
    """The article's network with space for a third zone, before and after."""
    data = data_of(CONFIG / "article.yaml")
    data["pods"] |= {"cidrs": ["100.64.0.0/16"], "subnet_prefix": 18}
    return data, with_zone(data)


def with_block(data: Data) -> Changed:
    found = deepcopy(dict(data))
    found["pods"]["cidrs"].append("100.65.0.0/16")
    return found


def regional() -> tuple[Changed, Changed]:
    data = data_of(CONFIG / "regional-nat.yaml")
    return data, with_block(data)


def new_vpc() -> tuple[Changed, Changed]:
    data = data_of(CONFIG / "new-vpc.yaml")
    return data, with_block(data)


def transit() -> tuple[Changed, Changed]:
    data = data_of(CONFIG / "transit-gateway-attached.yaml")
    grown = with_block(data)
    grown["pods"]["cidrs"][-1] = {"cidr": "100.65.0.0/16", "unique": True}
    return data, grown


CASES = {
    "a zone": article,
    "a CIDR block": lambda: (article()[0], with_block(article()[0])),
    "of a regional NAT gateway": regional,
    "of a new VPC": new_vpc,
    "behind a transit gateway": transit,
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_appended_replaces_nothing_and_can_be_removed(case: str, start: Start) -> None:
    small, large = CASES[case]()
    network = start(large)  # what the appended zone needs exists already
    assert network.deploy(small) == "CREATE_COMPLETE", network.reasons()
    ids = network.ids()
    assert network.deploy(large) == "UPDATE_COMPLETE", network.reasons()
    grown = network.ids()
    assert ids.items() < grown.items(), "a deployed resource has another id"
    assert differences(network, plan_for(large)) == []
    assert network.deploy(small) == "UPDATE_COMPLETE", network.reasons()
    assert network.ids() == ids
    assert not network.reasons()
    assert differences(network, plan_for(small)) == []
    assert network.delete() == "DELETE_COMPLETE"
