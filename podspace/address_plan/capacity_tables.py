"""How many nodes and pods fit, and whether the requested ones do, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.nau import QUOTA
from podspace.address_plan.ranking import Ranking
from podspace.address_plan.table import Cell, table
from podspace.capacity import Answer, CapacityLimit, Fit, Node, Rank, listed_source

_SHOWN: Final = 20
"""How many instance types of a NodePool are shown at most."""


def capacity(plan: AddressPlan) -> Iterator[RenderableType]:
    """The most nodes and pods of each instance type."""
    columns = ["instance type", ">pods\neach", "addresses", ">takes"]
    if plan.zones:
        columns += [">nodes\na zone", ">nodes", ">pods", ">nodes\nleft", ">pods\nleft"]
    yield table(columns, [_fit(plan, each) for each in plan.fits])
    yield from map(Text, _legend(plan))


def _legend(plan: AddressPlan) -> Iterator[str]:
    source = listed_source()
    if any(each.size == "IPv6" for each in plan.fits):
        yield "pods each: 110 in an IPv6 cluster, with any interfaces (inferred), or maxPods of the NodeClass"
    else:
        yield "pods each: min(110, (ENIs-1) x (IPs-1)) (inferred), or maxPods of the NodeClass"
    yield "limits: " + (
        "EC2 DescribeInstanceTypes of this run" if plan.described else f"{source.source}, {source.date}"
    )
    if len({each.size for each in plan.fits}) > 1:
        yield "addresses: ipv4PrefixSize; * is set by the NodeClasses"
    if plan.zones:
        yield "takes: addresses that a full node takes, at best: in an empty pod subnet without fragmentation"
        yield "left: with the largest zone lost"
    if any(each.by_node_subnets for each in plan.fits):
        yield "^ limited by the addresses of the node subnets"


def _name(plan: AddressPlan, node: Node) -> str:
    """The instance type, with its NodeClasses if these set different values."""
    several = len({each.node.node_classes for each in plan.fits}) > 1
    name = node.instance_type.name
    return f"{name} ({', '.join(node.node_classes)})" if several else name


def _fit(plan: AddressPlan, each: Fit) -> tuple[str, ...]:
    mark = " *" if each.planned and each.size != "IPv6" else ""
    row = (_name(plan, each.node), f"{each.node.pods:,}", f"{each.size}{mark}", f"{each.need.total:,}")
    if not plan.zones:
        return row
    return (
        *row,
        _by_zone(plan, each),
        f"{each.nodes:,}",
        f"{each.pods:,}",
        f"{each.nodes_left:,}",
        f"{each.pods_left:,}",
    )


def _by_zone(plan: AddressPlan, each: Fit) -> str:
    shown = {zone: f"{count:,}{' ^' if zone in each.by_node_subnets else ''}" for zone, count in each.by_zone.items()}
    return _lines(plan, shown)


def _lines(plan: AddressPlan, shown: Mapping[str, str]) -> str:
    """The number of all zones, or a line for each number, with the last letters of its zones."""
    counts = dict.fromkeys(shown.values())
    if len(counts) == 1:
        return next(iter(counts))
    ends = {zone: zone.removeprefix(plan.plan.region).rpartition("-")[2] for zone in shown}
    return "\n".join(
        f"{' '.join(ends[zone] for zone, its in shown.items() if its == count)}: {count}" for count in counts
    )


def limits(plan: AddressPlan) -> Iterator[RenderableType]:
    """The limits of NodePools that follow from the capacity."""
    if found := plan.plan.capacity_limits:
        yield table(
            ("NodePool", "instance type", ">takes", "nodes a zone", ">zones\nlost", ">limit of\nnodes"),
            [_limit(plan, each) for each in found],
        )
        yield Text("instance type: an admitted one that fits the fewest nodes; nodes a zone: in the pool's part of it")
        yield Text("limit: the fewest nodes a zone, for each zone that is left")


def _limit(plan: AddressPlan, each: CapacityLimit) -> tuple[str, ...]:
    node = each.node
    return (
        each.pool,
        node.instance_type.name,
        f"{node.full_need.total:,}",
        _lines(plan, {zone: f"{nodes:,}" for zone, nodes in each.by_zone.items()}),
        f"{each.zones_lost}",
        f"{each.nodes:,}",
    )


def ranking_title(found: Ranking) -> str:
    """The title of the table, which has the order."""
    return f"Instance types of NodePool {found.node_pool}, most pods per vCPU first, then most pods per address"


def ranking(found: Ranking) -> Iterator[RenderableType]:
    """The first instance types of a ranking, and how many there are."""
    if not found.ranks:
        yield Text(f"no instance type of the table of {listed_source().date} that it admits runs pods")
        return
    columns = ("instance type", ">vCPUs", ">pods", ">pods per\nvCPU", ">/28\nprefixes", ">takes", ">pods per\naddress")
    yield table(columns, [_rank(rank) for rank in found.ranks[:_SHOWN]])
    count = len(found.ranks)
    if count > _SHOWN:
        yield Text(f"the first {_SHOWN} of {count:,} instance types; --format json has all of them")
    yield Text("takes: addresses of its pod subnet that a full node takes, prefixes included, at best")


def _rank(rank: Rank) -> tuple[str, ...]:
    node, need = rank.node, rank.node.full_need
    vcpus = "" if node.instance_type.cpu is None else f"{node.instance_type.cpu:,}"
    return (
        node.instance_type.name,
        vcpus,
        f"{node.pods:,}",
        f"{rank.pods_per_vcpu:.2f}",
        f"{need.prefixes:,}",
        f"{need.total:,}",
        f"{rank.pods_per_address:.2f}",
    )


def answers(plan: AddressPlan) -> Iterator[RenderableType]:
    """Whether the requested pods and nodes fit, with each instance type."""
    if plan.answers:
        yield table(
            ("instance type", "addresses", ">nodes", ">pods\neach", "fits", "with a zone lost"),
            [_answer(plan, each) for each, _ in plan.answers],
        )


def _answer(plan: AddressPlan, each: Answer) -> tuple[Cell, ...]:
    return (
        _name(plan, each.node),
        each.node.size,
        f"{each.nodes:,}",
        f"{each.pods_each:,}",
        _colored(_verdict(each)),
        _colored(_verdict_left(each), bad="yellow"),
    )


def _colored(verdict: str, *, bad: str = "red") -> Text:
    return Text(verdict, style={"yes": "green", "no": bad}.get(verdict.partition(":")[0], ""))


def _verdict(each: Answer) -> str:
    if each.pods_each > each.node.pods:
        return f"no: a node runs {each.node.pods:,}"
    if not each.known:
        return "not known"
    if not each.spread.short:
        return "yes"
    zone = each.spread.short[0]
    return f"no: {zone} holds {each.spread.room[zone]:,} of its {each.spread.shares[zone]:,}"


def _verdict_left(each: Answer) -> str:
    if not each.fits:
        return "" if each.known else "not known"
    if each.survives:
        return "yes"
    if not each.lost:
        return "no: one zone only"
    zone = each.spread_left.short[0]
    return f"no: {zone} holds {each.spread_left.room[zone]:,} of {each.spread_left.shares[zone]:,}"


def units(plan: AddressPlan) -> Iterator[RenderableType]:
    """Network Address Usage against its quota."""
    if not plan.usages:
        return
    rows = [
        ("full", _name(plan, each.node), used.nodes, used.node, used.units, used.most_nodes)
        for each, used in plan.usages
    ]
    rows += [
        ("requested", _name(plan, each.node), used.nodes, used.node, used.units, used.most_nodes)
        for each, used in plan.answers
    ]
    yield table(
        ("plan", "instance type", ">nodes", ">units\neach", ">units", ">of the\nquota", ">nodes\nit holds"),
        [
            (what, name, f"{nodes:,}", f"{each:,}", f"{whole:,}", f"{whole / QUOTA:.0%}", f"{most:,}")
            for what, name, nodes, each, whole, most in rows
        ],
    )
    yield Text(f"upper estimate: pods and their addresses are counted separately; the default quota is {QUOTA:,}")
