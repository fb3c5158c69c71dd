"""`podspace prices`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.diagnostic import Diagnostic, unknown
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podspace.planning import Plan


def prices(
    config: Annotated[Path, typer.Argument(readable=False, help="The config file of one network.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the prices, without writing the file.")] = False,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write the public prices of a region into the config, for `podspace plan`.

    Reads the AWS Price List, in US dollars, without discounts and free
    amounts. Replaces the `prices` section of the file, or appends one; the rest of the file stays.

    podspace prices config/prod.yaml

    podspace prices config/prod.yaml --dry-run

    Exit status: 0: written, or shown with --dry-run. 1: the file is wrong or
    cannot be written. 2: the prices or the file could not be read.
    """
    found: dict[str, float] = {}
    missing: list[Diagnostic] = []
    with failures_reported("prices", format_, path=config):
        from podspace.formats.atomic_write import write_atomically  # noqa: PLC0415
        from podspace.growth.section import with_section  # noqa: PLC0415
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.live.aws.prices import prices_of  # noqa: PLC0415
        from podspace.live.failure import UnreadError  # noqa: PLC0415
        from podspace.planning import read_network_file  # noqa: PLC0415

        plan = read_network_file(config).plan
        text = config.read_bytes().decode()
        try:
            with progress(f"{config}: reading the prices of {plan.region}"):
                found = prices_of(Account(profile=profile, region=plan.region), region=plan.region)
        except UnreadError as unread:
            missing = [unknown("prices", unread.diagnostic.subject, unread.diagnostic.message)]
        if found:
            as_of = f"AWS Price List, {plan.region}, {datetime.now(tz=UTC).date()}"
            kept = {key: price for key, price in plan.prices.given.items() if key not in found}
            new = with_section(text, "prices", {"as_of": as_of, **found, **kept}, path=config)
            missing = _not_found(plan, found)
            if not dry_run:
                write_atomically(config, new)
        elif not missing:
            missing = [unknown("prices", plan.region, "the AWS Price List has no prices of this region in US dollars")]
    report = Report(
        command="prices",
        diagnostics=missing,
        facts={"config": str(config), "written": bool(found) and not dry_run, "prices": dict(found)},
        text="".join(f"{key}: {amount}\n" for key, amount in found.items()),
        file=str(config),
    )
    finish(report, format_, notes=[f"wrote {config}" if found and not dry_run else f"{config} is not changed"])


def _not_found(plan: Plan, found: Mapping[str, float]) -> list[Diagnostic]:
    """The prices that the plan needs and the list does not have: the config's own, or those of third parties."""
    from podspace.cost import cost  # noqa: PLC0415

    return [
        Diagnostic(
            id="price-not-found",
            severity="note",
            subject=f"prices.{key}",
            message=f"is not in the AWS Price List under a name that podspace knows; {price.amount} stays, from "
            f"{price.source}",
        )
        for key, price in cost(plan).applied_prices.items()
        if key not in found
    ]
