"""Valid configs to begin from: a test names only what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from podspace.planning import Config, Plan, plan_network

_BASE: dict[str, Any] = {
    "name": "net",
    "environment": {"region": "eu-west-1"},
    "vpc": {
        "id": "vpc-0123456789abcdef0",
        "cidrs": ["10.0.0.0/20"],
        "node_subnets": {"eu-west-1a": ["subnet-0000000a"], "eu-west-1b": ["subnet-0000000b"]},
    },
    "cluster": {"name": "cluster", "security_group_id": "sg-0123456789abcdef0"},
    "pods": {"cidrs": ["100.64.0.0/16"], "zones": ["eu-west-1a", "eu-west-1b"], "subnet_prefix": 18},
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
        key = int(last) if isinstance(section, list) else last
        if value is None:
            del section[key]
        else:
            section[key] = value
    return data


def a_config(changes: Changes | None = None, /) -> Config:
    """A valid config, with changes."""
    return Config.model_validate(a_file(changes), by_name=True, by_alias=False)


def a_plan(changes: Changes | None = None, /) -> Plan:
    """The plan of a valid config, with changes."""
    return plan_network(a_config(changes))


ZONES = [f"eu-west-1{letter}" for letter in "abcdef"]
