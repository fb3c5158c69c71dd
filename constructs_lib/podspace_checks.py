"""The checks over both halves of a deployment, as a validation plug-in of CDK."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from podspace.diagnostic import Diagnostic
from podspace.lint import RULES, read_assemblies, read_inputs
from podspace.lint.api_rules import API_RULES
from podspace.lint.linter import judged
from podspace.lint.rule import PLUGIN
from podspace.reporting.wording import cleaned

_UNREADABLE: Final = "unreadable"


@jsii.implements(IPolicyValidationPlugin)
class PodspaceChecks:
    """Fails `cdk synth` for whatever would fail, or cut pods off, once deployed and applied.

    Registered with one line, beside cdk-nag or by itself:

        Validations.of(app).add_plugins(PodspaceChecks(manifests=[Path("manifests")]))

    A finding is accepted where it arises, or anywhere around it, by `Podspace::<rule>`; one about a manifest at the
    stack whose subnets and groups that selects.
    """

    def __init__(self, *, manifests: Iterable[Path] = (), unwritten: Mapping[Path, str] | None = None) -> None:
        """Choose what the templates of the app are compared with.

        Args:
            manifests: files and folders of Kubernetes YAML or JSON; relative to where the app runs.
            unwritten: the same as text, by the file that it is going to be; of cdk8s, `{path: app.synth_yaml()}`.
        """
        self._manifests = tuple(manifests)
        self._unwritten = dict(unwritten or {})

    @property
    def name(self) -> str:
        """What its rules are acknowledged under."""
        return PLUGIN

    @property
    def version(self) -> str | None:
        """None: it is that of the distribution."""
        return None

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules."""
        return [*RULES, *API_RULES]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Look at the templates and the manifests."""
        inputs = read_inputs(self._manifests, unwritten=self._unwritten)
        stacks = context.stack_templates  # read once: each reading asks Node for every property of every stack
        read_assemblies([Path(stack.template_path) for stack in stacks], inputs)
        result = judged(inputs)
        found = [*result.findings, *result.acknowledged]
        top = min((stack.stack_construct_path for stack in stacks), default="")
        violations = [_violation(finding, top) for finding in found]
        violations += [_unreadable(problem, top) for problem in result.unreadable]
        failed = any(finding.severity == "error" for finding in found) or bool(result.unreadable)
        return PolicyValidationPluginReport(success=not failed, violations=violations)


def _violation(finding: Diagnostic, top: str) -> PolicyViolation:
    """A finding as CDK has it.

    CDK drops a violation that names no resource, and passes, so one about a manifest names a construct.
    """
    at = finding.location
    where = f"{os.path.relpath(at.file)}:{at.line}"
    head = ": ".join(part for part in (f"{at.kind} {at.name}", at.path, finding.subject) if part)
    return PolicyViolation(
        rule_name=finding.id,
        description=cleaned(f"{where}: {head} {finding.message}. {finding.cause}".rstrip()),
        fix="; ".join(filter(None, [finding.fix, f"see {finding.source}" if finding.source else ""])),
        severity=finding.severity,
        violating_resources=[
            PolicyViolatingResource(
                construct_path=None if at.in_template else at.construct_path or top,
                resource_logical_id=at.name if at.in_template else None,
                template_path=at.file if at.in_template else None,
                locations=[at.path] if at.path else [],
            )
        ],
    )


def _unreadable(problem: Diagnostic, top: str) -> PolicyViolation:
    return PolicyViolation(
        rule_name=_UNREADABLE,
        description=cleaned(f"{problem.location} {problem.message}"),
        fix=problem.fix or "correct the file",
        severity="fatal",
        violating_resources=[PolicyViolatingResource(construct_path=top, locations=[])],
    )
