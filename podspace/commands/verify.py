"""`podspace verify`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.cluster import Context, Files, Interval, Kubeconfig, Timeout, cluster_options
from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable

if TYPE_CHECKING:
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
    files: Files = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Repeat until a pod has an address of a pod subnet and there is no error.")
    ] = False,
    timeout: Timeout = "10m",
    interval: Interval = "10s",
    account: Annotated[
        bool | None,
        typer.Option(help="Also read the pod subnets in the AWS account; by default, only if a cluster is read."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            help="An earlier report of `verify --format json`: also report the days left at the growth since then.",
        ),
    ] = None,
    smoke: Annotated[
        bool,
        typer.Option("--smoke", help="Also compare the results of `podspace smoke` with the config."),
    ] = False,
    public_address: Annotated[
        list[str] | None,
        typer.Option(
            help="With --smoke: an expected public address of pods, or a CIDR; by default, read in the account. "
            "Repeatable."
        ),
    ] = None,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check deployed pod networks against their cluster, and change nothing.

    Checks addresses of nodes and pods, states of NodeClasses and NodePools, pods
    with addresses of other subnets, free addresses of the pod subnets, the owners
    of broken-up /28 prefixes, and known error messages, each with cause and fix.
    Reads objects in pages, for clusters with 100,000 pods.

    podspace verify config/prod.yaml --watch

    podspace verify config/prod.yaml config/shop.yaml

    podspace verify config/prod.yaml --smoke --watch

    kubectl get pods,nodes,events,nodeclasses,nodepools,nodeclaims -A -o json
    | podspace verify config/prod.yaml --from -

    Exit status: 0: no error. 1: at least one error. 2: no error, but something
    could not be read. 130: interrupted.
    """
    from podspace.planning import read_network_files  # noqa: PLC0415
    from podspace.verification import READ, earlier_reading, verify  # noqa: PLC0415

    reads_account = not files if account is None else account
    options = cluster_options(
        files, context=context, kubeconfig=kubeconfig, watch=watch, timeout=timeout, interval=interval
    )
    if since and not reads_account:
        raise typer.BadParameter("needs the account: give --account", param_hint="--since")
    if public_address and not smoke:
        raise typer.BadParameter("needs --smoke", param_hint="--public-address")
    with failures_reported("verify", format_, path=config[0]):
        networks = read_network_files(*config)
        names = [file.plan.name for file in networks]
        earlier = earlier_reading(since, networks=names, now=_now()) if since else None
        public = _public_addresses(networks, public_address or (), reads_account, profile) if smoke else None
        with progress("reading the cluster") as tell, options.opened(READ) as cluster:

            def look() -> Verification:
                subnets = _subnets(networks, profile) if reads_account else {}
                return verify(networks, cluster, at=_now(), subnets=subnets, earlier=earlier, smoke=public)

            found = options.observed(look, tell=tell)
    text = printable(f"cluster: {found.facts['cluster']}")
    report = Report(
        command="verify", diagnostics=found.diagnostics, facts=found.facts, text=text, metrics=found.metrics
    )
    finish(report, format_)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


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
