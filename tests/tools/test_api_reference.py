"""The reference of the Python API has every exported name, with its docstring, its parameters and its fields."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from typing import ClassVar

import pytest
from pydantic import BaseModel

from tests.template import REPOSITORY
from tools.api_reference import api_page, class_text, documentation
from tools.contract import MODULES, exported

PAGE = api_page()
NAMES = [(package, name) for package in MODULES for name in exported(package)]


def section(package: str, name: str) -> str:
    return PAGE.partition(f"\n### `{package}.{name}`\n")[2].partition("\n### ")[0]


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_an_exported_name_is_documented_on_the_page(package: str, name: str) -> None:
    text = documentation(package, name)
    assert text, f"{package}.{name} has no docstring"
    assert " ".join(text.partition("\n\n")[0].split()) in section(package, name)


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_parameters_and_fields_are_on_the_page(package: str, name: str) -> None:
    found = getattr(importlib.import_module(package), name)
    if isinstance(found, type) and issubclass(found, BaseModel):
        assert [field for field in found.model_fields if f"| `{field}` |" not in section(package, name)] == []
    elif inspect.isfunction(found):
        assert [each for each in inspect.signature(found).parameters if each not in section(package, name)] == []


def test_every_field_has_a_meaning() -> None:
    """Apart from `apiVersion`, a constant."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and line.endswith("|  |")]
    assert [row for row in rows if not row.startswith("| `api_version` |")] == []


def test_the_page_does_not_depend_on_the_order_of_sets() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    code = "from tools.api_reference import api_page; print(api_page(), end='')"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == PAGE


class Documented:
    """A subnet.

    Attributes:
        zone: zone name or zone id.
    """

    kind: ClassVar[str] = "subnet"

    def __init__(self, zone: str, *, cidr: str = "10.0.0.0/24") -> None:
        """Create it.

        Args:
            zone: zone name.
            cidr: CIDR block,
                which may be left out.

        Raises:
            ValueError: the zone is not one.
        """
        self.zone = f"{zone} {cidr}"

    @property
    def name(self) -> str:
        """Name of the subnet."""
        return self.zone


def test_a_class_is_written_with_its_parameters_attributes_errors_and_properties() -> None:
    text = class_text(Documented)
    assert 'Documented(zone: str, *, cidr: str = "10.0.0.0/24")' in text
    assert "- `zone`: zone name or zone id." in text
    assert "- `cidr`: CIDR block, which may be left out." in text
    assert "- `ValueError`: the zone is not one." in text
    assert "- `name` → `str`: Name of the subnet." in text


def test_a_name_without_a_docstring_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podspace.testing.checked.__doc__", None)
    assert documentation("podspace.testing", "checked") == ""
    assert documentation("podspace.testing", "assert_sound")
