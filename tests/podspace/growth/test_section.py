"""A section of a config file is written anew, and no other byte of the file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from podspace.diagnostic import InputError
from podspace.growth.section import with_section
from tests.template import CONFIGS

PATH = Path("prod.yaml")
NEW: dict[str, str | float] = {"as_of": "AWS Price List, eu-west-1, 2026-11-29", "nat_gateway_hour": 0.048}
LINES = "prices:\n  as_of: AWS Price List, eu-west-1, 2026-11-29\n  nat_gateway_hour: 0.048\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"a: 1\n\n{LINES}"),
        ("a: 1 # why", f"a: 1 # why\n\n{LINES}"),
        ("a:\n  - x\n# end\n", f"a:\n  - x\n# end\n\n{LINES}"),
        ("prices: { nat_gateway_gb: 1 } # old\n# kept\na: 1\n", f"{LINES}# kept\na: 1\n"),
        ("a: 1\nprices:\n  nat_gateway_gb: 1\n\n# kept\nb: 2\n", f"a: 1\n{LINES}\n# kept\nb: 2\n"),
        ("a: 1\nprices: {}", f"a: 1\n{LINES}".removesuffix("\n")),
        ("prices:\n  as_of: 'old'\nb:\n  - x\n", f"{LINES}b:\n  - x\n"),
        ("prices: # soon\na: 1\n", f"{LINES}a: 1\n"),
        ("a: 1\r\nprices: {}\r\nb: 2\r\n", "a: 1\r\n" + LINES.replace("\n", "\r\n") + "b: 2\r\n"),
        ("\ufeffprices: {}\na: ü\n", f"\ufeff{LINES}a: ü\n"),
        ('"prices": {}\na: 1\n', f"{LINES}a: 1\n"),
    ],
)
def test_a_section_is_replaced_or_appended(before: str, after: str) -> None:
    assert with_section(before, "prices", NEW, path=PATH) == after


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_config_gets_the_section_and_keeps_the_rest(config: Path) -> None:
    text = config.read_text()
    once = with_section(text, "prices", NEW, path=config)
    assert with_section(once, "prices", NEW, path=config) == once
    assert yaml.safe_load(once) == {**yaml.safe_load(text), "prices": NEW}
    assert [line for line in text.splitlines() if line not in once.splitlines()] in (
        [],
        [line for line in text.splitlines() if line.startswith("prices:")],
    )


@pytest.mark.parametrize("before", ["{a: 1}\n", "a: &p {}\nprices: *p\nb: 1\n...\n---\n", "prices: &own {}\na: *own\n"])
def test_a_section_that_cannot_be_written_is_refused(before: str) -> None:
    with pytest.raises(InputError):
        with_section(before, "prices", NEW, path=PATH)
