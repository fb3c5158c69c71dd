"""ENIConfigs of a config as files, and the configuration of the VPC CNI add-on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from podspace.api import problems_of
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.manifest_files import manifest_files, write_files
from podspace.planning.files.network_file import NetworkFile, read_network_file
from podspace.planning.files.stack_outputs import pod_ids
from podspace.planning.nodes.vpc_cni import add_on_configuration, eni_configs

ADD_ON_FILE: Final = "configuration-values.txt"
"""Name of the file with the configuration of the add-on; `kubectl apply` of the folder ignores its name."""


def write_eni_configs(config: Path, *, outputs: Path | None = None, folder: Path | None = None) -> tuple[Path, ...]:
    """Write an ENIConfig for each pod subnet, and the file for `aws eks update-addon --configuration-values`.

    Args:
        config: a config file with a `vpc_cni` section.
        outputs: path of the file of `cdk deploy --outputs-file`; needed if the config has no ids of pod subnets and
            security group.
        folder: folder to write to; `dist/<name>/vpc-cni` by default.

    Raises:
        InputError: the config or the outputs file has an error, or an id is in neither; then no file is written.
        OSError: a file cannot be written; then no file is.
    """
    file = read_network_file(config)
    plan = file.plan.vpc_cni
    if plan is None or plan.add_on:
        raise InputError(_nothing_to_write(file))
    ids = pod_ids(file.plan, path=config, outputs=outputs)
    try:
        made = eni_configs(plan, subnet_ids=ids.subnets, security_group_id=ids.security_group)
    except ValidationError as error:
        where = Location(file=str(outputs or config))
        raise InputError([replace(each, location=where, inferred=False) for each in problems_of(error)]) from None
    files = dict(manifest_files(each.manifest() for each in made))
    files[ADD_ON_FILE] = json.dumps(add_on_configuration(plan).values(), indent=2) + "\n"
    target = folder or Path("dist") / file.plan.name / "vpc-cni"
    write_files({target: files}, stale="*-eniconfig-*.k8s.yaml")
    return tuple(target / name for name in sorted(files))


def _nothing_to_write(file: NetworkFile) -> Iterator[Diagnostic]:
    if file.plan.vpc_cni is None:
        must = "must be given: it configures how nodes of managed node groups take their addresses"
        fix = "add `vpc_cni: {}` to the file"
    else:
        must = "must be for an existing cluster: in a cluster created by this stack, the add-on creates the ENIConfigs"
        fix = "no action needed: `kubectl get eniconfigs` shows them after the deployment"
    yield Diagnostic(id="no-eni-configs", location=Location(file=str(file.path), path="vpc_cni"), message=must, fix=fix)
