"""`podspace lint`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption, finish
from podspace.reporting import Format


def _minor_version(text: str) -> int:
    """The number after the dot of a Kubernetes version."""
    from podspace.kubernetes_version import FIRST_AUTO_MODE, minor_version  # noqa: PLC0415  other commands start without

    version = minor_version(text)
    if version is None or version < FIRST_AUTO_MODE:
        raise typer.BadParameter(f"must be a version with EKS Auto Mode, 1.{FIRST_AUTO_MODE} or later: {text[:20]}")
    return version


def lint_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False,
            help="Templates, manifests, what `cdk synth` wrote, folders (read at any depth), or - for standard input.",
        ),
    ],
    format_: FormatOption = Format.TEXT,
    against: Annotated[
        list[Path] | None,
        typer.Option(readable=False, help="What is applied now, as files, folders or -: changes to it are judged too."),
    ] = None,
    kubernetes: Annotated[
        int | None,
        typer.Option(
            parser=_minor_version,
            metavar="VERSION",
            help="Kubernetes version of the clusters, such as 1.37, for what depends on it; by default that of "
            "clusters in the templates.",
        ),
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Exit with 0 if there is nothing in the files to check.")
    ] = False,
) -> None:
    """Check templates, and manifests of NodeClass, NodePool and ENIConfig.

    Reads what any tool wrote, offline. Give both halves of a deployment, and
    selectors, zones, routes, groups and roles are held against each other.
    Objects of other kinds are passed over.

    podspace lint cdk.out manifests/

    helm template chart | podspace lint network.yaml -

    kubectl get nodeclass,nodepool -o yaml | podspace lint new.yaml --against -

    Exit status: 0 no error, 1 at least one error, 2 no error, and something
    could not be read or there was nothing to check.
    """
    from podspace.lint.linter import lint  # noqa: PLC0415  other commands start without
    from podspace.lint.report import lint_report  # noqa: PLC0415

    result = lint(files, against=against or (), kubernetes=kubernetes, allow_empty=allow_empty)
    finish(lint_report(result), format_)
