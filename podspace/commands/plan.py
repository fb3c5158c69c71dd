"""`podspace plan`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from podspace.commands.console import FormatOption, Profile, colored, failures_reported, finish, progress
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from podspace.capacity import Limits
    from podspace.planning import NetworkFile

_WIDTH: Final = 100
_MOST: Final = 10**9
"""Pods, nodes or GB: more than 100.64.0.0/10 and 10.0.0.0/8 have addresses for, and than a network sends in a month."""


def plan(
    configs: Annotated[
        list[Path],
        typer.Argument(metavar="CONFIG...", readable=False, help="Config files, or folders of them."),
    ],
    *,
    pods: Annotated[int | None, typer.Option(min=1, max=_MOST, help="Check whether this number of pods fits.")] = None,
    nodes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=_MOST,
            help=("Check whether this number of nodes fits: full nodes, or with --pods distributed over them."),
        ),
    ] = None,
    instance_type: Annotated[
        list[str] | None,
        typer.Option(
            help="Calculate with nodes of this instance type. By default, the types that NodePools require by name, "
            "or else a few types that they allow. Repeatable."
        ),
    ] = None,
    rank: Annotated[
        bool,
        typer.Option("--rank", help="Rank the instance types that each NodePool admits by pods per vCPU and address."),
    ] = False,
    node_pool: Annotated[
        list[str] | None, typer.Option(help="With --rank: only those of this NodePool. Repeatable.")
    ] = None,
    gb: Annotated[
        int,
        typer.Option(
            min=0, max=_MOST, help=("GB that pods send through each entry of egress in a month, for the cost.")
        ),
    ] = 0,
    svg: Annotated[Path | None, typer.Option(readable=False, help="Also draw the plan to this SVG file.")] = None,
    mermaid: Annotated[
        Path | None, typer.Option(readable=False, help="Also draw the plan to this file as Mermaid, for a README.")
    ] = None,
    describe_instance_types: Annotated[
        bool,
        typer.Option("--describe-instance-types", help="Read limits of instance types from EC2; needs credentials."),
    ] = False,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show a plan: its addresses, its capacity, its routes and its cost.

    CIDR blocks and subnets, and the space for more zones; the nodes and pods that
    fit, in total and with a zone lost; Network Address Usage; routes, and whether
    pods use them; the monthly cost of egress. Needs no AWS account.

    podspace plan config/article.yaml

    podspace plan config/article.yaml --pods 3000 --instance-type m7i.large

    podspace plan config/article.yaml --rank --node-pool workers-split-ip

    podspace plan config/article.yaml --svg plan.svg --mermaid plan.mmd

    Numbers of pods and nodes are the best case, in empty subnets; some rules are
    inferred. Prices are those of us-east-1 at a date in the output, unless the
    config has its own under prices.

    Exit status: 0: the requested pods and nodes fit, or none were requested. 1:
    they do not fit with one of the instance types, the config is wrong, or a
    drawing cannot be written. 2: the config cannot be read, or it is not known
    whether they fit, because the pod subnets exist already.
    """
    from podspace.address_plan import address_plan, plan_facts, ranked_pools, text_report  # noqa: PLC0415
    from podspace.capacity import Question  # noqa: PLC0415
    from podspace.planning import read_network_files  # noqa: PLC0415

    if node_pool and not rank:
        raise typer.BadParameter("needs --rank", param_hint="--node-pool")
    if rank and describe_instance_types:
        must = "must not be given with --rank, which ranks all instance types of the table"
        raise typer.BadParameter(must, param_hint="--describe-instance-types")
    asked = instance_type or []
    question = Question(pods=pods, nodes=nodes) if pods or nodes else None
    with failures_reported("plan", format_, path=configs[0]):
        files = read_network_files(*configs)
        ranked = ranked_pools(files, node_pool or []) if rank else ()
        plans = [
            address_plan(
                file,
                question=question,
                instance_types=asked,
                limits=_described(file, asked, profile) if describe_instance_types else None,
                gb=gb,
                ranked=ranked,
            )
            for file in files
        ]
        pictures = _pictures(files, svg=svg, mermaid=mermaid)
        _write(pictures)
    width = min(shutil.get_terminal_size().columns, _WIDTH) if colored() else _WIDTH
    report = Report(
        command="plan",
        diagnostics=[diagnostic for each in plans for diagnostic in each.diagnostics],
        file=str(plans[0].path) if len(plans) == 1 else "",
        facts={"plans": [plan_facts(each) for each in plans]},
        text=text_report(plans, color=colored(), width=width) + "\n" if format_ is Format.TEXT else "",
    )
    finish(report, format_, notes=[f"wrote {path}" for path in pictures])


def described_limits(names: Sequence[str], *, region: str, profile: str | None) -> Limits:
    """Limits of instance types from EC2's DescribeInstanceTypes in the region, for those that it returns.

    Raises:
        LiveError: EC2 could not be called.
    """
    from podspace.capacity import InstanceType  # noqa: PLC0415
    from podspace.live.aws.account import Account  # noqa: PLC0415
    from podspace.live.aws.instance_type import instance_types  # noqa: PLC0415

    found = instance_types(Account(profile=profile, region=region), names)
    return {
        name: InstanceType(name=name, interfaces=each.network.interfaces, addresses=each.network.addresses)
        for name, each in found.items()
    }


def _described(file: NetworkFile, asked: Sequence[str], profile: str | None) -> Limits:
    from podspace.capacity import COMMON, counted_types  # noqa: PLC0415

    names = dict.fromkeys(asked or (*counted_types(file.plan.node_pools), *COMMON))
    with progress("reading limits of instance types from EC2"):
        return described_limits(tuple(names), region=file.plan.region, profile=profile)


def _pictures(files: Sequence[NetworkFile], *, svg: Path | None, mermaid: Path | None) -> dict[Path, str]:
    if not svg and not mermaid:
        return {}
    from podspace.diagnostic import Diagnostic, InputError, Location  # noqa: PLC0415
    from podspace.drawing import mermaid as mermaid_text  # noqa: PLC0415
    from podspace.drawing import svg as svg_text  # noqa: PLC0415

    drawn = [(path, draw) for path, draw in ((svg, svg_text), (mermaid, mermaid_text)) if path]
    if drawn and len(files) > 1:
        must = "must be one config file with --svg and --mermaid: a drawing shows one pod network"
        raise InputError(
            [Diagnostic(location=Location(file=str(files[0].path.parent)), message=must, fix="give the file")]
        )
    if svg and svg == mermaid:
        must = "must differ from the file of --svg"
        raise InputError([Diagnostic(location=Location(path="--mermaid"), subject=str(mermaid), message=must)])
    for path, _ in drawn:
        if path.exists() and (not path.is_file() or path.suffix in {".yaml", ".yml"}):
            must = "must be a file for a drawing: it is not a regular file, or may be a config"
            raise InputError(
                [Diagnostic(location=Location(file=str(path)), message=must, fix="give another one, such as plan.svg")]
            )
    return {path: draw(files[0].plan) for path, draw in drawn}


def _write(pictures: Mapping[Path, str]) -> None:
    """Each whole or not at all."""
    from podspace.formats.atomic_write import write_atomically  # noqa: PLC0415

    for path, text in pictures.items():
        write_atomically(path, text)
