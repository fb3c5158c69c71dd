"""CloudFormation resources of nodes: the VPC CNI add-on, and those that apply the manifests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.formats.manifest_files import Manifest, identity
from podspace.planning.addresses.plan import pod_subnet_path
from podspace.planning.cluster.resources import access_entry, pod_group_value
from podspace.planning.inventory import (
    KUBECTL_PROVIDER,
    KUBERNETES_OBJECT,
    ConstructPath,
    Ref,
    Resource,
    Value,
)
from podspace.planning.nodes.manifests import manifests
from podspace.planning.nodes.vpc_cni import add_on_configuration

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.plan import Plan

_ROLE_PATH: Final[ConstructPath] = ("Manifests", "Role")
_PARTS_OF_PROVIDER: Final = 8
"""Two functions, two layers, two log groups, a role and its policy."""
_PROVIDER_PATH: Final[ConstructPath] = ("Manifests", "Kubectl")


def node_resources(plan: Plan) -> Iterator[Resource]:
    """The VPC CNI add-on of a new cluster, and with `apply: true` the resources that apply each manifest."""
    yield from _vpc_cni(plan)
    if plan.apply:
        yield from _applied(plan)


def pod_subnet_values(plan: Plan, zone: str) -> tuple[Value, ...]:
    """Ids of the pod subnets of a zone, as properties of a CloudFormation resource."""
    created = tuple(Ref(pod_subnet_path(subnet.cidr)) for subnet in plan.pods.subnets if subnet.zone == zone)
    return created or tuple(plan.pods.subnet_ids.get(zone, ()))


def _vpc_cni(plan: Plan) -> Iterator[Resource]:
    if plan.vpc_cni is None or not plan.vpc_cni.add_on:
        return
    yield Resource(
        type="AWS::EKS::Addon",
        path=("VpcCni", "AddOn"),
        kind="VPC CNI add-on",
        keys=("vpc_cni",),
        create_only={"ClusterName": plan.vpc_cni.cluster_name, "AddonName": "vpc-cni"},
        properties={
            **({"AddonVersion": plan.vpc_cni.version} if plan.vpc_cni.version else {}),
            "ConfigurationValues": _configuration(plan),
            "Tags": dict(plan.vpc_cni.tags),
        },
    )


def _configuration(plan: Plan) -> Value:
    cni = plan.vpc_cni
    assert cni, "the caller has it"
    group = pod_group_value(plan)
    return {
        "env": cni_environment(plan),
        "eniConfig": {
            "create": True,
            "region": cni.region,
            "subnets": {
                each.name: {"id": pod_subnet_values(plan, each.zone)[each.index], "securityGroups": (group,)}
                for each in cni.eni_configs
            },
        },
    }


def cni_environment(plan: Plan) -> dict[str, str]:
    """Environment variables of the VPC CNI by name; empty without a `vpc_cni` section."""
    environment = add_on_configuration(plan.vpc_cni).values()["env"] if plan.vpc_cni else {}
    assert isinstance(environment, dict)
    return {name: str(value) for name, value in environment.items()}


def _applied(plan: Plan) -> Iterator[Resource]:
    zones = plan.pods.zones if plan.vpc.new else tuple(plan.vpc.node_subnets)
    role = Ref(_ROLE_PATH, "Arn")
    yield Resource(
        type=KUBECTL_PROVIDER,
        path=_PROVIDER_PATH,
        kind="functions that apply manifests",
        count=_PARTS_OF_PROVIDER,
        keys=("apply",),
        properties={
            "Role": role,
            "SecurityGroupIds": (plan.cluster.security_group_value,),
            "SubnetIds": tuple(plan.vpc.first_node_subnet(zone) for zone in zones),
        },
        vital=True,
    )
    yield Resource(
        type="AWS::IAM::Role",
        path=_ROLE_PATH,
        kind="role of the functions that apply manifests",
        keys=("apply",),
        properties={"Description": f"Applies manifests to EKS cluster {plan.cluster.name}"},
        part_of=_PROVIDER_PATH,
    )
    yield access_entry(
        plan,
        ("Manifests", "AccessEntry"),
        principal=role,
        name="of the functions that apply manifests",
        key="apply",
        tags={},
    )
    yield from (_object(manifest, cluster=plan.cluster.name) for manifest in manifests(plan))


def _object(manifest: Manifest, *, cluster: str) -> Resource:
    kind, name = identity(manifest)
    return Resource(
        type=KUBERNETES_OBJECT,
        path=("Manifests", f"{kind}-{name}", "Resource"),
        kind=kind,
        name=name,
        keys=("apply",),
        create_only={"ServiceToken": Ref(_PROVIDER_PATH, "Arn")},
        properties={
            "Manifest": json.dumps([manifest], separators=(",", ":"), ensure_ascii=False),
            "ClusterName": cluster,
            "Overwrite": True,
        },
        vital=kind != "ConfigMap",
        retained=kind == "ConfigMap",
    )
