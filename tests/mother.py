"""Valid configs to begin from: a test names only what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from podspace.planning import Config, NetworkFile, Plan, plan_network
from podspace.planning.network import Network

_BASE: dict[str, Any] = {
    "name": "net",
    "environment": {"region": "eu-west-1"},
    "vpc": {
        "id": "vpc-0123456789abcdef0",
        "cidrs": ["10.0.0.0/20"],
        "node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000b"]},
    },
    "cluster": {"name": "cluster", "security_group_id": "sg-0123456789abcdef0", "host_network_ports": []},
    "pods": {
        "cidrs": ["100.64.0.0/16"],
        "zones": ["eu-west-1a", "eu-west-1b"],
        "subnet_prefix": 18,
        "security_group": {"kind": "dedicated", "ingress": []},
    },
    "egress": [{"to": "internet", "nat_gateways": {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"}}],
    "node_classes": [{"name": "class"}],
    "node_pools": [
        {
            "name": "pool",
            "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}],
        }
    ],
}

Changes = Mapping[str, Any]
"""New values by dotted path; None removes."""


def a_file(changes: Changes | None = None, /) -> dict[str, Any]:
    """The data of a valid config file, with changes."""
    data = deepcopy(_BASE)
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        section: Any = data
        for parent in parents:
            section = section[int(parent)] if isinstance(section, list) else section.setdefault(parent, {})
        key: Any = int(last) if isinstance(section, list) else last
        if value is None:
            section.pop(key, None)
        else:
            section[key] = deepcopy(value)
    if "shared_with" in data.get("vpc", ()):  # the network half of a shared VPC has no groups
        for name, key in (("cluster", "host_network_ports"), ("pods", "security_group")):
            if data[name].get(key) == _BASE[name][key]:
                del data[name][key]
    return data


def a_config(changes: Changes | None = None, /) -> Config:
    """A valid config, with changes."""
    return Config.model_validate(a_file(changes), by_name=True, by_alias=False)


def a_network(changes: Changes | None = None, /) -> Network:
    """The resolved network of a valid config, with changes; for tests of what planning alone uses."""
    return Network(a_config(changes))


def a_plan(changes: Changes | None = None, /) -> Plan:
    """The plan of a valid config, with changes."""
    return plan_network(a_config(changes))


def a_network_file(changes: Changes | None = None, /, *, path: str = "net.yaml") -> NetworkFile:
    """A valid config as a file that is read, and its plan, with changes."""
    return NetworkFile(path=Path(path), plan=a_plan(changes))


FORMER_RULES: Changes = {"pods.security_group": {"ingress": "vpc"}, "cluster.host_network_ports": [9100]}
"""The rules that were the default before `ingress` was a key."""
A_NEW_VPC: Changes = {
    "vpc.id": None,
    "vpc.node_subnets": None,
    "vpc.create": {
        "public": {"cidrs": ["10.0.0.0/22"], "subnet_prefix": 24},
        "nodes": {"cidrs": ["10.0.8.0/21"], "subnet_prefix": 23},
    },
    "egress": [{"to": "internet", "new_nat_gateways": "per_zone"}],
    "flow_logs": {"of": "vpc"},
}
"""A VPC that is made here."""
A_NEW_CLUSTER: Changes = {
    "cluster.security_group_id": None,
    "cluster.create": {"version": "1.36", "admins": ["arn:aws:iam::111122223333:role/Admin"]},
}
"""A cluster that is made here."""
AN_IPV6_CLUSTER: Changes = {
    "cluster.ip_family": "ipv6",
    "vpc.ipv6_cidrs": ["2001:db8:1::/56"],
    "pods": {
        "cidrs": [{"cidr": "10.0.0.0/20", "associated": True}],
        "subnets": {"eu-west-1a": ["10.0.8.0/26"], "eu-west-1b": ["10.0.8.64/26"]},
        "ipv6_subnets": {"eu-west-1a": ["2001:db8:1:10::/64"], "eu-west-1b": ["2001:db8:1:11::/64"]},
        "security_group": {"kind": "dedicated", "ingress": []},
    },
    "egress": [],
}
"""An IPv6 cluster, with pod subnets in the VPC's own IPv4 block."""

ZONES = [f"eu-west-1{letter}" for letter in "abcdef"]
