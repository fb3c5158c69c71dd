"""Limits of NodePools and the subnets of their pods: limits that follow from these, and limits that exceed them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.api import Metadata, NodePool
from podspace.api.label_domain import ZONE_ID_LABEL, ZONE_LABEL
from podspace.capacity import (
    CapacityLimit,
    Excess,
    Pool,
    admits_zone,
    capacity_limits,
    excesses,
    listed_source,
    pool_of,
    unlisted,
)
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.nodes.config import NodeClassConfig, NodePoolConfig

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_WRITE_NODES: Final = 'write an amount, such as limits: {nodes: "100"}'


def limits_of(network: Network) -> tuple[CapacityLimit, ...]:
    """The limits of the NodePools with `limits: from_capacity`, in the order of the config."""
    zones_lost = {each.name: each.from_capacity.zones_lost for each in network.config.node_pools if each.from_capacity}
    return capacity_limits(zones_lost, network.counted_pools, network.zone_rooms) if zones_lost else ()


def limit_problems(network: Network) -> Iterator[Diagnostic]:
    """Limits that cannot follow from the capacity, because it is not known, or not over so many zones."""
    for index, entry in enumerate(network.config.node_pools):
        wanted, node_class = entry.from_capacity, node_class_of(network, entry)
        if wanted is None or node_class is None:
            continue
        place = f"node_pools[{index}].limits"
        unknown = tuple(_unknown(network, entry, node_class))
        for reason, fix in unknown:
            yield Diagnostic(
                id="limits-capacity-unknown",
                location=Location(path=place),
                subject="from_capacity",
                message=f"must be amounts: {reason}",
                fix=fix,
            )
        if not unknown and wanted.zones_lost >= len(network.zones):
            yield Diagnostic(
                id="limits-zones-lost",
                location=Location(path=f"{place}.zones_lost"),
                subject=str(wanted.zones_lost),
                message=f"must be less than {len(network.zones)}, the number of zones of the pods",
                fix="lower it, or add zones (podspace add-zone)",
            )


def capacity_problems(network: Network) -> Iterator[Diagnostic]:
    """Pools whose part of a zone holds no node, in a network without any other error."""
    for limit in network.capacity_limits:
        if limit.nodes:
            continue
        index, _ = _entry(network, limit.pool)
        zone = min(limit.by_zone, key=lambda zone: limit.by_zone[zone])
        others = [pool.name for pool in _with_amounts(network) if zone in pool.zones and pool.bounded]
        lower = f", lower the limits of NodePool {' and '.join(others)}" if others else ""
        yield Diagnostic(
            id="limits-no-capacity",
            location=Location(path=f"node_pools[{index}].limits"),
            subject="from_capacity",
            message=f"the pool's part of {zone} must have room for a node: a full {limit.node.instance_type.name} "
            f"takes {limit.node.full_need.total:,} addresses of a pod subnet",
            fix=f"add CIDR blocks (podspace add-cidr){lower}, or admit smaller instance types only",
        )


def limit_remarks(network: Network) -> Iterator[Diagnostic]:
    """Limits that exceed what the subnets hold, and pools that share the subnets without a limit."""
    pools = network.config.node_pools
    if all(not entry.limits and entry.replicas is None for entry in pools):
        return
    given = _with_amounts(network)
    for excess in excesses(given, network.zone_rooms):
        index, entry = _entry(network, excess.pools[0])
        yield _beyond(f"node_pools[{index}].{'limits' if entry.limits else 'replicas'}", _excess_text(excess))
    for limit in network.capacity_limits:
        index, entry = _entry(network, limit.pool)
        if (entry.replicas or 0) >= limit.nodes:
            yield _beyond(
                f"node_pools[{index}].replicas",
                f"NodePool {entry.name} must have fewer replicas than the {limit.nodes:,} nodes that fit: a node is "
                "replaced after its replacement has started",
            )
    bounded = {pool.name for pool in given if pool.bounded} | {limit.pool for limit in network.capacity_limits}
    others = [f"NodePool {entry.name}" for entry in pools if entry.name not in bounded]
    others += ["managed node groups"] if network.config.vpc_cni else []
    for limit in network.capacity_limits if others else ():
        yield Diagnostic(
            id="capacity-shared",
            severity="warning",
            location=Location(path=f"node_pools[{_entry(network, limit.pool)[0]}].limits"),
            message=f"limits of NodePool {limit.pool} leave no addresses to {' and '.join(others)}, which use the same "
            "pod subnets and have no limits that podspace can count",
            fix="give every NodePool limits of nodes, cpu or memory, such as from_capacity",
        )


def _beyond(path: str, message: str) -> Diagnostic:
    return Diagnostic(
        id="limits-beyond-subnets",
        severity="warning",
        location=Location(path=path),
        message=message,
        fix="write limits: from_capacity, or smaller amounts, or add CIDR blocks (podspace add-cidr)",
    )


def _excess_text(excess: Excess) -> str:
    if excess.node is None:
        return (
            f"NodePools {' and '.join(excess.pools)} together may have more nodes than the subnets of {excess.zone} "
            "hold, although each of them fits alone"
        )
    return (
        f"NodePool {excess.pools[0]} may have {excess.nodes:,} nodes of {excess.node.instance_type.name}: spread "
        f"evenly over its zones, {excess.share:,} of them are in {excess.zone}, whose subnets hold {excess.held:,}"
    )


def _entry(network: Network, name: str) -> tuple[int, NodePoolConfig]:
    """The NodePool of that name, with its number."""
    return next((index, entry) for index, entry in enumerate(network.config.node_pools) if entry.name == name)


def node_class_of(network: Network, entry: NodePoolConfig) -> NodeClassConfig | None:
    """The NodeClass that a NodePool names, or the only one there is; None if the file does not say which."""
    classes = {node_class.name: node_class for node_class in network.config.node_classes}
    if entry.node_class is None:
        return next(iter(classes.values())) if len(classes) == 1 else None
    return classes.get(entry.node_class)


def _unknown(network: Network, entry: NodePoolConfig, node_class: NodeClassConfig) -> Iterator[tuple[str, str]]:
    """Why it is not known how many nodes of a pool the subnets hold, each reason with what to do."""
    pool = _object(entry)
    if network.config.pods.subnet_ids:
        fix = f"{_WRITE_NODES}; `podspace preflight` reads the sizes"
        yield "the sizes of existing pod subnets are not in the file", fix
    if node_class.advanced_networking and node_class.advanced_networking.network_interfaces:
        yield f"addresses by network_interfaces of NodeClass {node_class.name} are not counted", _WRITE_NODES
    if missing := unlisted(pool):
        yield f"limits of {', '.join(missing)} are not in the table of {listed_source().date}", _WRITE_NODES
    elif not pool_of(pool, node_class, ipv6=network.ipv6, zones=()).nodes:
        yield (
            f"no instance type of the table of {listed_source().date} satisfies the requirements and runs pods",
            f"correct the requirements, or {_WRITE_NODES}",
        )
    own, other = _zone_labels(network)
    if any(each.key == other for each in entry.requirements):
        yield f"zones required by {other} are not compared with the zones of the file", f"require them by {own}"
    mistaken = any(
        each.key == own and each.operator == "In" and not {*(each.values or ())} <= {*network.zones}
        for each in entry.requirements
    )
    if not _zones(network, pool) and not mistaken:
        yield "its requirements admit no zone with pod subnets and node subnets", "admit such a zone"


def counted_pools(network: Network) -> tuple[Pool, ...]:
    """The NodePools of which it is known how many nodes the subnets hold."""
    return tuple(
        pool_of(pool := _object(entry), node_class, ipv6=network.ipv6, zones=_zones(network, pool))
        for entry in network.config.node_pools
        if (node_class := node_class_of(network, entry)) and not any(_unknown(network, entry, node_class))
    )


def _with_amounts(network: Network) -> list[Pool]:
    """Those of them whose limits do not follow from the capacity."""
    return [pool for pool in network.counted_pools if not _entry(network, pool.name)[1].from_capacity]


def _object(entry: NodePoolConfig) -> NodePool:
    """A NodePool with the limits that are written as amounts."""
    amounts = entry.model_copy(update={"limits": entry.amounts or None})
    return NodePool(metadata=Metadata(name=entry.name), spec=amounts.spec(node_class=entry.node_class or "only-one"))


def _zone_labels(network: Network) -> tuple[str, str]:
    """The label of zones as the file writes them, and the other one."""
    return (ZONE_ID_LABEL, ZONE_LABEL) if network.by_zone_id else (ZONE_LABEL, ZONE_ID_LABEL)


def _zones(network: Network, pool: NodePool) -> tuple[str, ...]:
    label, _ = _zone_labels(network)
    zones = (zone for zone in network.zones if zone in network.node_zones)
    return tuple(zone for zone in zones if admits_zone(pool, zone, label=label))
