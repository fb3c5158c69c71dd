"""The checks of `podspace lint` over the templates and manifests of a CDK app, as a validation plug-in."""

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
    """A validation plug-in that makes `cdk synth` fail if `podspace lint` finds an error in templates or manifests.

    Register it with one line, with or without cdk-nag:

        Validations.of(app).add_plugins(PodspaceChecks(manifests=[Path("manifests")]))

    A finding is acknowledged on its construct, or on one around it, by `Podspace::<rule>`; a finding about a manifest
    on the stack whose subnets and security groups the manifest selects.
    """

    def __init__(self, *, manifests: Iterable[Path] = (), unwritten: Mapping[Path, str] | None = None) -> None:
        """Choose the manifests that are checked together with the templates of the app.

        Args:
            manifests: files and folders of Kubernetes YAML or JSON; relative paths start in the working directory of
                the app.
            unwritten: texts of manifests that are not written yet, by path; for cdk8s, `{path: app.synth_yaml()}`.
        """
        self._manifests = tuple(manifests)
        self._unwritten = dict(unwritten or {})

    @property
    def name(self) -> str:
        """Name of the plug-in, with which acknowledgements of its rules begin."""
        return PLUGIN

    @property
    def version(self) -> str | None:
        """None: the version is that of the distribution."""
        return None

    @property
    def rule_ids(self) -> list[str]:
        """Ids of all rules, such as `subnet-outside-blocks`."""
        return [*RULES, *API_RULES]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Check the templates and the manifests, and return the findings as a CDK report."""
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
