"""Answers of CloudFormation's query API, in XML."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from tools.local_aws.cloudformation.failure import CloudFormationError

_NAMESPACE: Final = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


def answered(action: str, result: Mapping[str, Any]) -> str:
    """The answer of an action; keys without a value are left out."""
    inner = _xml(result)
    return (
        f'<{action}Response xmlns="{_NAMESPACE}"><{action}Result>{inner}</{action}Result>'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>"
    )


def refused(error: CloudFormationError) -> str:
    """The answer with which a request is refused."""
    return (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{error.code}</Code>'
        f"<Message>{escape(str(error))}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )


def _xml(value: Any) -> str:  # noqa: ANN401  a value of an answer
    if isinstance(value, Mapping):
        return "".join(f"<{key}>{_xml(inner)}</{key}>" for key, inner in value.items() if inner not in (None, ""))
    if isinstance(value, list | tuple):
        return "".join(f"<member>{_xml(item)}</member>" for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return escape(str(value))
