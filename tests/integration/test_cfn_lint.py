"""cfn-lint on the template of every example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.runner import Runner

from podspace.planning import read_network_files
from tests.mother import a_config
from tests.template import CONFIGS, canonical, template_of, template_of_file


@cache
def cfn_lint(region: str) -> Runner:
    """cfn-lint with its rules, which take twice as long to load as to be checked."""
    # W3005 is about a dependency that CDK's provider framework adds to a reference.
    return Runner(ConfigMixIn(regions=[region], ignore_checks=["W3005", "W3010", "I"]))


def findings(template: Mapping[str, Any], region: str) -> list[str]:
    decoded, errors = decode_str(canonical(template))
    assert not errors
    return [f"{match.rule.id}: {match.message}" for match in cfn_lint(region).validate_template(decoded)]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_cfn_lint_finds_no_error(path: Path) -> None:
    (file,) = read_network_files(path)
    assert not findings(template_of_file(path).to_json(), file.plan.region)


def test_cfn_lint_would_find_an_error() -> None:
    body = template_of(a_config()).to_json()
    next(iter(body["Resources"].values()))["Properties"]["VpcId"] = ["not", "an", "id"]
    assert findings(body, "eu-west-1")
