"""The `endpoints` section: ways to AWS services that leave neither the VPC nor through a gateway that costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from podspace.api.model import Matching
from podspace.planning.config.aws_id import SecurityGroupId, SubnetId, Zone
from podspace.planning.config.section import Section, SetOf

AUTO_MODE_SERVICES: Final = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sts")
"""What a private cluster needs (https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html), read for
Auto Mode, of which that page says nothing (inferred)."""

ServiceName = Annotated[
    str,
    Matching(
        r"[a-z0-9-]+(\.[a-z0-9-]+)*",
        must="must be the short name of a service, such as ecr.api, without com.amazonaws and region",
    ),
]


class InterfacesConfig(Section):
    """Interface endpoints: those to be made, or the groups of those that exist."""

    existing: bool = False
    """Whether the endpoints exist; then `security_group_ids` names their groups, and nothing else is made."""
    services: SetOf[ServiceName] = Field(default=AUTO_MODE_SERVICES, min_length=1, max_length=50)
    subnets: Mapping[Zone, SubnetId] | None = Field(default=None, min_length=1)
    """One subnet a zone for their interfaces; where left out, the first node subnet of each pod zone."""
    security_group_ids: SetOf[SecurityGroupId] = Field(default=(), max_length=16)
    """The groups of endpoints that exist; each lets the pods in on TCP 443."""

    @model_validator(mode="after")
    def _made_or_existing(self) -> Self:
        if self.existing and self.model_fields_set & {"services", "subnets"}:
            raise ValueError("must leave `services` and `subnets` out: the endpoints exist already")
        if self.existing and not self.security_group_ids:
            raise ValueError(
                "must name the endpoints' groups as `security_group_ids`: a group that does not let the pods in keeps "
                "them from every endpoint, whatever their routes; `aws ec2 describe-vpc-endpoints` shows it as Groups"
            )
        if not self.existing and self.security_group_ids:
            raise ValueError("must leave `security_group_ids` out: endpoints made here get a group of their own")
        return self


class EndpointsConfig(Section):
    """VPC endpoints for the pods."""

    gateways: SetOf[Literal["s3", "dynamodb"]] = Field(default=(), max_length=2)
    """Gateway endpoints to be made on the pod route tables, also where the VPC has its own on others."""
    interfaces: InterfacesConfig | None = None
