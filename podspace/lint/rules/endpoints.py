"""Rules about VPC endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.address_range import shown_range
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.route import tables_of
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.reach import peer
from podspace.lint.security_group import Peer
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, Text, is_placed, items, key, same, shown, true

_ENDPOINT_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_HTTPS: Final = 443
_ON_OTHER_PORTS: Final = ("smtp", ".email", ".cassandra", ".cassandra-fips", ".transfer.server")
_OF_A_PARTNER: Final = "vpce"
"""What only the names of services have that others offer by PrivateLink, on ports of their own."""


@rule(
    "endpoint-closed-to-pods",
    why="Inside a VPC, packets keep the pod's address. With private DNS the service's name resolves to the endpoint, "
    "so connections of pods time out.",
    fix="admit the pods' security group or the pod CIDR blocks to the endpoint's security group on TCP 443",
    source=_ENDPOINT_PAGE,
)
def endpoint_closed_to_pods(picture: Picture) -> Iterator[Fault]:
    """The security group of an interface endpoint does not admit the pods."""
    told: set[Resource] = set()
    for node_class in picture.node_classes:
        pods = _any_pods(picture, node_class)
        vpcs = {subnet.vpc for subnet in node_class.pod_subnets}
        for endpoint in filter(_in_place_of_a_service, picture.deployment.of_type("AWS::EC2::VPCEndpoint")):
            ids = [key(id) for id in items(endpoint.get("SecurityGroupIds"))]
            groups = [picture.groups.all[id] for id in ids if id in picture.groups.all]
            known = bool(groups) and len(groups) == len(ids) and all(group.all_ingress for group in groups)
            if not known or key(endpoint.get("VpcId")) not in vpcs or endpoint in told or not pods:
                continue
            if not pods.is_let_in([rule for group in groups for rule in group.ingress], _HTTPS):
                told.add(endpoint)
                names = ", ".join(group.named for group in groups)
                ranges = ", ".join(map(shown_range, pods.cidrs or ()))
                who = f"pods of NodeClass {node_class.name}, {ranges or _group_names(pods)}"
                must = f"must admit TCP {_HTTPS} from {who}"
                yield Fault(
                    at=endpoint,
                    place="Properties.SecurityGroupIds",
                    value=names,
                    must=must,
                )


def _in_place_of_a_service(endpoint: Resource) -> bool:
    """Whether an endpoint is what the name of an AWS service leads to, on TCP 443, whatever the region is."""
    name = endpoint.get("ServiceName")
    parts = name.parts if isinstance(name, Text) else (name,)
    head, tail = parts[0], parts[-1]
    if not isinstance(head, str) or not isinstance(tail, str) or _OF_A_PARTNER in head + tail:
        return False
    service = head.startswith("com.amazonaws.") and "." in tail and not tail.endswith(_ON_OTHER_PORTS)
    return service and bool(true(endpoint.get("PrivateDnsEnabled")))


def _group_names(pods: Peer) -> str:
    return ", ".join(map(shown, pods.groups))


def _any_pods(picture: Picture, node_class: NodeClassInUse) -> Peer | None:
    """The pods as a peer; None if their groups cannot be known."""
    terms = node_class.pod_group_terms
    if picture.in_cluster_group(terms):
        clusters = picture.cluster_groups(node_class)
        return peer(picture, node_class, [*clusters, *(one.reference for one in terms.chosen)]) if clusters else None
    return peer(picture, node_class, [one.reference for one in terms.chosen]) if terms.certain else None


@rule(
    "gateway-endpoint-without-pod-routes",
    level="warning",
    why="A gateway endpoint serves only its own route tables. From other subnets, traffic to S3 (with image layers) "
    "and DynamoDB goes through the NAT gateway, which charges for each GB.",
    fix="add the route tables of the pod subnets to RouteTableIds of the endpoint",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
def gateway_endpoint_without_pod_routes(picture: Picture) -> Iterator[Fault]:
    """A gateway endpoint is associated with route tables of other subnets, but not with those of the pod subnets."""
    every = picture.deployment.of_type("AWS::EC2::VPCEndpoint")
    endpoints = [one for one in every if _on_tables(one)]
    for node_class in picture.node_classes:
        for subnet, table in tables_of(picture.routing, node_class.pod_subnets if node_class.disabled_snat else ()):
            id = picture.routing.id_of_table(subnet)
            for endpoint in endpoints if id and table.leads_out() else ():
                if key(endpoint.get("VpcId")) == subnet.vpc and not _served(id, endpoint, every):
                    who = f"pods of NodeClass {node_class.name} in {subnet.named}"
                    must = f"must include {shown(id)}, the route table for the egress of {who}"
                    yield Fault(at=endpoint, place="Properties.RouteTableIds", must=must)


def _on_tables(endpoint: Resource) -> bool:
    """Whether an endpoint is a gateway on route tables that are made here, all known."""
    tables = endpoint.properties.get("RouteTableIds")
    known = isinstance(tables, list) and tables and all(isinstance(key(id), Reference) for id in tables)
    # Compared with a tuple, as a template may have a list here, which no set can look up.
    return bool(known) and endpoint.get("VpcEndpointType") in (None, "Gateway") and endpoint.certain


def _served(table: Known | None, endpoint: Resource, endpoints: list[Resource]) -> bool:
    """Whether an endpoint, or another one for the same service, is on a route table; what is not known may be."""
    service = endpoint.get("ServiceName")
    alike = [one for one in endpoints if same(one.get("ServiceName"), service) is not False]
    return any(table == key(id) or not is_placed(id) for one in alike for id in items(one.get("RouteTableIds")))


RULES: Final[tuple[Rule, ...]] = (endpoint_closed_to_pods, gateway_endpoint_without_pod_routes)
