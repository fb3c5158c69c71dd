"""What commands that read a cluster have in common: their options, the cluster, and watching it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from podspace.commands.console import seconds

if TYPE_CHECKING:
    from podspace.live.kubernetes import Cluster, ResourceTypes
    from podspace.live.watch import Observation

    _Seen = TypeVar("_Seen", bound=Observation)

Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        readable=False,
        help="The output of `kubectl get … -o json` instead of a cluster: files, folders, or - for standard input.",
    ),
]
Context = Annotated[str | None, typer.Option(help="A context of the kubeconfig; by default the current one.")]
Kubeconfig = Annotated[
    Path | None, typer.Option(readable=False, help="A kubeconfig; by default KUBECONFIG, or ~/.kube/config.")
]
Timeout = Annotated[str, typer.Option(help="How long to watch: seconds, or 90s, 10m, 1h30m; at most 24h.")]
Interval = Annotated[str, typer.Option(help="How long to wait before each repetition; at most 24h.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterOptions:
    """Which cluster to read, and for how long.

    Attributes:
        files: what kubectl printed, instead of a cluster.
        watch: whether to read until what is seen is proven.
        timeout: in seconds.
        interval: in seconds.
    """

    files: Sequence[Path]
    context: str | None
    kubeconfig: Path | None
    watch: bool
    timeout: float
    interval: float

    def opened(self, kinds: ResourceTypes) -> AbstractContextManager[Cluster]:
        """The cluster, or the files with objects of some kinds."""
        from podspace.live.kubernetes.cluster_files import open_files  # noqa: PLC0415
        from podspace.live.kubernetes.connection import connected  # noqa: PLC0415

        if self.files:
            return open_files(self.files, kinds=kinds)
        return connected(context=self.context, kubeconfig=self.kubeconfig)

    def observed(self, look: Callable[[], _Seen], *, tell: Callable[[str], None]) -> _Seen:
        """What is seen once or, if the cluster is watched, what is seen last."""
        from podspace.live.watch import watched  # noqa: PLC0415

        return watched(look, timeout=self.timeout, interval=self.interval, tell=tell) if self.watch else look()


def cluster_options(
    files: Sequence[Path] | None,
    *,
    context: str | None,
    kubeconfig: Path | None,
    watch: bool,
    timeout: str,
    interval: str,
) -> ClusterOptions:
    """The options of a command, checked.

    Raises:
        typer.BadParameter: they do not fit together, or a duration is none.
    """
    longest, pause = seconds(timeout, "--timeout"), seconds(interval, "--interval")
    if files and (watch or context or kubeconfig):
        raise typer.BadParameter("must not be given with --from", param_hint="--watch, --context, --kubeconfig")
    return ClusterOptions(
        files=files or (), context=context, kubeconfig=kubeconfig, watch=watch, timeout=longest, interval=pause
    )
