"""One account in one region, and what it answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.parsers import ResponseParserError
from pydantic import BaseModel, JsonValue, ValidationError

from podspace.diagnostic import Diagnostic
from podspace.live.aws.access import DENIED, THROTTLED, explained, no_region, told_by, unreachable, without_secrets
from podspace.live.aws.call import Call, Value
from podspace.live.failure import UnreadError

ModelT = TypeVar("ModelT", bound=BaseModel)
Answer = Mapping[str, JsonValue]

ATTEMPTS: Final = 5
"""How often a call is tried that is throttled or fails on the way; botocore waits longer each time, with jitter."""
_CONNECTION: Final = Config(
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=5, read_timeout=30
)
_ABSENT: Final = {"ResourceNotFoundException", "NoSuchEntity", "NoSuchResourceException"}


class Account:
    """An AWS account in one region; every answer is kept, so that nothing is asked twice."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        """Open it.

        Args:
            profile: of the shared AWS configuration; boto3's usual order of credentials where left out.
            region: such as eu-west-1; where left out, AWS_REGION, AWS_DEFAULT_REGION, or that
                of the profile.

        Raises:
            LiveError: there is no such profile, or no region.
        """
        try:
            with explained():
                self._session = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION"))
        except (BotoCoreError, ValueError, OSError) as error:
            raise unreachable(error) from None
        if not self._session.region_name:
            raise no_region()
        self.region: str = self._session.region_name
        self._clients: dict[str, BaseClient] = {}
        self._answers: dict[str, tuple[Answer, ...] | UnreadError] = {}

    def read(self, call: Call, model: type[ModelT], **parameters: Value) -> tuple[ModelT, ...]:
        """Everything a call answers, of all pages; nothing where what it asks for is not there.

        Raises:
            UnreadError: this call is not allowed, throttled in the end, or answered with what makes no sense.
            LiveError: AWS cannot be reached, or knows none of the credentials.
        """
        try:
            return tuple(model.model_validate(each) for each in self._cached(call, parameters))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "all of it"
            raise _unread(call, f"it answered what cannot be understood, in {place}: {first['msg']}") from None

    def _cached(self, call: Call, parameters: Mapping[str, Value]) -> tuple[Answer, ...]:
        key = json.dumps([call.operation, parameters], sort_keys=True)
        if key not in self._answers:
            try:
                self._answers[key] = tuple(self._asked(call, {**call.always, **parameters}))
            except UnreadError as unread:
                self._answers[key] = unread
        answers = self._answers[key]
        if isinstance(answers, UnreadError):
            raise answers
        return answers

    def _client(self, call: Call) -> BaseClient:
        if call.service not in self._clients:
            region = call.region or self.region
            self._clients[call.service] = self._session.client(call.service, region_name=region, config=_CONNECTION)
        return self._clients[call.service]

    def _asked(self, call: Call, parameters: Mapping[str, Value]) -> list[Answer]:
        try:
            with explained():
                client = self._client(call)
                return [part for page in _pages(client, call, parameters) for part in _parts(client, call, page)]
        except ClientError as error:
            return _nothing(call, error)
        except (BotoCoreError, HTTPClientError, ResponseParserError, ValueError, OSError) as error:
            if not self._answers:
                raise unreachable(error) from None
            raise _unread(call, f"its answer cannot be read: {without_secrets(error)}") from None


def _unread(call: Call, reason: str) -> UnreadError:
    return UnreadError(Diagnostic(subject=call.action, message=reason))


def _pages(client: BaseClient, call: Call, parameters: Mapping[str, Value]) -> Iterator[Answer]:
    operation = next(name for name, api in client.meta.method_to_api_mapping.items() if api == call.operation)
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate(**parameters)
        return
    token: Mapping[str, str] = {}
    while True:  # botocore has no paginator for some calls that answer in pages, such as GetSubnetCidrReservations
        page: Answer = getattr(client, operation)(**parameters, **token)
        yield page
        following = page.get("NextToken")
        if not following:
            return
        if following == token.get("NextToken"):
            raise _unread(call, "it answered the same page twice")
        token = {"NextToken": str(following)}


def _parts(client: BaseClient, call: Call, answer: Answer) -> Iterator[Answer]:
    """What was asked for, in one answer: the items of a list, or the one thing."""
    if not call.answer:
        yield answer
        return
    part = answer.get(call.answer)
    if part is None and "json" in client.meta.service_model.protocol:  # botocore reads half a JSON answer as none
        raise _unread(call, f"its answer has no {call.answer}, as if it were cut off")
    for each in part if isinstance(part, list) else [part]:
        if isinstance(each, Mapping):
            yield each
        elif isinstance(each, str):
            yield {"Name": each}


def _nothing(call: Call, error: ClientError) -> list[Answer]:
    """Nothing, where the answer is that it is not there.

    Raises:
        UnreadError: the answer is something else.
    """
    code, message = told_by(error)
    no_stack = call.service == "cloudformation" and code == "ValidationError" and "does not exist" in message
    if code in _ABSENT or code.endswith((".NotFound", ".Malformed", "NotFound")) or no_stack:
        return []
    if code in DENIED:
        raise _unread(call, f"not allowed ({code})") from None
    if code in THROTTLED:
        raise _unread(call, f"throttled {ATTEMPTS} times ({code}); try again later") from None
    raise _unread(call, f"{code}: {message}") from None
