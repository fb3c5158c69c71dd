"""CloudFormation resources of a cluster: the cluster, roles, access entries and security groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from podspace.planning.cluster.plan import (
    CLUSTER,
    CLUSTER_PATH,
    PODS,
    EgressRule,
    GroupRule,
    NewClusterPlan,
    Party,
    admin_name,
    given_name,
    ports_in_words,
)
from podspace.planning.inventory import ConstructPath, Ref, Resource, Value, construct_id
from podspace.planning.origin import PassedIn

if TYPE_CHECKING:  # it is made of what is here
    from ipaddress import IPv4Network, IPv6Network

    from podspace.planning.plan import Plan

NODE_ENTRY: Final = "of the nodes"
"""The construct id of the access entry of the node role."""
ENDPOINT_GROUP_PATH: Final[ConstructPath] = ("Endpoints", "Group")
_GROUP_PATH: Final[ConstructPath] = ("PodSecurityGroup", "Group")
_CLUSTER_ROLE_PATH: Final[ConstructPath] = ("Cluster", "Role")
_CONTROL_PLANE_GROUP_PATH: Final[ConstructPath] = ("Cluster", "Cluster", "ControlPlaneSecurityGroup", "Resource")
_NODE_ROLE_PATH: Final[ConstructPath] = ("NodeRole", "Role")


def cluster_resources(plan: Plan) -> Iterator[Resource]:
    """Every resource of a new cluster, of the nodes' role, and of the pods' security group."""
    if plan.network_half:
        return
    yield from _cluster(plan)
    yield from _node_role(plan)
    yield from _pod_group(plan)


def _cluster(plan: Plan) -> Iterator[Resource]:
    new = plan.cluster.new
    if new is None:
        return
    yield Resource(
        type="AWS::EKS::Cluster",
        path=CLUSTER_PATH,
        kind="cluster",
        keys=("cluster.create",),
        create_only=_create_only(plan),
        properties=_properties(plan),
        refused={"zones of the control plane": tuple(sorted(new.zones))},
        vital=True,
    )
    yield from _parts_of_cluster(plan, new)
    for index, arn in enumerate(new.admins):
        yield access_entry(
            plan,
            ("Cluster", f"Admin-{admin_name(arn)}"),
            principal=arn,
            name=f"of {arn}",
            key=f"cluster.create.admins[{index}]",
            tags=new.admin_tags(arn),
        )


def _parts_of_cluster(plan: Plan, new: NewClusterPlan) -> Iterator[Resource]:
    keys = ("cluster.create",)
    policy: dict[str, Value] = {"policy for tags of NodeClasses": "CustomTags"} if new.custom_tags else {}
    yield Resource(
        type="AWS::IAM::Role",
        path=_CLUSTER_ROLE_PATH,
        kind="cluster role",
        keys=keys,
        properties={
            "Description": f"Control plane of EKS cluster {plan.cluster.name}",
            **policy,
            "Tags": dict(new.role_tags),
        },
        part_of=CLUSTER_PATH,
        vital=True,
    )
    yield Resource(
        type="AWS::EC2::SecurityGroup",
        path=_CONTROL_PLANE_GROUP_PATH,
        kind="security group of the control plane",
        keys=keys,
        create_only={"GroupDescription": "EKS Control Plane Security Group", "VpcId": plan.vpc.value},
        part_of=CLUSTER_PATH,
        vital=True,
    )
    yield Resource(
        type="AWS::SSM::Parameter",
        path=("Cluster", "Cluster", "KubectlReadyBarrier"),
        kind="parameter that CDK waits for",
        keys=keys,
        part_of=CLUSTER_PATH,
    )


def _create_only(plan: Plan) -> dict[str, Value]:
    new, cluster = plan.cluster.new, plan.cluster
    assert new, "the caller has a new cluster"
    service: dict[str, Value] = {"ServiceIpv4Cidr": str(cluster.service_cidr)} if cluster.service_cidr else {}
    key: Value = ({"Provider": {"KeyArn": new.secrets_key_arn}, "Resources": ("secrets",)},)
    return {
        "Name": cluster.name,
        "RoleArn": Ref(_CLUSTER_ROLE_PATH, "Arn"),
        "KubernetesNetworkConfig": {
            "ElasticLoadBalancing": {"Enabled": True},
            "IpFamily": cluster.ip_family,
            **service,
        },
        "AccessConfig": {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False},
        "BootstrapSelfManagedAddons": False,
        **({"EncryptionConfig": key} if new.secrets_key_arn else {}),
    }


def _properties(plan: Plan) -> dict[str, Value]:
    new = plan.cluster.new
    assert new, "the caller has a new cluster"
    role: dict[str, Value] = {"NodeRoleArn": node_role_arn(plan)} if new.built_in_node_pools else {}
    public = tuple(map(str, new.public_access_cidrs))
    return {
        "Version": new.version,
        "ComputeConfig": {"Enabled": True, "NodePools": new.built_in_node_pools, **role},
        "ResourcesVpcConfig": {
            "EndpointPrivateAccess": True,
            "EndpointPublicAccess": bool(public),
            **({"PublicAccessCidrs": public} if public else {}),
            "SecurityGroupIds": (Ref(_CONTROL_PLANE_GROUP_PATH, "GroupId"),),
            "SubnetIds": tuple(plan.vpc.first_node_subnet(zone) for zone in new.zones),
        },
        **(
            {"Logging": {"ClusterLogging": {"EnabledTypes": tuple({"Type": log} for log in new.logs)}}}
            if new.logs
            else {}
        ),
        "StorageConfig": {"BlockStorage": {"Enabled": True}},
        "DeletionProtection": new.deletion_protection,
        "Tags": dict(new.tags),
    }


def access_entry(
    plan: Plan,
    path: ConstructPath,
    *,
    principal: Value,
    name: str,
    key: str,
    tags: Mapping[str, str],
    of: Literal["STANDARD", "EC2"] = "STANDARD",
) -> Resource:
    """The access entry of an IAM principal; `of` is its type, such as EC2."""
    return Resource(
        type="AWS::EKS::AccessEntry",
        path=path,
        kind="access entry",
        name=name,
        keys=(key,),
        create_only={"ClusterName": plan.cluster.name, "PrincipalArn": principal, "Type": of},
        properties={"Tags": dict(tags)} if tags else {},
    )


def node_role_arn(plan: Plan) -> Value:
    """ARN of the node role, as a property of a CloudFormation resource."""
    if plan.node_role.created:
        return Ref(_NODE_ROLE_PATH, "Arn")
    return f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{plan.node_role.name}"


def _node_role(plan: Plan) -> Iterator[Resource]:
    role = plan.node_role
    if role.created:
        yield Resource(
            type="AWS::IAM::Role",
            path=_NODE_ROLE_PATH,
            kind="node role",
            keys=("cluster.node_role",),
            create_only={"RoleName": role.name},
            properties={"Description": f"Nodes of EKS cluster {role.cluster_name}", "Tags": dict(role.tags)},
        )
    if role.access_entry:
        yield access_entry(
            plan,
            ("NodeRole", "AccessEntry"),
            principal=node_role_arn(plan),
            name=NODE_ENTRY,
            key="cluster.node_role",
            of="EC2",
            tags=role.tags,
        )


def _pod_group(plan: Plan) -> Iterator[Resource]:
    group = plan.pod_group
    inline = tuple(
        {**_peer(plan, rule.to, direction="Destination"), "Description": rule.reason, "IpProtocol": rule.protocol}
        for rule in group.inline_egress
    )
    if group.kind == "dedicated":
        yield Resource(
            type="AWS::EC2::SecurityGroup",
            path=_GROUP_PATH,
            kind="pod security group",
            keys=("pods.security_group",),
            create_only={"GroupDescription": group.description, "VpcId": plan.vpc.value},
            properties={"SecurityGroupEgress": inline, "Tags": dict(group.tags)},
            vital=True,
            vital_values=inline if group.egress is None else (),
        )
    for rule in group.rules:
        keys = ("pods.security_group", *_rule_keys(plan, rule))
        yield rule_resource(plan, rule, scope="PodSecurityGroup", kind="security group rule", keys=keys)
    for allowed in group.egress or ():
        keys = ("pods.security_group.egress",)
        yield egress_resource(plan, allowed, scope="PodSecurityGroup", kind="security group rule", keys=keys)


def _rule_keys(plan: Plan, rule: GroupRule) -> Iterator[str]:
    """The keys of the config that name the other side of a rule on the pods' group, or its port."""
    nodes = plan.cluster.node_security_groups
    if isinstance(rule.source, str):
        if {rule.on, rule.source} & set(nodes):
            yield "cluster.node_security_group_ids"
        elif not {rule.on, rule.source} <= {PODS, CLUSTER}:
            yield "pods.security_group.ingress" if rule.on == PODS else "pods.security_group.reaches"
        own = rule.on in (CLUSTER, *nodes) and rule.ports not in ((443, 443), (10250, 10250))
        if own and rule.ports:
            yield "cluster.host_network_ports"
        return
    known: dict[IPv4Network | IPv6Network, str] = {}
    known |= {block.cidr: f"pods.cidrs[{index}]" for index, block in enumerate(plan.pods.blocks)}
    known |= {cidr: f"vpc.cidrs[{index}]" for index, cidr in enumerate(plan.vpc.named_cidrs)}
    known |= {cidr: f"vpc.ipv6_cidrs[{index}]" for index, cidr in enumerate(plan.vpc.ipv6_cidrs)}
    yield known.get(rule.source, "pods.security_group.ingress")


def rule_resource(plan: Plan, rule: GroupRule, *, scope: str, kind: str, keys: tuple[str, ...]) -> Resource:
    """The resource of an ingress rule, which CloudFormation replaces if a property other than the description
    changes.
    """
    source = str(rule.source)
    return Resource(
        type="AWS::EC2::SecurityGroupIngress",
        path=(scope, f"{rule.on}-from-{construct_id(source)}{_range(rule)}"),
        kind=kind,
        name=f"{rule.on} from {source}{_suffix(rule)}",
        keys=keys,
        create_only={
            "GroupId": _group_value(plan, rule.on),
            **_peer(plan, rule.source, direction="Source"),
            **_traffic(rule),
        },
        properties={"Description": rule.reason},
        vital=True,
    )


def egress_resource(plan: Plan, rule: EgressRule, *, scope: str, kind: str, keys: tuple[str, ...]) -> Resource:
    """The resource of an egress rule, which CloudFormation replaces if a property other than the description
    changes.
    """
    to = str(rule.to)
    return Resource(
        type="AWS::EC2::SecurityGroupEgress",
        path=(scope, f"{PODS}-to-{construct_id(to)}{_range(rule)}"),
        kind=kind,
        name=f"{PODS} to {to}{_suffix(rule)}",
        keys=keys,
        create_only={
            "GroupId": _group_value(plan, PODS),
            **_peer(plan, rule.to, direction="Destination"),
            **_traffic(rule),
        },
        properties={"Description": rule.reason},
        vital=True,
    )


def _traffic(rule: GroupRule | EgressRule) -> dict[str, Value]:
    ports: dict[str, Value] = {"FromPort": rule.ports[0], "ToPort": rule.ports[1]} if rule.ports else {}
    return {"IpProtocol": rule.protocol, **ports}


def _range(rule: GroupRule | EgressRule) -> str:
    return f"-{rule.protocol}-{rule.ports[0]}-{rule.ports[1]}" if rule.ports else ""


def _suffix(rule: GroupRule | EgressRule) -> str:
    return f", {ports_in_words(rule)}" if rule.ports else ""


def _peer(
    plan: Plan, peer: Party | IPv4Network | IPv6Network, *, direction: Literal["Source", "Destination"]
) -> dict[str, Value]:
    """The property of a rule that names its other side."""
    if not isinstance(peer, str):
        return {"CidrIp" if peer.version == 4 else "CidrIpv6": str(peer)}  # noqa: PLR2004  the IP version
    if peer.startswith("pl-"):
        return {f"{direction}PrefixListId": peer}
    return {f"{direction}SecurityGroupId": _group_value(plan, peer)}


def _group_value(plan: Plan, party: Party) -> Value:
    match party:
        case "pods":
            return pod_group_value(plan)
        case "cluster":
            return plan.cluster.security_group_value
        case "endpoints":
            return Ref(ENDPOINT_GROUP_PATH, "GroupId")
        case _:
            name = given_name(party)
            return PassedIn(name) if name else party


def pod_group_value(plan: Plan) -> Value:
    """Id of the pods' security group, as a property of a CloudFormation resource."""
    match plan.pod_group.kind:
        case "dedicated":
            return Ref(_GROUP_PATH, "GroupId")
        case "cluster":
            return plan.cluster.security_group_value
        case "existing":
            return plan.pod_group.id
