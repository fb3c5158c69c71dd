"""Reports as JSON, checked against their documented schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from tests.template import REPOSITORY

PATH: Final = REPOSITORY / "docs" / "schemas" / "report.json"


@cache
def validator() -> Draft202012Validator:
    """The documented schema."""
    schema = json.loads(PATH.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def the_report(text: str) -> Any:
    """What a command printed, as data that the schema allows."""
    report = json.loads(text)
    validator().validate(report)
    return report
