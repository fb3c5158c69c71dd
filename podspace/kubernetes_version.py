"""Kubernetes versions of EKS clusters, and what changes with them."""

from __future__ import annotations

import re
from typing import Final

AUTO_CHANGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-change.html"
"""AWS's release notes of EKS Auto Mode."""
FIRST_AUTO_MODE: Final = 29
"""The first minor version with EKS Auto Mode: https://docs.aws.amazon.com/eks/latest/userguide/create-auto.html."""
FIRST_BALANCED: Final = 37
"""The first minor version whose new NodePools have the policy Balanced by default (AUTO_CHANGE, 2026-10-01).

The NodePool in that note has no `consolidateAfter`, which earlier schemas require. Karpenter has a default for it since
https://github.com/kubernetes-sigs/karpenter/pull/3220; that clusters have it from this version on is inferred.
"""


def minor_version(version: str) -> int | None:
    """The number after the dot: 36 of `1.36`; None if the text is not a version such as this."""
    found = re.fullmatch(r"1\.([0-9]{2})", version)
    return int(found[1]) if found else None
