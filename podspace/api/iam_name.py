"""Names of IAM roles and instance profiles of nodes, without path, never ARNs."""

from __future__ import annotations

import re
from typing import Annotated

from podspace.api.model import Matching
from podspace.api.selector import NODE_CLASS

_COMPUTE_POLICY = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSComputePolicy.html"


def _last_part(text: str) -> str:
    name = re.split("[/:]", text)[-1]
    return name if name != text else ""


def _role_fix(text: str) -> str:
    name = _last_part(text)
    return f"give the role's name, not its ARN or path: {name}" if name else ""


def _profile_fix(text: str) -> str:
    name = _last_part(text)
    if name.startswith("eks"):
        return f"give the profile's name, not its ARN or path: {name}"
    return "create an instance profile with such a name that contains the node role"


RoleName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_+=,.@-]{1,64}",
        must="must be the name of an IAM role: 1 to 64 letters, digits or _+=,.@-",
        fix=_role_fix,
        source=NODE_CLASS,
        title="IAM role name",
        example="shop-nodes",
    ),
]
"""Name of an IAM role: at most 64 characters (in the schema) that IAM allows:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""

InstanceProfileName = Annotated[
    str,
    Matching(
        r"eks[A-Za-z0-9_+=,.@-]{0,125}",
        must="must be the name of an instance profile that begins with eks: 3 to 128 letters, digits or _+=,.@-",
        fix=_profile_fix,
        source=_COMPUTE_POLICY,
        inferred=True,
        title="instance profile name",
        example="eks-shop-nodes",
    ),
]
"""Name of an IAM instance profile, which begins with eks (inferred: EKS's own policy allows no other, and AWS's page
has such an example)."""
