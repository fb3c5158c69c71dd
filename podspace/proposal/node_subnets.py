"""The subnets that nodes are to be in, and why other subnets of the cluster are not chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from podspace.live.aws.vpc import Subnet
from podspace.planning.names import is_of_pods
from podspace.proposal.survey import Survey, target

_KEY = "vpc.node_subnets"

Kind = Literal["private", "undecided", "isolated", "public"]
"""Kind of a subnet by its default route: to another target than an internet gateway, unknown, none, or to an
internet gateway."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeSubnets:
    """The subnets of the nodes.

    Attributes:
        by_zone: their ids by zone; those that are not in the VPC under an empty name.
        why: for each subnet that was considered, on a line of its own, why it is a node subnet or why it is not.
    """

    by_zone: Mapping[str, tuple[str, ...]]
    why: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the chosen node subnets."""
        return tuple(id for ids in self.by_zone.values() for id in ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    subnet: Subnet
    kind: Kind
    default: str

    def line(self, *, chosen: bool, reason: str = "") -> str:
        for_nodes, more = "for nodes" if chosen else "not for nodes", f"; {reason}" if reason else ""
        return f"{for_nodes}: {self.subnet.subnet_id} ({self.subnet.zone}): {self.kind}, {self.default}{more}"


def node_subnets(found: Survey, *, requested: Sequence[str]) -> NodeSubnets:
    """The requested subnets, or those of the cluster that are private.

    The subnets that a cluster names are those of the control plane's network interfaces, and those without a default
    route are often for these only; nodes are then in other private subnets of the VPC.
    https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
    """
    if requested:
        subnets = [found.network.subnets[id] for id in requested if id in found.network.subnets]
        missing = tuple(id for id in requested if id not in found.network.subnets)
        lines = [_candidate(found, each).line(chosen=True, reason="requested") for each in subnets]
        return NodeSubnets(by_zone=_by_zone(subnets) | ({"": missing} if missing else {}), why="\n".join(lines))
    named = [_candidate(found, subnet) for id in found.cluster.vpc.subnet_ids if (subnet := _usable(found, id))]
    chosen, reason = _chosen(found, named)
    lines = [each.line(chosen=True, reason=reason) for each in chosen]
    control = {"isolated": "for the control plane only"}
    lines += [each.line(chosen=False, reason=control.get(each.kind, "")) for each in named if each not in chosen]
    return NodeSubnets(by_zone=_by_zone([each.subnet for each in chosen]), why="\n".join(lines))


def _chosen(found: Survey, named: Sequence[_Candidate]) -> tuple[list[_Candidate], str]:
    """The candidates that are chosen, and what else to say of each."""
    kinds = {each.kind for each in named}
    if "private" in kinds:
        return [each for each in named if each.kind == "private"], ""
    if "undecided" in kinds:
        return [each for each in named if each.kind == "undecided"], "no subnet of the cluster is known to be private"
    if "isolated" in kinds:
        ids = {each.subnet.subnet_id for each in named}
        others = [_candidate(found, subnet) for id in found.network.subnets if (subnet := _usable(found, id))]
        private = [each for each in others if each.kind == "private" and each.subnet.subnet_id not in ids]
        if private:
            return private, "it is not a subnet of the cluster, and no subnet of the cluster has a default route"
        return [each for each in named if each.kind == "isolated"], "no private subnet of the VPC has a default route"
    return list(named), "the cluster has no private subnet"


def _usable(found: Survey, subnet_id: str) -> Subnet | None:
    """A subnet of the VPC with IPv4 addresses that is not for pods."""
    subnet = found.network.subnets.get(subnet_id)
    if subnet is None or not subnet.cidr or is_of_pods(subnet.tags):
        return None
    return subnet


def _candidate(found: Survey, subnet: Subnet) -> _Candidate:
    id = subnet.subnet_id
    route, public = found.default_route(id), found.network.is_public(id)
    if public or (route and route.gateway_id.startswith("igw-")):
        default = f"default route to {target(route)}" if route else "default route to an internet gateway"
        return _Candidate(subnet=subnet, kind="public", default=default)
    anywhere = True if route else found.known(_KEY, lambda: found.network.has_default_route(id))
    if public is None or anywhere is None:
        table = found.network.table_of(id)
        lists = ", ".join(each.to_list for each in table.routes if each.to_list) if table else ""
        unread = f"its default route depends on the entries of {lists}, which are not read"
        return _Candidate(subnet=subnet, kind="undecided", default=unread)
    if route:
        return _Candidate(subnet=subnet, kind="private", default=f"default route to {target(route)}")
    if anywhere:
        return _Candidate(subnet=subnet, kind="private", default="default route in several parts")
    return _Candidate(subnet=subnet, kind="isolated", default="no default route")


def _by_zone(subnets: Iterable[Subnet]) -> dict[str, tuple[str, ...]]:
    found = list(subnets)
    zones = sorted({subnet.zone for subnet in found})
    return {zone: tuple(each.subnet_id for each in found if each.zone == zone) for zone in zones}
