"""Checks of a deployment in the tests of other people's CDK apps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from podspace.lint import read_inputs
from podspace.lint.linter import Linted, judged
from podspace.lint.report import lint_report
from podspace.reporting import Format, written


class Synthesized(Protocol):
    """What `app.synth()` returns, of which only its folder is needed."""

    @property
    def directory(self) -> str:
        """The folder of the cloud assembly."""


def checked(
    templates: Synthesized | Path | Iterable[Path] = (),
    *,
    manifests: Iterable[Path] = (),
    unwritten: Mapping[Path, str] | None = None,
) -> Linted:
    """What `podspace lint` finds, for tests of one's own.

    Args:
        templates: what `app.synth()` returned, or paths of a cloud assembly or of templates.
        manifests: files and folders of Kubernetes YAML or JSON.
        unwritten: the same as text, by the file that it is going to be; of cdk8s, `{path: app.synth_yaml()}`.
    """
    if isinstance(templates, Path):
        paths = [templates]
    elif isinstance(templates, Iterable):
        paths = list(templates)
    else:
        paths = [Path(templates.directory)]
    return judged(read_inputs([*paths, *manifests], unwritten=unwritten))


def assert_sound(
    templates: Synthesized | Path | Iterable[Path] = (),
    *,
    manifests: Iterable[Path] = (),
    unwritten: Mapping[Path, str] | None = None,
    allow: Iterable[str] = (),
) -> None:
    """Fail a test where `podspace lint` finds anything, errors and warnings alike.

    Args:
        templates: as for `checked`.
        manifests: as for `checked`.
        unwritten: as for `checked`.
        allow: rules whose findings are accepted, such as `too-many-blocks`; each must find something.

    Raises:
        AssertionError: something was found, could not be read, or is allowed for nothing; the message has it all.
    """
    __tracebackhide__ = True
    linted = checked(templates, manifests=manifests, unwritten=unwritten)
    allowed = set(allow)
    idle = allowed - {finding.id for finding in linted.findings}
    linted.findings[:] = [finding for finding in linted.findings if finding.id not in allowed]
    if linted.findings or linted.unreadable:
        raise AssertionError(f"the deployment is not sound\n{written(lint_report(linted), format_=Format.TEXT)}")
    if idle:
        raise AssertionError(f"allowed for nothing: {', '.join(sorted(idle))}")
