"""Config files: reading, planning and comparing them, with all errors at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import JsonValue, ValidationError

from podspace.api import corrections, without_echoes
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import Document, parsed_document, read_document
from podspace.formats.text_file import not_read, text_of, unreadable
from podspace.planning.cluster.plan import given_name
from podspace.planning.config import Config
from podspace.planning.egress.kinds import egress_kind
from podspace.planning.files.collision import Member, collisions
from podspace.planning.files.policy_files import ReadText, with_policy_files
from podspace.planning.files.substitutes import with_substitutes
from podspace.planning.inventory import size_problems
from podspace.planning.network import Network
from podspace.planning.plan import Plan
from podspace.planning.planner import config_problems, parsed_config, plan_of


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkFile:
    """A config file, and the plan of the pod network that it describes.

    Attributes:
        path: path of the file.
        plan: plan of the network.
    """

    path: Path
    plan: Plan


def read_network_files(*paths: Path | str) -> tuple[NetworkFile, ...]:
    """The pod networks of config files, and of every YAML file in folders, each folder in the order of the names.

    Raises:
        InputError: a file has an error; the exception has every error of every file, with file and line.
    """
    files = [file for path in paths for file in _config_files(Path(path))]
    return _files(_planned_together({file: partial(read_document, file) for file in files}))


def read_network_file(path: Path | str) -> NetworkFile:
    """The one pod network of a config file, or of a folder with one YAML file.

    Raises:
        InputError: a file has an error, or there are several files.
    """
    file, *others = read_network_files(path)
    if others:
        several = Diagnostic(
            id="several-configs",
            location=Location(file=str(path)),
            message="must be one config file, not a folder of several",
        )
        raise InputError([several])
    return file


def network_files_of(texts: Mapping[Path, str], *, read: ReadText = text_of) -> tuple[NetworkFile, ...]:
    """The pod networks of texts of config files, such as former versions; diagnostics have the path of each.

    `read` returns the text of a policy file that a config names.

    Raises:
        InputError: a text has an error; the exception has every error of every text, with path and line.
    """
    documents = {path: partial(parsed_document, text, path) for path, text in texts.items()}
    return _files(_planned_together(documents, read=read))


def resolved_text(text: str, path: Path) -> tuple[NetworkFile, Network, Document]:
    """The pod network of the text of one config file, with its resolved network; only for `podspace.planning`.

    Raises:
        InputError: the text has an error; the exception has every error.
    """
    ((document, member),) = _planned_together({path: partial(parsed_document, text, path)})
    return NetworkFile(path=path, plan=member.plan), member.network, document


def _files(planned: Iterable[tuple[Document, Member]]) -> tuple[NetworkFile, ...]:
    return tuple(NetworkFile(path=document.path, plan=member.plan) for document, member in planned)


def _planned_together(
    documents: Mapping[Path, Callable[[], Document]], *, read: ReadText = text_of
) -> list[tuple[Document, Member]]:
    planned: list[tuple[Document, Member]] = []
    problems: list[Diagnostic] = []
    for document in documents.values():
        try:
            found = document()
            planned.append((found, _member(found, read)))
        except InputError as error:
            problems += error.diagnostics
    by_file = {str(document.path): document for document, _ in planned}
    clashes = collisions([member for _, member in planned])
    problems += [by_file[file].located(problem) for file, problem in clashes]
    if problems:
        raise InputError(problems)
    return planned


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


def _member(document: Document, read: ReadText) -> Member:
    document, problems = with_policy_files(document, read)
    try:
        network, plan = _planned(document.data)
    except InputError as error:
        raise InputError([*problems, *map(document.located, error.diagnostics)]) from None
    if problems:
        raise InputError(problems)
    return Member(file=str(document.path), network=network, plan=plan)


def _planned(data: JsonValue) -> tuple[Network, Plan]:
    problems: list[Diagnostic] = []
    try:
        config = parsed_config(data)
    except ValidationError as error:
        problems = config_problems(error, data)
        config = _parsed_with_substitutes(data, error, problems)
        problems = without_echoes(problems)
    network = Network(config)
    problems += _missing_ids(config)
    try:
        plan = plan_of(network)
        problems += size_problems(plan.resources())
    except InputError as error:
        problems += error.diagnostics
    if problems:
        raise InputError(problems)
    return network, plan


def _parsed_with_substitutes(data: JsonValue, error: ValidationError, problems: list[Diagnostic]) -> Config:
    """The config with misspelt keys as they were meant or, where their values do not fit there, without them."""
    for corrected in (corrections(problems), {}):
        with suppress(ValidationError):
            return parsed_config(with_substitutes(data, error, corrected))
    raise InputError(without_echoes(problems))


def _missing_ids(config: Config) -> Iterator[Diagnostic]:
    """A file must name existing things by their ids, while a CDK app may pass them in as objects."""
    group = config.pods.security_group
    new_vpc, new_cluster = config.vpc.create is not None, config.cluster.create is not None
    elsewhere = bool(config.vpc.shared_with)
    needs_no_group = group.id is not None and not group.add_rules and not config.apply
    wanted = (
        ("vpc.id", new_vpc or config.vpc.id is not None, "the VPC's id, vpc-…"),
        (
            "vpc.node_subnets",
            new_vpc or elsewhere or config.vpc.node_subnets is not None,
            "the subnets of the nodes, as a map {zone: [subnet-…]}",
        ),
        (
            "cluster.create",
            not new_vpc or new_cluster,
            '`{version: "1.36", admins: [arn:…]}`; a new VPC has no cluster',
        ),
        (
            "cluster.security_group_id",
            needs_no_group or elsewhere or new_vpc or new_cluster or config.cluster.security_group_id is not None,
            "what `aws eks describe-cluster` shows as resourcesVpcConfig.clusterSecurityGroupId",
        ),
    )
    missing = [(path, fix) for path, given, fix in wanted if not given]
    for index, entry in enumerate(config.egress):
        missing += [
            (f"egress[{index}].{key}", fix) for key, fix in egress_kind(entry).passed_in(entry, new_vpc=new_vpc)
        ]
    missing += [(path, "the id of the security group, sg-…") for path in _given_groups(config)]
    for path, fix in missing:
        yield Diagnostic(id="id-missing", location=Location(path=path), message="must be given in a file", fix=fix)


def _given_groups(config: Config) -> Iterator[str]:
    """The paths of the security groups of rules that only a CDK app can pass in."""
    group = config.pods.security_group
    named = (
        ("ingress[{}].from", [entry.from_ for entry in group.ingress or ()]),
        ("egress[{}].to", [entry.to for entry in group.egress or ()]),
        ("reaches[{}].id", [entry.id for entry in group.reaches]),
    )
    for path, parties in named:
        for index, party in enumerate(parties):
            if given_name(party):
                yield f"pods.security_group.{path.format(index)}"
