"""Settings of `podspace lint`, from options of the command line or a file of the repository."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from podspace.api import ListOf, problems_of, refusal
from podspace.diagnostic import Diagnostic, FailOn, InputError, Location
from podspace.formats.document import Document, read_document
from podspace.formats.text_file import text_of, unreadable
from podspace.kubernetes_version import FIRST_AUTO_MODE, minor_version
from podspace.lint.every_rule import EVERY_RULE, unknown_rule

YAML_FILE: Final = ".podspace.yaml"
TOML_FILE: Final = "pyproject.toml"
_TABLE: Final = "tool.podspace"


def _rule(id: str) -> str:
    if id not in EVERY_RULE:
        raise refusal(unknown_rule(id))
    return id


def _minor(version: object) -> object:
    """The minor version of a text such as 1.37."""
    if version is None:
        return None
    if not isinstance(version, str):  # YAML and TOML read 1.40 as 1.4
        raise ValueError('must be a version in quotes, such as "1.37"')
    number = minor_version(version)
    if number is None or number < FIRST_AUTO_MODE:
        raise ValueError(f"must be a version with EKS Auto Mode, 1.{FIRST_AUTO_MODE} or later")
    return number


RuleIds = ListOf[Annotated[str, AfterValidator(_rule)]]


class _Keys(BaseModel):
    """Keys of a settings file: written with hyphens, none unknown, nothing converted."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=lambda name: name.replace("_", "-")
    )


class LintSettings(_Keys):
    """Settings that decide which findings a run reports, and its exit status; each key is the name of an option."""

    select: RuleIds = ()
    """The only rules to report; every rule if there are none."""
    ignore: RuleIds = ()
    """Rules not to report, even if they are selected."""
    fail_on: FailOn = "error"
    """The lowest severity with exit status 1."""
    kubernetes: Annotated[int | None, BeforeValidator(_minor)] = None
    """The minor version of Kubernetes 1 of every cluster; in a file a text such as "1.37"."""
    allow_empty: bool = False
    """Whether it is no error if files are neither templates nor manifests, or if there is nothing to check."""

    def reports(self, id: str) -> bool:
        """Whether findings of a rule are reported."""
        return id not in self.ignore and (not self.select or id in self.select)


class _Sections(_Keys):
    """The whole of `.podspace.yaml`, and of the table `tool.podspace` of pyproject.toml."""

    lint: LintSettings = LintSettings()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSettings:
    """Settings, and the file that some of them are from; empty if there is none."""

    settings: LintSettings
    file: str = ""


def read_settings(options: Mapping[str, object]) -> ReadSettings:
    """The settings of a run: those of the options that are given, else of a file, else the defaults.

    The file is that of the working folder, or of the next parent that has one, up to the root of the repository.

    Args:
        options: values by key; None if an option is not given.

    Raises:
        InputError: with every error of the options and of the file.
    """
    problems: list[Diagnostic] = []
    found, of_file, of_options = None, LintSettings(), LintSettings()
    try:
        if found := _settings_file():
            of_file = _sections(found).lint
    except InputError as error:
        problems += error.diagnostics
    try:
        of_options = LintSettings.model_validate({key: each for key, each in options.items() if each is not None})
    except ValidationError as error:
        problems += map(_of_option, problems_of(error, model=LintSettings, by_alias=True))
    if problems:
        raise InputError(problems)
    given = {name: getattr(of_options, name) for name in of_options.model_fields_set}
    return ReadSettings(settings=of_file.model_copy(update=given), file=str(found.document.path) if found else "")


def _of_option(problem: Diagnostic) -> Diagnostic:
    name = re.split(r"[.[]", problem.location.path)[0]
    return replace(problem.at(f"--{name}"), id=problem.id or "invalid-option")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A settings file, and the path of the sections in it."""

    document: Document
    path: str = ""


def _settings_file() -> _Found | None:
    here = Path.cwd()
    for level in (here, *here.parents):
        folder = Path(os.path.relpath(level, here))
        in_yaml, in_toml = folder / YAML_FILE, _in_toml(folder / TOML_FILE)
        if in_yaml.is_file() and in_toml:
            must = f"must not have a table {_TABLE} if there is a {YAML_FILE} next to it"
            where = Location(file=str(in_toml.document.path), path=_TABLE)
            raise InputError(
                [
                    Diagnostic(
                        id="two-settings", location=where, message=must, fix="move the settings into one of the two"
                    )
                ]
            )
        if in_yaml.is_file():
            return _Found(document=read_document(in_yaml))
        if in_toml:
            return in_toml
        if (folder / ".git").exists():
            return None
    return None


def _in_toml(path: Path) -> _Found | None:
    """The table of a pyproject.toml, which has no lines; None if it has no such table."""
    text = text_of(path) if path.is_file() else ""
    if "podspace" not in text:
        return None
    try:
        tools = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise unreadable(path, f"must be TOML: {error}") from None
    if not isinstance(tools, dict) or "podspace" not in tools:
        return None
    return _Found(document=Document(path=path, data=tools["podspace"], lines={"": 0}), path=_TABLE)


def _sections(found: _Found) -> _Sections:
    document = found.document
    try:
        return _Sections.model_validate(document.data)
    except ValidationError as error:
        problems = problems_of(error, model=_Sections, data=document.data, by_alias=True)
        located = [document.located(replace(each, id=each.id or "invalid-setting")) for each in problems]
        raise InputError(each.within(found.path) if found.path else each for each in located) from None
