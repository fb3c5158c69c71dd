"""Rules about ENIConfigs of the VPC CNI, which places pods of managed node groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.api.zone import zone_name
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.security_group import Ingress, Peer, SecurityGroup
from podspace.lint.value import Known, is_placed, items, key, shown
from podspace.lint.vpc import other_zone
from podspace.lint.vpc_cni import CUSTOM_NETWORKING, EniConfigInUse

_ENI_CONFIG_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html"
_GROUP_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_API_SERVER, _DNS = 443, 53


@rule(
    "eni-config-of-another-zone",
    why="The VPC CNI uses the ENIConfig with the name of the node's zone, and cannot attach a network interface of a "
    "subnet in another zone.",
    fix="give a subnet of that zone",
    source=_ENI_CONFIG_PAGE,
)
def eni_config_of_another_zone(picture: Picture) -> Iterator[Fault]:
    """An ENIConfig with the name of a zone has a subnet in another zone."""
    for config in picture.vpc_cni.eni_configs:
        subnet = picture.vpcs.subnet.get(key(config.subnet) or "")
        if subnet and zone_name(config.name) and other_zone(config.name, subnet.zone):
            must = f"must be a subnet of {config.name}: {subnet.resource.named} is in {shown(subnet.zone)}"
            yield Fault(at=config.at, place=config.place("subnet"), value=shown(subnet.key), must=must)


@rule(
    "custom-networking-off",
    why="The VPC CNI reads ENIConfigs only if AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG is true. Its default is false: pods "
    "stay in the node subnets.",
    fix='set env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG to "true" in the add-on\'s configuration',
    source=_ENI_CONFIG_PAGE,
)
def custom_networking_off(picture: Picture) -> Iterator[Fault]:
    """The VPC CNI add-on does not read the ENIConfigs in the input."""
    for addon in picture.vpc_cni.addons if len(picture.vpc_cni.addons) == 1 else ():
        if picture.vpc_cni.eni_configs and addon.custom_networking is False:
            own = any(addon.eni_configs())
            depends_on = (
                "" if own else ("the variable is set outside of the input, or the ENIConfigs are of another cluster")
            )
            must = f'must set {CUSTOM_NETWORKING} to "true": the input has ENIConfigs'
            yield Fault(at=addon.resource, place="Properties.ConfigurationValues", must=must, depends_on=depends_on)


@rule(
    "zone-without-eni-config",
    why="With custom networking, pods get no addresses on a node without an ENIConfig, and the node stays not ready.",
    fix="add an ENIConfig with the name of the zone, or remove the subnet from the node group",
    source=_ENI_CONFIG_PAGE,
)
def zone_without_eni_config(picture: Picture) -> Iterator[Fault]:
    """A managed node group has a subnet in a zone without an ENIConfig."""
    addons, configs = picture.vpc_cni.addons, picture.vpc_cni.eni_configs
    if len(addons) != 1 or not (addons[0].custom_networking and addons[0].by_zone) or not configs:
        return
    if not all(zone_name(config.name) for config in configs) or len(picture.clusters.all) > 1:
        return
    of_manifests = any(config.at is not addons[0].resource for config in configs)
    for subnet in picture.node_group_subnets.values():
        if subnet.zone and all(other_zone(subnet.zone, config.name) for config in configs):
            must = f"must have an ENIConfig for {shown(subnet.zone)}: nodes are in {subnet.resource.named}"
            depends_on = "the cluster has an ENIConfig for this zone" if of_manifests else ""
            place = configs[0].place("") if configs[0].at is addons[0].resource else "Properties.AvailabilityZone"
            at = addons[0].resource if configs[0].at is addons[0].resource else subnet.resource
            yield Fault(at=at, place=place, value=shown(subnet.zone), must=must, depends_on=depends_on)


@rule(
    "eni-config-on-node-subnet",
    level="warning",
    why="Pods then use addresses of the node subnet. Custom networking is meant to keep those for nodes.",
    fix="give a pod subnet of the same zone",
    source=_ENI_CONFIG_PAGE,
)
def eni_config_on_node_subnet(picture: Picture) -> Iterator[Fault]:
    """An ENIConfig has the subnet of a managed node group."""
    for config in picture.vpc_cni.eni_configs:
        if key(config.subnet) in picture.node_group_subnets:
            must = "must be a pod subnet: nodes of a managed node group are in it"
            yield Fault(at=config.at, place=config.place("subnet"), value=shown(config.subnet), must=must)


def _own_groups(picture: Picture, config: EniConfigInUse) -> list[SecurityGroup]:
    """The groups of an ENIConfig, if they are all created here and all their rules are known."""
    ids = [key(id) for id in config.groups]
    groups = [picture.groups.all[id] for id in ids if id in picture.groups.all]
    known = len(groups) == len(ids) and all(group.resource and group.all_ingress for group in groups)
    return groups if known else []


def _pods(picture: Picture, config: EniConfigInUse, groups: list[SecurityGroup]) -> Peer:
    own = tuple(group.key for group in groups)
    subnet = picture.vpcs.subnet.get(key(config.subnet) or "")
    cidrs = (subnet.cidr,) if subnet and subnet.cidr else None
    return Peer(groups=own, cidrs=cidrs, others=frozenset(picture.groups.all) - set(own))


@rule(
    "eni-config-closed-to-api-server",
    why="The cluster's own security group admits only itself. Pods in another security group connect to the API "
    "server with their own address, so everything in them that uses the Kubernetes API fails.",
    fix="add an AWS::EC2::SecurityGroupIngress for TCP 443 from the ENIConfig's group to the cluster's group",
    source=_GROUP_PAGE,
)
def eni_config_closed_to_api_server(picture: Picture) -> Iterator[Fault]:
    """The cluster's security group does not admit the security groups of an ENIConfig to the API server."""
    clusters = picture.clusters.all
    if len(clusters) != 1 or not picture.deployment.whole:
        return
    extra = [key(id) for id in items(clusters[0].resource.get("ResourcesVpcConfig", "SecurityGroupIds"))]
    targets: list[Known] = [clusters[0].group, *(id for id in extra if id)]
    if None in extra or not all(map(is_placed, targets)) or set(targets) & picture.deployment.customised:
        return
    for config, groups in _first_of_groups(picture):
        pods = _pods(picture, config, groups)
        if set(targets) & set(pods.groups) or pods.is_let_in(_rules_on(picture, targets), _API_SERVER):
            continue
        where = " or ".join(map(shown, targets))
        must = f"must be admitted to {where} on TCP {_API_SERVER}: pods of ENIConfig {config.name} are in it"
        yield Fault(at=config.at, place=config.place("securityGroups"), value=_names(groups), must=must)


@rule(
    "eni-config-closed-to-coredns",
    why="CoreDNS runs in pods of the node groups, with the security groups of their ENIConfigs. Pods that do not "
    "reach CoreDNS on port 53 cannot resolve names.",
    fix="add an ingress rule from the security group to itself for TCP and UDP 53, or for all traffic",
    source=_GROUP_PAGE,
    inferred=True,
)
def eni_config_closed_to_coredns(picture: Picture) -> Iterator[Fault]:
    """The security groups of ENIConfigs do not admit pods to CoreDNS."""
    configs = picture.vpc_cni.eni_configs
    ids: list[Known] = [id for config in configs for id in map(key, config.groups) if id]
    known = all(_own_groups(picture, config) for config in configs)  # CoreDNS may be in any of them
    for config, groups in _first_of_groups(picture):
        pods, rules = _pods(picture, config, groups), _rules_on(picture, ids)
        if known and not all(pods.is_let_in(rules, _DNS, udp=udp) for udp in (False, True)):
            must = f"must be admitted on TCP and UDP {_DNS}, for CoreDNS: pods of ENIConfig {config.name} are in it"
            depends_on = "CoreDNS runs on nodes of EKS Auto Mode or on Fargate"
            yield Fault(
                at=config.at,
                place=config.place("securityGroups"),
                value=_names(groups),
                must=must,
                depends_on=depends_on,
            )


def _first_of_groups(picture: Picture) -> Iterator[tuple[EniConfigInUse, list[SecurityGroup]]]:
    """The first ENIConfig of each set of groups that are known here."""
    seen: set[tuple[Known, ...]] = set()
    for config in picture.vpc_cni.eni_configs if picture.groups.all_placed else ():
        groups = _own_groups(picture, config)
        keys = tuple(group.key for group in groups)
        if groups and keys not in seen:
            seen.add(keys)
            yield config, groups


def _rules_on(picture: Picture, targets: list[Known]) -> list[Ingress]:
    groups = picture.groups.all
    return [*(rule for id in targets if id in groups for rule in groups[id].ingress), *picture.groups.somewhere]


def _names(groups: list[SecurityGroup]) -> str:
    return ", ".join(shown(group.key) for group in groups)


RULES: Final[tuple[Rule, ...]] = (
    eni_config_of_another_zone,
    custom_networking_off,
    zone_without_eni_config,
    eni_config_on_node_subnet,
    eni_config_closed_to_api_server,
    eni_config_closed_to_coredns,
)
