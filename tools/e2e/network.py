"""The network that is deployed: its plan and its template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from podspace.planning import Config, Plan, plan_network
from tests.template import template_of
from tools import REPOSITORY

TAG: Final = "podspace-e2e"
"""The key of the tag that everything has; its value is the id of the run."""
CLUSTER_GROUP: Final = "ClusterGroup"
"""The logical id of a security group that is in the place of the cluster's, as there is no cluster."""
OBSTACLE: Final = "Obstacle"
"""The logical id of a resource that cannot be created."""
_FILE: Final = REPOSITORY / "config" / "new-vpc.yaml"
_GROUP_ID: Final = "sg-00000000000000000"
Template = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """The network of config/new-vpc.yaml in other zones, without its cluster, node role and manifests.

    Attributes:
        run: the id of the run.
        blocks: the CIDR blocks of the pods.
        egress: the NAT gateways, as in a config.
    """

    run: str
    region: str
    zones: tuple[str, ...]
    blocks: tuple[str, ...]
    egress: tuple[tuple[str, str], ...] = (("new_nat_gateways", "per_zone"),)

    @property
    def config(self) -> Config:
        """The config."""
        data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
        data["pods"] |= {"cidrs": list(self.blocks), "zones": list(self.zones)}
        data["cluster"] = {
            "name": TAG,
            "security_group_id": _GROUP_ID,
            "node_role": {"name": "none", "access_entry": False},
        }
        data["egress"] = [{"to": "internet", **dict(self.egress)}]
        data |= {"name": f"run-{self.run}", "apply": False}
        data |= {"environment": {"region": self.region}, "stack": {"tags": {TAG: self.run}}}
        return Config.model_validate(data)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return plan_network(self.config)


@cache  # a synthesis takes seconds
def template_for(network: Network) -> Template:
    """The template, without what reads CDK's bootstrap stack, and with a security group in place of the cluster's."""
    found = template_of(network.config).to_json()
    resources = _with_group(found["Resources"])
    group = {"GroupDescription": "In place of the cluster's", "Tags": [{"Key": TAG, "Value": network.run}]}
    vpc = {"VpcId": {"Ref": _first(resources, "AWS::EC2::VPC")}}
    resources[CLUSTER_GROUP] = {"Type": "AWS::EC2::SecurityGroup", "Properties": {**group, **vpc}}
    return {"Description": found["Description"], "Outputs": found["Outputs"], "Resources": resources}


def with_obstacle(template: Template) -> Template:
    """The template with a resource that AWS refuses once all others exist: a subnet in the range of another one."""
    resources = template["Resources"]
    taken = resources[_first(resources, "AWS::EC2::Subnet")]["Properties"]
    obstacle = {
        "Type": "AWS::EC2::Subnet",
        "Properties": {key: taken[key] for key in ("VpcId", "CidrBlock")},
        "DependsOn": list(resources),
    }
    return {**template, "Resources": {**resources, OBSTACLE: obstacle}}


def _first(resources: Template, type_: str) -> str:
    return next(id_ for id_, resource in resources.items() if resource["Type"] == type_)


def _with_group(value: Any) -> Any:  # noqa: ANN401  any part of a template
    """A part of a template with a reference in place of the id of the cluster's security group."""
    if value == _GROUP_ID:
        return {"Fn::GetAtt": [CLUSTER_GROUP, "GroupId"]}
    if isinstance(value, Mapping):
        return {key: _with_group(inner) for key, inner in value.items()}
    return [_with_group(item) for item in value] if isinstance(value, list) else value
