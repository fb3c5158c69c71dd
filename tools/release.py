"""Whether a tag may be released: the version of pyproject.toml and the changelog must be those of the tag.

`python -m tools.release v1.2.3` exits with 1 and says what is different.  It needs the standard library only.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools import REPOSITORY


def problems(tag: str, *, repository: Path = REPOSITORY) -> Iterator[str]:
    """What prevents a release by this tag, a sentence each."""
    version = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if tag != f"v{version}":
        yield f"the tag is {tag}, and pyproject.toml has the version {version}: the tag must be v{version}"
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    released = re.compile(rf"{re.escape(version)} - \d{{4}}-\d\d-\d\d")
    if not any(released.fullmatch(heading) for heading in headings):
        yield f"CHANGELOG.md has no heading `## {version} - YYYY-MM-DD`: write it below `## Unreleased`"


def main() -> int:
    """Print the problems; 1 if there are any."""
    (tag,) = sys.argv[1:]
    found = list(problems(tag))
    for problem in found:
        print(problem, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
