"""Config files: read, planned, and held against each other, with every problem of all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue, ValidationError

from podspace.api import problems_of
from podspace.planning.collision import collisions
from podspace.planning.config import Config
from podspace.planning.document import Document, read_document
from podspace.planning.plan import Plan
from podspace.planning.planner import plan_network
from podspace.problem import PlanError, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkFile:
    """A config file, what it asks for, and the plan made of it."""

    path: Path
    config: Config
    plan: Plan


def read_network_files(path: Path) -> tuple[NetworkFile, ...]:
    """The pod networks of one config file, or of every YAML file in a folder, in the order of their names.

    Raises:
        PlanError: with every problem of every file, each under its file and line.
    """
    files: list[NetworkFile] = []
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for file in _config_files(path):
        try:
            documents[str(file)] = read_document(file)
            files.append(_planned_file(documents[str(file)]))
        except PlanError as error:
            problems += error.problems
    clashes = collisions([(str(file.path), file.config, file.plan) for file in files])
    problems += [documents[clashing].located(problem) for clashing, problem in clashes]
    if problems:
        raise PlanError(problems)
    return tuple(files)


def _config_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
    if not files:
        raise PlanError(
            [
                Problem(
                    place=str(path),
                    must="must be a config file, or a folder with at least one (*.yaml or *.yml)",
                    fix="give the path of one, with -c config=PATH",
                )
            ]
        )
    return files


def _planned_file(document: Document) -> NetworkFile:
    try:
        config, plan = _planned(document.data)
    except PlanError as error:
        raise PlanError(map(document.located, error.problems)) from None
    return NetworkFile(path=document.path, config=config, plan=plan)


def _planned(data: JsonValue) -> tuple[Config, Plan]:
    problems: list[Problem] = []
    try:
        config = _parsed(data)
    except ValidationError as error:
        problems = problems_of(error, model=Config, data=data)
        try:
            config = _parsed(_set_aside(data, error))
        except ValidationError:
            raise PlanError(problems) from None
    problems += _missing_ids(config)
    try:
        plan = plan_network(config)
    except PlanError as error:
        problems += error.problems
    if problems:
        raise PlanError(problems)
    return config, plan


def _parsed(data: JsonValue) -> Config:
    return Config.model_validate(data, by_name=True, by_alias=False)


_INDEPENDENT: Mapping[str, JsonValue] = {"stack": {}, "node_classes": [{"name": "set-aside"}], "node_pools": []}
"""Sections that no address, route or group depends on, with what can stand in for them."""


def _set_aside(data: JsonValue, error: ValidationError) -> JsonValue:
    """The data without its unknown keys and wrong independent sections, so that the rest is looked at as well."""
    wrong = error.errors(include_url=False, include_input=False)
    kept = _without(data, {each["loc"] for each in wrong if each["type"] == "extra_forbidden"})
    if not isinstance(kept, dict):
        return kept
    sections = {each["loc"][0] for each in wrong if each["loc"]}
    return kept | {section: value for section, value in _INDEPENDENT.items() if section in sections}


def _without(data: JsonValue, locs: set[tuple[int | str, ...]], at: tuple[int | str, ...] = ()) -> JsonValue:
    if isinstance(data, dict):
        return {key: _without(value, locs, (*at, key)) for key, value in data.items() if (*at, key) not in locs}
    if isinstance(data, list):
        return [_without(value, locs, (*at, index)) for index, value in enumerate(data)]
    return data


def _missing_ids(config: Config) -> Iterator[Problem]:
    """A file is all there is: what exists must be named in it, while a CDK app may hand it over as objects."""
    group = config.pods.security_group
    wanted: Mapping[str, object] = {
        "vpc.id": config.vpc.id,
        "vpc.node_subnets": config.vpc.node_subnets,
        "cluster.security_group_id": config.cluster.security_group_id,
    } | {
        f"egress[{index}].{kind}": gateways.ids
        for index, entry in enumerate(config.egress)
        for kind, gateways in (
            ("nat_gateways", entry.nat_gateways),
            ("new_nat_gateways", entry.new_nat_gateways),
        )
        if gateways is not None
    }
    if group.id and not group.add_rules:
        wanted = {place: value for place, value in wanted.items() if place != "cluster.security_group_id"}
    for place, value in wanted.items():
        if value is None:
            yield Problem(place=place, must="must be given in a file", fix=_WHERE_TO_FIND[place.rpartition(".")[2]])


_WHERE_TO_FIND = {
    "id": "the VPC's id, vpc-…",
    "node_subnets": "the subnets the nodes live in, as a map {zone: [subnet-…]}",
    "security_group_id": "what `aws eks describe-cluster` shows as resourcesVpcConfig.clusterSecurityGroupId",
    "nat_gateways": "the ids, as a map {zone: nat-…}, or one id for all zones",
    "new_nat_gateways": "the public subnets, as a map {zone: subnet-…}, or one id for all zones",
}
