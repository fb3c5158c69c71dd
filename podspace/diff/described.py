"""All resources that a plan describes: its inventory, its stack, and manual configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.planning import Plan, Resource
from podspace.planning.nodes.resources import cni_environment, pod_subnet_values

STACK: Final = "stack"


def described_resources(plan: Plan) -> Iterator[Resource]:
    """The stack, every resource of it, and the VPC CNI of an existing cluster with its ENIConfigs."""
    yield Resource(
        type="AWS::CloudFormation::Stack",
        path=(),
        kind=STACK,
        keys=("stack",),
        properties={
            "Tags": dict(plan.stack.tags),
            "termination protection": plan.stack.termination_protection,
            "permissions boundary": plan.stack.permissions_boundary,
        },
    )
    yield from plan.resources()
    if plan.vpc_cni and not plan.vpc_cni.add_on:
        yield Resource(
            type="configuration of the VPC CNI",
            path=("VpcCni", "Configuration"),
            kind="configuration of the VPC CNI",
            keys=("vpc_cni",),
            properties=cni_environment(plan),
        )
        for each in plan.vpc_cni.eni_configs:
            yield Resource(
                type="ENIConfig",
                path=("VpcCni", f"ENIConfig-{each.name}"),
                kind="ENIConfig",
                name=each.name,
                keys=("vpc_cni",),
                properties={"subnet": pod_subnet_values(plan, each.zone)[each.index]},
            )
