"""Configuration of the VPC CNI add-on of EKS for custom networking: separate subnets for pods of managed node groups.

The format is the add-on's own schema, as `aws eks describe-addon-configuration --addon-name vpc-cni` prints it, and
the environment of https://github.com/aws/amazon-vpc-cni-k8s#readme. All values are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from podspace.api.label_domain import ZONE_LABEL
from podspace.api.model import ApiModel, ListOf

CNI = "https://github.com/aws/amazon-vpc-cni-k8s#readme"


class Environment(ApiModel):
    """The variables of the CNI that custom networking needs."""

    custom_network_cfg: Literal["true"] = Field(default="true", alias="AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")
    eni_config_label_def: str = Field(default=ZONE_LABEL, alias="ENI_CONFIG_LABEL_DEF")
    """The label of a node by which the CNI finds its ENIConfig, which is then named like the zone."""
    external_snat: Literal["true", "false"] = Field(default="false", alias="AWS_VPC_K8S_CNI_EXTERNALSNAT")
    prefix_delegation: Literal["true", "false"] = Field(default="true", alias="ENABLE_PREFIX_DELEGATION")
    warm_prefix_target: str | None = Field(default=None, alias="WARM_PREFIX_TARGET")


class ZoneSubnet(ApiModel):
    """The pod subnet of one zone. IDs may be references that CloudFormation resolves."""

    id: str
    security_groups: ListOf[str]


class ENIConfigs(ApiModel):
    """The ENIConfigs that the add-on creates, one for each zone, named after it."""

    create: Literal[True] = True
    region: str
    subnets: Annotated[Mapping[str, ZoneSubnet], Field(min_length=1)]


class VpcCniConfiguration(ApiModel):
    """The configuration values of the VPC CNI add-on."""

    env: Environment = Environment()
    eni_config: ENIConfigs | None = None

    def values(self) -> dict[str, JsonValue]:
        """The configuration values as plain data, to be written as JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
