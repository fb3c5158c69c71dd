"""`podspace migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.cluster import Context, Files, Interval, Kubeconfig, Timeout, cluster_options
from podspace.commands.console import FormatOption, failures_reported, finish, progress
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from podspace.live.kubernetes import Cluster
    from podspace.migration import Migration


def migrate(
    config: Annotated[
        list[Path],
        typer.Argument(readable=False, help="The config files of one cluster that pods move to, or a folder of them."),
    ],
    *,
    files: Files = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    watch: Annotated[bool, typer.Option("--watch", help="Repeat until no pod is to move.")] = False,
    timeout: Timeout = "1h",
    interval: Interval = "10s",
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show which pods are to move to the NodePools of a config, what hinders them, and in which order to move them.

    Lists the pods on other nodes by NodePool, and what hinders their move:
    PodDisruptionBudgets that allow 0 disruptions, do-not-disrupt, zonal volumes,
    host ports, node selectors, affinities and taints, pods without a controller.
    Shows the steps with their commands, and runs none of them. Reads objects in
    pages, and changes nothing.

    podspace migrate config/prod.yaml

    podspace migrate config/prod.yaml --watch --timeout 8h

    kubectl get pods,nodes,nodepools,poddisruptionbudgets,persistentvolumeclaims,persistentvolumes -A -o json
    | podspace migrate config/prod.yaml --from -

    Exit status: 0: nothing hinders the pods to move, or none is to move. 1: at
    least one pod is hindered, or the config is wrong. 2: no error, but something
    could not be read. 130: interrupted.
    """
    from podspace.migration import READ, text_report  # noqa: PLC0415
    from podspace.migration import migrate as migrated  # noqa: PLC0415
    from podspace.planning import read_network_files  # noqa: PLC0415

    options = cluster_options(
        files, context=context, kubeconfig=kubeconfig, watch=watch, timeout=timeout, interval=interval
    )
    with failures_reported("migrate", format_, path=config[0]):
        networks = read_network_files(*config)
        with progress("reading the cluster") as tell, options.opened(READ) as cluster:

            def look() -> Migration:
                return migrated(networks, cluster, connection=_connection(cluster, kubeconfig))

            found = options.observed(look, tell=tell)
    report = Report(command="migrate", diagnostics=found.diagnostics, facts=found.facts, text=text_report(found))
    finish(report, format_)


def _connection(cluster: Cluster, kubeconfig: Path | None) -> list[str]:
    """Options for the cluster that is read, which stay right if another context becomes the current one."""
    return [
        *([f"--kubeconfig={kubeconfig}"] if kubeconfig else []),
        *([f"--context={cluster.context}"] if cluster.context else []),
    ]
