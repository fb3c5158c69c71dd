"""Local Zones: which texts are one, and what AWS does not have there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.api.zone import ZONE_NAME, zone_name
from podspace.planning.addresses.zone import (
    in_region,
    is_local_zone,
    is_zone_id,
    literal_zone,
    network_border_group,
    region_of,
    zone_key,
)
from podspace.planning.origin import Existing
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_config, a_plan
from tests.planning_errors import Error, errors, remarks

NORTH_AMERICA = (
    "us-east-1-atl-1a us-east-1-atl-2a us-east-1-bos-1a us-east-1-chi-1a us-east-1-chi-2a us-east-1-dfw-1a "
    "us-east-1-dfw-2a us-east-1-iah-1a us-east-1-iah-2a us-east-1-mci-1a us-east-1-mia-1a us-east-1-mia-2a "
    "us-east-1-msp-1a us-east-1-nyc-1a us-east-1-nyc-2a us-east-1-phl-1a us-east-1-qro-1a us-west-2-den-1a "
    "us-west-2-hnl-1a us-west-2-las-1a us-west-2-lax-1a us-west-2-lax-1b us-west-2-pdx-1a us-west-2-phx-1a "
    "us-west-2-phx-2a us-west-2-sea-1a"
)
ELSEWHERE = (
    "us-east-1-bue-1a us-east-1-lim-1a us-east-1-scl-1a af-south-1-los-1a ap-northeast-1-tpe-1a ap-south-1-ccu-1a "
    "ap-south-1-del-1a ap-southeast-1-bkk-1a ap-southeast-1-mnl-1a ap-southeast-2-akl-1a ap-southeast-2-per-1a "
    "eu-central-1-ham-1a eu-central-1-waw-1a eu-north-1-cph-1a eu-north-1-hel-1a me-south-1-mct-1a"
)
NAMES = f"{NORTH_AMERICA} {ELSEWHERE}".split()
"""Of https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html."""
SHORT = {
    "us-east-1": "use1", "us-west-2": "usw2", "af-south-1": "afs1", "ap-northeast-1": "apne1", "ap-south-1": "aps1",
    "ap-southeast-1": "apse1", "ap-southeast-2": "apse2", "eu-central-1": "euc1", "eu-north-1": "eun1",
    "me-south-1": "mes1",
}  # fmt: skip


def parts(name: str) -> tuple[str, str, str, str]:
    """The region of a Local Zone, its place, its number and its letter."""
    region, place, number = name.rsplit("-", 2)
    return region, place, number[:-1], number[-1]


def id_of_name(name: str) -> str:
    region, place, number, letter = parts(name)
    return f"{SHORT[region]}-{place}{number}-az{'abc'.index(letter) + 1}"


@pytest.mark.parametrize("name", NAMES)
def test_local_zones_are_accepted_by_name_and_by_id_in_their_region_only(name: str) -> None:
    region, place, number, _ = parts(name)
    for text, by_id in ((name, False), (id_of_name(name), True)):
        assert literal_zone(text) == text
        assert is_local_zone(text)
        assert is_zone_id(text) is by_id
        assert [each for each in SHORT if in_region(text, each)] == [region]
        assert region_of(text) == (SHORT[region] if by_id else region)
        assert network_border_group(text, region) == f"{region}-{place}-{number}"
        assert zone_key(text) == ("AvailabilityZoneId" if by_id else "AvailabilityZone")
    assert re.fullmatch(ZONE_NAME, name)


@given(
    region=st.sampled_from([*SHORT]), number=st.integers(min_value=1, max_value=19), letter=st.sampled_from("abcdef")
)
def test_availability_zones_are_no_local_zones(region: str, number: int, letter: str) -> None:
    for text, by_id in ((f"{region}{letter}", False), (f"{SHORT[region]}-az{number}", True)):
        assert literal_zone(text) == text
        assert (is_local_zone(text), is_zone_id(text), in_region(text, region)) == (False, by_id, True)
        assert network_border_group(text, region) == ""


@pytest.mark.parametrize("name", NAMES[::4])
@pytest.mark.parametrize(
    "broken", [str.upper, lambda text: text[:-1], lambda text: f"{text}a", lambda text: f"-{text}", lambda text: f"{text} "]
)  # fmt: skip
def test_malformed_names_are_refused(name: str, broken: object) -> None:
    assert callable(broken)
    assert zone_name(str(broken(name))) is None
    with pytest.raises(ValueError, match="must be the name"):
        literal_zone(str(broken(name)))


@pytest.mark.parametrize(
    "text",
    ["use1-bos1", "use1-bos-az1", "use1-1-az1", "us-east-1-1a", "us-east-1-bos-a", "us-east-1-bos1-az1", "us-east-1"],
)  # fmt: skip
def test_other_texts_are_no_zones(text: str) -> None:
    assert zone_name(text) is None


@pytest.mark.parametrize(
    "zone",
    ["us-east-1-wl1-bos-wlz-1", "use1-wl1-bos-wlz1", "ap-northeast-1-wl1-nrt-wlz-1", "apne1-wl1-nrt-wlz1", "eu-west-2-wl1-lon-wlz-1"],
)  # fmt: skip
def test_a_wavelength_zone_is_refused_as_such(zone: str) -> None:
    changes = {"environment.region": "us-east-1", "pods.zones": [zone], "vpc.node_subnets": None, "egress": []}
    with pytest.raises(ValueError, match="Wavelength"):
        a_config(changes)


LOCAL = "eu-west-1-abc-1a"
PLACE = {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000b"], LOCAL: ["subnet-0000000c"]}
ZONES = [*PLACE]
BASE: Changes = {"vpc.node_subnets": PLACE, "pods.zones": ZONES, "egress": []}
TRANSIT = "tgw-0123456789abcdef0"
UNIQUE = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}
ATTACHED = {"eu-west-1a": "subnet-000000a1", "eu-west-1b": "subnet-000000b1"}


def subnets(**changes: str) -> dict[str, str]:
    return {"eu-west-1a": "subnet-000000a1", "eu-west-1b": "subnet-000000b1", LOCAL: "subnet-000000c1", **changes}


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "an interface endpoint": (
        {"endpoints": {"interfaces": {"subnets": subnets()}}},
        [("local-zone-endpoint", f"endpoints.interfaces.subnets.{LOCAL}", "subnet-000000c1")],
    ),
    "a firewall endpoint": (
        {"egress": [{"to": "internet", "firewall_endpoints": {zone: f"vpce-0000000{n}" for n, zone in enumerate(ZONES)}}]},
        [("local-zone-endpoint", "egress[0].firewall_endpoints", LOCAL)],
    ),
    "a subnet of an attachment": (
        {"egress": [{"to": "internet", "private_nat_gateways": "subnet-000000a2", "transit_gateway": TRANSIT, "attachment_subnets": subnets()}]},
        [("local-zone-attachment", "egress[0].attachment_subnets", LOCAL)],
    ),
    "a route to a transit gateway": (
        {**UNIQUE, "egress": [{"to": "internet", "transit_gateway": TRANSIT}]},
        [("local-zone-transit-route", "egress[0].transit_gateway", LOCAL)],
    ),
    "a private NAT gateway before a transit gateway": (
        {"egress": [{"to": "internet", "private_nat_gateways": subnets(), "transit_gateway": TRANSIT}]},
        [("local-zone-transit-route", "egress[0].private_nat_gateways", LOCAL)],
    ),
    "addresses of a regional NAT gateway": (
        {"egress": [{"to": "internet", "regional_nat_gateway": {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"], LOCAL: ["eipalloc-0000000c"]}}]},
        [("local-zone-regional-nat-gateway", "egress[0].regional_nat_gateway", LOCAL)],
    ),
    "the control plane": (
        {**A_NEW_CLUSTER, "cluster.create.zones": ["eu-west-1a", LOCAL]},
        [("local-zone-control-plane", "cluster.create.zones[1]", LOCAL)],
    ),
    "a new VPC": (
        {**A_NEW_VPC, "egress": [{"to": "internet", "new_nat_gateways": "shared"}]},
        [("local-zone-in-new-vpc", "vpc.create", LOCAL)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_exist_in_local_zones_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors({**BASE, **changes}) == expected


ACCEPTED: dict[str, tuple[Changes, set[str]]] = {
    "existing NAT gateways": ({"egress": [{"to": "internet", "nat_gateways": {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b", LOCAL: "nat-0000000a"}}]}, set()),
    "one new NAT gateway in an availability zone": ({"egress": [{"to": "internet", "new_nat_gateways": "subnet-000000a1"}]}, set()),
    "new NAT gateways": ({"egress": [{"to": "internet", "new_nat_gateways": subnets()}]}, {"local-zone-nat-gateway"}),
    "private NAT gateways": ({"egress": [{"to": "192.168.0.0/16", "private_nat_gateways": subnets()}]}, {"local-zone-nat-gateway"}),
    "an automatic regional NAT gateway": ({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}, {"local-zone-regional-nat-gateway"}),
    "one private NAT gateway before a transit gateway": ({"egress": [{"to": "internet", "private_nat_gateways": "subnet-000000a2", "transit_gateway": TRANSIT, "attachment_subnets": ATTACHED}]}, set()),
    "endpoints in the other zones": ({"endpoints": {"gateways": ["s3"], "interfaces": {}}}, set()),
    "two Local Zones of one group": ({"pods.zones": [*ZONES, "eu-west-1-abc-1b"]}, set()),
    "Local Zones of two groups": ({"pods.zones": [*ZONES, "eu-west-1-xyz-1a"]}, {"several-local-zones"}),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_depends_on_the_local_zone_is_a_warning(changes: Changes, expected: set[str]) -> None:
    found = {id for id in remarks({**BASE, **changes}) if "local-zone" in id}
    assert found == {"local-zone", *expected}


def test_without_a_local_zone_nothing_is_said_about_them() -> None:
    assert not {id for id in remarks({}) if "local-zone" in id}


def test_a_new_cluster_and_endpoints_leave_local_zones_out_by_default() -> None:
    first = {LOCAL: PLACE[LOCAL], "eu-west-1a": PLACE["eu-west-1a"], "eu-west-1b": PLACE["eu-west-1b"]}
    plan = a_plan(
        {**BASE, **A_NEW_CLUSTER, "pods.zones": [*first], "vpc.node_subnets": first, "endpoints": {"interfaces": {}}}
    )
    assert plan.cluster.new
    assert plan.cluster.new.zones == ("eu-west-1a", "eu-west-1b")
    assert plan.endpoints
    assert plan.endpoints.zones == ("eu-west-1a", "eu-west-1b")


def test_only_addresses_of_a_local_zone_are_of_its_network_border_group() -> None:
    plan = a_plan({**BASE, "egress": [{"to": "internet", "new_nat_gateways": subnets()}]})
    groups = {each.name: each.create_only for each in plan.resources() if each.type == "AWS::EC2::EIP"}
    assert groups == {"eu-west-1a": {}, "eu-west-1b": {}, LOCAL: {"NetworkBorderGroup": "eu-west-1-abc-1"}}


def test_an_attachment_leaves_local_zones_out() -> None:
    egress = [{"to": "internet", "private_nat_gateways": "subnet-000000a2", "transit_gateway": TRANSIT}]
    plan = a_plan({**BASE, "egress": [{**egress[0], "attachment_subnets": ATTACHED}]})
    (attachment,) = [each for each in plan.resources() if each.type == "AWS::EC2::TransitGatewayAttachment"]
    assert attachment.properties["SubnetIds"] == (*ATTACHED.values(),)
    assert Existing(TRANSIT) in {gateway.origin for gateway in plan.pods.gateways}


def test_pods_in_local_zones_may_be_named_by_zone_ids() -> None:
    ids = {"euw1-az1": ["subnet-0000000a"], "euw1-abc1-az1": ["subnet-0000000c"]}
    plan = a_plan({"vpc.node_subnets": ids, "pods.zones": [*ids], "egress": []})
    keys = [{*each.create_only} & {"AvailabilityZone", "AvailabilityZoneId"} for each in plan.resources() if each.type == "AWS::EC2::Subnet"]  # fmt: skip
    assert keys == [{"AvailabilityZoneId"}] * 2
    assert ("zone-of-other-region", "pods.zones[1]", "use1-abc1-az1") in errors(
        {"pods.zones": ["euw1-az1", "use1-abc1-az1"], "vpc.node_subnets": None, "egress": []}
    )


def test_pods_only_in_local_zones_cannot_attach_the_vpc() -> None:
    changes = {"vpc.node_subnets": {LOCAL: PLACE[LOCAL]}, "pods.zones": [LOCAL]}
    entry = {"to": "internet", "private_nat_gateways": "subnet-000000a2", "transit_gateway": TRANSIT}
    assert errors({**changes, "egress": [{**entry, "attachment_subnets": "per_zone"}]}) == [
        ("local-zone-attachment", "egress[0].transit_gateway", "")
    ]


def test_ipv6_is_a_warning_in_local_zones_that_aws_does_not_list() -> None:
    for zone, warned in (("us-west-2-lax-1b", False), ("us-west-2-den-1a", True)):
        changes = {
            "environment.region": "us-west-2",
            "cluster.ip_family": "ipv6",
            "vpc.ipv6_cidrs": ["2001:db8::/56"],
            "vpc.node_subnets": {zone: ["subnet-0000000a"]},
            "pods.zones": [zone],
            "pods.ipv6_subnets": {zone: ["2001:db8:0:1::/64"]},
            "egress": [],
        }
        assert ("local-zone-ipv6" in remarks(changes)) is warned
