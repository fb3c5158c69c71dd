"""One thing that a deployment makes, with what of it can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final

Value = str | tuple[str, ...]
"""A property in words: one value, or a list of them."""

BLOCK: Final = "block"
POD_SUBNET: Final = "pod subnet"
VPC_SUBNET: Final = "VPC subnet"
STACK: Final = "stack"
VPC: Final = "VPC"
EKS_CLUSTER: Final = "cluster"
APPLY: Final = "functions that apply manifests"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One thing that a deployment makes.

    CloudFormation replaces a resource where its logical id or a create-only property changes
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html).
    A logical id follows from what and name here; tests hold both against synthesised templates.

    Attributes:
        what: its kind in words, such as `pod subnet`.
        name: what tells it from others of its kind, from one deployment to the next; empty where there is one.
        said: what else to say of it where it comes or goes.
        fixed: properties whose change replaces it.
        held: properties whose change the service refuses.
        free: properties that change in place.
        addresses: the range that it alone may have.
    """

    what: str
    name: str = ""
    said: str = ""
    fixed: Mapping[str, Value] = field(default_factory=dict)
    held: Mapping[str, Value] = field(default_factory=dict)
    free: Mapping[str, Value] = field(default_factory=dict)
    addresses: IPv4Network | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.what, self.name


def differences(old: Mapping[str, Value], new: Mapping[str, Value]) -> str:
    """What differs between two mappings with the same keys, in words; empty where nothing does."""
    return ", ".join(_difference(key, old[key], new[key]) for key in old if old[key] != new[key])


def _difference(key: str, old: Value, new: Value) -> str:
    if isinstance(old, str) or isinstance(new, str):
        return f"{key} {_shown(old)} to {_shown(new)}"
    changes = [
        f"{verb} {', '.join(items)}"
        for verb, items in (
            ("gains", [item for item in new if item not in old]),
            ("loses", [item for item in old if item not in new]),
        )
        if items
    ]
    return f"{key} {' and '.join(changes) or 'in another order'}"


def _shown(value: Value) -> str:
    return (value if isinstance(value, str) else ", ".join(value)) or "none"
