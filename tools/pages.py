"""The pages and schemas that are made from the code: `make pages` writes them, a test holds them to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from podspace.api import MANIFEST_KINDS
from podspace.api.json_schema import json_schema, json_text, schema_files
from podspace.api.metadata import Metadata
from podspace.api.model import ApiModel
from podspace.drawing import svg
from podspace.lint.api_rules import API_RULES
from podspace.lint.catalogue import PARTS
from podspace.lint.rule import Rule
from podspace.live.aws.call import CALLS, read_only_policy
from podspace.planning import read_network_files
from podspace.preflight import CHECKS, VPC_CHECKS
from podspace.reporting.json_schema import report_schema
from podspace.verification.known_symptoms import SYMPTOMS
from podspace.verification.symptom import Symptom
from tools import REPOSITORY
from tools.api_reference import api_page
from tools.configuration import configuration_page
from tools.overviews import overviews
from tools.schema_in_words import Json, resolved, value_in_words
from tools.terminal import terminal_pictures

DOCS: Final = REPOSITORY / "docs"
PICTURES: Final = ("article", "three-zones")
"""The names of the configs whose pictures the pages show."""

_HEAD: Final = """# Every field

This page lists each field of NodeClass, NodePool and ENIConfig, its limits, and the rules between fields.
Fields have the names of the API; in a config file the same keys are in snake case.
`make pages` generates this page from the code.

A rule is *documented* if a page of AWS, Karpenter or Kubernetes states it; the message has the link.
It is *in the schema* if only the schema states it that EKS installs in a cluster.
It is *inferred* if no source states it in one sentence.
[Rules](rules.md#nodeclasses) has the sources, and [schemas](schemas) the same fields as JSON Schema for
[editors and other tools](lint.md#schemas).
"""

_CHECKS_HEAD: Final = """# Every check

This page lists every check of `podspace lint` and of the plug-in, with its level, reason, fix and source.
[Lint](lint.md) shows how to run them, and how to accept a finding.
`make pages` generates this page from the code.

With an *error*, the deployment fails, or pods cannot start or connect.
A *warning* is about a cost, or a condition to check. It changes the exit status only with `podspace lint --fail-on warning`.
Values that are not in the input are never findings: see [which values are resolved](lint.md#which-values-are-resolved).
If only one value is missing in the input, an error becomes a warning that shows this value.

## One manifest

[Every field](fields.md) lists the fields and the rules between them. [Changes](lint.md#changes-to-what-is-applied) lists
what a change of an applied object does.
"""

_AWS_HEAD: Final = """# Reading an AWS account

This page lists the permissions of the commands that read an account, and what `podspace preflight` checks.
`podspace init`, `preflight`, `verify`, `prices`, `teardown` and `plan --describe-instance-types` read an account and change nothing in it.
`make pages` generates this page from the code.

Credentials, regions and endpoints are boto3's: a profile (`--profile`, `AWS_PROFILE`), environment variables, SSO, roles of instances and pods, `AWS_ENDPOINT_URL`.
`init` takes the region of `--region` or of the profile; the others that of the config.
A call that is throttled, or whose connection fails, is tried five times, each time after a longer wait with jitter.
Calls that you are not allowed to make, that are not answered, or whose answer is not one of AWS are reported as `unknown`; the other checks still run.
Such an answer is the login page of a proxy, an empty or incomplete answer, or XML or JSON of another kind.
If the first two calls get no answer, AWS cannot be reached, and the command ends.
The exit status is then 2, or 1 if there is an error.

## Permissions

This policy is for all of these commands together. `podspace verify` needs a part of it only: [`iam-policy.json`](../examples/monitoring/iam-policy.json).

"""

_PREFLIGHT_HEAD: Final = """
## What preflight checks

`podspace preflight` compares a plan with the account, in this order.
Resources that the stack of the plan created are no conflict: CloudFormation lists them.
CIDR blocks of other pod networks of the VPC are known by the tags of their subnets and, in a folder, by the other files.
In a wrong account, or in a region without the VPC and the cluster, no further check runs.

"""

_SYMPTOMS_HEAD: Final = """# Known messages

This page lists the messages of a cluster that `podspace verify` knows, with cause and fix.
It finds them in events, in what pods wait for, and in the conditions of NodeClasses, NodePools and NodeClaims.
[Verify](verify.md) shows how to run it.
`make pages` generates this page from the code.

The column *while it lasts* is the severity of a message in the current conditions of an object, or in an event about a
pod that has no address yet.
Messages in other events are warnings, because events are kept for an hour, even if their cause is gone. Messages about
NodePools that are not in the config are warnings too.
If two messages match one text, the upper one is reported.
"""


def pages() -> dict[Path, str]:
    """The text of every file that is made from the code."""
    schemas = {DOCS / "schemas" / name: text for name, text in schema_files().items()}
    made = {
        "schemas/report.json": json_text(report_schema()),
        "api.md": api_page(),
        "configuration.md": configuration_page(),
        "fields.md": _field_page(),
        "checks.md": _check_page(),
        "aws.md": _aws_page(),
        "symptoms.md": _symptom_page(),
    }
    for name in PICTURES:
        (file,) = read_network_files(REPOSITORY / "config" / f"{name}.yaml")
        made[f"pictures/{name}.svg"] = svg(file.plan)
    made |= {f"pictures/{name}.svg": picture for name, picture in terminal_pictures().items()}
    return {**schemas, **{DOCS / name: text for name, text in made.items()}, **overviews()}


def _aws_page() -> str:
    calls = [f"| `{call.action}` | {call.why} |" for call in sorted(CALLS, key=lambda call: call.action)]
    checks = [
        (check.__name__.replace("_", "-"), " ".join((check.__doc__ or "").split())) for check in (*CHECKS, *VPC_CHECKS)
    ]
    table = [f"| `{name}` | {what} |" for name, what in checks]
    policy = json.dumps(read_only_policy(), indent=2)
    lines = ["| action | for |", "|---|---|", *calls, "", "As a policy:", "", "```json", policy, "```"]
    about = ["| check | what it expects |", "|---|---|", *table]
    return _AWS_HEAD + "\n".join(lines) + "\n" + _PREFLIGHT_HEAD + "\n".join(about) + "\n"


def _symptom_page() -> str:
    rows = [
        f"| [`{each.id}`](#{each.id}) | `{each.shown}` | {', '.join(each.kinds) or 'anything'} | {each.level} |"
        for each in SYMPTOMS
    ]
    table = ["", "| check | message | of | while it lasts |", "|---|---|---|---|", *rows]
    return "\n".join([_SYMPTOMS_HEAD + "\n".join(table) + "\n", *map(_symptom_section, SYMPTOMS)])


def _symptom_section(symptom: Symptom) -> str:
    source = f"[source]({symptom.source}){', from which this is inferred' if symptom.inferred else ''}"
    cause, fix = (text[0].upper() + text[1:] for text in (symptom.cause, symptom.fix))
    return "\n".join([f"## {symptom.id}", "", f"{cause}.", "", f"*{fix}* ({source})"]) + "\n"


def _check_page() -> str:
    api = [f"| `{rule.id}` | {rule.severity} | {rule.what} |" for rule in API_RULES.values()]
    sections = [_CHECKS_HEAD + "\n".join(["", "| rule | level | what it finds |", "|---|---|---|", *api]) + "\n"]
    for part, rules in PARTS.items():
        table = [f"| [`{rule.id}`](#{rule.id}) | {rule.level} | {rule.what} |" for rule in rules]
        sections.append(
            "\n".join([f"## {part}", "", "| rule | level | what it finds |", "|---|---|---|", *table]) + "\n"
        )
        sections += map(_check_section, rules)
    return "\n".join(sections)


def _check_section(rule: Rule) -> str:
    source = f"[source]({rule.source}){', from which this is inferred' if rule.inferred else ''}"
    fix = rule.fix[0].upper() + rule.fix[1:]
    return "\n".join([f"### {rule.id}", "", rule.what, rule.why, "", f"*{fix}* ({source})"]) + "\n"


def _field_page() -> str:
    sections = [_HEAD]
    for name, kind in MANIFEST_KINDS.items():
        schema = json_schema(kind)
        version = kind.model_fields["api_version"].default
        rows = [f"| `{path}` | {value} | {about} |" for path, value, about in _rows(schema, schema)]
        table = ["| field | value | about |", "|---|---|---|", *rows]
        sections.append("\n".join([f"## {name}", "", f"`apiVersion: {version}`", "", *table]) + "\n")
        rules = [f"- `{model.__name__}`: {text}" for model, text in _rules(kind)]
        if rules:
            sections.append("\n".join(["Between fields:", "", *rules]) + "\n")
    return "\n".join(sections)


def _rows(node: Json, whole: Json, path: str = "") -> Iterator[tuple[str, str, str]]:
    for key, field in node.get("properties", {}).items():
        if path == "" and key != "spec":
            continue
        inner = resolved(field, whole)
        here = f"{path}.{key}" if path and key.isidentifier() else f'{path}["{key}"]' if path else key
        about = str(field.get("description") or inner.get("description", "")).replace("\n", " ").replace("|", "\\|")
        required = "required" if key in node.get("required", ()) else ""
        item = resolved(inner["items"], whole) if "items" in inner else {}
        value = value_in_words(field, whole)
        if path:
            yield here, ", ".join(filter(None, [value, required])), about
        target, suffix = (item, "[]") if item else (inner, "")
        yield from _rows(target, whole, here + suffix)


def _rules(model: type[ApiModel]) -> Iterator[tuple[type[ApiModel], str]]:
    seen: dict[type[ApiModel], None] = {}
    waiting: list[object] = [model]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, type) and issubclass(each, ApiModel):
            if each in seen or each is Metadata:
                continue
            seen[each] = None
            waiting += [field.annotation for field in each.model_fields.values()]
        waiting += getattr(each, "__args__", ())
    for each in seen:
        for owner in each.__mro__:
            for name in ("rules", "doubts"):
                said = vars(owner).get(name)
                if said is not None and owner is not ApiModel and said.__doc__:
                    yield (
                        each,
                        ("" if name == "rules" else "*doubt:* ") + " ".join(said.__doc__.partition("\n\n")[0].split()),
                    )


def write(files: Mapping[Path, str]) -> None:
    """Write the files, and remove schemas that are made no longer."""
    for stale in (DOCS / "schemas").rglob("*.json"):
        if stale not in files:
            stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(pages())
