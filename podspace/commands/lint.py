"""`podspace lint`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import colored
from podspace.lint.linter import Linted, lint
from podspace.reporting.junit import junit_report
from podspace.reporting.lint_report import json_report, text_report
from podspace.reporting.sarif import sarif_report


class FindingFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def lint_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False,
            help="Templates, manifests, what `cdk synth` wrote, folders (read at any depth), or - for standard input.",
        ),
    ],
    format_: Annotated[
        FindingFormat, typer.Option("--format", help="How to print what is found.")
    ] = FindingFormat.TEXT,
    against: Annotated[
        list[Path] | None,
        typer.Option(readable=False, help="What is applied now, as files, folders or -: changes to it are judged too."),
    ] = None,
) -> None:
    """Check templates, and manifests of NodeClass, NodePool and ENIConfig.

    Reads what any tool wrote, offline. Give both halves of a deployment, and
    selectors, zones, routes, groups and roles are held against each other.
    Objects of other kinds are passed over.

    podspace lint cdk.out manifests/

    helm template chart | podspace lint network.yaml -

    kubectl get nodeclass,nodepool -o yaml | podspace lint new.yaml --against -

    Exit status: 0 nothing is wrong but for warnings, 1 something is,
    2 something could not be read.
    """
    linted = lint(files, against=against or ())
    typer.echo(_REPORTS[format_](linted))
    raise typer.Exit(linted.exit_code)


def _text(linted: Linted) -> str:
    return text_report(linted, color=colored())


_REPORTS: dict[FindingFormat, Callable[[Linted], str]] = {
    FindingFormat.TEXT: _text,
    FindingFormat.JSON: json_report,
    FindingFormat.SARIF: sarif_report,
    FindingFormat.JUNIT: junit_report,
}
