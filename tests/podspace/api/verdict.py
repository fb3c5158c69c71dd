"""What a type says of an input: that it takes it, or every problem it has with it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from podspace.api import problems_of
from podspace.diagnostic import Diagnostic

Judge = type[BaseModel] | TypeAdapter[Any]


def problems(judge: Judge, given: object) -> list[Diagnostic]:
    """Everything that is wrong with an input that is refused."""
    with pytest.raises(ValidationError) as caught:
        _validated(judge, given)
    return problems_of(caught.value, model=None if isinstance(judge, TypeAdapter) else judge)


def the_problem(judge: Judge, given: object) -> Diagnostic:
    """The one thing that is wrong with an input."""
    (problem,) = problems(judge, given)
    return problem


def the_ruled_problem(judge: Judge, given: object) -> Diagnostic:
    """The one thing that is wrong with an input, by a rule that says where it is from."""
    problem = the_problem(judge, given)
    assert problem.source.startswith("https://")
    return problem


def written(judge: Judge, given: object) -> Any:
    """What becomes of an input that is taken, as plain data: only what was given."""
    made = _validated(judge, given)
    if isinstance(judge, TypeAdapter):
        return judge.dump_python(made, mode="json", by_alias=True, exclude_none=True)
    return made.model_dump(mode="json", by_alias=True, exclude_none=True)


def _validated(judge: Judge, given: object) -> Any:
    return judge.validate_python(given) if isinstance(judge, TypeAdapter) else judge.model_validate(given)
