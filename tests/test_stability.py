"""What docs/stability.md promises: no name that users write down or parse goes away."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from tests.template import REPOSITORY
from tools.contract import MODULES, RECORD, contract, missing


def test_every_name_of_a_release_is_still_there() -> None:
    """If this fails, configs, pipelines or apps of users break: restore the name, or let it be deprecated first."""
    assert missing(json.loads(RECORD.read_text(encoding="utf-8")), contract()) == []


def test_a_name_that_is_gone_is_found() -> None:
    recorded = {"commands": ["lint", "plan"], "formats": ["text"]}
    assert missing(recorded, {"commands": ["lint"], "formats": ["json", "text"]}) == ["commands: plan"]


@pytest.mark.parametrize("module", MODULES)
def test_a_documented_module_has_the_names_that_are_promised(module: str) -> None:
    for name in contract()["Python names"]:
        if name.rpartition(".")[0] == module:
            assert hasattr(importlib.import_module(module), name.rpartition(".")[2])


def test_the_tests_that_hold_the_promises_exist() -> None:
    page = (REPOSITORY / "docs" / "stability.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+)`", page)
    assert named
    assert [path for path in named if not (REPOSITORY / path).is_file()] == []
