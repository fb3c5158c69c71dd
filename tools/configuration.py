"""The reference of the config, made from its models: every key with its type, default, meaning and an example.

A key needs only a docstring or description in its model. Its example is `Field(examples=[…])`, that of its type, or one
that follows from the type: another choice of an enumeration, true for false, a list or a map of an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.api.model import ApiModel
from podspace.planning.json_schema import config_schema
from tools.schema_in_words import Json, map_values, resolved, value_in_words

_HEAD: Final = """# The config file

This page lists every key of a config: its type, default, meaning, and an example.

One YAML file describes one pod network of one cluster.
`make pages` generates this page from the models in `podspace/planning`.
`podspace schema config` prints the same as [JSON Schema for editors](integrations.md#editors).

- `cdk.json` has the path of the config; `-c config=PATH` selects another one, a file or a folder of files.
- Unknown keys are errors, and values are not converted: `"17"` is not `17`.
- Ids are written as AWS shows them: a prefix and 8 or 17 hexadecimal digits.
- Zones are names, such as `eu-west-1b`, or ids, such as `euw1-az2`; a file has only names or only ids.
  [Local Zones](choosing.md#local-zones) are written in the same way: `us-east-1-bos-1a` or `use1-bos1-az1`.
- "Required in a file" means that a [CDK app](cdk-apps.md) can pass in an object instead.
- `none` is no default: the key is then not used, or its meaning says what applies.
- `[]` in a key is an entry of a list; `*` is any name.

[Rules](rules.md) lists what is an error, and why. [Examples](examples.md) has whole files.
"""
_NAMES: Final = """## Names

[Names of resources](names.md) says which `Name` tags and default names follow from `name` and `cluster.name`.
"""
_SEE: Final[Mapping[str, str]] = {
    "vpc.create": "See [clusters](cluster.md#a-new-vpc).",
    "cluster.create": "See [clusters](cluster.md).",
    "pods": "See [choosing](choosing.md), also for [IPv6 clusters](choosing.md#ipv6-clusters).",
    "pods.security_group": "See [security groups](security-groups.md).",
    "egress": "See [egress](egress.md) for the kind of gateway to use.",
    "endpoints.policies.*": "See [policies of endpoints](endpoint-policies.md).",
    "node_classes": "See [every field](fields.md#nodeclass) for limits and rules.",
    "node_pools": "See [every field](fields.md#nodepool) for limits and rules.",
    "vpc_cni": "See [managed node groups](managed-node-groups.md).",
    "prices": "See [costs](capacity.md#cost), and [the prices of podspace](capacity.md#prices) with their date.",
}
"""Pages about a section, by its path."""
_TOP: Final = ""
"""The name of the top level, in place of the name of a definition."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One key of a config.

    Attributes:
        path: from the top of the file, such as `cluster.create.version` or `egress[].to`.
        schema: the JSON Schema of its value.
        required: whether a file must have it where its section is.
    """

    path: str
    schema: Json
    required: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySection:
    """A mapping of a config, with a heading of its own on the page.

    Attributes:
        paths: where it can be; several if a mapping of one kind has several places.
        about: the docstring of its model.
        keys: its keys, and those of the mappings without a heading in it.
    """

    paths: tuple[str, ...]
    about: str
    keys: tuple[Key, ...]


def configuration_page() -> str:
    """The text of docs/configuration.md."""
    whole = config_schema()
    sections = key_sections(whole)
    anchors = {path: _anchor(section.paths[0]) for section in sections for path in section.paths}
    return "\n".join([_HEAD, *(_section_text(section, whole, anchors) for section in sections), _NAMES])


def key_sections(whole: Json) -> tuple[KeySection, ...]:
    """The sections of a config by its JSON Schema: the top level first, and each before those in it."""
    places: dict[str, list[str]] = {}
    waiting = [("", _TOP)]
    while waiting:
        path, name = waiting.pop(0)
        if name in places:
            places[name].append(path)
            continue
        places[name] = [path]
        inner = [found for key in _keys(name, whole, path) for found in mappings(key.schema, whole, key.path)]
        waiting = [found for found in inner if _has_heading(*found)] + waiting
    return tuple(
        KeySection(
            paths=tuple(dict.fromkeys(paths)),
            about=_mapping(name, whole).get("description", ""),
            keys=tuple(_keys(name, whole, paths[0])),
        )
        for name, paths in places.items()
    )


def mappings(schema: Json, whole: Json, path: str) -> tuple[tuple[str, str], ...]:
    """The mappings with keys of their own that a value can be, or contain: by path and name of the definition."""
    return tuple({name: (place, name) for place, name in reversed([*_mappings(schema, whole, path)])}.values())


def _mappings(schema: Json, whole: Json, path: str) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if _mapping(name, whole).get("properties"):
            yield path, name
        else:
            yield from _mappings(whole["definitions"][name], whole, path)
    elif "items" in schema:
        yield from _mappings(schema["items"], whole, f"{path}[]")
    elif values := map_values(schema):
        yield from _mappings(values, whole, f"{path}.*")
    for choice in schema.get("anyOf", ()):
        yield from _mappings(choice, whole, path)


def _mapping(name: str, whole: Json) -> Json:
    """The schema of the mapping of a definition, which may have a short form too."""
    definition: Json = whole if name == _TOP else whole["definitions"][name]
    return next((each for each in definition.get("anyOf", ()) if "properties" in each), definition)


def _keys(name: str, whole: Json, path: str) -> Iterator[Key]:
    mapping = _mapping(name, whole)
    for key, schema in mapping["properties"].items():
        here = f"{path}.{key}" if path else key
        yield Key(path=here, schema=schema, required=key in mapping.get("required", ()))
        for place, inner in mappings(schema, whole, here):
            if not _has_heading(place, inner):
                yield from _keys(inner, whole, place)


def _has_heading(path: str, name: str) -> bool:
    """Whether a mapping is a section; those in a NodeClass or NodePool are rows of its table."""
    return "." not in path or name not in {model.__name__ for model in _subclasses(ApiModel)}


def _subclasses(model: type[ApiModel]) -> Iterator[type[ApiModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


def example_of(schema: Json, whole: Json) -> JsonValue:
    """An example of a value with that JSON Schema; None if there is none.

    It is the first of `examples`, or follows from the type.
    """
    node = resolved(schema, whole)
    declared = [each["examples"][0] for each in (schema, node, *node.get("anyOf", ())) if each.get("examples")]
    if declared:
        first: JsonValue = declared[0]
        return first
    if "items" in node:
        item = example_of(node["items"], whole)
        return None if item is None else [item]
    if "properties" not in node and (values := map_values(node)):
        key, value = example_of(node.get("propertyNames", {}), whole), example_of(values, whole)
        return None if key is None or value is None else {str(key): value}
    maps_first = sorted(node.get("anyOf", ()), key=lambda choice: map_values(choice) is None)
    choices = (example_of(choice, whole) for choice in maps_first)
    return next((each for each in choices if each is not None), _other_than_default(node, schema.get("default")))


def _other_than_default(node: Json, default: JsonValue) -> JsonValue:
    """A value of an enumeration, a boolean or a number; not the default, if there is another one."""
    if "const" in node or "enum" in node:
        choices: list[JsonValue] = [*node.get("enum", [node.get("const")])]
        return next((each for each in choices if each != default), choices[0])
    if node.get("type") == "boolean":
        return default is not True
    if node.get("type") in {"integer", "number"}:
        number: JsonValue = node.get("minimum", 1) if default is None else default
        return number
    return None


def example_text(key: Key, whole: Json) -> str:
    """The example of a key as one line of YAML, such as `subnet_prefix: 18`; empty if there is none."""
    value = example_of(key.schema, whole)
    if value is None:
        return ""
    name = key.path.rpartition(".")[2]
    return f"{name}: {_yaml(value)}"


def _section_text(section: KeySection, whole: Json, anchors: Mapping[str, str]) -> str:
    path, *others = (each.removesuffix("[]") if "." not in each else each for each in section.paths)
    rows = [_row(key, whole, anchors) for key in section.keys]
    also = f"The same keys: {', '.join(f'`{each}`' for each in others)}." if others else ""
    parts = [
        f"{'##' if '.' not in path else '###'} {f'`{path}`' if path else 'Top level'}",
        *_paragraphs(section.about),
        *filter(None, [also, _SEE.get(path, "")]),
        "\n".join(["| key | type | default | meaning | example |", "|---|---|---|---|---|", *rows]),
    ]
    return "\n\n".join(parts) + "\n"


def _row(key: Key, whole: Json, anchors: Mapping[str, str]) -> str:
    inner = mappings(key.schema, whole, key.path)
    about = key.schema.get("description") or resolved(key.schema, whole).get("description", "")
    kind = value_in_words(key.schema, whole)
    if inner and (anchor := anchors.get(inner[0][0])):
        kind = f"[{kind}](#{anchor})"
    example = example_text(key, whole)
    return f"| `{key.path}` | {kind} | {_default(key, whole)} | {_cell(about)} | {f'`{_cell(example)}`' if example else ''} |"


def _default(key: Key, whole: Json) -> str:
    if key.required:
        return "required"
    default = key.schema.get("default")
    if isinstance(default, dict):
        own = _mapping(name, whole)["properties"] if (name := key.schema.get("$ref", "").rpartition("/")[2]) else {}
        default = {each: value for each, value in default.items() if value not in (None, own[each].get("default"), {})}
    return "none" if default is None else f"`{_cell(_yaml(default))}`"


def _yaml(value: JsonValue) -> str:
    written = yaml.safe_dump(value, default_flow_style=True, width=100_000, sort_keys=False)
    return written.removesuffix("...\n").strip()


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("\n\n") if each]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(path: str) -> str:
    """The anchor that GitHub and the site give the heading of a section."""
    return re.sub(r"[^\w-]", "", path.lower()) or "top-level"
