"""Ids in the file of `cdk deploy --outputs-file`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import read_document
from podspace.planning.origin import id_of
from podspace.planning.plan import Plan

POD_SUBNETS: Final = "PodSubnetIds-"
"""Beginning of the name of the output with a zone's pod subnets; CloudFormation removes hyphens of the name."""
POD_GROUP: Final = "PodSecurityGroupId"

_HOW: Final = (
    "run `cdk deploy --outputs-file outputs.json` and give that file with --outputs, or list existing resources by id "
    "in the config"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PodIds:
    """Ids of the pod subnets by zone, and of the pods' security group."""

    subnets: Mapping[str, tuple[str, ...]]
    security_group: str


def pod_ids(plan: Plan, *, path: Path, outputs: Path | None) -> PodIds:
    """Ids of pod subnets and security group: those of the config, otherwise those of the outputs file.

    Args:
        plan: the plan of the config.
        path: path of the config file, for diagnostics.
        outputs: path of the file of `cdk deploy --outputs-file`; None for none.

    Raises:
        InputError: an id is in neither, or the outputs file has no outputs of this stack.
    """
    found = _outputs(outputs, plan.stack_name) if outputs else {}
    subnets = dict(plan.pods.subnet_ids) or {
        zone: tuple(found[key].split(",")) for zone in plan.pods.zones if (key := _key(zone)) in found
    }
    ids = PodIds(subnets=subnets, security_group=id_of(plan.pod_group.origin) or found.get(POD_GROUP, ""))
    if problems := tuple(_problems(plan, ids, str(outputs or path))):
        raise InputError(problems)
    return ids


def _key(zone: str) -> str:
    return re.sub("[^A-Za-z0-9]", "", POD_SUBNETS + zone)


def _outputs(path: Path, stack: str) -> Mapping[str, str]:
    data = read_document(path).data
    outputs = data.get(stack) if isinstance(data, dict) else None
    if not isinstance(outputs, dict):
        stacks = ", ".join(name for name in data if name != stack) if isinstance(data, dict) else ""
        must = f"must have the outputs of stack {stack}" + (f", but has those of {stacks}" if stacks else "")
        raise InputError(
            [
                Diagnostic(
                    id="stack-not-in-outputs",
                    location=Location(file=str(path)),
                    message=must,
                    fix="deploy that stack with --outputs-file",
                )
            ]
        )
    return {key: value for key, value in outputs.items() if isinstance(value, str)}


def _problems(plan: Plan, ids: PodIds, where: str) -> Iterator[Diagnostic]:
    wanted = plan.vpc_cni.eni_configs if plan.vpc_cni else ()
    for zone in dict.fromkeys(each.zone for each in wanted):
        needed = sum(each.zone == zone for each in wanted)
        known = ids.subnets.get(zone, ())
        if len(known) != needed:
            must = f"must have the ids of the {needed} pod subnets of {zone}: an ENIConfig has the id of its subnet"
            value = f"{len(known)} known" if known else ""
            yield Diagnostic(
                id="id-not-in-outputs",
                location=Location(file=where),
                subject=value,
                message=must.replace("the 1 pod subnets", "the pod subnet"),
                fix=_HOW,
            )
    if not ids.security_group:
        must = "must have the id of the pods' security group: an ENIConfig has the ids of its security groups"
        yield Diagnostic(id="id-not-in-outputs", location=Location(file=where), message=must, fix=_HOW)
