"""Appliances: network interfaces and instances that can forward the traffic of pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.interface import InstanceInterface
from podspace.live.aws.network import Network
from podspace.planning import id_of
from podspace.planning.egress.appliance import APPLIANCE_PAGE, CREATE_ROUTE_PAGE, ROUTE_PAGE, Appliance

_CHECK: Final = "appliances"


def appliances(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The appliances exist, run, are in their zones and outside the pod subnets, with no source/destination check."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, Appliance) and (id := id_of(gateway.origin)):
            found = (_instance if gateway.route_property == "InstanceId" else _interface)(network, gateway, id)
            if isinstance(found, Diagnostic):
                yield found
                continue
            problems = tuple(_problems(deployment, network, gateway, id, found))
            yield from problems or (ok(_CHECK, id, f"can forward traffic, in {network.subnets[found.subnet_id].zone}"),)


def _interface(network: Network, gateway: Appliance, id: str) -> InstanceInterface | Diagnostic:
    """The network interface that is named, or why it has no traffic."""
    found = network.interface(id)
    if found is None:
        return _missing(network, gateway, id, "network interface")
    if found.status != "in-use":
        text = f"{id} is {found.status}: it is attached to no instance, and its route drops traffic (blackhole)"
        return error(_CHECK, id, text, fix="attach it to a running instance", source=ROUTE_PAGE)
    instance = network.instance(found.attachment.instance_id) if found.attachment.instance_id else None
    if instance and instance.state.name != "running":
        return _stopped(id, f"{id} is attached to {instance.instance_id}, which is {instance.state.name}")
    return found


def _instance(network: Network, gateway: Appliance, id: str) -> InstanceInterface | Diagnostic:
    """The only network interface of the instance that is named, or why it has no traffic."""
    found = network.instance(id)
    if found is None:
        return _missing(network, gateway, id, "instance")
    if found.state.name != "running":
        return _stopped(id, f"{id} is {found.state.name}")
    if len(found.interfaces) != 1:
        ids = ", ".join(each.interface_id for each in found.interfaces)
        text = f"{id} has {len(found.interfaces)} network interfaces ({ids}); EC2 accepts an instance with exactly one"
        fix = f"give the network interface in {gateway.place}"
        return error(_CHECK, id, text, fix=fix, source=CREATE_ROUTE_PAGE)
    return found.interfaces[0]


def _missing(network: Network, gateway: Appliance, id: str, what: str) -> Diagnostic:
    text = f"{id} is not the id of {'an' if what[0] == 'i' else 'a'} {what} in {network.vpc_id}"
    return error(_CHECK, id, text, fix=f"correct {gateway.place}")


def _stopped(id: str, state: str) -> Diagnostic:
    text = f"{state}, so that its route drops traffic (blackhole)"
    return error(_CHECK, id, text, fix="start it, or give another one", source=ROUTE_PAGE)


def _problems(
    deployment: Deployment, network: Network, gateway: Appliance, id: str, found: InstanceInterface
) -> Iterator[Diagnostic]:
    subnet = network.subnets.get(found.subnet_id)
    if subnet is None:
        yield _missing(network, gateway, id, "instance" if id != found.interface_id else "network interface")
        return
    if found.source_dest_check:
        text = f"the source/destination check of {found.interface_id} is on, so that EC2 drops the traffic of pods"
        fix = (
            f"aws ec2 modify-network-interface-attribute --network-interface-id {found.interface_id} "
            "--no-source-dest-check"
        )
        yield error(_CHECK, id, text, fix=fix, source=APPLIANCE_PAGE)
    if subnet.subnet_id in deployment.pod_subnets:
        text = f"{id} is in {subnet.subnet_id}, a pod subnet, whose route table routes its traffic back to it"
        yield error(_CHECK, id, text, fix="put it into another subnet", source=APPLIANCE_PAGE)
    if gateway.zone and gateway.zone not in {subnet.zone, subnet.zone_id}:
        here, there = subnet.zone, gateway.zone
        text = f"{id} is in {here}; {gateway.place} names it for {there}, which depends on {here} and pays for it"
        yield warning(_CHECK, id, text, fix=f"give the appliance of {there}, or one id for all zones")
