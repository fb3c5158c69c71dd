"""An AWS account in one region, and the answers to calls."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, PaginationError
from botocore.parsers import ResponseParserError
from pydantic import BaseModel, JsonValue, ValidationError

from podspace.diagnostic import Diagnostic
from podspace.live.aws.access import DENIED, THROTTLED, explained, no_region, told_by, unreachable, without_secrets
from podspace.live.aws.answer import refuse_other_answers
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
_MISUNDERSTOOD: Final = (ResponseParserError, AttributeError, LookupError, TypeError, ValueError)
"""What botocore raises when an answer has not the form that its model of the service describes."""


class _UnansweredError(UnreadError):
    """A call got no answer at all."""


class Account:
    """An AWS account in one region; each answer is kept, so that no call is made twice."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        """Open a session; no call is made yet.

        Args:
            profile: profile of the shared AWS configuration; by default, boto3's order of credentials.
            region: name, such as eu-west-1; by default AWS_REGION, AWS_DEFAULT_REGION, or the region of the profile.

        Raises:
            LiveError: the profile does not exist, or no region is configured.
        """
        try:
            with explained():
                self._session = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION"))
        except (BotoCoreError, ValueError, OSError) as error:
            raise unreachable(error) from None
        if not self._session.region_name:
            raise no_region()
        self._session.events.register("before-parse", refuse_other_answers)
        self.region: str = self._session.region_name
        self._clients: dict[str, BaseClient] = {}
        self._answers: dict[str, tuple[Answer, ...] | UnreadError] = {}

    def read(self, call: Call, model: type[ModelT], **parameters: Value) -> tuple[ModelT, ...]:
        """The items of all pages of an answer; empty if the resource does not exist.

        Raises:
            UnreadError: the call is not allowed, is throttled after all attempts, has no answer, or has an invalid
                answer.
            LiveError: no call of at least two has an answer, or AWS refuses the credentials.
        """
        try:
            return tuple(model.model_validate(each) for each in self._cached(call, parameters))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "all of it"
            raise _unread(call, f"its answer has an unexpected value, in {place}: {first['msg']}") from None

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
            try:
                with explained():
                    client = self._session.client(call.service, region_name=region, config=_CONNECTION)
            except (BotoCoreError, ValueError, OSError) as error:  # the configuration is wrong
                raise unreachable(error) from None
            self._clients[call.service] = client
        return self._clients[call.service]

    def _asked(self, call: Call, parameters: Mapping[str, Value]) -> list[Answer]:
        client, found = self._client(call), list[Answer]()
        try:
            with explained():
                for page in _pages(client, call, parameters):
                    found += _parts(client, call, page)
        except ClientError as error:
            code, message = told_by(error)
            if _is_absent(call, code, message) and not found:
                return []
            raise _refused(call, code, message) from None
        except PaginationError as error:
            raise _unread(call, str(error)) from None
        except (BotoCoreError, OSError) as error:
            failure = unreachable(error)
            if self._answers and all(isinstance(each, _UnansweredError) for each in self._answers.values()):
                raise failure from None
            raise _UnansweredError(replace(failure.diagnostic, subject=call.action)) from None
        except _MISUNDERSTOOD as error:
            reason = f"its answer cannot be read: {type(error).__name__}: {without_secrets(error)}"
            raise _unread(call, reason) from None
        return found


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
    if answer.get("AdditionalRoutesAvailable") and not answer.get("NextToken"):
        raise _unread(call, "its answer has only a part of the routes")
    if not call.answer:
        yield answer
        return
    part = answer.get(call.answer)
    if part is None and "json" in client.meta.service_model.protocol:  # botocore reads half a JSON answer as none
        raise _unread(call, f"its answer has no {call.answer}; it may be cut off")
    for each in part if isinstance(part, list) else [part]:
        if isinstance(each, Mapping):
            yield each
        elif isinstance(each, str):
            yield {"Name": each}


def _is_absent(call: Call, code: str, message: str) -> bool:
    """Whether an error says that what was asked for does not exist."""
    no_stack = call.service == "cloudformation" and code == "ValidationError" and "does not exist" in message
    return code in _ABSENT or code.endswith((".Malformed", "NotFound")) or no_stack


def _refused(call: Call, code: str, message: str) -> UnreadError:
    if code in DENIED:
        return _unread(call, f"not allowed ({code})")
    if code in THROTTLED:
        return _unread(call, f"throttled {ATTEMPTS} times ({code}); try again later")
    if not code or code.isdigit():  # botocore takes the status for the code if the answer has none
        return _unread(call, f"the answer is an error{code and f' (HTTP status {code})'} that is not one of AWS")
    return _unread(call, f"{code}: {message}")
