"""A plan as a Mermaid flowchart, for a README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podspace.drawing.scene import Lane, Scene, Way, scene
from podspace.planning import Config, Plan, Route


def mermaid(config: Config, plan: Plan) -> str:
    """The flowchart, without the fence around it; lines that carry no traffic are dotted."""
    return "\n".join(_lines(config, plan, scene(config, plan))) + "\n"


def _lines(config: Config, plan: Plan, shown: Scene) -> Iterator[str]:
    blocks = dict.fromkeys((*config.vpc.cidrs, *(block.cidr for block in plan.pods.blocks)))
    ids = {way.name: f"way{index}" for index, way in enumerate(shown.ways)}
    yield "flowchart LR"
    yield f"  subgraph vpc[{_quoted('VPC ' + ' + '.join(map(str, blocks)))}]"
    for index, lane in enumerate(shown.lanes):
        yield from _zone(lane, index, [way for way in shown.ways if way.zone == lane.zone], ids)
    yield from (f"    {ids[way.name]}[{_way(way)}]" for way in shown.ways if not way.zone)
    yield from (f"    table{index}[{_quoted(name)}]" for index, (name, _) in enumerate(shown.further))
    yield "  end"
    for index, lane in enumerate(shown.lanes):
        yield f"  nodes{index} -- pod interfaces --- pods{index}"
        yield from _routes(f"pods{index}", lane.pod_routes or (), ids)
        yield from _routes(f"nodes{index}", lane.node_routes or (), ids)
        if lane.node_routes is None and lane.nodes_carry:
            yield f'  nodes{index} -- "your own route table<br/>(snatPolicy Random)" --> elsewhere((elsewhere))'
    for index, (_, routes) in enumerate(shown.further):
        yield from _routes(f"table{index}", routes, ids)
    for way in shown.ways:
        if way.onward:
            yield f"  {ids[way.name]} {'-.->' if shown.idle(way.name) else '-->'} {ids[way.onward]}"


def _zone(lane: Lane, index: int, ways: Sequence[Way], ids: dict[str, str]) -> Iterator[str]:
    yield f"    subgraph zone{index}[{_quoted(lane.zone)}]"
    yield f"      nodes{index}[{_quoted('node subnets', *lane.nodes)}]"
    yield f"      pods{index}[{_quoted('pod subnets', *lane.pods)}]"
    yield from (f"      {ids[way.name]}[{_way(way)}]" for way in ways)
    yield "    end"


def _way(way: Way) -> str:
    return _quoted(way.title, *way.notes)


def _routes(start: str, routes: Sequence[Route], ids: dict[str, str]) -> Iterator[str]:
    """One line to each way, with all destinations that lead to it."""
    for gateway in dict.fromkeys(route.gateway for route in routes):
        those = [route for route in routes if route.gateway == gateway]
        label = _quoted(*(route.destination for route in those))
        line = f"-. {label} .->" if those[0].carries_traffic is False else f"-- {label} -->"
        yield f"  {start} {line} {ids[gateway]}"


def _quoted(*lines: str) -> str:
    """Text of a line each; zones, ids and CIDRs hold no mark of Mermaid's."""
    return f'"{"<br/>".join(lines)}"'
