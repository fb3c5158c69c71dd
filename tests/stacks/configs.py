"""Configs that hypothesis generates: of one stack in one VPC, which differ in all else."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from podspace.planning import Config
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, ZONES, Changes, a_config, a_file

POLICIES = {
    "s3": ["account", "eks"],
    "sts": {
        "document": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["sts:*"], "Resource": "*"}],
        }
    },
}
"""Policies of endpoints: presets, and a document."""
WAN = "arn:aws:networkmanager::111122223333:core-network/core-network-0000000"
BY_ZONE = {zone: n for n, zone in enumerate(ZONES)}


def by_zone(zones: list[str], id: str) -> dict[str, str]:
    return {zone: id.format(BY_ZONE[zone]) for zone in zones}


def egress_sections(zones: list[str], alias: str) -> dict[str, list[dict[str, Any]]]:
    """Every kind of egress from these zones; `alias` makes the ids other ones."""
    public, routable = by_zone(zones, f"subnet-00000{alias}1{{}}"), by_zone(zones, f"subnet-00000{alias}2{{}}")
    addresses = {
        zone: [f"eipalloc-00000{alias}1{n}", f"eipalloc-00000{alias}2{n}"]
        for zone, n in BY_ZONE.items()
        if zone in zones
    }
    endpoints = by_zone(zones, f"vpce-00000{alias}1{{}}")
    tgw = f"tgw-0000000{alias}"
    return {
        "none": [],
        "existing": [{"to": "internet", "nat_gateways": by_zone(zones, f"nat-00000{alias}1{{}}")}],
        "existing, shared": [{"to": "internet", "nat_gateways": f"nat-0000000{alias}"}],
        "new": [{"to": "internet", "new_nat_gateways": public}],
        "new, shared": [{"to": "internet", "new_nat_gateways": f"subnet-0000000{alias}"}],
        "new, named": [{"to": "internet", "new_nat_gateways": public, "name": "out"}],
        "several addresses": [{"to": "internet", "new_nat_gateways": public, "addresses": 3}],
        "given addresses": [{"to": "internet", "new_nat_gateways": public, "allocation_ids": addresses}],
        "regional": [{"to": "internet", "regional_nat_gateway": "automatic"}],
        "regional, given": [{"to": "internet", "regional_nat_gateway": addresses}],
        "private": [{"to": "10.128.0.0/9", "private_nat_gateways": routable, "addresses": 2, "name": "out"}],
        "transit": [{"to": ["internet", "10.128.0.0/9"], "transit_gateway": tgw, "attachment_subnets": routable}],
        "attached": [{"to": "internet", "transit_gateway": tgw, "route_tables": [f"rtb-0000000{alias}"]}],
        "peering": [{"to": "10.150.0.0/16", "vpc_peering_connection": f"pcx-0000000{alias}"}],
        "firewall": [{"to": "internet", "firewall_endpoints": endpoints, "nat_gateways": by_zone(zones, f"nat-00000{alias}1{{}}")}],
        "firewall, new": [
            {
                "to": ["internet", "10.128.0.0/9"],
                "firewall_endpoints": endpoints,
                "new_nat_gateways": public,
                "firewall_route_tables": by_zone(zones, f"rtb-00000{alias}1{{}}"),
                "nat_route_tables": by_zone(zones, f"rtb-00000{alias}2{{}}"),
            }
        ],
        "core network": [{"to": ["internet", "10.128.0.0/9"], "core_network": f"{WAN}{alias}", "attachment_subnets": routable}],
        "vpn": [{"to": "10.128.0.0/9", "virtual_private_gateway": f"vgw-0000000{alias}", "propagate_routes": True}],
        "appliances": [{"to": "internet", "appliances": by_zone(zones, f"eni-00000{alias}1{{}}")}],
        "one appliance": [{"to": ["internet", "10.128.0.0/9"], "appliances": f"i-0000000{alias}"}],
        "prefix list": [{"to": ["pl-00000001", "10.128.0.0/9"], "nat_gateways": f"nat-0000000{alias}"}],
    }  # fmt: skip


def layouts(zones: list[str], blocks: list[str], prefix: int) -> dict[str, Any]:
    return {"cidrs": [{"cidr": block, "unique": True} for block in blocks], "zones": zones, "subnet_prefix": prefix}


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Files of one stack in one VPC that differ in all else."""
    zones = draw(st.lists(st.sampled_from(ZONES[:4]), min_size=1, max_size=3, unique=True))
    blocks = draw(
        st.lists(
            st.sampled_from(["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/17"]), min_size=1, max_size=2, unique=True
        )
    )
    choices: dict[str, Any] = {
        "vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for zone, n in BY_ZONE.items()},
        "pods": layouts(zones, blocks, draw(st.sampled_from([19, 20]))),
        "egress": draw(st.sampled_from(list(egress_sections(zones, draw(st.sampled_from("ab"))).values()))),
        "name": draw(st.sampled_from(["net", "net", "other"])),
        "stack": {"name": "stack", "tags": draw(st.sampled_from([{}, {"team": "a"}]))},
        "endpoints": draw(st.sampled_from([{}, {"gateways": ["s3"], "interfaces": {"services": ["sts"]}}, {"gateways": ["s3"], "interfaces": {"services": ["sts"]}, "policies": POLICIES}, {"interfaces": {"existing": True, "security_group_ids": ["sg-000000ee"]}}])),
        "flow_logs": draw(st.sampled_from([None, {}, {"traffic": "REJECT"}, {"of": "vpc", "to": "s3"}, {"to": "arn:aws:s3:::logs"}])),
        "cluster.node_role": draw(st.sampled_from([{"create": True}, {"name": "nodes", "access_entry": True}])),
        "cluster.host_network_ports": draw(st.sampled_from([[9100], ["53/udp"]])),
    }  # fmt: skip
    has_nat = any("nat_gateway" in key for entry in choices["egress"] for key in entry)
    choices["monitoring"] = draw(st.sampled_from([None, *MONITORING, *([NAT_ALARMS] if has_nat else [])]))
    return a_file({**choices, "pods.security_group": draw(pod_groups())})


MONITORING: list[dict[str, Any]] = [
    {"network_address_usage": {"percent": 70}, "ipam_logs": {}},
    {
        "topics": ["arn:aws:sns:eu-west-1:111122223333:alerts"],
        "ipam_logs": {"retention_days": 7, "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"},
    },
    {"network_address_usage": {"quota": 256_000}, "topics": ["arn:aws:sns:eu-west-1:111122223333:alerts"]},
]
"""Alarms and deliveries of logs, also of a network without NAT gateways."""
NAT_ALARMS = {"nat_gateways": {"bytes_per_hour": 10**12, "dropped_packets_percent": 0.5, "minutes": 5}}
"""Thresholds, for networks with NAT gateways."""


def pod_groups() -> st.SearchStrategy[Any]:
    """Every kind of security group for pods, with every kind of rule."""
    party = st.sampled_from(["vpc", "10.9.0.0/16", "pl-000000aa", "sg-000000ab"])
    ports = st.sampled_from([[], [443], ["8080-8090", "53/udp"]])
    ingress = st.lists(
        st.fixed_dictionaries({"from": party, "ports": ports}), max_size=2, unique_by=lambda x: x["from"]
    )
    egress = st.lists(st.fixed_dictionaries({"to": party, "ports": ports}), max_size=2, unique_by=lambda x: x["to"])
    reaches = st.sampled_from([[], [{"id": "sg-000000ee", "ports": [443, 5432]}]])
    existing = {"id": st.just("sg-000000aa")}
    return st.one_of(
        st.sampled_from(["dedicated", "cluster", "sg-000000aa", {"id": "sg-000000aa", "add_rules": True}]),
        st.fixed_dictionaries({"reaches": reaches}, optional={"ingress": st.just("vpc") | ingress, "egress": egress}),
        st.fixed_dictionaries({**existing, "add_rules": st.just(True), "ingress": ingress, "reaches": reaches}),
        st.fixed_dictionaries({"kind": st.just("cluster"), "reaches": reaches}),
    )


@st.composite
def new_networks(draw: st.DrawFn) -> Changes:
    """What differs from `mother.a_file`: a new VPC, a new cluster, or both, with what they may have."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f67-890a-bcde-f01234567890"
    new_vpc = draw(st.booleans())
    cluster: Changes = {
        **A_NEW_CLUSTER,
        "cluster.create": {
            "version": "1.36",
            "admins": draw(st.sampled_from([[], ["arn:aws:iam::111122223333:role/a/Admin", "arn:aws:iam::111122223333:user/Eve"]])),
            "logs": draw(st.sampled_from([[], ["api", "audit"]])),
            "built_in_node_pools": draw(st.sampled_from([[], ["system"]])),
            "public_access_cidrs": draw(st.sampled_from([[], ["203.0.113.0/24"]])),
            "deletion_protection": draw(st.booleans()),
            "secrets_key_arn": draw(st.sampled_from([None, key])),
        },
        "cluster.service_cidr": draw(st.sampled_from([None, "172.20.0.0/16"])),
    }  # fmt: skip
    egress: list[list[dict[str, Any]]] = [
        [{"to": "internet", "new_nat_gateways": "per_zone", "addresses": 2}],
        [{"to": "internet", "new_nat_gateways": "shared"}],
        [{"to": "internet", "regional_nat_gateway": "automatic"}],
        [{"to": "internet", "transit_gateway": "tgw-00000001", "attachment_subnets": "per_zone"}],
        [{"to": "internet", "core_network": f"{WAN}1", "attachment_subnets": "per_zone"}],
    ]
    return {
        **(A_NEW_VPC if new_vpc else {}),
        **cluster,
        "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
        "egress": draw(st.sampled_from(egress)) if new_vpc else [],
        "flow_logs": {"of": "vpc", "to": draw(st.sampled_from(["s3", "cloud_watch_logs"]))},
        "monitoring": draw(st.sampled_from([None, *MONITORING])),
        "vpc_cni": draw(st.sampled_from([None, {}, {"snat_policy": "Disabled", "version": "v1.20.1-eksbuild.1"}])),
        "endpoints": draw(st.sampled_from([{}, {"gateways": ["s3", "dynamodb"], "interfaces": {}}, {"gateways": ["s3"], "interfaces": {}, "policies": POLICIES}])),
        "node_classes": [draw(st.sampled_from([{"name": "class"}, {"name": "class", "tags": {"team": "a"}}]))],
        "apply": draw(st.booleans()),
        "stack.permissions_boundary": draw(st.sampled_from([None, "boundary"])),
        "stack.tags": draw(st.sampled_from([{}, {"team": "a"}])),
    }  # fmt: skip


def ipv6_networks() -> st.SearchStrategy[Changes]:
    """What differs from `mother.a_file`: an IPv6 cluster."""
    gateways = st.sampled_from(["new", "eigw-00000001"])
    group = st.sampled_from(["dedicated", "cluster"])
    return st.builds(
        lambda gateway, kind: {
            **AN_IPV6_CLUSTER,
            "egress": [{"to": "internet", "egress_only_gateway": gateway}],
            "pods": {**AN_IPV6_CLUSTER["pods"], "security_group": kind},
        },
        gateways,
        group,
    )


def configs() -> st.SearchStrategy[Config]:
    """Configs of every kind of network."""
    existing = st.builds(lambda data: Config.model_validate(data, by_name=True, by_alias=False), files())
    return st.one_of(existing, st.builds(a_config, st.one_of(new_networks(), ipv6_networks())))
