"""The application: from the config asked for to templates and manifests, or to a list of what is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import cdk8s
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from constructs_lib import PodspaceChecks, validation_failed
from k8s import PodNetworkChart, manifests_of
from podspace.formats.manifest_files import Files, manifest_files, write_files
from podspace.planning import NetworkFile, read_network_files
from stacks import PodNetworkStack

MANIFESTS = Path("dist")
_USE = {True: "used", False: "not used by pods", None: "used if the NodeClasses say so"}


def main() -> int:
    """Synthesise every pod network of the context key `config`; 0 when all is written, else 1."""
    app = App(analytics_reporting=False)
    try:
        _synthesise(app, app.node.try_get_context("config"))
    except OSError as error:
        print(f"\n{error.filename}: {error.strerror}\n", file=sys.stderr)
    except (RuntimeError, ValueError) as error:
        print(f"\n{error}\n", file=sys.stderr)
    else:
        return 0
    return 1


def _synthesise(app: App, config: object) -> None:
    if not isinstance(config, str):
        raise ValueError("config must be the path of a config file or folder: -c config=config/article.yaml")
    files = read_network_files(Path(config))
    charts = cdk8s.App()
    folders: dict[Path, Files] = {}
    for file in files:
        manifests = manifests_of(PodNetworkChart(charts, file.plan.name, plan=file.plan))
        try:
            PodNetworkStack(app, file.plan.name, plan=file.plan, manifests=manifests)
        except (RuntimeError, ValueError) as error:  # of jsii, or of ours
            raise ValueError(f"{file.path}: {error}") from error
        if manifests:
            folders[MANIFESTS / file.plan.name] = manifest_files(manifests)
    unwritten = {folder / name: text for folder, files_ in folders.items() for name, text in files_.items()}
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), PodspaceChecks(unwritten=unwritten))
    templates = Path(app.synth().directory)
    if validation_failed(templates):
        print("validation failed, so no manifest is written", file=sys.stderr)
        return  # the CDK CLI reports the findings and fails
    write_files(folders)
    for file in files:
        folder = MANIFESTS / file.plan.name
        template = Path(os.path.relpath(templates)) / f"{file.plan.name}.template.json"
        _report(file, [template, *(folder / name for name in sorted(folders.get(folder, ())))])


def _report(file: NetworkFile, written: Iterable[Path]) -> None:
    print(f"{file.path}: {file.plan.name}", file=sys.stderr)
    for table in file.plan.pods.route_tables:
        for route in table.all_routes:
            target = file.plan.pods.gateway(route.gateway).full_name
            print(f"  route table {table.name}: {route.destination} -> {target}, {_USE[route.used]}", file=sys.stderr)
    for remark in file.plan.remarks:
        print(f"  {remark.severity}: {remark.message}", file=sys.stderr)
    for path in written:
        print(f"  wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
