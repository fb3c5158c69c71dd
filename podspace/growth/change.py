"""What becomes of something that is live when a changed config is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from podspace.growth.part import APPLY, BLOCK, EKS_CLUSTER, POD_SUBNET, STACK, VPC, VPC_SUBNET

Effect = Literal["added", "updated", "replaces-nodes", "replaced", "removed", "refused"]
EFFECTS: Final[tuple[Effect, ...]] = ("added", "updated", "replaces-nodes", "replaced", "removed", "refused")
"""From what is harmless to what fails."""

SELECTOR_TAG: Final = "selector tag"
_LIVE: Final = frozenset({STACK, VPC, EKS_CLUSTER, APPLY, SELECTOR_TAG, BLOCK, POD_SUBNET, VPC_SUBNET})


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """Why a change has its effect, and what to do.

    Attributes:
        why: what AWS or the API server does, in a sentence without its full stop.
        instead: what to do in place of the change, or before it; empty where it is fine.
        source: the page that says so, a URL.
        inferred: whether it is drawn from the source without being stated there.
    """

    why: str
    instead: str = ""
    source: str = ""
    inferred: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change between what a file says and what it said.

    Attributes:
        what: the kind of thing that changes, such as `pod subnet`.
        name: which one; empty where there is one.
        effect: `updated` is in place; `replaces-nodes` means Kubernetes nodes.
        text: what differs.
        advice: None where it needs no word.
        subnets: the live subnets, by CIDR, that are lost by it.
    """

    what: str
    name: str
    effect: Effect
    text: str = ""
    advice: Advice | None = None
    subnets: tuple[str, ...] = ()

    @property
    def loses(self) -> bool:
        """Whether something is lost that pods live on, or the deployment or the API server refuses."""
        return self.effect == "refused" or (self.effect in ("replaced", "removed") and self.what in _LIVE)
