"""`podspace lint`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from podspace.commands.console import FormatOption, failures_reported, finish
from podspace.diagnostic import FailOn, InputError
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from pydantic import JsonValue


def _rule_ids(incomplete: str) -> list[str]:
    """What a shell offers for the id of a rule, also for the last of several with commas between them."""
    from podspace.lint.every_rule import EVERY_RULE  # noqa: PLC0415  other commands start without

    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{id}" for id in EVERY_RULE if id.startswith(begun)]


def lint_files(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            readable=False,
            help=(
                "Templates, manifests, the output folder of `cdk synth`, other folders (read at any depth), or - for "
                "standard input."
            ),
        ),
    ] = None,
    *,
    format_: FormatOption = Format.TEXT,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            readable=False,
            help=("The manifests that are applied now, as files, folders or -: changes to them are checked too."),
        ),
    ] = None,
    kubernetes: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Kubernetes version of the clusters, such as 1.37, for checks that depend on it; by default, the "
            "version of the clusters in the templates.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            autocompletion=_rule_ids,
            help="Report only these rules; ids separated by commas. Repeatable.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", autocompletion=_rule_ids, help="Do not report these rules, even if selected."),
    ] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="The lowest severity with exit status 1; error by default.")
    ] = None,
    allow_empty: Annotated[
        bool | None,
        typer.Option(
            "--allow-empty/--no-allow-empty",
            help="Skip files that are neither templates nor manifests, and exit with 0 if there is nothing to check.",
        ),
    ] = None,
    list_rules: Annotated[bool, typer.Option("--list-rules", help="List the rules, one in each line.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            autocompletion=_rule_ids,
            help=("Print cause, fix and source of a rule, and how to accept its findings."),
        ),
    ] = None,
) -> None:
    """Check CloudFormation templates, and manifests of NodeClass, NodePool and ENIConfig.

    Reads files of any tool, and needs no AWS account. Give the template and the
    manifests of a deployment together: selectors, zones, routes, security groups
    and roles are then checked against each other. Objects of other kinds are
    skipped.

    podspace lint cdk.out manifests/

    helm template chart | podspace lint network.yaml -

    kubectl get nodeclass,nodepool -o yaml | podspace lint new.yaml --against -

    podspace lint --explain subnet-outside-blocks

    Default values of select, ignore, fail-on, kubernetes and allow-empty are read
    from .podspace.yaml, key lint, or from pyproject.toml, table
    tool.podspace.lint.

    Exit status: 0: no error. 1: at least one error, or a warning with --fail-on
    warning. 2: no error, but something could not be read or there was nothing to
    check.
    """
    if list_rules or explain is not None:
        _print_rules(explain, format_)
    if not files:
        raise typer.BadParameter("give at least one file or folder, or - for standard input", param_hint="FILES")
    from podspace.lint.linter import lint  # noqa: PLC0415  other commands start without
    from podspace.lint.report import lint_report  # noqa: PLC0415
    from podspace.lint.settings import read_settings  # noqa: PLC0415

    with failures_reported("lint", format_):
        read = read_settings(
            {
                "select": _separated(select),
                "ignore": _separated(ignore),
                "fail-on": fail_on,
                "kubernetes": kubernetes,
                "allow-empty": allow_empty,
            }
        )
    empty = read.settings.allow_empty
    kubernetes_minor = read.settings.kubernetes
    result = lint(files, against=against or (), kubernetes=kubernetes_minor, allow_empty=empty, any_file=empty)
    finish(lint_report(result, read), format_)


def _separated(ids: Iterable[str] | None) -> list[str] | None:
    return [id.strip() for each in ids for id in each.split(",")] if ids else None


def _print_rules(id: str | None, format_: Format) -> NoReturn:
    """Print one rule in full, or all of them in a line each."""
    from podspace.lint.every_rule import EVERY_RULE, explanation, rule_facts, rule_list, unknown_rule  # noqa: PLC0415

    with failures_reported("lint", format_):
        if id is not None and id not in EVERY_RULE:
            raise InputError([unknown_rule(id).at("--explain")])
    rules = tuple(EVERY_RULE.values()) if id is None else (EVERY_RULE[id],)
    if format_ is Format.TEXT:
        typer.echo(rule_list() if id is None else explanation(rules[0]))
        raise typer.Exit
    facts: list[JsonValue] = [rule_facts(rule) for rule in rules]
    finish(Report(command="lint", diagnostics=(), facts={"rules": facts}, rules=rules), format_)
