"""Generators of files that are in the repository, and reports on its source: each runs as `python -m tools.NAME`."""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parent.parent
