"""Shares of AWS RAM, whose principals and resources moto does not change.

https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociateResourceShare.html
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.ram.models import ram_backends

from tools.local_aws.services.moto_services import forward
from tools.local_aws.services.request import Answer, Request, json_answer, json_error

_ASSOCIATE, _DISASSOCIATE = "/associateresourceshare", "/disassociateresourceshare"
_LISTS: Final = (("principals", "PRINCIPAL"), ("resourceArns", "RESOURCE"))


def answer(request: Request) -> Answer:
    """The answer to a request."""
    if request.path not in (_ASSOCIATE, _DISASSOCIATE):
        return forward(request)
    given = request.data
    shares = ram_backends[request.account][request.region].resource_shares
    share: Any = next((each for each in shares if each.arn == given["resourceShareArn"]), None)
    if share is None or share.status != "ACTIVE":
        return json_error("UnknownResourceException", f"{given['resourceShareArn']} could not be found", status=400)
    try:
        if request.path == _ASSOCIATE:
            share.add_principals(given.get("principals", []))
            share.add_resources(given.get("resourceArns", []))
    except JsonRESTError as error:
        return json_error(error.error_type, error.message)
    if request.path == _DISASSOCIATE:
        share.principals = [each for each in share.principals if each not in given.get("principals", [])]
        share.resource_arns = [each for each in share.resource_arns if each not in given.get("resourceArns", [])]
    associations = [
        {"resourceShareArn": share.arn, "associatedEntity": each, "associationType": kind}
        for key, kind in _LISTS
        for each in given.get(key, [])
    ]
    return json_answer({"resourceShareAssociations": associations})
