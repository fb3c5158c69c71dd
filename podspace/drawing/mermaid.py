"""A plan as a Mermaid flowchart, for a README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from podspace.drawing.picture import Picture, PictureGateway, ZoneLane, any_used, picture
from podspace.planning import Plan, Route


def mermaid(plan: Plan) -> str:
    """The flowchart, without a fence; routes that are not used by pods are dotted."""
    return "\n".join(_lines(plan, picture(plan))) + "\n"


def _lines(plan: Plan, shown: Picture) -> Iterator[str]:
    ids = {gateway.name: f"gateway{index}" for index, gateway in enumerate(shown.gateways)}
    yield "flowchart LR"
    yield f"  subgraph vpc[{_quoted('VPC ' + ' + '.join(map(str, plan.vpc.cidrs)))}]"
    for index, lane in enumerate(shown.lanes):
        yield from _zone(lane, index, shown.own_gateways(lane.zone), ids)
    yield from (f"    {ids[gateway.name]}[{_gateway(gateway)}]" for gateway in shown.shared_gateways)
    yield from (f"    table{index}[{_quoted(table.name)}]" for index, table in enumerate(shown.other_tables))
    yield "  end"
    for index, lane in enumerate(shown.lanes):
        yield f"  nodes{index} -- pod interfaces --- pods{index}"
        yield from _routes(f"pods{index}", lane.pod_routes or (), ids)
        yield from _routes(f"nodes{index}", lane.node_routes or (), ids)
        if lane.node_routes is None and shown.pods_use_node_routes:
            yield f'  nodes{index} -- "existing route table<br/>(snatPolicy Random)" --> elsewhere((elsewhere))'
    for index, table in enumerate(shown.other_tables):
        yield from _routes(f"table{index}", table.routes, ids)
    for gateway in shown.gateways:
        if gateway.onward:
            yield f"  {ids[gateway.name]} {'-.->' if gateway.used is False else '-->'} {ids[gateway.onward]}"


def _zone(lane: ZoneLane, index: int, gateways: Sequence[PictureGateway], ids: Mapping[str, str]) -> Iterator[str]:
    yield f"    subgraph zone{index}[{_quoted(lane.zone)}]"
    yield f"      nodes{index}[{_quoted('node subnets', *lane.node_subnets)}]"
    yield f"      pods{index}[{_quoted('pod subnets', *lane.pod_subnets)}]"
    yield from (f"      {ids[gateway.name]}[{_gateway(gateway)}]" for gateway in gateways)
    yield "    end"


def _gateway(gateway: PictureGateway) -> str:
    return _quoted(gateway.title, *gateway.lines)


def _routes(start: str, routes: Sequence[Route], ids: Mapping[str, str]) -> Iterator[str]:
    """One line to each gateway, with all destinations that are routed to it."""
    for gateway in dict.fromkeys(route.gateway for route in routes):
        those = [route for route in routes if route.gateway == gateway]
        label = _quoted(*(route.destination for route in those))
        dotted = any_used(route.used for route in those) is False
        yield f"  {start} {f'-. {label} .->' if dotted else f'-- {label} -->'} {ids[gateway]}"


def _quoted(*lines: str) -> str:
    """Lines of text; names of zones, ids and CIDRs contain no character with a meaning in Mermaid."""
    return f'"{"<br/>".join(lines)}"'
