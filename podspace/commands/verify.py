"""`podspace verify`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable

if TYPE_CHECKING:
    from podspace.diagnostic import Diagnostic
    from podspace.live.kubernetes import Cluster
    from podspace.planning import NetworkFile
    from podspace.verification import SubnetUse, Verification


def verify_cluster(
    config: Annotated[Path, typer.Argument(readable=False, help="The config file that is deployed and applied.")],
    *,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            readable=False,
            help="What `kubectl get … -o json` printed: files, folders, or - for standard input. No cluster is read.",
        ),
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="A context of the kubeconfig; by default the current one.")
    ] = None,
    kubeconfig: Annotated[
        Path | None, typer.Option(readable=False, help="A kubeconfig; by default KUBECONFIG, or ~/.kube/config.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again until a pod proves it and nothing is wrong.")
    ] = False,
    timeout: Annotated[str, typer.Option(help="How long to watch: seconds, or 90s, 10m, 1h30m.")] = "10m",
    interval: Annotated[str, typer.Option(help="How long to wait between two looks.")] = "10s",
    account: Annotated[
        bool | None,
        typer.Option(help="Look at the pod subnets in the AWS account too; by default only where a cluster is read."),
    ] = None,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check a deployed pod network against its cluster, and change nothing.

    Addresses of nodes and pods, NodeClasses and NodePools with their reasons,
    pods that stay elsewhere, what is free in the pod subnets and in how many
    pieces, and messages that are known, each with cause and fix. 100,000 pods
    are read in pages, never at once.

    podspace verify config/prod.yaml --watch

    kubectl get pods,nodes,events,nodeclasses,nodepools,nodeclaims -A -o json
    | podspace verify config/prod.yaml --from -

    Exit status: 0 no error, 1 at least one error, 2 no error, and something
    could not be read, 130 interrupted.
    """
    from podspace.planning import read_network_file  # noqa: PLC0415
    from podspace.verification import verify, watched  # noqa: PLC0415

    reads_account = not files if account is None else account
    seconds, pause = _seconds(timeout, "--timeout"), _seconds(interval, "--interval")
    if files and (watch or context or kubeconfig):
        raise typer.BadParameter("must be left out beside --from", param_hint="--watch, --context, --kubeconfig")
    with failures_reported("verify", format_, path=config):
        file = read_network_file(config)
        with progress("reading the cluster") as tell, _cluster(files, context, kubeconfig) as cluster:
            subnets, unread = _subnets(file, profile) if reads_account else ((), ())

            def look() -> Verification:
                found = verify(file, cluster, subnets=subnets)
                return replace(found, diagnostics=(*found.diagnostics, *unread))

            found = watched(look, timeout=seconds, interval=pause, tell=tell) if watch else look()
    text = printable(f"cluster: {found.facts['cluster']}")
    finish(Report(command="verify", diagnostics=found.diagnostics, facts=found.facts, text=text), format_)


def _subnets(file: NetworkFile, profile: str | None) -> tuple[Sequence[SubnetUse], Sequence[Diagnostic]]:
    """The pod subnets as the account has them, or a diagnostic that says why they are not known."""
    from podspace.diagnostic import unknown  # noqa: PLC0415
    from podspace.live.aws.account import Account  # noqa: PLC0415
    from podspace.live.failure import LiveError  # noqa: PLC0415
    from podspace.verification.account_subnets import account_subnets, missing_subnets  # noqa: PLC0415

    try:
        found = account_subnets(file.plan, Account(profile=profile, region=file.plan.region))
    except LiveError as error:
        unread = unknown("subnet-space", error.diagnostic.subject, error.diagnostic.message)
        fix = error.diagnostic.fix or "allow it, as docs/aws.md lists"
        return (), [replace(unread, fix=f"{fix}; or give --no-account")]
    missing = [] if found else [missing_subnets(file)]
    return found, missing


def _seconds(text: str, option: str) -> float:
    from podspace.api.duration import seconds_of  # noqa: PLC0415

    if re.fullmatch(r"[0-9]+", text):
        return int(text)
    if not re.fullmatch(r"([0-9]+[hms])+", text):
        raise typer.BadParameter(f"must be seconds, or a duration such as 90s, 10m or 1h30m: {text}", param_hint=option)
    return seconds_of(text)


def _cluster(
    files: Sequence[Path] | None, context: str | None, kubeconfig: Path | None
) -> AbstractContextManager[Cluster]:
    from podspace.live.kubernetes.cluster_files import open_files  # noqa: PLC0415
    from podspace.live.kubernetes.connection import connected  # noqa: PLC0415

    return open_files(files) if files else connected(context=context, kubeconfig=kubeconfig)
