"""Memory, kernel and kubelet settings of a NodeClass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.json_rule import has, when
from podspace.api.kubelet import KUBELET, Kubelet
from podspace.api.model import ApiModel, ListOf
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS
from podspace.api.sysctl import Sysctls
from podspace.diagnostic import Diagnostic, Location

HUGEPAGES = f"{NODE_CLASS}#hugepages-considerations"
NAMESPACES = "user.max_user_namespaces"


class HugePage(ApiModel):
    """A number of huge pages of one size, reserved on each node."""

    size: Literal["2Mi", "1Gi"] = Field(description="Size of each page.")
    count: Annotated[int, Field(ge=1)] = Field(
        description=(
            "At least 1 (inferred). Instance types on which the pages need more than 80% of the memory are not used."
        )
    )


class TransparentHugePages(ApiModel):
    """The kernel's policy for transparent huge pages; madvise by default."""

    json_rules: ClassVar[JsonDict] = when(
        has("enabled", {"const": "never"}), then={"properties": {"defrag": {"enum": ["never", None]}}}
    )

    enabled: Literal["always", "madvise", "never"] | None = Field(
        default=None, description="Which memory the kernel puts into transparent huge pages."
    )
    defrag: Literal["always", "defer", "defer+madvise", "madvise", "never"] | None = Field(
        default=None, description="Which memory the kernel compacts to get huge pages; only never if enabled is never."
    )

    def rules(self) -> Iterator[Diagnostic]:
        """If `enabled` is never, `defrag` is never too, or left out (documented)."""
        if self.enabled == "never" and self.defrag not in {None, "never"}:
            must = "must be removed, or `never`, if enabled is never"
            yield Diagnostic(
                location=Location(path="defrag"), subject=shown(self.defrag), message=must, source=HUGEPAGES
            )


class HugePages(ApiModel):
    """Reserved huge pages, and the policy for transparent huge pages."""

    pages: Annotated[ListOf[HugePage], Field(max_length=2)] | None = Field(
        default=None, description="At most one entry of each size; never with efa-only interfaces."
    )
    transparent: TransparentHugePages | None = None

    def rules(self) -> Iterator[Diagnostic]:
        """There is at most one entry for each size (documented)."""
        for size, count in Counter(page.size for page in self.pages or ()).items():
            if count > 1:
                must = f"must have one entry of {size}, but has {count}"
                yield Diagnostic(
                    location=Location(path="pages"),
                    message=must,
                    fix="add the counts of these entries",
                    source=HUGEPAGES,
                )


class Kernel(ApiModel):
    """Kernel settings of the nodes."""

    sysctl: Sysctls | None = Field(
        default=None, description="Kernel parameters by the kernel's names.", examples=[{"net.core.somaxconn": 4096}]
    )


class AdvancedCompute(ApiModel):
    """Memory, kernel and kubelet; changing any of it replaces the nodes."""

    hugepages: HugePages | None = None
    kubelet: Kubelet | None = None
    kernel: Kernel | None = None

    def rules(self) -> Iterator[Diagnostic]:
        """`kubelet.ids_per_pod` needs the sysctl `user.max_user_namespaces` above 0 (documented)."""
        sysctl = (self.kernel and self.kernel.sysctl) or {}
        allowed = sysctl.get(NAMESPACES)
        if self.kubelet and self.kubelet.ids_per_pod is not None and not (isinstance(allowed, int) and allowed > 0):
            must = f"must be given together with the sysctl {NAMESPACES} above 0"
            yield Diagnostic(
                location=Location(path="kubelet.ids_per_pod"),
                subject=shown(self.kubelet.ids_per_pod),
                message=must,
                fix="set the sysctl, or remove idsPerPod",
                source=KUBELET,
            )
