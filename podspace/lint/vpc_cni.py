"""The VPC CNI add-on of EKS as templates configure it, and the ENIConfigs that it or a manifest creates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from podspace.api.label_domain import ZONE_LABEL
from podspace.lint.applied import parsed
from podspace.lint.deployment import Deployment, Manifest
from podspace.lint.stack import Resource
from podspace.lint.value import Value, items, mapping

CUSTOM_NETWORKING: Final = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_LABEL: Final = "ENI_CONFIG_LABEL_DEF"


@dataclass(frozen=True, kw_only=True, slots=True)
class EniConfigInUse:
    """An ENIConfig in a manifest or in the configuration of an add-on.

    Attributes:
        at: the manifest, or the add-on that creates it.
        name: name of the ENIConfig, usually a zone.
        subnet: subnet id.
        groups: ids of its security groups; empty if it has none.
    """

    at: Manifest | Resource
    name: str
    subnet: Value
    groups: tuple[Value, ...]

    def place(self, path: str) -> str:
        """Where a path of its spec is written."""
        return "Properties.ConfigurationValues" if isinstance(self.at, Resource) else f"spec.{path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcCni:
    """The add-on of a cluster.

    Attributes:
        configuration: its values, as far as they are known.
        known: whether they are text that could be read.
    """

    resource: Resource
    configuration: Mapping[str, Value]
    known: bool

    @property
    def custom_networking(self) -> bool | None:
        """Whether ENIConfigs have an effect; None if that is not known."""
        value = mapping(self.configuration.get("env")).get(CUSTOM_NETWORKING, "false")
        return str(value).lower() == "true" if self.known and isinstance(value, str | bool) else None

    @property
    def by_zone(self) -> bool:
        """Whether nodes find their ENIConfig by the name of their zone."""
        return mapping(self.configuration.get("env")).get(_LABEL) == ZONE_LABEL

    def eni_configs(self) -> Iterator[EniConfigInUse]:
        """The ENIConfigs that the add-on creates."""
        created = mapping(self.configuration.get("eniConfig"))
        for zone, subnet in mapping(created.get("subnets")).items() if created.get("create") is True else ():
            groups = tuple(items(mapping(subnet).get("securityGroups")))
            yield EniConfigInUse(at=self.resource, name=zone, subnet=mapping(subnet).get("id"), groups=groups)


class VpcCnis:
    """All add-ons and ENIConfigs of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        """Read them."""
        addons = deployment.of_type("AWS::EKS::Addon")
        self.addons = tuple(_addon(one) for one in addons if one.get("AddonName") == "vpc-cni")
        of_addons = [one for addon in self.addons for one in addon.eni_configs()]
        self.eni_configs = (*map(_of_manifest, deployment.of_kind("ENIConfig")), *of_addons)
        """Every ENIConfig, of manifests and of add-ons."""


def _addon(resource: Resource) -> VpcCni:
    written = resource.get("ConfigurationValues")
    configuration = {} if written is None else parsed(written)
    known = isinstance(configuration, dict) and resource.certain
    return VpcCni(resource=resource, configuration=mapping(configuration), known=known)


def _of_manifest(manifest: Manifest) -> EniConfigInUse:
    groups = tuple(items(manifest.get("spec", "securityGroups")))
    return EniConfigInUse(at=manifest, name=manifest.name, subnet=manifest.get("spec", "subnet"), groups=groups)
