"""Substitutes for invalid values, so that the rest of a file is checked in the same run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue, ValidationError

from podspace.api.spelling import Place
from podspace.diagnostic import place_of

_SUBSTITUTES: Final[Mapping[str, JsonValue]] = {
    "name": "substitute",
    "stack": {},
    "vpc.id": "vpc-00000000",
    "cluster.name": "substitute",
    "cluster.create": {"version": "1.36"},
    "cluster.create.version": "1.36",
    "cluster.create.public_access_cidrs": [],
    "cluster.create.admins": [],
    "cluster.create.logs": [],
    "cluster.create.secrets_key_arn": None,
    "cluster.create.deletion_protection": False,
    "cluster.security_group_id": "sg-00000000",
    "cluster.node_security_group_ids": [],
    "cluster.node_role": {"create": True},
    "cluster.host_network_ports": [],
    "cluster.enable_network_policy": True,
    "pods.security_group": "dedicated",
    "pods.prefix_reservation": False,
    "egress": [],
    "endpoints": {},
    "flow_logs": {"of": "vpc"},
    "monitoring": None,
    "monitoring.topics": [],
    "monitoring.nat_gateways": {},
    "monitoring.network_address_usage": {},
    "monitoring.ipam_logs": {},
    "node_classes": [{"name": "substitute"}],
    "node_pools": [],
    "vpc_cni": None,
    "apply": False,
    "prices": {},
}
"""Places that no address depends on, with a substitute for a wrong value there."""
_IN_A_NEW_VPC: Final[Mapping[str, JsonValue]] = {
    "egress": [{"to": "internet", "regional_nat_gateway": "automatic"}],
    "endpoints": {"gateways": ["s3"], "interfaces": {}},
}
"""Further ones, if nodes need egress or endpoints."""


def with_substitutes(data: JsonValue, error: ValidationError, corrected: Mapping[str, str]) -> JsonValue:
    """A copy of the data with misspelt keys corrected, unknown keys removed, and invalid values replaced by valid
    ones.
    """
    wrong = error.errors(include_url=False, include_input=False)
    reduced = _reduced(data, {each["loc"] for each in wrong if each["type"] == "extra_forbidden"}, corrected)
    places = [place_of(each["loc"]) for each in wrong if each["type"] != "extra_forbidden"]
    places = [place for place in places if place not in corrected.values()]
    aside = {_nearest(place) for place in places} - {""}
    if "node_classes" in aside:
        aside.add("node_pools")  # they refer to the NodeClasses
    vpc = reduced.get("vpc") if isinstance(reduced, dict) else None
    substitutes = {**_SUBSTITUTES, **(_IN_A_NEW_VPC if isinstance(vpc, dict) and "create" in vpc else {})}
    for place in sorted(aside):
        *sections, key = place.split(".")
        inner = reduced
        for section in sections:
            inner = inner.get(section) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner[key] = substitutes[place]
    return reduced


def _nearest(place: str) -> str:
    """The innermost place with a substitute that a wrong value is in; empty where there is none."""
    around = [outer for outer in _SUBSTITUTES if f"{place}.".startswith((f"{outer}.", f"{outer}["))]
    return max(around, key=len, default="")


def _reduced(data: JsonValue, unknown: set[Place], corrected: Mapping[str, str], at: Place = ()) -> JsonValue:
    """A copy of the data, where unknown keys are left out, or written as they were meant."""
    if isinstance(data, dict):
        copy: dict[str, JsonValue] = {}
        for key, value in data.items():
            loc = (*at, key)
            meant = corrected.get(place_of(loc), "").rpartition(".")[2] if loc in unknown else key
            if meant and (meant == key or meant not in data):
                copy[meant] = _reduced(value, unknown, corrected, loc)
        return copy
    if isinstance(data, list):
        return [_reduced(value, unknown, corrected, (*at, index)) for index, value in enumerate(data)]
    return data
