"""The kind of egress of a deployed network is changed, and changed back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import data_of, differences, plan_for
from tests.template import REPOSITORY

ZONES = ["eu-west-1b", "eu-west-1c"]
PUBLIC = {zone: f"subnet-0d{n}b2c3d4e5f67890" for n, zone in enumerate(ZONES)}
ROUTABLE = {zone: f"subnet-0e{n}b2c3d4e5f67890" for n, zone in enumerate(ZONES)}
ADDRESSES = {zone: [f"eipalloc-0f{n}b2c3d4e5f67890"] for n, zone in enumerate(ZONES)}
TRANSIT = "tgw-0a1b2c3d4e5f67890"
KINDS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "new NAT gateways": [{"to": "internet", "new_nat_gateways": PUBLIC, "name": "new"}],
    "several addresses": [{"to": "internet", "new_nat_gateways": PUBLIC, "addresses": 2, "name": "new"}],
    "given addresses": [{"to": "internet", "new_nat_gateways": PUBLIC, "allocation_ids": ADDRESSES, "name": "given"}],
    "a regional NAT gateway": [{"to": "internet", "regional_nat_gateway": "automatic"}],
    "a transit gateway": [{"to": "internet", "transit_gateway": TRANSIT, "attachment_subnets": ROUTABLE}],
    "private NAT gateways": [
        {"to": "internet", "new_nat_gateways": PUBLIC, "name": "new"},
        {"to": "10.128.0.0/9", "private_nat_gateways": ROUTABLE, "transit_gateway": TRANSIT, "attachment_subnets": ROUTABLE},
    ],
}  # fmt: skip


def article(egress: list[dict[str, Any]]) -> dict[str, Any]:
    data = data_of(REPOSITORY / "config" / "article.yaml")
    data["pods"]["cidrs"] = [{"cidr": "100.64.0.0/16", "unique": True}]
    data["node_classes"][0]["snat_policy"] = "Disabled"
    return {**deepcopy(data), "egress": egress}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_egress_changes_and_changes_back(kind: str, start: Start) -> None:
    before, after = article(data_of(REPOSITORY / "config" / "article.yaml")["egress"]), article(KINDS[kind])
    every = [*before["egress"], *KINDS["private NAT gateways"], *KINDS["given addresses"]]
    network = start(article(every))
    assert network.deploy(before) == "CREATE_COMPLETE", network.reasons()
    for data in (after, before):
        assert network.deploy(data) == "UPDATE_COMPLETE", network.reasons()
        assert not network.reasons()
        assert differences(network, plan_for(data)) == []
    assert network.delete() == "DELETE_COMPLETE"
