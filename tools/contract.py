"""The names that users write down or parse, as docs/stability.md promises them, to compare with those of releases.

`python -m tools.contract` adds the names of now to `tests/contract.json`, as part of a release; it removes none.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import typer.main

from podspace.cli import app
from podspace.diagnostic import SEVERITIES, Diagnostic
from podspace.lint import RULES
from podspace.lint.api_rules import API_RULES
from podspace.planning import read_network_files
from podspace.reporting import Format, Report
from podspace.reporting.json_schema import FACTS, report_schema
from podspace.reporting.metric import Metric
from podspace.reporting.prometheus import metrics_of_reports
from podspace.verification.metrics import metrics_of
from tests.config_paths import config_paths
from tools import REPOSITORY

RECORD: Final = REPOSITORY / "tests" / "contract.json"
MODULES: Final = (
    "constructs_lib",
    "podspace.api",
    "podspace.formats.manifest_files",
    "podspace.k8s",
    "podspace.planning",
    "podspace.stacks",
    "podspace.testing",
)
"""What the documentation imports from."""
IMPORTED: Final = {
    "podspace.formats.manifest_files": ["write_manifests"],
    "podspace.testing": ["assert_sound", "checked"],
}
"""The names of modules that have no `__all__`."""

Contract = Mapping[str, list[str]]


def contract() -> Contract:
    """The names by what they are of."""
    return {
        "config keys": sorted(config_paths()),
        "commands": sorted(_commands()),
        "rules of lint": sorted({*RULES, *API_RULES}),
        "ids of plans": sorted(_ids_of_plans()),
        "JSON keys": sorted(_json_keys()),
        "formats": sorted(Format),
        "metrics": sorted(metric.name for metric in _metrics()),
        "tags": sorted(_tags()),
        "Python names": sorted(f"{module}.{name}" for module in MODULES for name in exported(module)),
    }


def missing(recorded: Contract, current: Contract) -> list[str]:
    """The names of a record that are not there any more, each with what it is of."""
    return [f"{kind}: {name}" for kind, names in recorded.items() for name in names if name not in current[kind]]


def _commands() -> Iterator[str]:
    """Each command, and each with one of its options."""
    for name, command in typer.main.get_group(app).commands.items():
        yield name
        for parameter in command.params:
            yield from (f"{name} {option}" for option in parameter.opts if option.startswith("--"))


def _ids_of_plans() -> list[str]:
    """Those on the page of rules, which a test compares with the code."""
    page = (REPOSITORY / "docs" / "rules.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z0-9]+(?:-[a-z0-9]+)+)` \|", page, re.MULTILINE)


def _json_keys() -> Iterator[str]:
    schema = report_schema()
    assert isinstance(schema["properties"], dict)
    yield from schema["properties"]
    yield from (f"summary.{severity}" for severity in SEVERITIES)
    yield from (f"diagnostics[*].{name}" for name in Diagnostic.__slots__)
    yield from (f"facts.{key} of {command}" for command, keys in FACTS.items() for key in keys)


def _metrics() -> Iterator[Metric]:
    """Those of every report, and those of `podspace verify`."""
    yield from metrics_of_reports(Report(command="verify", diagnostics=()))
    any_time = datetime(2026, 1, 1, tzinfo=UTC)
    yield from metrics_of(at=any_time, readable={}, spaces=(), pools={}, nodes_known=True, pods_known=True)


def _tags() -> Iterator[str]:
    """The tags of what two examples create, by the type of the resource."""
    for name in ("article", "new-vpc"):
        (file,) = read_network_files(REPOSITORY / "config" / f"{name}.yaml")
        for resource in file.plan.resources():
            tags = resource.properties.get("Tags")
            if isinstance(tags, Mapping):
                yield from (f"{name}: {resource.type}: {key}" for key in tags if key != "Name")


def exported(module: str) -> list[str]:
    """The names that a documented module exports."""
    names = IMPORTED.get(module) or importlib.import_module(module).__all__
    assert isinstance(names, list)
    return names


def main() -> None:
    """Add the names of now to the record."""
    old: Contract = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    new = {kind: sorted({*old.get(kind, ()), *names}) for kind, names in contract().items()}
    RECORD.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
