"""Label keys and values, and keys of annotations.

Syntax: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from podspace.api.label_domain import (
    LABEL_DOMAINS,
    OS_LABEL,
    REQUIREMENT_DOMAINS,
    json_rules,
    label_key,
    requirement_key,
)
from podspace.api.model import Matching
from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

_LONGEST_DOMAIN = 253
_SYNTAX = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"


def _domain_fits(name: str) -> str:
    domain, slash, _ = name.rpartition("/")
    if slash and len(domain) > _LONGEST_DOMAIN:
        must = f"must have a DNS domain of at most {_LONGEST_DOMAIN} characters before its slash"
        raise refusal(Diagnostic(message=must, source=_SYNTAX))
    return name


QualifiedName = Annotated[
    str,
    Matching(
        r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
        r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]",
        longest=253 + 1 + 63,
        must="must be a name of at most 63 letters, digits and -_. with a letter or digit at both ends,"
        " and before it, if anything, a DNS domain and a slash",
        source=_SYNTAX,
        title="label key",
        example="example.com/team",
    ),
    AfterValidator(_domain_fits),
]
"""The key of a label or a taint, such as `example.com/team` (documented)."""

AnnotationKey = Annotated[
    str,
    Matching(
        r"([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*/)?"
        r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]",
        longest=253 + 1 + 63,
        must="must be a name of at most 63 letters, digits and -_. with a letter or digit at both ends,"
        " and before it, if anything, a DNS domain and a slash",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/",
        title="annotation key",
        example="example.com/owner",
    ),
    AfterValidator(_domain_fits),
]
"""The key of an annotation: syntax of a label key, but the domain may have capital letters, which the API server
ignores."""

_VALUE = Matching(
    r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?",
    must="must be at most 63 letters, digits and -_. with a letter or digit at both ends",
    source=_SYNTAX,
    title="label value",
    example="web",
)

LabelValue = Annotated[str, _VALUE]
"""A label's value; it may be empty (documented)."""

TaintValue = Annotated[str, Field(min_length=1), _VALUE]
"""The value of a taint: syntax of a label value, but not empty (in the schema)."""

LabelKey = Annotated[QualifiedName, AfterValidator(label_key), Field(json_schema_extra=json_rules(LABEL_DOMAINS))]
Labels = Annotated[Mapping[LabelKey, LabelValue], Field(max_length=100, examples=[{"example.com/team": "web"}])]
"""Labels of a node, without keys of reserved domains, at most 100 (in the schema)."""

RequirementKey = Annotated[
    QualifiedName,
    AfterValidator(requirement_key),
    Field(
        title="label key",
        examples=["topology.kubernetes.io/zone"],
        json_schema_extra=json_rules(REQUIREMENT_DOMAINS, but_for=OS_LABEL),
    ),
]
"""The key of a label that a NodePool may require (in the schema, and documented)."""
