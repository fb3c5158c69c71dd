"""Partitions of AWS, by region."""

from __future__ import annotations

from typing import Final

_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
"""By the beginning of a region's name, as in `partitions.json` of botocore."""


def partition_of(region: str) -> str:
    """The partition of a region, such as `aws` of eu-west-1: the second part of every ARN there."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")
