"""What other tools say of a deployment, as a set of findings: each a rule with what it names."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint as cfn_lint_text

from podspace.lint.template import template_document

Findings = frozenset[str]

_IMPORTED = re.compile(r'\{"Fn::GetStackOutput": \{[^{}]*"OutputName": ("[^"]*")\}\}')  # CfnInclude does not know it


def templates_of(folder: Path) -> Iterator[Path]:
    """The templates in a deployment."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".yml", ".json", ".template"} and template_document(path.read_text(), path):
            yield path


def cfn_lint(folder: Path) -> Findings:
    """cfn-lint's errors and warnings."""
    found = [(path, match) for path in templates_of(folder) for match in cfn_lint_text(path.read_text())]
    return frozenset(f"{path.name} {match.rule.id} {match.message}" for path, match in found)


def cdk_validation(folder: Path) -> Findings | None:
    """The template validation that CDK does by itself."""
    return _in_an_app(folder, plugin=None)


def cdk_nag(folder: Path) -> Findings | None:
    """cdk-nag's AwsSolutions pack."""
    return _in_an_app(folder, plugin="nag")


def _in_an_app(folder: Path, *, plugin: str | None) -> Findings | None:
    """The findings of plug-ins over a CDK app that includes the templates; None if CDK cannot include them."""
    with tempfile.TemporaryDirectory() as out:
        os.environ["CDK_CONTEXT_JSON"] = "{}"
        app = cdk.App(
            outdir=out,
            analytics_reporting=False,
            builtin_cloud_formation_validation=plugin is None,
            context={"aws:cdk:app-mode": "process"},
        )
        for number, path in enumerate(templates_of(folder)):
            stack = cdk.Stack(app, f"Stack{number}", synthesizer=cdk.BootstraplessSynthesizer())
            document = template_document(path.read_text(), path)
            assert document
            long_form = Path(out).parent / f"{os.getpid()}-{number}.json"
            long_form.write_text(_IMPORTED.sub(r'{"Fn::ImportValue": \1}', json.dumps(document.data)))
            try:
                CfnInclude(stack, "Template", template_file=str(long_form))
            except RuntimeError:  # Fn::ForEach, for one
                return None
        if plugin:
            cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        with contextlib.suppress(RuntimeError):  # which it raises for findings, too
            app.synth()
        report = Path(out) / "validation-report.json"
        if not report.exists():
            return frozenset()
        return frozenset(
            f"{violation['ruleName']} {violation['description']} {construct.get('constructPath', '')}"
            for one in json.loads(report.read_text())["pluginReports"]
            for violation in one["violations"]
            for construct in violation["violatingConstructs"]
        )


def checkov(folder: Path) -> Findings:
    """checkov's failed checks, where the command is there."""
    return _checkov_of_all(folder.parent).get(folder.name, frozenset())


@cache
def _checkov_of_all(folder: Path) -> dict[str, Findings]:
    """One run over all deployments in a folder, as the command takes seconds to start."""
    command = ["checkov", "--directory", str(folder), "--compact", "--quiet", "--output", "json", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    reports = json.loads(done.stdout)
    found: dict[str, set[str]] = {}
    for report in reports if isinstance(reports, list) else [reports]:
        for check in report.get("results", {}).get("failed_checks", ()):
            name = Path(check["file_path"]).parts[1]
            found.setdefault(name, set()).add(f"{check['check_id']} {check['resource']}")
    return {name: frozenset(one) for name, one in found.items()}


def is_installed(command: str) -> bool:
    """Whether a command is on the path."""
    return shutil.which(command) is not None
