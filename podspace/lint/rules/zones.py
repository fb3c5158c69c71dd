"""Rules about the zones of nodes and of pod subnets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.api.zone import zone_name
from podspace.diagnostic import joined
from podspace.lint.deployment import Manifest
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.value import Known, Value, items, key, mapping, shown
from podspace.lint.vpc import other_zone

_ISSUE: Final = "https://github.com/awsdocs/amazon-eks-user-guide/issues/1088"
_ELB_PAGE: Final = "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1853"
_ZONE_LABELS: Final = (
    "topology.kubernetes.io/zone",
    "topology.k8s.aws/zone-id",
    "failure-domain.beta.kubernetes.io/zone",
)
_LOCAL_ZONE_PAGE: Final = "https://docs.aws.amazon.com/local-zones/latest/ug/how-local-zones-work.html"
_NOT_IN_LOCAL_ZONES: Final = (
    ("AWS::EC2::VPCEndpoint", "SubnetIds"),
    ("AWS::EC2::TransitGatewayAttachment", "SubnetIds"),
    ("AWS::EC2::TransitGatewayVpcAttachment", "SubnetIds"),
    ("AWS::EKS::Cluster", "ResourcesVpcConfig.SubnetIds"),
)
"""Resources that AWS does not create in subnets of Local Zones, and the properties that name their subnets."""
_WHY: Final = (
    "A network interface is in one zone, so a pod needs a pod subnet in the zone of its node. Without one, the pod "
    'fails with "failed to assign an IP address to container", although the node is ready.'
)


def _pod_zones(node_class: NodeClassInUse) -> list[Known] | None:
    """The zones with pod subnets; None if they are not all known."""
    zones = [subnet.zone for subnet in node_class.pod_subnets]
    if not node_class.pod_subnet_terms.certain or None in zones:
        return None
    return [zone for zone in zones if zone]


def _zone_requirements(pool: Manifest) -> Iterator[tuple[str, list[Value], str]]:
    """Operators and values of a NodePool's conditions on zones, with their places: its requirements and its labels."""
    for index, requirement in enumerate(items(pool.get("spec", "template", "spec", "requirements"))):
        one = mapping(requirement)
        if one.get("key") in _ZONE_LABELS and isinstance(operator := one.get("operator"), str):
            yield operator, items(one.get("values")), f"spec.template.spec.requirements[{index}].values"
    for label, value in mapping(pool.get("spec", "template", "metadata", "labels")).items():
        if label in _ZONE_LABELS:
            yield "In", [value], joined("spec.template.metadata.labels", label)


def _may_be_in(pool: Manifest, zone: Known) -> bool:
    """Whether a NodePool allows nodes in a zone without listing it; False if that is not known."""
    if str(mapping(pool.get("spec", "limits")).get("cpu")) == "0":
        return False
    for operator, values, _ in _zone_requirements(pool):
        if operator != "NotIn" or not isinstance(zone, str) or zone in values:
            return False
    return True


@rule(
    "zone-without-pod-subnet",
    why=_WHY,
    fix="add a pod subnet in the zone, or exclude the zone with a requirement on topology.kubernetes.io/zone",
    source=_ISSUE,
)
def zone_without_pod_subnet(picture: Picture) -> Iterator[Fault]:
    """Nodes can start in a zone without a pod subnet."""
    for node_class in picture.node_classes:
        with_pods = _pod_zones(node_class)
        for subnet in node_class.node_subnets if with_pods else ():
            zone = subnet.zone
            if not zone or not all(other_zone(zone, one) for one in with_pods or ()):
                continue
            pools = [pool.name for pool in node_class.pools if _may_be_in(pool, zone)]
            if pools:
                nodes = f"nodes of {', '.join(pools)} can start in {subnet.resource.named}"
                must = f"must have a pod subnet in {shown(zone)}: {nodes}"
                yield Fault(at=node_class.manifest, place="spec.podSubnetSelectorTerms", must=must)


def _has_nodes(node_class: NodeClassInUse, zone: Known) -> bool:
    """Whether nodes may be in a zone; not where their subnets are all known, and none is in it."""
    zones = [subnet.zone for subnet in node_class.node_subnets]
    return not node_class.node_subnet_terms.certain or not all(other_zone(zone, one) for one in zones)


@rule(
    "node-pool-outside-pod-zones",
    why=_WHY,
    fix="add a pod subnet in the zone, or remove the zone from the requirement",
    source=_ISSUE,
)
def node_pool_outside_pod_zones(picture: Picture) -> Iterator[Fault]:
    """A NodePool requires a zone without a pod subnet."""
    for node_class in picture.node_classes:
        with_pods = _pod_zones(node_class)
        for pool in node_class.pools if with_pods else ():
            for operator, values, place in _zone_requirements(pool):
                zones = [zone for zone in map(key, values) if zone and operator == "In"]
                without = [zone for zone in zones if all(other_zone(zone, one) for one in with_pods or ())]
                known = ", ".join(sorted(set(map(shown, with_pods or ()))))
                for zone in without:
                    must = f"must be a zone with a pod subnet of {node_class.name}: {known}"
                    harmful = len(without) == len(values) or _has_nodes(node_class, zone)
                    own = "" if harmful else "no node starts in that zone, because it has no node subnet"
                    yield Fault(at=pool, place=place, value=shown(zone), must=must, depends_on=own)
                if operator == "NotIn" and _excludes_all(values, node_class):
                    must = f"must allow a zone with a pod subnet of {node_class.name}: {known}"
                    yield Fault(at=pool, place=place, value=", ".join(map(shown, values)), must=must)


def _excludes_all(values: list[Value], node_class: NodeClassInUse) -> bool:
    """Whether some zones are all those of pods and of nodes; nodes elsewhere are found by `zone-without-pod-subnet`."""
    zones = [subnet.zone for subnet in (*node_class.pod_subnets, *node_class.node_subnets)]
    return bool(zones) and all(isinstance(zone, str) and zone in values for zone in zones)


@rule(
    "pod-subnet-load-balancer-tag",
    level="warning",
    why="The load balancer controller uses one tagged subnet in each zone; of several, the first by id. Load "
    "balancers may then use addresses of pod subnets, which other networks may not reach.",
    fix="remove the tag from pod subnets; only subnets for load balancers should have it",
    source=_ELB_PAGE,
)
def pod_subnet_load_balancer_tag(picture: Picture) -> Iterator[Fault]:
    """A pod subnet is tagged for load balancers."""
    for subnet in picture.pod_subnets.values():
        for tag, value in subnet.resource.tags.items():
            if tag in {"kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"} and shown(value) in {"", "1"}:
                must = "must not be on a pod subnet"
                yield Fault(at=subnet.resource, place="Properties.Tags", value=tag, must=must)


@rule(
    "subnet-of-local-zone",
    why="AWS creates no VPC endpoint and no attachment of a transit gateway in a subnet of a Local Zone, and EKS no "
    "interface of the control plane (https://docs.aws.amazon.com/eks/latest/userguide/local-zones.html): the "
    "deployment fails.",
    fix="use subnets in availability zones, such as the parent zone of the Local Zone",
    source=_LOCAL_ZONE_PAGE,
)
def subnet_of_local_zone(picture: Picture) -> Iterator[Fault]:
    """An endpoint, an attachment or a control plane is in a subnet of a Local Zone."""
    for resource_type, path in _NOT_IN_LOCAL_ZONES:
        for resource in picture.deployment.of_type(resource_type):
            for id in items(resource.get(*path.split("."))):
                subnet = picture.vpcs.subnet.get(key(id) or "")
                zone = zone_name(subnet.zone) if subnet and isinstance(subnet.zone, str) else None
                if subnet and zone and zone.type == "local-zone":
                    must = f"must not be in a Local Zone: {subnet.resource.named} is in {shown(subnet.zone)}"
                    yield Fault(at=resource, place=f"Properties.{path}", value=shown(subnet.key), must=must)


RULES: Final[tuple[Rule, ...]] = (
    zone_without_pod_subnet,
    node_pool_outside_pod_zones,
    pod_subnet_load_balancer_tag,
    subnet_of_local_zone,
)
