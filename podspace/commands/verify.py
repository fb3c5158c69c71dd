"""`podspace verify`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress, seconds
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable

if TYPE_CHECKING:
    from podspace.live.kubernetes import Cluster
    from podspace.planning import NetworkFile
    from podspace.smoke.public_addresses import PublicAddresses
    from podspace.verification import AccountSubnets, Verification


def verify_cluster(
    config: Annotated[
        list[Path],
        typer.Argument(
            readable=False, help="The config files of one cluster that are deployed and applied, or a folder of them."
        ),
    ],
    *,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            readable=False,
            help=(
                "The output of `kubectl get … -o json` instead of a cluster: files, folders, or - for standard input."
            ),
        ),
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="A context of the kubeconfig; by default the current one.")
    ] = None,
    kubeconfig: Annotated[
        Path | None, typer.Option(readable=False, help="A kubeconfig; by default KUBECONFIG, or ~/.kube/config.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Repeat until a pod has an address of a pod subnet and there is no error.")
    ] = False,
    timeout: Annotated[str, typer.Option(help="How long to watch: seconds, or 90s, 10m, 1h30m; at most 24h.")] = "10m",
    interval: Annotated[str, typer.Option(help="How long to wait before each repetition; at most 24h.")] = "10s",
    account: Annotated[
        bool | None,
        typer.Option(help="Also read the pod subnets in the AWS account; by default, only if a cluster is read."),
    ] = None,
    smoke: Annotated[
        bool,
        typer.Option("--smoke", help="Also compare the results of `podspace smoke` with the config."),
    ] = False,
    public_address: Annotated[
        list[str] | None,
        typer.Option(
            help="With --smoke: an address or CIDR that pods may leave from; by default, read in the account; may be "
            "repeated."
        ),
    ] = None,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check deployed pod networks against their cluster, and change nothing.

    Checks addresses of nodes and pods, states of NodeClasses and NodePools, pods
    with addresses of other subnets, free addresses of the pod subnets and their
    fragmentation, and known error messages, each with cause and fix. Reads
    objects in pages, for clusters with 100,000 pods.

    podspace verify config/prod.yaml --watch

    podspace verify config/prod.yaml config/shop.yaml

    podspace verify config/prod.yaml --smoke --watch

    kubectl get pods,nodes,events,nodeclasses,nodepools,nodeclaims -A -o json
    | podspace verify config/prod.yaml --from -

    Exit status: 0: no error. 1: at least one error. 2: no error, but something
    could not be read. 130: interrupted.
    """
    from podspace.planning import read_network_files  # noqa: PLC0415
    from podspace.verification import verify, watched  # noqa: PLC0415

    reads_account = not files if account is None else account
    longest, pause = seconds(timeout, "--timeout"), seconds(interval, "--interval")
    if files and (watch or context or kubeconfig):
        raise typer.BadParameter("must not be given with --from", param_hint="--watch, --context, --kubeconfig")
    if public_address and not smoke:
        raise typer.BadParameter("needs --smoke", param_hint="--public-address")
    with failures_reported("verify", format_, path=config[0]):
        networks = read_network_files(*config)
        public = _public_addresses(networks, public_address or (), reads_account, profile) if smoke else None
        with progress("reading the cluster") as tell, _cluster(files, context, kubeconfig) as cluster:

            def look() -> Verification:
                subnets = _subnets(networks, profile) if reads_account else {}
                return verify(networks, cluster, subnets=subnets, smoke=public)

            found = watched(look, timeout=longest, interval=pause, tell=tell) if watch else look()
    text = printable(f"cluster: {found.facts['cluster']}")
    finish(Report(command="verify", diagnostics=found.diagnostics, facts=found.facts, text=text), format_)


def _subnets(files: Sequence[NetworkFile], profile: str | None) -> Mapping[str, AccountSubnets]:
    """The pod subnets of each network as the account has them now, or a diagnostic of why they are not known."""
    from podspace.live.aws.account import Account  # noqa: PLC0415
    from podspace.live.failure import LiveError  # noqa: PLC0415
    from podspace.verification import AccountSubnets  # noqa: PLC0415
    from podspace.verification.account_subnets import account_subnets, not_read  # noqa: PLC0415

    try:
        account = Account(profile=profile, region=files[0].plan.region)
    except LiveError as error:
        return {file.plan.name: AccountSubnets(diagnostics=(not_read(error),)) for file in files}
    return {file.plan.name: account_subnets(file, account) for file in files if not file.plan.network_half}


def _public_addresses(
    files: Sequence[NetworkFile], given: Sequence[str], reads_account: bool, profile: str | None
) -> Mapping[str, Mapping[str, PublicAddresses]]:
    """The public addresses of the probes of each network: those that are given, else those of the account."""
    from podspace.live.failure import LiveError  # noqa: PLC0415
    from podspace.smoke.probe import probes  # noqa: PLC0415
    from podspace.smoke.public_addresses import NOT_READ, PublicAddresses, given_addresses  # noqa: PLC0415

    plans = [file.plan for file in files if not file.plan.network_half]
    found = given_addresses(given) if given else NOT_READ
    if reads_account and not given:
        from podspace.deployment import Deployment  # noqa: PLC0415
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.smoke.account_addresses import public_addresses  # noqa: PLC0415

        try:
            account = Account(profile=profile, region=files[0].plan.region)
        except LiveError as failure:
            found = PublicAddresses(unknown=str(failure.diagnostic.message))
        else:
            return {plan.name: public_addresses(Deployment(plan, account)) for plan in plans}
    return {plan.name: {probe.name: found for probe in probes(plan)} for plan in plans}


def _cluster(
    files: Sequence[Path] | None, context: str | None, kubeconfig: Path | None
) -> AbstractContextManager[Cluster]:
    from podspace.live.kubernetes.cluster_files import open_files  # noqa: PLC0415
    from podspace.live.kubernetes.connection import connected  # noqa: PLC0415

    return open_files(files) if files else connected(context=context, kubeconfig=kubeconfig)
