"""Tags of a NodeClass for its EC2 resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from podspace.api.refusal import refusal
from podspace.api.selector import NODE_CLASS
from podspace.diagnostic import Diagnostic

TAGS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html"

TAG_KEY = r"[\w .:/=+@-]{1,128}"
"""Regular expression of the key of an EC2 tag."""

_RESTRICTED = frozenset({
    "karpenter.sh/provisioner-name",
    "karpenter.sh/nodepool",
    "karpenter.sh/nodeclaim",
    "karpenter.sh/managed-by",
    "eks.amazonaws.com/nodeclass",
})  # fmt: skip
_OWN = frozenset({"eks:eks-cluster-name"})


def _own_tag(key: str) -> str:
    own = key in _OWN or key.lower().startswith("aws:")
    if own or key in _RESTRICTED or key.startswith("kubernetes.io/cluster"):
        must = "must not be a tag that EKS Auto Mode or AWS writes itself"
        raise refusal(Diagnostic(message=must, fix="use another key", source=NODE_CLASS, inferred=own))
    if not re.fullmatch(TAG_KEY, key) or key == "__proto__":
        must = "must be 1 to 128 letters, digits, spaces or _.:/=+-@, the keys that EC2 accepts"
        raise refusal(Diagnostic(message=must, source=TAGS))
    return key


Tags = Annotated[
    Mapping[Annotated[str, AfterValidator(_own_tag)], Annotated[str, Field(max_length=256)]],
    Field(examples=[{"team": "network"}], json_schema_extra={
        "propertyNames": {"not": {"anyOf": [{"enum": sorted(_RESTRICTED | _OWN)},
                                            {"pattern": "^(kubernetes\\.io/cluster|[Aa][Ww][Ss]:)"}]}},
    }),
]  # fmt: skip
"""Tags of EC2 resources. Keys that EKS writes are errors: five of them and `kubernetes.io/cluster*` (in the schema, and
documented), `eks:eks-cluster-name` (inferred: Auto Mode writes it, and Karpenter's own EC2NodeClass refuses it) and
`aws:*`."""
