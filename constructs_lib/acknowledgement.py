"""Accepting a finding where it arises, with a reason a stranger can check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

LITERAL_ZONES: Final = {
    "CloudFormation-Validate::W3010": "zones are literal by design: manifests, subnets and NAT "
    "gateways are matched zone by zone before anything is deployed"
}
"""Why zones are written out in templates."""


def managed_policies(names: Mapping[str, str], *, page: str) -> dict[str, str]:
    """The acknowledgement of AWS managed policies on a role.

    Args:
        names: what each policy lets the role do, by its name; a path, as in `service-role/…`, is part of that.
        page: the AWS page that asks for them.
    """
    finding = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{}]"
    return {finding.format(name): f"AWS requires it, because it {why}: {page}" for name, why in names.items()}


def acknowledge(scope: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge validation findings on a construct and all below it.

    Args:
        scope: where the findings arise.
        reasons: why each is right, by its full id. cdk-nag's granular rules take the bare id with the finding
            (`AwsSolutions-IAM4[Policy::…]`), CDK's template validation a qualified one
            (`CloudFormation-Validate::W3010`).
    """
    Validations.of(scope).acknowledge(*(Acknowledgment(id=id, reason=reason) for id, reason in reasons.items()))
