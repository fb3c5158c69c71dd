"""Whether nodes have addresses of the node subnets, and are ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import Node
from podspace.reporting.wording import counted, quoted, such_as
from podspace.verification.address_table import address_of
from podspace.verification.expectation import Expectation
from podspace.verification.pod_addresses import subject_of
from podspace.verification.pod_census import is_in_zone
from podspace.verification.tally import Tally

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_TROUBLESHOOT: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-troubleshoot.html"
_RANGES: Final = 6


class Place(StrEnum):
    """Where the address of a node is."""

    RIGHT = "in a node range"
    POD_SUBNET = "in a pod subnet"
    OUTSIDE = "not in a node range"
    UNCHECKED = "of an address family for which the config has no CIDR block"


def place_of_node(node: Node, text: str, expected: Expectation) -> Place:
    """Where one of a node's addresses is."""
    address = address_of(text)
    if address is None:
        return Place.OUTSIDE
    if expected.pod_table.find(address):
        return Place.POD_SUBNET
    if all(each.cidr.version != address.version for each in expected.node_ranges):
        return Place.UNCHECKED
    found = expected.node_table.find(address)
    return Place.RIGHT if found and is_in_zone(node, found.zone) else Place.OUTSIDE


def node_diagnostics(nodes: Iterable[Node], expected: Expectation) -> Iterator[Diagnostic]:
    """The addresses of the nodes of the plan, and those of its nodes that are not ready."""
    ours = [node for node in nodes if expected.is_ours(node)]
    tallies: dict[Place, Tally] = defaultdict(Tally)
    for node in ours:
        zone = f" in {node.zone or node.zone_id}" if node.zone or node.zone_id else ""
        for text in _own_addresses(node):
            tallies[place_of_node(node, text, expected)].add(f"{node.name} {text}{zone}")
    wrong = {place: tallies[place] for place in (Place.POD_SUBNET, Place.OUTSIDE) if place in tallies}
    for place, tally in wrong.items():
        yield _wrong(place, tally, expected)
    if Place.RIGHT in tallies and not wrong:
        text = f"{counted(len(ours), 'node has its addresses', 'nodes have their addresses')} in {_ranges(expected)}"
        apart = ", and none in a pod subnet" if expected.pod_ranges else ""
        yield Diagnostic(id="node-addresses", severity="ok", subject=subject_of(expected), message=text + apart)
    yield from _not_ready([node for node in ours if node.ready is None or node.ready.status != "True"], expected)


def _own_addresses(node: Node) -> Iterator[str]:
    """The first address of each family; others may be those of interfaces for pods."""
    families: set[int] = set()
    for text in node.addresses:
        address = address_of(text)
        if address is None or address.version not in families:
            yield text
        families |= {address.version} if address else set()


def _ranges(expected: Expectation) -> str:
    cidrs = [str(each.cidr) for each in expected.node_ranges]
    return such_as(cidrs, of=len(cidrs), shown=_RANGES)


def _wrong(place: Place, tally: Tally, expected: Expectation) -> Diagnostic:
    many = counted(tally.count, "address of a node is", "addresses of nodes are")
    return Diagnostic(
        id="node-addresses",
        severity="error",
        subject=subject_of(expected),
        message=f"{many} {place}: {such_as(tally.examples, of=tally.count)}; must be in {_ranges(expected)}",
        cause="subnetSelectorTerms of the NodeClass selects other subnets than those of the config, or these subnets "
        "have other CIDR blocks",
        fix="compare them with vpc.node_subnets, and vpc.cidrs with the CIDR blocks of the VPC",
        source=_NODE_CLASS_PAGE,
    )


def _not_ready(nodes: list[Node], expected: Expectation) -> Iterator[Diagnostic]:
    if nodes:
        names, condition = [node.name for node in nodes], nodes[0].ready
        said = f"; the condition of the first is {quoted(str(condition))}" if condition else ""
        yield Diagnostic(
            id="nodes-ready",
            severity="warning",
            subject=subject_of(expected),
            message=f"{counted(len(names), 'node is', 'nodes are')} not ready: {such_as(names, of=len(names))}{said}",
            cause="a node that is starting is not ready yet",
            fix="if it stays so, read the conditions and the console output of the node",
            source=_TROUBLESHOOT,
        )
