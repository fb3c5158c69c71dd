"""The reference of the config: every key, with an example that the config accepts."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import BaseModel, Field, ValidationError, create_model

from podspace.api import ApiModel
from podspace.api.json_schema import model_schema
from podspace.api.spelling import key_of
from podspace.planning import Config
from podspace.planning.json_schema import config_schema
from podspace.planning.section import Cidr, Section
from tests.config_paths import models
from tools.configuration import Key, configuration_page, example_of, example_text, key_sections, mappings
from tools.schema_in_words import Json, resolved, value_in_words

WHOLE: Json = config_schema()
KEYS = [key for section in key_sections(WHOLE) for key in section.keys]
VALUES = [key for key in KEYS if not mappings(key.schema, WHOLE, key.path) or example_text(key, WHOLE)]
PAGE = configuration_page()
REFUSED = {"egress[].local_gateway", "egress[].carrier_gateway"}
"""Keys with no valid value: each is an error that says why."""


def refusal(model: type[BaseModel], name: str, value: object) -> str:
    """Why a model refuses a value of one field; empty if it accepts it."""
    field = model.model_fields[name]
    base = ApiModel if issubclass(model, ApiModel) else Section
    alone = create_model("Alone", __base__=base, **{name: (field.annotation, field)})  # type: ignore[call-overload]
    try:
        alone.model_validate({name: value})
    except ValidationError as error:
        return str(error)
    return ""


def is_wrong(example: object, schema: Json) -> bool:
    return not Draft7Validator({**schema, "definitions": WHOLE["definitions"]}).is_valid(example)


@pytest.mark.parametrize("model", dict.fromkeys(models(Config)), ids=lambda model: model.__name__)
def test_an_example_of_a_key_is_accepted_by_its_model(model: type[BaseModel]) -> None:
    by_name = {key_of(name): name for name in model.model_fields}
    definition = resolved(WHOLE["definitions"].get(model.__name__, WHOLE if model is Config else {}), WHOLE)
    mapping = next((each for each in definition.get("anyOf", ()) if "properties" in each), definition)
    for key, schema in mapping.get("properties", {}).items():
        example = example_of(schema, WHOLE)
        if example is not None:
            assert not refusal(model, by_name[key], example)


@pytest.mark.parametrize("key", VALUES, ids=lambda key: key.path)
def test_a_key_has_an_example_that_its_schema_accepts(key: Key) -> None:
    if key.path in REFUSED:
        assert not example_text(key, WHOLE)
        return
    text = example_text(key, WHOLE)
    assert text, f"{key.path}: add Field(examples=[…]) to the model"
    ((name, value),) = yaml.safe_load(text).items()
    assert key.path.endswith(name)
    assert not is_wrong(value, key.schema)
    assert f"`{text.replace('|', chr(92) + '|')}`" in PAGE


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_a_key_has_a_meaning_and_is_on_the_page(key: Key) -> None:
    about = key.schema.get("description") or resolved(key.schema, WHOLE).get("description")
    assert about, f"{key.path}: add a docstring below the field"
    assert f"| `{key.path}` |" in PAGE


def test_keys_of_every_model_are_on_the_page() -> None:
    names = {key.path.rpartition(".")[2] for key in KEYS}
    short_forms = {"Gateways"}  # a mapping from zones, or one id
    assert {
        key_of(name)
        for model in models(Config)
        if model.__name__.partition("[")[0] not in short_forms
        for name in model.model_fields
    } == names


class Later(Section):
    """A section of a later version."""

    enabled: bool = False
    """Whether it is on."""
    mode: Literal["from_capacity", "none"] = "none"
    """How it works."""
    cidrs: tuple[Cidr, ...] = ()
    """What it is about."""
    share: Annotated[int, Field(ge=1, le=100)] = 80
    """How much of it, in percent."""
    text: str | None = None
    """Free text, for which no example follows from the type."""


@pytest.mark.parametrize(
    ("name", "kind", "example"),
    [
        ("enabled", "true or false", "enabled: true"),
        ("mode", "`from_capacity` \\| `none`", "mode: from_capacity"),
        ("cidrs", "list of IPv4 CIDR blocks", "cidrs: [100.64.0.0/16]"),
        ("share", "whole number, 1 to 100", "share: 80"),
        ("text", "text", ""),
    ],
)
def test_a_new_key_needs_only_a_docstring(name: str, kind: str, example: str) -> None:
    whole: Json = model_schema(Later, by_alias=False)
    schema = whole["properties"][name]
    assert schema["description"]
    assert value_in_words(schema, whole) == kind
    assert example_text(Key(path=f"later.{name}", schema=schema, required=False), whole) == example


@pytest.mark.parametrize(("name", "value"), [("share", 101), ("cidrs", ["100.64.0.1/16"]), ("mode", "other")])
def test_a_wrong_example_is_found(name: str, value: object) -> None:
    assert refusal(Later, name, value)


def test_the_schema_has_the_examples_and_meanings_of_the_page() -> None:
    vpc = WHOLE["definitions"]["VpcConfig"]["properties"]
    assert vpc["id"]["examples"] == ["vpc-0123456789abcdef0"]
    assert vpc["id"]["title"] == "VPC id"
    assert "title" not in WHOLE["definitions"]["VpcConfig"]


def test_a_section_in_two_places_has_one_heading() -> None:
    assert PAGE.count("### `vpc.create.public`") == 1
    assert "### `vpc.create.nodes`" not in PAGE
    assert "`vpc.create.nodes`" in PAGE
