"""The public addresses that probes may be seen with, by the plan and the account."""

from __future__ import annotations

from typing import Any, Final

import pytest
import yaml

from podspace.deployment import Deployment
from podspace.live.aws.call import DESCRIBE_NAT_GATEWAYS
from podspace.planning import Plan, plan_of_data
from podspace.planning.egress.nat_gateway import gateway_path
from podspace.planning.inventory import logical_id
from podspace.smoke.account_addresses import public_addresses
from podspace.smoke.public_addresses import PublicAddresses
from tests.canned_account import Answers, a_nat_gateway, a_sound_account, a_table, denied, to_internet
from tests.mother import Changes, a_plan
from tests.template import REPOSITORY

DISABLED: Final[Changes] = {"node_classes.0.snat_policy": "Disabled"}
A, B = "pool-eu-west-1a", "pool-eu-west-1b"


def a_gateway(name: str, *addresses: str, **changes: Any) -> dict[str, Any]:
    found = [{"AllocationId": f"eipalloc-{number}", "PublicIp": each} for number, each in enumerate(addresses)]
    return {**a_nat_gateway(name, "subnet-000000aa", **changes), "NatGatewayAddresses": found}


GATEWAYS: Final = [
    a_gateway("nat-0000000a", "203.0.113.1", "203.0.113.2"),
    a_gateway("nat-0000000b", "203.0.113.3"),
    a_gateway("nat-0000000c", "203.0.113.4"),
]
OTHER_ROUTES: Final = [
    a_table("rtb-0000000a", "subnet-0000000a", routes=[to_internet("nat-0000000c")]),
    a_table("rtb-0000000b", "subnet-0000000b", routes=[to_internet("nat-0000000b")]),
]


def addresses(plan: Plan, answers: Answers | None = None) -> dict[str, PublicAddresses]:
    account = a_sound_account({"DescribeNatGateways": GATEWAYS, "DescribeRouteTables": OTHER_ROUTES, **(answers or {})})
    return dict(public_addresses(Deployment(plan, account)))


def texts(found: PublicAddresses) -> list[str]:
    return [str(cidr.network_address) for cidr in found.cidrs]


def test_under_disabled_they_are_those_of_the_gateway_of_the_pod_route_table_of_the_zone() -> None:
    found = addresses(a_plan(DISABLED))
    assert {name: (texts(each), each.of) for name, each in found.items()} == {
        A: (["203.0.113.1", "203.0.113.2"], "nat-0000000a"),
        B: (["203.0.113.3"], "nat-0000000b"),
    }


def test_under_random_they_are_those_of_the_gateway_that_the_node_subnets_route_to() -> None:
    found = addresses(a_plan())
    assert {name: (texts(each), each.of) for name, each in found.items()} == {
        A: (["203.0.113.4"], "nat-0000000c"),
        B: (["203.0.113.3"], "nat-0000000b"),
    }


def test_a_gateway_that_the_stack_created_is_found_by_the_stack() -> None:
    data = yaml.safe_load((REPOSITORY / "config" / "three-zones.yaml").read_text())
    plan = plan_of_data(data)
    resources = [
        {
            "LogicalResourceId": logical_id(gateway_path(gateway.name)),
            "PhysicalResourceId": f"nat-0000000{gateway.name[-1]}",
            "ResourceType": "AWS::EC2::NatGateway",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for gateway in plan.pods.gateways
    ]
    stack = {"StackName": plan.stack_name, "StackStatus": "CREATE_COMPLETE"}
    found = addresses(plan, {"DescribeStacks": [stack], "ListStackResources": resources})
    assert {name[-1]: each.of for name, each in found.items()} == {
        "a": "nat-0000000a",
        "b": "nat-0000000b",
        "c": "nat-0000000c",
    }
    assert all("not deployed" in each.unknown for each in addresses(plan).values())


def test_existing_pod_subnets_are_looked_up_by_their_routes() -> None:
    subnets = {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}
    plan = a_plan({**DISABLED, "pods": {"subnet_ids": subnets}, "egress": []})
    tables = [*OTHER_ROUTES, a_table("rtb-0000001a", "subnet-0000001a", routes=[to_internet("nat-0000000a")])]
    assert addresses(plan, {"DescribeRouteTables": tables})[A].of == "nat-0000000a"


@pytest.mark.parametrize(
    ("changes", "answers", "words"),
    [
        (DISABLED, {"DescribeNatGateways": denied(DESCRIBE_NAT_GATEWAYS)}, "not allowed"),
        (DISABLED, {"DescribeNatGateways": []}, "is not a NAT gateway"),
        (
            DISABLED,
            {"DescribeNatGateways": [a_gateway("nat-0000000a"), a_gateway("nat-0000000b")]},
            "no public address",
        ),
        (
            {},
            {"DescribeRouteTables": [a_table("rtb-1", routes=[to_internet("igw-0000000a")], main=True)]},
            "igw-0000000a",
        ),
        (
            {},
            {"DescribeRouteTables": [a_table("rtb-1", routes=[to_internet("tgw-0000000a")], main=True)]},
            "tgw-0000000a",
        ),
        ({}, {"DescribeRouteTables": [a_table("rtb-1", routes=[], main=True)]}, "no route"),
        ({"vpc.node_subnets": None, "egress": []}, {}, "not known"),
        (
            {
                **DISABLED,
                "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
                "egress": [{"to": "internet", "transit_gateway": "tgw-0000000a"}],
            },
            {},
            "tgw-0000000a",
        ),
    ],
)
def test_what_cannot_be_known_has_a_reason(changes: Changes, answers: Answers, words: str) -> None:
    found = addresses(a_plan(changes), answers)
    assert all(words in each.unknown and not each.cidrs for each in found.values()), found
