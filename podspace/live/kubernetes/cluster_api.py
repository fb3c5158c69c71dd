"""A cluster as its API server has it, read in pages."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final

import httpx2
import msgspec
from lightkube.core.exceptions import ConfigError

from podspace.diagnostic import Diagnostic
from podspace.live.failure import KindMissingError, LiveError, UnreadError
from podspace.live.kubernetes.api_failure import (
    NO_CONNECTION,
    body,
    no_credentials,
    refused,
    unreachable,
    unsendable,
    without_password,
)
from podspace.live.kubernetes.json_object import JsonObject, inner, text
from podspace.live.kubernetes.resource_type import Record_co, ResourceType

_PAGE: Final = 500
_ATTEMPTS: Final = 4
_LONGEST_WAIT: Final = 30.0
_EXPIRIES: Final = 3
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class _ExpiredError(Exception):
    """The list that is being read is gone; `token` goes on with a later one, if the server gave one."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.token = token


class _Metadata(msgspec.Struct):
    token: str = msgspec.field(name="continue", default="")


class _Page(msgspec.Struct):
    """A page, of which each item is decoded when it is its turn."""

    items: list[msgspec.Raw] | None = None
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class ClusterApi:
    """The objects of an API server."""

    is_complete: Final = True

    def __init__(self, client: httpx2.Client, *, name: str, context: str = "") -> None:
        """
        Args:
            client: with the server's address, and what to present to it.
            name: of what is read, in words.
            context: of the kubeconfig; empty without one.
        """
        self.name = name
        self.context = context
        self._client = client
        self._reached = False

    def records(self, kind: ResourceType[Record_co]) -> Iterator[Record_co]:
        """All objects of a kind in all namespaces, one at a time, each once; errors are those of `Cluster.records`.

        A list that expires is continued with the token of the server or, without one, read again from the beginning,
        after the objects that were read (inferred: lists are in the order of names). If it expires too often without a
        new object, an error is raised.
        https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
        """
        token, last, again, expiries = "", "", False, 0
        while True:
            try:
                page = self._page(kind, token)
            except _ExpiredError as expired:
                expiries += 1
                if expiries > _EXPIRIES:
                    message = f"the list expired {expiries} times without a new object in between"
                    raise UnreadError(Diagnostic(subject=kind.plural, message=message, fix="try again")) from None
                token, again = expired.token, again or not expired.token
                continue
            for data in _items(kind, page):
                key = _key(data)
                if not (again and key <= last):
                    last, expiries = max(last, key), 0
                    yield kind.record(data)
            token = page.metadata.token
            if not token:
                return

    def _page(self, kind: ResourceType[object], token: str) -> _Page:
        """A page of a list; what may go better the next time is tried again."""
        parameters = {"limit": str(_PAGE), **({"continue": token} if token else {})}
        problem, asked_to_wait = Diagnostic(subject=kind.plural, message=""), 0.0
        for attempt in range(_ATTEMPTS):
            if attempt:
                backoff = random.uniform(0.5, 1) * 2 ** (attempt - 1)
                time.sleep(min(max(backoff, asked_to_wait), _LONGEST_WAIT))
            response = self._answer(kind, parameters)
            if isinstance(response, Diagnostic):
                problem = response
            elif response.status_code == HTTPStatus.OK:
                try:
                    return msgspec.json.decode(response.content, type=_Page)
                except ValueError as error:
                    problem = Diagnostic(
                        subject=kind.plural,
                        message=f"must be answered by a list, in whole JSON: {error}",
                    )
            else:
                problem = refused(kind, response)
                if response.status_code not in _TRY_AGAIN:
                    raise _refusal(response, problem)
                asked_to_wait = _retry_after(response)
        raise UnreadError(problem) if self._reached else LiveError(problem)

    def _answer(self, kind: ResourceType[object], parameters: Mapping[str, str]) -> httpx2.Response | Diagnostic:
        server = without_password(self._client.base_url)
        try:
            response = self._client.get(kind.path, params=parameters)
        except httpx2.LocalProtocolError:  # its text contains the header
            raise LiveError(unsendable(server)) from None
        except httpx2.HTTPError as error:
            problem = unreachable(server, error)
            if not self._reached and isinstance(error, NO_CONNECTION):
                raise LiveError(problem) from None
            return problem
        except (ConfigError, OSError, ValueError, LookupError, TypeError) as error:  # of a plug-in for tokens
            raise LiveError(no_credentials(server, error)) from None
        self._reached = True
        return response


def _items(kind: ResourceType[object], page: _Page) -> Iterator[JsonObject]:
    for item in page.items or ():
        data = msgspec.json.decode(item)
        if not isinstance(data, dict):
            raise UnreadError(Diagnostic(subject=kind.plural, message="must be answered by a list of objects"))
        yield data


def _key(data: JsonObject) -> str:
    metadata = inner(data, "metadata")
    return f"{text(metadata, 'namespace')}/{text(metadata, 'name')}"


def _refusal(response: httpx2.Response, problem: Diagnostic) -> Exception:
    if response.status_code == HTTPStatus.GONE:
        try:
            return _ExpiredError(text(inner(body(response), "metadata"), "continue"))
        except ValueError:
            return _ExpiredError("")
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return LiveError(problem)
    return KindMissingError(problem) if response.status_code == HTTPStatus.NOT_FOUND else UnreadError(problem)


def _retry_after(response: httpx2.Response) -> float:
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 0.0
