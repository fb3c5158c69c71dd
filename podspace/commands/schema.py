"""`podspace schema`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

if TYPE_CHECKING:
    from pydantic import JsonValue

SchemaName = Literal["config", "nodeclass", "nodepool", "eniconfig", "report"]
_ABOUT: Final[Mapping[SchemaName, str]] = {
    "config": "a config file of podspace",
    "nodeclass": "a NodeClass, as a manifest",
    "nodepool": "a NodePool of EKS Auto Mode, as a manifest",
    "eniconfig": "an ENIConfig of the VPC CNI, as a manifest",
    "report": "the output of every command with --format json",
}


def schema(
    name: Annotated[
        SchemaName | None, typer.Argument(help="The name of a schema; by default, the names are listed.")
    ] = None,
) -> None:
    """Print a JSON Schema, for editors and other tools.

    The schemas are those of this version, and need no network. A schema cannot
    compare two values, such as CIDR blocks; plan and lint do.

    podspace schema

    podspace schema config > podspace-config.schema.json

    Exit status: 0: printed. 2: no schema has that name.
    """
    from podspace.api.json_schema import json_text  # noqa: PLC0415  other commands start without

    if name is None:
        typer.echo("\n".join(f"{each:10} {about}" for each, about in _ABOUT.items()))
    else:
        typer.echo(json_text(_schema(name)), nl=False)


def _schema(name: SchemaName) -> dict[str, JsonValue]:
    from podspace.api import MANIFEST_KINDS  # noqa: PLC0415
    from podspace.api.json_schema import json_schema  # noqa: PLC0415
    from podspace.planning.json_schema import config_schema  # noqa: PLC0415
    from podspace.reporting.json_schema import report_schema  # noqa: PLC0415

    if name == "config":
        return config_schema()
    if name == "report":
        return report_schema()
    return json_schema({kind.lower(): model for kind, model in MANIFEST_KINDS.items()}[name])
