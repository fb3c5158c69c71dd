"""The application: from the config asked for to templates and manifests, or to a list of what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import cdk8s
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from constructs_lib import forget_validation, validation_failed
from k8s import PodNetworkChart, manifests_of
from podspace.manifest import write_manifests
from podspace.planning import NetworkFile, PlanError, read_network_files
from stacks import PodNetworkStack

MANIFESTS = Path("dist")


def main() -> int:
    """Synthesise every pod network of the context key `config`; 0 when all is written, else 1."""
    app = App(analytics_reporting=False)
    config = app.node.try_get_context("config")
    if not isinstance(config, str):
        return _failed("config must be the path of a config file or folder: -c config=config/article.yaml")
    try:
        files = read_network_files(Path(config))
    except PlanError as error:
        return _failed(str(error))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    charts = cdk8s.App()
    for file in files:
        PodNetworkStack(app, file.plan.name, config=file.config, plan=file.plan)
    manifests = {
        file.plan.name: manifests_of(PodNetworkChart(charts, file.plan.name, plan=file.plan)) for file in files
    }
    forget_validation(Path(app.outdir))
    try:
        assembly = app.synth()
    except RuntimeError as error:
        return _failed(str(error))
    if validation_failed(Path(assembly.directory)):
        print("validation failed, so no manifest is written", file=sys.stderr)
        return 0  # the CDK CLI reports the findings and fails
    try:
        for file in files:
            _report(file, write_manifests(MANIFESTS / file.plan.name, manifests[file.plan.name]))
    except OSError as error:
        return _failed(f"{error.filename}: manifests cannot be written here: {error.strerror}")
    return 0


def _report(file: NetworkFile, written: Iterable[Path]) -> None:
    print(f"{file.path}: {file.plan.name}", file=sys.stderr)
    for remark in file.plan.remarks:
        print(f"  {remark.level}: {remark.text}", file=sys.stderr)
    for path in written:
        print(f"  wrote {path}", file=sys.stderr)


def _failed(message: str) -> int:
    print(f"\n{message}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
