"""Accepting a finding where it arises, with a reason a stranger can check."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge validation findings on a construct and all below it.

    Args:
        scope: where the findings arise.
        reasons: why each is right, by its full id. cdk-nag's granular rules take the bare id with the finding
            (`AwsSolutions-IAM4[Policy::…]`), CDK's template validation a qualified one
            (`CloudFormation-Validate::W3010`).
    """
    Validations.of(scope).acknowledge(*(Acknowledgment(id=id, reason=reason) for id, reason in reasons.items()))
