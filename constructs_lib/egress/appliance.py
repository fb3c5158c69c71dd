"""Appliances: network interfaces and instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from constructs_lib.existing import ApplianceRef, appliance_id, is_instance
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.appliance import Appliance
from podspace.planning.egress.gateway import RouteProperty


def needs(gateway: Appliance) -> Iterator[Need]:
    """The network interface or the instance."""
    yield Need(argument="appliances", name=gateway.name, origin=gateway.origin, prefix="eni")


def create(gateway: Appliance, inputs: Inputs) -> str:
    """The id of the network interface or of the instance."""
    return inputs.id(next(needs(gateway)), appliance_id)


def route_property(gateway: Appliance, inputs: Inputs) -> RouteProperty:
    """The property of a route that has its id: by what an app passes in, else by the id in the plan."""
    need = next(needs(gateway))
    if not inputs.has(need):
        return gateway.route_property
    return "InstanceId" if is_instance(cast("ApplianceRef", inputs.object(need))) else "NetworkInterfaceId"
