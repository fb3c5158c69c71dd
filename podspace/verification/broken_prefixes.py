"""The /28 prefixes that single addresses break up: their owners, and the nodes whose drain frees the most of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from podspace.cidr import PREFIX
from podspace.diagnostic import Diagnostic, ok
from podspace.live.kubernetes import Node
from podspace.reporting.wording import counted, plain, such_as
from podspace.verification.subnet_space import PREFIX_PAGE, Owner, SubnetUse, touched, usable_prefixes

_CHECK: Final = "broken-prefixes"
_FEW_NODES: Final = 5
_MOST_OWNERS: Final = 20
"""How many owners the facts have, those with the most broken-up prefixes first; the text has fewer."""
_SHOWN: Final = 5

NodeNames = frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drain:
    """Nodes to drain together.

    Attributes:
        nodes: their names; several if the prefixes that they free have addresses of each of them.
        prefixes: how many whole /28 are free when their addresses are, after the drains before.
    """

    nodes: tuple[str, ...]
    prefixes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenPrefixes:
    """The broken-up /28 prefixes of a network.

    Attributes:
        count: how many there are: those of which single addresses are taken, so that no node can have them whole.
        whole: how many whole /28 the pod subnets have when they are empty.
        owners: in how many of them each owner has an address, the most first; by words such as
            `of node i-0b01 of NodePool pods`.
        drains: the drains that free the most of them, in order; None if the nodes are not known.
    """

    count: int
    whole: int
    owners: Mapping[str, int]
    drains: tuple[Drain, ...] | None


def broken_prefixes(subnets: Iterable[SubnetUse], nodes: Iterable[Node] | None) -> BrokenPrefixes:
    """The broken-up /28 prefixes of pod subnets.

    Args:
        subnets: the pod subnets of a network.
        nodes: the nodes of the cluster. Other instances cannot be drained, and so no prefix with their addresses
            can be freed. None if not all nodes are known.
    """
    by_instance = {name: node for node in nodes or () for name in (node.name, node.instance) if name}
    count = whole = 0
    in_prefixes: Counter[str] = Counter()
    of_nodes: Counter[NodeNames] = Counter()
    for subnet in subnets:
        usable = usable_prefixes(subnet)
        whole += len(usable)
        for number, owners in _broken(subnet).items():
            if number in usable:
                count += 1
                in_prefixes.update(sorted({_words(owner, by_instance) for owner in owners}))
                if all(owner.instance in by_instance for owner in owners):
                    of_nodes[frozenset(by_instance[owner.instance].name for owner in owners)] += 1
    most = dict(sorted(in_prefixes.items(), key=lambda each: -each[1]))  # of equal ones, the lower addresses first
    drains = None if nodes is None else tuple(best_drains(of_nodes))
    return BrokenPrefixes(count=count, whole=whole, owners=most, drains=drains)


def _broken(subnet: SubnetUse) -> Mapping[int, set[Owner]]:
    """The owners of each /28 of a subnet of which single addresses are taken, by the number of the /28."""
    owners: dict[int, set[Owner]] = defaultdict(set)
    broken: set[int] = set()
    for cidr, owner in subnet.taken.items():
        numbers = touched([cidr])
        broken |= numbers if cidr.num_addresses < PREFIX else set()
        for number in numbers:
            owners[number].add(owner)
    return {number: owners[number] for number in sorted(broken)}


def _words(owner: Owner, by_instance: Mapping[str, Node]) -> str:
    node = by_instance.get(owner.instance)
    if node is None:
        return plain(owner.words)
    created_by = f" of NodePool {node.pool}" if node.pool else f" of node group {node.group}" if node.group else ""
    return plain(f"of node {node.name}{created_by}")


def best_drains(prefixes: Mapping[NodeNames, int], *, most: int = _FEW_NODES) -> Iterator[Drain]:
    """The drains that free the most prefixes, at most so many nodes together.

    To find the best few nodes for certain takes time that grows exponentially with the nodes, as a prefix may need
    several of them. So each drain is the best next one: the nodes of one prefix, by the prefixes that are then free
    for each node. What a drain frees is counted exactly.

    Args:
        prefixes: the number of broken-up /28 prefixes by the nodes that have all taken addresses of them.
        most: how many nodes all drains have together.
    """
    of_node: dict[str, set[NodeNames]] = defaultdict(set)
    for nodes in prefixes:
        for node in nodes:
            of_node[node].add(nodes)
    drained: NodeNames = frozenset()

    def freed(nodes: NodeNames) -> int:
        touching = set[NodeNames]().union(*(of_node[node] for node in nodes))
        return sum(prefixes[each] for each in touching if each <= drained | nodes)

    def rank(nodes: NodeNames) -> tuple[float, int]:
        return -freed(nodes) / len(nodes), len(nodes)

    while candidates := [nodes - drained for nodes in prefixes if _is_possible(nodes - drained, most - len(drained))]:
        best = min(dict.fromkeys(candidates), key=rank)  # of equal ones, that of the lower addresses
        yield Drain(nodes=tuple(sorted(best)), prefixes=freed(best))
        drained |= best


def _is_possible(nodes: Set[str], left: int) -> bool:
    return 0 < len(nodes) <= left


def broken_prefix_diagnostic(network: str, broken: BrokenPrefixes) -> Diagnostic:
    """How many /28 prefixes are broken up, by whom, and the drains that free the most."""
    if not broken.count:
        return ok(_CHECK, network, f"none of {counted(broken.whole, '/28 prefix', '/28 prefixes')} is broken up")
    of = [f"{count:,} {words}" for words, count in broken.owners.items()]
    many = "prefix is" if broken.count == 1 else "prefixes are"
    return Diagnostic(
        id=_CHECK,
        severity="note",
        subject=network,
        message=f"{broken.count:,} of {broken.whole:,} /28 {many} broken up by single addresses: "
        + such_as(of, of=len(of), shown=_SHOWN, between="; "),
        cause="a node takes a prefix only from a whole free /28; else it takes single addresses, which break up more "
        "/28",
        fix=_drain_advice(broken.drains),
        source=PREFIX_PAGE,
    )


def _drain_advice(drains: tuple[Drain, ...] | None) -> str:
    if drains is None:
        return "the nodes could not be read: correct this first, to see which drains free the most"
    if not drains:
        return "no drain of a node frees one of them"
    each = ", ".join(f"{plain(' and '.join(drain.nodes))} ({drain.prefixes:,})" for drain in drains)
    return f"if whole /28 become scarce, drain and delete the nodes that free the most, in this order: {each}"


def broken_prefix_facts(broken: BrokenPrefixes) -> dict[str, JsonValue]:
    """The broken-up prefixes of a network as data."""
    owners = list(broken.owners.items())[:_MOST_OWNERS]
    return {
        "count": broken.count,
        "owners": [{"owner": words, "prefixes": count} for words, count in owners],
        "drains": None if broken.drains is None else [_drain_fact(each) for each in broken.drains],
    }


def _drain_fact(drain: Drain) -> JsonValue:
    return {"nodes": [*map(plain, drain.nodes)], "prefixes": drain.prefixes}
