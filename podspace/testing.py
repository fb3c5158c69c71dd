"""Checks of a deployment, for the tests of a CDK app."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from podspace.lint import read_inputs
from podspace.lint.linter import Linted, judged
from podspace.lint.report import lint_report
from podspace.reporting import Format, written

TEMPLATE_FILE: Final = Path("template.json")
"""The file that findings name when the input is a `Template` of `aws_cdk.assertions`."""


class Synthesized(Protocol):
    """The cloud assembly that `app.synth()` returns."""

    @property
    def directory(self) -> str:
        """Path of the folder of the cloud assembly."""


@runtime_checkable
class SynthesizedTemplate(Protocol):
    """A `Template` of `aws_cdk.assertions`: the template of one stack, without its cloud assembly."""

    def to_json(self) -> Mapping[str, object]:
        """The template as plain data."""


def checked(
    templates: Synthesized | SynthesizedTemplate | Path | Iterable[Path] = (),
    *,
    manifests: Iterable[Path] = (),
    unwritten: Mapping[Path, str] | None = None,
) -> Linted:
    """Run the checks of `podspace lint`, and return their findings.

    A `Template` of `aws_cdk.assertions` is checked like a file `template.json` with the template of one stack.
    Its parameters, resources and outputs are known, and the findings that the metadata of a resource accepts.
    Account, region and name of the stack, and the other stacks of the app, are unknown: only a cloud assembly has them.
    Tags of the stack that are not on the resources themselves count as missing.
    Findings that the app acknowledges with `Validations` are reported.
    A nested stack is not checked; if the template names its file, the file is reported as unreadable.
    Pass the result of `app.synth()` to have all of this known.

    Args:
        templates: the result of `app.synth()`, a `Template` of `aws_cdk.assertions`, or paths of a cloud assembly or
            of templates.
        manifests: files and folders of Kubernetes YAML or JSON.
        unwritten: texts of manifests that are not written yet, by path; for cdk8s, `{path: app.synth_yaml()}`.
    """
    texts = dict(unwritten or {})
    paths: list[Path] = []
    if isinstance(templates, Path):
        paths = [templates]
    elif isinstance(templates, Iterable):
        paths = list(templates)
    elif isinstance(templates, SynthesizedTemplate):
        texts[TEMPLATE_FILE] = _text_of(templates)
    else:
        paths = [Path(templates.directory)]
    return judged(read_inputs([*paths, *manifests], unwritten=texts))


def assert_sound(
    templates: Synthesized | SynthesizedTemplate | Path | Iterable[Path] = (),
    *,
    manifests: Iterable[Path] = (),
    unwritten: Mapping[Path, str] | None = None,
    allow: Iterable[str] = (),
) -> None:
    """Fail a test if `podspace lint` has a finding, either an error or a warning.

    Args:
        templates: the result of `app.synth()`, a `Template` of `aws_cdk.assertions`, or paths of a cloud assembly or of
            templates.
        manifests: files and folders of Kubernetes YAML or JSON.
        unwritten: texts of manifests that are not written yet, by path.
        allow: rules whose findings are accepted, such as `too-many-blocks`; each must have a finding.

    Raises:
        AssertionError: there is a finding, an input cannot be read, or a rule of `allow` has no finding; the message
            lists all of them.
    """
    __tracebackhide__ = True
    linted = checked(templates, manifests=manifests, unwritten=unwritten)
    allowed = set(allow)
    idle = allowed - {finding.id for finding in linted.findings}
    linted.findings[:] = [finding for finding in linted.findings if finding.id not in allowed]
    if linted.findings or linted.unreadable:
        raise AssertionError(f"podspace lint has findings\n{written(lint_report(linted), format_=Format.TEXT)}")
    if idle:
        raise AssertionError(f"in `allow`, but not reported: {', '.join(sorted(idle))}")


def _text_of(template: SynthesizedTemplate) -> str:
    """The template as CDK writes it, line by line, with the version that marks a template without resources as one."""
    return json.dumps({**template.to_json(), "AWSTemplateFormatVersion": "2010-09-09"}, indent=1)
