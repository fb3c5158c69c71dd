"""One change that a deployment makes, with its effect and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from podspace.diagnostic import Severity

Effect = Literal["added", "updated", "replaces-nodes", "replaced", "removed", "refused"]
EFFECTS: Final[tuple[Effect, ...]] = ("added", "updated", "replaces-nodes", "replaced", "removed", "refused")
"""In the order in which they are reported, the worst last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """Why a change has its effect, and what to do; each sentence without its full stop.

    Attributes:
        cause: what AWS or the API server does; empty if there is nothing to add.
        keep: how to leave the resource as it is, such as `keep pods.cidrs[1]`; empty if that is not needed.
        steps: how to make the change safely, in order.
        source: URL of the page that states the cause.
        inferred: whether the cause follows from the source without being stated there.
    """

    cause: str = ""
    keep: str = ""
    steps: tuple[str, ...] = ()
    source: str = ""
    inferred: bool = False

    @property
    def fix(self) -> str:
        """How to avoid the change, and the numbered steps that make it safely."""
        steps = ", ".join(f"({number}) {step}" for number, step in enumerate(self.steps, start=1))
        return "; ".join(filter(None, [self.keep, f"if the change is intended: {steps}" if steps else ""]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change from the old config to the new one.

    Attributes:
        kind: kind of the resource, such as `pod subnet`.
        name: name that distinguishes it from others of its kind; empty if there is one.
        effect: `updated` means in place; `replaces-nodes` means Kubernetes nodes.
        text: the difference in words.
        loses: whether running nodes or pods lose something that they depend on, or the change is refused.
        advice: its cause, and what to do.
        subnets: deployed subnets that it removes, by CIDR block.
    """

    kind: str
    name: str = ""
    effect: Effect
    text: str = ""
    loses: bool = False
    advice: Advice = Advice()
    subnets: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Kind and name, such as `pod subnet 100.64.0.0/18`."""
        return f"{self.kind} {self.name}".strip()

    @property
    def severity(self) -> Severity:
        """An error if it loses something, a note if it adds or updates something, else a warning."""
        if self.loses:
            return "error"
        return "note" if self.effect in ("added", "updated") else "warning"
