"""Clusters of EKS, their access entries and add-ons, and objects that a custom resource applies to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tools.local_aws.cloudformation.resources.handler import (
    Aws,
    Created,
    Handler,
    Properties,
    boolean,
    names,
    tag_changes,
    tag_map,
)

_LOWER: Final = {"ResourcesVpcConfig": "resourcesVpcConfig", "KubernetesNetworkConfig": "kubernetesNetworkConfig"}


def _as_api(value: Any) -> Any:  # noqa: ANN401  a value of a template
    """A value of a template with the keys of the API: each begins with a small letter."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: _as_api(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_api(item) for item in value]
    return boolean(value) if value in ("true", "false") else value


def _logging(wanted: Properties) -> dict[str, Any]:
    types = [each["Type"] for each in wanted.get("Logging", {}).get("ClusterLogging", {}).get("EnabledTypes", [])]
    return {"clusterLogging": [{"types": types, "enabled": True}]}


class Cluster(Handler):
    """AWS::EKS::Cluster."""

    type = "AWS::EKS::Cluster"
    properties = names(
        "Name Version RoleArn ResourcesVpcConfig AccessConfig ComputeConfig StorageConfig KubernetesNetworkConfig"
        " BootstrapSelfManagedAddons Logging EncryptionConfig DeletionProtection Tags"
    )
    in_place = names("Version ComputeConfig DeletionProtection Logging Tags ResourcesVpcConfig")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        own = names("Name Logging Tags")
        given = {key[:1].lower() + key[1:]: _as_api(value) for key, value in wanted.items() if key not in own}
        cluster = aws("eks").create_cluster(
            name=wanted.get("Name", name), logging=_logging(wanted), tags=tag_map(wanted.get("Tags")), **given
        )["cluster"]
        attributes = {
            "Arn": cluster["arn"],
            "Endpoint": cluster["endpoint"],
            "ClusterSecurityGroupId": cluster["resourcesVpcConfig"]["clusterSecurityGroupId"],
            "CertificateAuthorityData": cluster["certificateAuthority"]["data"],
        }
        return Created(physical_id=cluster["name"], attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        eks = aws("eks")
        if before.get("Version") != after.get("Version"):
            eks.update_cluster_version(name=physical_id, version=after["Version"])
        for key in ("ComputeConfig", "DeletionProtection", "ResourcesVpcConfig"):
            if before.get(key) != after.get(key):
                eks.update_cluster_config(
                    name=physical_id, **{key[:1].lower() + key[1:]: _as_api(after.get(key, False))}
                )
        if before.get("Logging") != after.get("Logging"):
            eks.update_cluster_config(name=physical_id, logging=_logging(after))
        if before.get("Tags") != after.get("Tags"):
            arn = eks.describe_cluster(name=physical_id)["cluster"]["arn"]
            gone, tags = tag_changes(before, after)
            if gone:
                eks.untag_resource(resourceArn=arn, tagKeys=gone)
            if tags:
                eks.tag_resource(resourceArn=arn, tags=tags)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("eks").delete_cluster(name=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        cluster = aws("eks").describe_cluster(name=physical_id)["cluster"]
        return {
            "Name": cluster["name"],
            "Version": cluster["version"],
            "RoleArn": cluster["roleArn"],
            "DeletionProtection": cluster["deletionProtection"],
        }


class AccessEntry(Handler):
    """AWS::EKS::AccessEntry."""

    type = "AWS::EKS::AccessEntry"
    properties = names("ClusterName PrincipalArn Type AccessPolicies Tags")
    in_place = names("AccessPolicies Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        key = {"clusterName": wanted["ClusterName"], "principalArn": wanted["PrincipalArn"]}
        entry = aws("eks").create_access_entry(
            **key, type=wanted.get("Type", "STANDARD"), tags=tag_map(wanted.get("Tags"))
        )["accessEntry"]
        self._set_policies(aws, key, {}, wanted)
        arn = entry["accessEntryArn"]
        return Created(
            physical_id=f"{wanted['PrincipalArn']}|{wanted['ClusterName']}", attributes={"AccessEntryArn": arn}
        )

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        key = {"clusterName": after["ClusterName"], "principalArn": after["PrincipalArn"]}
        self._set_policies(aws, key, before, after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("eks").delete_access_entry(clusterName=properties["ClusterName"], principalArn=properties["PrincipalArn"])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        key = {"clusterName": properties["ClusterName"], "principalArn": properties["PrincipalArn"]}
        entry = aws("eks").describe_access_entry(**key)["accessEntry"]
        policies = aws("eks").list_associated_access_policies(**key)["associatedAccessPolicies"]
        scopes = [
            {"PolicyArn": each["policyArn"], "AccessScope": {"Type": each["accessScope"]["type"]}} for each in policies
        ]
        return {
            "ClusterName": entry["clusterName"],
            "PrincipalArn": entry["principalArn"],
            "Type": entry["type"],
            "AccessPolicies": scopes,
        }

    def _set_policies(self, aws: Aws, key: Mapping[str, str], before: Properties, after: Properties) -> None:
        old, new = (
            {each["PolicyArn"]: each["AccessScope"] for each in of.get("AccessPolicies", [])} for of in (before, after)
        )
        for arn in old.keys() - new.keys():
            aws("eks").disassociate_access_policy(**key, policyArn=arn)
        for arn, scope in new.items():
            aws("eks").associate_access_policy(**key, policyArn=arn, accessScope=_as_api(scope))


class Addon(Handler):
    """AWS::EKS::Addon."""

    type = "AWS::EKS::Addon"
    properties = names("ClusterName AddonName AddonVersion ConfigurationValues Tags")
    in_place = names("AddonVersion ConfigurationValues Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        addon = aws("eks").create_addon(**self._given(wanted), tags=tag_map(wanted.get("Tags")))["addon"]
        id_ = f"{wanted['ClusterName']}|{wanted['AddonName']}"
        return Created(physical_id=id_, attributes={"Arn": addon["addonArn"]})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        aws("eks").update_addon(**self._given(after))
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("eks").delete_addon(clusterName=properties["ClusterName"], addonName=properties["AddonName"])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        key = {"clusterName": properties["ClusterName"], "addonName": properties["AddonName"]}
        addon = aws("eks").describe_addon(**key)["addon"]
        read = {"AddonName": addon["addonName"], "ConfigurationValues": addon.get("configurationValues")}
        return {key: value for key, value in read.items() if key in properties}

    def _given(self, wanted: Properties) -> dict[str, Any]:
        return {key[:1].lower() + key[1:]: value for key, value in wanted.items() if key != "Tags"}


class KubernetesResource(Handler):
    """Custom::AWSCDK-EKS-KubernetesResource: what CDK's kubectl provider applies.

    The functions are not run.  Objects are kept with the cluster, if the provider's function and the cluster exist and
    the function's role may change the cluster.
    """

    type = "Custom::AWSCDK-EKS-KubernetesResource"
    properties = names("ServiceToken ClusterName Manifest Overwrite")
    in_place = names("Manifest Overwrite")
    custom = True
    create_only = names("ServiceToken ClusterName")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        self._apply(aws, wanted)
        return Created(physical_id=name)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._apply(aws, after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self._check(aws, properties)
        aws.objects(properties["ClusterName"]).remove(json.loads(properties["Manifest"]))

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        aws("eks").describe_cluster(name=properties["ClusterName"])  # its objects are gone with it
        found = aws.objects(properties["ClusterName"]).of(json.loads(properties["Manifest"]))
        return {"ClusterName": properties["ClusterName"]} if found else None

    def _apply(self, aws: Aws, wanted: Properties) -> None:
        self._check(aws, wanted)
        aws.objects(wanted["ClusterName"]).apply(json.loads(wanted["Manifest"]))

    def _check(self, aws: Aws, wanted: Properties) -> None:
        """The functions exist, and the role of the one that runs kubectl has an access entry of the cluster."""
        provider = aws("lambda").get_function_configuration(FunctionName=wanted["ServiceToken"])
        handler = provider["Environment"]["Variables"]["USER_ON_EVENT_FUNCTION_ARN"]
        role = aws("lambda").get_function_configuration(FunctionName=handler)["Role"]
        policies = aws("eks").list_associated_access_policies(clusterName=wanted["ClusterName"], principalArn=role)
        if not policies["associatedAccessPolicies"]:
            raise RuntimeError(f"Unauthorized: {role} may change nothing in cluster {wanted['ClusterName']}")
