"""Only planning knows a config: everything else reads the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.structure import structure


def test_no_function_outside_planning_takes_or_reads_a_config() -> None:
    """Tests, tools, examples and benchmarks are not counted."""
    assert [str(place) for place in structure(REPOSITORY).config_users] == []


@pytest.mark.parametrize(
    "source",
    [
        "from podspace.planning import Config\n\ndef cost(config: Config) -> None: ...\n",
        "def cost(file: object) -> object:\n    return file.config.vpc\n",
    ],
)
def test_a_function_that_takes_or_reads_a_config_is_found(source: str, tmp_path: Path) -> None:
    for folder, found in (("podspace/cost", 1), ("podspace/planning", 0)):
        file = tmp_path / folder / "module.py"
        file.parent.mkdir(parents=True)
        file.write_text(source)
        assert len(structure(tmp_path).config_users) == found
        file.unlink()
