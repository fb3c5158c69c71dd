"""Base class and types of the sections of a config."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from itertools import pairwise
from typing import Annotated, ClassVar, Final, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from podspace.api.model import ListOf, Matching
from podspace.api.spelling import key_of
from podspace.api.tag import TAG_KEY
from podspace.cidr import parse_cidr, parse_ipv6_cidr


class Section(BaseModel):
    """A section of a config: immutable, without unknown keys and without conversion of values."""

    # Sections are validated as parts of a `Config`; a validator of its own for each would take time at every start.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    short_form: ClassVar[JsonDict] = {}
    """JSON Schema of the value that a file can have in place of the mapping; empty for none."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(schema))
        about = field_docstrings(cls)
        properties = written.get("properties", {})
        for name in about.keys() & properties.keys():
            properties[name]["description"] = about[name]
        cls.as_written(written)
        return written

    @classmethod
    def as_written(cls, written: JsonSchemaValue) -> None:
        """Change the JSON Schema of the model to that of the value in a file."""
        if "properties" in written:
            written["properties"] = {key_of(name): value for name, value in written["properties"].items()}
        if "required" in written:
            written["required"] = [key_of(name) for name in written["required"]]
        if cls.short_form:
            mapping = dict(written)
            written.clear()
            written.update({"anyOf": [cls.short_form, mapping]})


@cache
def field_docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """The docstrings below the fields of a section, by field name; from the source, because Python does not keep
    them.
    """
    found = {}
    for base in reversed(model.__mro__):
        if not issubclass(base, Section):
            continue
        try:
            source = inspect.getsource(base)
        except OSError:  # a generic class with its parameters, or no source
            continue
        (statement,) = ast.parse(textwrap.dedent(source)).body
        assert isinstance(statement, ast.ClassDef), "the source of a class is one statement"
        for field, text in pairwise(statement.body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(about))):
                    paragraphs = inspect.cleandoc(about).split("\n\n")
                    found[name] = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    return found


Cidr = Annotated[IPv4Network, BeforeValidator(parse_cidr), Field(title="IPv4 CIDR block", examples=["100.64.0.0/16"])]
"""An IPv4 CIDR block, such as 100.64.0.0/16."""
Ipv6Cidr = Annotated[
    IPv6Network, BeforeValidator(parse_ipv6_cidr), Field(title="IPv6 CIDR block", examples=["2001:db8:1234:1a00::/64"])
]
"""An IPv6 CIDR block, such as 2001:db8:1234:1a00::/64."""


ItemT = TypeVar("ItemT")


def _once(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    for index, item in enumerate(items):
        if item in items[:index]:
            raise ValueError(f"must list {item} once")
    return items


SetOf = Annotated[ListOf[ItemT], AfterValidator(_once)]
"""A list without duplicates."""

NetworkName = Annotated[
    str,
    Matching(
        r"(?!constructor$)[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        must="must be a lower-case letter, then letters, digits and hyphens, 40 characters at most, and not "
        "`constructor`, which CDK cannot have: resources, the stack and the folder of manifests are named after it",
        title="network name",
        example="wide",
    ),
]
StackName = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9-]{0,127}",
        must="must be a letter, then letters, digits and hyphens, 128 characters at most "
        "(CloudFormation's rule for stack names)",
        title="stack name",
        example="shop-pod-network",
    ),
]
ClusterName = Annotated[
    str,
    Matching(
        r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}",
        must="must be the name of an EKS cluster: letters, digits, hyphens and underscores, 100 characters at most",
        title="cluster name",
        example="shop",
    ),
]

_OUR_TAGS: Final = ("aws:", "aws-cdk:", "podspace/", "kubernetes.io/", "eks:")
_MOST_TAGS: Final = 40


def _tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"must be at most {_MOST_TAGS} tags: AWS allows 50 on a resource and podspace adds its own")
    known: dict[str, str] = {}
    for key, value in tags.items():
        if known.setdefault(key.lower(), key) != key:
            raise ValueError(f"must not set both {known[key.lower()]!r} and {key!r}: IAM treats them as the same key")
        if key.lower() == "name" or key.lower().startswith(_OUR_TAGS):
            raise ValueError(
                f"must not set {key!r}: Name and keys that begin with {', '.join(_OUR_TAGS)} are podspace's own "
                "or AWS's, and load balancers and node classes choose subnets and groups by them"
            )
        if not re.fullmatch(TAG_KEY, key) or not re.fullmatch(r"[\w .:/=+@-]{0,256}", value):
            raise ValueError(
                f"must be letters, digits, spaces and _.:/=+-@ only, keys of 1 to 128 and values of up to 256 "
                f"characters, which {key!r}: {value!r} is not"
            )
    return tags


TagMap = Annotated[dict[str, str], AfterValidator(_tags), Field(examples=[{"team": "network"}])]
"""Tags of AWS resources: at most 40, none of `Name` and of the prefixes that AWS and podspace use."""
