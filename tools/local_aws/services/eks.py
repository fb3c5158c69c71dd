"""EKS, which moto has without Auto Mode, access entries and the cluster's security group.

https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from botocore.exceptions import ClientError

from tools.local_aws.clients import Clients
from tools.local_aws.services.request import Answer, Request, json_answer, json_error

_VERSION: Final = "1.36"
_FIRST_MINOR: Final = 29
_NODE_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"
_AUTO: Final = ("computeConfig", "storageConfig", "kubernetesNetworkConfig")


class EksError(Exception):
    """An error of EKS."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass(kw_only=True)
class Objects:
    """The Kubernetes objects that were applied to a cluster."""

    found: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def apply(self, manifests: list[Mapping[str, Any]]) -> None:
        """Create or replace objects."""
        self.found |= {_key(each): each for each in manifests}

    def remove(self, manifests: list[Mapping[str, Any]]) -> None:
        """Delete objects; one that is not there is no error."""
        for each in manifests:
            self.found.pop(_key(each), None)

    def of(self, manifests: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those of the objects that are there."""
        return [self.found[_key(each)] for each in manifests if _key(each) in self.found]


def _key(manifest: Mapping[str, Any]) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


@dataclass(kw_only=True)
class Cluster:
    """A cluster.

    Attributes:
        data: as DescribeCluster answers it.
        entries: access entries by the ARN of the principal.
        policies: their access policies, by the ARN of the principal and of the policy.
        interfaces: of the control plane in its subnets, by id.
    """

    data: dict[str, Any]
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    addons: dict[str, dict[str, Any]] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    objects: Objects = field(default_factory=Objects)


class Eks:
    """EKS of all accounts and regions."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self.clusters: dict[tuple[str, str, str], Cluster] = {}

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        for method, pattern, action in _ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                try:
                    return json_answer(action(self, request, *found.groups()))
                except EksError as error:
                    return json_error(error.code, str(error), status=error.status)
                except ClientError as error:  # of EC2, for a subnet or group of the request
                    return json_error("InvalidParameterException", str(error))
        return json_error("InvalidRequestException", f"{request.method} {request.path} is not emulated")

    def cluster(self, account: str, region: str, name: str) -> Cluster:
        """The cluster of a name.

        Raises:
            EksError: there is none.
        """
        found = self.clusters.get((account, region, name))
        if found is None:
            raise EksError("ResourceNotFoundException", f"No cluster found for name: {name}.", status=404)
        return found

    # Clusters

    def create_cluster(self, request: Request) -> dict[str, Any]:
        given, name = request.data, request.data["name"]
        if (request.account, request.region, name) in self.clusters:
            raise EksError("ResourceInUseException", f"Cluster already exists with name: {name}", status=409)
        self._check(request, given)
        network = given["resourcesVpcConfig"]
        aws = self._clients.of(request.account, request.region)
        subnets = aws("ec2").describe_subnets(SubnetIds=network["subnetIds"])["Subnets"]
        vpc = subnets[0]["VpcId"]
        group = self._group(aws, name, vpc)
        cluster = Cluster(
            data={
                "version": _VERSION,
                "deletionProtection": False,
                "accessConfig": {"authenticationMode": "CONFIG_MAP"},
                "kubernetesNetworkConfig": {},
                **given,
                "arn": f"arn:aws:eks:{request.region}:{request.account}:cluster/{name}",
                "createdAt": datetime.now(tz=UTC).timestamp(),
                "endpoint": f"https://{uuid.uuid4().hex[:32].upper()}.gr7.{request.region}.eks.amazonaws.com",
                "certificateAuthority": {"data": "bG9jYWw="},
                "status": "ACTIVE",
                "resourcesVpcConfig": {
                    "endpointPublicAccess": True,
                    "endpointPrivateAccess": False,
                    "publicAccessCidrs": ["0.0.0.0/0"],
                    "securityGroupIds": [],
                    **network,
                    "clusterSecurityGroupId": group,
                    "vpcId": vpc,
                },
            },
            interfaces=tuple(self._interface(aws, name, subnet["SubnetId"], group) for subnet in subnets),
        )
        service = cluster.data["kubernetesNetworkConfig"]
        if service.get("ipFamily", "ipv4") == "ipv4":
            service.setdefault(
                "serviceIpv4Cidr", "10.100.0.0/16" if subnets[0]["CidrBlock"].startswith("172.") else "172.20.0.0/16"
            )
        self.clusters[request.account, request.region, name] = cluster
        if role := given.get("computeConfig", {}).get("nodeRoleArn"):
            self._add_own_entry(request, cluster, role)
        return {"cluster": cluster.data}

    def describe_cluster(self, request: Request, name: str) -> dict[str, Any]:
        return {"cluster": self.cluster(request.account, request.region, name).data}

    def list_clusters(self, request: Request) -> dict[str, Any]:
        return {"clusters": [n for a, r, n in self.clusters if (a, r) == (request.account, request.region)]}

    def delete_cluster(self, request: Request, name: str) -> dict[str, Any]:
        cluster = self.cluster(request.account, request.region, name)
        if cluster.data["deletionProtection"]:
            raise EksError("InvalidRequestException", "the cluster has deletion protection")
        ec2 = self._clients.of(request.account, request.region)("ec2")
        for interface in cluster.interfaces:
            ec2.delete_network_interface(NetworkInterfaceId=interface)
        try:
            ec2.delete_security_group(GroupId=cluster.data["resourcesVpcConfig"]["clusterSecurityGroupId"])
        except ClientError as error:  # another resource refers to it, so that it stays
            if "DependencyViolation" not in str(error):
                raise
        del self.clusters[request.account, request.region, name]
        return {"cluster": {**cluster.data, "status": "DELETING"}}

    def update_config(self, request: Request, name: str) -> dict[str, Any]:
        cluster, given = self.cluster(request.account, request.region, name), request.data
        before = cluster.data.get("computeConfig", {}).get("nodeRoleArn")
        after = given.get("computeConfig", {}).get("nodeRoleArn", before)
        if before and after != before and given.get("computeConfig", {}).get("nodePools"):
            raise EksError("InvalidParameterException", "the role of the built-in node pools cannot be changed")
        for key, value in given.items():
            known = cluster.data.get(key)
            cluster.data[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
        if "computeConfig" in given:
            pools = given["computeConfig"].get("nodePools", [])
            role = given["computeConfig"].get("nodeRoleArn")
            if pools and role and role not in cluster.entries:
                self._add_own_entry(request, cluster, role)
            if not pools and before:
                cluster.entries.pop(before, None)
        return _update()

    def update_version(self, request: Request, name: str) -> dict[str, Any]:
        self.cluster(request.account, request.region, name).data["version"] = request.data["version"]
        return _update()

    def tag(self, request: Request, arn: str) -> dict[str, Any]:
        name = arn.rpartition("/")[2]
        self.cluster(request.account, request.region, name).data.setdefault("tags", {}).update(request.data["tags"])
        return {}

    def untag(self, request: Request, arn: str) -> dict[str, Any]:
        tags = self.cluster(request.account, request.region, arn.rpartition("/")[2]).data.get("tags", {})
        for key, value in parse_qsl(str(request.environ.get("QUERY_STRING", ""))):
            if key == "tagKeys":
                tags.pop(value, None)
        return {}

    # Access entries

    def create_access_entry(self, request: Request, name: str) -> dict[str, Any]:
        cluster, given = self.cluster(request.account, request.region, name), request.data
        if cluster.data["accessConfig"].get("authenticationMode") == "CONFIG_MAP":
            raise EksError("InvalidRequestException", "the authentication mode of the cluster has no access entries")
        return {
            "accessEntry": self._add_entry(
                request, cluster, given["principalArn"], given.get("type", "STANDARD"), given.get("tags", {})
            )
        }

    def describe_access_entry(self, request: Request, name: str, principal: str) -> dict[str, Any]:
        return {"accessEntry": self._entry(request, name, principal)[1]}

    def list_access_entries(self, request: Request, name: str) -> dict[str, Any]:
        return {"accessEntries": sorted(self.cluster(request.account, request.region, name).entries)}

    def delete_access_entry(self, request: Request, name: str, principal: str) -> dict[str, Any]:
        cluster, _ = self._entry(request, name, principal)
        del cluster.entries[principal]
        cluster.policies.pop(principal, None)
        return {}

    def associate_policy(self, request: Request, name: str, principal: str) -> dict[str, Any]:
        cluster, _ = self._entry(request, name, principal)
        given = request.data
        policy = {"policyArn": given["policyArn"], "accessScope": given["accessScope"]}
        cluster.policies.setdefault(principal, {})[given["policyArn"]] = policy
        return {"clusterName": name, "principalArn": principal, "associatedAccessPolicy": policy}

    def list_policies(self, request: Request, name: str, principal: str) -> dict[str, Any]:
        cluster, _ = self._entry(request, name, principal)
        policies = list(cluster.policies.get(principal, {}).values())
        return {"clusterName": name, "principalArn": principal, "associatedAccessPolicies": policies}

    def disassociate_policy(self, request: Request, name: str, principal: str, policy: str) -> dict[str, Any]:
        cluster, _ = self._entry(request, name, principal)
        cluster.policies.get(principal, {}).pop(policy, None)
        return {}

    # Add-ons and node groups

    def create_addon(self, request: Request, name: str) -> dict[str, Any]:
        cluster, given = self.cluster(request.account, request.region, name), request.data
        if given["addonName"] in cluster.addons:
            raise EksError("ResourceInUseException", "Addon already exists.", status=409)
        arn = f"arn:aws:eks:{request.region}:{request.account}:addon/{name}/{given['addonName']}"
        cluster.addons[given["addonName"]] = {"clusterName": name, "status": "ACTIVE", "addonArn": arn, **given}
        return {"addon": cluster.addons[given["addonName"]]}

    def describe_addon(self, request: Request, name: str, addon: str) -> dict[str, Any]:
        return {"addon": self._addon(request, name, addon)}

    def list_addons(self, request: Request, name: str) -> dict[str, Any]:
        return {"addons": sorted(self.cluster(request.account, request.region, name).addons)}

    def update_addon(self, request: Request, name: str, addon: str) -> dict[str, Any]:
        self._addon(request, name, addon).update(request.data)
        return _update()

    def delete_addon(self, request: Request, name: str, addon: str) -> dict[str, Any]:
        self._addon(request, name, addon)
        return {"addon": self.cluster(request.account, request.region, name).addons.pop(addon)}

    def list_node_groups(self, request: Request, name: str) -> dict[str, Any]:
        self.cluster(request.account, request.region, name)
        return {"nodegroups": []}

    # What they have in common

    def _check(self, request: Request, given: Mapping[str, Any]) -> None:
        """What EKS refuses: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html."""
        minor = int(str(given.get("version", _VERSION)).partition(".")[2])
        auto = [bool(_enabled(given, key)) for key in _AUTO]
        if any(auto) and (not all(auto) or minor < _FIRST_MINOR):
            raise EksError("InvalidParameterException", f"EKS Auto Mode needs all of {_AUTO}, and Kubernetes 1.29")
        compute = given.get("computeConfig", {})
        if bool(compute.get("nodePools")) != bool(compute.get("nodeRoleArn")):
            raise EksError("InvalidParameterException", "nodePools and nodeRoleArn go together")
        if any(auto) and given.get("bootstrapSelfManagedAddons") is not False:
            raise EksError("InvalidParameterException", "bootstrapSelfManagedAddons must be false with EKS Auto Mode")
        aws = self._clients.of(request.account, request.region)
        subnets = aws("ec2").describe_subnets(SubnetIds=given["resourcesVpcConfig"]["subnetIds"])["Subnets"]
        if len({each["AvailabilityZone"] for each in subnets}) < 2:  # noqa: PLR2004
            raise EksError("InvalidParameterException", "Subnets specified must be in at least two different AZs")
        if groups := given["resourcesVpcConfig"].get("securityGroupIds"):
            aws("ec2").describe_security_groups(GroupIds=groups)
        for role in (given["roleArn"], compute.get("nodeRoleArn")):
            if role:
                self._principal(request, role)

    def _principal(self, request: Request, arn: str) -> None:
        """Refuse a principal of the account that does not exist."""
        _, _, _, _, account, resource = arn.split(":", 5)
        kind, _, path = resource.partition("/")
        if account != request.account:
            return
        iam, name = self._clients.of(request.account, request.region)("iam"), path.rpartition("/")[2]
        try:
            iam.get_role(RoleName=name) if kind == "role" else iam.get_user(UserName=name)
        except ClientError:
            text = f"The specified principalArn is invalid: invalid principal {arn}."
            raise EksError("InvalidParameterException", text) from None

    def _add_entry(
        self, request: Request, cluster: Cluster, principal: str, type_: str, tags: Mapping[str, str]
    ) -> dict[str, Any]:
        if principal in cluster.entries:
            text = "The specified access entry resource is already in use on this cluster."
            raise EksError("ResourceInUseException", text, status=409)
        self._principal(request, principal)
        name = cluster.data["name"]
        entry = {
            "clusterName": name,
            "principalArn": principal,
            "kubernetesGroups": [],
            "accessEntryArn": f"{cluster.data['arn'].replace(':cluster/', ':access-entry/')}/{uuid.uuid4()}",
            "tags": dict(tags),
            "type": type_,
            "username": "system:node:{{EC2PrivateDNSName}}" if type_ == "EC2" else principal,
        }
        cluster.entries[principal] = entry
        return entry

    def _add_own_entry(self, request: Request, cluster: Cluster, role: str) -> None:
        """The access entry that EKS makes for the role of its built-in node pools."""
        self._add_entry(request, cluster, role, "EC2", {})
        cluster.policies[role] = {_NODE_POLICY: {"policyArn": _NODE_POLICY, "accessScope": {"type": "cluster"}}}

    def _entry(self, request: Request, name: str, principal: str) -> tuple[Cluster, dict[str, Any]]:
        cluster = self.cluster(request.account, request.region, name)
        if principal not in cluster.entries:
            raise EksError("ResourceNotFoundException", "The specified principalArn could not be found", status=404)
        return cluster, cluster.entries[principal]

    def _addon(self, request: Request, name: str, addon: str) -> dict[str, Any]:
        found = self.cluster(request.account, request.region, name).addons.get(addon)
        if found is None:
            raise EksError("ResourceNotFoundException", f"No addon: {addon} found in cluster: {name}", status=404)
        return found

    def _group(self, aws: Any, name: str, vpc: str) -> str:  # noqa: ANN401  a client of boto3
        """The security group that EKS makes for a cluster, which admits itself."""
        text = "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads."
        group = aws("ec2").create_security_group(
            GroupName=f"eks-cluster-sg-{name}-{uuid.uuid4().hex[:8]}", Description=text, VpcId=vpc
        )["GroupId"]
        own = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
        aws("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[own])
        tags = {
            "Name": f"eks-cluster-sg-{name}",
            "aws:eks:cluster-name": name,
            f"kubernetes.io/cluster/{name}": "owned",
        }
        aws("ec2").create_tags(Resources=[group], Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
        return str(group)

    def _interface(self, aws: Any, name: str, subnet: str, group: str) -> str:  # noqa: ANN401  a client of boto3
        answer = aws("ec2").create_network_interface(SubnetId=subnet, Groups=[group], Description=f"Amazon EKS {name}")
        return str(answer["NetworkInterface"]["NetworkInterfaceId"])


def _enabled(given: Mapping[str, Any], key: str) -> bool:
    part = given.get(key, {})
    inner = {"storageConfig": "blockStorage", "kubernetesNetworkConfig": "elasticLoadBalancing"}.get(key)
    return bool((part.get(inner, {}) if inner else part).get("enabled"))


def _update() -> dict[str, Any]:
    return {"update": {"id": str(uuid.uuid4()), "status": "Successful", "type": "ConfigUpdate"}}


_Route = tuple[str, str, Callable[..., dict[str, Any]]]
_C: Final = "/clusters/([^/]+)"
_E: Final = f"{_C}/access-entries"
_ROUTES: Final[tuple[_Route, ...]] = (
    ("POST", "/clusters", Eks.create_cluster),
    ("GET", "/clusters", Eks.list_clusters),
    ("GET", _C, Eks.describe_cluster),
    ("DELETE", _C, Eks.delete_cluster),
    ("POST", f"{_C}/update-config", Eks.update_config),
    ("POST", f"{_C}/updates", Eks.update_version),
    ("POST", "/tags/(.+)", Eks.tag),
    ("DELETE", "/tags/(.+)", Eks.untag),
    ("POST", _E, Eks.create_access_entry),
    ("GET", _E, Eks.list_access_entries),
    ("POST", f"{_E}/(.+)/access-policies", Eks.associate_policy),
    ("GET", f"{_E}/(.+)/access-policies", Eks.list_policies),
    ("DELETE", f"{_E}/(.+)/access-policies/(.+)", Eks.disassociate_policy),
    ("GET", f"{_E}/(.+)", Eks.describe_access_entry),
    ("DELETE", f"{_E}/(.+)", Eks.delete_access_entry),
    ("POST", f"{_C}/addons", Eks.create_addon),
    ("GET", f"{_C}/addons", Eks.list_addons),
    ("GET", f"{_C}/addons/([^/]+)", Eks.describe_addon),
    ("POST", f"{_C}/addons/([^/]+)/update", Eks.update_addon),
    ("DELETE", f"{_C}/addons/([^/]+)", Eks.delete_addon),
    ("GET", f"{_C}/node-groups", Eks.list_node_groups),
)
