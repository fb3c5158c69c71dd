"""The file of a proposed config and its schema, written after the config was planned without an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from podspace.api.json_schema import json_text
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.atomic_write import write_atomically
from podspace.planning.files.network_file import network_files_of
from podspace.planning.json_schema import SCHEMA_FILE, config_schema
from podspace.proposal.proposal import Proposal


def write_config(path: Path, proposal: Proposal, *, overwrite: bool) -> None:
    """Write the config file, and next to it the JSON Schema that its first line names; both or none.

    Args:
        path: path of the file.
        proposal: the config.
        overwrite: whether an existing file is overwritten.

    Raises:
        InputError: the file exists already, or the config has an error; then no file is written.
        OSError: a file cannot be written.
    """
    if path.is_dir():
        raise InputError(
            [
                Diagnostic(
                    id="file-is-folder",
                    location=Location(file=str(path)),
                    message="must be a file, not a folder",
                    fix="name one in it with --to",
                )
            ]
        )
    if path.exists() and not overwrite:
        must = "must not exist; it is overwritten only with --force"
        raise InputError(
            [
                Diagnostic(
                    id="file-exists",
                    location=Location(file=str(path)),
                    message=must,
                    fix="give --force, or another file with --to",
                )
            ]
        )
    try:
        network_files_of({path: proposal.text})
    except InputError as error:
        raise InputError(
            replace(each, location=Location(path=each.location.path)) for each in error.diagnostics
        ) from None
    write_atomically(schema_path(path), json_text(config_schema()))
    write_atomically(path, proposal.text)


def schema_path(config: Path) -> Path:
    """The file of the schema that the first line of a config names."""
    return config.parent / SCHEMA_FILE
