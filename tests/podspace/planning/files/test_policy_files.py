"""Policy files that a config file names: read with it, and every cause reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic, InputError
from podspace.planning import read_network_file, read_network_files
from tests.mother import Changes, a_file

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def a_config(folder: Path, policies: Mapping[str, Any], changes: Changes | None = None) -> Path:
    path = folder / "net.yaml"
    endpoints = {"gateways": ["dynamodb"], "interfaces": {"services": ["sts", "logs"]}, "policies": policies}
    path.write_text(yaml.safe_dump(a_file({"endpoints": endpoints, **(changes or {})}), sort_keys=False))
    return path


def problems(path: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as refused:
        read_network_file(path)
    return refused.value.diagnostics


@pytest.mark.parametrize("name", ["sts.json", "policies/sts.json", "../common/sts.json", "./a b/ü.json"])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_a_file_is_found_from_the_config_file(
    tmp_path: Path, name: str, indent: int | str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(DOCUMENT, indent=indent))
    config = a_config(folder, {"sts": {"file": name}})
    monkeypatch.chdir("/")
    for given in (config, folder):
        (read,) = read_network_files(given)
        assert read.plan.endpoints
        (found,) = read.plan.endpoints.policies.values()
        assert json.dumps(found) == json.dumps(DOCUMENT)


BROKEN: dict[str, tuple[str, int, str]] = {
    "not JSON": ('{\n"Version": 1,\nb}', 3, "unreadable"),
    "empty": ("", 1, "unreadable"),
    "YAML": ("Version: 1", 1, "unreadable"),
    "a key twice": ('{"Version": "2012-10-17", "Version": "2012-10-17"}', 1, "duplicate-key"),
    "a list": ("[]", 1, "endpoint-policy-document"),
    "no version": ('{\n"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}', 1, "endpoint-policy-document"),
    "a wrong effect": (json.dumps(DOCUMENT, indent=1).replace("Allow", "allow"), 5, "endpoint-policy-document"),
    "too large": (json.dumps(DOCUMENT) + " " * 20_480, 0, "endpoint-policy-size"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "id"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_in_a_file_is_reported_there(tmp_path: Path, text: str, line: int, id: str) -> None:
    (tmp_path / "sts.json").write_text(text)
    (problem,) = problems(a_config(tmp_path, {"sts": {"file": "sts.json"}}))
    assert (problem.id, problem.location.file, problem.location.line) == (id, str(tmp_path / "sts.json"), line)


@pytest.mark.parametrize("name", ["missing.json", ".", "binary.json", "sts.json/x", "x" * 300])
def test_a_file_that_cannot_be_read_is_reported_where_it_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe")
    (tmp_path / "sts.json").write_text(json.dumps(DOCUMENT))
    config = a_config(tmp_path, {"logs": "account", "sts": {"file": name}})
    (problem,) = problems(config)
    assert (problem.id, problem.subject) == ("endpoint-policy-file", name)
    assert (problem.location.file, problem.location.path) == (str(config), "endpoints.policies.sts.file")
    assert name in config.read_text().splitlines()[problem.location.line - 1]


def test_every_cause_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "sts.json").write_text("{")
    files = {"sts": {"file": "sts.json"}, "logs": {"file": "logs.json"}, "ec2": "account"}
    found = problems(a_config(tmp_path, files, {"pods.cidrs": ["100.64.0.0/10"]}))
    assert [each.id for each in found] == [
        "unreadable",
        "endpoint-policy-file",
        "cidr-size",
        "endpoint-policy-without-endpoint",
    ]


@pytest.mark.parametrize("entry", [{"file": 5}, {"file": ""}, {"file": "a.json", "account": True}, {"document": []}])
def test_what_is_no_file_is_an_error_of_the_config(tmp_path: Path, entry: dict[str, Any]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    config = a_config(tmp_path, {"sts": entry})
    assert {(each.location.file, each.location.line > 0) for each in problems(config)} == {(str(config), True)}
