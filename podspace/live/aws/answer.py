"""Whether an answer with a status of success is one of AWS.

A proxy may answer in place of AWS, such as with its login page, or break off. botocore reads many such answers as lists
without items, as if nothing existed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TypedDict
from xml.etree import ElementTree

from botocore.model import OperationModel

from podspace.diagnostic import Diagnostic
from podspace.live.failure import UnreadError


class Response(TypedDict):
    """An HTTP response, as botocore passes it to handlers of `before-parse`; it has headers too."""

    status_code: int
    body: bytes


def refuse_other_answers(*, operation_model: OperationModel, response_dict: Response, **_: object) -> None:
    """Refuse an answer that is not one of AWS to an operation; a handler of botocore's event `before-parse`.

    Errors are left to botocore, which repeats the call for some of them.

    Raises:
        UnreadError: the answer has a status of success, and is not the document that the protocol prescribes.
    """
    status = response_dict["status_code"]
    if status < HTTPStatus.MULTIPLE_CHOICES and not _is_an_answer(operation_model, response_dict["body"]):
        action = f"{operation_model.service_model.signing_name}:{operation_model.name}"
        text = f"the answer (HTTP status {status}) is cut off or not one of AWS; a proxy may have replaced it"
        raise UnreadError(Diagnostic(subject=action, message=text))


def _is_an_answer(operation: OperationModel, body: bytes) -> bool:
    """Whether it is a JSON object, or XML whose root is named after the operation, such as DescribeVpcsResponse."""
    if "json" in operation.service_model.resolved_protocol:
        try:
            return isinstance(json.loads(body), Mapping)
        except ValueError:
            return False
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError):  # the latter two for an encoding that is not known
        return False
    return root.tag.rpartition("}")[2] == f"{operation.name}Response"
