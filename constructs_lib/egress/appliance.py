"""Appliances: existing network interfaces and instances that forward traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from constructs_lib.existing import ApplianceRef, appliance_id, is_instance
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.appliance import Appliance
from podspace.planning.egress.gateway import RouteProperty


def needs(gateway: Appliance) -> Iterator[Need]:
    """The network interface or instance that a CDK app must pass in for an appliance."""
    yield Need(argument="appliances", name=gateway.name, origin=gateway.origin, prefix="eni")


def create(gateway: Appliance, inputs: Inputs) -> str:
    """Id of the network interface or instance of an appliance."""
    return inputs.id(next(needs(gateway)), appliance_id)


def route_property(gateway: Appliance, inputs: Inputs) -> RouteProperty:
    """The property of `AWS::EC2::Route` for an appliance: `NetworkInterfaceId`, or `InstanceId` for an instance."""
    need = next(needs(gateway))
    if not inputs.has(need):
        return gateway.route_property
    return "InstanceId" if is_instance(cast("ApplianceRef", inputs.object(need))) else "NetworkInterfaceId"
