"""Acknowledgements of validation findings, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

LITERAL_ZONES: Final = {
    "CloudFormation-Validate::W3010": "zones are literal by design: manifests, subnets and NAT "
    "gateways are matched zone by zone before anything is deployed"
}
"""Reason for the acknowledgement of literal availability zones in a template."""


def managed_policies(names: Mapping[str, str], *, page: str) -> dict[str, str]:
    """The acknowledgement of the findings about AWS managed policies on a role.

    Args:
        names: what each policy allows, by the policy's name with its path, such as `service-role/…`.
        page: URL of the AWS page that requires the policies.
    """
    finding = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{}]"
    return {finding.format(name): f"AWS requires it, because it {why}: {page}" for name, why in names.items()}


def acknowledge(scope: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge validation findings on a construct and all below it.

    Args:
        scope: the construct that has the findings, or one around it.
        reasons: the reason for each finding, by the full id of its rule. Granular rules of cdk-nag have the id with the
            finding in brackets (`AwsSolutions-IAM4[Policy::…]`), rules of CDK's template validation have a prefix
            (`CloudFormation-Validate::W3010`).
    """
    Validations.of(scope).acknowledge(*(Acknowledgment(id=id, reason=reason) for id, reason in reasons.items()))
