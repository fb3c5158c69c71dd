"""What tests of several commands begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.mother import a_file


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The config file of `tests.mother`."""
    path = tmp_path / "net.yaml"
    path.write_text(yaml.safe_dump(a_file()))
    return path
