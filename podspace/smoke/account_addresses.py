"""The public addresses that pods of a plan may leave from, read in the account where the plan does not have them.

Under snatPolicy `Disabled` that is the NAT gateway which the pod route table of the zone has as its target; under
`Random` the one that the node subnets of the zone route to. See `podspace.planning.nodes.snat`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_network

from podspace.deployment import Deployment
from podspace.live.aws.network import Network
from podspace.live.aws.routing import NatGateway as LiveNatGateway
from podspace.live.failure import LiveError
from podspace.planning import Gateway, NatGateway, Origin, Plan, id_of
from podspace.planning.addresses.plan import subnet_path
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateway
from podspace.planning.inventory import Ref, logical_id
from podspace.planning.origin import Created
from podspace.smoke.expected_routes import internet_gateway, leaves_by_pod_subnet
from podspace.smoke.probe import Probe, probes
from podspace.smoke.public_addresses import Cidr, PublicAddresses


def public_addresses(deployment: Deployment) -> Mapping[str, PublicAddresses]:
    """The public addresses of the probes of a plan by the name of the probe, as far as the account can be read."""
    return {probe.name: _addresses(deployment, probe) for probe in probes(deployment.plan)}


def _addresses(deployment: Deployment, probe: Probe) -> PublicAddresses:
    plan = deployment.plan
    try:
        if gateway := internet_gateway(plan, probe):
            return _of_gateway(deployment, plan, gateway)
        subnets = _subnets(deployment, probe)
        if deployment.vpc is None or not subnets:
            return PublicAddresses(unknown="the subnets whose routes the traffic follows are not known")
        return _of_subnets(deployment.vpc, subnets)
    except LiveError as failure:
        return PublicAddresses(unknown=f"{failure.diagnostic.subject}: {failure.diagnostic.message}")


def _of_gateway(deployment: Deployment, plan: Plan, gateway: Gateway) -> PublicAddresses:
    """The addresses of the NAT gateway that a gateway of the plan is, or that its traffic goes on to."""
    last = plan.pods.gateway(gateway.onward) if gateway.onward else gateway
    if not isinstance(last, NatGateway | RegionalNatGateway):
        return PublicAddresses(unknown=f"{last.full_name} does not translate addresses, or not in this VPC")
    value = last.value
    found = deployment.stack.physical_id(logical_id(value.path)) if isinstance(value, Ref) else last.id
    if not found:
        return PublicAddresses(unknown=f"{last.full_name} is not deployed by the stack, or its id is not in the config")
    if deployment.vpc is None:
        return PublicAddresses(unknown="the VPC is not created yet")
    return _of_nat_gateways(deployment.vpc, [found])


def _subnets(deployment: Deployment, probe: Probe) -> Sequence[str]:
    """The subnets whose route tables the traffic of a probe follows: those of pods or nodes in its zone."""
    plan = deployment.plan
    if leaves_by_pod_subnet(plan, probe):
        return plan.pods.subnet_ids.get(probe.zone, ())
    origins = plan.vpc.node_subnets.get(probe.zone, ())
    return [found for origin in origins if (found := _subnet_id(deployment, origin))]


def _subnet_id(deployment: Deployment, origin: Origin) -> str:
    if isinstance(origin, Created):
        return deployment.stack.physical_id(logical_id(subnet_path(origin.name))) or ""
    return id_of(origin)


def _of_subnets(network: Network, subnets: Sequence[str]) -> PublicAddresses:
    """The addresses of the NAT gateways that the default routes of subnets have as their target."""
    targets: dict[str, None] = {}
    for subnet in subnets:
        table = network.table_of(subnet)
        default = table.default_route if table else None
        if default is None:
            return PublicAddresses(unknown=f"{subnet} has no route to 0.0.0.0/0")
        if not default.nat_gateway_id:
            target = default.gateway_id or default.transit_gateway_id or "a target"
            return PublicAddresses(unknown=f"{subnet} routes 0.0.0.0/0 to {target}, which is no NAT gateway")
        targets[default.nat_gateway_id] = None
    return _of_nat_gateways(network, targets)


def _of_nat_gateways(network: Network, ids: Iterable[str]) -> PublicAddresses:
    found = {id: network.nat_gateways.get(id) for id in ids}
    if missing := [id for id, gateway in found.items() if gateway is None]:
        return PublicAddresses(unknown=f"{missing[0]} is not a NAT gateway of {network.vpc_id}")
    cidrs = tuple(cidr for gateway in found.values() if gateway for cidr in _cidrs(gateway))
    if not cidrs:
        return PublicAddresses(unknown=f"{', '.join(found)} has no public address")
    return PublicAddresses(cidrs=cidrs, of=", ".join(found))


def _cidrs(gateway: LiveNatGateway) -> Iterator[Cidr]:
    yield from (ip_network(str(each.public_ip)) for each in gateway.addresses if each.public_ip)
