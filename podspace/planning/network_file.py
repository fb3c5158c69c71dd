"""Config files: read, planned, and held against each other, with every problem of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import JsonValue, ValidationError

from podspace.api import corrections, problems_of, without_echoes
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import Document, parsed_document, read_document
from podspace.formats.text_file import not_read, unreadable
from podspace.planning.collision import collisions
from podspace.planning.config import Config, EgressConfig
from podspace.planning.plan import Plan
from podspace.planning.planner import plan_network
from podspace.planning.stand_in import with_stand_ins


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkFile:
    """A config file, what it asks for, and the plan made of it."""

    path: Path
    config: Config
    plan: Plan


def read_network_files(path: Path) -> tuple[NetworkFile, ...]:
    """The pod networks of one config file, or of every YAML file in a folder, in the order of their names.

    Raises:
        InputError: with every problem of every file, each under its file and line.
    """
    return _planned_together({file: partial(read_document, file) for file in _config_files(path)})


def read_network_file(path: Path) -> NetworkFile:
    """The one pod network of a config file, or of a folder with one YAML file.

    Raises:
        InputError: with every problem of every file, or as there are several files.
    """
    file, *others = read_network_files(path)
    if others:
        raise InputError(
            [Diagnostic(location=Location(file=str(path)), message="must be one config file, not a folder of several")]
        )
    return file


def network_files_of(texts: Mapping[Path, str]) -> tuple[NetworkFile, ...]:
    """The same of texts that stand nowhere yet, or stood there once; a path is what problems are told of.

    Raises:
        InputError: with every problem of every text, each under its path and line.
    """
    return _planned_together({path: partial(parsed_document, text, path) for path, text in texts.items()})


def _planned_together(read: Mapping[Path, Callable[[], Document]]) -> tuple[NetworkFile, ...]:
    files: list[NetworkFile] = []
    documents: dict[str, Document] = {}
    problems: list[Diagnostic] = []
    for path, document in read.items():
        try:
            documents[str(path)] = document()
            files.append(_planned_file(documents[str(path)]))
        except InputError as error:
            problems += error.diagnostics
    clashes = collisions([(str(file.path), file.config, file.plan) for file in files])
    problems += [documents[clashing].located(problem) for clashing, problem in clashes]
    if problems:
        raise InputError(problems)
    return tuple(files)


def _config_files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
    except OSError as error:
        raise not_read(str(path), f"must be a file or folder that can be read: {error.strerror}") from None
    if not files:
        raise unreadable(
            str(path),
            "must be a config file, or a folder with at least one (*.yaml or *.yml)",
            fix="give the path of one, with -c config=PATH",
        )
    return files


def _planned_file(document: Document) -> NetworkFile:
    try:
        config, plan = _planned(document.data)
    except InputError as error:
        raise InputError(map(document.located, error.diagnostics)) from None
    return NetworkFile(path=document.path, config=config, plan=plan)


def _planned(data: JsonValue) -> tuple[Config, Plan]:
    problems: list[Diagnostic] = []
    try:
        config = _parsed(data)
    except ValidationError as error:
        problems = problems_of(error, model=Config, data=data)
        config = _parsed_all_the_same(data, error, problems)
        problems = without_echoes(problems)
    problems += _missing_ids(config)
    try:
        plan = plan_network(config)
    except InputError as error:
        problems += error.diagnostics
    if problems:
        raise InputError(problems)
    return config, plan


def _parsed_all_the_same(data: JsonValue, error: ValidationError, problems: list[Diagnostic]) -> Config:
    """The config with misspelt keys as they were meant or, where their values do not fit there, without them."""
    for corrected in (corrections(problems), {}):
        with suppress(ValidationError):
            return _parsed(with_stand_ins(data, error, corrected))
    raise InputError(without_echoes(problems))


def _parsed(data: JsonValue) -> Config:
    return Config.model_validate(data, by_name=True, by_alias=False)


def _missing_ids(config: Config) -> Iterator[Diagnostic]:
    """A file is all there is: what exists must be named in it, while a CDK app may hand it over as objects."""
    group = config.pods.security_group
    created = config.vpc.create is not None
    adopted = group.id is not None and not group.add_rules and not config.apply
    wanted = {
        "vpc.id": created or config.vpc.id is not None,
        "vpc.node_subnets": created or config.network_half or config.vpc.node_subnets is not None,
        "cluster.create": not created or config.cluster.create is not None,
        "cluster.security_group_id": adopted
        or config.network_half
        or created
        or config.cluster.create is not None
        or config.cluster.security_group_id is not None,
    }
    for index, entry in enumerate(config.egress):
        for key, given in _named_in(entry, created=created):
            wanted[f"egress[{index}].{key}"] = given
    for place, given in wanted.items():
        if not given:
            yield Diagnostic(
                location=Location(path=place),
                message="must be given in a file",
                fix=_WHERE_TO_FIND[place.rpartition(".")[2]],
            )


def _named_in(entry: EgressConfig, *, created: bool) -> Iterator[tuple[str, bool]]:
    """The keys of an entry that stand for what exists, and whether they name it."""
    if entry.gateways:
        yield entry.kind, created or entry.gateways.ids is not None
    yield "regional_nat_gateway", entry.regional_nat_gateway != "per_zone"
    yield "transit_gateway", entry.transit_gateway != "given"
    yield "egress_only_gateway", entry.egress_only_gateway != "given"
    yield "allocation_ids", entry.allocation_ids != "given"
    yield "attachment_subnets", created or entry.attachment_subnets != "per_zone"


_WHERE_TO_FIND = {
    "id": "the VPC's id, vpc-…",
    "node_subnets": "the subnets the nodes live in, as a map {zone: [subnet-…]}",
    "create": '`{version: "1.36", admins: [arn:…]}`; a VPC that is made here has no cluster yet',
    "security_group_id": "what `aws eks describe-cluster` shows as resourcesVpcConfig.clusterSecurityGroupId",
    "nat_gateways": "the ids, as a map {zone: nat-…}, or one id for all zones",
    "new_nat_gateways": "the public subnets, as a map {zone: subnet-…}, or one id for all zones",
    "private_nat_gateways": "the routable subnets, as a map {zone: subnet-…}, or one id for all zones",
    "regional_nat_gateway": "the Elastic IP addresses, as a map {zone: [eipalloc-…]}, or the word automatic",
    "transit_gateway": "the transit gateway's id, tgw-…",
    "egress_only_gateway": "the gateway's id, eigw-…, or the word new",
    "allocation_ids": "the Elastic IP addresses, as a map {zone: [eipalloc-…]}",
    "attachment_subnets": "a routable subnet of each zone, as a map {zone: subnet-…}",
}
