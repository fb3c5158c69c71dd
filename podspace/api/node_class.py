"""NodeClass of eks.amazonaws.com/v1: the infrastructure that EKS Auto Mode gives the nodes of a NodePool.

Fields and rules: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html, and the schema
that EKS installs in a cluster, of which https://github.com/datreeio/CRDs-catalog keeps an early copy.
A rule that neither states says that it is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from podspace.api.model import ApiModel, ResourceName, matching
from podspace.api.refusal import refusal
from podspace.api.selector import (
    NODE_CLASS,
    NonEmpty,
    PodSecurityGroupSelectorTerms,
    SecurityGroupSelectorTerms,
    SubnetSelectorTerms,
)
from podspace.problem import Problem

TAGS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html"

TAG_KEY = r"[\w .:/=+@-]{1,128}"
"""What EC2 takes for the key of a tag."""

SnatPolicy = Literal["Random", "Disabled"]


def _not_default(name: str) -> str:
    """EKS makes a NodeClass named `default` for its built-in NodePools (documented)."""
    if name == "default":
        must = "must not be default: EKS gives that name to the NodeClass of its built-in NodePools"
        raise refusal(Problem(place="", must=must, fix="choose another name", source=NODE_CLASS))
    return name


def _role_fix(text: str) -> str:
    name = re.split("[/:]", text)[-1]
    return f"give the role's name, not its ARN or path: {name}" if name and name != text else ""


def _storage_fix(text: str) -> str:
    """The schema's pattern leaves out the Ti sizes whose second digit is 8 or 9; all but 58 fit in Gi."""
    if missed := re.fullmatch("([1-4][89])Ti", text):
        return f"the NodeClass schema does not take this number of Ti: write {int(missed.group(1)) * 1024}Gi"
    return ""


_RESTRICTED_TAGS = frozenset({
    "karpenter.sh/provisioner-name",
    "karpenter.sh/nodepool",
    "karpenter.sh/nodeclaim",
    "karpenter.sh/managed-by",
    "eks.amazonaws.com/nodeclass",
    "eks:eks-cluster-name",  # inferred: Auto Mode writes it, and Karpenter's own EC2NodeClass refuses it
})  # fmt: skip


def _own_tag(key: str) -> str:
    if key in _RESTRICTED_TAGS or key.startswith("kubernetes.io/cluster") or key.lower().startswith("aws:"):
        must = "must not be a tag that EKS Auto Mode or AWS writes itself"
        raise refusal(Problem(place="", must=must, fix="use a key of your own", source=NODE_CLASS))
    if not re.fullmatch(TAG_KEY, key) or key == "__proto__":
        must = "must be 1 to 128 letters, digits, spaces or _.:/=+-@, as EC2 takes keys of tags"
        raise refusal(Problem(place="", must=must, source=TAGS))
    return key


RoleName = Annotated[
    str,
    matching(
        r"[A-Za-z0-9_+=,.@-]{1,64}",
        must="must be the name of an IAM role: 1 to 64 letters, digits or _+=,.@-",
        fix=_role_fix,
        source=NODE_CLASS,
    ),
]
"""The characters are IAM's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""

StorageSize = Annotated[
    str,
    matching(
        r"([1-9][0-9]{0,3}|[1-4][0-9]{4}|5[0-8][0-9]{3}|59000)Gi"
        r"|([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-3][0-9]{3}|64000)G"
        r"|([1-9]|[1-5][0-7]|58)Ti"
        r"|([1-9]|[1-5][0-9]|6[0-3]|64)T",
        must="must be 1-59000Gi, 1-64000G, 1-58Ti or 1-64T, a whole number",
        fix=_storage_fix,
        source=NODE_CLASS,
    ),
]
"""The schema's own pattern, but for a bare `Ti` or `T`, which it accepts and which is no size."""


class EphemeralStorage(ApiModel):
    """The node's data volume; what is left out keeps the API's default: 80Gi, 3000 IOPS, 125 MiB/s."""

    size: StorageSize | None = Field(default=None, description="With its unit: Gi, G, Ti or T.")
    iops: Annotated[int, Field(ge=3000, le=16000)] | None = Field(default=None, description="Per second.")
    throughput: Annotated[int, Field(ge=125, le=1000)] | None = Field(default=None, description="In MiB/s.")
    kms_key_id: NonEmpty | None = Field(
        default=None,
        alias="kmsKeyID",
        description="KMS key ID, key ARN, alias name or alias ARN; it encrypts the root volume as well.",
    )


class AdvancedNetworking(ApiModel):
    """How a node takes its addresses."""

    ipv4_prefix_size: Literal["Auto", "32"] | None = Field(
        default=None,
        alias="ipv4PrefixSize",
        description='"Auto" takes /28 prefixes and falls back to single addresses; "32" takes only those.',
    )
    enable_v4_egress: bool | None = Field(
        default=None,
        alias="enableV4Egress",
        description="Whether pods of an IPv6 cluster reach IPv4 destinations by their node's address; true by default.",
    )


class NodeClassSettings(ApiModel):
    """What a person chooses about a NodeClass; None leaves the API's default in place."""

    snat_policy: SnatPolicy | None = Field(
        default=None,
        description="Random (the default) translates traffic that leaves the VPC to the node's address.",
    )
    network_policy: Literal["DefaultAllow", "DefaultDeny"] | None = Field(
        default=None, description="What a new pod may do before its network policies are in place."
    )
    network_policy_event_logs: Literal["Enabled", "Disabled"] | None = Field(
        default=None, description="Whether the node logs policy decisions to a file of its own."
    )
    ephemeral_storage: EphemeralStorage | None = None
    advanced_networking: AdvancedNetworking | None = None
    tags: Mapping[Annotated[str, AfterValidator(_own_tag)], Annotated[str, Field(max_length=256)]] | None = Field(
        default=None,
        description="Tags for the EC2 resources; they need a cluster role that allows them,"
        " https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html. Values may be empty.",
    )


class NodeClassSpec(NodeClassSettings):
    """A NodeClass in full: the settings, the nodes' role, and where nodes and pods get their addresses."""

    role: RoleName = Field(description="The name, not the ARN, of the IAM role of the nodes.")
    subnet_selector_terms: SubnetSelectorTerms
    security_group_selector_terms: SecurityGroupSelectorTerms
    pod_subnet_selector_terms: SubnetSelectorTerms | None = None
    pod_security_group_selector_terms: PodSecurityGroupSelectorTerms | None = None

    def rules(self) -> Iterator[Problem]:
        """Pod subnets and pod security groups are given together (documented)."""
        yield from super().rules()
        pair = ("pod_subnet_selector_terms", "pod_security_group_selector_terms")
        given = [name for name in pair if getattr(self, name) is not None]
        if len(given) == 1:
            (missing,) = set(pair) - set(given)
            must = "must be given: pod subnets and pod security groups go together"
            yield Problem(place=missing, must=must, fix="give both, or neither", source=NODE_CLASS)


class NodeClass(ApiModel):
    """A NodeClass of a cluster; it has no namespace."""

    name: Annotated[ResourceName, AfterValidator(_not_default)]
    spec: NodeClassSpec

    def manifest(self) -> dict[str, JsonValue]:
        """The object to apply: what was set, nothing that was not; who and where come before settings."""
        written = self.spec.model_dump(mode="json", by_alias=True, exclude_none=True)
        chosen = {field.alias for field in NodeClassSettings.model_fields.values()}
        identity = {key: value for key, value in written.items() if key not in chosen}
        return {
            "apiVersion": "eks.amazonaws.com/v1",
            "kind": "NodeClass",
            "metadata": {"name": self.name},
            "spec": {**identity, **written},
        }
