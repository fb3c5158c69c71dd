"""Templates whose cluster name and CIDR blocks are parameters without defaults."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from podspace.lint.template import template_document
from podspace.lint.value import network

_BLOCKS = ("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock")
_MOST_CIDRS = 256


def parameterize(folder: Path, base: Path) -> None:
    """Turn the cluster names and CIDR blocks that a base has into parameters without defaults, and cut subnets of them.

    The same literal is the same parameter everywhere in a template: in subnets, tags, security group rules, and routes.
    What a planted fault writes differently stays as it is.
    """
    for path in sorted(folder.rglob("*")):
        data, original = _template(path), _template(base / path.relative_to(folder))
        if data and original:
            path.write_text(json.dumps(_parameterized(data, _parameters(original)), indent=1))


def _template(path: Path) -> Any:
    document = template_document(path.read_text(), path) if path.is_file() and path.name != "manifest.json" else None
    return document.data if document else None


def _parameters(data: Any) -> dict[str, str]:
    """The names of the parameters by the literal that each replaces."""
    bodies = [body for body in data.get("Resources", {}).values() if "Properties" in body]
    names = [body["Properties"].get("Name") for body in bodies if body.get("Type") == "AWS::EKS::Cluster"]
    cidrs = [body["Properties"].get("CidrBlock") for body in bodies if body.get("Type") in _BLOCKS]
    values = dict.fromkeys(value for value in (*names, *cidrs) if isinstance(value, str))
    return {value: f"Parameter{number}" for number, value in enumerate(values)}


def _parameterized(data: Any, parameters: dict[str, str]) -> Any:
    blocks = {value: block for value in parameters if (block := network(value))}
    resources = _replaced(data.get("Resources", {}), parameters, blocks)
    declared = {name: {"Type": "String"} for name in parameters.values()}
    return {**data, "Resources": resources, "Parameters": {**data.get("Parameters", {}), **declared}}


def _replaced(node: Any, parameters: dict[str, str], blocks: dict[str, IPv4Network]) -> Any:
    if isinstance(node, dict):
        return {
            name: value if name in {"Type", "Ref", "DependsOn", "RoleName"} else _replaced(value, parameters, blocks)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_replaced(item, parameters, blocks) for item in node]
    if not isinstance(node, str):
        return node
    if node in parameters:
        return {"Ref": parameters[node]}
    return _cut(node, parameters, blocks) or node


def _cut(written: str, parameters: dict[str, str], blocks: dict[str, IPv4Network]) -> Any:
    """A CIDR as one of those that Fn::Cidr cuts of a parameter; None if it cannot be."""
    cidr = network(written)
    for value, block in blocks.items():
        if cidr and str(cidr) == written and cidr.prefixlen > block.prefixlen and cidr.subnet_of(block):
            index = int(cidr.network_address) - int(block.network_address) >> 32 - cidr.prefixlen
            count = min(2 ** (cidr.prefixlen - block.prefixlen), _MOST_CIDRS)
            if index < count:
                return {"Fn::Select": [index, {"Fn::Cidr": [{"Ref": parameters[value]}, count, 32 - cidr.prefixlen]}]}
    return None
