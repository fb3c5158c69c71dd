"""What a config names as existing, created on a local AWS under the ids that the config has.

A VPC with its CIDR blocks and node subnets, gateways, addresses, security groups and prefix lists, and the cluster.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final
from unittest import mock

import moto.ec2.utils

from tools.local_aws.clients import AccountClients
from tools.local_aws.server import LocalAws
from tools.local_aws.services.moto_services import ec2_backend

ACCOUNT: Final = "111122223333"
"""The account of a config that names none."""
_ID: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)-([0-9a-f]{8}|[0-9a-f]{17})")
_PARTS: Final = 64
_OF_NODES: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
Config = Mapping[str, Any]


@dataclass(kw_only=True)
class Existing:
    """A config, and the local AWS on which its VPC is created."""

    local: LocalAws
    config: Config
    account: str
    region: str

    def __post_init__(self) -> None:
        """Prepare the parts of the primary block, of which each subnet takes one."""
        self.aws: AccountClients = self.local.clients.of(self.account, self.region)
        self.backend = ec2_backend(self.account, self.region)
        vpc = self.config["vpc"]
        self.cidrs = [IPv4Network(each) for each in vpc.get("cidrs", ["10.0.0.0/16"])]
        primary = self.cidrs[0]
        others = [IPv4Network(each) for block in self._adopted() for each in block.get("other_subnets", [])]
        planned = [IPv4Network(each) for ids in self.config["pods"].get("subnets", {}).values() for each in ids]
        parts = primary.subnets(new_prefix=min(28, primary.prefixlen + 6))
        self._free = (part for part in parts if not any(part.overlaps(each) for each in planned))
        self._others = iter(others)

    def create(self) -> None:
        """Create everything."""
        ec2 = self.aws("ec2")
        ec2.describe_vpcs()  # the default VPC takes ids of its own
        self._identities()
        vpc = self.config["vpc"].get("id", "")
        if not vpc:  # the stack creates it, and only what is outside of it exists
            for _, _, id_ in ids_in(self.config, "tgw"):
                self._transit_gateway(vpc, id_, "")
            return
        with forced(vpc):
            ec2.create_vpc(CidrBlock=str(self.cidrs[0]))
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        if "network_address_usage" in self.config.get("monitoring", {}):
            ec2.modify_vpc_attribute(VpcId=vpc, EnableNetworkAddressUsageMetrics={"Value": True})
        for cidr in self.cidrs[1:]:
            ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=str(cidr))
        for block in self._adopted():
            if block["cidr"] not in map(str, self.cidrs):
                ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=block["cidr"])
        for six in self.config["vpc"].get("ipv6_cidrs", []):
            self._associate_ipv6(vpc, six)
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        self._subnets(vpc)
        self._groups(vpc)
        for entry in self.config.get("egress", []):
            self._egress(vpc, entry)
        self._routes(vpc, gateway)
        self._prefix_lists()
        self._cluster()

    def _adopted(self) -> Iterator[Mapping[str, Any]]:
        for block in self.config["pods"].get("cidrs", []):
            if isinstance(block, Mapping) and block.get("associated"):
                yield block

    def _associate_ipv6(self, vpc: str, cidr: str) -> None:
        """An IPv6 block that is not of Amazon's random ones."""
        self.aws("ec2").associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
        for association in self.backend.get_vpc(vpc).get_cidr_block_association_set(ipv6=True):
            association["cidr_block"] = cidr

    def _subnets(self, vpc: str) -> None:
        """Node subnets, and those that other sections name, each in its zone."""
        placed: dict[str, str] = {}
        for zone, ids in self.config["vpc"].get("node_subnets", {}).items():
            placed |= dict.fromkeys(ids, zone)
        for path, zone, id_ in ids_in(self.config, "subnet"):
            if id_ not in placed and not path.startswith("pods.subnet_ids"):
                placed[id_] = zone or self._zones[0]
        for id_, zone in placed.items():
            self._subnet(vpc, id_, zone, str(next(self._others, None) or next(self._free)))
        pods = [block for block in self.cidrs if block.subnet_of(IPv4Network("100.64.0.0/10"))]
        adopted = self.config["pods"].get("subnet_ids", {})
        parts = iter(pods[0].subnets(new_prefix=pods[0].prefixlen + 3)) if pods else iter(())
        for zone, ids in adopted.items():
            for id_ in ids:
                self._subnet(vpc, id_, zone, str(next(parts)))

    def _subnet(self, vpc: str, id_: str, zone: str, cidr: str) -> None:
        where = {"AvailabilityZoneId" if re.search(r"-az\d$", zone) else "AvailabilityZone": zone}
        with forced(id_):
            self.aws("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, **where)

    @property
    def _zones(self) -> list[str]:
        pods = self.config["pods"]
        return list(
            self.config["vpc"].get("node_subnets") or pods.get("zones") or pods.get("subnet_ids") or pods["subnets"]
        )

    def _groups(self, vpc: str) -> None:
        for id_ in dict.fromkeys(id_ for _, _, id_ in ids_in(self.config, "sg")):
            with forced(id_):
                self.aws("ec2").create_security_group(GroupName=id_, Description="existing", VpcId=vpc)

    def _egress(self, vpc: str, entry: Config) -> None:
        """The gateways that an entry names, and what they stand on."""
        for path, zone, id_ in ids_in(entry, ""):
            kind = id_.rpartition("-")[0]
            where = zone or self._zones[0]
            if create := _GATEWAYS.get(kind):
                if not self._there(id_):
                    create(self, vpc, id_, where)
            elif kind not in ("subnet", "pl"):
                raise AssertionError(f"{path}: {id_} is of no kind that is created")
        if "core_network" in entry and "attachment_subnets" not in entry:
            self.aws("networkmanager").create_vpc_attachment(
                CoreNetworkId=entry["core_network"].rpartition("/")[2],
                VpcArn=f"arn:aws:ec2:{self.region}:{self.account}:vpc/{vpc}",
                SubnetArns=[],
            )
        if "transit_gateway" in entry and "attachment_subnets" not in entry:
            subnets = [each.id for each in self._subnets_of(vpc)][:1]
            self.aws("ec2").create_transit_gateway_vpc_attachment(
                TransitGatewayId=entry["transit_gateway"], VpcId=vpc, SubnetIds=subnets
            )

    def _there(self, id_: str) -> bool:
        backend = self.backend
        known = (backend.nat_gateways, backend.transit_gateways, backend.enis, backend.route_tables, backend.vpc_pcxs)
        addresses = {each.allocation_id for each in backend.addresses}
        return any(id_ in each for each in known) or id_ in addresses or id_ in backend.vpc_end_points

    def _subnets_of(self, vpc: str) -> list[Any]:
        return [each for by_id in self.backend.subnets.values() for each in by_id.values() if each.vpc_id == vpc]

    def _own_subnet(self, vpc: str, zone: str) -> str:
        """A further subnet of a zone, such as a public one."""
        where = {"AvailabilityZoneId" if re.search(r"-az\d$", zone) else "AvailabilityZone": zone}
        answer = self.aws("ec2").create_subnet(VpcId=vpc, CidrBlock=str(next(self._free)), **where)
        return str(answer["Subnet"]["SubnetId"])

    def _nat_gateway(self, vpc: str, id_: str, zone: str) -> None:
        address = self.aws("ec2").allocate_address(Domain="vpc")["AllocationId"]
        subnet = self._own_subnet(vpc, zone)
        with forced(id_):
            self.aws("ec2").create_nat_gateway(SubnetId=subnet, AllocationId=address)

    def _address(self, vpc: str, id_: str, zone: str) -> None:
        with forced(id_):
            self.aws("ec2").allocate_address(Domain="vpc")

    def _transit_gateway(self, vpc: str, id_: str, zone: str) -> None:
        with forced(id_):
            self.aws("ec2").create_transit_gateway()

    def _route_table(self, vpc: str, id_: str, zone: str) -> None:
        with forced(id_):
            self.aws("ec2").create_route_table(VpcId=vpc)

    def _interface(self, vpc: str, id_: str, zone: str) -> None:
        subnet = self._own_subnet(vpc, zone)
        with forced(id_):
            self.aws("ec2").create_network_interface(SubnetId=subnet)
        self.aws("ec2").modify_network_interface_attribute(NetworkInterfaceId=id_, SourceDestCheck={"Value": False})

    def _instance(self, vpc: str, id_: str, zone: str) -> None:
        subnet = self._own_subnet(vpc, zone)

        with forced(id_):
            self.aws("ec2").run_instances(
                ImageId="ami-0123456789abcdef0", InstanceType="m5.large", SubnetId=subnet, MinCount=1, MaxCount=1
            )
        self.aws("ec2").modify_instance_attribute(InstanceId=id_, SourceDestCheck={"Value": False})

    def _endpoint(self, vpc: str, id_: str, zone: str) -> None:
        subnet = self._own_subnet(vpc, zone)
        service = f"com.amazonaws.vpce.{self.region}.vpce-svc-0123456789abcdef0"
        with forced(id_):
            self.aws("ec2").create_vpc_endpoint(
                VpcId=vpc, ServiceName=service, VpcEndpointType="GatewayLoadBalancer", SubnetIds=[subnet]
            )

    def _vpn_gateway(self, vpc: str, id_: str, zone: str) -> None:
        with forced(id_):
            self.aws("ec2").create_vpn_gateway(Type="ipsec.1")
        self.aws("ec2").attach_vpn_gateway(VpcId=vpc, VpnGatewayId=id_)

    def _peering(self, vpc: str, id_: str, zone: str) -> None:
        cidr = self.config["vpc"].get("peers", ["10.255.0.0/16"])[0]
        other = self.aws("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        with forced(id_):
            self.aws("ec2").create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
        self.aws("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=id_)

    def _routes(self, vpc: str, gateway: str) -> None:
        """Public subnets route to the internet gateway; node subnets to a NAT gateway, that of their zone if it has one."""
        nat_gateways = [each for each in self.backend.nat_gateways.values() if each.vpc_id == vpc]
        stacks_own = {
            id_
            for entry in self.config.get("egress", [])
            for _, _, id_ in ids_in(entry.get("new_nat_gateways"), "subnet")
        }
        public = dict.fromkeys([*(each.subnet_id for each in nat_gateways), *sorted(stacks_own)])
        if public:
            self._table(vpc, list(public), GatewayId=gateway)
        zones = {self.backend.get_subnet(each.subnet_id).availability_zone: each.id for each in nat_gateways}
        nodes = [id_ for ids in self.config["vpc"].get("node_subnets", {}).values() for id_ in ids]
        for id_ in nodes:
            if id_ not in public and zones:
                zone = self.backend.get_subnet(id_).availability_zone
                self._table(vpc, [id_], NatGatewayId=zones.get(zone, next(iter(zones.values()))))

    def _table(self, vpc: str, subnets: list[str], **target: str) -> None:
        """A route table of subnets, with a default route."""
        ec2 = self.aws("ec2")
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for subnet in subnets:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)

    def _prefix_lists(self) -> None:
        for id_ in dict.fromkeys(id_ for _, _, id_ in ids_in(self.config, "pl")):
            with forced(id_):
                self.aws("ec2").create_managed_prefix_list(PrefixListName=id_, MaxEntries=5, AddressFamily="IPv4")

    def _identities(self) -> None:
        """Roles and buckets that the config names."""
        cluster = self.config.get("cluster", {})
        role = cluster.get("node_role", {})
        names = [arn.rpartition("/")[2] for arn in cluster.get("create", {}).get("admins", [])]
        names += [role["name"]] if "name" in role and not role.get("create") else []
        for name in names:
            self._role(name)
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.region}} if self.region != "us-east-1" else {}
        if str(to := self.config.get("flow_logs", {}).get("to", "")).startswith("arn:aws:s3:::"):
            self.aws("s3").create_bucket(Bucket=to.rpartition(":::")[2].partition("/")[0], **where)

    def _role(self, name: str) -> str:
        """The ARN of a role, which may be there already: roles are of the whole account."""
        with suppress(self.aws("iam").exceptions.EntityAlreadyExistsException):
            self.aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_OF_NODES))
        return f"arn:aws:iam::{self.account}:role/{name}"

    def _cluster(self) -> None:
        cluster = self.config.get("cluster", {})
        subnets = [ids[0] for ids in self.config["vpc"].get("node_subnets", {}).values()]
        if "create" in cluster or not subnets:
            return
        arn = self._role(f"{cluster['name']}-cluster")
        self.aws("eks").create_cluster(
            name=cluster["name"],
            version="1.36",
            roleArn=arn,
            accessConfig={"authenticationMode": "API"},
            bootstrapSelfManagedAddons=False,
            computeConfig={"enabled": True, "nodePools": []},
            storageConfig={"blockStorage": {"enabled": True}},
            kubernetesNetworkConfig={
                "elasticLoadBalancing": {"enabled": True},
                "ipFamily": cluster.get("ip_family", "ipv4"),
            },
            resourcesVpcConfig={"subnetIds": self._control_plane(subnets)},
        )
        role = cluster.get("node_role", {})
        if role.get("access_entry") is False and "name" in role:
            key = {"clusterName": cluster["name"], "principalArn": self._role(role["name"])}
            self.aws("eks").create_access_entry(**key, type="EC2")
            policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"
            self.aws("eks").associate_access_policy(**key, policyArn=policy, accessScope={"type": "cluster"})
        if group := cluster.get("security_group_id"):
            found = self.local.eks.cluster(self.account, self.region, cluster["name"])
            self._replace_group(found.data["resourcesVpcConfig"]["clusterSecurityGroupId"], by=group)
            found.data["resourcesVpcConfig"]["clusterSecurityGroupId"] = group

    def _replace_group(self, created: str, *, by: str) -> None:
        """Use the group of the config as the cluster's, on the interfaces of the control plane too."""
        ec2 = self.aws("ec2")
        having = ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [created]}])
        for each in having["NetworkInterfaces"]:
            ec2.modify_network_interface_attribute(NetworkInterfaceId=each["NetworkInterfaceId"], Groups=[by])
        (group,) = ec2.describe_security_groups(GroupIds=[created])["SecurityGroups"]
        ec2.create_tags(Resources=[by], Tags=[each for each in group["Tags"] if not each["Key"].startswith("aws:")])
        ec2.delete_security_group(GroupId=created)

    def _control_plane(self, subnets: list[str]) -> list[str]:
        """Subnets in two zones, of which none is a Local Zone."""
        vpc = self.config["vpc"]["id"]
        found = [
            each
            for each in self._subnets_of(vpc)
            if each.id in subnets and not re.search(r"-\w+-\d[a-z]$", each.availability_zone.removeprefix(self.region))
        ]
        ids = [each.id for each in found]
        if len({each.availability_zone for each in found}) < 2:  # noqa: PLR2004
            free = next(
                f"{self.region}{letter}"
                for letter in "abc"
                if f"{self.region}{letter}" not in {each.availability_zone for each in found}
            )
            ids.append(self._own_subnet(vpc, free))
        return ids


_GATEWAYS: Final = {
    "nat": Existing._nat_gateway,
    "eipalloc": Existing._address,
    "tgw": Existing._transit_gateway,
    "rtb": Existing._route_table,
    "eni": Existing._interface,
    "i": Existing._instance,
    "vpce": Existing._endpoint,
    "vgw": Existing._vpn_gateway,
    "pcx": Existing._peering,
}


def create_existing(local: LocalAws, config: Config) -> AccountClients:
    """Create what a config names as existing, and return the services of its account."""
    environment = config["environment"]
    account, region = str(environment.get("account", ACCOUNT)), environment["region"]
    existing = Existing(local=local, config=config, account=account, region=region)
    existing.create()
    return existing.aws


def ids_in(value: Any, kind: str, path: str = "", zone: str = "") -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    """Every id of a kind, or of any kind, in a config: the path of keys, the zone around it, and the id."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            is_zone = re.fullmatch(r"[a-z]{2,}(-[a-z]+)*-\d(-[a-z]+-\d)?[a-z]|[a-z]+\d-([a-z]+\d-)?az\d", str(key))
            yield from ids_in(inner, kind, f"{path}.{key}".lstrip("."), str(key) if is_zone else zone)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item, kind, path, zone)
    elif isinstance(value, str) and (found := _ID.fullmatch(value)) and kind in ("", found[1]):
        yield path, zone, value


@contextmanager
def forced(id_: str) -> Iterator[None]:
    """Give what moto creates next this id, if the prefix is the same."""
    wanted, original = [id_], moto.ec2.utils.random_id

    def chosen(prefix: str = "", size: int = 17) -> str:
        if wanted and wanted[0].rpartition("-")[0] == prefix:
            return wanted.pop()
        return str(original(prefix, size))

    with mock.patch.object(moto.ec2.utils, "random_id", chosen):
        yield
    assert not wanted, f"nothing was created as {id_}"


__all__ = ["ACCOUNT", "create_existing", "ids_in"]
